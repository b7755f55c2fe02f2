"""Why a correction cannot go on, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError


class NotCorrectable(CustodianError):
    """The values are stored and not used, or destroyed: nothing about them is changed any more."""

    code = "not-correctable"
    status = 409
    message = _("这些资料的使用目的已结束，依法只存不用，不再更正；如仍需处理，请提出申请")


class UnderWay(CustodianError):
    """There is one for the same element already."""

    code = "correction-under-way"
    status = 409
    message = _("这一项已有一件更正在办理。请等它办结，或先撤回")


class TooMany(CustodianError):
    """More drafts or proposals than one person makes in a day."""

    code = "too-many-corrections"
    status = 429
    message = _("今天提出的更正已到上限，请明天再办，或拨打客服电话")


class NotNow(CustodianError):
    """The correction is in another state by now."""

    code = "correction-moved-on"
    status = 409
    message = _("这件更正的状态已经改变。请看最新的状态")


class Incomplete(CustodianError):
    """Something is still to be filled in before it can be handed in."""

    code = "correction-incomplete"
    status = 422
    message = _("还没有填完，请补齐后再提交")


class ProofNeeded(Incomplete):
    code = "correction-proof-needed"
    message = _("请先上传证明材料")


class TooMuchProof(CustodianError):
    code = "correction-proof-too-much"
    status = 422
    message = _("最多上传 4 份材料。请先删除一份")


class NotFit(CustodianError):
    """The contact is not on file, is being changed, or is somebody's of the staff."""

    code = "contact-not-fit"
    status = 409
    message = _("这个联系方式不能用来确认，请改用其他方式")


class WrongCode(CustodianError):
    """The code is not the one that was sent, was used, or has expired."""

    code = "wrong-code"
    status = 422
    message = _("验证码不对，或已过期。请核对，或重新获取")


class TooManyCodes(CustodianError):
    code = "too-many-codes"
    status = 429
    message = _("验证码发送过于频繁，请过几分钟再试")
