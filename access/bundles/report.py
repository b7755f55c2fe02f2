"""A bundle in words, as PDF: what it is, how it is checked, who did how much, and the first entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.action_words import ACTS
from access.vocabulary import Purpose
from custodian import clock, elements, pdf
from custodian.tlog.verify import Checkpoint

MOST_ROWS = 2_000


@dataclass
class Tally:
    """Gathered while the bundle is written: counts of everything, and the first rows."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: list[list[str]] = field(default_factory=list)

    def take(self, index: int, leaf: dict[str, Any]) -> None:
        self.counts[leaf["no"], leaf["act"]] += 1
        if len(self.rows) < MOST_ROWS:
            self.rows.append(_row(index, leaf))


@dataclass(frozen=True)
class Cover:
    """What stands on the first page besides the counts."""

    title: str
    recipient: str
    case: str
    scope: Sequence[tuple[str, str]]
    checkpoint: Checkpoint
    signed_at: datetime
    witnesses: Sequence[str]


def as_pdf(cover: Cover, tally: Tally) -> bytes:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    tree = cover.checkpoint
    root = tree.root.hex()
    total = sum(tally.counts.values())
    content = {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": cover.title,
        "insurer": settings.CUSTODIAN_INSURER_NAME[language],
        "mark": f"{cover.recipient} · {cover.case}",
        "page": _("第 {n} 页，共 {m} 页"),
        "lede": _("本文件供阅读。以取证包中的条目与证明为准：任何增删改都会被核验程序发现。"),
        "facts": [
            [_("保险公司"), settings.CUSTODIAN_INSURER_NAME[language]],
            [_("接收人"), cover.recipient],
            [_("案件"), cover.case],
            *[list(each) for each in cover.scope],
            [_("条目"), f"{total:,}"],
            [_("日志"), tree.origin],
            [_("检查点"), _("%(size)s 条，根 %(root)s") % {"size": f"{tree.size:,}", "root": root}],
            [_("签署时间"), f"{clock.local(cover.signed_at):%Y-%m-%d %H:%M:%S %z}"],
            [_("见证"), _("、").join(cover.witnesses) or _("无")],
        ],
        "how_title": _("如何核验"),
        "how": [
            _("在您自己的电脑上安装 Python 3.9 以上与 cryptography 软件包。"),
            _("运行：python verify.py 取证包.zip --policy 您保存的策略 --checkpoint 您保存的检查点"),
            _("结果应为“完整”。若不是，请保留文件，不要重新下载，并拨打案件函上的电话。"),
        ],
        "counts_title": _("按操作人与动作"),
        "counts_heads": [_("工号"), _("动作"), _("条目")],
        "counts": [
            [number, str(ACTS.get(act, act)), f"{count:,}"]
            for (number, act), count in sorted(tally.counts.items())
        ],
        "rows_title": _("条目"),
        "rows_note": _("按序号排列，前 %(shown)s 条，共 %(total)s 条；全部见 entries.csv。时间为北京时间。")
        % {"shown": f"{len(tally.rows):,}", "total": f"{total:,}"},
        "heads": [_("序号"), _("时间"), _("工号"), _("机构"), _("动作"), _("信息项"), _("客户数")],
        "rows": tally.rows,
    }  # fmt: skip
    return pdf.compile_pdf("bundle.typ", content, at=cover.signed_at)


def _row(index: int, leaf: dict[str, Any]) -> list[str]:
    when = datetime.fromisoformat(leaf.get("at", leaf["ts"])).astimezone(clock.OFFICE)
    labels = [str(elements.get(code).label) for code in leaf["fields"] if elements.known(code)]
    purpose = dict(Purpose.choices).get(leaf["purp"], leaf["purp"])
    act = str(ACTS.get(leaf["act"], leaf["act"]))
    return [
        f"{index:,}",
        f"{when:%Y-%m-%d %H:%M:%S}",
        leaf["no"],
        leaf["unit"],
        act,
        _("、").join(filter(None, [str(purpose), *labels])),
        str(leaf["n"]),
    ]


def signed_at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
