"""The catalogue: every element that is held of a customer, declared once.

Levels are this company's default (JR/T 0171 and 0197 read through secondary sources); the lawful basis
names the ground of PIPL art. 13. The inventory, masks, forms, importer and data map are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.vocabulary import Purpose
from custodian.crypto import blind_index as normal
from custodian.elements import Element, ElementClass, Harm, Mask, Search, Storage, register
from records import masks

OWNERS: Mapping[str, Promise | str] = {
    "customer-service": _("客户服务部"),
    "finance": _("财务部"),
    "underwriting": _("核保部"),
    "claims": _("理赔部"),
}
BASES: Mapping[str, Promise | str] = {
    "contract": _("订立、履行合同所必需"),
    "duty": _("履行法定义务（反洗钱）"),
    "consent": _("单独同意"),
    "rights": _("履行法定义务（答复个人的申请）"),
}
SERVING = frozenset(
    {Purpose.FOLLOW_UP, Purpose.POLICY_SERVICE, Purpose.COMPLAINT, Purpose.COMPLIANCE, Purpose.SELF}
)
SELLING = SERVING | {Purpose.UNDERWRITING}
PAYING = frozenset({Purpose.PAYMENT, Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF})
JUDGING = frozenset({Purpose.UNDERWRITING, Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF})


def _identity(
    name: str,
    label: Promise | str,
    level: int,
    mask: Mask,
    *,
    normalise: Callable[[str], str] = normal.normalise_text,
    search: Search = Search.NONE,
    basis: str = "duty",
) -> Element:
    return register(
        Element(
            code=f"identity.{name}",
            label=label,
            cls=ElementClass.IDENTITY,
            level=level,
            mask=mask,
            normalise=normalise,
            search=search,
            purposes=frozenset(SELLING | PAYING),
            basis=basis,
            owner="customer-service",
        )
    )


def _of(
    cls: ElementClass,
    code: str,
    label: Promise | str,
    level: int,
    mask: Mask,
    *,
    purposes: frozenset[Purpose],
    owner: str,
    sensitive: bool = False,
    harm: Harm = Harm.OTHER,
    never_shown: bool = False,
    normalise: Callable[[str], str] = normal.normalise_text,
    search: Search = Search.NONE,
    basis: str = "contract",
) -> Element:
    return register(
        Element(
            code=code,
            label=label,
            cls=cls,
            level=level,
            mask=mask,
            sensitive=sensitive,
            harm=harm,
            never_shown=never_shown,
            normalise=normalise,
            search=search,
            purposes=frozenset(purposes),
            basis=basis,
            owner=owner,
            storage=Storage.SEALED,
        )
    )


NAME = _identity(
    "name", _("姓名"), 2, masks.name, normalise=normal.normalise_name, search=Search.COMBINED
)
SEX = _identity("sex", _("性别"), 2, masks.open_)
BIRTH_DATE = _identity("birth_date", _("出生日期"), 3, masks.year, search=Search.COMBINED)
NATIONALITY = _identity("nationality", _("国籍"), 2, masks.open_)
OCCUPATION = _identity("occupation", _("职业"), 2, masks.open_)
ID_TYPE = _identity("id_type", _("证件类型"), 2, masks.open_)
ID_NUMBER = _identity(
    "id_number",
    _("证件号码"),
    3,
    masks.id_number,
    normalise=normal.normalise_id_number,
    search=Search.EXACT,
)
ID_VALID_UNTIL = _identity("id_valid_until", _("证件有效期"), 2, masks.open_)
MOBILE = _identity(
    "mobile", _("手机号码"), 3, masks.mobile, normalise=normal.normalise_mobile, search=Search.EXACT
)
LANDLINE = _identity("landline", _("固定电话"), 3, masks.landline)
EMAIL = _identity(
    "email",
    _("电子邮箱"),
    3,
    masks.email,
    normalise=normal.normalise_email,
    search=Search.EXACT,
    basis="contract",
)
ADDRESS = _identity("address", _("联系地址"), 3, masks.address)
WORKPLACE = _identity("workplace", _("工作单位"), 3, masks.whole)
LEGAL_REPRESENTATIVE = _identity("legal_representative", _("法定代表人"), 3, masks.name)

INCOME = _of(
    ElementClass.FINANCIAL,
    "financial.income",
    _("年收入"),
    4,
    masks.whole,
    purposes=frozenset(JUDGING),
    owner="underwriting",
    sensitive=True,
    basis="consent",
    harm=Harm.PROPERTY,
)
BANK_NAME = _of(
    ElementClass.FINANCIAL,
    "financial.bank_name",
    _("开户银行"),
    3,
    masks.whole,
    purposes=PAYING,
    owner="finance",
    harm=Harm.PROPERTY,
)
BANK_ACCOUNT = _of(
    ElementClass.FINANCIAL,
    "financial.bank_account",
    _("收付费账户"),
    4,
    masks.account,
    purposes=PAYING,
    owner="finance",
    sensitive=True,
    basis="consent",
    normalise=normal.normalise_account,
    search=Search.EXACT,
    harm=Harm.PROPERTY,
)
POLICY_NUMBER = _of(
    ElementClass.POLICY,
    "policy.number",
    _("保单号"),
    3,
    masks.policy_number,
    purposes=frozenset(SELLING | PAYING),
    owner="underwriting",
    normalise=normal.normalise_policy_number,
    search=Search.EXACT,
)
SUM_INSURED = _of(
    ElementClass.POLICY,
    "policy.sum_insured",
    _("保险金额"),
    3,
    masks.whole,
    purposes=frozenset(SELLING | PAYING),
    owner="underwriting",
    harm=Harm.HEALTH,
)
PREMIUM = _of(
    ElementClass.POLICY,
    "policy.premium",
    _("保险费"),
    3,
    masks.whole,
    purposes=frozenset(SELLING | PAYING),
    owner="underwriting",
    harm=Harm.HEALTH,
)
BENEFICIARIES = _of(
    ElementClass.POLICY,
    "policy.beneficiaries",
    _("受益人"),
    4,
    masks.whole,
    purposes=frozenset(JUDGING | PAYING),
    owner="underwriting",
)
HEALTH_DECLARATION = _of(
    ElementClass.POLICY,
    "policy.health_declaration",
    _("健康告知"),
    4,
    masks.whole,
    purposes=JUDGING,
    owner="underwriting",
    sensitive=True,
    basis="consent",
    harm=Harm.HEALTH,
)
QUERY_PASSWORD = _of(
    ElementClass.POLICY,
    "policy.query_password",
    _("查询密码"),
    4,
    masks.whole,
    purposes=frozenset(),
    owner="customer-service",
    never_shown=True,
)
CLAIM_NUMBER = _of(
    ElementClass.POLICY,
    "claim.number",
    _("赔案号"),
    3,
    masks.policy_number,
    purposes=PAYING,
    owner="claims",
)
CLAIM_DESCRIPTION = _of(
    ElementClass.POLICY,
    "claim.description",
    _("出险经过"),
    4,
    masks.whole,
    purposes=frozenset({Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF}),
    owner="claims",
    sensitive=True,
    basis="consent",
    harm=Harm.HEALTH,
)
CLAIM_DIAGNOSIS = _of(
    ElementClass.POLICY,
    "claim.diagnosis",
    _("诊断"),
    4,
    masks.whole,
    purposes=frozenset({Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF}),
    owner="claims",
    sensitive=True,
    basis="consent",
    harm=Harm.HEALTH,
)
CLAIM_AMOUNT = _of(
    ElementClass.POLICY,
    "claim.amount",
    _("给付金额"),
    3,
    masks.whole,
    purposes=PAYING,
    owner="claims",
    harm=Harm.HEALTH,
)
CLAIM_NEEDED = _of(
    ElementClass.POLICY,
    "claim.needed",
    _("补充材料说明"),
    4,
    masks.whole,
    purposes=frozenset({Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF}),
    owner="claims",
    sensitive=True,
    basis="consent",
    harm=Harm.HEALTH,
)
CLAIM_DECIDED_AMOUNT = _of(
    ElementClass.POLICY,
    "claim.decided_amount",
    _("核定金额"),
    3,
    masks.whole,
    purposes=PAYING,
    owner="claims",
    harm=Harm.HEALTH,
)
CLAIM_DECISION_REASONS = _of(
    ElementClass.POLICY,
    "claim.decision_reasons",
    _("核定理由"),
    4,
    masks.whole,
    purposes=frozenset({Purpose.CLAIM, Purpose.COMPLIANCE, Purpose.SELF}),
    owner="claims",
    sensitive=True,
    basis="consent",
    harm=Harm.HEALTH,
)
CLAIM_PAID_AMOUNT = _of(
    ElementClass.POLICY,
    "claim.paid_amount",
    _("付款金额"),
    3,
    masks.whole,
    purposes=PAYING,
    owner="claims",
    harm=Harm.PROPERTY,
)
CLAIM_PAYMENT_REFERENCE = _of(
    ElementClass.POLICY,
    "claim.payment_reference",
    _("付款凭证号"),
    3,
    masks.whole,
    purposes=PAYING,
    owner="claims",
    harm=Harm.PROPERTY,
)
DOCUMENT_NAME = _of(
    ElementClass.POLICY,
    "document.name",
    _("文件名"),
    3,
    masks.whole,
    purposes=frozenset(SELLING | PAYING),
    owner="customer-service",
)
DOCUMENT_CONTENT = _of(
    ElementClass.POLICY,
    "document.content",
    _("文件内容"),
    4,
    masks.whole,
    purposes=frozenset(JUDGING | PAYING),
    owner="customer-service",
    sensitive=True,
    harm=Harm.HEALTH,
)
# Papers that prove who somebody is or where she lives: the level of the ID number itself.
DOCUMENT_PROOF = _of(
    ElementClass.POLICY,
    "document.proof",
    _("身份与住址证明"),
    3,
    masks.whole,
    purposes=frozenset(SELLING | PAYING),
    owner="customer-service",
)
CORRECTION_NOTE = _of(
    ElementClass.POLICY,
    "correction.note",
    _("更正说明"),
    3,
    masks.whole,
    purposes=SERVING,
    owner="customer-service",
)
CORRECTION_REFUSAL = _of(
    ElementClass.POLICY,
    "correction.refusal",
    _("不予更正的说明"),
    3,
    masks.whole,
    purposes=SERVING,
    owner="customer-service",
)


def _said(name: str, label: Promise | str) -> Element:
    """What was written in a request or to it; whoever handles it reads it."""
    return _of(
        ElementClass.POLICY,
        f"request.{name}",
        label,
        3,
        masks.whole,
        purposes=frozenset(SERVING),
        owner="customer-service",
        basis="rights",
    )


REQUEST_TEXT = _said("text", _("申请内容"))
REQUEST_INSURER = _said("insurer", _("指定的接收公司"))
REQUEST_MESSAGE = _said("message", _("往来说明"))
REQUEST_ANSWER = _said("answer", _("申请的答复"))
REQUEST_REFUSAL = _said("refusal", _("不予办理的理由"))
REQUEST_EXTENSION = _said("extension", _("延期的理由"))
REQUEST_COMMENT = _said("comment", _("满意度意见"))
