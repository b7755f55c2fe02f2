"""Targets that tell about a customer, and who serves or represents him."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from records.importing.target import Check, Target, element, structural

CUSTOMER_TARGETS: Final[tuple[Target, ...]] = (
    element(
        "identity.name",
        _("姓名"),
        Check.NAME,
        "姓名 客户姓名 客户名称 名称 单位名称 企业名称 公司名称 name fullname customername",
    ),
    element("identity.sex", _("性别"), Check.SEX, "性别 客户性别 sex gender"),
    element(
        "identity.birth_date",
        _("出生日期"),
        Check.BIRTH_DATE,
        "出生日期 生日 出生年月日 出生年月 客户生日 birthdate dateofbirth dob birthday",
    ),
    element(
        "identity.nationality", _("国籍"), Check.WORD, "国籍 国家 国家地区 nationality country"
    ),
    element("identity.occupation", _("职业"), Check.WORD, "职业 职业名称 工种 occupation job"),
    element(
        "identity.id_type",
        _("证件类型"),
        Check.ID_TYPE,
        "证件类型 证件种类 证件类别 idtype documenttype",
    ),
    element(
        "identity.id_number",
        _("证件号码"),
        Check.ID_NUMBER,
        "证件号码 证件号 身份证号 身份证号码 身份证 公民身份号码 统一社会信用代码 组织机构代码 "
        "idnumber idno idcard nationalid socsecid ssn uscc",
    ),
    element(
        "identity.id_valid_until",
        _("证件有效期至"),
        Check.VALID_UNTIL,
        "证件有效期 证件有效期至 证件到期日 有效期限 证件有效期止 证件有效止期 "
        "身份证有效期 idvaliduntil idexpiry",
    ),
    element(
        "identity.mobile",
        _("手机号码"),
        Check.MOBILE,
        "手机号码 手机号 手机 移动电话 联系电话 联系方式 电话 mobile mobilephone "
        "phone phonenumber cellphone",
    ),
    element(
        "identity.landline",
        _("固定电话"),
        Check.LANDLINE,
        "固定电话 座机 家庭电话 单位电话 住宅电话 办公电话 landline telephone homephone",
    ),
    element(
        "identity.email",
        _("电子邮箱"),
        Check.EMAIL,
        "电子邮箱 邮箱 电子邮件 email emailaddress mail",
    ),
    element(
        "identity.address",
        _("地址"),
        Check.TEXT,
        "地址 联系地址 家庭地址 通讯地址 通信地址 住址 住所 居住地址 注册地址 address homeaddress",
    ),
    element(
        "identity.workplace",
        _("工作单位"),
        Check.TEXT,
        "工作单位 单位 就职单位 workplace employer company",
    ),
    element(
        "identity.legal_representative",
        _("法定代表人"),
        Check.NAME,
        "法定代表人 法人代表 法人 负责人 legalrepresentative",
    ),
    element(
        "financial.income", _("年收入"), Check.AMOUNT, "年收入 收入 家庭年收入 income annualincome"
    ),
    element(
        "financial.bank_name",
        _("开户银行"),
        Check.WORD,
        "开户银行 开户行 银行名称 银行 bank bankname",
    ),
    element(
        "financial.bank_account",
        _("银行账号"),
        Check.ACCOUNT,
        "银行账号 银行卡号 账号 卡号 银行账户 续期账号 bankaccount accountnumber "
        "accountno cardnumber iban",
    ),
    structural(
        "customer.key",
        _("客户编号"),
        Check.CODE,
        "客户号 客户编号 客户代码 客户ID customerid customerno customernumber "
        "customerkey recid personid",
    ),
    structural(
        "customer.kind",
        _("客户类型"),
        Check.CUSTOMER_KIND,
        "客户类型 客户类别 客户性质 customertype customerkind",
    ),
    structural("customer.age", _("年龄"), Check.AGE, "年龄 周岁 age"),
    structural(
        "agent.staff_no",
        _("代理人工号"),
        Check.CODE,
        "代理人工号 业务员工号 业务员代码 代理人代码 营销员工号 业务员编号 "
        "服务人员工号 工号 agentno agentcode agentid staffno",
    ),
    structural(
        "intermediary.code",
        _("中介机构代码"),
        Check.CODE,
        "中介机构代码 中介代码 渠道代码 代理机构代码 银行网点代码 intermediarycode "
        "channelcode brokercode",
    ),
    structural(
        "unit.code",
        _("机构代码"),
        Check.CODE,
        "机构代码 管理机构代码 分公司代码 中支代码 承保机构 管理机构 unitcode branchcode",
    ),
    structural(
        "relation.kind",
        _("代表关系"),
        Check.WORD,
        "与客户关系 监护关系 代表关系 relationkind representativerole",
    ),
    structural(
        "guardian.key",
        _("监护人客户编号"),
        Check.CODE,
        "监护人客户号 监护人编号 监护人证件号码 监护人身份证号 guardianid guardiankey",
    ),
    structural(
        "guardian.name", _("监护人姓名"), Check.NAME, "监护人 监护人姓名 guardian guardianname"
    ),
)
