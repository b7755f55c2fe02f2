"""A PDF as a program that is not ours reads it."""

from __future__ import annotations

import ctypes

import pypdfium2
from pypdfium2 import raw as pdfium


def pages(content: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


def text(content: bytes) -> str:
    return "\n".join(pages(content))


def fonts(content: bytes) -> dict[str, bool]:
    """Each font that writes anything, by its name in the file, and whether the file carries it."""
    found: dict[str, bool] = {}
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            for written in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(written)
                found[_name(font)] = pdfium.FPDFFont_GetIsEmbedded(font) == 1
    return found


def _name(font: pdfium.FPDF_FONT) -> str:
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    name = ctypes.create_string_buffer(size)
    pdfium.FPDFFont_GetBaseFontName(font, name, size)
    return name.value.decode()
