"""How things stand: the last word of a customer for each purpose, and all that she said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from access.actors import Actor
from custodian import clock
from custodian.regimes.purposes import ProcessingPurpose
from records.consents import asking
from records.models import Consent, Customer

NOT_RECORDED: Final = "not-recorded"
GIVEN, REFUSED = Consent.Said.GIVEN.value, Consent.Said.REFUSED.value
WITHDRAWN = Consent.Said.WITHDRAWN.value
LABELS: Final[dict[str, Any]] = {
    NOT_RECORDED: pgettext_lazy("同意", "未记录"),
    **{each.value: each.label for each in Consent.Said},
}
TONES: Final = {GIVEN: "ok", REFUSED: "", WITHDRAWN: "warn", NOT_RECORDED: ""}


@dataclass(frozen=True)
class Standing:
    """One purpose as it stands for one customer; no `last`: nothing was ever recorded."""

    purpose: ProcessingPurpose
    last: Consent | None

    @property
    def state(self) -> str:
        return self.last.said if self.last else NOT_RECORDED

    @property
    def label(self) -> Any:
        return LABELS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def since(self) -> datetime | None:
        return self.last.at if self.last else None

    @property
    def by_day(self) -> bool:
        """Whether only the day is known: books seldom tell the hour."""
        last = self.last
        return (
            last is not None
            and last.by == Consent.By.IMPORT
            and clock.local(last.at).time() == time()
        )

    @property
    def how(self) -> list[Any]:
        """Who said it or what shows it; of a book's word also the book, the way, and the paper's number."""
        last = self.last
        if last is None:
            return []
        if last.by != Consent.By.IMPORT:
            return [last.get_by_display()]
        through = Consent.Through(last.channel).label if last.channel in Consent.Through else ""
        paper = _("凭证 %(number)s") % {"number": last.reference} if last.reference else ""
        book = _("随账册 %(book)s 导入") % {"book": last.source}
        return [each for each in (book, through, paper) if each]

    @property
    def given(self) -> bool:
        return self.state == GIVEN

    @property
    def recorded(self) -> bool:
        return self.last is not None

    @property
    def shut(self) -> bool:
        """Whether looks that rest on it are refused now."""
        no = self.state in {REFUSED, WITHDRAWN}
        return no or (self.purpose.optional and not self.given)

    @property
    def name(self) -> str:
        return asking.name(self.purpose)

    @property
    def says(self) -> str:
        return asking.says(self.purpose)

    @property
    def without(self) -> str:
        return asking.without(self.purpose)

    @property
    def basis(self) -> Any:
        return asking.basis(self.purpose)

    @property
    def ground(self) -> Any:
        return asking.ground(self.purpose)


def of_customer(customer: Customer, *, actor: Actor) -> list[Standing]:
    """Every purpose that she is asked about, in the order of the register."""
    last = latest([customer.pk], actor=actor)
    return [
        Standing(each, last.get((customer.pk, each.code))) for each in asking.of_customer(customer)
    ]


def of_purpose(customer: Customer, purpose: ProcessingPurpose, *, actor: Actor) -> Standing:
    rows = Consent.objects.visible_to(actor).filter(subject=customer.pk, purpose=purpose.code)
    return Standing(purpose, rows.first())


def latest(subjects: Iterable[int], *, actor: Actor) -> dict[tuple[int, str], Consent]:
    """The last row of each customer and purpose, in one statement."""
    rows = Consent.objects.visible_to(actor).filter(subject__in=list(subjects))
    rows = rows.select_related("evidence")
    last = rows.order_by("subject_id", "purpose", "-pk").distinct("subject_id", "purpose")
    return {(each.subject_id, each.purpose): each for each in last}


def history(customer: Customer, *, actor: Actor, most: int = 100) -> list[Standing]:
    """All that she said, newest first; a purpose that the register has lost is left out."""
    rows = Consent.objects.visible_to(actor).filter(subject=customer.pk).select_related("evidence")
    known = {each.code: each for each in asking.purposes()}
    return [Standing(known[each.purpose], each) for each in rows[:most] if each.purpose in known]


def agreed(subject: int, code: str, *, actor: Actor) -> bool:
    """Whether a customer's yes stands, for whoever gives something away or writes to her."""
    rows = Consent.objects.visible_to(actor).filter(subject=subject, purpose=code)
    said: str | None = rows.values_list("said", flat=True).first()
    return said == GIVEN
