"""The printed papers of a referral: the letter to the police, and the timeline of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from custodian import clock, pdf
from incidents.cases import timeline
from incidents.cases.decisions import Decision
from incidents.models import Incident, TimelineEntry
from incidents.reports import facts as reading
from incidents.reports import kinds, telling

Side = dict[str, Any]


def letter(
    case: Incident,
    decided: TimelineEntry,
    facts: Mapping[str, Any],
    pieces: Sequence[Mapping[str, Any]],
    *,
    to: str,
) -> bytes:
    """What is handed over and by which decision; whom it is about stands in the evidence, not here."""
    return printed(
        case, lambda language: _letter(case, decided, facts, pieces, language=language, to=to)
    )


def timeline_page(case: Incident) -> bytes:
    rows = list(case.timeline.select_related("recorded_by"))
    return printed(case, lambda _language: _timeline(case, rows))


def printed(case: Any, tell: Callable[[str], Side]) -> bytes:
    sides, now = [], clock.now()
    for language, tag in kinds.LANGUAGES.items():
        with override(tag):
            sides.append(_framed(language) | tell(language))
    content = {"title": f"{case.code} {sides[0]['title']}", "sides": sides}
    return pdf.compile_pdf("incident_report.typ", content, at=now)


def _framed(language: str) -> Side:
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "insurer": settings.CUSTODIAN_INSURER_NAME[language],
        "draft": "",
        "digest": "",
        "page": _("第 {n} 页，共 {m} 页"),
        "sections": [],
        "heads": [pgettext("报告", "事实"), pgettext("报告", "内容"), _("来源")],
    }


def _letter(
    case: Incident,
    decided: TimelineEntry,
    facts: Mapping[str, Any],
    pieces: Sequence[Mapping[str, Any]],
    *,
    language: str,
    to: str,
) -> Side:
    title = _("案件移送函")
    return {
        "title": title,
        "mark": f"{case.code} · {title}",
        "head": [
            [_("移送给"), to],
            [_("移送单位"), settings.CUSTODIAN_INSURER_NAME[language]],
            [pgettext("报告", "事件"), f"{case.code} {case.title}"],
            [_("移送决定"), f"{telling.when(reading.moment(decided.at))} · {decided.text}"],
            [_("制作时间"), telling.when(reading.moment(clock.now()))],
        ],
        "sections": [
            [
                _("移送内容"),
                _(
                    "现将本案时间线、证据及其保管链、受影响人数一并移送。"
                    "每个文件的 SHA-256 见清单，清单已签名。"
                ),
            ]
        ],
        "facts_title": _("由系统填入的事实"),
        "facts": [[each.label, each.value, each.source] for each in telling.facts(facts)],
        "progress_title": _("证据"),
        "progress_heads": [_("是什么"), _("指纹"), _("文件")],
        "progress": [
            [
                f"{each['number']}. {each['name']}",
                f"SHA-256 {grouped(each['sha256'])}",
                each["file"] or _("未装入，存放处：%(place)s") % {"place": each["kept_at"]},
            ]
            for each in pieces
        ],
    }  # fmt: skip


def grouped(digest: str) -> str:
    """In runs, so that it breaks where a column ends."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16)) or "—"


def _timeline(case: Incident, rows: Sequence[TimelineEntry]) -> Side:
    title = _("事件时间线")
    return {
        "title": title,
        "mark": f"{case.code} · {title}",
        "head": [[pgettext("报告", "事件"), f"{case.code} {case.title}"]],
        "facts_title": "",
        "heads": [_("时间"), _("事项"), _("记录人")],
        "facts": [[telling.when(reading.moment(each.at)), words(each), _by(each)] for each in rows],
        "progress_title": "",
        "progress": [],
    }


def words(row: TimelineEntry) -> str:
    decided = row.facts.get("decision")
    told = str(Decision(decided).label) if decided else timeline.words(row)
    return " · ".join(filter(None, (str(row.get_what_display()), told, row.text)))


def _by(row: TimelineEntry) -> str:
    who = str(row.recorded_by) if row.recorded_by else "—"
    return f"{who} {telling.when(reading.moment(row.recorded_at))}"
