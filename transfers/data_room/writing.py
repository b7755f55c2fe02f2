"""The data room as files: a workbook and a PDF, each page of which says for whom it was made."""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from custodian import clock, pdf
from custodian.formula import guard
from custodian.keys import keyring
from transfers.data_room import wording
from transfers.data_room.sampling import ELEMENTS, Sample
from transfers.models import DataRoom


def mark_of(room: DataRoom) -> str:
    """By which a copy that got out is known: made from the keyring, so the register alone tells nothing."""
    said = f"{room.ref} {room.recipient}".encode()
    return hmac.digest(keyring().secret("data-room-mark"), said, hashlib.sha256).hex()[:16]


def notice(room: DataRoom, mark: str) -> list[str]:
    language = "en" if room.language == "en" else "zh"
    return [
        f"{settings.CUSTODIAN_INSURER_NAME[language]} · {room.code}",
        _("仅供 %(who)s（%(office)s）尽职调查")
        % {"who": room.recipient, "office": room.transfer.counterparty.name},
        _("有效至 %(day)s，到期销毁")
        % {"day": f"{clock.local(room.expires_at or clock.now()):%Y-%m-%d}"},
        _("指纹 %(id)s，外泄可追查到接收人") % {"id": mark},
    ]


def archive(room: DataRoom, samples: Sequence[Sample], mark: str, *, at: datetime) -> bytes:
    """Both files in one, the same bytes for the same content."""
    out = io.BytesIO()
    files = {
        "xlsx": workbook(room, samples, mark, at=at),
        "pdf": printed(room, samples, mark, at=at),
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for ending, content in files.items():
            entry = zipfile.ZipInfo(f"{room.code}.{ending}", clock.local(at).timetuple()[:6])
            zipped.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def workbook(room: DataRoom, samples: Sequence[Sample], mark: str, *, at: datetime) -> bytes:
    """In memory alone: a file on the way would lie on the disk in clear."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    said = " · ".join(notice(room, mark))
    book.set_properties({"title": said[:255], "comments": said, "created": at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    rows: list[tuple[list[str], bool]] = [([said], True), ([_legend(room)], False)]
    for table in wording.shown(room.tables or {}):
        rows += [([], False), ([table["title"]], True)]
        rows += [([name, wording.cell(n)], False) for name, n in table["cells"]]
        rows.append(([_("合计"), wording.cell(table["total"])], True))
    _sheet(book, _("分布"), rows, said, bold)
    heads = wording.heads(ELEMENTS)
    body = [(_cells(each), False) for each in samples]
    _sheet(book, _("掩码样本"), [([said], True), (heads, True), *body], said, bold)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any, name: str, rows: Sequence[tuple[list[str], bool]], said: str, bold: Any
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_header("&C" + said.replace("&", "&&")[:240])
    sheet.set_footer("&L" + said.replace("&", "&&")[:240])
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 9, 20)
    for number, (cells, strong) in enumerate(rows):
        for place, text in enumerate(cells):
            sheet.write_string(number, place, guard(text), bold if strong else None)


def printed(room: DataRoom, samples: Sequence[Sample], mark: str, *, at: datetime) -> bytes:
    language = "en" if room.language == "en" else "zh"
    content = {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": _("尽调资料 %(code)s") % {"code": room.code},
        "insurer": settings.CUSTODIAN_INSURER_NAME[language],
        "notice": notice(room, mark),
        "watermark": f"{room.recipient} · {room.transfer.counterparty.name} · {mark}",
        "page": _("第 {n} 页，共 {m} 页"),
        "legend": _legend(room),
        "total": _("合计"),
        "none": _("人数太少，不列出"),
        "tables": [
            {
                "title": table["title"],
                "total": wording.cell(table["total"]),
                "cells": [[name, wording.cell(n)] for name, n in table["cells"]],
            }
            for table in wording.shown(room.tables or {})
        ],
        "samples_title": _("掩码样本"),
        "heads": wording.heads(ELEMENTS),
        "samples": [_cells(each) for each in samples],
        "no_samples": _("没有可以列出的样本。"),
    }
    return pdf.compile_pdf("data_room.typ", content, at=at)


def _legend(room: DataRoom) -> str:
    said = {"day": f"{room.counted_on:%Y-%m-%d}", "n": 10}
    return (
        _(
            "统计日 %(day)s。“未列出”：少于 %(n)s，或为免推算出少于 %(n)s 的数而一并不列；样本只有掩码。"
        )
        % said
    )


def _cells(sample: Sample) -> list[str]:
    first = [sample.product, sample.status, str(sample.year or "—")]
    return [*first, *(sample.masks.get(code, "—") for code in ELEMENTS)]
