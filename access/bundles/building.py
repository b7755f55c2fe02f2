"""Builds one bundle: the same bytes for the same question, recipient and checkpoint."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from psycopg2 import extensions

from access import keystore
from access.bundles import dictionary, report, rolls, selecting
from access.bundles.criteria import Criteria
from access.bundles.report import Cover, Tally
from access.models import LogMonth, RollRow, Subject
from access.querylog.heads import Head, newest_head
from access.sequencer.integrate import read_tile
from custodian import clock, databases
from custodian.errors import Unavailable
from custodian.tlog.bundle import Head as BundleHead
from custodian.tlog.bundle import Leaf, Writer

OnProgress = Callable[[int, int], None]
README = Path(__file__).with_name("README.txt")
PATIENCE = 25.0  # seconds to wait for witnesses
PAUSE = 0.5


class NothingSealed(Unavailable):
    """There is no announced head of the log yet, so nothing could be proven."""

    code = "nothing-sealed"
    message = gettext_lazy("日志还没有已公布的检查点，请稍后再试")


@dataclass(frozen=True, kw_only=True)
class Order:
    """The whole question. `priors` are sizes of checkpoints that the recipient may hold."""

    criteria: Criteria
    recipient: str
    case: str
    language: str
    scope: Sequence[tuple[str, str]] = ()
    priors: Sequence[int] = ()
    customers: Mapping[str, str] = field(default_factory=dict)  # how those with keys are called


@dataclass(frozen=True)
class Built:
    entries: int
    size: int


def build(
    order: Order,
    file: IO[bytes],
    *,
    head: Head,
    on_progress: OnProgress = lambda _done, _total: None,
) -> Built:
    """Write the bundle for `order` under the head `head`."""
    found = selecting.range_of(order.criteria, size=head.size)
    connection = databases.connect("auditor", application_name="custodian bundle")
    connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
    try:
        with override(order.language), connection.cursor() as cursor:
            return _Build(order, head, found, cursor).run(file, on_progress)
    finally:
        connection.close()


def await_head(*, patience: float, asked: datetime | None = None) -> Head:
    """The newest head that enough witnesses have seen; after `patience` seconds, the newest of all.

    With `asked` it also holds a roll that was taken since, which shows that nobody was left out until then.
    """
    begun = time.monotonic()
    newest = newest_head(witnessed=False)
    if newest is None:
        raise NothingSealed
    while time.monotonic() - begun < patience:
        wanted = newest.size if asked is None else _size_with_roll(asked)
        seen = newest_head(witnessed=True)
        if wanted is not None and seen is not None and seen.size >= wanted:
            return seen
        time.sleep(PAUSE)
    return newest_head(witnessed=False) or newest


def _size_with_roll(asked: datetime) -> int | None:
    rolls_since = RollRow.objects.filter(taken_at__gte=asked).order_by("upto")
    leaf = rolls_since.values_list("leaf", flat=True).first()
    return None if leaf is None else leaf + 1


class _Build:
    def __init__(
        self, order: Order, head: Head, found: selecting.Range, cursor: extensions.cursor
    ) -> None:
        self._order, self._head, self._range, self._cursor = order, head, found, cursor
        self._tally = Tally()
        self._kind = "whole" if order.criteria.everything else "selection"
        self._erased = _erased_months(order.criteria, head)

    def run(self, file: IO[bytes], on_progress: OnProgress) -> Built:
        criteria, size = self._order.criteria, self._head.size
        facts = {
            "recipient": self._order.recipient,
            "case": self._order.case,
            "criteria": _told(criteria),
            "period": [each.isoformat() for each in criteria.period],
            "language": self._order.language,
            "product": f"Custodian {settings.CUSTODIAN_VERSION}",
        }
        if self._erased:
            facts["reasons_erased"] = self._erased
        about = BundleHead(
            self._head.note, self._range.first, self._range.beyond, self._kind, facts
        )
        shown = rolls.Shown()
        if criteria.everything:
            beside = (self._range.first - 1, self._range.beyond)
            shown.leaves.update(index for index in beside if 0 <= index < size)
        elif criteria.operators:
            shown = rolls.shown(self._cursor, criteria.operators, self._range, size=size)
        with Writer(file, about, read=lambda *tile: read_tile(self._cursor, *tile)) as writer:
            for block, leaves in self._blocks(shown, _half(on_progress, self._range, before=0)):
                writer.block(block, leaves)
                for index, leaf, _raw in writer.asked(block, leaves):
                    self._tally.take(index, leaf)
            writer.table(self._blocks(shown, _half(on_progress, self._range, before=1)))
            for block in sorted(shown.blocks):
                writer.need(block)
            writer.consistency(self._order.priors)
            self._parts(writer, shown)
            return Built(writer.disclosed, size)

    def _blocks(
        self, shown: rolls.Shown, reached: Callable[[int], None]
    ) -> Iterator[tuple[int, list[Leaf]]]:
        return selecting.blocks(
            self._cursor,
            self._order.criteria,
            self._range,
            rolls=sorted(shown.leaves),
            size=self._head.size,
            reached=reached,
        )

    def _parts(self, writer: Writer, shown: rolls.Shown) -> None:
        if shown.rows:
            writer.part("rolls.json", _json(shown.rows))
        if keys := self._keys():
            writer.part("subject_keys.jsonl", keys)
        if settings.CUSTODIAN_LOG_POLICY.exists():
            writer.part("policy.txt", settings.CUSTODIAN_LOG_POLICY.read_bytes())
        writer.part("dictionary.json", dictionary.encoded())
        writer.part("README.txt", README.read_bytes())
        writer.part("report.pdf", report.as_pdf(self._cover(), self._tally))

    def _keys(self) -> bytes:
        """The log keys of the customers whose release was approved, by the name that the office uses."""
        wanted = self._order.criteria.keys
        rows = Subject.objects.filter(uid__in=wanted).order_by("uid").values_list("id", "uid")
        keys = keystore.subject_keys_of([ordinal for ordinal, _uid in rows])
        lines = [
            {
                "customer": self._order.customers.get(str(uid), str(uid)),
                "key": keys[ordinal].hex(),
                "key_id": keystore.key_id(keys[ordinal]).hex(),
            }
            for ordinal, uid in rows
            if ordinal in keys
        ]
        return "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines).encode()

    def _told_erased(self) -> list[tuple[str, str]]:
        if not self._erased:
            return []
        span = {"first": self._erased[0], "last": self._erased[-1]}
        words = _("%(first)s 至 %(last)s 的保存期已满，密钥已销毁；条目与证明不变")
        return [(_("填写的理由"), words % span)]

    def _cover(self) -> Cover:
        return Cover(
            title=_("查询日志取证包"),
            recipient=self._order.recipient,
            case=self._order.case,
            scope=[*self._order.scope, *self._told_erased()],
            checkpoint=self._head.checkpoint,
            signed_at=self._head.signed_at,
            witnesses=sorted(self._head.witnesses),
        )


def _erased_months(criteria: Criteria, head: Head) -> list[str]:
    """Months of the question whose written reasons were over their time when the head was made.

    Later ones are left out, so that the same question under the same head gives the same bytes.
    """
    since, until = (clock.local(each).date() for each in criteria.period)
    gone = LogMonth.objects.filter(
        reasons_gone_at__lte=head.made_at, month__gte=since.replace(day=1), month__lte=until
    )
    return [f"{each:%Y-%m}" for each in gone.values_list("month", flat=True)]


def _half(on_progress: OnProgress, found: selecting.Range, *, before: int) -> Callable[[int], None]:
    """The entries are gone through twice: once for their bytes, once for the table."""
    total = found.beyond - found.first
    return lambda index: on_progress((before * total + index - found.first) // 2, total)


def _told(criteria: Criteria) -> dict[str, Any]:
    """The question as the manifest tells it: customers only by their number."""
    said = criteria.dump()
    return {**said, "customers": len(criteria.customers), "keys": len(criteria.keys)}


def _json(content: Any) -> bytes:
    return f"{json.dumps(content, indent=1, sort_keys=True)}\n".encode()
