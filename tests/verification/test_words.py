"""Every fault that a verification can raise has a sentence, and no sentence stands for nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from access import verification
from access.verification import words
from access.verification.words import sentence

FOLDER = Path(verification.__file__).parent
CODE = re.compile("[a-z]+(-[a-z]+)*")
# Names that look like a code and are none.
OTHERS = {"access", "auditor", "log-unverifiable", "log-verification", "spawn", "utf-8"}


def raised() -> set[str]:
    """The codes in the source: whatever is handed to `Fault`, or given back to be."""
    found: set[str] = set()
    for path in FOLDER.glob("*.py"):
        if path.stem not in ("words", "__init__"):
            found |= set(_codes(ast.parse(path.read_text("utf-8"))))
    return found


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if "-" in node.value and CODE.fullmatch(node.value) and node.value not in OTHERS:
                yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)
            elif isinstance(first, ast.JoinedStr):
                last = first.values[-1]
                assert isinstance(last, ast.Constant)
                yield from (f"{whose}{last.value}" for whose in ("head", "yours", "witness-dpo"))


def test_every_fault_has_its_sentence() -> None:
    missing = {code for code in raised() if sentence(code) == code}
    # A note that somebody brings, and a witness that answered, are never absent.
    assert missing == {"yours-missing", "witness-dpo-missing"}


def test_every_sentence_has_its_fault() -> None:
    assert {*words._WORDS, *words._YOURS} - raised() == set()
    assert {f"witness-dpo-{what}" for what in words._HOLDERS} - raised() == set()


def test_no_two_faults_sound_the_same() -> None:
    said = [sentence(code) for code in raised()]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("code", ["", "unheard-of", "witness-", "witness-dpo-unheard"])
def test_a_code_that_nobody_knows_stays_a_code(code: str) -> None:
    assert sentence(code) == code


def test_a_witness_is_named_whatever_its_name() -> None:
    assert "dpo-of-the-group" in sentence("witness-dpo-of-the-group-ahead")
