"""Which tip shows on which page: where an article says it belongs, one at a time, day by day the next."""

from __future__ import annotations

from dataclasses import dataclass

from records.models import PublishedText
from records.notices import in_force
from records.notices.contents import language
from records.notices.drafting import today


@dataclass(frozen=True)
class Tip:
    slug: str
    title: str
    summary: str
    warns: bool


def tip_at(place: str) -> Tip | None:
    known = in_force.at_place(place)
    if not known:
        return None
    chosen = known[today().toordinal() % len(known)]
    tongue = language()
    return Tip(
        slug=chosen.text.slug,
        title=chosen.content["title"][tongue],
        summary=chosen.content["summary"][tongue],
        warns=chosen.text.kind == PublishedText.Kind.TIP,
    )
