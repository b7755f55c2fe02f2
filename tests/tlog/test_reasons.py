"""The verifier says in Chinese too why a file is not what was signed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodian.tlog import verify

SOURCE = ast.parse(Path(verify.__file__).read_text("utf-8"))
NAMES = re.compile(r"entries\.csv|zip")


def raised(*classes: str) -> Iterator[str]:
    """What the source raises, with a number in the place of each thing it names."""
    for node in ast.walk(SOURCE):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in classes
            and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
        ):
            parts = getattr(node.args[0], "values", [node.args[0]])
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "17" for part in parts
            )


REASONS = sorted({*raised("Tampered", "Stale")})


def test_the_source_was_read() -> None:
    assert len(REASONS) >= 29


@pytest.mark.parametrize("because", REASONS)
def test_each_reason_has_its_chinese(because: str) -> None:
    assert verify.reason(because, "en") == because
    told = verify.reason(because, "zh")
    assert not re.search(r"[A-Za-z]", NAMES.sub("", told)), told
    assert told.count("17") == because.count("17")


def test_no_chinese_is_left_over() -> None:
    known = {*raised("Tampered", "Stale", "Malformed")}
    assert {each.replace("{}", "17") for each in verify.REASONS} <= known


def test_what_it_names_keeps_its_order() -> None:
    said = verify.reason("2 of the 3 witnesses needed have seen it", "zh")
    assert said == "所需 3 个见证方中只有 2 个见过它"


def test_a_reason_without_chinese_stays_as_it_is() -> None:
    assert verify.reason("a root has 32 bytes", "zh") == "a root has 32 bytes"
