"""The small part of Markdown in which texts are written, and its HTML. Nothing else of a text becomes HTML.

`## ` and `### ` begin headings, `- ` and `1. ` items, every other line is a paragraph; `**bold**` and
`[words](address)` stand in a line. A link leads within this site, to a telephone, or to an https page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Shape = Literal["heading", "subheading", "bullets", "numbers", "paragraph"]

_BEGINS: Final[tuple[tuple[Shape, re.Pattern[str]], ...]] = (
    ("subheading", re.compile(r"###\s+")),
    ("heading", re.compile(r"##\s+")),
    ("bullets", re.compile(r"[-*]\s+")),
    ("numbers", re.compile(r"[0-9]{1,2}[.、]\s*")),
)
_INLINE: Final = re.compile(
    r"\*\*(?P<bold>.+?)\*\*"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<to>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)"
)
_WITHIN: Final = re.compile(r"/(?![/\\])[\w\-./%?=&#]*", re.ASCII)
_ELSEWHERE: Final = re.compile(
    r"https://[\w\-]+(\.[\w\-]+)+(:[0-9]+)?(/[\w\-./%?=&#~]*)?", re.ASCII
)
_TELEPHONE: Final = re.compile(r"tel:\+?[0-9][0-9\-]{2,20}", re.ASCII)


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or all items of a list."""

    shape: Shape
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    return [
        Block(shape, tuple(line for _shape, line in lines))
        for (shape, _number), lines in groupby(_numbered(text), key=lambda each: each[0])
    ]


def _numbered(text: str) -> Iterator[tuple[tuple[Shape, int], str]]:
    """Each line with the block that it belongs to: items in a row go together, every other line alone."""
    number = 0
    for line in filter(None, (each.strip() for each in text.splitlines())):
        shape, words = _shape(line)
        number += shape not in {"bullets", "numbers"}
        yield (shape, number), words


def _shape(line: str) -> tuple[Shape, str]:
    for shape, begin in _BEGINS:
        found = begin.match(line)
        if found and line[found.end() :]:
            return shape, line[found.end() :]
    return "paragraph", line


def is_safe(address: str) -> bool:
    """Whether a link may lead there; `//host` and backslashes lead elsewhere, and are not of this site."""
    return any(each.fullmatch(address) for each in (_WITHIN, _ELSEWHERE, _TELEPHONE))


def unsafe_links(text: str) -> list[str]:
    """The words of links that lead where none may."""
    return [
        found["words"]
        for found in _INLINE.finditer(text)
        if found["words"] and not is_safe(found["to"])
    ] + [
        inner["words"]
        for found in _INLINE.finditer(text)
        for inner in _INLINE.finditer(found["bold"] or "")
        if inner["words"] and not is_safe(inner["to"])
    ]


def html(text: str, *, top: int = 2) -> SafeString:
    """As HTML whose highest heading is `top`."""
    return _joined([_block(each, top) for each in blocks(text)])


def _block(block: Block, top: int) -> str:
    said = [(inline(each),) for each in block.lines]
    match block.shape:
        case "bullets":
            return format_html('<ul class="bullets">{}</ul>', _items(said))
        case "numbers":
            return format_html('<ol class="bullets">{}</ol>', _items(said))
        case "heading":
            return format_html("<h{0}>{1}</h{0}>", top, said[0][0])
        case "subheading":
            return format_html("<h{0}>{1}</h{0}>", top + 1, said[0][0])
        case "paragraph":
            return format_html("<p>{}</p>", said[0][0])


def _items(said: list[tuple[SafeString]]) -> SafeString:
    return format_html_join("", "<li>{}</li>", said)


def inline(line: str) -> SafeString:
    """One line with its bold words and links; an address that may not be is left out, its words stay."""
    parts: list[str] = []
    at = 0
    for found in _INLINE.finditer(line):
        parts += [line[at : found.start()], _marked(found)]
        at = found.end()
    return _joined([*parts, line[at:]])


def _joined(parts: Sequence[str]) -> SafeString:
    """What is HTML already stays; everything else is escaped."""
    return format_html_join("", "{}", ((each,) for each in parts))


def _marked(found: re.Match[str]) -> str:
    if found["bold"]:
        return format_html("<b>{}</b>", inline(found["bold"]))
    to, words = found["to"], found["words"]
    if not is_safe(to):
        return words
    if to.startswith("https:"):
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', to, words)
    return format_html('<a href="{}">{}</a>', to, words)


def plain(text: str) -> list[str]:
    """The lines of a text as they are read, without marks."""
    return [_plain(line) for block in blocks(text) for line in block.lines]


def _plain(line: str) -> str:
    return _INLINE.sub(lambda found: _plain(found["bold"] or found["words"]), line)
