"""A house with a log and customers, a backup key that is elsewhere, and an empty database to restore into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from access import gate
from access.actions import Action
from access.models import User
from access.querylog import writer
from access.sequencer.process import Sequencer
from custodian import keys
from custodian.backup import elsewhere, making, reconciling, restoring
from custodian.backup.reconciling import Reconciled
from custodian.backup.restoring import Restored
from custodian.crypto import backup_box
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite
from custodian.tlog import log_key
from records import vault
from records.destruction import tombstones
from records.models import Customer
from tests import databases as test_databases
from tests import estate
from tests.destruction.office import Office
from tests.records import desk_estate

NAME = "identity.name"
LI = {**estate.ZHANG, NAME: "李清照", "identity.id_number": "110101199003070011"}


@dataclass
class House:
    folder: Path
    private: Path
    office: Office
    gone: Customer  # who will be destroyed
    neighbour: Customer

    @property
    def agent(self) -> User:
        return self.office.agent

    @property
    def head(self) -> Path:
        return Path(settings.CUSTODIAN_LOG_HEAD)

    @property
    def ring(self) -> FileKeyring:
        return FileKeyring.load(settings.CUSTODIAN_KEYRING, insurer="QH", allow_test=True)

    def seal(self) -> None:
        """One turn of the sequencer, and its end."""
        writer.stop()
        sequencer = Sequencer(head=self.head, keys=log_key.load(settings.CUSTODIAN_LOG_KEY))
        try:
            sequencer.cycle()
        finally:
            sequencer.close()

    def seal_with_a_look(self) -> None:
        self.name_of(self.neighbour)
        self.seal()

    def backup(self) -> Path:
        self.seal()
        return making.make(settings.CUSTODIAN_BACKUPS)

    def name_of(self, customer: Customer) -> str:
        """What the agent reads; raises what stands in the way."""
        with estate.acting(self.agent, stepped_up=True) as actor:
            permit = gate.permit(
                actor,
                Action.CUSTOMER_REVEAL,
                purpose="follow_up",
                channel="desk",
                subjects=[customer.subject_id],
                elements=[NAME],
                reason="回访",
            )
            return "".join(plain.text for plain in vault.reveal(permit))

    def destroy(self) -> None:
        """Whoever is due goes, by an approved batch; a tombstone outside says so."""
        self.office.destroyed()

    def restore(self, folder: Path, **more: Any) -> Restored:
        return restoring.restore(folder, private=self.private, **more)

    def reconcile(self, **more: Any) -> Reconciled:
        return reconciling.reconcile(
            sheets_in=more.pop("sheets_in", tombstones.folder()),
            checkpoint=more.pop("checkpoint", None) or self.head.read_bytes(),
            **more,
        )


def build(folder: Path, chosen: Any) -> House:
    """`chosen` are pytest's settings."""
    chosen.VAR = folder
    chosen.CUSTODIAN_KEYRING = folder / "keyring.json"
    FileKeyring.create(chosen.CUSTODIAN_KEYRING, insurer="QH", suite=Suite.AES_256_GCM, test=True)
    keys.forget()
    private = folder / "backup.key"
    chosen.CUSTODIAN_BACKUP_KEY = backup_box.public_text(backup_box.create(private))
    chosen.CUSTODIAN_BACKUPS = folder / "backups"
    chosen.CUSTODIAN_TOMBSTONES = folder / "tombstones"
    chosen.CUSTODIAN_TRANSFER_LEDGER = folder / "transfer-ledger"
    for name in ("KEY", "POLICY", "HEAD", "STORE"):
        setattr(chosen, f"CUSTODIAN_LOG_{name}", folder / f"log-{name.lower()}")
    signer = log_key.create(chosen.CUSTODIAN_LOG_KEY, origin=chosen.CUSTODIAN_LOG_ORIGIN)
    log_key.add_to_policy(chosen.CUSTODIAN_LOG_POLICY, signer)
    desk_estate.open_all_day()
    office = Office()
    gone = office.gone(claims=True)
    neighbour = estate.customer(LI, of=[office.agent])
    desk_estate.policy(neighbour)
    return House(folder, private, office, gone, neighbour)


@contextmanager
def another(name: str, *, like: str = "") -> Iterator[None]:
    """A database beside the test's own: migrated and empty, or a copy, as a physical backup is one."""
    template = like or f"custodian_test_{test_databases._fingerprint()}"
    writer.stop()
    connection.close()
    with test_databases._superuser() as server:
        test_databases._drop(server, name)
        test_databases._create(server, name, template=template)
        test_databases._execute(server, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        for role in test_databases.ROLES.values():
            test_databases._execute(server, "GRANT CONNECT ON DATABASE {} TO {}", name, role)
    try:
        yield
    finally:
        writer.stop()
        connection.close()
        with test_databases._superuser() as server:
            test_databases._drop(server, name)


@contextmanager
def empty_database() -> Iterator[str]:
    """All roles work on a migrated one beside the test's own."""
    name = f"{own_name()}_r"
    with another(name), elsewhere.inside(name):
        yield name


def own_name() -> str:
    return str(connection.settings_dict["NAME"])
