"""Versions of what the insurer published: they count from when they were replaced, withdrawn or over."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, Least
from django.utils.translation import gettext_lazy as _

from custodian import clock
from custodian.regimes.periods import Period
from records.models import Consent, PublishedText, TextVersion, TextWithdrawal
from records.retention.own_records.declaring import Kept, Record, Rows, staying
from records.retention.own_records.terms import first_kept


def _ended() -> QuerySet[Any]:
    """Those that count no more, each with the day from which that is so."""
    later = TextVersion.objects.filter(text=OuterRef("text"), number__gt=OuterRef("number"))
    begun = later.exclude(withdrawal__on__lt=F("since")).order_by("since")
    rows = TextVersion.objects.annotate(
        ended=Least("withdrawal__on", "until", Subquery(begun.values("since")[:1]))
    )
    return rows.filter(ended__isnull=False)


# The database lets none go that was in force two years ago, whatever the house's own term says.
_AT_LEAST: Final = Period(months=24)


class _Texts(Rows):
    """A consent names the version that was shown by its code, which no foreign key protects."""

    def _old(self, before: date) -> QuerySet[Any]:
        floor = first_kept(_AT_LEAST, today=clock.local().date())
        return super()._old(min(before, floor))

    def free(self, before: date, going: Kept | None = None) -> QuerySet[Any]:
        code = Concat("text__slug", Value("-"), Cast("number", CharField()))
        rows: QuerySet[Any] = super().free(before, going).annotate(code=code)
        naming = Consent.objects.filter(notice=OuterRef("code"))
        return rows.filter(~Q(Exists(staying(Consent, naming, going or {}))))

    def expire(self, before: date, most: int) -> int:
        """The number is put down first: it is never given again, and without it no row may go."""
        going = list(self.free(before).order_by("pk").values_list("text", "number")[:most])
        for text in PublishedText.objects.filter(pk__in={text for text, _number in going}):
            text.gone = sorted({*text.gone, *(number for pk, number in going if pk == text.pk)})
            text.save(update_fields=["gone"])
        return super().expire(before, most)


def declared() -> tuple[Record, ...]:
    return (
        _Texts(
            "published-text", _("公开文本（规则、提示、公告）的旧版"), "published",
            _("删除失效的版本；编号保留，不再使用；同意记录或告知记录还指向的不删"),
            _ended, F("ended"), along=((TextWithdrawal, "version"),),
            everything=TextVersion.objects.all,
        ),
    )  # fmt: skip
