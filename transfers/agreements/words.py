"""Agreements in words: where one stands, and its terms line by line, beside what they were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.exports.approving import element_words
from access.models import Unit
from access.vocabulary import Purpose
from custodian import clock, elements
from records.models import Book, Product
from transfers.agreements.drafting import waiting_of
from transfers.agreements.ending import ending_of
from transfers.agreements.terms import RESULTS, Terms, required, term_name
from transfers.models import Agreement, AgreementPaper

Lines = list[tuple[Any, Sequence[Any]]]
NEAR: Final = timedelta(days=30)
_SETTLED: Final = gettext_lazy("合同约定")


def version(number: int) -> str:
    return _("第 %(number)s 版") % {"number": number}


def state(agreement: Agreement) -> tuple[str, str]:
    """In a word, with the tone of its tag."""
    if agreement.terms is None:
        asked = agreement.status == Agreement.Status.ASKED
        return str(agreement.get_status_display()), "warn" if asked else ""
    if agreement.is_over:
        if agreement.proven_at is None:
            return _("已结束，缺返还或删除的证明"), "danger"
        return _("已结束"), ""
    return _running(agreement)


def _running(agreement: Agreement) -> tuple[str, str]:
    if ending_of(agreement) is not None:
        return _("生效，待复核提前结束"), "warn"
    if waiting_of(agreement) is not None:
        return _("生效，有修改待复核"), "warn"
    if not agreement.is_running:
        return _("尚未到期限的第一天"), "info"
    over = agreement.over_at
    if over is not None and over - clock.now() <= NEAR:
        return _("生效，即将到期"), "warn"
    return str(agreement.get_status_display()), "ok"


def lines(
    terms: Terms, papers: Mapping[str, AgreementPaper], *, before: Terms | None = None
) -> Lines:
    """Every term; of a change the former value stands before the new one."""
    now, then = _lines(terms, papers), dict(_lines(before, papers)) if before else {}
    return [
        (label, values if before is None or then.get(label) == values else _changed(then, label, values))
        for label, values in now
    ]  # fmt: skip


def _changed(then: Mapping[Any, Sequence[Any]], label: Any, values: Sequence[Any]) -> list[str]:
    joined = _("、").join(map(str, then.get(label, ()))) or "—"
    return [f"{joined} → " + _("、").join(map(str, values))]


def _lines(terms: Terms, papers: Mapping[str, AgreementPaper]) -> list[tuple[str, list[str]]]:
    assessed = " · ".join(
        filter(None, (terms.assessed_on, terms.assessed_by, str(RESULTS.get(terms.assessed, ""))))
    )
    said: list[tuple[Any, list[Any]]] = [
        (gettext_lazy("名称"), [terms.title]),
        (pgettext_lazy("协议", "性质"), [Agreement.Part(terms.part).label]),
        (gettext_lazy("用途"), [dict(Purpose.choices).get(terms.purpose, terms.purpose)]),
        (gettext_lazy("处理目的"), [terms.why]),
        (gettext_lazy("处理方式"), [terms.method]),
        (gettext_lazy("信息项"), [element_words(c) for c in terms.elements if elements.known(c)]),
        (gettext_lazy("客户范围"), scope(terms)),
        (pgettext_lazy("协议", "期限"), [f"{terms.since} – {terms.until}"]),
        (gettext_lazy("安全评估"), [assessed or "—", *_paper(terms.assessment, papers)]),
        (gettext_lazy("影响评估编号"), [terms.pipia or "—"]),
        (gettext_lazy("合同"), _paper(terms.contract, papers) or ["—"]),
        (_SETTLED, _settled(terms)),
        (gettext_lazy("转委托"), _subs(terms, papers)),
        (gettext_lazy("事件告知"), [incident(terms)]),
    ]
    return [(str(label), [str(each) for each in values]) for label, values in said]


def scope(terms: Terms) -> list[str]:
    """Which customers it is about, in words; by none of them: all."""
    units = Unit.objects.filter(code__in=terms.units).order_by("code")
    products = Product.objects.filter(code__in=terms.products)
    found = [str(each) for each in Book.objects.filter(code__in=terms.books)]
    found += [f"{each} {each.code}" for each in products]
    found += [f"{each} {each.code}" for each in units]
    return found or [_("全部客户")]


def incident(terms: Terms) -> str:
    return _("%(hours)s 小时内告知 %(whom)s") % {
        "hours": terms.tell_hours, "whom": terms.tell_whom or "—",
    }  # fmt: skip


def _settled(terms: Terms) -> list[str]:
    known = required(terms.part, terms.first_day)
    return [term_name(each) for each in known if each.code in terms.settled] or ["—"]


def _subs(terms: Terms, papers: Mapping[str, AgreementPaper]) -> list[str]:
    return [
        " · ".join([each.name, each.work, *_paper(each.consent, papers)]) for each in terms.subs
    ] or [_("不转委托")]


def _paper(ref: str, papers: Mapping[str, AgreementPaper]) -> list[str]:
    paper = papers.get(ref)
    return [f"{paper.name} ({paper.sha256[:12]})"] if paper else []
