"""The bytes of a copy: one file, or an archive with a sheet to read, one to hand on, and the documents."""

from __future__ import annotations

from collections.abc import Mapping
from io import RawIOBase
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from access.actors import Actor
from records.models import DataCopy
from records.own_data import enclosures, files
from records.own_data.enclosures import Enclosure

PDF, JSON = "my-data.pdf", "my-data.json"
# Photos and drawn pages are packed already; the sheets are text.
_LEVEL: Final = 1


def write(
    out: RawIOBase,
    copy: DataCopy,
    said: Mapping[str, Any],
    enclosed: Mapping[str, Enclosure],
    *,
    actor: Actor,
) -> None:
    """In the customer's own scope; nothing of it lies anywhere but where `out` puts it."""
    if copy.format == DataCopy.Format.JSON:
        out.write(files.as_json(said))
    elif copy.format == DataCopy.Format.PDF:
        out.write(files.as_pdf(said))
    else:
        _pack(out, copy, said, enclosed, actor=actor)


def _pack(
    out: RawIOBase,
    copy: DataCopy,
    said: Mapping[str, Any],
    enclosed: Mapping[str, Enclosure],
    *,
    actor: Actor,
) -> None:
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.writestr(PDF, files.as_pdf(said))
        archive.writestr(JSON, files.as_json(said))
        for each in enclosed.values():
            with archive.open(each.path, "w") as target:
                for chunk in enclosures.read(each, copy, actor=actor):
                    target.write(chunk)
