"""Where a column may go: elements of the catalogue, and the keys and facts that join rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What the rows of a sheet are."""

    CLAIMS = "claims"
    CUSTOMERS = "customers"
    MIXED = "mixed"
    POLICIES = "policies"


class Check(StrEnum):
    """How the values of a target are read."""

    ACCOUNT = "account"
    AGE = "age"
    AMOUNT = "amount"
    BIRTH_DATE = "birth-date"
    CLAIM_STATUS = "claim-status"
    CODE = "code"
    CUSTOMER_KIND = "customer-kind"
    DATE = "date"
    EMAIL = "email"
    ID_NUMBER = "id-number"
    ID_TYPE = "id-type"
    LANDLINE = "landline"
    MOBILE = "mobile"
    NAME = "name"
    PAY_FREQUENCY = "pay-frequency"
    POLICY_STATUS = "policy-status"
    RELATION = "relation"
    SEX = "sex"
    TERM = "term"
    TEXT = "text"
    VALID_UNTIL = "valid-until"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Target:
    code: str
    label: StrOrPromise
    check: Check
    headers: tuple[str, ...]
    element: bool = False


_declared: dict[str, Target] = {}


def _element(code: str, label: StrOrPromise, check: Check, headers: str) -> None:
    _declared[code] = Target(code, label, check, tuple(headers.split()), element=True)


def _structural(code: str, label: StrOrPromise, check: Check, headers: str) -> None:
    _declared[code] = Target(code, label, check, tuple(headers.split()))


_element(
    "identity.name",
    _("姓名"),
    Check.NAME,
    "姓名 客户姓名 客户名称 名称 单位名称 企业名称 公司名称 name fullname customername",
)
_element("identity.sex", _("性别"), Check.SEX, "性别 客户性别 sex gender")
_element(
    "identity.birth_date",
    _("出生日期"),
    Check.BIRTH_DATE,
    "出生日期 生日 出生年月日 出生年月 客户生日 birthdate dateofbirth dob birthday",
)
_element("identity.nationality", _("国籍"), Check.WORD, "国籍 国家 国家地区 nationality country")
_element("identity.occupation", _("职业"), Check.WORD, "职业 职业名称 工种 occupation job")
_element(
    "identity.id_type",
    _("证件类型"),
    Check.ID_TYPE,
    "证件类型 证件种类 证件类别 idtype documenttype",
)
_element(
    "identity.id_number",
    _("证件号码"),
    Check.ID_NUMBER,
    "证件号码 证件号 身份证号 身份证号码 身份证 公民身份号码 统一社会信用代码 组织机构代码 "
    "idnumber idno idcard nationalid socsecid ssn uscc",
)
_element(
    "identity.id_valid_until",
    _("证件有效期至"),
    Check.VALID_UNTIL,
    "证件有效期 证件有效期至 证件到期日 有效期限 证件有效期止 证件有效止期 身份证有效期 idvaliduntil idexpiry",
)
_element(
    "identity.mobile",
    _("手机号码"),
    Check.MOBILE,
    "手机号码 手机号 手机 移动电话 联系电话 联系方式 电话 mobile mobilephone phone phonenumber cellphone",
)
_element(
    "identity.landline",
    _("固定电话"),
    Check.LANDLINE,
    "固定电话 座机 家庭电话 单位电话 住宅电话 办公电话 landline telephone homephone",
)
_element(
    "identity.email", _("电子邮箱"), Check.EMAIL, "电子邮箱 邮箱 电子邮件 email emailaddress mail"
)
_element(
    "identity.address",
    _("地址"),
    Check.TEXT,
    "地址 联系地址 家庭地址 通讯地址 通信地址 住址 住所 居住地址 注册地址 address homeaddress",
)
_element(
    "identity.workplace",
    _("工作单位"),
    Check.TEXT,
    "工作单位 单位 就职单位 workplace employer company",
)
_element(
    "identity.legal_representative",
    _("法定代表人"),
    Check.NAME,
    "法定代表人 法人代表 法人 负责人 legalrepresentative",
)
_element(
    "financial.income", _("年收入"), Check.AMOUNT, "年收入 收入 家庭年收入 income annualincome"
)
_element(
    "financial.bank_name", _("开户银行"), Check.WORD, "开户银行 开户行 银行名称 银行 bank bankname"
)
_element(
    "financial.bank_account",
    _("银行账号"),
    Check.ACCOUNT,
    "银行账号 银行卡号 账号 卡号 银行账户 续期账号 bankaccount accountnumber accountno cardnumber iban",
)
_element(
    "policy.number",
    _("保单号"),
    Check.CODE,
    "保单号 保单号码 保险单号 合同号 保险合同号 policynumber policyno policyid",
)
_element(
    "policy.sum_insured",
    _("保险金额"),
    Check.AMOUNT,
    "保险金额 保额 基本保额 基本保险金额 suminsured sumassured faceamount",
)
_element(
    "policy.premium",
    _("保险费"),
    Check.AMOUNT,
    "保险费 保费 期交保费 年交保费 应交保费 每期保费 premium premiumamount",
)
_element(
    "policy.beneficiaries",
    _("受益人"),
    Check.TEXT,
    "受益人 身故受益人 受益人姓名 受益人信息 beneficiary beneficiaries beneficiaryname",
)
_element(
    "policy.health_declaration",
    _("健康告知"),
    Check.TEXT,
    "健康告知 健康声明 健康状况 healthdeclaration health",
)
_element(
    "policy.query_password",
    _("查询密码"),
    Check.TEXT,
    "查询密码 保单密码 密码 querypassword password pin",
)
_element(
    "claim.number",
    _("赔案号"),
    Check.CODE,
    "赔案号 赔案号码 理赔号 案件号 报案号 立案号 claimnumber claimno claimid",
)
_element(
    "claim.description",
    _("事故经过"),
    Check.TEXT,
    "事故经过 出险经过 事故描述 案情 出险原因 description claimdescription",
)
_element(
    "claim.diagnosis", _("诊断"), Check.TEXT, "诊断 诊断结果 疾病诊断 病种 疾病名称 diagnosis icd10"
)
_element(
    "claim.amount",
    _("赔付金额"),
    Check.AMOUNT,
    "赔付金额 理赔金额 给付金额 赔款 索赔金额 claimamount amountpaid",
)

_structural(
    "customer.key",
    _("客户编号"),
    Check.CODE,
    "客户号 客户编号 客户代码 客户ID customerid customerno customernumber customerkey recid personid",
)
_structural(
    "customer.kind",
    _("客户类型"),
    Check.CUSTOMER_KIND,
    "客户类型 客户类别 客户性质 customertype customerkind",
)
_structural("customer.age", _("年龄"), Check.AGE, "年龄 周岁 age")
_structural(
    "agent.staff_no",
    _("代理人工号"),
    Check.CODE,
    "代理人工号 业务员工号 业务员代码 代理人代码 营销员工号 业务员编号 服务人员工号 工号 agentno agentcode agentid staffno",
)
_structural(
    "intermediary.code",
    _("中介机构代码"),
    Check.CODE,
    "中介机构代码 中介代码 渠道代码 代理机构代码 银行网点代码 intermediarycode channelcode brokercode",
)
_structural(
    "unit.code",
    _("机构代码"),
    Check.CODE,
    "机构代码 管理机构代码 分公司代码 中支代码 承保机构 管理机构 unitcode branchcode",
)
_structural(
    "relation.kind",
    _("代表关系"),
    Check.RELATION,
    "与客户关系 监护关系 代表关系 relationkind representativerole",
)
_structural(
    "guardian.key",
    _("监护人客户编号"),
    Check.CODE,
    "监护人客户号 监护人编号 监护人证件号码 监护人身份证号 guardianid guardiankey",
)
_structural("guardian.name", _("监护人姓名"), Check.NAME, "监护人 监护人姓名 guardian guardianname")

_structural("policy.key", _("保单关联编号"), Check.CODE, "保单编号 保单ID policykey")
_structural(
    "policy.holder_key",
    _("投保人客户编号"),
    Check.CODE,
    "投保人客户号 投保人编号 投保人代码 投保客户号 holderid policyholderid policyholderkey ownerid",
)
_structural(
    "policy.holder_name",
    _("投保人姓名"),
    Check.NAME,
    "投保人 投保人姓名 投保人名称 policyholder policyholdername holdername ownername",
)
_structural(
    "policy.holder_id_number",
    _("投保人证件号码"),
    Check.ID_NUMBER,
    "投保人证件号码 投保人证件号 投保人身份证号 投保人身份证号码 policyholderidnumber holderidnumber",
)
_structural(
    "policy.insured_key",
    _("被保险人客户编号"),
    Check.CODE,
    "被保险人客户号 被保人客户号 被保险人编号 被保人编号 insuredid insuredkey",
)
_structural(
    "policy.insured_name",
    _("被保险人姓名"),
    Check.NAME,
    "被保险人 被保人 被保险人姓名 被保人姓名 insured insuredname",
)
_structural(
    "policy.insured_id_number",
    _("被保险人证件号码"),
    Check.ID_NUMBER,
    "被保险人证件号码 被保人证件号码 被保险人证件号 被保人证件号 被保险人身份证号 被保人身份证号 insuredidnumber",
)
_structural(
    "policy.relation",
    _("与投保人关系"),
    Check.RELATION,
    "与投保人关系 投被保人关系 被保险人与投保人关系 与被保险人关系 关系 relation relationship",
)
_structural(
    "policy.beneficiary_id_number",
    _("受益人证件号码"),
    Check.ID_NUMBER,
    "受益人证件号码 受益人证件号 受益人身份证号 beneficiaryidnumber",
)
_structural(
    "policy.beneficiary_share",
    _("受益比例"),
    Check.WORD,
    "受益比例 受益份额 受益人比例 beneficiaryshare share",
)
_structural(
    "policy.beneficiary_relation",
    _("受益人与被保险人关系"),
    Check.RELATION,
    "受益人与被保险人关系 受益人关系 beneficiaryrelation",
)
_structural(
    "policy.product_code",
    _("产品代码"),
    Check.CODE,
    "产品代码 险种代码 险种编码 产品编码 productcode plancode",
)
_structural(
    "policy.product_name",
    _("产品名称"),
    Check.WORD,
    "产品名称 险种名称 险种 产品 主险名称 productname product plan",
)
_structural(
    "policy.starts_on",
    _("生效日期"),
    Check.DATE,
    "生效日期 生效日 保单生效日 起保日期 保险起期 承保日期 startdate effectivedate issuedate startson",
)
_structural(
    "policy.ends_on",
    _("满期日期"),
    Check.DATE,
    "满期日期 满期日 终止日期 到期日期 保险止期 保单到期日 enddate maturitydate expirydate endson",
)
_structural(
    "policy.term_years",
    _("保险期间（年）"),
    Check.TERM,
    "保险期间 保障期间 保险期限 保险期间年 policyterm term termyears",
)
_structural(
    "policy.status", _("保单状态"), Check.POLICY_STATUS, "保单状态 合同状态 保单效力 policystatus"
)
_structural(
    "policy.pay_frequency",
    _("交费方式"),
    Check.PAY_FREQUENCY,
    "交费方式 缴费方式 交费频率 缴费频率 交费频次 payfrequency paymentfreq paymentfrequency premiummode",
)
_structural(
    "policy.next_due_on",
    _("下期应交日"),
    Check.DATE,
    "下期应交日 应交日 下次交费日 续期应交日 下期应缴日 交至日期 nextdueon nextduedate paidtodate",
)

_structural("claim.key", _("赔案关联编号"), Check.CODE, "赔案编号 理赔编号 claimkey")
_structural(
    "claim.policy_key", _("所属保单号"), Check.CODE, "所属保单号 出险保单号 claimpolicynumber"
)
_structural(
    "claim.customer_key",
    _("出险人客户编号"),
    Check.CODE,
    "出险人客户号 出险人编号 出险人证件号码 claimantid",
)
_structural(
    "claim.kind",
    _("理赔类型"),
    Check.WORD,
    "理赔类型 赔案类型 给付责任 案件类型 出险类型 claimtype claimkind",
)
_structural(
    "claim.status", _("赔案状态"), Check.CLAIM_STATUS, "赔案状态 理赔状态 案件状态 claimstatus"
)
_structural(
    "claim.reported_on",
    _("报案日期"),
    Check.DATE,
    "报案日期 报案日 报案时间 申请日期 reportedon reporteddate reportdate",
)
_structural(
    "claim.decided_on",
    _("结案日期"),
    Check.DATE,
    "结案日期 核定日期 审核日期 结案日 赔付日期 decidedon decisiondate settlementdate",
)

TARGETS: Final = _declared
FREE_TEXT: Final = frozenset({Check.NAME, Check.TEXT, Check.WORD})


def kinds_of(code: str) -> frozenset[Kind]:
    """The kinds of sheet a target says something about."""
    family = code.partition(".")[0]
    if family in ("identity", "financial", "customer", "guardian", "relation"):
        return frozenset({Kind.CUSTOMERS})
    if family in ("policy", "claim"):
        return frozenset({Kind.POLICIES if family == "policy" else Kind.CLAIMS})
    return frozenset({Kind.CUSTOMERS, Kind.POLICIES})
