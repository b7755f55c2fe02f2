"""What the sign-in keeps of a customer, as a destruction takes it away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from custodian import clock
from records.destruction import stores
from records.destruction.stores import Gone, Residue
from records.models import ContactFlag, Entrance, EntryCode, Representation, SignInCode
from records.sign_in import limits

MOST = 20


class _SignIn:
    """Codes, doubts about contacts, visits, and who was put up to act for her."""

    name = "sign-in"
    label = _("登录记录与代表登记")

    def purge(self, gone: Gone) -> None:
        for rows in _rows([each.pk for each in gone.whole]):
            rows.delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for rows in _rows([each.pk for each in gone.whole]):
            for each in rows[:MOST]:
                yield Residue(self.name, f"{rows.model.__name__} {each.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _rows(subjects: list[int]) -> list[Any]:
    hers, any_part = Q(subject__in=subjects), Q(subject__in=subjects) | Q(by__in=subjects)
    put_up = Q(subject__in=subjects) | Q(representative__in=subjects)
    return [
        SignInCode.objects.filter(hers),
        EntryCode.objects.filter(hers),
        ContactFlag.objects.filter(hers),
        Entrance.objects.filter(any_part),
        Representation.objects.filter(put_up),
    ]


def tidy() -> None:
    """A year after they ended, printed codes and doubts go; visits have their own time."""
    before: timedelta = limits.ENTRANCES_KEPT
    EntryCode.objects.filter(expires_at__lt=clock.now() - before).delete()
    ContactFlag.objects.filter(until__lt=clock.now() - before).delete()


stores.register(_SignIn())
