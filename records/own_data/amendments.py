"""Her corrections in her own data: how each stands, and in a copy what it said before and after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian import clock, elements
from records import words
from records.corrections import sealing
from records.corrections import words as correction_words
from records.models import Correction, CorrectionItem, Customer, FormerValue
from records.vault import Plain

SHOWN: Final = 50
KIND: Final = "correction"
Texts = Mapping[tuple[UUID, str], str]
Line = tuple[Any, Any]


def of(customer: Customer, *, actor: Actor) -> list[Correction]:
    """Those that were handed in, whoever raised them, and her own drafts; a person's draft is his."""
    hers: QuerySet[Correction] = Correction.objects.visible_to(actor)
    rows = hers.filter(Q(raised_by=None) | Q(submitted_at__isnull=False), subject=customer.pk)
    return list(rows.order_by("-pk")[:SHOWN])


def holdings(customer: Customer, *, actor: Actor) -> dict[UUID, tuple[str, ...]]:
    """What can be opened of them: proposals and words under their own keys, and former values."""
    found: dict[UUID, tuple[str, ...]] = {}
    for each in of(customer, actor=actor):
        items = CorrectionItem.objects.filter(correction=each).order_by("number")
        found[each.holding] = (*items.values_list("element", flat=True), *_said(each))
    former = FormerValue.objects.filter(subject=customer.pk, correction__in=_keys(customer, actor))
    return found | {each.holding: (each.element,) for each in former}


def lines(correction: Correction, plain: Sequence[Plain], *, names: Collection[UUID]) -> list[Line]:
    """`names`: the holdings that `plain` is about here. Without it only how the correction stands."""
    texts = {(each.holding, each.element): each.text for each in plain if each.holding in names}
    found: list[Line] = [
        (_("状态"), correction_words.state(correction)),
        (_("提出人"), _("本公司人员，替您提出") if correction.raised_by_id else _("您本人")),
        (_("提出日"), _day(correction.submitted_at)),
        (_("办结日"), _day(correction.decided_at)),
        (_("不予更正的理由"), correction.get_refusal_display() if correction.refusal else None),
    ]
    found += _values(correction, texts)
    return [(label, value) for label, value in found if value]


def _values(correction: Correction, texts: Texts) -> list[Line]:
    former = {each.element: each for each in FormerValue.objects.filter(correction=correction)}
    found: list[Line] = []
    for item in CorrectionItem.objects.filter(correction=correction).order_by("number"):
        label, kept = elements.get(item.element).label, former.get(item.element)
        before = texts.get((kept.holding, item.element)) if kept else None
        found.append((_("%(what)s（改前）") % {"what": label}, _shown(item.element, before)))
        after = texts.get((correction.holding, item.element))
        found.append((_("%(what)s（改后）") % {"what": label}, _shown(item.element, after)))
    said = {sealing.NOTE: _("补充说明"), sealing.REFUSAL: _("给您的说明")}
    return found + [(label, texts.get((correction.holding, code))) for code, label in said.items()]


def _shown(element: str, text: str | None) -> str | None:
    return words.in_words(element, text) if text else None


def _said(correction: Correction) -> list[str]:
    columns = {sealing.NOTE: correction.note_sealed, sealing.REFUSAL: correction.refusal_sealed}
    return [code for code, blob in columns.items() if blob is not None]


def _keys(customer: Customer, actor: Actor) -> list[int]:
    return [each.pk for each in of(customer, actor=actor)]


def _day(moment: Any) -> Any:
    return clock.local(moment).date() if moment else None
