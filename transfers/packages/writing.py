"""Write a package frame by frame, in memory that does not grow; stop anywhere and go on from a checkpoint."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.crypto import signing
from transfers.packages import layout
from transfers.packages.header import Header
from transfers.packages.layout import BLOCK, FRAME, LENGTH, LONGEST_FRAME, MAGIC, Frame, Trailer
from transfers.packages.recipient import Recipient
from transfers.packages.segments import Segment
from transfers.packages.tree import Frontier

PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Checkpoint:
    """Where a writer was when everything before it lay on the disk."""

    offset: int
    blocks: list[str]
    records: int
    leaves: list[str]
    segment: int

    def dump(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def load(cls, said: dict[str, Any]) -> Checkpoint:
        return cls(**said)


class Writer:
    """The file is a new one, or one that a checkpoint belongs to: what lies behind it is cut off."""

    def __init__(
        self,
        file: IO[bytes],
        *,
        header: Header,
        secret: bytes,
        recipient: Recipient,
        resume: Checkpoint | None = None,
    ) -> None:
        self._file, self._secret, self._digest = file, secret, header.digest
        self._segment: Segment | None = None
        if resume is None:
            self._begin(header, recipient)
        else:
            self._go_on(resume)

    def _begin(self, header: Header, recipient: Recipient) -> None:
        said = header.dump()
        self._number, self._offset = 0, 0
        self.records, self._blocks, self._open = Frontier(), Frontier(), bytearray()
        self._file.seek(0)
        self._file.truncate()
        self._put(MAGIC + LENGTH.pack(len(said)) + said)
        self._put(recipient.wrap(self._secret, info=said))

    def _go_on(self, at: Checkpoint) -> None:
        whole = at.offset // BLOCK
        self._number, self._offset = at.segment, at.offset
        self.records = Frontier.load(at.records, at.leaves)
        self._blocks = Frontier.load(whole, at.blocks)
        self._file.truncate(at.offset)
        self._file.seek(whole * BLOCK)
        self._open = bytearray(self._file.read())
        if len(self._open) != at.offset - whole * BLOCK:
            raise ValueError("the file is shorter than its checkpoint")

    def begin_segment(self) -> None:
        """A key of its own for what follows; everything before it can be a checkpoint."""
        self._number += 1
        self._segment = Segment.begin(self._secret, self._digest, self._number)
        opening = self._segment.opening()
        self._put(FRAME.pack(Frame.SEGMENT, len(opening)) + opening)

    def record(self, body: bytes) -> bytes:
        """Seal one customer's record; returns the hash of its leaf."""
        self._seal(Frame.RECORD, body)
        return self.records.add(body)

    def file_piece(self, body: bytes) -> None:
        """A piece of a file that the record before it names."""
        self._seal(Frame.FILE, body)

    def line(self, body: bytes) -> None:
        """One customer of the inventory."""
        self._seal(Frame.LINE, body)

    def checkpoint(self) -> Checkpoint:
        """Bring everything to the disk; the next frame begins a segment."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._segment = None
        return Checkpoint(
            self._offset,
            self._blocks.dump(),
            self.records.size,
            self.records.dump(),
            self._number,
        )

    def finish(self, manifest: bytes, *, key: Ed25519PrivateKey) -> Trailer:
        """Seal the manifest, sign the whole, and bring it to the disk."""
        self.begin_segment()
        self._seal(Frame.MANIFEST, manifest)
        if self._open:
            self._blocks.add(bytes(self._open))
        signer = sha256(signing.public_bytes(key)).digest()[:8]
        message = layout.signed(self._offset, self._blocks.root, signer)
        signature = signing.sign(key, message, domain=layout.SIGNATURE_DOMAIN)
        trailer = Trailer(self._offset, self._blocks.root, signer, signature)
        self._file.write(trailer.pack())
        self._file.flush()
        os.fsync(self._file.fileno())
        return trailer

    def _seal(self, kind: Frame, body: bytes) -> None:
        if self._segment is None:
            self.begin_segment()
        assert self._segment is not None  # noqa: S101  for the type checker
        sealed = self._segment.seal(kind, body)
        if len(sealed) > LONGEST_FRAME:
            raise ValueError("a frame is too long")
        self._put(FRAME.pack(kind, len(sealed)) + sealed)

    def _put(self, piece: bytes) -> None:
        self._file.write(piece)
        self._offset += len(piece)
        self._open += piece
        while len(self._open) >= BLOCK:
            self._blocks.add(bytes(self._open[:BLOCK]))
            del self._open[:BLOCK]
