"""Which contacts on file may confirm a correction: those the sign-in trusts, and none that is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from custodian import clock, elements
from records.corrections import recording
from records.models import Correction, CorrectionItem, FormerValue
from records.sign_in import contacts as sign_in

# A contact that was changed confirms nothing for a while; company default.
FRESH: Final = timedelta(days=3)
WHY: Final[Mapping[str, Promise | str]] = {
    "changing": _("这次要改的就是它"),
    "flagged": _("有人标记过它不可靠"),
    "fresh": _("刚刚更改过，三天内不能用来确认"),
    "one-agent": _("同一位业务员的其他客户也在用"),
    "shared": _("不止您一个人在用"),
    "staff": _("与本公司人员登记的联系方式相同"),
    "unproven": _("由业务员登记，还没有经您确认"),
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
    named = frozenset(changing)
    with scopes.acting(actors.system(recording.WRITER)):
        return [
            _contact(subject, f"identity.{each.contact.value}", each.doubt, named)
            for each in sign_in.standings(subject)
            if not each.absent
        ]


def of_correction(correction: Correction) -> list[Contact]:
    with scopes.acting(actors.system(recording.WRITER)):
        items = CorrectionItem.objects.filter(correction=correction)
        changing = list(items.values_list("element", flat=True))
    return of_subject(correction.subject_id, changing=changing)


def is_fit(subject: int, element: str, *, changing: Iterable[str] = ()) -> bool:
    found = {each.element: each for each in of_subject(subject, changing=changing)}
    return element in found and found[element].fit


def _contact(subject: int, element: str, doubt: str, changing: frozenset[str]) -> Contact:
    if element in changing:
        return Contact(element, "changing")
    return Contact(element, doubt or ("fresh" if _is_fresh(subject, element) else ""))


def _is_fresh(subject: int, element: str) -> bool:
    since = clock.now() - FRESH
    replaced = FormerValue.objects.filter(subject_id=subject, element=element, until__gt=since)
    added = CorrectionItem.objects.filter(
        subject_id=subject,
        element=element,
        correction__status=Correction.Status.APPLIED,
        correction__decided_at__gt=since,
    )
    return replaced.exists() or added.exists()
