"""How each of the insurer's files names its columns and writes its dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from custodian.demo.insurer import households
from custodian.demo.insurer.contracts import Claim, Policy
from custodian.demo.insurer.parties import Party
from custodian.demo.insurer.products import Product
from custodian.demo.insurer.staff import Intermediary, Staff, Unit

Row = TypeVar("Row")
Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    header: str
    element: str  # what the importer calls it, or empty when it keeps no such thing
    value: Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Assignment:
    customer_key: str
    staff_no: str
    since: date


def slashed(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day else ""


def spelled(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def old_fashioned(party: Party) -> str:
    """Four clerks, four ways to write a birthday."""
    born = party.born_text or party.born
    if isinstance(born, str) or born is None:
        return born or ""
    clerk = int(party.key[-2:]) % 4
    return (spelled(born), f"{born:%Y%m%d}", f"{born:%Y.%m.%d}", slashed(born))[clerk]


PERSONS: Final[tuple[Column[Party], ...]] = (
    Column("客户号", "customer.key", lambda p: p.key),
    Column("姓名", "identity.name", lambda p: p.name),
    Column("性别", "identity.sex", lambda p: p.sex),
    Column("出生日期", "identity.birth_date", lambda p: p.born_text or p.born),
    Column("国籍", "identity.nationality", lambda p: p.nationality),
    Column("职业", "identity.occupation", lambda p: p.occupation),
    Column("证件类型", "identity.id_type", lambda p: p.id_type),
    Column("证件号码", "identity.id_number", lambda p: p.id_number),
    Column("证件有效期至", "identity.id_valid_until", lambda p: p.valid_until),
    Column("手机号码", "identity.mobile", lambda p: p.mobile),
    Column("固定电话", "identity.landline", lambda p: p.landline),
    Column("电子邮箱", "identity.email", lambda p: p.email),
    Column("联系地址", "identity.address", lambda p: p.address),
    Column("工作单位", "identity.workplace", lambda p: p.workplace),
    Column("年收入", "financial.income", lambda p: p.income),
    Column("开户银行", "financial.bank_name", lambda p: p.bank),
    Column("银行账号", "financial.bank_account", lambda p: p.account),
    Column("监护人姓名", "guardian.name", lambda p: p.guardian_name),
    Column("监护人客户号", "guardian.key", lambda p: p.guardian_key),
    Column("监护关系", "relation.kind", lambda p: p.relation),
)
ABROAD: Final[tuple[Column[Party], ...]] = (
    Column("客户号", "customer.key", lambda p: p.key),
    Column("客户姓名", "identity.name", lambda p: p.name),
    Column("性别", "identity.sex", lambda p: p.sex),
    Column("国籍", "identity.nationality", lambda p: p.nationality),
    Column("证件种类", "identity.id_type", lambda p: p.id_type),
    Column("证件号", "identity.id_number", lambda p: p.id_number),
    Column("证件有效期止", "identity.id_valid_until", lambda p: p.valid_until),
    Column("出生年月日", "identity.birth_date", lambda p: p.born_text or p.born),
    Column("手机", "identity.mobile", lambda p: p.mobile),
    Column("邮箱", "identity.email", lambda p: p.email),
    Column("居住地址", "identity.address", lambda p: p.address),
    Column("就职单位", "identity.workplace", lambda p: p.workplace),
    Column("职业", "identity.occupation", lambda p: p.occupation),
    Column("年收入", "financial.income", lambda p: p.income),
    Column("开户行", "financial.bank_name", lambda p: p.bank),
    Column("账号", "financial.bank_account", lambda p: p.account),
)
ORGANISATIONS: Final[tuple[Column[Party], ...]] = (
    Column("客户号", "customer.key", lambda p: p.key),
    Column("单位名称", "identity.name", lambda p: p.name),
    Column("统一社会信用代码", "identity.id_number", lambda p: p.id_number),
    Column("证件有效期至", "identity.id_valid_until", lambda p: p.valid_until),
    Column("法定代表人", "identity.legal_representative", lambda p: p.legal_representative),
    Column("所属行业", "", lambda p: p.occupation),
    Column("单位电话", "identity.landline", lambda p: p.landline),
    Column("手机号码", "identity.mobile", lambda p: p.mobile),
    Column("电子邮箱", "identity.email", lambda p: p.email),
    Column("注册地址", "identity.address", lambda p: p.address),
    Column("开户银行", "financial.bank_name", lambda p: p.bank),
    Column("银行账户", "financial.bank_account", lambda p: p.account),
)
OLD_PERSONS: Final[tuple[Column[Party], ...]] = (
    Column("客户编号", "customer.key", lambda p: p.key),
    Column("客户姓名", "identity.name", lambda p: p.name),
    Column("性别", "identity.sex", lambda p: p.sex),
    Column("身份证号", "identity.id_number", lambda p: p.id_number),
    Column("生日", "identity.birth_date", old_fashioned),
    Column("移动电话", "identity.mobile", lambda p: p.mobile),
    Column("家庭电话", "identity.landline", lambda p: p.landline),
    Column("住址", "identity.address", lambda p: p.address),
    Column("工作单位", "identity.workplace", lambda p: p.workplace),
    Column("职业", "identity.occupation", lambda p: p.occupation),
    Column("银行账号", "financial.bank_account", lambda p: p.account),
)
PERSONAL_POLICIES: Final[tuple[Column[Policy], ...]] = (
    Column("保单号", "policy.number", lambda p: p.number),
    Column("投保人客户号", "policy.holder_key", lambda p: p.holder_key),
    Column("被保险人客户号", "policy.insured_key", lambda p: p.insured_key),
    Column("被保险人与投保人关系", "policy.relation", lambda p: p.relation),
    Column("产品代码", "policy.product_code", lambda p: p.product.code),
    Column("险种名称", "policy.product_name", lambda p: p.product.name),
    Column("生效日期", "policy.starts_on", lambda p: p.starts_text or slashed(p.starts)),
    Column("保险期间", "policy.term_years", lambda p: p.product.term),
    Column("满期日期", "policy.ends_on", lambda p: slashed(p.ends)),
    Column("保单状态", "policy.status", lambda p: p.status),
    Column("缴费方式", "policy.pay_frequency", lambda p: p.product.pay),
    Column("下期应缴日", "policy.next_due_on", lambda p: slashed(p.next_due)),
    Column("基本保额", "policy.sum_insured", lambda p: f"{p.sum_insured}.00"),
    Column("每期保费", "policy.premium", lambda p: f"{p.premium}.00"),
    Column("受益人", "policy.beneficiaries", lambda p: p.beneficiaries),
    Column("受益人客户号", "", lambda p: p.beneficiary_key),
    Column("健康告知", "policy.health_declaration", lambda p: p.health),
    Column("查询密码", "policy.query_password", lambda p: p.password),
    Column("业务员工号", "agent.staff_no", lambda p: p.seller),
    Column("中介机构代码", "intermediary.code", lambda p: p.intermediary),
    Column("管理机构代码", "unit.code", lambda p: p.unit),
)
GROUP_POLICIES: Final[tuple[Column[Policy], ...]] = (
    Column("保险合同号", "policy.number", lambda p: p.number),
    Column("投保客户号", "policy.holder_key", lambda p: p.holder_key),
    Column("产品代码", "policy.product_code", lambda p: p.product.code),
    Column("产品名称", "policy.product_name", lambda p: p.product.name),
    Column("保险起期", "policy.starts_on", lambda p: p.starts_text or p.starts),
    Column("保险止期", "policy.ends_on", lambda p: p.ends),
    Column("合同状态", "policy.status", lambda p: p.status),
    Column("交费频率", "policy.pay_frequency", lambda p: p.product.pay),
    Column("保险金额", "policy.sum_insured", lambda p: p.sum_insured),
    Column("保险费", "policy.premium", lambda p: p.premium),
    Column("被保险人数", "", lambda p: p.lives),
    Column("承保机构", "unit.code", lambda p: p.unit),
)
CLAIMS: Final[tuple[Column[Claim], ...]] = (
    Column("赔案号", "claim.number", lambda c: c.number),
    Column("所属保单号", "claim.policy_key", lambda c: c.policy_number),
    Column("出险人客户号", "claim.customer_key", lambda c: c.insured_key),
    Column("理赔类型", "claim.kind", lambda c: c.kind),
    Column("案件状态", "claim.status", lambda c: c.status),
    Column("报案日期", "claim.reported_on", lambda c: c.reported_text or spelled(c.reported)),
    Column("结案日期", "claim.decided_on", lambda c: spelled(c.decided)),
    Column("出险经过", "claim.description", lambda c: c.description),
    Column("诊断结果", "claim.diagnosis", lambda c: c.diagnosis),
    Column("赔付金额", "claim.amount", lambda c: f"{c.amount}.00" if c.amount else ""),
    Column("经办人工号", "", lambda c: c.handler),
)
ASSIGNMENTS: Final[tuple[Column[Assignment], ...]] = (
    Column("客户号", "assignment.customer_key", lambda a: a.customer_key),
    Column("代理人工号", "assignment.staff_no", lambda a: a.staff_no),
    Column("指派日期", "assignment.since", lambda a: f"{a.since:%Y%m%d}"),
)
PRODUCTS: Final[tuple[Column[Product], ...]] = (
    Column("产品代码", "product.code", lambda p: p.code),
    Column("产品名称", "product.name", lambda p: p.name),
    Column("产品类别", "product.category", lambda p: p.category),
    Column("保险期间", "product.term", lambda p: p.term),
    Column("备案文号", "product.filing", lambda p: p.filing),
    Column("销售状态", "product.status", lambda p: "在售" if p.until == 9999 else "停售"),
)
INTERMEDIARIES: Final[tuple[Column[Intermediary], ...]] = (
    Column("中介机构代码", "intermediary.code", lambda i: i.code),
    Column("机构名称", "intermediary.name", lambda i: i.name),
    Column("渠道类型", "intermediary.channel", lambda i: i.channel),
    Column("合作协议编号", "intermediary.agreement", lambda i: i.licence),
    Column("合作状态", "intermediary.status", lambda i: i.status),
)
UNITS: Final[tuple[Column[Unit], ...]] = (
    Column("机构代码", "unit.code", lambda u: u.code),
    Column("机构名称", "unit.name", lambda u: u.name),
    Column("上级机构代码", "unit.parent", lambda u: u.parent),
    Column("机构类型", "unit.kind", lambda u: u.kind),
    Column("所在地", "unit.seat", lambda u: u.seat),
)
STAFF: Final[tuple[Column[Staff], ...]] = (
    Column("工号", "staff.staff_no", lambda s: s.staff_no),
    Column("姓名", "staff.name", lambda s: s.name),
    Column("登录名", "staff.username", lambda s: s.username),
    Column("岗位", "staff.role", lambda s: s.role),
    Column("所属机构代码", "staff.unit", lambda s: s.unit),
    Column("手机号", "staff.mobile", lambda s: s.mobile),
    Column("住址", "staff.address", lambda s: s.address),
    Column("入司日期", "staff.joined_on", lambda s: s.joined),
)
CUSTOMER_SHEETS: Final = {
    "个人客户": PERSONS,
    "境外客户": ABROAD,
    "单位客户": ORGANISATIONS,
    households.LEGACY: OLD_PERSONS,
}
