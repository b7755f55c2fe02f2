"""A report as it is printed: Chinese and then English in one file, its version and SHA-256 on each page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from access import law
from access.law import words as law_words
from custodian import pdf
from incidents.models import IncidentReport
from incidents.reports import kinds, papers, telling

Stage = IncidentReport.Stage


def page(report: IncidentReport) -> bytes:
    """Of what is not approved yet each page says that it is a draft. Raises `papers.Altered`."""
    said = papers.said_by(report)
    _body, digest = papers.freeze(said)
    approved = report.stage in (Stage.APPROVED, Stage.FILED)
    sides = []
    for language, tag in kinds.LANGUAGES.items():
        with override(tag):
            sides.append(_side(report, said, language, digest, approved=approved))
    content = {"title": f"{said['incident']} {said['name']['zh']}", "sides": sides}
    return pdf.compile_pdf("incident_report.typ", content, at=datetime.fromisoformat(said["as_of"]))


def _side(
    report: IncidentReport, said: Mapping[str, Any], language: str, digest: str, *, approved: bool
) -> dict[str, Any]:
    version = _("第 %(n)s 版") % {"n": said["version"]}
    draft = "" if approved else _("草稿，未经复核，不得报送")
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": said["name"][language],
        "insurer": said["insurer"][language],
        "draft": draft,
        "mark": " · ".join(filter(None, (said["incident"], version, draft))),
        "digest": f"SHA-256 {digest}",
        "page": _("第 {n} 页，共 {m} 页"),
        "head": _head(report, said, language, version),
        "facts_title": _("由系统填入的事实"),
        "heads": [pgettext("报告", "事实"), pgettext("报告", "内容"), _("来源")],
        "facts": [[each.label, each.value, each.source] for each in telling.facts(said["facts"])],
        "progress_title": _("处置进度"),
        "progress": [
            [each.label, each.value, each.source] for each in telling.progress(said["progress"])
        ],
        "sections": [
            [str(label), _text(said["words"].get(name, {}), language)]
            for name, label in kinds.SECTIONS.items()
            if said["words"].get(name)
        ],
    }


def _head(
    report: IncidentReport, said: Mapping[str, Any], language: str, version: str
) -> list[list[str]]:
    rows = [
        [_("报给"), said["to"][language] or "—"],
        [_("报告单位"), said["insurer"][language]],
        [_("报告种类"), str(kinds.LABELS[said["form"]])],
        [pgettext("报告", "事件"), f"{said['incident']} {said['title']}"],
        [_("版本"), version],
        [_("截至"), telling.when(said["as_of"])],
        [pgettext("报告", "依据"), _ground(said)],
    ]
    if said["clock"]:
        due = _("%(start)s 起算，%(due)s 到期") % {
            "start": telling.when(said["clock"]["started"]),
            "due": telling.when(said["clock"]["due"]),
        }
        rows.append([pgettext("报告", "时限"), due])
    if report.approval and report.approval.decided_at and report.stage != Stage.WAITING:
        rows.append([_("复核"), f"{report.approval.requested_by} → {report.approval.decided_by}"])
    return rows


def _ground(said: Mapping[str, Any]) -> str:
    """The clause that asks for it, and how well its text was checked."""
    if not said["clause"]:
        return "—"
    try:
        cited = law_words.cite(law.clause(said["clause"]))
    except law.UnknownClause:
        return str(said["clause"])
    return _("%(clause)s（%(mark)s）") % {
        "clause": cited,
        "mark": law_words.mark_word(said["mark"]),
    }


def _text(texts: Mapping[str, str], language: str) -> str:
    """In the other language where it was written in one alone, which says so."""
    if texts.get(language):
        return texts[language]
    return _("（只有另一种文字的版本）") + "\n" + next(iter(texts.values()))
