"""What the demo insurer knows besides its customers: units, intermediaries, products, who serves whom."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from access import actors, gate
from access.actions import Action
from access.models import Assignment, Subject, Unit, User
from access.vocabulary import Channel
from custodian import clock
from custodian.demo.insurer import Manifest, products, staff
from records import blind_indexes
from records.models import Book, Customer, Intermediary, Product

UNITS_IN_ENGLISH: Mapping[str, str] = {
    "QH01": "Head office",
    "QH0103": "Xuzhou branch",
    "QH0112": "Taizhou branch",
    "QH0195": "Telesales three",
}
PRODUCTS_IN_ENGLISH: Mapping[str, str] = {
    "QHL01": "Qinghe whole life",
    "QHL02": "Qinghe term life",
    "QHC01": "Qinghe critical illness",
    "QHC02": "Qinghe critical illness for children",
    "QHM01": "Qinghe medical",
    "QHA01": "Qinghe accident",
    "QHP01": "Qinghe pension annuity",
    "QHE01": "Qinghe education annuity",
    "QHX01": "Qinghe participating endowment",
    "QHG01": "Qinghe group accident",
    "QHG02": "Qinghe key person life",
}
KINDS: Mapping[str, Intermediary.Kind] = {
    "专业代理": Intermediary.Kind.AGENCY,
    "银保": Intermediary.Kind.BANCASSURANCE,
    "保险经纪": Intermediary.Kind.BROKER,
    "自营网络": Intermediary.Kind.ONLINE,
}
BATCH = 2000
VIPS = 5
LEAVER = "A0203"
NOTICE_GIVEN, LAST_DAYS = timedelta(days=12), timedelta(days=18)


def register(manifest: Manifest) -> Book:
    """Units, intermediaries and products by code, and the insurer's own book."""
    for unit in staff.UNITS:
        Unit.objects.create(
            code=unit.code,
            name=unit.name,
            name_en=UNITS_IN_ENGLISH[unit.code],
            parent=Unit.objects.filter(code=unit.parent).first(),
        )
    for each in staff.INTERMEDIARIES:
        kind = KINDS.get(each.channel, Intermediary.Kind.OTHER)
        Intermediary.objects.create(code=each.code, name=each.name, kind=kind)
    for product in products.PRODUCTS:
        Product.objects.create(
            code=product.code,
            name=product.name,
            name_en=PRODUCTS_IN_ENGLISH[product.code],
            kind=product.category,
            filed=True,
            filing_no=product.filing,
            over_a_year=product.years != 1,
        )
    return Book.objects.create(code=manifest.code, name=manifest.insurer, insurer=manifest.insurer)


def assign(folder: Path, manifest: Manifest, *, book: Book, people: Mapping[str, User]) -> int:
    """Give customers to their agents as the insurer's own list says, and mark the honey customers."""
    rows = [row for row in _listed(folder) if row[1] in people]
    subjects = by_key(book, {row[0] for row in rows} | set(manifest.facts.honey))
    assignments = [
        Assignment(subject_id=subjects[key], user=people[staff_no], since=since)
        for key, staff_no, since in rows
        if key in subjects
    ]
    Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    for unit_id in {user.unit_id for user in people.values()}:
        own = [each.subject_id for each in assignments if each.user.unit_id == unit_id]
        Subject.objects.filter(pk__in=own).update(unit_id=unit_id)
    honey = [subjects[key] for key in manifest.facts.honey if key in subjects]
    Subject.objects.filter(pk__in=honey).update(honey=True)
    return len(assignments)


def know_staff(folder: Path) -> None:
    """What the personnel department's own list says of the staff, as fingerprints."""
    call_command("import_staff", folder / "人员.csv", stdout=StringIO(), stderr=StringIO())


def single_out(manifest: Manifest, *, book: Book, today: date) -> None:
    """A few customers on the VIP list, and one agent who has given notice."""
    facts = manifest.facts
    plain = [key for keys in facts.portfolios.values() for key in keys]
    spared = {*facts.targets, *facts.honey}
    keys = [key for key in plain[:: max(1, len(plain) // VIPS)] if key not in spared][:VIPS]
    Subject.objects.filter(pk__in=by_key(book, set(keys)).values()).update(vip=True)
    days = {"notice_on": today - NOTICE_GIVEN, "leaves_on": today + LAST_DAYS}
    actor = actors.system("demo")
    with transaction.atomic():
        told = {"account": LEAVER, "changed": sorted(days)}
        gate.authorise(actor, Action.USER_CHANGE, channel=Channel.COMMAND, facts=told)
        User.objects.filter(staff_no=LEAVER).update(**days)


def by_key(book: Book, keys: set[str]) -> dict[str, int]:
    """The subjects of customers by their keys in the book; a key that was set aside is not among them."""
    digests = {blind_indexes.of_source(book.code, key): key for key in keys}
    rows = Customer.objects.filter(book=book).values_list("source_digest", "pk")
    return {digests[bytes(digest)]: pk for digest, pk in rows if bytes(digest) in digests}


def _listed(folder: Path) -> Iterator[tuple[str, str, datetime]]:
    with (folder / "指派.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for key, staff_no, since in rows:
            moment = datetime.strptime(since, "%Y%m%d").replace(tzinfo=clock.OFFICE)
            yield key, staff_no, moment
