"""The page that strangers read must agree with the bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "stored-format.md").read_text(encoding="utf-8")
VALUE = json.loads((ROOT / "tests/vectors/envelope.json").read_text(encoding="utf-8"))["values"][0]


def hexadecimal(block: str) -> str:
    return "".join(re.sub(r"\s", "", line[: line.rfind("  ")]) for line in block.splitlines())


def test_the_worked_example_is_the_first_frozen_value() -> None:
    blob, aad = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert hexadecimal(blob) == VALUE["blob"]
    assert hexadecimal(re.sub(r"  [subi] ", "  ", aad)) == VALUE["aad"]
    for part in ("dek", "holding", "element", "insurer", "plaintext"):
        assert VALUE[part] in PAGE


def test_every_domain_and_salt_of_the_code_is_on_the_page() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "custodian/crypto").glob("*.py"))
    names = set(re.findall(r'"(custodian [a-z ]+ \d)"', code))
    assert len(names) >= 11
    assert all(f"`{name}`" in PAGE or f'"{name}"' in PAGE for name in names)


def test_every_reason_a_keyring_is_sealed_for_is_on_the_page() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "custodian/crypto").glob("*k*.py"))
    reasons = set(re.findall(r'KeyringSealed\("([a-z-]+)"\)', code))
    listed = set(re.findall(r"^\| `([a-z-]+)` \| ", PAGE, re.MULTILINE))
    assert reasons == listed
