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
from records.models import (
    ContactFlag,
    Correction,
    CustomerRequest,
    Entrance,
    EntryCode,
    Representation,
    SignInCode,
)
from records.sign_in import limits

MOST = 20


class _SignIn:
    """Codes, doubts about contacts, visits, and who was put up to act for her."""

    name = "sign-in"
    label = _("登录记录与代表登记")

    def purge(self, gone: Gone) -> None:
        for rows in _rows([each.pk for each in gone.whole]):
            rows.delete()
        for rows in _asked([each.pk for each in gone.whole]):
            rows.update(asker=None)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        whole = [each.pk for each in gone.whole]
        for rows in (*_rows(whole), *_asked(whole)):
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


def _asked(subjects: list[int]) -> list[Any]:
    """What they asked for somebody else, who may be a customer still."""
    return [model.objects.filter(asker__in=subjects) for model in (CustomerRequest, Correction)]


def tidy() -> None:
    """A year after they ended, printed codes and doubts go; visits have their own time."""
    before: timedelta = limits.ENTRANCES_KEPT
    EntryCode.objects.filter(expires_at__lt=clock.now() - before).delete()
    ContactFlag.objects.filter(until__lt=clock.now() - before).delete()


stores.register(_SignIn())
