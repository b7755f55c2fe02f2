"""Papers of the demo, made here and taken in like anybody's: printed as PDF, or as a telephone sees them.

Each says of itself that it is none, and goes through the real intake: drawn anew, sealed, counted.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from PIL import Image

from custodian import clock, pdf
from records import evidence
from records.claim_handling.papers import Brought

NONE: Final = "演示材料，不是真实单据"
LINES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "medical": ("出院小结", ("住院 6 天，治愈出院", "示例人民医院")),
    "invoice": ("住院收费票据", ("合计 12,480.00 元", "示例人民医院")),
    "identity": ("身份证复印件", ("示例，字迹从略",)),
    "accident": ("事故证明", ("道路交通事故认定书（简易程序）", "示例市交警大队")),
    "other": ("现场照片", ("示例路口，上午",)),
}
_EDGE: Final = 40  # of the table around it, in dots
_TABLE: Final = (96, 84, 72)
_TILT: Final = 1.6  # degrees: nobody holds a telephone straight


def printed(kind: str) -> Brought:
    """As a scanner at the counter sends it."""
    title, _lines = LINES[kind]
    return Brought(drawn=evidence.draw(_pdf(kind), name=f"{title}.pdf"), kind=kind)


def photographed(kind: str, *, need: int | None = None) -> Brought:
    """As a customer takes it, with a little of the table around it."""
    title, _lines = LINES[kind]
    return Brought(drawn=evidence.draw(_photo(kind), name=f"{title}.jpg"), kind=kind, need=need)


def _pdf(kind: str) -> bytes:
    return pdf.compile_pdf("demo-paper.typ", _content(kind), at=clock.now())


def _photo(kind: str) -> bytes:
    page = Image.open(io.BytesIO(pdf.draw_page("demo-paper.typ", _content(kind)))).convert("RGB")
    table = Image.new("RGB", (page.width + 2 * _EDGE, page.height + 2 * _EDGE), _TABLE)
    table.paste(page, (_EDGE, _EDGE))
    out = io.BytesIO()
    table.rotate(_TILT, fillcolor=_TABLE).save(out, "JPEG", quality=82)
    return out.getvalue()


def _content(kind: str) -> dict[str, Any]:
    title, lines = LINES[kind]
    return {"title": title, "lines": [*lines, NONE]}
