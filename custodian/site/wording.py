"""The words, tones and shapes of states, each said once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# What the log calls an act: word, tone, icon.
ACTS: dict[str, tuple[Any, str, str]] = {
    "list": (_("列表"), "", ""),
    "search": (_("检索"), "", ""),
    "view": (_("查看"), "", ""),
    "reveal": (_("揭示"), "warn", "eye"),
    "export": (_("导出"), "warn", "download"),
    "denied": (_("拒绝"), "danger", "cross"),
    "change": (_("变更"), "info", "edit"),
    "admin": (_("管理"), "", ""),
    "login": (_("登录"), "", ""),
    "login.failed": (_("登录失败"), "danger", "cross"),
    "logout": (_("退出登录"), "", ""),
    "import": (_("导入"), "info", "upload"),
    "step-up": (_("二次验证"), "", ""),
    "step-up.failed": (_("二次验证失败"), "danger", "cross"),
    "second-factor": (_("验证器密钥"), "warn", "eye"),
    "demo.begin": (_("演示开始"), "", ""),
    "writer.open": (_("开始写入"), "", ""),
    "writer.close": (_("停止写入"), "", ""),
    "void": (_("空号"), "", ""),
    "roll": (_("名册"), "", ""),
    "codes": (_("代码表"), "", ""),
    "key.rotate": (_("更换日志密钥"), "info", ""),
    "destroy": (_("销毁"), "danger", "trash"),
    "erase": (_("注销假名"), "danger", "trash"),
    "system": (_("系统作业"), "", ""),
    "machine": (_("机器读取"), "", ""),
}
# How far a log entry has come: word, squares filled, the square that does not fit.
PROOF_STATES: dict[str, tuple[Any, int, int | None]] = {
    "written": (_("已写入"), 1, None),
    "sealed": (_("已封存"), 2, None),
    "witnessed": (_("已见证"), 3, None),
    "verified": (_("已核验"), 4, None),
    "broken": (_("不一致"), 2, 2),
}
MARKS: dict[str, Any] = {
    "V1": _("✓✓ 原文已核"),
    "V2": _("✓ 转引"),
    "M": _("待核"),
    "default": _("本公司默认"),
}
JOB_STATES: dict[str, tuple[Any, str]] = {
    "queued": (_("排队"), ""),
    "awaiting": (_("等待复核"), ""),
    "running": (_("进行中"), ""),
    "paused": (_("已暂停"), ""),
    "failed": (_("失败，可续作"), "-danger"),
    "refused": (_("已拒收"), "-danger"),
    "done": (_("完成"), "-ok"),
}
# Incidents by the law's ladder, findings by ours: word and shape.
SEVERITIES: dict[str, tuple[Any, str]] = {
    "critical": (_("特别重大"), "octagon"),
    "major": (_("重大"), "triangle"),
    "significant": (_("较大"), "diamond"),
    "ordinary": (_("一般"), "ring"),
    "urgent": (_("紧急"), "octagon"),
    "high": (_("高"), "triangle"),
    "medium": (_("中"), "diamond"),
    "low": (_("低"), "ring"),
}
