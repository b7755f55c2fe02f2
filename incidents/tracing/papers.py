"""The printed report of a trace, in both languages: counts, arithmetic, bars, and what is uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from custodian import clock
from incidents.affected.labelling import label
from incidents.models import LeakTrace
from incidents.reports import facts as reading
from incidents.reports import referral_papers
from incidents.reports.telling import when
from incidents.tracing import layout_words, telling
from incidents.tracing.weighing import BARS, FEW, Strength
from records.blind_indexes import COMBINED

Said = Mapping[str, Any]
Line = list[Any]


def report(trace: LeakTrace, *, to: str) -> bytes:
    """No customer and no value of the list: there is none to print."""
    return referral_papers.printed(trace, lambda _language: _side(trace, to))


def _side(trace: LeakTrace, to: str) -> dict[str, Any]:
    said, title = telling.worded(trace.answer or {}), _("泄露溯源报告")
    return {
        "title": title,
        "mark": f"{trace.code} · {title}",
        "head": [
            *([[_("交给"), to]] if to else []),
            [_("溯源"), f"{trace.code} · {trace.label}"],
            [_("提交"), f"{trace.requested_by or '—'} · {when(reading.moment(trace.created_at))}"],
            [_("日志条目"), f"#{said['log_entry']:,}"],
            [_("制作时间"), when(reading.moment(clock.now()))],
        ],
        "facts_title": _("名单"),
        "facts": list(_counts(said)),
        "sections": [
            [_("怎样算的"), "\n".join(_method(said))],
            [_("说不准的"), "\n".join([str(telling.NO_VERDICT), *_doubts(said)])],
        ],
        "progress_title": _("最可能的来源"),
        "progress_heads": [_("是谁"), _("算式"), _("证据")],
        "progress": [*(_source(each, said) for each in said["candidates"]), *_pairs(said)],
    }


def _counts(said: Said) -> Iterator[Line]:
    yield [_("名单行数"), f"{said['rows']:,}", _("只在内存中比对，未保存")]
    by = _("、").join(f"{_element(code)} {n:,}" for code, n in sorted(said["matched_by"].items()))
    books = [each for each in said["sources"] if "book" in each]
    held = _("、").join(f"{each['book']} {each['customers']:,}" for each in books)
    ours = _("%(rows)s 行，%(n)s 人") % {
        "rows": f"{said['matched']:,}",
        "n": f"{said['customers']:,}",
    }
    yield [_("是本公司客户"), " · ".join(filter(None, (ours, held))), by]
    yield [_("不是本公司"), f"{said['not_ours']:,}", _("已丢弃")]
    yield from _layouts(said)
    if said["dated_by"]:
        dated = _("由 %(n)s 人已变更的值推断") % {"n": f"{said['dated_by']:,}"}
        yield [_("有的行早于"), when(said["taken_before"]), dated]
        yield [_("有的行晚于"), when(said["taken_after"]), dated]
    span = f"{when(said['since'])} – {when(said['until'])}"
    tried = _("比对了 %(n)s 个来源") % {"n": f"{said['tried']:,}"}
    yield [_("比对的查看"), span, tried]


def _element(code: str) -> str:
    return _("姓名和出生日期") if code == COMBINED else str(label(code))


def _layouts(said: Said) -> Iterator[Line]:
    for each in said["sources"]:
        if "layout" in each:
            reasons = _("；").join(one["words"] for one in each["because"])
            told = f"{each.get('word', '')} {each['company']}".strip()
            base = _("比对了 %(n)s 个登记的版式") % {"n": each["compared"]}
            yield [_("不是本公司的行像谁的"), " · ".join(filter(None, (told, reasons))), base]


def _method(said: Said) -> Iterator[str]:
    yield _(
        "占名单 = 其中在名单 ÷ 名单上的本公司客户。随机期望逐个机构相加：看过 × 在名单 ÷ 在册。"
        "倍数 = 其中在名单 ÷ 随机期望。巧合的机会是切尔诺夫不等式给出的上限，并乘以比对过的来源数。"
    )
    for strength in (Strength.STRONG, Strength.MODERATE, Strength.WEAK):
        bar = BARS[strength]
        yield _(
            "“%(word)s”：占名单至少 %(share)s，倍数至少 %(lift)s，巧合的机会不超过 %(chance)s。"
        ) % {
            "word": telling.STRENGTHS[strength],
            "share": f"{bar.share:.0%}",
            "lift": bar.lift,
            "chance": telling.number("chance", bar.chance),
        }
    yield _("重合不到 %(n)s 人的不作判断。这些门槛是本公司自定的，不是法律规定。") % {"n": FEW}


def _doubts(said: Said) -> Iterator[str]:
    yield _(
        "看过大半个机构的人，对这个机构的名单什么也说明不了；按工作挑出的名单会使做这项工作的人显得突出。"
    )
    yield _("只算在本系统里看过的：在别处抄录、拍照或从别的系统取得的，本系统不知道。")
    if any("layout" in each for each in said["sources"]):
        yield str(layout_words.NO_PROOF)


def _source(each: Said, said: Said) -> Line:
    numbers = {name: f"{each[name]:,}" for name in ("seen", "covered", "alone")} | {
        "listed": f"{said['customers']:,}",
        "share": f"{each['share']:.1%}",
        "expected": f"{each['expected']:,.1f}",
        "lift": telling.number("lift", each["lift"]),
        "hit": f"{each['hit']:.1%}",
        "chance": telling.number("chance", each["chance"]),
        "tried": f"{said['tried']:,}",
    }
    sums = (
        _(
            "占名单 %(covered)s ÷ %(listed)s = %(share)s；随机期望 %(expected)s 人；"
            "倍数 %(covered)s ÷ %(expected)s = %(lift)s；看过即在名单 %(covered)s ÷ %(seen)s = %(hit)s；"
            "巧合的机会 ≤ %(chance)s（已乘 %(tried)s）；别人没看过 %(alone)s 人"
        )
        % numbers
    )
    span = f"{when(each['first'])} – {when(each['last'])}"
    reasons = _("；").join(one["words"] for one in each["because"])
    word = str(telling.STRENGTHS[Strength(each["strength"])])
    return [
        f"{telling.KINDS[each['kind']]} {each['operator']}",
        f"{sums}。{span}",
        f"{word}：{reasons}",
    ]


def _pairs(said: Said) -> Iterator[Line]:
    for each in said["together"]:
        numbers = {
            "n": f"{each['covered']:,}",
            "all": f"{said['customers']:,}",
            "share": f"{each['share']:.1%}",
            "common": f"{each['common']:,}",
        }
        words = _("合起来占名单 %(n)s ÷ %(all)s = %(share)s，彼此重合 %(common)s 人") % numbers
        yield [" + ".join(each["operators"]), words, pgettext("溯源", "可能合谋")]
