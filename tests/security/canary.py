"""Looks for planted values in bytes of any kind, through every encoding that something may have used."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
WIDE = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
MAGIC = {b"\x1f\x8b\x08": 31, b"x\x01": 15, b"x\x9c": 15, b"x\xda": 15}
LOCAL_FILE = b"PK\x03\x04"
MOST_INFLATED, DEEPEST = 32 << 20, 3
FOLDED_UNTIL = 64 << 20
SHORTEST = 6
CHUNK, OVERLAP = 32 << 20, 4096


@dataclass(frozen=True, order=True)
class Hit:
    """Which planted value was found, and how it was written."""

    value: str
    form: str


class Scanner:
    """Finds these values. `fragments` of that many digits count too; raw data needs long ones."""

    def __init__(self, values: Mapping[str, str], *, fragments: int = 10) -> None:
        self._needles: dict[bytes, Hit] = {}
        for name, value in values.items():
            for form, needle in forms(value, fragments=fragments):
                if len(needle) >= SHORTEST:
                    self._needles.setdefault(needle, Hit(name, form))
        self._by_start: dict[bytes, list[bytes]] = {}
        for needle in self._needles:
            self._by_start.setdefault(needle[:4], []).append(needle)
        self._first, self._second = np.zeros(65536, bool), np.zeros(65536, bool)
        for start in self._by_start:
            first, second = np.frombuffer(start, "<u2")
            self._first[first] = self._second[second] = True

    def text(self, text: str) -> set[Hit]:
        return self.scan(text.encode("utf-8", "surrogatepass"))

    def scan(self, data: bytes, *, depth: int = DEEPEST) -> set[Hit]:
        found = self._plain(data)
        if len(data) <= FOLDED_UNTIL:
            # Lines folded by a mailer or an encoder; and a soft break of quoted-printable.
            for folded in (re.sub(rb"=\r?\n", b"", data), re.sub(rb"\r?\n[ \t]?", b"", data)):
                if len(folded) != len(data):
                    found |= self._plain(folded)
            if b"=?" in data:
                found |= self._plain(_words_decoded(data))
        for inner in inflated(data) if depth else ():
            found |= self.scan(inner, depth=depth - 1)
        return found

    def folder(self, folder: Path) -> dict[str, set[Hit]]:
        """Every file under a folder, by its path inside it; files without a hit are left out."""
        found = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (hits := self.file(path)):
                found[str(path.relative_to(folder))] = hits
        return found

    def file(self, path: Path) -> set[Hit]:
        found: set[Hit] = set()
        with path.open("rb") as file:
            tail = b""
            while chunk := file.read(CHUNK):
                found |= self.scan(tail + chunk)
                tail = chunk[-OVERLAP:]
        return found

    def _plain(self, data: bytes) -> set[Hit]:
        if len(data) < SHORTEST:
            return set()
        found: set[Hit] = set()
        raw = np.frombuffer(data, np.uint8)
        pairs = raw[:-1].astype(np.uint16) | (raw[1:].astype(np.uint16) << 8)
        places = np.flatnonzero(self._first[pairs[:-2]] & self._second[pairs[2:]])
        for place in places.tolist():
            for needle in self._by_start.get(data[place : place + 4], ()):
                if data.startswith(needle, place):
                    found.add(self._needles[needle])
        return found


_WORD = re.compile(rb"=\?[\w-]{2,20}\?([bBqQ])\?([!-~]{0,120}?)\?=(?:\r?\n?[ \t]+(?==\?))?")


def _words_decoded(data: bytes) -> bytes:
    """A header's encoded words as what they stand for, each in its own character set."""

    def decoded(word: re.Match[bytes]) -> bytes:
        try:
            if word[1] in b"bB":
                return base64.b64decode(word[2])
            return quopri.decodestring(word[2], header=True)
        except ValueError:
            return word[0]

    return _WORD.sub(decoded, data)


def inflated(data: bytes) -> Iterator[bytes]:
    """Whatever in the data is compressed: gzip, zlib (PDF, git), and the members of zip and xlsx."""
    for magic, window in MAGIC.items():
        for place in _places(data, magic):
            yield from _inflate(data[place:], window)
    for place in _places(data, LOCAL_FILE):
        name, extra = (
            int.from_bytes(data[place + at : place + at + 2], "little") for at in (26, 28)
        )
        yield from _inflate(data[place + 30 + name + extra :], -15)


def _places(data: bytes, magic: bytes) -> Iterator[int]:
    place = data.find(magic)
    while place >= 0:
        yield place
        place = data.find(magic, place + 1)


def _inflate(data: bytes, window: int) -> Iterator[bytes]:
    try:
        inner = zlib.decompressobj(window).decompress(data[: MOST_INFLATED // 2], MOST_INFLATED)
    except zlib.error:
        return
    if len(inner) > SHORTEST:
        yield inner


def forms(value: str, *, fragments: int) -> Iterator[tuple[str, bytes]]:
    for written, text in _written(value, fragments):
        for encoding in ENCODINGS:
            raw = text.encode(encoding)
            yield f"{written} {encoding}", raw
            yield from _as_bytes(f"{written} {encoding}", raw)
        yield from _as_text(written, text)


def _written(value: str, fragments: int) -> Iterator[tuple[str, str]]:
    """The value as a person or a normaliser may have written it, and its telling parts."""
    seen = {value: "as it is"}
    seen.setdefault(value.lower(), "lower")
    seen.setdefault(value.upper(), "upper")
    seen.setdefault(value.translate(WIDE), "wide")
    digits = re.sub(r"\D", "", value)
    if len(digits) > fragments and len(digits) >= len(value) - 1:
        for at in range(len(digits) - fragments + 1):
            seen.setdefault(digits[at : at + fragments], "part")
        seen.setdefault(" ".join(re.findall("....?", digits)), "spaced")
        seen.setdefault("-".join(re.findall("....?", digits)), "dashed")
    return ((written, text) for text, written in seen.items())


def _as_bytes(written: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{written} hex", raw.hex().encode()
    yield f"{written} hex", raw.hex().upper().encode()
    yield f"{written} percent", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield f"{written} percent", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield f"{written} quoted-printable", "".join(f"={byte:02X}" for byte in raw).encode()
    yield f"{written} octal", "".join(f"\\{byte:03o}" for byte in raw).encode()
    yield f"{written} \\x", "".join(f"\\x{byte:02x}" for byte in raw).encode()
    for shift in range(3):
        # The characters that do not depend on the neighbours, at each of the three alignments.
        whole = (len(raw) + shift) // 3 * 3 - shift
        coded = base64.b64encode(bytes(shift) + raw[:whole])[4 if shift else 0 :]
        if len(coded) >= 8:
            yield f"{written} base64", coded
            yield f"{written} base64url", coded.replace(b"+", b"-").replace(b"/", b"_")


def _as_text(written: str, text: str) -> Iterator[tuple[str, bytes]]:
    escaped = json.dumps(text)[1:-1]
    yield f"{written} \\u", escaped.encode()
    yield f"{written} \\u", re.sub(r"\\u....", lambda m: "\\u" + m[0][2:].upper(), escaped).encode()
    yield f"{written} \\u", text.encode("ascii", "backslashreplace")
    halves = "".join(
        json.dumps(each)[1:-1] if ord(each) < 0x80 or ord(each) > 0xFFFF else f"\\u{ord(each):04X}"
        for each in text
    )
    yield f"{written} \\u", halves.encode()
    full = "".join(f"\\u{ord(each):04x}" for each in text if ord(each) < 0x10000)
    yield f"{written} \\u", full.encode()
    yield f"{written} percent", quote(text).encode()
    yield f"{written} percent", quote_plus(text).encode()
    yield f"{written} percent", re.sub("%..", lambda m: m[0].lower(), quote(text)).encode()
    yield f"{written} entities", html.escape(text).encode()
    yield f"{written} entities", text.encode("ascii", "xmlcharrefreplace")
    yield f"{written} entities", html.escape(text).encode("ascii", "xmlcharrefreplace")
    yield f"{written} entities", "".join(f"&#{ord(each)};" for each in text).encode()
    for pattern in ("&#x{:x};", "&#x{:X};", "&#X{:X};"):
        yield f"{written} entities", "".join(pattern.format(ord(each)) for each in text).encode()
        mixed = "".join(e if e.isascii() else pattern.format(ord(e)) for e in text)
        yield f"{written} entities", mixed.encode()
    for encoding in ("utf-8", "gb18030"):
        mixed = "".join(
            e if e.isascii() else "".join(f"={byte:02X}" for byte in e.encode(encoding))
            for e in text
        )
        yield f"{written} quoted-printable", mixed.encode()
        yield f"{written} RFC 2047", mixed.replace(" ", "_").encode()


def hits(found: Iterable[set[Hit]]) -> list[Hit]:
    return sorted(set().union(*found))
