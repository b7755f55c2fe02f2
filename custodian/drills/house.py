"""An installation of the drill's own beside the real one: keys, log, people and two customers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from access import actors, approvals, gate, policy, restored, scopes
from access.actions import Action
from access.models import Approval, Unit, User
from access.vocabulary import Channel, Purpose, Role
from custodian import clock, keys
from custodian.backup import making
from custodian.crypto import backup_box
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite
from custodian.drills import cast, scratch
from custodian.drills.scratch import Scratch
from custodian.tlog import log_key
from records import archiving, books, documents, intake, policies, vault
from records.destruction import batches, executing
from records.models import Customer, DestructionBatch, Document, Product

ORIGIN = "custodian.drill/destroy/1"
NAME = "identity.name"
GONE, STAYS = "演练甲", "演练乙"


@dataclass(frozen=True)
class House:
    """`gone` is due for destruction, `stays` is not, and each has a document; `private` opens backups,
    `empty` is a database.
    """

    folder: Path
    private: Path
    empty: str
    agent: User
    officers: tuple[User, User]
    gone: Customer
    stays: Customer
    papers: Sequence[Document]  # of the two in this order

    def seal(self) -> None:
        cast.seal_log()

    def backup(self) -> Path:
        self.seal()
        return making.make(settings.CUSTODIAN_BACKUPS)

    def read(self, customer: Customer) -> str:
        """What the agent reads of her; raises what stands in the way."""
        with scopes.acting(actors.staff(self.agent, stepped_up=True)) as actor:
            permit = gate.permit(
                actor or actors.staff(self.agent),
                Action.CUSTOMER_REVEAL,
                purpose=Purpose.FOLLOW_UP,
                channel=Channel.DESK,
                subjects=[customer.subject_id],
                elements=[NAME],
                reason="演练",
            )
            return "".join(plain.text for plain in vault.reveal(permit))

    def paper(self, document: Document) -> str:
        """What the agent reads in her document; raises what stands in the way."""
        with scopes.acting(actors.staff(self.agent, stepped_up=True)) as actor:
            permit = documents.permit_to_read(
                document,
                purpose=Purpose.UNDERWRITING,
                channel=Channel.DESK,
                reason="演练",
                actor=actor or actors.staff(self.agent),
            )
            return b"".join(documents.read(document, permit)).decode()

    def destroy(self) -> DestructionBatch | None:
        """Whatever is due, put up by one officer and approved by the other."""
        batch = batches.propose()
        if batch is None:
            return None
        first, second = self.officers
        with scopes.acting(actors.staff(first, stepped_up=True)) as actor:
            batches.submit(batch, actor=actor or actors.staff(first))
        batch.refresh_from_db()
        approval = Approval.objects.get(pk=batch.approval_id or 0)
        with scopes.acting(actors.staff(second, stepped_up=True)) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor or actors.staff(second))
        return executing.work(batch.pk)


@dataclass(frozen=True)
class Premises:
    """Where a house is put: `private` opens its backups, `empty` is a database as after migrating."""

    folder: Path
    private: Path
    empty: str


@contextmanager
def built(beside: Scratch) -> Iterator[House]:
    """In a database of its own, with files in a folder that is gone afterwards."""
    with installed(beside) as premises:
        yield _populated(premises)


@contextmanager
def installed(beside: Scratch) -> Iterator[Premises]:
    """Keys, log and folders of its own, and nobody in it yet."""
    empty = _migrated(beside)
    database = beside.create("house", template=empty)
    with tempfile.TemporaryDirectory(prefix="custodian-drill-") as temporary:
        folder = Path(temporary)
        private = folder / "elsewhere" / "backup.key"
        private.parent.mkdir()
        with _settings(_places(folder, backup_box.public_text(backup_box.create(private)))):
            FileKeyring.create(
                settings.CUSTODIAN_KEYRING,
                insurer=settings.CUSTODIAN_INSURER,
                suite=Suite.AES_256_GCM,
            )
            signer = log_key.create(settings.CUSTODIAN_LOG_KEY, origin=ORIGIN)
            log_key.add_to_policy(settings.CUSTODIAN_LOG_POLICY, signer)
            keys.forget()
            with scratch.inside(database):
                yield Premises(folder, private, empty)


def _migrated(beside: Scratch) -> str:
    """One for all, since migrating takes longest."""
    empty = beside.create("empty")
    scratch.migrate(empty)
    return empty


def _places(folder: Path, public: str) -> dict[str, Any]:
    return {
        "VAR": folder,
        "CUSTODIAN_BACKUP_KEY": public,
        "CUSTODIAN_BACKUPS": folder / "backups",
        "CUSTODIAN_KEYRING": folder / "keyring.json",
        "CUSTODIAN_LOG_HEAD": folder / "outside" / "head",
        "CUSTODIAN_LOG_KEY": folder / "log-key",
        "CUSTODIAN_LOG_ORIGIN": ORIGIN,
        "CUSTODIAN_LOG_POLICY": folder / "policy",
        "CUSTODIAN_LOG_STORE": folder / "outside" / "store",
        "CUSTODIAN_PHYSICAL_BACKUPS": [],
        "CUSTODIAN_RESTORED_SECONDS": 0.0,
        "CUSTODIAN_SEALING": False,  # no sequencer runs but when the drill says so
        "CUSTODIAN_SYSLOG": "",
        "CUSTODIAN_TOMBSTONES": folder / "outside" / "tombstones",
        "CUSTODIAN_TRANSFER_LEDGER": folder / "outside" / "transfer-ledger",
    }


@contextmanager
def _settings(changes: Mapping[str, Any]) -> Iterator[None]:
    """This process works with other places; the real ones are neither read nor written."""
    before = {name: getattr(settings, name) for name in changes}
    _put(changes)
    try:
        yield
    finally:
        _put(before)


def _put(changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    keys.forget()
    policy.forget()
    restored.forget()


def _populated(premises: Premises) -> House:
    cast.let_in()
    unit = Unit.objects.create(code="DRILL", name="演练")
    agent = cast.person("drill.agent", Role.AGENT, unit)
    officers = (
        cast.person("drill.first", Role.COMPLIANCE_OFFICER, unit),
        cast.person("drill.second", Role.COMPLIANCE_OFFICER, unit),
    )
    with scopes.acting(actors.system("importer")):
        product = Product.objects.create(code="DRILL", name="演练产品")
        gone, stays = _registered(agent, unit)
        _insure(gone, product.pk, ends_on=date(2001, 1, 1), status="terminated")
        _insure(stays, product.pk, ends_on=None, status="in_force")
    papers = [_filed(each, name, agent) for each, name in ((gone, GONE), (stays, STAYS))]
    where = premises.folder, premises.private, premises.empty
    return House(*where, agent, officers, gone, stays, papers)


def _registered(agent: User, unit: Unit) -> list[Customer]:
    newcomers = [
        intake.NewCustomer(
            kind="person",
            source_key=name,
            unit_id=unit.pk,
            values={NAME: name, "identity.mobile": f"1380000000{number}"},
            accounts=[],
            assignments=[(agent.pk, clock.now())],
        )
        for number, name in enumerate((GONE, STAYS))
    ]
    return intake.register(
        newcomers, book=books.own(), channel=Channel.COMMAND, actor=actors.system("importer")
    )


def _filed(customer: Customer, name: str, agent: User) -> Document:
    with scopes.acting(actors.staff(agent)) as actor:
        return archiving.add(
            customer,
            kind=Document.Kind.APPLICATION,
            name="演练.txt",
            media_type="text/plain",
            chunks=[name.encode()],
            channel=Channel.DESK,
            actor=actor or actors.staff(agent),
        )


def _insure(holder: Customer, product: int, *, ends_on: date | None, status: str) -> None:
    new = policies.NewPolicy(
        source_key=holder.ref,
        holder=holder.subject_id,
        product_id=product,
        values={"policy.number": f"P{holder.ref}"},
        roles=[(holder.subject_id, "policyholder", "")],
        status=status,
        starts_on=date(2000, 1, 1),
        ends_on=ends_on,
    )
    policies.register(
        [new],
        book=books.own(),
        channel=Channel.COMMAND,
        actor=actors.system("importer"),
        action=Action.CUSTOMER_CREATE,
    )
