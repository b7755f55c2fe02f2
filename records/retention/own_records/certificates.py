"""Certificates of destruction: after their time the lists and printed pages go, the signed sheet stays."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from custodian import clock
from records.models import CertificatePage, DestructionBatch, DestructionItem
from records.retention.own_records.declaring import Kept
from records.retention.own_records.terms import Term, beginning


class Certificates:
    """Stones rest on the batch and must outlast every backup, so the batch itself stays."""

    kind = "certificate"
    label = _("销毁凭证")
    about = "certificate"
    goes = _("删除打印页与逐份清单；签名的凭证与销毁标记保留")
    own: Term | None = None

    def count(self) -> int:
        return self._done().count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        return self._old(before).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        first = self._done().order_by("finished_at").first()
        return clock.local(first.finished_at).date() if first and first.finished_at else None

    def expire(self, before: date, most: int) -> int:
        gone = list(self._old(before).order_by("pk").values_list("pk", flat=True)[:most])
        CertificatePage.objects.filter(batch__in=gone).delete()
        DestructionItem.objects.filter(batch__in=gone).delete()
        return len(gone)

    def _done(self) -> QuerySet[DestructionBatch]:
        done: QuerySet[DestructionBatch] = DestructionBatch.objects.filter(
            stage=DestructionBatch.Stage.DONE
        )
        return done

    def _old(self, before: date) -> QuerySet[DestructionBatch]:
        pages = CertificatePage.objects.filter(batch=OuterRef("pk"))
        items = DestructionItem.objects.filter(batch=OuterRef("pk"))
        listed = Q(Exists(pages)) | Q(Exists(items))
        return self._done().filter(listed, finished_at__lt=beginning(before))
