"""What can be corrected, group by group: the elements that change together, and what that takes.

Contract data (sums, beneficiaries, health declarations) are not corrected but changed by policy service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custodian import elements
from records.models.customers import Customer
from records.models.documents import Document

PERSON, ORGANISATION = Customer.Kind.PERSON.value, Customer.Kind.ORGANISATION.value
BOTH: Final = frozenset({PERSON, ORGANISATION})


@dataclass(frozen=True, kw_only=True)
class Group:
    """`elements` stand on one page; `two_ways`: applied only after the customer confirmed by two of them."""

    code: str
    label: Promise | str
    elements: tuple[str, ...]
    kinds: frozenset[str] = BOTH
    question: Promise | str
    four_eyes: bool = True
    two_ways: bool = False
    proof: Promise | str = ""  # what to bring; empty: nothing is needed
    document: Document.Kind = Document.Kind.PROOF

    @property
    def needs_proof(self) -> bool:
        return bool(self.proof)

    @property
    def holding(self) -> str:
        """The kind of the holding in which these elements stand."""
        return self.elements[0].partition(".")[0]

    @property
    def of_account(self) -> bool:
        return self.code == "account"


_ID_CARD = _("身份证正反面，或户口簿本人页。照片四角完整、字迹清楚")
_ALL: Final = (
    Group(
        code="mobile",
        label=_("手机号码"),
        elements=("identity.mobile",),
        question=_("正确的手机号码是多少"),
        two_ways=True,
    ),
    Group(
        code="landline",
        label=_("固定电话"),
        elements=("identity.landline",),
        question=_("正确的固定电话是多少"),
        two_ways=True,
    ),
    Group(
        code="email",
        label=_("电子邮箱"),
        elements=("identity.email",),
        question=_("正确的电子邮箱是什么"),
        two_ways=True,
    ),
    Group(
        code="address",
        label=_("联系地址"),
        elements=("identity.address",),
        question=_("正确的地址是什么"),
        two_ways=True,
        proof=_("户口簿住址页、房产证或近 3 个月水电账单，任选一种"),
    ),
    Group(
        code="account",
        label=_("收付费账户"),
        elements=("financial.bank_name", "financial.bank_account"),
        question=_("正确的账户是什么"),
        two_ways=True,
        proof=_("银行卡正面，或存折首页。须是本人名下的账户"),
        document=Document.Kind.EVIDENCE,
    ),
    Group(
        code="name",
        label=_("姓名或名称"),
        elements=("identity.name",),
        question=_("正确的姓名是什么"),
        proof=_ID_CARD,
    ),
    Group(
        code="document",
        label=_("证件"),
        elements=("identity.id_type", "identity.id_number", "identity.id_valid_until"),
        question=_("正确的证件信息是什么"),
        proof=_ID_CARD,
    ),
    Group(
        code="birth_date",
        label=_("出生日期"),
        elements=("identity.birth_date",),
        kinds=frozenset({PERSON}),
        question=_("正确的出生日期是哪天"),
        proof=_ID_CARD,
    ),
    Group(
        code="sex",
        label=_("性别"),
        elements=("identity.sex",),
        kinds=frozenset({PERSON}),
        question=_("正确的性别是什么"),
        proof=_ID_CARD,
    ),
    Group(
        code="nationality",
        label=_("国籍"),
        elements=("identity.nationality",),
        kinds=frozenset({PERSON}),
        question=_("正确的国籍是什么"),
        proof=_("护照资料页，或其他写明国籍的证件"),
    ),
    Group(
        code="occupation",
        label=_("职业"),
        elements=("identity.occupation",),
        kinds=frozenset({PERSON}),
        question=_("现在的职业是什么"),
    ),
    Group(
        code="workplace",
        label=_("工作单位"),
        elements=("identity.workplace",),
        kinds=frozenset({PERSON}),
        question=_("现在的工作单位是哪里"),
    ),
    Group(
        code="legal_representative",
        label=_("法定代表人"),
        elements=("identity.legal_representative",),
        kinds=frozenset({ORGANISATION}),
        question=_("现在的法定代表人是谁"),
        proof=_("营业执照副本"),
    ),
    Group(
        code="income",
        label=_("年收入"),
        elements=("financial.income",),
        kinds=frozenset({PERSON}),
        question=_("正确的年收入是多少"),
        four_eyes=False,
    ),
)
GROUPS: Final[Mapping[str, Group]] = {each.code: each for each in _ALL}
ELEMENTS: Final = tuple(sorted({code for each in _ALL for code in each.elements}))


def of_kind(kind: str) -> list[Group]:
    """Those that a customer of this kind has."""
    return [each for each in GROUPS.values() if kind in each.kinds]


def label_of(code: str) -> Any:
    group = GROUPS.get(code)
    return group.label if group else code


def words_of(group: Group) -> list[Any]:
    return [elements.get(code).label for code in group.elements]
