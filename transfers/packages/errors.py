"""Why a package is refused. Nothing of what it holds is in the message."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError

REASONS: Final[dict[str, Any]] = {
    "not-a-package": _("这不是移交包，或者版本不受支持。请确认文件，或请对方用本系统重新打包。"),
    "unknown-sender": _("移交包的签名密钥不是任何已确认的对方所有。请先核对并确认对方的身份卡。"),
    "signature": _("移交包的签名不符：文件被改动或不完整。请对方重新发送原文件。"),
    "wrong-recipient": _("移交包不是发给本公司的，或者不属于任何进行中的转入。"),
    "expired": _("移交包已过有效期。请对方重新打包。"),
    "not-yet-valid": _("移交包的生成时间在未来。请核对双方的时钟。"),
    "suite": _("移交包使用的算法不被接受。"),
    "again": _("这个移交包已经收下，没有再次载入。"),
    "replayed": _("这个移交包已经接收过，内容却与上次不同。"),
    "wrong-order": _("这个移交包的序号不是下一个。请按顺序接收。"),
    "from-files": _("这笔转入以文件接收，不再接收移交包。"),
    "closed": _("这笔转入现在不接收移交包。"),
    "key-gone": _("打开移交包的一次性密钥已经销毁。请给对方一份新的接收邀请。"),
    "does-not-open": _("移交包的内容无法打开。请对方重新打包。"),
    "manifest": _("移交包的清单与内容不一致。请对方重新打包。"),
    "record": _("移交包中有一条记录不符合格式。请对方重新打包。"),
    "too-large": _("移交包中有一条记录超过允许的大小。"),
}


class PackageRefused(CustodianError):
    """The file is not taken in; `reason` is a code of `REASONS`."""

    code = "package-refused"
    status = 409

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason
        self.entry: int | None = None  # on which the refusal is on record
