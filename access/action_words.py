"""What each act is called where the log tells of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.actions import Action

WORDS: Mapping[str, Promise | str] = {
    Action.ALERT_READ: _("阅看事件告警"),
    Action.API_TOKEN_GRANT: _("授予接口令牌"),
    Action.API_TOKEN_ISSUE: _("签发接口令牌"),
    Action.API_TOKEN_READ: _("阅看接口令牌"),
    Action.API_TOKEN_REVOKE: _("吊销接口令牌"),
    Action.APPROVAL_READ: _("阅看审批"),
    Action.APPROVAL_RULE_APPROVE: _("复核复核规则"),
    Action.APPROVAL_RULE_PROPOSE: _("提出复核规则"),
    Action.ASSIGNMENT_CHANGE: _("变更指派"),
    Action.AUTHENTICATE: _("登录"),
    Action.BACK_OFFICE_OPEN: _("打开合规后台"),
    Action.BUNDLE_PREPARE: _("准备取证包"),
    Action.BUNDLE_TAKE: _("下载取证包"),
    Action.BOOK_IMPORT: _("导入账册"),
    Action.BOOK_READ: _("阅看账册与导入"),
    Action.CASE_APPROVE: _("复核案件"),
    Action.CASE_CLOSE: _("结束案件"),
    Action.CASE_OPEN: _("开立案件"),
    Action.CASE_READ: _("阅看案件"),
    Action.CATALOGUE_READ: _("阅看信息目录"),
    Action.CHECKPOINT_TAKE: _("取走检查点"),
    Action.COUNTERPARTY_READ: _("阅看合作方"),
    Action.CUSTOMER_CHANGE: _("变更客户资料"),
    Action.CUSTOMER_CREATE: _("登记客户"),
    Action.CUSTOMER_LIST: _("列出客户"),
    Action.CUSTOMER_REVEAL: _("揭示客户资料"),
    Action.CUSTOMER_SEARCH: _("检索客户"),
    Action.CUSTOMER_VIEW: _("查看客户"),
    Action.DEMO_BEGIN: _("演示开始"),
    Action.DOCUMENT_ADD: _("归档文件"),
    Action.DOCUMENT_READ: _("揭示文件"),
    Action.FINDING_READ: _("阅看审计发现"),
    Action.LOG_CONTEXT_READ: _("揭示日志条目的理由"),
    Action.LOG_ENTRIES_READ: _("按范围阅看日志条目"),
    Action.LOG_EXPORT: _("导出查询日志"),
    Action.LOG_READ: _("阅看查询日志"),
    Action.LOG_SUBJECT_ERASE: _("注销客户在日志中的假名"),
    Action.LOG_SUBJECT_READ: _("查看日志条目涉及的客户"),
    Action.LOG_VERIFY: _("核验查询日志"),
    Action.PASSWORD_CHANGE: _("更改密码"),
    Action.PASSWORD_LINK_ISSUE: _("发出一次性链接"),
    Action.POLICY_RULE_APPROVE: _("复核访问规则"),
    Action.POLICY_RULE_PROPOSE: _("提出访问规则"),
    Action.POLICY_RULE_READ: _("阅看访问规则"),
    Action.POLICY_RULE_REPLAY: _("回放访问规则"),
    Action.QUARANTINE_FIX: _("更正隔离行"),
    Action.QUARANTINE_READ: _("揭示隔离行"),
    Action.SECOND_FACTOR_ENROL: _("绑定验证器"),
    Action.SECOND_FACTOR_SHOW: _("显示验证器密钥"),
    Action.SESSION_CLOSE: _("退出登录"),
    Action.STEP_UP: _("二次验证"),
    Action.UNIT_CHANGE: _("变更机构"),
    Action.USER_CHANGE: _("变更人员"),
    Action.USER_READ: _("阅看人员与机构"),
}
# The acts of the log, as a person filters them.
ACTS: Mapping[str, Promise | str] = {
    "search": _("检索"),
    "list": _("列表"),
    "view": _("查看"),
    "reveal": _("揭示"),
    "denied": _("拒绝"),
    "export": _("导出"),
    "change": _("变更"),
    "admin": _("管理"),
    "login": _("登录"),
    "login.failed": _("登录失败"),
    "logout": _("退出登录"),
    "step-up": _("二次验证"),
    "step-up.failed": _("二次验证失败"),
    "second-factor": _("验证器密钥"),
    "demo.begin": _("演示开始"),
    "writer.open": _("开始写入"),
    "writer.close": _("停止写入"),
    "void": _("空号"),
    "roll": _("名册"),
    "codes": _("代码表"),
    "key.rotate": _("更换日志密钥"),
    "erase": _("注销假名"),
}


def words(action: str) -> Promise | str:
    return WORDS.get(action, action)
