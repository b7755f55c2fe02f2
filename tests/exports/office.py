"""Agents with customers, officers who decide, and exports on their way from one to the other."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineWorkbook

from access import approvals, scopes
from access.exports import jobs, requests
from access.exports.requests import Recipient, Selection, Terms
from access.models import Approval, Export, Subject, User
from custodian.formula import unguard
from records.models import Customer
from tests import estate

NAME, MOBILE, BORN, ADDRESS = (
    f"identity.{name}" for name in ("name", "mobile", "birth_date", "address")
)
CODES = (NAME, MOBILE, BORN)


def mobile(number: int) -> str:
    return f"139{number:08}"


def customers(
    count: int, *, of: Sequence[User] = (), start: int = 0, **more: Any
) -> list[Customer]:
    """Some that differ in what a row shows."""
    return [
        estate.customer(
            {**estate.ZHANG, NAME: f"客户{chr(0x4E00 + n)}", MOBILE: mobile(n)}, of=of, accounts=(), **more
        )
        for n in range(start, start + count)
    ]  # fmt: skip


def honey(count: int, *, start: int = 9000) -> list[Customer]:
    """Nobody's: they exist to be seen where they should not be."""
    found = customers(count, start=start)
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk__in=[each.pk for each in found]).update(honey=True)
    return found


def terms(*, to: User | None = None, by: str = "own", **more: Any) -> Terms:
    recipient = more.pop("recipient", None) or Recipient(person=to)
    selection = Selection(by=by, unit=more.pop("unit", None), customers=more.pop("customers", ()))
    said = {"elements": CODES, "purpose": "follow_up", "reason": "九月回访名单", **more}
    return Terms(selection=selection, recipient=recipient, **said)


def ask(person: User, *, channel: str = "desk", **more: Any) -> Export:
    with estate.acting(person, stepped_up=True) as actor:
        more.setdefault("to", person)
        return requests.request(terms(**more), channel=channel, actor=actor)


def approve(officer: User, export: Export) -> None:
    with estate.acting(officer, stepped_up=True) as actor:
        approval = Approval.objects.get(pk=export.approval_id)
        approvals.approve(approval, seen=approval.digest, actor=actor)


def now(export: Export) -> Export:
    """The row as it stands, seen from outside any person's scope."""
    with scopes.acting(estate.system()):
        return Export.objects.select_related("approval", "requested_by", "recipient").get(
            pk=export.pk
        )


def made(person: User, officer: User, **more: Any) -> Export:
    export = ask(person, **more)
    approve(officer, export)
    jobs.work(export.pk)
    return now(export)


def take(person: User, export: Export, *, stepped_up: bool = True) -> bytes:
    with estate.acting(person, stepped_up=stepped_up) as actor:
        return b"".join(jobs.take(now(export), channel="desk", actor=actor))


def table(content: bytes, kind: str = "csv") -> list[list[str]]:
    """Heads and rows, as whoever opens the file has them."""
    if kind == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = [[str(cell) for cell in row] for row in sheet.to_python()]
    else:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [[unguard(cell) for cell in row] for row in rows]


def refs(content: bytes, kind: str = "csv") -> list[str]:
    return [row[0] for row in table(content, kind)[1:]]
