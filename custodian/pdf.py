"""PDF by typst with fonts of its own: the same content gives the same bytes, on any machine."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parent.parent / "templates/pdf"


def compile_pdf(template: str, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The page of `templates/pdf/<template>` with `content` as JSON; `at` stands as its date.

    PDF/A-2a, so that it can be archived and read aloud.
    """
    made = _compile(
        template, content, format="pdf", pdf_standards=["a-2a"], timestamp=int(at.timestamp())
    )
    return b"".join(made)


def draw_page(template: str, content: Mapping[str, Any]) -> bytes:
    """The first page of it as a PNG."""
    return _compile(template, content, format="png")[0]


def _compile(template: str, content: Mapping[str, Any], **how: Any) -> list[bytes]:
    made: bytes | list[bytes] = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        **how,
    )
    return [made] if isinstance(made, bytes) else made


@cache
def _fonts() -> str:
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the fonts for PDF are not installed")
    return str(next(iter(spec.submodule_search_locations)))
