"""The editor of published texts: one field for each language of each part, in the law's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.models import PublishedText, TextVersion
from records.notices import checking, headings
from records.notices.checking import LONGEST, Problem
from records.notices.contents import LANGUAGES, TAGS, Both, Content, language
from records.notices.drafting import today

Kind = PublishedText.Kind
_PLAIN: Final = ("title", "summary", "changes")


@dataclass(frozen=True)
class Pair:
    """One part in both languages, with what is asked for and the clause that asks."""

    key: str
    title: str
    asks: str
    clause: str
    fields: Sequence[BoundField]


class Wanted(forms.CharField):
    """Must be said in the end; a draft may be kept without it."""

    def validate(self, value: Any) -> None:
        """What is missing is told when the text is put up."""


class TextForm(forms.Form):
    """Nothing is required to keep a draft; what is missing is said when it is put up."""

    use_required_attribute = False
    slug = forms.CharField(
        label=gettext_lazy("网址名"),
        max_length=40,
        help_text=gettext_lazy(
            "小写字母、数字和连字符，例如 <code>fraud-calls</code>；发布后不能改"
        ),
    )
    since = forms.DateField(
        label=gettext_lazy("生效日"), help_text=gettext_lazy("例如 2026-11-23；到这一天才公开")
    )
    until = forms.DateField(
        label=gettext_lazy("展示至"),
        required=False,
        help_text=gettext_lazy("过了这一天不再展示；不填即一直展示"),
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("展示位置"),
        required=False,
        choices=TextVersion.Place.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("除了自己的页面，还在哪些页面上提示；同一处有几条的，每天换一条"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        number: int,
        content: Content | None = None,
        is_new: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(content))
        self.kind, self.number = kind, number
        if not is_new or kind not in PublishedText.ADVICE:
            del self.fields["slug"]
        if kind not in PublishedText.ADVICE:
            del self.fields["places"]
        if kind in PublishedText.RULES:
            del self.fields["until"]
        for name in self._plain():
            self._add(name, rows=3 if name == "changes" else 1)
        for each in headings.of(kind):
            self._add(each.key, rows=12 if each.key == "body" else 5)

    def _plain(self) -> Iterator[str]:
        for name in _PLAIN:
            wanted = {"title": True, "summary": True, "changes": self.number > 1}
            if wanted[name]:
                yield name

    def _add(self, key: str, *, rows: int) -> None:
        for tongue in LANGUAGES:
            widget: Any = forms.TextInput() if rows == 1 else forms.Textarea({"rows": rows})
            widget.attrs["lang"] = TAGS[tongue]
            self.fields[f"{key}_{tongue}"] = Wanted(
                label=checking.SAID_IN[tongue],
                required=key != "summary" or self.kind in PublishedText.ADVICE,
                max_length=LONGEST.get(key, LONGEST["part"]),
                widget=widget,
            )

    def pairs(self) -> Iterator[Pair]:
        labels = {"title": _("标题"), "summary": _("一句话摘要"), "changes": _("改了哪里")}
        asks = {
            "title": "",
            "summary": _("列表和提示里只显示这一句"),
            "changes": _("用客户看得懂的话说这一版改了什么；客户先看到的是这一段"),
        }
        for name in self._plain():
            clause = "CN-PIPL-17" if name == "changes" and self.kind in PublishedText.RULES else ""
            yield Pair(name, labels[name], asks[name], clause, self._bound(name))
        for each in headings.of(self.kind):
            tongue = language()
            yield Pair(
                each.key, each.titles[tongue], each.asks[tongue], each.clause, self._bound(each.key)
            )

    def _bound(self, key: str) -> list[BoundField]:
        return [self[f"{key}_{tongue}"] for tongue in LANGUAGES]

    def rest(self) -> Iterator[BoundField]:
        yield from (
            self[name] for name in ("slug", "since", "until", "places") if name in self.fields
        )

    def content(self) -> Content:
        said = self.cleaned_data
        return Content(
            title=self._both("title"),
            summary=self._both("summary"),
            changes=self._both("changes"),
            parts={each.key: self._both(each.key) for each in headings.of(self.kind)},
            since=said["since"],
            until=said.get("until"),
            places=tuple(sorted(said.get("places", ()))),
        )

    def _both(self, key: str) -> Both:
        """Line ends as everywhere, so that sending a form again changes no hash."""
        said = [self.cleaned_data.get(f"{key}_{tongue}", "") for tongue in LANGUAGES]
        zh, en = (each.replace("\r\n", "\n").strip() for each in said)
        return Both(zh, en)

    def blame(self, problems: Sequence[Problem]) -> None:
        """Put what is wrong beside the fields that it is about."""
        for each in problems:
            self.add_error(each.field if each.field in self.fields else None, each.sentence)


def _initial(content: Content | None) -> dict[str, Any]:
    if content is None:
        return {"since": today().isoformat()}
    said: dict[str, Any] = {
        "since": max(content.since, today()).isoformat(),
        "until": content.until and content.until.isoformat(),
        "places": list(content.places),
    }
    both = {"title": content.title, "summary": content.summary, "changes": content.changes}
    for key, each in {**both, **content.parts}.items():
        said |= {f"{key}_{tongue}": each[tongue] for tongue in LANGUAGES}
    return said


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("例如：内容过时，已有新的文章"),
    )
