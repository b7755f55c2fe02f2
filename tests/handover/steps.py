"""The acts of the drill, and what only tests ask of an installation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection, transaction

from access import scopes
from access.models import Finding, Restriction
from custodian import clock
from custodian.drills.handover import acts, people
from custodian.drills.handover.acts import *  # noqa: F403
from custodian.drills.handover.houses import packed
from custodian.drills.handover.people import here
from incidents.models import Alert
from records.models import Contact, ContactFlag, Customer, Document
from records.sign_in import contacts
from transfers import going_on, invitations, progress, tasks
from transfers.handing_over import building, collecting
from transfers.models import Ending, IdentityKey, Receipt, Stage, Transfer
from transfers.packages.errors import PackageRefused
from transfers.progress import checks
from transfers.receipts import ending
from transfers.receipts import supervised as house_supervised
from transfers.receiving import archive, unloading

building.CHUNK = 7  # so that there is a middle to be killed in
unloading.PAGE = 5
archive.SMALL, archive.MOST = 20_000, 50_000  # so that files come in both ways


def begin(book: str = "XH") -> str:
    said = people.begin(book)
    _take_as_done()
    return said


def resume() -> None:
    people.resume()
    _take_as_done()


def _take_as_done() -> None:
    """What other tests are about."""
    for stage in (Stage.DATA_ROOM, Stage.NOTICE):
        checks._checks[stage.value] = [lambda _transfer: []]


def stop() -> None:
    """Given up by two."""
    with people.acting() as actor:
        asked = progress.stop(here.open(), reason="演练", actor=actor)
    people.approve(asked)


def unload() -> None:
    """What the sweep does of a transfer that was given up."""
    tasks._unload()


def residue() -> int:
    """Values and keys of customers that are left in this house."""
    with people.system(), scopes.arrivals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM records_identity WHERE name_sealed IS NOT NULL"
            " UNION ALL SELECT count(*) FROM records_blindindex"
            " UNION ALL SELECT count(*) FROM keys.data_key k JOIN records_identity i USING (holding)"
        )
        return sum(count for (count,) in cursor.fetchall())


def jobs() -> list[str]:
    """Where each job of the transfer stands."""
    transfer = here.open()
    rows = (transfer.hand_overs.all(), transfer.arrivals.all(), transfer.loads.all())
    return [each.status for found in rows for each in found]


def flag(number: int) -> None:
    """Somebody finds that a customer's mobile is not her own."""
    with people.system():
        customer = Customer.objects.order_by("pk")[number]
        ContactFlag.objects.create(subject_id=customer.pk, contact=Contact.MOBILE, why="not_hers")


def set_aside(number: int) -> None:
    """A file of hers has served its purpose and is only stored."""
    with people.system():
        customer = Customer.objects.order_by("pk")[number]
        document = Document.objects.get(subject=customer.pk)
        Restriction.objects.create(
            subject_id=customer.pk, holding=document.holding, kind="document"
        )


def files_set_aside() -> int:
    with people.system(), scopes.arrivals():
        held = Document.objects.filter(kind=Document.Kind.APPLICATION).values("holding")
        return Restriction.objects.filter(holding__in=held, kind="document").count()


def trusted() -> dict[str, int]:
    """To how many customers' contacts a code would go."""
    with people.system():
        found = [
            each
            for subject in Customer.objects.values_list("pk", flat=True)
            for each in contacts.standings(subject)
        ]
    return {
        contact.value: sum(each.good for each in found if each.contact is contact)
        for contact in Contact
    }


def refuses(path: str, days: int = 0, how: str = "") -> str:
    """Why the package is refused in other circumstances, of which nothing is left afterwards."""
    transfer = here.open()
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
            acts.take(path)
    except PackageRefused as refused:
        return refused.reason
    raise AssertionError("it was taken in")


def faults() -> list[list[Any]]:
    """What is told of as gone wrong: what, why, severity, verdict, and whether an alert waits for it."""
    rows = Finding.objects.filter(kind="transfer-fault").order_by("pk")
    return [
        [
            each.facts["what"],
            each.facts.get("why") or each.facts.get("job") or each.facts.get("paper") or "",
            each.severity,
            each.verdict,
            Alert.objects.get(finding=each).status,
        ]
        for each in rows
    ]


def break_job(name: str) -> None:
    """From now on a job meets an error at its first chunk; an empty name ends that."""
    building.collect = _broken if name == "pack" else collecting.collect
    ending.invitations.end = _broken if name == "live" else invitations_end


invitations_end = invitations.end


def _broken(*_args: Any, **_more: Any) -> Any:
    raise RuntimeError("6222020000000001")


def go_on() -> int:
    with people.acting() as actor:
        return going_on.go_on(here.open(), actor=actor)


def sweep(minutes: int) -> None:
    """What the clock does that long after the moment."""
    moment = Receipt.objects.get(transfer=here.open()).live_at
    assert moment
    Ending.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    with time_machine.travel(moment + timedelta(minutes=minutes), tick=True):
        tasks._end_books()


def supervised() -> dict[str, Any]:
    """What the supervisor is shown, and the files that she may take."""
    transfer = here.open()
    said = house_supervised.facts(transfer)
    receipt = Receipt.objects.filter(transfer=transfer).exclude(release=b"").first()
    return {
        "signed": [[each.name, each.by, each.held] for each in said["signed"]],
        "packages": [[each.number, each.customers, each.root] for each in said["packages"]],
        "moments": [
            [
                {each.code: each.customers for each in counts}
                for _label, _at, counts in said["moments"]
            ]
        ],
        "names": sorted({each.name for _label, _at, counts in said["moments"] for each in counts}),
        "lines": [[line.name, line.sent, line.came] for line in said["lines"]],
        "partners": [[each.name, each.customers] for each in said["partners"]],
        "zip": packed(house_supervised.archive(transfer, receipt)) if receipt else "",
    }


def alter_release() -> None:
    """As whoever reaches the database would."""
    receipt = Receipt.objects.get(transfer=here.open())
    altered = bytes(receipt.release).replace(b'"live_at": "2', b'"live_at": "3')
    Receipt.objects.filter(pk=receipt.pk).update(release=altered)


def at(moment: str) -> dict[str, Any]:
    """The sweep of the minute after that moment."""
    return acts.sweep(at=moment)
