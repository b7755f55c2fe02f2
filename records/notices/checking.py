"""What a text lacks before it may be put up for approval: which part, in which language, and who wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from access.law import reading, words
from custodian.errors import CustodianError
from records.models import PublishedText, TextVersion
from records.notices import headings, markup
from records.notices.contents import LANGUAGES, Content, language
from records.notices.headings import Heading

LONGEST: Final = {"title": 80, "summary": 200, "changes": 2_000, "part": 20_000}
SAID_IN: Final = {"zh": pgettext_lazy("语言", "中文"), "en": pgettext_lazy("语言", "英文")}
_SUMMARISED: Final = PublishedText.ADVICE


@dataclass(frozen=True)
class Problem:
    """`field` is what the editor calls it: title_zh, retention_en, since."""

    field: str
    sentence: str


class Incomplete(CustodianError):
    """Something that must be said is missing, or cannot be shown."""

    code = "text-incomplete"
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        count = len(problems)
        head = ngettext("有 %(count)s 处需要修改", "有 %(count)s 处需要修改", count) % {
            "count": count
        }
        super().__init__(f"{head} · {problems[0].sentence}")


def require(kind: str, content: Content, *, number: int, after: date | None, today: date) -> None:
    """Raise `Incomplete` with everything that is wrong. `after`: from when the newest version counts."""
    problems = list(problems_of(kind, content, number=number, after=after, today=today))
    if problems:
        raise Incomplete(problems)


def problems_of(
    kind: str, content: Content, *, number: int, after: date | None, today: date
) -> Iterator[Problem]:
    yield from _plain("title", _("标题"), content)
    if kind in _SUMMARISED:
        yield from _plain("summary", _("一句话摘要"), content)
    for heading in headings.of(kind):
        yield from _part(heading, content)
    if number > 1:
        yield from _plain("changes", _("改了哪里"), content)
    yield from _days(content, after=after, today=today)
    yield from _places(kind, content)


def _plain(name: str, label: str, content: Content) -> Iterator[Problem]:
    for tongue in LANGUAGES:
        said: str = getattr(content, name)[tongue]
        if not said.strip():
            sentence = _("缺少%(language)s的“%(part)s”，请补上；两种语言都要有")
            yield Problem(
                f"{name}_{tongue}", sentence % {"language": SAID_IN[tongue], "part": label}
            )
        yield from _length(f"{name}_{tongue}", said, LONGEST[name])


def _part(heading: Heading, content: Content) -> Iterator[Problem]:
    for tongue in LANGUAGES:
        said, field = content.part(heading.key)[tongue], f"{heading.key}_{tongue}"
        if not said.strip():
            yield Problem(field, missing(heading, tongue))
        yield from _length(field, said, LONGEST["part"])
        for link in markup.unsafe_links(said):
            sentence = _(
                "链接“%(link)s”只能指向本站（/ 开头）、电话（tel:）或 https 网页，请改地址"
            )
            yield Problem(field, sentence % {"link": link[:40]})


def missing(heading: Heading, tongue: str) -> str:
    """Which part is missing in which language, and who wants it."""
    said = {"language": SAID_IN[tongue], "part": heading.titles[language()]}
    if not heading.clause:
        return _("缺少%(language)s的“%(part)s”：本公司要求写明，请补上") % said
    said["clause"] = words.cite(reading.clause(heading.clause))
    return _("缺少%(language)s的“%(part)s”：%(clause)s要求写明，请补上") % said


def _length(field: str, said: str, most: int) -> Iterator[Problem]:
    if len(said) > most:
        yield Problem(field, _("最多 %(most)s 个字，请缩短") % {"most": most})


def _days(content: Content, *, after: date | None, today: date) -> Iterator[Problem]:
    if content.since < today:
        yield Problem("since", _("生效日不能早于今天，请改"))
    elif after is not None and content.since < after:
        sentence = _("上一版从 %(day)s 起生效，新版不能更早；要改早，请先撤下上一版")
        yield Problem("since", sentence % {"day": after.isoformat()})
    if content.until is not None and content.until < content.since:
        yield Problem("until", _("展示的最后一天不能早于生效日，请改"))


def _places(kind: str, content: Content) -> Iterator[Problem]:
    """Only advice is put beside other pages; rules have no last day, they are followed by others."""
    if kind not in PublishedText.ADVICE and content.places:
        yield Problem("places", _("只有风险提示和知识文章可以选展示位置"))
    if set(content.places) - set(TextVersion.Place.values):
        yield Problem("places", _("没有这个展示位置，请重选"))
    if kind in PublishedText.RULES and content.until is not None:
        yield Problem("until", _("规则不设截止日，由下一版取代"))
