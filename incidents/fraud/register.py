"""The register of shared fraud data: a list that came in by file, row by row, under a key of its own."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, elements
from custodian.errors import CustodianError
from custodian.keys import index_versions
from incidents.fraud import sealing
from incidents.fraud.signals import ACCOUNT
from incidents.fraud.standing import ACTOR
from incidents.models import FraudShared, FraudSharedBad, FraudSharedIndex, FraudSharedRow
from records import blind_indexes
from records.identifiers import check_account, check_mobile, check_resident_id
from records.staff_traces import ID_NUMBER, MOBILE
from transfers.models import Counterparty

NOTE: Final = Action.FRAUD_SHARED_NOTE
MOST: Final = 20_000
LONGEST: Final = timedelta(days=3 * 366)  # company default: no list is kept longer
Why = FraudSharedBad.Why
# What may come: only what can be compared while it is sealed, and with it the check that a value passes.
TAKEN: Final = {
    ID_NUMBER: (check_resident_id, Why.ID_NUMBER),
    MOBILE: (check_mobile, Why.MOBILE),
    ACCOUNT: (check_account, Why.ACCOUNT),
}


class Unreadable(CustodianError):
    """It is no table of the elements that were declared."""

    code = "fraud-shared-unreadable"
    status = 422
    message = _("文件须为 UTF-8 的 CSV，表头只有所选的信息项：证件号码、手机号码、银行账号")


class TooLarge(CustodianError):
    """More rows than a list may have."""

    code = "fraud-shared-too-large"
    status = 422
    message = _("一份名单最多 20,000 行，请分开导入")


class BadDays(CustodianError):
    """It came today at the latest, and is used for three years at most."""

    code = "fraud-shared-days"
    status = 422
    message = _("收到日期不能晚于今天；使用至须在今天之后，最长三年")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a list is, from whom, why, on which ground and for how long."""

    partner: Counterparty
    elements: Sequence[str]
    purpose: str
    ground: str
    at_on: date
    use_by: date


@dataclass
class Sorted:
    """The rows of a file: those that are kept, and those set aside with their reason."""

    good: list[tuple[int, dict[str, str]]] = field(default_factory=list, repr=False)
    bad: list[tuple[int, str]] = field(default_factory=list)


def headers() -> dict[str, str]:
    """How a column may be called: by the element's code, or by its name in Chinese."""
    names = {ID_NUMBER: "证件号码", MOBILE: "手机号码", ACCOUNT: "银行账号"}
    return {**{code: code for code in TAKEN}, **{name: code for code, name in names.items()}}


def receive(terms: Terms, content: bytes, *, actor: Actor) -> FraudShared:
    """Keep a list that came. Raises `Unreadable`, `TooLarge`, `BadDays`."""
    require_days(terms)
    found = read(content, terms.elements)
    person = actors.person(actor)
    with transaction.atomic():
        row = numbered(terms, FraudShared.Way.RECEIVED, person)
        row.sha256 = hashlib.sha256(content).hexdigest()
        row.kept, row.quarantined = len(found.good), len(found.bad)
        row.total = row.kept + row.quarantined
        facts = {
            "fraud-shared": row.code, "outcome": "received", "elements": list(row.elements),
            "sha256": row.sha256, "fraud-rows": row.kept, "fraud-rows-bad": row.quarantined,
        }  # fmt: skip
        gate.authorise(actor, NOTE, channel=Channel.ADMIN, facts=facts)
        with scopes.acting(actors.system(ACTOR)):
            row.save()
            _keep(row, found)
    return row


def require_days(terms: Terms) -> None:
    """Raises `BadDays`."""
    today = clock.local().date()
    if terms.at_on > today or not today <= terms.use_by <= today + LONGEST:
        raise BadDays


def numbered(terms: Terms, way: str, person: int) -> FraudShared:
    """A row that is not written yet, with the next number."""
    proposals.lock(FraudShared)
    year = f"Q-{clock.local():%Y}-"
    with scopes.acting(actors.system(ACTOR)):
        number = FraudShared.objects.filter(code__startswith=year).count() + 1
    row = FraudShared(
        code=f"{year}{number:03}", way=way, partner=terms.partner, elements=sorted(terms.elements),
        purpose=terms.purpose, ground=terms.ground, at_on=terms.at_on, use_by=terms.use_by,
        noted_by_id=person,
    )  # fmt: skip
    row.holding = sealing.holding_of(row.ref)
    return row


def read(content: bytes, wanted: Sequence[str]) -> Sorted:
    """Raises `Unreadable`, `TooLarge`. Values live as long as this call and its answer."""
    lines = _lines(content)
    columns = [headers().get(each.strip(), "") for each in (lines[0][1] if lines else [])]
    if not columns or "" in columns or sorted(columns) != sorted(wanted):
        raise Unreadable
    if len(lines) - 1 > MOST:
        raise TooLarge
    found, seen = Sorted(), set()
    for number, cells in lines[1:]:
        values, why = _checked(columns, cells)
        key = tuple(sorted(values.items()))
        if not why and key in seen:
            why = Why.DOUBLE.value
        if why:
            found.bad.append((number, why))
        else:
            seen.add(key)
            found.good.append((number, values))
    return found


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Each row that has cells, by the number of its line."""
    try:
        text = content.decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [(rows.line_num, row) for row in rows if row]
    except (UnicodeDecodeError, csv.Error):
        raise Unreadable from None


def _checked(columns: Sequence[str], cells: Sequence[str]) -> tuple[dict[str, str], str]:
    if len(cells) != len(columns):
        return {}, Why.COLUMNS.value
    values = {}
    for code, cell in zip(columns, cells, strict=True):
        if not cell.strip():
            continue
        check, why = TAKEN[code]
        said = check(cell.strip()).value
        if said is None:
            return {}, why.value
        values[code] = elements.get(code).normalise(str(said))
    return values, "" if values else Why.EMPTY.value


def _keep(row: FraudShared, found: Sorted) -> None:
    FraudSharedRow.objects.bulk_create(
        FraudSharedRow(shared=row, number=number, values_sealed=_sealed(row, number, values))
        for number, values in found.good
    )
    FraudSharedBad.objects.bulk_create(
        FraudSharedBad(shared=row, number=number, why=why) for number, why in found.bad
    )
    _index(row, (values for _number, values in found.good))


def _sealed(row: FraudShared, number: int, values: Mapping[str, str]) -> bytes:
    return sealing.seal(row.ref, f"row/{number}", json.dumps(values, ensure_ascii=False))


def _index(row: FraudShared, values: Iterator[Mapping[str, str]]) -> None:
    """Under every root that customers' fingerprints may be made with."""
    FraudSharedIndex.objects.bulk_create(
        FraudSharedIndex(shared=row, element=code, digest=digest, version=version)
        for each in values
        for code, text in each.items()
        for version in index_versions()
        for digest in [blind_indexes.digest(code, text, version=version)]
    )


def index_anew(row: FraudShared) -> bool:
    """After the root of the indexes has changed; in the house's scope. Whether there was anything to do."""
    known = set(row.indexes.values_list("version", flat=True))
    if not known or set(index_versions()) <= known:
        return False
    opened = (
        json.loads(sealing.opened(row.ref, f"row/{each.number}", each.values_sealed) or "{}")
        for each in row.rows.all()
    )
    values = list(opened)
    with transaction.atomic():
        row.indexes.all().delete()
        _index(row, iter(values))
    return True
