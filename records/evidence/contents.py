"""What a file of evidence is, told by its content and never by its name, and why one is not taken."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError


class Content(StrEnum):
    JPEG = "jpeg"
    PDF = "pdf"
    PNG = "png"


REFUSALS: Final[Mapping[str, Promise | str]] = {
    "blank": _("文件里看不到内容，请核对后重新选择"),
    "dark": _("照片太暗，看不清内容。请到亮处重拍一张"),
    "empty": _("文件是空的，请重新选择"),
    "encrypted": _("PDF 设了密码，打不开。请去掉密码，或拍照上传"),
    "heic": _(
        "这是苹果手机的 HEIC 格式，打不开。请在“设置 › 相机 › 格式”选“兼容性最佳”后重拍，或上传截图"
    ),
    "memory": _("文件展开后过大，请拍照上传"),
    "pages": _("PDF 最多 6 页，请只留需要的几页"),
    "pixels": _("图片的尺寸过大或不寻常，请用手机直接拍照上传"),
    "size": _("文件超过 10 MB，请重拍一张或压缩后再上传"),
    "time": _("文件太复杂，没有读完。请拍照上传"),
    "too-small": _("图片太小，看不清内容。请重拍一张"),
    "type": _("只收 JPG、PNG 照片或 PDF，请换一种格式"),
    "unreadable": _("文件损坏或不完整，打不开。请重拍一张或换一份文件"),
}  # fmt: skip
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_HEIC: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)


class EvidenceRefused(CustodianError):
    """The file is not taken, and nothing of it was kept; `code` says why."""

    code = "evidence-refused"
    status = 422

    def __init__(self, code: str) -> None:
        self.because = code if code in REFUSALS else "unreadable"
        super().__init__(REFUSALS[self.because])


def kind_of(content: bytes) -> Content:
    """Raises `EvidenceRefused`. The marks stand at the very beginning, so nothing hides in front of them."""
    if content.startswith(_JPEG):
        return Content.JPEG
    if content.startswith(_PNG):
        return Content.PNG
    if content.startswith(b"%PDF-"):
        return Content.PDF
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise EvidenceRefused("heic")
    raise EvidenceRefused("type")
