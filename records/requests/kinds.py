"""What can be asked for: by which clock, by whom it is handled, and whether it has an effect of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import WorkItem
from access.vocabulary import Purpose
from records.models import CustomerRequest

Kind = CustomerRequest.Kind
Office = CustomerRequest.Office
RIGHTS, COMPLAINTS, QUESTIONS = "CN-RIGHTS-30D", "CN-COMPL-15D", "CO-QUESTION-15D"
LOOKS, CALLS = "CO-LOOK-15D", "CO-FRAUD-CALL-3D"
# What else than corrections of data a customer may object to; company default. The other purposes
# serve the contract or a duty of the law.
OBJECTABLE: Final = (Purpose.FOLLOW_UP, Purpose.OTHER)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One kind of request.

    `asks` is what the customer chooses, `hint` the line under it. `once`: one at a time; a second one is
    led to the first. `always`: taken whatever the limits say, so that none is lost. `about` names what
    tells two of a kind apart.
    """

    kind: CustomerRequest.Kind
    asks: Any
    hint: Any
    question: Any
    clock: str = RIGHTS
    office: CustomerRequest.Office = Office.SERVICE
    clause: str = "CN-PIPL-44"
    once: bool = True
    always: bool = False
    about: str = ""
    needs_text: bool = False
    purpose: Purpose = Purpose.POLICY_SERVICE

    @property
    def item(self) -> WorkItem.Kind:
        if self.kind is Kind.COMPLAINT:
            return WorkItem.Kind.COMPLAINT
        return WorkItem.Kind.REQUEST


_WAYS: Final = (
    Way(
        kind=Kind.FRAUD_CALL, asks=_("我接到了诈骗电话"),
        hint=_("马上列出最近谁看过您的资料，并由合规部门核查"),
        question=_("对方说了什么"), clock=CALLS, office=Office.COMPLIANCE, clause="",
        once=False, always=True,
    ),
    Way(
        kind=Kind.ACCESS, asks=_("查阅我的资料"), hint=_("告诉您本公司保存了哪些资料、用途和期限"),
        question=_("您想查阅哪些资料"),
    ),
    Way(
        kind=Kind.COPY, asks=_("复制我的资料"), hint=_("给您一份可下载的副本"),
        question=_("您想要哪些资料的副本"),
    ),
    Way(
        kind=Kind.CORRECTION, asks=_("更正我的资料"), hint=_("资料有错，需要改正"),
        question=_("哪一项有错，应当是什么"), needs_text=True,
    ),
    Way(
        kind=Kind.COMPLETION, asks=_("补充我的资料"), hint=_("资料不全，需要补上"),
        question=_("缺哪一项，应当补什么"), needs_text=True,
    ),
    Way(
        kind=Kind.DELETION, asks=_("删除我的资料"),
        hint=_("不再需要的予以销毁；法律要求保存的只存不用，并告诉您到哪一天"),
        question=_("为什么要删除"), office=Office.COMPLIANCE, clause="CN-PIPL-47",
    ),
    Way(
        kind=Kind.RESTRICTION, asks=_("限制使用我的资料"),
        hint=_("资料只存不用，直到您要求解除"), question=_("为什么要限制"),
        office=Office.COMPLIANCE, about="kinds",
    ),
    Way(
        kind=Kind.OBJECT, asks=_("不同意某项用途"), hint=_("例如不再为回访使用您的资料"),
        question=_("为什么不同意"), office=Office.COMPLIANCE, about="purpose",
    ),
    Way(
        kind=Kind.WITHDRAW_CONSENT, asks=pgettext_lazy("我要", "撤回同意"), hint=_("撤回以前给过的同意"),
        question=_("还想说明的"), office=Office.COMPLIANCE, clause="CN-PIPL-14",
        about="consents",
    ),
    Way(
        kind=Kind.PORTABILITY, asks=_("把我的资料转给另一家公司"),
        hint=_("转移到您指定的公司；须符合法律规定的四项条件"),
        question=_("要转移哪些资料"), office=Office.COMPLIANCE, clause="CN-NDR-25",
        about="insurer",
    ),
    Way(
        kind=Kind.COMPLAINT, asks=_("投诉"), hint=_("对服务、人员或处理结果不满意"),
        question=_("发生了什么，您希望怎样解决"), clock=COMPLAINTS, clause="CN-CMP", once=False,
        always=True, needs_text=True, purpose=Purpose.COMPLAINT,
    ),
    Way(
        kind=Kind.LOOK_QUESTION, asks=_("某一次查看说不通"),
        hint=_("请从“谁看过”里选那一次查看来问"), question=_("您为什么觉得说不通"),
        clock=LOOKS, office=Office.COMPLIANCE, clause="", about="entry",
    ),
    Way(
        kind=Kind.QUESTION, asks=_("咨询"), hint=_("问个人信息、保单或服务的问题"),
        question=_("您的问题"), clock=QUESTIONS, clause="", once=False, needs_text=True,
    ),
    Way(
        kind=Kind.FEEDBACK, asks=_("意见建议"), hint=_("说说哪里可以做得更好"),
        question=_("您的意见"), clock=QUESTIONS, clause="", once=False, needs_text=True,
    ),
)  # fmt: skip
WAYS: Final[Mapping[str, Way]] = {way.kind.value: way for way in _WAYS}
# As a customer finds them on the page that asks what it is about.
GROUPS: Final = (
    (_("有急事"), (Kind.FRAUD_CALL, Kind.COMPLAINT)),
    (_("我的资料"), (Kind.ACCESS, Kind.COPY, Kind.CORRECTION, Kind.COMPLETION, Kind.DELETION)),
    (
        _("我的资料怎么用"),
        (Kind.RESTRICTION, Kind.OBJECT, Kind.WITHDRAW_CONSENT, Kind.PORTABILITY),
    ),
    (_("问一问，说一说"), (Kind.QUESTION, Kind.LOOK_QUESTION, Kind.FEEDBACK)),
)


def of(kind: str) -> Way:
    """Raises KeyError for what nobody can ask for."""
    return WAYS[kind]
