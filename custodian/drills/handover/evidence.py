"""What a house shows of itself, so that promises can be judged: counts, digests and codes, no value."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from access import actors, gate, scopes
from access.actions import Action
from access.models import Arriving, Choice, Entry, Restriction
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.drills import cast
from custodian.drills.handover import people
from custodian.drills.handover.people import here
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from records import vault
from records.consents import opening
from records.models import ClaimClock, Customer, Keeping, MergeCase
from transfers import chosen
from transfers.handing_over import building, collecting
from transfers.models import ArrivedRecord, Ending, Receipt
from transfers.packages import shapes, shelf
from transfers.receipts import ending, register

# What differs by house, and with it the list of looks, which is a file where it arrives.
_OWN: Final = frozenset(
    {
        "claim",
        "ref",
        "salt",
        "unit",
        "who",
        "policy",
        "since",
        "consents",
        "keepings",
        "looks",
        "looked",
    }
)
NAME: Final = "identity.name"


def plaintext(*, arrivals: bool = False, book: str = "", moving: bool = False) -> list[str]:
    """A digest of each customer's whole record in clear, without the references that differ by house."""
    found = []
    with people.system(building.ACTOR) as actor, _seen(arrivals=arrivals or moving):
        subjects = _moving() if moving else list(_customers(book).values_list("pk", flat=True))
        for at in range(0, len(subjects), collecting.CHUNK):
            chunk = subjects[at : at + collecting.CHUNK]
            records = collecting.collect(chunk, facts={}, actor=actor)
            found += [_bare(shapes.dump(each.record)) for each in records]
    return sorted(found)


def _moving() -> list[int]:
    """Everybody of the transfer, at either party."""
    transfer = here.open()
    if transfer.is_sellers:
        return list(chosen.manifest(transfer))
    rows = ArrivedRecord.objects.filter(transfer=transfer, current=True).order_by("subject_id")
    return [each for each in rows.values_list("subject_id", flat=True) if each is not None]


def _customers(book: str = "") -> Any:
    rows = Customer.objects.order_by("pk")
    return rows.filter(book__code=book) if book else rows


@contextlib.contextmanager
def _seen(*, arrivals: bool) -> Iterator[None]:
    with scopes.arrivals() if arrivals else contextlib.nullcontext():
        yield


def _bare(said: Any) -> str:
    return hashlib.sha256(canonical(_strip(said)).encode()).hexdigest()


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _strip(each) for name, each in value.items() if name not in _OWN}
    if isinstance(value, list):
        return [_strip(each) for each in value if not _is_history(each)]
    return value


def _is_history(value: Any) -> bool:
    return isinstance(value, dict) and value.get("kind") == "history"


def visible() -> int:
    """How many customers an officer who sees everything sees."""
    with people.acting() as actor:
        return Customer.objects.visible_to(actor).count()


def arriving_now() -> int:
    return Arriving.objects.count()


def records() -> int:
    with people.system():
        return ArrivedRecord.objects.filter(transfer=here.transfer, current=True).count()


def claim_clocks(*, arrivals: bool = False) -> list[list[str]]:
    """Each clock of a claim: which, when it is due, whether it has stopped."""
    with people.system(), _seen(arrivals=arrivals):
        rows = ClaimClock.objects.values_list("rule", "due_at", "stopped_at", "paused_at")
        return sorted([rule, *map(str, rest)] for rule, *rest in rows)


def merge_cases() -> int:
    """Pairs of customers who may be one person."""
    with people.system(), scopes.arrivals():
        return MergeCase.objects.count()


def refusals() -> int:
    """Of packages, that are on record."""
    return Entry.objects.filter(outcome="denied").count()


def choices(*, arrivals: bool = False) -> dict[str, list[str]]:
    """What is open and what is shut at the gate, by purpose of a look."""
    with people.system(), _seen(arrivals=arrivals):
        opening.project(Customer.objects.all())
        rows = Choice.objects.values_list("purpose", "agreed")
        return {
            "open": sorted({purpose for purpose, agreed in rows if agreed}),
            "shut": sorted({purpose for purpose, agreed in rows if not agreed}),
        }


def responsible(at: str = "") -> dict[str, int]:
    """How many customers each insurer answers for."""
    moment = datetime.fromisoformat(at) if at else None
    with people.system(), scopes.arrivals():
        return register.counts(here.open(), at=moment)


def live_at() -> str:
    moment = Receipt.objects.get(transfer=here.transfer).live_at
    return moment.isoformat() if moment else ""


def sweep(at: str = "") -> dict[str, Any]:
    """What the minute after a moment does of itself, and how everything is kept then."""
    Ending.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    moment = datetime.fromisoformat(at) + timedelta(minutes=1) if at else clock.now()
    with clock.at(moment):
        for receipt in ending.due():
            ending.act(receipt)
    with people.system():
        states = Keeping.objects.values_list("kind", "state")
        return {
            "keepings": sorted(set(map(tuple, states))),
            "restricted": Restriction.objects.count(),
        }


def leftovers() -> dict[str, int]:
    """What of the packages is still here: keys, secrets, files."""
    transfer = here.open()
    folders = [settings.VAR / "store" / each.folder for each in (shelf.OUT, shelf.IN)]
    return {
        "private": transfer.invitations.filter(private_sealed__isnull=False).count(),
        "secrets": transfer.arrivals.filter(secret_sealed__isnull=False).count()
        + transfer.hand_overs.filter(secret_sealed__isnull=False).count(),
        "files": sum(1 for folder in folders if folder.exists() for _each in folder.iterdir()),
    }


def read() -> str:
    """Whether her agent reads the first customer's name, or the code of what stands in the way."""
    agent = actors.staff(people.agent(), stepped_up=True)
    try:
        with scopes.acting(agent):
            permit = gate.permit(
                agent,
                Action.CUSTOMER_REVEAL,
                purpose=Purpose.FOLLOW_UP,
                channel=Channel.DESK,
                subjects=[_customers()[0].subject_id],
                elements=[NAME],
                reason="演练",
            )
            return "read" if list(vault.reveal(permit)) else "nothing"
    except CustodianError as error:
        return error.code


def ciphertext(*, book: str = "") -> list[str]:
    """A digest of each sealed name, with its key's holding: two houses have none in common."""
    with people.system(), scopes.arrivals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(i.name_sealed), 'hex'), i.holding::text FROM records_identity i"
            " JOIN records_customer c ON c.subject_id = i.subject_id"
            " JOIN records_book b ON b.id = c.book_id WHERE %s IN ('', b.code)",
            [book],
        )
        return sorted(each for row in cursor.fetchall() for each in row)


def log() -> str:
    """`whole`, or what the verification of the log says."""
    cast.seal_log()
    said = io.StringIO()
    try:
        call_command("verify_log", jobs=1, stdout=said)
    except SystemExit as ended:
        return "whole" if ended.code == 0 else said.getvalue()
    return "whole"


def invariants() -> list[str]:
    """Those that are broken; nobody else seals this house's log, however long an act took."""
    cast.seal_log()
    said = io.StringIO()
    try:
        call_command("invariants", stdout=said)
    except SystemExit:
        return [line for line in said.getvalue().splitlines() if line.split()[1:] != ["ok"]]
    return []
