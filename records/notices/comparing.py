"""What two versions of a text say differently, paragraph by paragraph and, within one, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from records.notices import headings, markup
from records.notices.contents import TAGS, Content

State = Literal["same", "changed", "added", "removed"]
# A Chinese character is a word, and so are letters and digits together.
_WORDS: Final = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
# Paragraphs less alike than this are another paragraph, not the same one changed.
_ALIKE: Final = 0.4
# Between two changes, so few same characters are read more easily as part of the change.
_ISLAND: Final = 1


@dataclass(frozen=True)
class Run:
    """Some characters: as before, only in the new version, or only in the former one."""

    state: Literal["same", "added", "removed"]
    words: str


@dataclass(frozen=True)
class Paragraph:
    state: State
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Part:
    """A part of the text under its heading."""

    key: str
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def changed(self) -> bool:
        return any(each.state != "same" for each in self.paragraphs)


def compare(kind: str, old: Content, new: Content, *, language: str) -> list[Part]:
    """Every part in the order of the text, also those that stayed."""
    said = [
        ("title", _title(_("标题"), language), old.title[language], new.title[language]),
        (
            "summary",
            _title(_("一句话摘要"), language),
            old.summary[language],
            new.summary[language],
        ),
    ]
    said += [
        (
            each.key,
            each.titles[language],
            old.part(each.key)[language],
            new.part(each.key)[language],
        )
        for each in headings.of(kind)
    ]
    return [
        Part(key, title, tuple(paragraphs(markup.plain(before), markup.plain(after))))
        for key, title, before, after in said
        if before or after
    ]


def _title(words: Any, language: str) -> str:
    with override(TAGS[language]):
        return str(words)


def paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    for op, i, j, m, n in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if op == "equal":
            yield from (_whole("same", each) for each in new[m:n])
        else:
            yield from _paired(old[i:j], new[m:n])


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Each former paragraph beside the new one that is most like it, in order."""
    rest = list(new)
    for before in old:
        at = _like(before, rest)
        if at is None:
            yield _whole("removed", before)
            continue
        yield from (_whole("added", each) for each in rest[:at])
        yield Paragraph("changed", tuple(runs(before, rest[at])))
        del rest[: at + 1]
    yield from (_whole("added", each) for each in rest)


def _like(before: str, among: Sequence[str]) -> int | None:
    found = [(_ratio(before, each), -at) for at, each in enumerate(among)]
    best, at = max(found, default=(0.0, 0))
    return -at if best >= _ALIKE else None


def _ratio(before: str, after: str) -> float:
    return SequenceMatcher(a=_words(before), b=_words(after), autojunk=False).ratio()


def _whole(state: Literal["same", "added", "removed"], words: str) -> Paragraph:
    return Paragraph(state, (Run(state, words),))


def runs(before: str, after: str) -> list[Run]:
    """The words of one paragraph; what is removed stands before what came in its place."""
    a, b = _words(before), _words(after)
    found: list[tuple[str, str]] = []  # removed and added; the same twice where nothing changed
    for op, i, j, m, n in SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        old, new = "".join(a[i:j]), "".join(b[m:n])
        island = op == "equal" and len(new) <= _ISLAND and i > 0 and j < len(a)
        if found and (island or op != "equal") and found[-1][0] != found[-1][1]:
            found[-1] = (found[-1][0] + old, found[-1][1] + new)
        else:
            found.append((old, new))
    return [run for old, new in found for run in _told(old, new)]


def _told(old: str, new: str) -> Iterator[Run]:
    if old == new:
        yield Run("same", new)
        return
    if old:
        yield Run("removed", old)
    if new:
        yield Run("added", new)


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)
