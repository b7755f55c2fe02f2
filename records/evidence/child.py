"""The process that opens photos and PDFs: stands alone, reads one descriptor, answers once, may die.

It is started by file name in isolated mode, so it imports nothing of the project. Whatever comes out is
drawn anew from pixels: no byte of the file itself goes on. The answer is one line of JSON and then the bytes,
so that nothing it says can run in the process that listens.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

_JPEG: Final = {"format": "JPEG", "quality": 86, "optimize": True}
_PPI: Final = 150.0
_WHITE: Final = (255, 255, 255)
_GLANCE: Final = 256  # pixels of a side, for how dark it is


class Refused(Exception):
    pass


def main() -> None:
    orders = json.loads(sys.argv[1])
    limits: dict[str, int] = orders["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages, body = _answer(orders, limits)
        _send({"pages": pages}, body)
    except Refused as refused:
        _send({"refused": str(refused)})
    except MemoryError:
        _send({"refused": "memory"})
    except BaseException:  # noqa: BLE001  a renderer may panic; the details may hold values
        _send({"refused": "unreadable"})


def _answer(orders: dict[str, Any], limits: dict[str, int]) -> tuple[int, bytes]:
    if orders["kind"] == "pdf":
        return _document(int(orders["fd"]), limits)
    with os.fdopen(orders["fd"], "rb") as stream:
        picture = _picture(stream, orders["kind"].upper(), limits)
    return 1, _encoded(picture)


def _picture(stream: Any, kind: str, limits: dict[str, int]) -> Any:
    """The pixels as a person sees them: turned the right way up, on white, and no larger than needed."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    size = os.fstat(stream.fileno()).st_size if hasattr(stream, "fileno") else 0
    try:
        with Image.open(stream, formats=[kind]) as opened:
            _check_shape(opened.size, size, limits)
            opened.load()
            picture = ImageOps.exif_transpose(opened)
            picture = _flat(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("unreadable") from None
    picture.thumbnail((limits["side"], limits["side"]), Image.Resampling.LANCZOS)
    _check_readable(picture, limits)
    return picture


def _check_shape(shape: tuple[int, int], size: int, limits: dict[str, int]) -> None:
    """From the header alone, before a pixel is decoded."""
    width, height = shape
    if min(width, height) < limits["smallest"]:
        raise Refused("too-small")
    if width * height > limits["pixels"] or max(width, height) > limits["longest"]:
        raise Refused("pixels")
    if max(width, height) > min(width, height) * limits["stretch"]:
        raise Refused("pixels")
    # A photo has some bytes for its pixels; a few bytes that say they are many are a bomb.
    if width * height > limits["ratio_from_pixels"] and size * limits["ratio"] < width * height * 3:
        raise Refused("pixels")


def _flat(picture: Any) -> Any:
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, _WHITE)
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    plain = picture.convert("RGB")
    # What the file said besides its pixels stays behind.
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _check_readable(picture: Any, limits: dict[str, int]) -> None:
    from PIL import ImageStat

    glance = picture.convert("L")
    glance.thumbnail((_GLANCE, _GLANCE))
    seen = ImageStat.Stat(glance)
    if seen.extrema[0][1] < limits["darkest"]:
        raise Refused("dark")
    if seen.stddev[0] < limits["plainest"]:
        raise Refused("blank")


def _encoded(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, **_JPEG)
    return out.getvalue()


# -- pdf ----------------------------------------------------------------------------------------


def _document(handle: int, limits: dict[str, int]) -> tuple[int, bytes]:
    """A new PDF that holds one picture for each page, and nothing else of the old one."""
    pictures = list(_pages(handle, limits))
    if not pictures:
        raise Refused("unreadable")
    blank = sum(_is_blank(each, limits) for each in pictures)
    if blank == len(pictures):
        raise Refused("blank")
    out = io.BytesIO()
    first, *others = pictures
    first.save(
        out, "PDF", save_all=True, append_images=others, resolution=_PPI, quality=82,
        title=None, creationDate=None, modDate=None, producer=None, creator=None,
    )  # fmt: skip
    return len(pictures), out.getvalue()


def _is_blank(picture: Any, limits: dict[str, int]) -> bool:
    try:
        _check_readable(picture, limits)
    except Refused:
        return True
    return False


def _pages(handle: int, limits: dict[str, int]) -> Iterator[Any]:
    """Each page drawn by a renderer that is written in Rust and runs no script of the file."""
    import typst

    compiled: Any = typst.compile  # its stubs want source and root of one type
    for number in range(1, limits["pages"] + 2):
        # One page wide enough for reading, whatever size the file says that it has.
        source = (
            "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
            f'#image("/proc/self/fd/{handle}", format: "pdf", page: {number}, width: 595pt)\n'
        )
        try:
            drawn = compiled(
                source.encode(), root="/", format="png", ppi=_PPI, ignore_system_fonts=True
            )
        except typst.TypstError as error:
            if number > 1 and "does not exist" in str(error):
                return
            raise Refused(_of_pdf(str(error))) from None
        if number > limits["pages"]:
            raise Refused("pages")
        yield _drawn(drawn, limits)


def _drawn(png: Any, limits: dict[str, int]) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
        width, height = opened.size
        if width * height > limits["pixels"] or max(width, height) > limits["longest"]:
            raise Refused("pixels")
        opened.load()
        picture = opened.convert("RGB")
    picture.thumbnail((limits["side"], limits["side"]), Image.Resampling.LANCZOS)
    return picture


def _of_pdf(said: str) -> str:
    return "encrypted" if "encrypt" in said or "password" in said else "unreadable"


def _send(answer: dict[str, Any], body: bytes = b"") -> None:
    out = sys.stdout.buffer
    out.write(json.dumps({**answer, "length": len(body)}).encode() + b"\n" + body)
    out.flush()


if __name__ == "__main__":
    main()
