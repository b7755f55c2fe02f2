"""What a version says, in both languages, and as what it is kept and hashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language

LANGUAGES: Final = ("zh", "en")
TAGS: Final = {"zh": "zh-hans", "en": "en"}  # as pages and browsers call them


@dataclass(frozen=True)
class Both:
    """The same words in both languages."""

    zh: str = ""
    en: str = ""

    def __getitem__(self, language: str) -> str:
        return {"zh": self.zh, "en": self.en}[language]

    def dump(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, kw_only=True)
class Content:
    """`parts` by the key of their heading; `changes` says in words what is new; `until` is its last day."""

    title: Both = Both()
    summary: Both = Both()
    parts: Mapping[str, Both] = field(default_factory=dict)
    changes: Both = Both()
    since: date
    until: date | None = None
    places: tuple[str, ...] = ()

    def part(self, key: str) -> Both:
        return self.parts.get(key, Both())

    def dump(self) -> dict[str, Any]:
        """As JSON of one form, so that the same content always has the same hash."""
        return {
            "title": self.title.dump(),
            "summary": self.summary.dump(),
            "parts": {key: self.parts[key].dump() for key in sorted(self.parts)},
            "changes": self.changes.dump(),
            "since": self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "places": sorted(self.places),
        }


def read(said: Mapping[str, Any]) -> Content:
    return Content(
        title=Both(**said["title"]),
        summary=Both(**said["summary"]),
        parts={key: Both(**each) for key, each in said["parts"].items()},
        changes=Both(**said["changes"]),
        since=date.fromisoformat(said["since"]),
        until=date.fromisoformat(said["until"]) if said["until"] else None,
        places=tuple(said["places"]),
    )


def language() -> str:
    """The reader's, as content names it."""
    return "en" if (get_language() or "").startswith("en") else "zh"
