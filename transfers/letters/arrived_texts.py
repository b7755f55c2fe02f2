"""The buyer's letter to who arrived: who it is, what it holds, where that came from, what for, her rights.

What is told is what GDPR art. 14(1) and (2) list; where no law of the installation asks for it, it is a
courtesy of the house and says no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from records.notices.contents import LANGUAGES, TAGS
from transfers.models import Transfer

PARTS: Final[Mapping[str, Any]] = {
    "who": gettext_lazy("我们是谁"),
    "contact": gettext_lazy("怎样联系我们"),
    "source": gettext_lazy("资料从哪里来"),
    "holds": gettext_lazy("我们保存您的什么"),
    "purposes": gettext_lazy("用来做什么"),
    "kept": gettext_lazy("给谁、保存多久"),
    "rights": gettext_lazy("您的权利"),
}
LONG: Final = frozenset({"source", "holds", "purposes", "kept", "rights"})


def proposed(transfer: Transfer) -> dict[str, dict[str, str]]:
    """Everything but names is for somebody to check against what really came."""
    said: dict[str, dict[str, str]] = {key: {} for key in PARTS}
    for each in LANGUAGES:
        with override(TAGS[each]):
            for key, text in _proposed(transfer).items():
                said[key][each] = text
            said["who"][each] = str(settings.CUSTODIAN_INSURER_NAME[each])
    return said


def _proposed(transfer: Transfer) -> dict[str, str]:
    return {
        "who": "",
        "contact": _("个人信息保护负责人：%(who)s")
        % {"who": settings.CUSTODIAN_DATA_PROTECTION_OFFICER},
        "source": _(
            "%(seller)s把您的保单转让给本公司，您的资料由它随保单交给本公司，不是向您本人收集的。"
        )
        % {"seller": str(transfer.counterparty)},
        "holds": _(
            "身份信息、联系方式、财务信息、保单和理赔信息、投保时的文件、您作过的同意和限制，以及此前谁看过您的资料。"
        ),
        "purposes": _(
            "继续履行您的保险合同：保全、理赔、给付和回访，以及法律要求的保存和报告。"
            "您在原公司同意过的营销、调查和向合作方提供，没有转过来；要用，须另外征得您同意。"
        ),
        "kept": _(
            "只给履行合同所必需的人和受托方，名单见个人信息规则；合同终止后按法律规定的期限保存，到期销毁。"
        ),
        "rights": _(
            "您可以查阅、复制、更正、补充或要求删除资料，可以收回同意、反对或限制使用，也可以看到谁看过您的资料；"
            "都在客户服务里办理。不满意的，可以向监管机构投诉。"
        ),
    }


def title(said: Mapping[str, str]) -> str:
    return _("%(insurer)s已承接您的保单") % {"insurer": said["who"]}


def short() -> str:
    return _(
        "您的保单已由本公司承接，资料随保单转来。资料从哪里来、用来做什么、您有什么权利，请登录客户服务查看。"
        "本公司不会为此索要密码、验证码或付款。"
    )
