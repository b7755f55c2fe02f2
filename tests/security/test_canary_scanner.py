"""The scanner itself: it finds every planted leak in every encoding, and nothing in clean data."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import quopri
import random
import zipfile
import zlib
from collections.abc import Callable
from email.charset import QP, Charset
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import xlsxwriter

from tests.security.canary import Scanner

VALUES = {
    "name": "欧阳𠮷祥",
    "id number": "32031119860418001X",
    "mobile": "13587340926",
    "card": "6222021987340926",
    "address": "江苏省徐州市云龙区槐安路88号",
    "text": "家属来电 said “please” & <call> back",
    "policy": "QH-2019-88734092",
    "mail": "ouyang.jx+7@example.com",
    "key": "x7Qp/9vZ+mEw3T==",
}


def xlsx(value: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, value)
    return file.getvalue()


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("filler.txt", "nothing here " * 50)
        archive.writestr("value.txt", data * 3)
    return file.getvalue()


def mail(value: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "A case"
    message.set_content(f"Some lines before it.\n\n{value}\n" + "and after it\n" * 30)
    return bytes(message)


def wide(value: str) -> bytes:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value).encode()


QUOTED = Charset("utf-8")
QUOTED.header_encoding = QP

# Every way in which something of ours, or below us, has been seen to write a value.
LEAKS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda v: v.encode("utf-16-le"),
    "utf-16-be": lambda v: v.encode("utf-16-be"),
    "gb18030": lambda v: v.encode("gb18030"),
    "json": lambda v: json.dumps({"value": v}).encode(),
    "json, capitals": lambda v: "".join(
        f"\\u{ord(c):04X}" if 127 < ord(c) < 65536 else json.dumps(c)[1:-1] for c in v
    ).encode(),
    "python": lambda v: ascii(v).encode(),
    "path": lambda v: quote(v).encode(),
    "query": lambda v: quote_plus(v).encode(),
    "percent, all of it": lambda v: "".join(f"%{b:02x}" for b in v.encode()).encode(),
    "entities": lambda v: html.escape(v).encode(),
    "decimal entities": lambda v: html.escape(v).encode("ascii", "xmlcharrefreplace"),
    "hex entities": lambda v: "".join(f"&#x{ord(c):x};" for c in v).encode(),
    "quoted-printable": lambda v: quopri.encodestring(b"a" * 60 + v.encode()),
    "a subject line": lambda v: Header(v, "utf-8").encode().encode(),
    "a subject line in Q": lambda v: Header(v, QUOTED).encode().encode(),
    "a mail": mail,
    "base64": lambda v: base64.b64encode(v.encode()),
    "base64 after one": lambda v: base64.b64encode(b"{" + v.encode() + b"}"),
    "base64 after two": lambda v: base64.b64encode(b'{"' + v.encode() + b'"}'),
    "base64 of utf-16": lambda v: base64.b64encode(b"{" + v.encode("utf-16-le") + b"}"),
    "base64url": lambda v: base64.urlsafe_b64encode(b'{"' + v.encode() + b'"}'),
    "base64 in lines": lambda v: base64.encodebytes(b"filler " * 9 + v.encode() + b" filler" * 9),
    "bytea": lambda v: b"\\x" + v.encode().hex().encode(),
    "hex, capitals": lambda v: v.encode().hex().upper().encode(),
    "gzip": lambda v: gzip.compress(b"filler " * 40 + v.encode()),
    "zlib": lambda v: zlib.compress(b"filler " * 40 + v.encode()),
    "zip": lambda v: zipped(v.encode()),
    "gzip in zip": lambda v: zipped(gzip.compress(v.encode() * 2)),
    "xlsx": xlsx,
    "lower": lambda v: v.lower().encode(),
    "upper": lambda v: v.upper().encode(),
    "full width": wide,
}


def around(leak: bytes) -> bytes:
    dice = random.Random(7)
    return dice.randbytes(3000) + b"\x00" + leak + b"\x00" + dice.randbytes(3000)


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found_whatever_it_is_written_in(leak: str) -> None:
    scanner = Scanner(VALUES)
    missed = [
        name
        for name, value in VALUES.items()
        if name not in {hit.value for hit in scanner.scan(around(LEAKS[leak](value)))}
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("id number", "32031119860418"),
        ("id number", "198604180 01X"[:9] + "0"),
        ("mobile", "1358 7340 926"),
        ("mobile", "1358-7340-926"),
        ("card", "6222 0219 8734 0926"),
        ("card", "1987340926"),
    ],
)
def test_an_unmasked_part_is_found(name: str, part: str) -> None:
    assert name in {hit.value for hit in Scanner(VALUES).text(f"客户 {part} 来电")}


def test_six_digits_are_found_where_it_is_asked_for() -> None:
    scanner = Scanner(VALUES, fragments=6)
    assert {hit.value for hit in scanner.text("尾号 219873")} == {"card"}
    assert {hit.value for hit in scanner.text("尾号 18001X")} == set()
    assert "id number" in {hit.value for hit in scanner.text("尾号 418001")}


def test_clean_data_has_no_hit(tmp_path: Path) -> None:
    scanner = Scanner(VALUES)
    dice = random.Random(11)
    repository = Path(__file__).resolve().parents[2]
    clean = b"".join(path.read_bytes() for path in sorted(repository.glob("records/*.py")))
    masked = "欧** 320***********001X 135****0926 徐州市"
    for data in (clean, dice.randbytes(1 << 20), masked.encode(), b"", zipped(clean)):
        assert scanner.scan(data) == set()
    assert Scanner(VALUES, fragments=6).text(masked) == set()


def test_a_leak_across_the_edge_of_two_reads_is_found(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.security.canary.CHUNK", 10_000)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "wal").write_bytes(bytes(9_995) + VALUES["mobile"].encode() + bytes(99))
    assert list(Scanner(VALUES).folder(tmp_path)) == ["deep/wal"]
