"""A version as a page shows it: in the reader's language, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils.safestring import SafeString

from records.models import PublishedText, TextDraft, TextVersion
from records.notices import comparing, headings, markup
from records.notices.contents import Content, language, read


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    html: SafeString
    clause: str


@dataclass(frozen=True)
class Told:
    """A text for its page; without a `version` it is a draft that somebody looks at beforehand."""

    kind: str
    slug: str
    title: str
    summary: str
    changes: SafeString
    sections: Sequence[Section]
    since: date
    version: TextVersion | None = None

    @property
    def by(self) -> Mapping[str, Section]:
        return {each.key: each for each in self.sections}


def told(version: TextVersion) -> Told:
    return _told(version.text, read(version.content), version)


def drafted(draft: TextDraft) -> Told:
    return _told(draft.text, read(draft.content), None)


def _told(text: PublishedText, content: Content, version: TextVersion | None) -> Told:
    tongue = language()
    return Told(
        kind=text.kind,
        slug=text.slug,
        title=content.title[tongue],
        summary=content.summary[tongue],
        changes=markup.html(content.changes[tongue], top=3),
        sections=list(_sections(text.kind, content, tongue)),
        since=version.since if version else content.since,
        version=version,
    )


def _sections(kind: str, content: Content, tongue: str) -> Iterator[Section]:
    """The parts of advice have no heading of their own, so theirs begin a level higher."""
    top = 2 if kind in PublishedText.ADVICE else 3
    for each in headings.of(kind):
        said = content.part(each.key)[tongue]
        if said.strip():
            yield Section(each.key, each.titles[tongue], markup.html(said, top=top), each.clause)


@dataclass(frozen=True)
class Step:
    """What one version changed, in the officer's words."""

    number: int
    words: SafeString


@dataclass(frozen=True)
class Change:
    """From one version to another: in words, version by version, and word by word where they differ."""

    version: TextVersion
    before: TextVersion
    steps: Sequence[Step]
    parts: Sequence[comparing.Part]


def change(
    version: TextVersion, before: TextVersion, *, tongue: str = "", whole: bool = False
) -> Change:
    """In the reader's language unless `tongue` names another; with `whole` also what stayed."""
    tongue = tongue or language()
    old, new = read(before.content), read(version.content)
    parts = comparing.compare(version.text.kind, old, new, language=tongue)
    return Change(
        version,
        before,
        list(_steps(version, before, tongue)),
        [each for each in parts if whole or each.changed],
    )


def _steps(version: TextVersion, before: TextVersion, tongue: str) -> Iterator[Step]:
    """Whoever looked three versions ago is told of all three, the newest first."""
    between = version.text.versions.filter(number__gt=before.number, number__lte=version.number)
    for each in between.exclude(withdrawal__on__lt=F("since")).order_by("-number"):
        words = read(each.content).changes[tongue]
        if words:
            yield Step(each.number, markup.html(words, top=3))
