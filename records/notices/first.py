"""Texts that come with the product, for an insurer to begin with: rules of processing, tips and articles.

They name the insurer, its officer and its telephone as the settings do, and are drafts like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any, Final

from django.conf import settings

from custodian import data_files
from records.notices.contents import LANGUAGES, Both, Content

HERE: Final = Path(__file__).with_name("first")


@dataclass(frozen=True)
class First:
    kind: str
    slug: str
    content: Content


def texts(since: date) -> Iterator[First]:
    """All of them, to be in force from that day; rules come first."""
    paths = sorted(HERE.glob("*.yaml"), key=lambda path: (not _is_rules(path), path.name))
    for path in paths:
        said = data_files.parse(path.read_text(encoding="utf-8"))
        yield First(said["kind"], said.get("slug", ""), _content(said, since))


def _is_rules(path: Path) -> bool:
    return path.stem in {"processing", "children"}


def _content(said: Mapping[str, Any], since: date) -> Content:
    return Content(
        title=_both(said["title"]),
        summary=_both(said["summary"]),
        parts={key: _both(each) for key, each in said["parts"].items()},
        places=tuple(sorted(said.get("places", ()))),
        since=since,
    )


def _both(said: Mapping[str, str]) -> Both:
    zh, en = (Template(said[each]).substitute(_names(each)).strip() for each in LANGUAGES)
    return Both(zh, en)


def _names(language: str) -> dict[str, str]:
    return {
        "insurer": settings.CUSTODIAN_INSURER_NAME[language],
        "officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
        "line": settings.CUSTODIAN_COMPLAINT_LINE,
    }
