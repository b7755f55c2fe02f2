"""Composing an announcement from elsewhere, as from an incident: a draft, which goes the way of all texts."""

from __future__ import annotations

from collections.abc import Mapping

from access.actors import Actor
from records.models import PublishedText, TextDraft
from records.notices import drafting, headings
from records.notices.contents import Both, Content

Kind = PublishedText.Kind


def compose(title: Both, parts: Mapping[str, Both], *, actor: Actor) -> TextDraft:
    """A draft with the next number of the year, for somebody to read, mend and put up for approval.

    `parts` by the keys of `headings.of("announcement")`: what, included, risk, acts, done, unknown, contact.
    Raises `KeyError` for another one; what is missing is asked for when the draft is put up.
    """
    _known(parts)
    content = Content(title=title, parts=dict(parts), since=drafting.today())
    return drafting.begin(Kind.ANNOUNCEMENT, content, actor=actor)


def update(
    text: PublishedText, title: Both, parts: Mapping[str, Both], changes: Both, *, actor: Actor
) -> TextDraft:
    """A draft of the next version of an announcement; `changes` says in words what is new."""
    _known(parts)
    content = Content(title=title, parts=dict(parts), changes=changes, since=drafting.today())
    return drafting.edit(text, content, actor=actor)


def _known(parts: Mapping[str, Both]) -> None:
    unknown = set(parts) - {each.key for each in headings.of(Kind.ANNOUNCEMENT)}
    if unknown:
        raise KeyError(*sorted(unknown))
