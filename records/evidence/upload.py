"""Uploads of evidence: one file at a time, in memory, of a bounded size, and only where a page asks."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers

from access import gate
from access.actions import Action
from records.evidence.stripping import LIMITS

View = TypeVar("View", bound=Callable[..., Any])
_MARK: Final = "takes_evidence"

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


def takes_evidence(view: View) -> View:
    """Outermost on a view whose form has a file of evidence; no other page takes any."""
    setattr(view, _MARK, True)
    return view


def takes_evidence_from(known: Callable[[Any], bool]) -> Callable[[View], View]:
    """The same before any session, of whoever `known(request)` lets through: nobody else's file is read."""

    def mark(view: View) -> View:
        setattr(view, _MARK, known)
        return view

    return mark


class EvidenceUpload(Upload):
    """A file as it arrived. `content` is empty for one that was too large, which `too_large` says."""

    def __init__(self, name: str, *, content: bytes, size: int) -> None:
        super().__init__(file=io.BytesIO(), name=name, size=size)
        self.content = content
        self.too_large = size > LIMITS.largest


class EvidenceUploadHandler(FileUploadHandler):
    """Stands before the one for imports, and lets everything pass that is not for it."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._count = 0
        self._taking = False
        self._parts: list[bytes] = []
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._parts, self._size = [], 0
        self._taking = self._is_asked_for()
        if not self._taking:
            return
        self._count += 1
        if self._count > 1:
            raise SkipFile
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self._taking:
            return raw_data
        self._size += len(raw_data)
        if self._size <= LIMITS.largest:
            self._parts.append(raw_data)
        else:
            self._parts.clear()  # the rest is read and thrown away, so that the page can say why
        return None

    def file_complete(self, file_size: int) -> EvidenceUpload | None:
        if not self._taking:
            return None
        content = b"".join(self._parts)
        self._parts = []
        return EvidenceUpload(str(self.file_name), content=content, size=self._size)

    def _is_asked_for(self) -> bool:
        match = getattr(self.request, "resolver_match", None)
        actor = getattr(self.request, "actor", None)
        asks = getattr(match.func, _MARK, False) if match is not None else False
        if callable(asks):
            return bool(asks(self.request))
        return bool(asks and actor is not None and gate.may(actor, Action.DOCUMENT_ADD))
