"""An assessment as it is printed: Chinese and then English in one file, version and SHA-256 on each page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from access import law
from access.law import words as law_words
from access.vocabulary import Purpose
from custodian import clock, pdf
from custodian.regimes.assessments import Heading
from records.assessments import papers, things
from records.models import ImpactAssessment
from records.models.assessments import LABELS

Stage, Conclusion = ImpactAssessment.Stage, ImpactAssessment.Conclusion


def page(row: ImpactAssessment) -> bytes:
    """Of what is not approved yet each page says that it is a draft. Raises `papers.Altered`."""
    said = papers.said_by(row)
    _body, digest = papers.freeze(said)
    sides = []
    for language, tag in papers.LANGUAGES.items():
        with override(tag):
            sides.append(_side(row, said, language, digest))
    content = {"title": f"{said['code']} {said['title']}", "sides": sides}
    at = row.approved_at or datetime.fromisoformat(said["begun"])
    return pdf.compile_pdf("impact_assessment.typ", content, at=at)


def _side(row: ImpactAssessment, said: Mapping[str, Any], lang: str, digest: str) -> dict[str, Any]:
    draft = "" if row.stage == Stage.APPROVED else _("草稿，未经批准，不得作为依据")
    version = _("第 %(n)s 版") % {"n": said["version"]}
    return {
        "lang": lang,
        "region": "gb" if lang == "en" else "cn",
        "title": _("个人信息保护影响评估报告"),
        "insurer": said["insurer"][lang],
        "draft": draft,
        "mark": " · ".join(filter(None, (said["code"], version, draft))),
        "digest": f"SHA-256 {digest}",
        "page": _("第 {n} 页，共 {m} 页"),
        "head": _head(row, said, lang, version),
        "elements_title": _("涉及的信息项"),
        "heads": [_("信息项"), _("等级"), _("敏感"), _("本公司持有的客户数")],
        "elements": [_element(each, said["people"], lang) for each in said["elements"]],
        "sections": list(_sections(said, lang)),
    }


def _head(
    row: ImpactAssessment, said: Mapping[str, Any], lang: str, version: str
) -> list[list[str]]:
    looks = [str(dict(Purpose.choices).get(each, each)) for each in said["looks"]]
    rows = [
        [_("名称"), said["title"]],
        [_("编号"), f"{said['code']} · {version}"],
        [_("评估情形"), str(LABELS[said["ground"]["occasion"]])],
        [_("依据"), _ground(said["ground"])],
        [_("评估对象"), " · ".join(filter(None, _about(said["about"])))],
        [_("用途"), _("、").join(looks) or "—"],
        [_("接收方"), _("、").join(said["recipients"]) or "—"],
        [_("起草人"), f"{said['author']['name']} {said['author']['no']}"],
        [
            pgettext("评估", "结论"),
            str(Conclusion(said["conclusion"]).label) if said["conclusion"] else "—",
        ],
        [_("复评日"), said["review_on"] or "—"],
    ]
    if row.approved_at and row.approval:
        who = f"{row.approval.decided_by} · {clock.local(row.approved_at):%Y-%m-%d %H:%M}"
        rows.append([_("批准"), who])
    return rows


def _about(said: Mapping[str, str]) -> tuple[str, str, str]:
    reference = things.reference_of(said["kind"], said["code"])
    return things.label_of(said["kind"]), said["name"], reference


def _ground(said: Mapping[str, Any]) -> str:
    """The clause that asks for it, and how well its text was checked."""
    mark = law_words.mark_word(said["mark"])
    try:
        cited = law_words.cite(law.clause(said["clause"])) if said["clause"] else ""
    except law.UnknownClause:
        cited = said["clause"]
    return _("%(clause)s（%(mark)s）") % {"clause": cited, "mark": mark} if cited else mark


def _element(each: Mapping[str, Any], people: Mapping[str, int], lang: str) -> list[str]:
    sensitive = pgettext("信息项", "是") if each["sensitive"] else "—"
    return [each[lang], f"L{each['level']}", sensitive, f"{people.get(each['code'], 0):,}"]


def _sections(said: Mapping[str, Any], lang: str) -> Iterator[list[Any]]:
    titles = {each.heading: each for each in papers.form().titles.values()}
    for heading in Heading:
        title = titles[heading].name_en if lang == "en" else titles[heading].name
        rows = [
            [each[lang], each["answer"] or "—"]
            for each in said["answers"]
            if each["heading"] == heading
        ]
        yield [title, rows]
    yield [_("保护措施"), [["", said["measures"] or "—"]]]
    if said["conditions"]:
        rows = [
            [each["what"], _("%(who)s，%(due)s 之前") % {"who": each["name"], "due": each["due"]}]
            for each in said["conditions"]
        ]
        yield [pgettext("评估", "条件"), rows]
