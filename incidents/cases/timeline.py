"""The timeline of a case: what happened and was done, in the order in which it happened. It only grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.law import clock_words
from access.law import clocks as law
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import playbooks, scenarios
from incidents.cases.standing import held, require_work
from incidents.models import (
    Incident,
    IncidentReview,
    IncidentTask,
    Kind,
    Member,
    Severity,
    TimelineEntry,
)

What = TimelineEntry.What
THINGS: Final = {
    "customer": _("客户"),
    "operator": _("操作人"),
    "partner": _("合作方"),
    "transfer": _("业务转让"),
    "export": _("导出"),
    "trace": _("泄露溯源"),
}
CUT_THINGS: Final = {**THINGS, "unit": _("机构")}


class NotYet(CustodianError):
    """The moment has not come."""

    code = "timeline-not-yet"
    message = _("时间不能晚于现在")


def write(
    incident: Incident,
    what: str,
    *,
    actor: Actor,
    at: datetime | None = None,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
) -> TimelineEntry:
    """Put it down, in the transaction of the act itself."""
    now = clock.now()
    return TimelineEntry.objects.create(
        incident=incident,
        what=what,
        at=at or now,
        recorded_at=now,
        recorded_by_id=actor.id,
        facts=facts or {},
        text=text,
    )


def note(incident: Incident, text: str, *, at: datetime | None, actor: Actor) -> TimelineEntry:
    """What somebody has found or done; `at` is when it happened. Raises `NotYet`, `Observes`, `Over`."""
    if at is not None and at > clock.now():
        raise NotYet
    with held(incident) as row:
        require_work(row, actor)
        facts = {"incident": row.code, "timeline": What.NOTE.value}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        return write(row, What.NOTE, actor=actor, at=at, text=text)


def words(entry: TimelineEntry) -> str:
    """The line as a person reads it, in the reader's language."""
    tell = _WORDS.get(entry.what)
    return tell(entry.facts) if tell else ""


def _task(facts: Mapping[str, Any]) -> str:
    title = str(playbooks.step(facts["step"])) if facts.get("step") else facts["title"]
    return f"{title} · {IncidentTask.Status(facts['status']).label}"


def _part(facts: Mapping[str, Any]) -> str:
    return f"{facts['person']} · {Member.Part(facts['part']).label}"


def _notice(facts: Mapping[str, Any]) -> str:
    if "customers" in facts:
        n = facts["customers"]
        return ngettext("%(n)s 名客户", "%(n)s 名客户", n) % {"n": f"{n:,}"}
    if "exempt" in facts:
        return gettext("免于告知")
    return gettext("撤下公开告知")


def _cut(facts: Mapping[str, Any]) -> str:
    named = f"{CUT_THINGS[facts['kind']]} {facts['name']}"
    if facts["kind"] != "unit":
        return named
    n = facts["ended"]
    heads = ngettext("%(n)s 人", "%(n)s 人", n) % {"n": f"{n:,}"}
    return f"{named} · {heads}"


def _report(facts: Mapping[str, Any]) -> str:
    """A clock that was met, or a version of the report that answers it."""
    name = clock_words.name(law.of(facts["rule"]))
    if "version" not in facts:
        return name
    version = gettext("第 %(n)s 版") % {"n": facts["version"]}
    state = gettext("报告已报送") if "met" in facts else gettext("报告复核通过")
    return f"{name} {version} · {state}"


def _decided(facts: Mapping[str, Any]) -> str:
    """Of what was decided in general, whoever shows it says which decision it was."""
    if "pack" in facts:
        said = {"n": facts["pieces"], "sha256": facts["pack"][:16]}
        return gettext("取出移送材料，证据 %(n)s 件 · sha256 %(sha256)s") % said
    return _report(facts) if "rule" in facts else ""


OUTCOMES: Final = {
    "opened": pgettext_lazy("整改", "提出"),
    "given": _("指定负责人和期限"),
    "moved": _("改期"),
    "done": pgettext_lazy("整改", "已办结"),
    "dropped": pgettext_lazy("整改", "不再办理"),
    "verified": _("确认有效"),
    "failed": _("确认无效，重新办理"),
}


def _remedy(facts: Mapping[str, Any]) -> str:
    day = " → ".join(filter(None, (facts.get("before"), facts.get("due"))))
    said = (facts["title"], str(OUTCOMES[facts["outcome"]]), facts.get("owner"), day)
    return " · ".join(filter(None, said))


def _closed(facts: Mapping[str, Any]) -> str:
    """What lives on, by whom and by when."""
    left = [
        " ".join(filter(None, (each["title"], each["owner"], each["due"])))
        for each in facts.get("remedies", ())
    ]
    if not left:
        return ""
    return gettext("结案后继续办：%(left)s") % {"left": " · ".join(left)}


def _exercise(facts: Mapping[str, Any]) -> str:
    scenario = scenarios.of(facts["scenario"])
    if "points" in facts:
        said = {"points": facts["points"], "most": facts["most"]}
        return gettext("得分 %(points)s / %(most)s") % said
    question = scenario.question(facts["question"])
    return f"{question.words} · {question.told(facts['answer'])}" if question else ""


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    What.OPENED: lambda facts: str(Kind(facts["kind"]).label),
    What.JOINED: _part,
    What.LEFT: _part,
    What.TASK: _task,
    What.EVIDENCE: lambda facts: f"{facts['name']} · sha256 {facts['sha256'][:16]}",
    What.ASSESSED: lambda facts: (
        f"{Severity(facts['severity']).label} · {Severity(facts['level']).label}"
    ),
    What.REPORTED: _report,
    What.DECISION: _decided,
    What.REMEDY: _remedy,
    What.REVIEWED: lambda facts: str(IncidentReview.Cause(facts["cause"]).label),
    What.CLOSED: _closed,
    What.EXERCISE: _exercise,
    What.CUT: _cut,
    What.RESTORED: _cut,
    What.NOTICE: _notice,
    What.LINK: lambda facts: f"{THINGS[facts['kind']]} {facts['name']}",
}
