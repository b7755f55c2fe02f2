"""Courses and undertakings as the product brings them along, one YAML file each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from custodian import data_files

HERE = Path(__file__).parent
COURSES, UNDERTAKINGS = "courses", "undertakings"


def read(folder: str) -> Iterator[dict[str, Any]]:
    """Every file of one kind, in the order of their names."""
    for path in sorted((HERE / folder).glob("*.yaml")):
        yield data_files.parse(path.read_text(encoding="utf-8"))


def digest_of_course(said: Mapping[str, Any]) -> str:
    """Of what is taught and asked; the pass mark, the time it holds and the roles are the house's own."""
    return _digest({name: said[name] for name in ("title", "lessons", "questions")})


def digest_of_undertaking(said: Mapping[str, Any]) -> str:
    return _digest({name: said[name] for name in ("title", "clause", "clause_version", "text")})


def both(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """`title` as `title_zh` and `title_en`, and so on."""
    return {f"{name}_{tongue}": said[name][tongue] for name in names for tongue in ("zh", "en")}


def _digest(said: Any) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
