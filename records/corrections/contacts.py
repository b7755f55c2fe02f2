"""Which contacts on file a code may go to: none that is being changed, new, or somebody's of the staff.

An agent who wrote his own number into a customer's file must not get her codes, and two agents no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from custodian import clock, elements
from records.corrections import groups, recording
from records.models import BlindIndex, Correction, CorrectionItem, FormerValue, StaffTrace

# A number of more customers than these is a family's no more; company default.
SHARED: Final = 3
# A contact that was changed confirms nothing for a while; company default.
FRESH: Final = timedelta(days=3)
WHY: Final[Mapping[str, Promise | str]] = {
    "changing": _("这次要改的就是它"),
    "fresh": _("刚刚更改过，三天内不能用来确认"),
    "shared": _("不止您一个人在用"),
    "staff": _("与本公司人员登记的联系方式相同"),
}


@dataclass(frozen=True)
class Contact:
    """A contact on file, and why it is not fit to confirm anything; nothing if it is."""

    element: str
    against: str = ""

    @property
    def label(self) -> Any:
        return elements.get(self.element).label

    @property
    def fit(self) -> bool:
        return not self.against

    @property
    def why(self) -> Promise | str:
        return WHY.get(self.against, "")


def of_subject(subject: int, *, changing: Iterable[str] = ()) -> list[Contact]:
    """Those that are on file, mobile before e-mail; `changing` are the elements that are to be corrected."""
    with scopes.acting(actors.system(recording.WRITER)):
        return [
            Contact(element, _against(subject, element, frozenset(changing)))
            for element in groups.CONTACTS
            if _digests(subject, element)
        ]


def of_correction(correction: Correction) -> list[Contact]:
    with scopes.acting(actors.system(recording.WRITER)):
        items = CorrectionItem.objects.filter(correction=correction)
        changing = list(items.values_list("element", flat=True))
    return of_subject(correction.subject_id, changing=changing)


def is_fit(subject: int, element: str, *, changing: Iterable[str] = ()) -> bool:
    found = {each.element: each for each in of_subject(subject, changing=changing)}
    return element in found and found[element].fit


def _against(subject: int, element: str, changing: frozenset[str]) -> str:
    if element in changing:
        return "changing"
    digests = _digests(subject, element)
    if StaffTrace.objects.filter(element=element, digest__in=digests).exists():
        return "staff"
    others = BlindIndex.objects.current().filter(element=element, digest__in=digests)
    if others.exclude(subject_id=subject).values("subject_id").distinct().count() >= SHARED:
        return "shared"
    since = clock.now() - FRESH
    replaced = FormerValue.objects.filter(subject_id=subject, element=element, until__gt=since)
    added = CorrectionItem.objects.filter(
        subject_id=subject,
        element=element,
        correction__status=Correction.Status.APPLIED,
        correction__decided_at__gt=since,
    )
    return "fresh" if replaced.exists() or added.exists() else ""


def _digests(subject: int, element: str) -> list[bytes]:
    rows = BlindIndex.objects.current().filter(subject_id=subject, element=element)
    return [bytes(each) for each in rows.values_list("digest", flat=True)]
