"""Controls that the house tests itself: each probe gives its last result, with its time and where it is from.

Apps that know a result put their probe here; the library says which control asks which of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.models import Campaign, HeldRight, User, Verification
from access.training import standing
from access.vocabulary import Role
from custodian import clock
from custodian.jobs import JobStatus
from incidents.cases.standing import ACTOR
from incidents.risks.library import Control
from records.models import ScrubRun


@dataclass(frozen=True)
class Measured:
    """What was found, when; `numbers` say how it was reckoned."""

    source: str
    at: datetime
    holds: bool
    numbers: Mapping[str, int]

    @property
    def kept(self) -> dict[str, Any]:
        return {"source": self.source, "at": self.at.isoformat(), "numbers": dict(self.numbers)}


Probe = Callable[[Control], Measured | None]
_probes: Final[dict[str, Probe]] = {}
SOURCES: Final[Mapping[str, Any]] = {
    "backups": _("备份目录"),
    "invariants": _("manage.py invariants 的最近一次结果"),
    "log": _("日志核验"),
    "recertification": _("权限复核"),
    "scrub": _("存储检查"),
    "training": _("培训与承诺的登记"),
}
NUMBERS: Final[Mapping[str, Any]] = {
    "broken": _("不成立的"),
    "checked": _("检查数"),
    "days": _("距今天数"),
    "entries": _("核验条目"),
    "faults": _("异常"),
    "late": _("逾期未结束的"),
    "left": _("没有确认也没有收回的"),
    "people": _("在岗人数"),
    "percent": _("占比（%）"),
    "valid": _("全部有效的人数"),
}


def register(name: str, probe: Probe) -> None:
    _probes[name] = probe


def ask(control: Control) -> Measured | None:
    """Nothing where nobody has a result yet: then the control is not tested, and shows it."""
    probe = _probes.get(control.machine)
    if probe is None:
        return None
    # As the house sees it: whoever looks at the page may not see every row that it is reckoned from.
    with scopes.acting(actors.system(ACTOR)):
        return probe(control)


def log(control: Control) -> Measured | None:
    row = Verification.objects.newest()
    if row is None or row.finished_at is None or row.ok is None:
        return None
    numbers = {"entries": row.until - row.since}
    return Measured(control.machine, row.finished_at, row.ok, numbers)


def scrub(control: Control) -> Measured | None:
    row = ScrubRun.objects.filter(status=JobStatus.DONE).order_by("-finished_at").first()
    if row is None or row.finished_at is None:
        return None
    numbers = {"checked": row.values_checked, "faults": row.faults}
    return Measured(control.machine, row.finished_at, row.faults == 0, numbers)


def recertification(control: Control) -> Measured | None:
    """The last one that ended left nothing undecided, and none is past its date."""
    last = Campaign.objects.filter(status=Campaign.Status.CLOSED).order_by("-closed_at").first()
    if last is None or last.closed_at is None:
        return None
    left = HeldRight.objects.filter(campaign=last, decision="", ended_at=None).count()
    late = Campaign.objects.due().count()
    numbers = {"left": left, "late": late}
    return Measured(control.machine, last.closed_at, not left and not late, numbers)


def training(control: Control) -> Measured | None:
    """Of the insurer's people at work, who has everything that he must have; told once a day."""
    people = User.objects.filter(is_active=True).exclude(role=Role.REGULATOR)
    known, held, now = standing.taught(), standing.held_by(None), clock.now()
    gaps = [
        any(part.is_gap for part in standing.parts(role, known, held.get(pk, {}), now=now))
        for pk, role in people.values_list("pk", "role")
    ]
    if not gaps:
        return None
    valid = gaps.count(False)
    numbers = {"people": len(gaps), "valid": valid, "percent": valid * 100 // len(gaps)}
    today = clock.local().replace(hour=0, minute=0, second=0, microsecond=0)
    return Measured(control.machine, today, numbers["percent"] >= control.least, numbers)


def ready() -> None:
    register("log", log)
    register("scrub", scrub)
    register("recertification", recertification)
    register("training", training)
