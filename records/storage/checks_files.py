"""Whether each sealed file is there, whole, and registered; nothing of it is written anywhere."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from access.bundles.store import SHELF as BUNDLES
from access.exports.shelf import SHELF as EXPORTS
from access.keystore import DataKey
from access.machine_reads import Sweep
from access.models import Bundle, Export
from access.sealed_files import Shelf
from custodian.keys import source_key
from records import documents, vault
from records.documents import CHUNK
from records.models import DataCopy, Document, ImportFile
from records.own_data.shelf import SHELF as COPIES
from records.storage.checks_values import fault
from records.storage.faults import Fault
from records.storage.reading import Held

# A file is on the disk before its row is committed.
YOUNG: Final = 3600.0
_HEX = re.compile(r"[0-9a-f]{32}")


def document_file(row: Held, key: DataKey, sweep: Sweep) -> Fault | None:
    """The document's file, opened from its first part to its last and compared with its keyed hash."""
    path, element = documents.path_of(row.row), documents.element_of(row.row)
    digest, size = hmac.new(source_key(documents.CONTENT), digestmod="sha256"), 0
    try:
        with path.open("rb") as file:
            chunks = iter(lambda: file.read(CHUNK), b"")
            for part in vault.examine_file(
                sweep, chunks, subject=row.subject, holding=row.holding, key=key, element=element
            ):
                size += len(part)
                digest.update(part)
    except FileNotFoundError:
        return fault("file-missing", row, element=element)
    except (vault.Damaged, OSError):
        return fault("file-damaged", row, element=element)
    same = size == row.row.size and hmac.compare_digest(digest.digest(), bytes(row.row.digest))
    return None if same else fault("file-damaged", row, element=element)


def import_file(file: ImportFile) -> Fault | None:
    """A file as it arrived stays until its run is over and forgotten; only its presence is checked."""
    there = (settings.VAR / "store" / file.ref.hex).is_file()
    return None if there else Fault("file-missing", thing=f"import/{file.ref}")


_shelves: Final[list[tuple[Shelf, Any]]] = [
    (EXPORTS, Export),
    (BUNDLES, Bundle),
    (COPIES, DataCopy),
]


def register(shelf: Shelf, model: Any) -> None:
    """Apps to the right tell where files of theirs lie, and which rows know them by `ref`."""
    if (shelf, model) not in _shelves:
        _shelves.append((shelf, model))


def names() -> list[str]:
    """Every file of the store, by its path below it."""
    store = Path(settings.VAR) / "store"
    return sorted(str(path.relative_to(store)) for path in store.rglob("*") if path.is_file())


def strays(found: list[str]) -> Iterator[Fault]:
    """Files that no row knows, and that are old enough that none is about to."""
    known = _registered(found)
    store, now = Path(settings.VAR) / "store", time.time()
    for name in found:
        try:
            age = now - (store / name).stat().st_mtime
        except FileNotFoundError:
            continue
        if name not in known and age > YOUNG:
            yield Fault("file-stray", thing=name)


def _registered(found: list[str]) -> set[str]:
    roots = [name for name in found if "/" not in name]
    stems_of_roots = [_stem(name) for name in roots]
    known = set(Document.objects.filter(ref__in=roots).values_list("ref", flat=True))
    known |= {ref.hex for ref in _refs(ImportFile, roots)}
    for shelf, model in _shelves:
        if not shelf.folder:  # beside the documents
            known |= {ref.hex for ref in _refs(model, stems_of_roots)}
            continue
        stems = [_stem(name) for name in found if name.startswith(f"{shelf.folder}/")]
        refs = {ref.hex for ref in _refs(model, stems)}
        known |= {name for name in found if _of(shelf, name, refs)}
    return known


def _refs(model: Any, stems: list[str]) -> Iterator[UUID]:
    refs = [UUID(stem) for stem in stems if _HEX.fullmatch(stem)]
    yield from model.objects.filter(ref__in=refs).values_list("ref", flat=True)


def _of(shelf: Shelf, name: str, refs: set[str]) -> bool:
    """What an attempt that is still at work, or was broken off, left counts as its row's too."""
    return name.startswith(f"{shelf.folder}/") and _stem(name) in refs


def _stem(name: str) -> str:
    return Path(name).name.partition(".")[0]
