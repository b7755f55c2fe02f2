"""The signed report of one day's audit, in both languages; its hash stands in the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.audits import shares
from access.audits.thresholds import DECLARED
from access.audits.words import numbers_in_words
from access.models import AuditReport, AuditRule, AuditRun, Unit
from access.vocabulary import Channel
from custodian import clock, keys, pdf
from custodian.crypto import signing
from custodian.jobs import JobStatus

LANGUAGES: Final = {"zh-hans": "zh", "en": "en"}
KEY: Final = "audit reports"
DOMAIN: Final = "audit report 1"
GONE: Final = "gone"  # in the place of a hash: since when the report's time is over
AT_ONCE: Final = 8  # reports that one call of the task asks for


def owed(*, most: int = AT_ONCE) -> list[int]:
    """Runs that are done and have no report yet, the newest first: these are read today."""
    with scopes.acting(actors.system("audits")):
        done = AuditRun.objects.filter(status=JobStatus.DONE, reports=None)
        done = done.exclude(report__has_key=GONE)
        return list(done.order_by("-day").values_list("pk", flat=True)[:most])


def make(run: AuditRun) -> None:
    """Write the report in both languages, sign it, and put its hash into the log; a second time nothing."""
    with scopes.acting(actors.system("audits")):
        if run.status != JobStatus.DONE or run.reports.exists():
            return
        bodies = {language: _pdf(run, language) for language in LANGUAGES}
        with transaction.atomic():
            AuditRun.objects.select_for_update().get(pk=run.pk)
            if not run.reports.exists():
                _keep(run, bodies)


def _keep(run: AuditRun, bodies: Mapping[str, bytes]) -> None:
    AuditReport.objects.bulk_create(
        AuditReport(run=run, language=language, body=body, signature=sign(body))
        for language, body in bodies.items()
    )
    hashes = {language: hashlib.sha256(body).hexdigest() for language, body in bodies.items()}
    AuditRun.objects.filter(pk=run.pk).update(report=hashes)
    facts = {"day": run.day.isoformat(), **{f"sha256_{LANGUAGES[k]}": v for k, v in hashes.items()}}
    gate.authorise(actors.system("audits"), Action.AUDIT_RUN, channel=Channel.TASK, facts=facts)


def sign(body: bytes) -> bytes:
    return signing.sign(keys.keyring().signing_key(KEY), body, domain=DOMAIN)


def is_ours(body: bytes, signature: bytes) -> bool:
    """Whether this installation signed exactly these bytes as a report."""
    public = keys.keyring().signing_key(KEY).public_key()
    return signing.verify(public, signature, body, domain=DOMAIN)


def take(report: AuditReport, *, channel: str, purpose: str, actor: Actor) -> bytes:
    """The report for somebody who may read it; on record before the first byte."""
    run = report.run
    gate.permit(
        actor,
        Action.AUDIT_REPORT_TAKE,
        purpose=purpose,
        channel=channel,
        facts={"day": run.day.isoformat(), "sha256": run.report.get(report.language, "")},
    )
    return bytes(report.body)


def _pdf(run: AuditRun, language: str) -> bytes:
    with override(language):
        return pdf.compile_pdf("audit.typ", _content(run, LANGUAGES[language]), at=_at(run))


def _at(run: AuditRun) -> Any:
    return run.finished_at or clock.now()


def _content(run: AuditRun, language: str) -> dict[str, Any]:
    insurer = settings.CUSTODIAN_INSURER_NAME[language]
    title = _("查询审计报告 %(day)s") % {"day": run.day.isoformat()}
    share = run.unexplained / run.sights if run.sights else 0.0
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": title,
        "insurer": insurer,
        "mark": f"{insurer} · {title}",
        "page": _("第 {n} 页，共 {m} 页"),
        "lede": _("系统按下列规则审计当日全部查询；报告已签名，摘要写入查询日志。发现不是结论，须由人定性。"),
        "facts": [
            [_("保险公司"), insurer],
            [_("日期"), run.day.isoformat()],
            [_("完成时间"), f"{clock.local(_at(run)):%Y-%m-%d %H:%M:%S %z}"],
            [_("日志条目"), f"#{run.first or 0:,} – #{run.last or 0:,}"],
            [_("查询"), f"{run.looks:,}"],
            [_("人员"), f"{run.people:,}"],
            [_("看到客户的次数"), f"{run.sights:,}"],
            [_("其中无解释"), f"{run.unexplained:,}（{share:.1%}）"],
        ],
        "findings_title": _("发现"),
        "findings_heads": [_("级别"), _("发现"), _("人员"), _("证据条目")],
        "findings": list(_findings(run)),
        "nothing": _("当日没有发现。"),
        "units_title": _("各机构无解释查询"),
        "units_heads": [_("机构"), _("看到客户的次数"), _("无解释"), _("占比")],
        "units": list(_units(run)),
        "rules_title": _("所用规则"),
        "rules_note": _("阈值均为本公司默认或经复核的设定，不是法定数字。"),
        "rules_heads": [_("规则"), _("看什么"), _("阈值")],
        "rules": list(_rules(run)),
    }  # fmt: skip


def _findings(run: AuditRun) -> Iterable[list[str]]:
    for each in run.findings.select_related("operator__unit").order_by("found_at", "pk"):
        who = f"{each.operator} {each.operator.unit}" if each.operator else "—"
        shown = _("、").join(f"#{entry:,}" for entry in each.entries[:6])
        more = len(each.entries) - 6
        if more > 0:
            shown = _("%(shown)s 等 %(n)s 条") % {"shown": shown, "n": len(each.entries)}
        yield [str(each.get_severity_display()), each.words, who, shown]


def _units(run: AuditRun) -> Iterable[list[str]]:
    names = {each.path: str(each) for each in Unit.objects.all()}
    for path, share in shares.by_unit(run.day, run.day).items():
        yield [
            names.get(path, path),
            f"{share.sights:,}",
            f"{share.unexplained:,}",
            f"{share.share:.1%}",
        ]


def _rules(run: AuditRun) -> Iterable[list[str]]:
    versions = {
        (each.code, each.version): each for each in AuditRule.objects.filter(code__in=run.rules)
    }
    for code, version in sorted(run.rules.items()):
        declared, rule = DECLARED[code], versions[code, version]
        yield [
            f"{declared.label} v{version}",
            str(declared.looks_for),
            numbers_in_words(rule.thresholds),
        ]
