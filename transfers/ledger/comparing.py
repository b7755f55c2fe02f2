"""The ledger outside beside a restored database: which transfers went on after the backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from access.ports import LedgerRefused, Lost
from transfers.ledger import carrying_out, keeping, sheets
from transfers.ledger.sheets import LedgerBroken, Sheet, moment
from transfers.models import LedgerSheet, Receipt, Transfer
from transfers.receipts import ending

What = LedgerSheet.What
# What a transfer lacks in the database. The first two are more than a note: customers went or came.
WENT, CAME, CAME_WHOLE, CARRIED_OUT, STOPPED, OPENED = (
    "transfer-went", "transfer-came", "transfer-came-whole", "transfer-carried-out",
    "transfer-stopped", "transfer-opened",
)  # fmt: skip
_NUMBERS: Final = "%s < %s"


@dataclass(frozen=True)
class Case:
    """The newest sheets of one transfer that the database did not have at its backup."""

    transfer: UUID
    by_what: dict[str, Sheet]

    @property
    def any(self) -> Sheet:
        return next(iter(self.by_what.values()))

    @property
    def opened(self) -> Sheet | None:
        return self.by_what.get(What.OPENED)

    def lacks(self) -> str:
        """A code of those above, or nothing."""
        here = Transfer.objects.filter(ref=self.transfer).first()
        receipt = Receipt.objects.filter(transfer=here, live_at__isnull=False).first()
        settled = self.by_what.get(What.SETTLED)
        if settled is not None and (receipt is None or _release(receipt) != settled.release):
            return _settled(settled)
        if What.CARRIED_OUT in self.by_what and receipt is not None and receipt.ended_at is None:
            return CARRIED_OUT
        if What.STOPPED in self.by_what:
            return STOPPED if here and here.status == Transfer.Status.OPEN else ""
        return OPENED if here is None and settled is None else ""


def _release(receipt: Receipt) -> str:
    return sha256(bytes(receipt.release)).hexdigest()


def _settled(settled: Sheet) -> str:
    if settled.said["side"] == Transfer.Side.SELLER:
        return WENT
    return CAME_WHOLE if carrying_out.all_here(settled) else CAME


@dataclass(frozen=True)
class Outside:
    """Sheets that were verified; `inside` is the number of the newest that came with the backup."""

    found: Sequence[Sheet]
    inside: int

    @property
    def count(self) -> int:
        return len(self.found)

    def lost(self) -> list[Lost]:
        return [_lost(case, what) for case, what in self._cases()]

    def require_possible(self) -> None:
        """Raises `LedgerRefused` for customers who went and cannot be let go again in this database."""
        for case, what in self._cases():
            here = Transfer.objects.filter(ref=case.transfer).exists()
            if what == WENT and not here and not carrying_out.can_be_opened(case.opened):
                raise LedgerRefused("ledger-not-carried-out", str(case.any.said["code"]))

    def bring(self) -> None:
        """Put them where this installation keeps its own, in both places, so that the next one follows."""
        for sheet in self.found:
            sheets.write(sheet.number, sheet.body)
            LedgerSheet.objects.get_or_create(
                number=sheet.number,
                defaults={
                    "what": sheet.what, "transfer": sheet.transfer, "release": sheet.release,
                    "body": sheet.body, "sha256": sheet.sha256,
                },
            )  # fmt: skip

    def carry_out(self) -> None:
        """Do again what was done, and what fell due since; whoever came and is not here stays away."""
        for case, what in self._cases():
            if what in {WENT, CAME_WHOLE}:
                carrying_out.settle(case.by_what[What.SETTLED], case.opened)
            elif what == STOPPED:
                carrying_out.stop(case.by_what[What.STOPPED])
        for receipt in ending.due():
            ending.act(receipt)

    def _cases(self) -> Iterator[tuple[Case, str]]:
        for case in self._all():
            if what := case.lacks():
                yield case, what

    def _all(self) -> list[Case]:
        cases: dict[UUID, Case] = {}
        for sheet in self.found[self.inside :]:
            case = cases.setdefault(sheet.transfer, Case(sheet.transfer, {}))
            case.by_what[sheet.what] = sheet
        return list(cases.values())


def _lost(case: Case, what: str) -> Lost:
    sheet = case.by_what.get(What.SETTLED, case.any)
    since = moment(sheet, "live_at") if "live_at" in sheet.said else _first_said(sheet)
    party = str(sheet.said["counterparty_name"])
    count = len(sheet.said.get("subjects", ()))
    return Lost(what, count, since=since, ref=str(sheet.said["code"]), party=party)


def _first_said(sheet: Sheet) -> datetime | None:
    said = sheet.said.get("opened_at") or sheet.said.get("ended_at")
    return datetime.fromisoformat(str(said)).astimezone(UTC) if said else None


class Ledger:
    """As a backup and its reconciliation know it."""

    name = "transfers"

    def newest(self) -> int:
        keeping.publish()
        return sheets.newest_known()

    def inside(self) -> int:
        row = LedgerSheet.objects.order_by("number").last()
        return row.number if row else 0

    def read(self, folder: Path | None, *, at_least: int, inside: int) -> Outside:
        """Raises `LedgerRefused` for one that is altered, or has less than was known anywhere."""
        try:
            found = sheets.read(folder or sheets.folder())
        except LedgerBroken:
            raise LedgerRefused("ledger-broken") from None
        known = max(at_least, self.inside(), sheets.newest_known())
        if len(found) < known:
            raise LedgerRefused("ledger-older", _NUMBERS % (len(found), known))
        rows = LedgerSheet.objects.values_list("number", "sha256")
        if any(found[number - 1].sha256 != digest for number, digest in rows):
            raise LedgerRefused("ledger-broken")
        return Outside(found, inside)
