"""The words of access: roles, purposes, channels and how far a role reaches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    AGENT = "agent", _("代理人")
    CLAIMS_HANDLER = "claims_handler", _("理赔人员")
    SERVICE_DESK = "service_desk", _("客服")
    COMPLIANCE_OFFICER = "compliance_officer", _("合规官")
    SECURITY_OFFICER = "security_officer", _("安全官")
    AUDITOR = "auditor", _("审计")
    REGULATOR = "regulator", _("监管")
    ADMINISTRATOR = "administrator", _("系统管理员")
    CUSTOMER = "customer", pgettext_lazy("岗位", "客户本人")
    PARTNER = "partner", pgettext_lazy("岗位", "合作方")
    SYSTEM = "system", _("系统作业")


class Purpose(models.TextChoices):
    FOLLOW_UP = "follow_up", _("回访")
    POLICY_SERVICE = "policy_service", _("保全")
    UNDERWRITING = "underwriting", _("核保")
    CLAIM = "claim", _("理赔")
    PAYMENT = "payment", _("给付")
    COMPLAINT = "complaint", _("投诉处理")
    MARKETING = "marketing", _("营销")
    SURVEY = "survey", _("满意度调查")
    SHARING = "sharing", _("提供给合作方")
    COMPLIANCE = "compliance", _("合规检查")
    AUDIT = "audit", pgettext_lazy("用途", "审计")
    REGULATION = "regulation", _("监管检查")
    SECURITY = "security", _("安全调查")
    IMPORT = "import", _("导入")
    TRANSFER = "transfer", _("业务转让")
    SELF = "self", _("本人查看")
    SYSTEM = "system", _("系统作业")
    OTHER = "other", _("其他")


# Nothing but a customer's consent allows these: who has not said yes is left alone (PIPL art. 13, 16).
OPTIONAL = frozenset({Purpose.MARKETING.value, Purpose.SURVEY.value, Purpose.SHARING.value})


class Channel(models.TextChoices):
    DESK = "desk", _("业务台")
    ADMIN = "admin", _("合规后台")
    PORTAL = "portal", _("客户服务")
    REGULATOR = "regulator", _("监管专区")
    API = "api", _("接口")
    COMMAND = "command", _("命令行")
    TASK = "task", _("后台作业")


class Reach(models.TextChoices):
    """How far a rule goes, narrow to wide; the order is the meaning."""

    NONE = "none", _("无")
    OWN = "own", _("名下客户")
    CASE = "case", _("名下及受理的客户")  # also those lent for a piece of work
    UNIT = "unit", _("本机构")
    ALL = "all", _("全部")

    @property
    def width(self) -> int:
        return list(Reach).index(self)


STAFF_ROLES = tuple(role for role in Role if role not in {Role.CUSTOMER, Role.PARTNER, Role.SYSTEM})
