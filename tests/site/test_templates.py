"""No template may carry style or script of its own, and every template compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".svg"}
)
# E-mails and letters are no pages; they have rules of their own.
PAGES = [
    path
    for path in TEMPLATES
    if path.relative_to(ROOT / "templates").parts[0] not in {"emails", "letters"}
]
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an htmx handler or script value": re.compile(
        r"\bhx-on\b|hx-vals\s*=\s*[\"']js:", re.IGNORECASE
    ),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a data address": re.compile(r"[\"'(]data:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
MESSAGE = re.compile(r"""{%\s*translate\s+"([^"]*)"|{%\s*translate\s+'([^']*)'""")
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%\s*(?:plural|endblocktranslate)", re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_carries_no_style_or_script_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(source)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_written_in_chinese_first(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    messages = [one or other for one, other in MESSAGE.findall(source)] + BLOCK.findall(source)
    assert [message for message in messages if not CHINESE.search(message)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_compiles(path: Path) -> None:
    get_template(name(path))


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color:red">',
        '<a onclick="x()">',
        "<script>x()</script>",
        '<a href="javascript:x()">',
        '<img src="data:image/png;base64,AA">',
        '<img src="https://elsewhere.example/x.png">',
    ],
)
def test_the_rule_catches_what_it_forbids(source: str) -> None:
    assert any(pattern.search(source) for pattern in FORBIDDEN.values())
