"""How far entries have come: written, sealed under a signed head, witnessed, verified; or broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.models import Checkpoint, Cosignature, Entry, Tree, Verification
from access.querylog.heads import Head, newest_head, trust


@dataclass(frozen=True)
class Standing:
    """Everything below an index has come so far; `broken` is the first index that a check found wrong."""

    sealed: int = 0
    witnessed: int = 0
    verified: int = 0
    broken: int | None = None
    seen_by: int = 0
    witnesses: int = 0

    def state(self, index: int) -> str:
        if self.broken is not None and index >= self.broken and index < self.sealed:
            return "broken"
        if index < min(self.verified, self.sealed):
            return "verified"
        if index < self.witnessed:
            return "witnessed"
        return "sealed" if index < self.sealed else "written"

    @property
    def share(self) -> str:
        """How many of the policy's witnesses have seen the newest witnessed head."""
        return f"{self.seen_by}/{self.witnesses}" if self.witnesses else ""


@dataclass(frozen=True)
class Rung:
    """One step of an entry's ladder: reached with when and what, or not yet."""

    state: str
    at: datetime | None = None
    size: int = 0
    root: str = ""
    who: str = ""


def ladder(entry: Entry) -> list[Rung]:
    """How far one entry has come, step by step."""
    now, index = standing(), entry.id
    rungs = [Rung("written", at=entry.written_at)]
    if index < now.sealed:
        row = Checkpoint.objects.filter(size__gt=index, announced_at__isnull=False)
        first = row.order_by("size").first()
        if first is not None:
            rungs.append(Rung("sealed", first.made_at, first.size, bytes(first.root).hex()))
    if index < now.witnessed:
        seen = Cosignature.objects.filter(size__gt=index).order_by("size", "at")
        names = sorted({each.witness for each in seen[: max(now.witnesses, 1) * 2]})
        first_seen = seen.first()
        rungs.append(Rung("witnessed", first_seen.at if first_seen else None, who="、".join(names)))
    if now.state(index) == "broken":
        return [*rungs, Rung("broken", size=now.broken or 0)]
    if index < now.verified:
        run = Verification.objects.whole().filter(until__gt=index).order_by("pk").first()
        rungs.append(Rung("verified", run.finished_at if run else None))
    return rungs


def standing() -> Standing:
    """As of now, in a few short statements; for a whole page."""
    tree = Tree.objects.values_list("announced", flat=True).first() or 0
    head = _witnessed()
    checked = Verification.objects.newest()
    whole = Verification.objects.whole().order_by("-until").first()
    policy = trust()
    return Standing(
        sealed=tree,
        witnessed=head.size if head else 0,
        verified=whole.until if whole else 0,
        broken=checked.first_bad if checked is not None and checked.ok is False else None,
        seen_by=len(head.witnesses) if head else 0,
        witnesses=len(policy.witnesses) if policy else 0,
    )


def _witnessed() -> Head | None:
    policy = trust()
    return newest_head(witnessed=True) if policy is not None and policy.witnesses else None
