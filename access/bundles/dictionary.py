"""The data dictionary: what every code and field of an entry means, in both languages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access.action_words import ACTS, WORDS
from access.reasons import MESSAGES
from access.vocabulary import Channel, Purpose
from custodian import elements

LANGUAGES = {"zh": "zh-hans", "en": "en"}
FIELDS: Mapping[str, Any] = {
    "v": _("格式版本"),
    "ts": _("取得位置的时间（世界协调时）"),
    "at": _("变更发生的时间；只在变更条目中出现"),
    "as": _("客户以何身份办理：self 本人，guardian 监护人，heir 继承人，authorised 授权代表"),
    "actor": _("操作人的假名，固定不变"),
    "no": _("操作人工号"),
    "unit": _("操作人所在机构代码"),
    "ch": _("渠道"),
    "act": _("动作"),
    "what": _("具体操作"),
    "purp": _("用途"),
    "n": _("涉及客户数"),
    "fields": _("信息项代码"),
    "mask": _("为 1 时只显示掩码"),
    "out": _("结果：ok 允许，denied 拒绝"),
    "why": _("理由代码"),
    "rule": _("作出决定的规则与版本"),
    "q": _("检索内容的当月记号，不能还原"),
    "ctx": _("密封的理由与判断依据的指纹"),
    "subj": _("客户记号的指纹"),
    "uid": _("本条的随机编号，用于计算客户记号"),
    "w": _("写入者会话"),
    "ws": _("会话内序号"),
    "wp": _("同一会话前一条的指纹"),
    "wm": _("写入者的带密钥记号"),
    "om": _("变更条目的带密钥记号"),
}
# What entries of changes, and of the log about itself, say besides.
FACTS: Mapping[str, Any] = {
    "account": _("所涉账户的工号"),
    "active": _("账户是否启用"),
    "affected-by": _("凭什么核算受影响名单"),
    "alert": _("事件告警的编号"),
    "alert-source": _("事件告警的来源"),
    "alerts": _("并入事件的告警数"),
    "again": _("为 1 时再次生成导出文件"),
    "answer": _("客户对业务转让的答复"),
    "answer-by": _("答复由谁、凭什么作出"),
    "approval": _("复核事项的编号"),
    "aware": _("知悉事件的时刻"),
    "assessment": _("影响评估的编号与版本"),
    "audit-rule": _("审计规则的代码"),
    "back": _("为 1 时复核被退回"),
    "base": _("所改规则的版本，0 为新增"),
    "before": _("此前的签名密钥"),
    "book": _("业务簿代码"),
    "acceptance": _("接收确认的摘要"),
    "bundle": _("取证包的编号"),
    "campaign": _("权限复核的编号"),
    "case": _("案件编号"),
    "changed": _("改动的栏目"),
    "clock": _("所报告的时限的代码"),
    "clocks": _("重算后有变的时限数"),
    "closed": _("办结的事项数"),
    "contact": _("联系方式的种类"),
    "confirmed": _("更正以何种方式得到客户确认"),
    "capacity": _("代表人的身份"),
    "consent": _("所同意的用途的代码"),
    "consent-by": _("同意由谁、凭什么作出"),
    "consent-said": _("同意、不同意或撤回"),
    "correction": _("更正申请的编号"),
    "corrected": _("为 1 时更正先前登记的起算日"),
    "course": _("课程代码"),
    "data-room": _("尽调资料的编号"),
    "day": _("所审计的日期"),
    "digest": _("内容的指纹"),
    "doubt": _("联系方式为何存疑"),
    "document": _("文件种类"),
    "downloads": _("至此下载了几次"),
    "elements": _("获准的信息项"),
    "entry-code": _("登录码的编号"),
    "end": _("权限到期的处理"),
    "ended": _("结束了几次登录"),
    "export": _("导出的编号"),
    "files": _("文件的指纹"),
    "finding": _("审计发现的编号"),
    "for": _("获准的用途"),
    "freeze": _("冻结的编号"),
    "found": _("发现的次数"),
    "grant": _("临时授权的编号"),
    "handover-key": _("接收移交包的一次性密钥的编号"),
    "incident": _("事件的编号"),
    "incident-kind": _("事件的种类"),
    "item": _("工作事项的编号"),
    "items": _("工作事项数"),
    "keep": _("为 1 时保留，为 0 时取消"),
    "key": _("为 1 时申请放行客户的日志密钥"),
    "key_id": _("被销毁的日志密钥的指纹"),
    "keys": _("签名密钥的公开部分"),
    "kind": _("复核事项的种类"),
    "leaves": _("离职日"),
    "letters": _("转让告知信的批次编号"),
    "link-kind": _("与事件关联的是什么"),
    "looks": _("查询的次数"),
    "lost": _("中断的写入者会话"),
    "manager": _("直接上级的工号"),
    "may": _("令牌可做的操作"),
    "merge-case": _("疑似重复的核对"),
    "notice": _("离职通知日"),
    "occurred": _("事件发生的时刻"),
    "on-time": _("为 1 时按时报告"),
    "op": _("同属一次操作的编号"),
    "outcome": _("处理结果"),
    "owner": _("负责人的编号"),
    "package": _("移交包的一次性编号"),
    "package-root": _("移交包的根值"),
    "part": _("第几段，共几段"),
    "passed": _("为 1 时考核通过"),
    "people": _("名册中的操作人数"),
    "product": _("险种代码"),
    "published": _("公开文本或其版本的代码"),
    "quota": _("限额的编号"),
    "release": _("转出确认的摘要"),
    "released": _("恢复使用的保管号数"),
    "representation": _("代表登记的编号"),
    "restricted": _("转为限制处理的保管号数"),
    "report": _("监管报告的编号"),
    "report-form": _("取出监管报告的哪一种文件"),
    "report-version": _("监管报告的版本"),
    "remedy": _("整改事项的编号"),
    "request": _("客户申请的编号"),
    "request-kind": _("客户申请的事项"),
    "request-step": _("客户申请的办理步骤"),
    "right": _("所复核权限的编号"),
    "role": _("岗位"),
    "roll": _("为 1 时要求记一次名册"),
    "root": _("名册的根"),
    "row": _("隔离行的编号"),
    "rows": _("解除关联的行数"),
    "rule-code": _("访问规则的编号"),
    "rule-kind": _("复核规则所管的事项"),
    "selection": _("选定的编号"),
    "score": _("考核得分（%）"),
    "seen": _("核验的证件种类"),
    "second_factor": _("为 1 时第二因素也已更换"),
    "sent": _("送出的告知信数"),
    "sha256": _("文件的摘要"),
    "sha256_en": _("英文审计报告的摘要"),
    "sha256_zh": _("中文审计报告的摘要"),
    "size": _("文件的字节数"),
    "side": _("在业务转让中是转出方还是转入方"),
    "state": _("新状态的指纹"),
    "stock": _("盘点的编号"),
    "subjects": _("申请导出的客户数"),
    "target": _("所涉人员的编号"),
    "timeline": _("记入事件经过的是什么"),
    "token": _("令牌的编号"),
    "tounit": _("所属机构代码"),
    "trace": _("泄露溯源的编号"),
    "traces": _("留下的指纹数"),
    "transfer": _("业务转让的编号"),
    "transfer-gate": _("业务转让的条件"),
    "transfer-paper": _("转让文件的种类"),
    "transfer-stage": _("业务转让的阶段"),
    "trigger": _("起算事件"),
    "undertaking": _("保密承诺代码"),
    "unnamed": _("未列出的中断会话数"),
    "upto": _("名册计到的序号"),
    "verdict": _("复盘的结论"),
    "version": _("课程或承诺的版本"),
    "vip": _("为 1 时列入重点名单"),
    "window": _("紧急访问的编号"),
    "withdrawn": _("为 1 时申请被撤回"),
    "yes": _("至此有几人批准"),
    "law-clause": _("法规条款的代码"),
    "law-clock": _("时限的代码"),
    "law-count": _("次数的代码"),
    "law-purpose": _("处理目的的代码"),
    "law-rule": _("保存规则的代码"),
    "law-year": _("工作日历的年份"),
    "hold": _("法律保留的编号"),
    "hold-scope": _("法律保留的范围种类"),
    "ground": _("法律保留的事由"),
    "review": _("下次复查日"),
    "count": _("机器读取的客户数"),
    "fault": _("检查结果：1 有异常，0 正常"),
    "held": _("新状态涉及的保管号数"),
    "place": _("存储位置的编号"),
    "scrub": _("密封值检查的编号"),
    "set": _("所读客户集合的指纹"),
    "claim": _("赔案编号"),
    "decision": _("第几项核定，及其种类"),
    "did": _("对赔案或合作方办了什么"),
    "needs": _("通知补充的材料数"),
    "terms": _("理赔规定适用的险种代码，house 为所有赔案"),
    "batch": _("销毁批次的编号"),
    "gone": _("销毁或删除的件数"),
    "records": _("到期删除的记录种类"),
    "term": _("所依的保存期限规则"),
    "key-kind": _("密钥的种类：kek 密钥加密密钥，index 盲索引密钥"),
    "key-version": _("密钥的版本号"),
    "keys-moved": _("换到新密钥之下的密钥或索引数"),
    "backup": _("备份的编号"),
    "gaps": _("恢复后查明的缺口"),
    "from-entry": _("丢失条目的起始序号"),
    "until-entry": _("丢失条目的截止序号，不含"),
    "relative": _("亲属申请的编号"),
    "copy": _("客户自己资料副本的编号"),
    "copy-format": _("副本的格式与语言"),
    "delay": _("延后显示的编号"),
    "partner": _("合作方的编号"),
    "agreement": _("合作协议的编号"),
    "paper": _("归档文件的种类"),
    "share": _("向合作方提供的编号"),
    "tellings": _("须告知合作方的更正数"),
    "sheets": _("重放的销毁凭据份数"),
    "holdings": _("重放时再次销毁的资料件数"),
}


def content() -> dict[str, Any]:
    return {
        "acts": _both(ACTS.items()),
        "operations": _both((str(key), words) for key, words in WORDS.items()),
        "purposes": _both(Purpose.choices),
        "channels": _both(Channel.choices),
        "reasons": _both(MESSAGES.items()),
        "elements": {
            each.code: {
                **_in_both(each.label),
                "class": each.cls.value,
                "level": each.level,
                "sensitive": each.sensitive,
            }
            for each in elements.catalogue()
        },
        "fields": _both(FIELDS.items()),
        "facts": _both(FACTS.items()),
    }


def encoded() -> bytes:
    text = json.dumps(content(), ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def digest() -> str:
    """The hash that a `codes` entry of the log holds, so that a later dictionary cannot be passed off."""
    return hashlib.sha256(encoded()).hexdigest()


def _both(pairs: Iterable[tuple[str, Any]]) -> dict[str, dict[str, str]]:
    return {str(code): _in_both(words) for code, words in pairs}


def _in_both(words: Any) -> dict[str, str]:
    said = {}
    for name, language in LANGUAGES.items():
        with override(language):
            said[name] = str(words)
    return said
