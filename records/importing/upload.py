"""Uploads sealed part by part as they arrive: no temporary file, and nothing in clear on any disk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from access import gate
from access.actions import Action
from records.importing import store
from records.importing.readers import Limits, SourceRefused
from records.models import ImportFile

UPLOAD_LIMITS: Final = Limits(file_bytes=1 << 30)
FILES: Final = 20
TAKERS: Final = (Action.BOOK_IMPORT, Action.LEAK_TRACE)


if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile


class SealedUpload(Upload):
    """What a form gets in place of a file: the sealed file, or the reason why there is none."""

    def __init__(self, name: str, *, size: int, sealed: ImportFile | None, refused: str) -> None:
        super().__init__(file=io.BytesIO(), name=name, size=size)
        self.sealed = sealed
        self.refused = refused


class SealedUploadHandler(FileUploadHandler):
    """Takes files only from those who may import or trace: whatever is taken stays until it is swept."""

    chunk_size = store.CHUNK

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._arriving: store.Arriving | None = None
        self._refused = ""
        self._count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        actor = getattr(self.request, "actor", None)
        if actor is None or not any(gate.may(actor, each) for each in TAKERS):
            raise SkipFile
        self._count += 1
        if self._count > FILES:
            raise SkipFile
        self._refused = ""
        self._arriving = store.Arriving(str(self.file_name), limits=UPLOAD_LIMITS)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._arriving is None:
            return
        try:
            self._arriving.take(raw_data)
        except SourceRefused as refused:
            # The rest is read and thrown away, so that the page can say why.
            self._refused = refused.code
            self._drop()

    def file_complete(self, file_size: int) -> SealedUpload | None:
        name = str(self.file_name)
        if self._arriving is None:
            return SealedUpload(name, size=file_size, sealed=None, refused=self._refused)
        sealed = self._arriving.keep() if file_size else None
        if sealed is None:
            self._drop()
        self._arriving = None
        return SealedUpload(name, size=file_size, sealed=sealed, refused="")

    def upload_interrupted(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._arriving is not None:
            self._arriving.drop()
        self._arriving = None
