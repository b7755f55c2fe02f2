"""Records of what people learned and promised."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import Attempt, Reminder, Signature
from access.training import standing
from custodian import clock
from records.retention.own_records.declaring import Kept, Record, Rows
from records.retention.own_records.terms import Term, beginning


class Training:
    """Attempts count from when they were over, signatures from when other words took their place.

    The app may delete neither; the database does, and nothing that was valid two years ago.
    """

    kind = "training"
    label = _("培训与承诺")
    about = "training"
    goes = _("删除过期的考核与已被新版取代的签署；现行有效的不删")
    own: Term | None = None

    def count(self) -> int:
        return Attempt.objects.count() + Signature.objects.count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        return self._attempts(before).count() + self._signatures(before).count()

    def waiting(self, kept: Kept, over: int) -> int:
        before = kept[self.kind]
        signed = Signature.objects.filter(signed_at__lt=beginning(before))
        return signed.count() - self._signatures(before).count()

    def oldest(self) -> date | None:
        first = Attempt.objects.aggregate(oldest=Min(Coalesce("valid_until", "taken_at")))["oldest"]
        return clock.local(first).date() if first else None

    def expire(self, before: date, most: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_forget_training(%s, %s)", [beginning(before), most])
            gone = int(cursor.fetchone()[0])
        standing.forget()
        return gone

    def _attempts(self, before: date) -> QuerySet[Attempt]:
        ended = Attempt.objects.annotate(ended=Coalesce("valid_until", "taken_at"))
        return ended.filter(ended__lt=beginning(before), taken_at__lt=beginning(before))

    def _signatures(self, before: date) -> QuerySet[Signature]:
        replaced = Q(undertaking__until__lt=beginning(before))
        return Signature.objects.filter(replaced, signed_at__lt=beginning(before))


def declared() -> tuple[Record, ...]:
    return (
        Training(),
        Rows(
            "reminder", _("培训提醒"), "training", _("删除记录"), Reminder.objects.all, F("made_at")
        ),
    )
