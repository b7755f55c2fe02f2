"""What goes wrong in a transfer so that somebody has to look at it: a finding for each cause, and never two.

A finding whose cause is gone by itself, because a later package put it right or a job went through after all,
is closed by the system with just that verdict; everything else a person judges.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, findings
from access.findings import raise_finding
from access.models import Finding
from access.models.findings import TELLERS
from access.vocabulary import Channel
from transfers.models import Transfer
from transfers.packages.errors import REASONS
from transfers.signed import BadPaper

KIND: Final = "transfer-fault"
ACTOR: Final = "transfer-watch"
Severity = Finding.Severity
# Refusals that a slip explains; behind any other may be somebody who altered or copied a file.
_SLIPS: Final[Mapping[str, Finding.Severity]] = {
    "again": Severity.LOW,
    "closed": Severity.MEDIUM,
    "expired": Severity.MEDIUM,
    "not-a-package": Severity.MEDIUM,
    "not-yet-valid": Severity.MEDIUM,
    "wrong-order": Severity.MEDIUM,
}
JOBS: Final[Mapping[str, Promise | str]] = {
    "select": gettext_lazy("选定随转的客户"),
    "freeze": gettext_lazy("冻结"),
    "letters": gettext_lazy("发送告知信"),
    "stock": gettext_lazy("清点"),
    "room": gettext_lazy("准备尽调资料"),
    "pack": gettext_lazy("打包移交的资料"),
    "lay-out": gettext_lazy("核验移交包"),
    "load": gettext_lazy("载入移交的资料"),
    "ending": gettext_lazy("到时点限制处理"),
    "live": gettext_lazy("到时点启用"),
    "unload": gettext_lazy("销毁没有启用的资料"),
}
PAPERS: Final[Mapping[str, Promise | str]] = {
    "acceptance": gettext_lazy("接收确认"),
    "invitation": gettext_lazy("接收邀请"),
    "release": gettext_lazy("转出确认"),
}


def refused(reason: str, cause: str, *, transfer: Transfer | None, entry: int | None) -> None:
    """A package was not taken in, or broke its word while it was laid out."""
    severity = _SLIPS.get(reason, Severity.HIGH)
    _tell("refused", f"{reason}:{cause}", transfer, severity, entry=entry, why=reason)


@contextlib.contextmanager
def telling_of(transfer: Transfer, paper: str, digest: str) -> Iterator[None]:
    """Round the reading of a paper: `BadPaper` goes on its way, and somebody is told of it."""
    try:
        yield
    except BadPaper:
        _tell("paper", f"{paper}:{digest}", transfer, Severity.HIGH, paper=paper)
        raise


def paper_differs(transfer: Transfer, paper: str, digest: str) -> None:
    """The other party signed something else than was sent."""
    _tell("paper-differs", f"{paper}:{digest}", transfer, Severity.HIGH, paper=paper)


def differing(transfer: Transfer, cause: str, *, number: int, count: int) -> None:
    """What came in a package is not what was frozen."""
    _tell("differences", cause, transfer, Severity.HIGH, number=number, count=count)


def loaded_otherwise(transfer: Transfer, cause: str, *, count: int) -> None:
    """Lines of the reconciliation that differ once everything is loaded."""
    _tell("loaded", cause, transfer, Severity.HIGH, count=count)


def job_failed(job: Any, name: str, *, note: str) -> None:
    """A row of work ended by an error, of which only the kind or code is told."""
    failed(job.transfer, name, _row(job, name), note=note)


def job_done(job: Any, name: str) -> None:
    """It went through after all. In its own transaction."""
    gone(_row(job, name))


def _row(job: Any, name: str) -> str:
    return f"{name}:{job.ref}"


def failed(transfer: Transfer, job: str, cause: str, *, note: str, anew: bool = True) -> None:
    """A job ended by an error. `anew`: once this one is judged, a later failure is another matter."""
    _tell("failed", cause, transfer, Severity.HIGH, anew=anew, job=job, note=note)


def late(transfer: Transfer, job: str, cause: str) -> None:
    """The moment is over for an hour, and what had to happen at it has not."""
    _tell("late", cause, transfer, Severity.URGENT, job=job)


def open_of(transfer: Transfer) -> list[Finding]:
    """What waits for somebody's verdict, the newest first."""
    rows = Finding.objects.filter(kind=KIND, facts__transfer=transfer.code)
    return list(rows.filter(status=Finding.Status.OPEN)[:10])


def notice_late(transfer: Transfer, cause: str, *, count: int) -> None:
    """The time to tell who arrived is over, and some have not been told."""
    _tell("notice-late", cause, transfer, Severity.HIGH, count=count)


def gone(cause: str) -> None:
    """Close what is open about it. In the transaction of what put it right."""
    actor = actors.system(ACTOR)
    for finding in _about(cause).filter(status=Finding.Status.OPEN):
        findings.settle(finding, channel=Channel.TASK.value, actor=actor)


def _tell(
    what: str,
    cause: str,
    transfer: Transfer | None,
    severity: Finding.Severity,
    *,
    entry: int | None = None,
    anew: bool = False,
    **said: Any,
) -> None:
    known = _about(cause).exclude(verdict=Finding.Verdict.SETTLED)
    if (known.filter(status=Finding.Status.OPEN) if anew else known).exists():
        return
    facts = {"what": what, "cause": cause, "transfer": transfer.code if transfer else "", **said}
    entries = [] if entry is None else [entry]
    # Somebody may have told of it this very moment; the database lets the second one fail.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        raise_finding(KIND, severity=severity, facts=facts, entries=entries)


def _about(cause: str) -> Any:
    return Finding.objects.filter(kind=KIND, facts__cause=cause)


def words(facts: Mapping[str, Any]) -> str:
    """In the reader's language; numbers, codes and names of steps alone."""
    said = {
        **facts,
        "job": JOBS.get(facts.get("job", ""), ""),
        "paper": PAPERS.get(facts.get("paper", ""), ""),
        "why": REASONS.get(facts.get("why", ""), ""),
    }
    text = str(_WORDS[facts["what"]]) % said
    if not facts["transfer"]:
        return text
    return _("转让 %(transfer)s：%(what)s") % {"transfer": facts["transfer"], "what": text}


_WORDS: Final[Mapping[str, Promise | str]] = {
    "refused": gettext_lazy("拒收移交包。%(why)s"),
    "paper": gettext_lazy("%(paper)s不是对方为这笔转让有效签发的，没有录入"),
    "paper-differs": gettext_lazy("对方的%(paper)s与本公司交付的不一致，没有录入"),
    "differences": gettext_lazy("第 %(number)s 个移交包对账有 %(count)s 处差异"),
    "loaded": gettext_lazy("载入后的数目有 %(count)s 行与移交包不符"),
    "failed": gettext_lazy("%(job)s没有成功（%(note)s）"),
    "notice-late": gettext_lazy("告知转来客户的期限已过，还有 %(count)s 人没有告知"),
    "late": gettext_lazy("交接时点已过一小时，%(job)s还没有完成"),
}
TELLERS[KIND] = words
