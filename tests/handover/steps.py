"""What an installation is asked to do by the tests: the steps of both parties, by officers of its own."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.db import transaction

from access import approvals, scopes
from access.models import Approval, Arriving, Choice, Entry, Restriction, Unit, User
from access.vocabulary import Role
from custodian import clock
from custodian.crypto.errors import KeyringExists
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite
from custodian.tlog.verify import canonical
from records import claims, documents, intake, policies
from records.claims import NewClaim
from records.consents import opening
from records.intake import NewCustomer
from records.models import Book, Consent, Customer, Document, Keeping, Policy, Product
from records.policies import NewPolicy
from tests import estate
from tests.handover.houses import packed, unpacked
from tests.transfers import house as rooms
from transfers import chosen, freezing, identity, invitations, progress, registering
from transfers.choosing import approving, rules, selecting
from transfers.handing_over import asking as ordering
from transfers.handing_over import building, collecting
from transfers.models import (
    Arrival,
    ArrivedRecord,
    Bar,
    Chosen,
    Counterparty,
    Difference,
    Ending,
    Freeze,
    HandOver,
    IdentityKey,
    Load,
    Receipt,
    Selection,
    Stage,
    Transfer,
)
from transfers.packages import shapes, shelf
from transfers.packages.errors import PackageRefused
from transfers.progress import checks
from transfers.receipts import accepting, ending, reconciling, register, releasing
from transfers.receiving import arriving, laying_out, loading
from transfers.receiving import asking as taking

_rooms: dict[str, Any] = {}
SAID = (("marketing", "given"), ("health", "withdrawn"), ("survey", "refused"), ("health", "given"))
building.CHUNK = 7  # so that there is a middle to be killed in


def begin(book: str = "XH") -> str:
    """Keys, two officers, a unit and a book."""
    with contextlib.suppress(KeyringExists):
        FileKeyring.create(
            settings.CUSTODIAN_KEYRING,
            insurer=settings.CUSTODIAN_INSURER,
            suite=Suite.AES_256_GCM,
            test=True,
        )
    _rooms["room"] = rooms.House()
    _take_as_done()
    Book.objects.get_or_create(code=book, defaults={"name": book})
    return str(settings.CUSTODIAN_INSURER)


def _take_as_done() -> None:
    """What other tests are about."""
    for stage in (Stage.DATA_ROOM, Stage.NOTICE):
        checks._checks[stage.value] = [lambda _transfer: []]


def resume() -> None:
    """In the process after one that was killed: the same officers and the same transfer."""
    room = object.__new__(rooms.House)
    officers = User.objects.filter(role=Role.COMPLIANCE_OFFICER).order_by("pk")
    room.first, room.second = officers[:2]
    room.other = Counterparty.objects.exclude(code="").order_by("-pk")[0]
    _rooms["room"], _rooms["transfer"] = room, Transfer.objects.get().pk
    _take_as_done()


def _room() -> rooms.House:
    return _rooms["room"]


def populate(count: int, *, book: str = "XH") -> int:
    """Customers, each with a policy on herself and her neighbour's child, some with claims and agreements."""
    held = Book.objects.get(code=book)
    product = Product.objects.get_or_create(
        code="P1", defaults={"name": "安康终身寿险", "kind": "life"}
    )[0]
    unit = estate.unit()
    with scopes.acting(estate.system()):
        made = intake.register(
            [_newcomer(number, unit) for number in range(count)],
            book=held,
            channel="command",
            actor=estate.system(),
        )
        sold = policies.register(
            [_policy(number, made, product) for number in range(count)],
            book=held,
            channel="command",
            actor=estate.system(),
        )
        claims.register(
            [_claim(number, made, sold) for number in range(0, count, 3)],
            book=held,
            channel="command",
            actor=estate.system(),
        )
        for number, (purpose, said) in enumerate(SAID):
            Consent.objects.create(
                subject_id=made[number].pk,
                purpose=purpose,
                said=said,
                by="import",
                channel="task",
                source=book,
            )
        opening.project(made[: len(SAID)])
        for number in range(0, count, 5):
            documents.add(
                made[number],
                kind=Document.Kind.APPLICATION,
                name=f"投保单{number}.pdf",
                media_type="application/pdf",
                chunks=[b"%PDF-1.7 " + bytes([number % 251]) * (number * 4001)],
                channel="command",
                actor=estate.system(),
            )
    estate.drain()
    return len(made)


def _newcomer(number: int, unit: Unit) -> NewCustomer:
    return NewCustomer(
        kind="person",
        source_key=f"KH{number:06}",
        unit_id=unit.pk,
        values={
            **estate.ZHANG,
            "identity.name": f"李{chr(0x4E00 + number % 2000)}",
            "identity.mobile": f"138{number:08}",
            "identity.email": f"li{number}@example.com",
        },
        accounts=[{**estate.ACCOUNT, "financial.bank_account": f"6222020000{number:06}"}],
    )


def _policy(number: int, made: list[Customer], product: Product) -> NewPolicy:
    # Every second pair is joined by a policy of the first on the life of the second.
    insured = made[number + 1] if number % 4 == 0 and number + 1 < len(made) else made[number]
    return NewPolicy(
        source_key=f"P{number:06}",
        holder=made[number].subject_id,
        product_id=product.pk,
        values={
            "policy.number": f"P2015{number:08}",
            "policy.premium": f"{1000 + number}.00",
            "policy.sum_insured": f"{100000 + number}.00",
        },
        roles=[(insured.subject_id, "insured", "本人" if insured is made[number] else "亲属")],
        starts_on=date(2015, 1, 1),
        ends_on=date(2055, 1, 1),
        pay_frequency="yearly",
    )


def _claim(number: int, made: list[Customer], sold: list[Policy]) -> NewClaim:
    return NewClaim(
        source_key=f"K{number:06}",
        policy_id=sold[number].pk,
        subject=made[number].subject_id,
        values={"claim.number": f"C{number:08}", "claim.description": "住院"},
        kind="medical",
        status="paid",
        reported_on=date(2024, 3, 1),
        decided_on=date(2024, 4, 1),
    )


def card() -> str:
    return packed(identity.own_card())


def know(card: str, name: str) -> str:
    """Register the other insurer and confirm its key, by two."""
    room = _room()
    terms = registering.Terms(
        kind="insurer", name=name, contact_phone="0516-8000000", answers=room.first
    )
    with estate.acting(room.first, stepped_up=True) as actor:
        room.other = registering.register(terms, actor=actor)
        entered: IdentityKey = identity.enter(room.other, unpacked(card), actor=actor)
    _approve(entered.approval)
    return str(room.other.ref)


def _approve(approval: Approval) -> None:
    approval.refresh_from_db()
    with estate.acting(_room().second, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def open_transfer(side: str, ref: str = "", book: str = "XH") -> str:
    room = _room()
    room.book = Book.objects.get_or_create(code=book, defaults={"name": book})[0]
    more: dict[str, Any] = {"side": side, "counterparty": room.other, "book": room.book}
    if ref:
        more["ref"] = ref
    found = room.transfer(**more)
    _rooms["transfer"] = found.pk
    return str(found.ref)


def _transfer() -> Transfer:
    return Transfer.objects.select_related("counterparty", "book").get(pk=_rooms["transfer"])


def walk(until: str) -> list[str]:
    return list(_room().walk(_transfer(), until=until))


def choose() -> dict[str, Any]:
    transfer, room = _transfer(), _room()
    with estate.acting(room.first, stepped_up=True) as actor:
        selection = selecting.begin(transfer, rules.read({}), actor=actor)
    selecting.work(selection.pk)
    with estate.acting(room.first, stepped_up=True) as actor:
        approval = approving.submit(Selection.objects.get(pk=selection.pk), actor=actor)
    _approve(approval)
    return chosen.counts(transfer)


def freeze() -> dict[str, str]:
    with estate.acting(_room().first, stepped_up=True) as actor:
        found: Freeze = freezing.begin(_transfer(), actor=actor)
    from transfers.freezing import freezing as job

    job.work(found.pk)
    return {name: str(n) for name, n in freezing.totals(_transfer()).counts.items()}


def invite() -> str:
    with estate.acting(_room().first, stepped_up=True) as actor:
        return packed(invitations.paper(invitations.make(_transfer(), actor=actor)))


def enter_invitation(paper: str) -> str:
    with estate.acting(_room().first, stepped_up=True) as actor:
        found = invitations.enter(_transfer(), unpacked(paper), actor=actor)
    return str(found.key)


def order() -> int:
    transfer = _transfer()
    with estate.acting(_room().first, stepped_up=True) as actor:
        invitation = transfer.invitations.order_by("-pk")[0]
        approval = ordering.order(transfer, invitation, actor=actor)
    _approve(approval)
    return int(transfer.hand_overs.order_by("-number")[0].pk)


def pack(job: int) -> str:
    """The package, as it lies in the store."""
    with _lapsed(HandOver, job):
        found: HandOver = building.work(job)
    return str(shelf.path_of(shelf.OUT, found.ref))


@contextlib.contextmanager
def _lapsed(model: Any, key: int) -> Any:
    """As if the minute of whoever was killed at it had passed."""
    model.objects.filter(pk=key).update(leased_until=clock.now() - timedelta(seconds=1))
    yield


def spoil(mistakes: dict[str, str]) -> None:
    """From now on the maker of packages makes mistakes, each about the customer at its place."""
    count = itertools.count()

    def collect(*args: Any, **more: Any) -> Any:
        for each in collecting.collect(*args, **more):
            how = mistakes.get(str(next(count)), "")
            if how:
                _spoiled[how] = each.record.ref
            if how != "lost":
                _alter(each.record, how)
                yield each

    building.collect = collect


_spoiled: dict[str, str] = {}


def _alter(record: Any, how: str) -> None:
    if how == "premium":
        record.policies[0].values["policy.premium"] = "2400.00"
    elif how == "doubled":
        record.claims.append(copy.deepcopy(record.claims[0]))


def spoiled() -> dict[str, str]:
    """Which customers it was; from now on it works well again."""
    building.collect = collecting.collect
    return dict(_spoiled)


def order_again(refs: list[str]) -> int:
    """The same customers once more."""
    transfer = _transfer()
    with scopes.acting(estate.system()):
        rows = Customer.objects.filter(ref__in=refs)
        subjects = list(rows.values_list("subject_id", flat=True))
    with estate.acting(_room().first, stepped_up=True) as actor:
        invitation = transfer.invitations.order_by("-pk")[0]
        approval = ordering.again(transfer, invitation, subjects, actor=actor)
    _approve(approval)
    return int(transfer.hand_overs.order_by("-number")[0].pk)


def change_policy(number: int) -> str:
    """Something happens after the freeze: a policy lapses."""
    with scopes.acting(estate.system()):
        policy = Policy.objects.order_by("pk")[number]
        Policy.objects.filter(pk=policy.pk).update(status=Policy.Status.SUSPENDED)
        return str(Customer.objects.get(pk=policy.subject_id).ref)


def stay(number: int) -> list[str]:
    """A customer says after the freeze that she does not move; who stays with her."""
    with scopes.acting(estate.system()):
        customer = Customer.objects.order_by("pk")[number]
        Bar.objects.create(
            transfer=_transfer(), subject_id=customer.pk, ground="dispute", by=_room().first
        )
        chosen.settle(_transfer(), customer.pk)
    with scopes.acting(estate.system()):
        out = Chosen.objects.filter(transfer=_transfer(), state=Chosen.State.OUT)
        return sorted(
            Customer.objects.filter(pk__in=out.values("subject")).values_list("ref", flat=True)
        )


def entries() -> int:
    """Refusals of packages that are on record."""
    return Entry.objects.filter(outcome="denied").count()


def take(path: str) -> int:
    room = _room()
    with Path(path).open("rb") as file, estate.acting(room.first, stepped_up=True) as actor:
        arrival = arriving.take(arriving.pieces_of(file), channel="command", actor=actor)
    return int(arrival.pk)


def lay_out(arrival: int) -> dict[str, Any]:
    with _lapsed(Arrival, arrival):
        found: Arrival = laying_out.work(arrival)
    return {"stage": found.stage, "records": found.done, "root": found.records_root}


def reconcile() -> dict[str, Any]:
    transfer = _transfer()
    return {
        "lines": [
            [line.name, line.sent, line.came, line.loaded] for line in reconciling.lines(transfer)
        ],
        "differences": [
            [row.what, row.ref, row.part]
            for row in Difference.objects.filter(arrival__transfer=transfer, settled_at=None)
        ],
    }


def load() -> dict[str, Any]:
    order_load()
    return go_on_loading()


def order_load() -> None:
    with estate.acting(_room().first, stepped_up=True) as actor:
        approval = taking.ask(_transfer(), estate.unit(), actor=actor)
    _approve(approval)


def refuses(path: str, days: int = 0, how: str = "") -> str:
    """Why the package is refused in other circumstances, of which nothing is left afterwards."""
    transfer = _transfer()
    moment = clock.now() + timedelta(days=days)
    try:
        with transaction.atomic(), time_machine.travel(moment, tick=True):
            if how == "another-recipient":
                transfer.invitations.update(key="0" * 16)
            elif how == "key-ended":
                transfer.invitations.update(private_sealed=None, ended_at=clock.now())
            elif how == "transfer-stopped":
                Transfer.objects.update(status=Transfer.Status.STOPPED, ended_at=clock.now())
            elif how == "identity-ended":
                transfer.counterparty.identities.update(
                    status=IdentityKey.Status.ENDED, ended_at=clock.now()
                )
            take(path)
    except PackageRefused as refused:
        return refused.reason
    raise AssertionError("it was taken in")


def go_on_loading() -> dict[str, Any]:
    load = Load.objects.get(transfer=_transfer())
    with _lapsed(Load, load.pk):
        found: Load = loading.work(load.pk)
    return {"status": found.status, "done": found.done}


def accept() -> str:
    with estate.acting(_room().first, stepped_up=True) as actor:
        approval = accepting.ask(_transfer(), actor=actor)
    _approve(approval)
    return packed(bytes(Receipt.objects.get(transfer=_transfer()).acceptance))


def enter_acceptance(paper: str) -> None:
    with estate.acting(_room().first, stepped_up=True) as actor:
        accepting.enter(_transfer(), unpacked(paper), actor=actor)


def release(hours: int = 2) -> str:
    live_at = clock.now() + timedelta(hours=hours)
    with estate.acting(_room().first, stepped_up=True) as actor:
        approval = releasing.ask(_transfer(), live_at=live_at, actor=actor)
    _approve(approval)
    return packed(bytes(Receipt.objects.get(transfer=_transfer()).release))


def enter_release(paper: str) -> None:
    with estate.acting(_room().first, stepped_up=True) as actor:
        releasing.enter(_transfer(), unpacked(paper), actor=actor)


def responsible(at: str = "") -> dict[str, int]:
    moment = datetime.fromisoformat(at) if at else None
    with scopes.acting(estate.system()), scopes.arrivals():
        return register.counts(_transfer(), at=moment)


def live_at() -> str:
    moment = Receipt.objects.get(transfer=_transfer()).live_at
    return moment.isoformat() if moment else ""


def visible() -> int:
    """How many customers an officer who sees everything sees."""
    with estate.acting(_room().first) as actor:
        return Customer.objects.visible_to(actor).count()


def arriving_now() -> int:
    return Arriving.objects.count()


def plaintext(*, arrivals: bool = False) -> list[str]:
    """A digest of each customer's whole record in clear, without the references that differ by house."""
    with scopes.acting(_system_that_packs()) as actor, _seen(arrivals):
        subjects = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        found = []
        for at in range(0, len(subjects), collecting.CHUNK):
            chunk = subjects[at : at + collecting.CHUNK]
            records = collecting.collect(chunk, facts={}, actor=actor)
            found += [_bare(shapes.dump(each.record)) for each in records]
    return sorted(found)


def _system_that_packs() -> Any:
    from access import actors

    return actors.system(building.ACTOR)


@contextlib.contextmanager
def _seen(arrivals: bool) -> Any:
    with scopes.arrivals() if arrivals else contextlib.nullcontext():
        yield


_OWN = frozenset(
    {"ref", "salt", "unit", "who", "policy", "since", "consents", "keepings", "looks", "looked"}
)


def _bare(said: Any) -> str:
    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: strip(each) for name, each in value.items() if name not in _OWN}
        if isinstance(value, list):
            # The list of looks comes beside the record, and is a file where it arrives.
            return [strip(each) for each in value if not _is_history(each)]
        return value

    return hashlib.sha256(canonical(strip(said)).encode()).hexdigest()


def _is_history(value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == "history"


def choices(*, arrivals: bool = False) -> dict[str, list[str]]:
    """What is open and what is shut at the gate, by purpose of a look."""
    with scopes.acting(estate.system()), _seen(arrivals):
        opening.project(Customer.objects.all())
        rows = Choice.objects.values_list("purpose", "agreed")
        return {
            "open": sorted({purpose for purpose, agreed in rows if agreed}),
            "shut": sorted({purpose for purpose, agreed in rows if not agreed}),
        }


def records() -> int:
    with scopes.acting(estate.system()):
        return ArrivedRecord.objects.filter(transfer=_transfer(), current=True).count()


__all__ = ["progress"]


def at(moment: str) -> dict[str, Any]:
    """The sweep of the minute after that moment."""
    Ending.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    with time_machine.travel(datetime.fromisoformat(moment) + timedelta(minutes=1), tick=True):
        for receipt in ending.due():
            ending.act(receipt)
    with scopes.acting(estate.system()):
        states = Keeping.objects.values_list("kind", "state")
        restricted = Restriction.objects.count()
        return {"keepings": sorted(set(map(tuple, states))), "restricted": restricted}


def leftovers() -> dict[str, int]:
    """What of the packages is still here: keys, secrets, files."""
    transfer = _transfer()
    folders = [settings.VAR / "store" / each.folder for each in (shelf.OUT, shelf.IN)]
    return {
        "private": transfer.invitations.filter(private_sealed__isnull=False).count(),
        "secrets": transfer.arrivals.filter(secret_sealed__isnull=False).count()
        + transfer.hand_overs.filter(secret_sealed__isnull=False).count(),
        "files": sum(1 for folder in folders if folder.exists() for _each in folder.iterdir()),
    }
