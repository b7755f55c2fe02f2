"""The announced heads of the tree, with what witnesses said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from access.models import Checkpoint as Row
from access.models import Cosignature
from custodian import clock
from custodian.tlog.verify import Checkpoint, Failed, Policy

RECENT = timedelta(seconds=60)


@dataclass(frozen=True)
class Head:
    """A checkpoint as others get it: the log's note followed by the witnesses' lines."""

    size: int
    root: bytes
    note: bytes
    made_at: datetime
    witnesses: Mapping[str, datetime]

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.parse(self.note)

    @property
    def note_text(self) -> str:
        return self.note.decode()

    @property
    def signed_at(self) -> datetime:
        """To the second, as the signature says it."""
        return datetime.fromtimestamp(int(self.made_at.timestamp()), UTC)


def newest_head(*, witnessed: bool) -> Head | None:
    """The newest announced head; with `witnessed`, the newest that the policy's quorum has seen."""
    rows = Row.objects.filter(announced_at__isnull=False).order_by("-size")
    if not witnessed:
        row = rows.first()
        return head_of(row) if row else None
    if not _needed():
        return newest_head(witnessed=False)
    seen = Cosignature.objects.order_by("-size").values_list("size", flat=True).distinct()[:20]
    for row in rows.filter(size__in=list(seen)):
        head = head_of(row)
        if enough(head):
            return head
    return None


def told_head() -> Head | None:
    """What is told to anybody who asks: a witnessed head while it is recent, else the newest."""
    seen = newest_head(witnessed=True)
    if seen is not None and clock.real() - seen.made_at < RECENT:
        return seen
    return newest_head(witnessed=False)


def head_at(size: int) -> Head | None:
    row = Row.objects.filter(size=size, announced_at__isnull=False).first()
    return head_of(row) if row else None


def head_of(row: Row) -> Head:
    said = Cosignature.objects.filter(size=row.size).order_by("witness")
    lines = "".join(each.line for each in said)
    return Head(
        row.size,
        bytes(row.root),
        f"{row.note}{lines}".encode(),
        row.made_at,
        {each.witness: each.at for each in said},
    )


def enough(head: Head) -> bool:
    policy = trust()
    return policy is None or policy.enough(dict.fromkeys(head.witnesses, 0))


def trust() -> Policy | None:
    """The policy file of this installation; None when there is none, or none that can be read."""
    path: Path = settings.CUSTODIAN_LOG_POLICY
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except (OSError, Failed):
        return None


@lru_cache(maxsize=2)
def _parsed(path: Path, _changed: int) -> Policy:
    return Policy.parse(path.read_text("utf-8"))


def _needed() -> int:
    policy = trust()
    return policy.needed() if policy else 0
