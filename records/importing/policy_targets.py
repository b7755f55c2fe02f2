"""Targets that tell about a policy or a claim."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from records.importing.target import Check, Target, element, structural

POLICY_TARGETS: Final[tuple[Target, ...]] = (
    element(
        "policy.number",
        _("保单号"),
        Check.CODE,
        "保单号 保单号码 保险单号 合同号 保险合同号 policynumber policyno policyid",
    ),
    element(
        "policy.sum_insured",
        _("保险金额"),
        Check.AMOUNT,
        "保险金额 保额 基本保额 基本保险金额 suminsured sumassured faceamount",
    ),
    element(
        "policy.premium",
        _("保险费"),
        Check.AMOUNT,
        "保险费 保费 期交保费 年交保费 应交保费 每期保费 premium premiumamount",
    ),
    element(
        "policy.beneficiaries",
        _("受益人"),
        Check.TEXT,
        "受益人 身故受益人 受益人姓名 受益人信息 beneficiary beneficiaries beneficiaryname",
    ),
    element(
        "policy.health_declaration",
        _("健康告知"),
        Check.TEXT,
        "健康告知 健康声明 健康状况 healthdeclaration health",
    ),
    element(
        "policy.query_password",
        _("查询密码"),
        Check.TEXT,
        "查询密码 保单密码 密码 querypassword password pin",
    ),
    element(
        "claim.number",
        _("赔案号"),
        Check.CODE,
        "赔案号 赔案号码 理赔号 案件号 报案号 立案号 claimnumber claimno claimid",
    ),
    element(
        "claim.description",
        _("事故经过"),
        Check.TEXT,
        "事故经过 出险经过 事故描述 案情 出险原因 description claimdescription",
    ),
    element(
        "claim.diagnosis",
        _("诊断"),
        Check.TEXT,
        "诊断 诊断结果 疾病诊断 病种 疾病名称 diagnosis icd10",
    ),
    element(
        "claim.amount",
        _("赔付金额"),
        Check.AMOUNT,
        "赔付金额 理赔金额 给付金额 赔款 索赔金额 claimamount amountpaid",
    ),
    structural("policy.key", _("保单关联编号"), Check.CODE, "保单编号 保单ID policykey"),
    structural(
        "policy.holder_key",
        _("投保人客户编号"),
        Check.CODE,
        "投保人客户号 投保人编号 投保人代码 投保客户号 holderid policyholderid "
        "policyholderkey ownerid",
    ),
    structural(
        "policy.holder_name",
        _("投保人姓名"),
        Check.NAME,
        "投保人 投保人姓名 投保人名称 policyholder policyholdername holdername ownername",
    ),
    structural(
        "policy.holder_id_number",
        _("投保人证件号码"),
        Check.ID_NUMBER,
        "投保人证件号码 投保人证件号 投保人身份证号 投保人身份证号码 "
        "policyholderidnumber holderidnumber",
    ),
    structural(
        "policy.insured_key",
        _("被保险人客户编号"),
        Check.CODE,
        "被保险人客户号 被保人客户号 被保险人编号 被保人编号 insuredid insuredkey",
    ),
    structural(
        "policy.insured_name",
        _("被保险人姓名"),
        Check.NAME,
        "被保险人 被保人 被保险人姓名 被保人姓名 insured insuredname",
    ),
    structural(
        "policy.insured_id_number",
        _("被保险人证件号码"),
        Check.ID_NUMBER,
        "被保险人证件号码 被保人证件号码 被保险人证件号 被保人证件号 "
        "被保险人身份证号 被保人身份证号 insuredidnumber",
    ),
    structural(
        "policy.relation",
        _("与投保人关系"),
        Check.WORD,
        "与投保人关系 投被保人关系 被保险人与投保人关系 与被保险人关系 关系 relation relationship",
    ),
    structural(
        "policy.beneficiary_id_number",
        _("受益人证件号码"),
        Check.ID_NUMBER,
        "受益人证件号码 受益人证件号 受益人身份证号 beneficiaryidnumber",
    ),
    structural(
        "policy.beneficiary_share",
        _("受益比例"),
        Check.WORD,
        "受益比例 受益份额 受益人比例 beneficiaryshare share",
    ),
    structural(
        "policy.beneficiary_relation",
        _("受益人与被保险人关系"),
        Check.WORD,
        "受益人与被保险人关系 受益人关系 beneficiaryrelation",
    ),
    structural(
        "policy.product_code",
        _("产品代码"),
        Check.CODE,
        "产品代码 险种代码 险种编码 产品编码 productcode plancode",
    ),
    structural(
        "policy.product_name",
        _("产品名称"),
        Check.WORD,
        "产品名称 险种名称 险种 产品 主险名称 productname product plan",
    ),
    structural(
        "policy.starts_on",
        _("生效日期"),
        Check.DATE,
        "生效日期 生效日 保单生效日 起保日期 保险起期 承保日期 startdate "
        "effectivedate issuedate startson",
    ),
    structural(
        "policy.ends_on",
        _("满期日期"),
        Check.DATE,
        "满期日期 满期日 终止日期 到期日期 保险止期 保单到期日 enddate maturitydate "
        "expirydate endson",
    ),
    structural(
        "policy.term_years",
        _("保险期间（年）"),
        Check.TERM,
        "保险期间 保障期间 保险期限 保险期间年 policyterm term termyears",
    ),
    structural(
        "policy.status",
        _("保单状态"),
        Check.POLICY_STATUS,
        "保单状态 合同状态 保单效力 状态 policystatus status",
    ),
    structural(
        "policy.pay_frequency",
        _("交费方式"),
        Check.PAY_FREQUENCY,
        "交费方式 缴费方式 交费频率 缴费频率 交费频次 payfrequency paymentfreq "
        "paymentfrequency premiummode",
    ),
    structural(
        "policy.next_due_on",
        _("下期应交日"),
        Check.DATE,
        "下期应交日 应交日 下次交费日 续期应交日 下期应缴日 交至日期 nextdueon "
        "nextduedate paidtodate",
    ),
    structural("claim.key", _("赔案关联编号"), Check.CODE, "赔案编号 理赔编号 claimkey"),
    structural(
        "claim.policy_key", _("所属保单号"), Check.CODE, "所属保单号 出险保单号 claimpolicynumber"
    ),
    structural(
        "claim.customer_key",
        _("出险人客户编号"),
        Check.CODE,
        "出险人客户号 出险人编号 出险人证件号码 claimantid",
    ),
    structural(
        "claim.kind",
        _("理赔类型"),
        Check.CLAIM_KIND,
        "理赔类型 赔案类型 给付责任 案件类型 出险类型 claimtype claimkind",
    ),
    structural(
        "claim.status", _("赔案状态"), Check.CLAIM_STATUS, "赔案状态 理赔状态 案件状态 claimstatus"
    ),
    structural(
        "claim.reported_on",
        _("报案日期"),
        Check.DATE,
        "报案日期 报案日 报案时间 申请日期 reportedon reporteddate reportdate",
    ),
    structural(
        "claim.decided_on",
        _("结案日期"),
        Check.DATE,
        "结案日期 核定日期 审核日期 结案日 赔付日期 decidedon decisiondate settlementdate",
    ),
)
