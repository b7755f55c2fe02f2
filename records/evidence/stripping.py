"""Files of evidence drawn anew in a child with a memory and a time limit; only pixels come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from records.evidence.contents import Content, EvidenceRefused, kind_of

_CHILD: Final = Path(__file__).with_name("child.py")
_LARGEST_HEAD: Final = 1_000
_LARGEST_ANSWER: Final = 40 << 20


@dataclass(frozen=True)
class Limits:
    """What a file may be, and what opening it may cost; sizes are bytes, lengths are pixels."""

    largest: int = 10 << 20
    pixels: int = 60_000_000
    longest: int = 20_000
    smallest: int = 120
    stretch: int = 25  # how often the short side may go into the long one
    ratio: int = 250
    ratio_from_pixels: int = 12_000_000
    side: int = 2_600  # of what is kept
    darkest: int = 60  # the brightest spot of a photo in which nothing can be read
    plainest: int = 2
    pages: int = 6
    memory: int = 1_400 << 20
    seconds: int = 30


LIMITS: Final = Limits()


@dataclass(frozen=True)
class Stripped:
    """A file as it is kept."""

    media_type: str
    content: bytes
    pages: int

    def __repr__(self) -> str:
        return f"<{self.media_type}, {len(self.content)} bytes>"


def strip(content: bytes, *, limits: Limits = LIMITS) -> Stripped:
    """The same to the eye, and nothing else of it. Raises `EvidenceRefused` with a code and what to do."""
    if not content:
        raise EvidenceRefused("empty")
    if len(content) > limits.largest:
        raise EvidenceRefused("size")
    kind = kind_of(content)
    pages, drawn = _drawn(content, kind, limits)
    media = "application/pdf" if kind is Content.PDF else "image/jpeg"
    return Stripped(media, drawn, pages)


def _drawn(content: bytes, kind: Content, limits: Limits) -> tuple[int, bytes]:
    with _in_memory(content) as handle:
        orders = {"fd": handle, "kind": kind.value, "limits": asdict(limits)}
        try:
            ran = subprocess.run(
                [sys.executable, "-I", str(_CHILD), json.dumps(orders)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(handle,),
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
                timeout=limits.seconds * 2,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EvidenceRefused("time") from None
    return _heard(ran.stdout, ran.returncode)


def _heard(said: bytes, status: int) -> tuple[int, bytes]:
    head, _line, body = said.partition(b"\n")
    if not _line or len(head) > _LARGEST_HEAD or len(body) > _LARGEST_ANSWER:
        # It died without a word: by the clock, by the memory limit, or by the file.
        raise EvidenceRefused("time" if status in {-9, -24} else "unreadable")
    answer: dict[str, Any] = json.loads(head)
    if "refused" in answer:
        raise EvidenceRefused(str(answer["refused"]))
    if answer["length"] != len(body) or not body:
        raise EvidenceRefused("unreadable")
    return int(answer["pages"]), body


@contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    """The file's bytes behind a descriptor that never had a name on any disk."""
    handle = os.memfd_create("evidence", os.MFD_CLOEXEC)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)
