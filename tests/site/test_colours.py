"""Contrast of the tokens, computed from the style sheet itself against what the design promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parents[2] / "custodian/site/static/custodian"
TOKENS = (SHEETS / "tokens.css").read_text(encoding="utf-8")

# Promised contrast against (surface, page), light then dark.
PROMISED = {
    "ink": ((16.6, 15.2), (14.2, 15.6)),
    "ink2": ((8.4, 7.8), (9.1, 10.0)),
    "ink3": ((5.9, 5.4), (6.3, 7.0)),
    "accent": ((8.8, 8.1), (8.5, 9.3)),
    "danger": ((7.6, 7.0), (8.4, 9.3)),
    "warn": ((7.5, 6.9), (9.7, 10.7)),
    "ok": ((6.9, 6.3), (9.5, 10.4)),
    "info": ((8.6, 8.0), (9.5, 10.4)),
    "seal": ((6.0, 5.5), (7.2, 7.9)),
    "lamp": ((5.7, 5.3), (10.0, 11.0)),
}
OWN = (
    ("danger", "danger-bg"),
    ("warn", "warn-bg"),
    ("ok", "ok-bg"),
    ("info", "info-bg"),
    ("accent", "soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("ink", "lamp-bg"),
    ("ink3", "sunken"),
    ("on-heat-low", "heat-0"),
    ("on-heat-low", "heat-1"),
    ("on-heat-low", "heat-2"),
    ("on-heat-mid", "heat-3"),
    ("on-heat-high", "heat-4"),
    ("on-heat-high", "heat-5"),
)


def _theme(selector: str) -> dict[str, str]:
    block = TOKENS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))


LIGHT = _theme('html[data-theme="light"]')
DARK = _theme('html[data-theme="dark"]')
SYSTEM_DARK = _theme("@media (prefers-color-scheme: dark)")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("token", PROMISED)
@pytest.mark.parametrize(("theme", "index"), [(LIGHT, 0), (DARK, 1)], ids=["light", "dark"])
def test_text_keeps_the_contrast_the_design_promises(
    token: str, theme: dict[str, str], index: int
) -> None:
    measured = [contrast(theme[token], theme[ground]) for ground in ("surface", "page")]
    assert measured == pytest.approx(PROMISED[token][index], abs=0.11)
    assert min(measured) >= 4.5


@pytest.mark.parametrize(("text", "ground"), OWN)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_its_own_ground_can_be_read(text: str, ground: str, theme: dict[str, str]) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("token", ["line", "focus"])
def test_borders_and_focus_stand_out(token: str, theme: dict[str, str]) -> None:
    assert min(contrast(theme[token], theme[ground]) for ground in ("surface", "page")) >= 3


def test_chosen_and_system_dark_are_the_same() -> None:
    assert DARK == SYSTEM_DARK
    assert DARK.keys() == LIGHT.keys()


def test_no_sheet_names_a_colour_by_value() -> None:
    free = {"print.css"}
    found = {
        sheet.name: re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[;\s])", sheet.read_text(encoding="utf-8"))
        for sheet in SHEETS.glob("*.css")
        if sheet.name not in free | {"tokens.css"}
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_variable_that_is_used_is_defined() -> None:
    sheets = {sheet.name: sheet.read_text(encoding="utf-8") for sheet in SHEETS.glob("*.css")}
    defined = {one for text in sheets.values() for one in re.findall(r"--([\w-]+)\s*:", text)}
    used = {one for text in sheets.values() for one in re.findall(r"var\(--([\w-]+)", text)}
    assert used - defined == set()
