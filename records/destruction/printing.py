"""The certificate as it is printed: one page of A4 in each language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from access import law
from access.law import reading, words
from custodian import clock, pdf
from records.destruction import batches, stores
from records.destruction.batches import Fate
from records.models import DestructionBatch

LANGUAGES: Final = {"zh-hans": "zh", "en": "en"}


def page(batch: DestructionBatch, body: bytes, language: str) -> bytes:
    """What the signed `body` says, and its hash: by that paper and file are known to belong together."""
    said, digest = json.loads(body), hashlib.sha256(body).hexdigest()
    with override(language):
        content = _printed(batch, said, digest, LANGUAGES[language])
        return pdf.compile_pdf("certificate.typ", content, at=clock.now())


def _printed(
    batch: DestructionBatch, said: Mapping[str, Any], digest: str, language: str
) -> dict[str, Any]:
    insurer = settings.CUSTODIAN_INSURER_NAME[language]
    kinds = {code: str(label) for code, label in batches.KINDS}
    fates = dict(Fate.choices)
    title = _("销毁凭证 %(code)s") % {"code": batch.code}
    approved = _("、").join(f"{each['name']} {each['no']}" for each in said["approved"])
    asked = said["requested"]
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": title,
        "insurer": insurer,
        "mark": f"{insurer} · {title}",
        "page": _("第 {n} 页，共 {m} 页"),
        "lede": _lede(said),
        # Who and when at the left, how many at the right.
        "facts": [
            [_("保险公司"), insurer],
            [_("批准的保管号"), f"{said['approved-holdings']:,}"],
            [_("批次"), batch.code],
            [_("提交前已排除"), f"{said['excluded-before']:,}"],
            [_("到期日"), said["due"]],
            [_("全部销毁的客户"), f"{said['customers-destroyed']:,}"],
            [_("提出人"), f"{asked.get('name', '')} {asked.get('no', '')}"],
            [_("部分保留的客户"), f"{said['customers-kept-in-part']['customers']:,}"],
            [_("批准人"), approved],
            [_("备份中最迟不可读"), said["unreadable-in-backups-from"]],
            [_("完成时间"), f"{clock.local(clock.now()):%Y-%m-%d %H:%M:%S %z}"],
            ["", ""],
        ],
        "hashes": [[_("内容指纹"), said["set"]], [_("签名文件的 SHA-256"), digest]],
        "destroyed_title": _("已销毁"),
        "destroyed_heads": [_("分类"), _("依据"), _("账册"), _("保管号")],
        "destroyed": [
            [kinds[row["kind"]], rule_words(row["rule"]), row["book"], f"{row['holdings']:,}"]
            for row in said["destroyed"]
        ],
        "no_destroyed": _("没有。"),
        "left_title": _("批准之后未销毁"),
        "left_heads": [_("原因"), _("说明"), _("保管号")],
        "left": [
            [str(fates[row["state"]]), row["because"], f"{row['holdings']:,}"] for row in said["left-out"]
        ],
        "nothing": _("没有。批准的全部销毁。"),
        "remains_title": _("这些客户仍保存的资料"),
        "remains_heads": [_("分类"), _("依据"), _("保管号")],
        "remains": [
            [kinds[row["kind"]], rule_words(row["rule"]), f"{row['holdings']:,}"]
            for row in said["customers-kept-in-part"]["holdings"]
        ],
        "no_remains": _("没有。"),
        "scan_title": _("残留检查"),
        "scan_heads": [_("位置"), _("查找的编号"), pgettext("残留", "发现")],
        "scan": [
            [_store(row["store"]), f"{row['for']:,}", _found(row)] for row in said["scan"]["looked"]
        ],
        "residues": list(said["scan"]["residues"]),
    }  # fmt: skip


def _lede(said: Mapping[str, Any]) -> str:
    if not said["destroyed"]:
        return _("这一批没有销毁任何资料，批准的都保留下来。凭证已签名，摘要写入查询日志。")
    return _(
        "以下资料的数据密钥、盲索引与加密存储的内容已经销毁，在运行中的系统里无法再读出。"
        "凭证已签名，摘要写入查询日志。"
    )


def _found(row: Mapping[str, Any]) -> str:
    return f"{row['found']:,}" if row["reached"] else _("未能查找")


def rule_words(code: str) -> str:
    """A rule as people read it: the law and its clause, or whose choice it is."""
    if code.startswith(reading.OWN):
        return _("本公司默认 %(n)s") % {"n": code}
    try:
        rule = reading.rule(code)
    except law.UnknownRule:
        return code
    return words.cite(law.clause(rule.clause)) if rule.clause else code


def _store(name: str) -> str:
    return next((str(each.label) for each in stores.stores if each.name == name), name)
