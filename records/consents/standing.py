"""How things stand: the last word of a customer for each purpose, and all that she said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from access import choices, purpose_versions
from access.actors import Actor
from access.law import purpose_words
from access.law.reading import today
from access.purpose_versions import Versions
from custodian import clock
from custodian.regimes.purposes import Place, ProcessingPurpose
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
NOES: Final = frozenset({REFUSED, WITHDRAWN})
ANEW: Final = pgettext_lazy("同意", "须重新同意")


@dataclass(frozen=True)
class Standing:
    """One purpose as it stands for one customer; no `last`: nothing was ever recorded.

    `new` is what the purpose came to ask for since a yes, and `covered` what that yes still opens.
    """

    purpose: ProcessingPurpose
    last: Consent | None
    new: frozenset[Place] = frozenset()
    covered: bool = True

    @property
    def state(self) -> str:
        return self.last.said if self.last else NOT_RECORDED

    @property
    def anew(self) -> bool:
        """Whether she has to be asked again: her yes does not cover all that the purpose is by now."""
        return self.given and (bool(self.new) or not self.covered)

    @property
    def label(self) -> Any:
        return ANEW if self.anew else LABELS[self.state]

    @property
    def tone(self) -> str:
        return "warn" if self.anew else TONES[self.state]

    @property
    def added(self) -> str:
        """What came with a change, in words: elements, and looks that are new as a whole."""
        if not self.covered:
            return ""
        codes = {code for _look, code in self.new}
        looks = {look for look, _code in self.new} if codes >= set(self.purpose.elements) else set()
        return (
            purpose_words.looks(sorted(looks))
            if looks
            else purpose_words.named_elements(
                each for each in self.purpose.elements if each in codes
            )
        )

    @property
    def ended(self) -> bool:
        """Nobody is asked any longer; what she said no to stays shut."""
        return not self.purpose.asks

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
        return self.state in NOES or (self.purpose.optional and not (self.given and self.covered))

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
    def kept(self) -> str:
        """How long, where this insurer says so of the purpose."""
        return asking.kept(self.purpose)

    @property
    def basis(self) -> Any:
        return asking.basis(self.purpose)

    @property
    def ground(self) -> Any:
        return asking.ground(self.purpose)


def of_customer(customer: Customer, *, actor: Actor) -> list[Standing]:
    """Every purpose that she is asked about or said no to, in the order of the register."""
    last, versions = latest([customer.pk], actor=actor), purpose_versions.changed()
    known = purpose_versions.register(today(), versions).values()
    found = [
        held(each, last.get((customer.pk, each.code)), versions)
        for each in known
        if asking.concerns(each, customer)
    ]
    return [each for each in found if each.purpose.asks or each.state in NOES]


def find(customer: Customer, code: str, *, actor: Actor) -> Standing | None:
    """One of them."""
    stand = of_customer(customer, actor=actor)
    return next((each for each in stand if each.purpose.code == code), None)


def of_purpose(customer: Customer, purpose: ProcessingPurpose, *, actor: Actor) -> Standing:
    rows = Consent.objects.visible_to(actor).filter(subject=customer.pk, purpose=purpose.code)
    return held(purpose, rows.first())


def held(
    purpose: ProcessingPurpose, last: Consent | None, versions: Versions | None = None
) -> Standing:
    """A word against what the purpose has become since."""
    known = purpose_versions.changed() if versions is None else versions
    if last is None or last.said != GIVEN or purpose.code not in known:
        return Standing(purpose, last)
    since = choices.concerned(known[purpose.code], said_on(last), today=today())
    covered = choices.opened(since)
    return Standing(purpose, last, uncovered(purpose, covered), bool(covered))


def uncovered(purpose: ProcessingPurpose, covered: frozenset[Place]) -> frozenset[Place]:
    """What the purpose asks for beyond it."""
    return frozenset(
        (look, code) for look, code in purpose.named if not {(look, code), (look, "")} & covered
    )


def said_on(row: Consent) -> date:
    """The day at the office, which is the day of a register."""
    return clock.local(row.at).date()


def latest(subjects: Iterable[int], *, actor: Actor) -> dict[tuple[int, str], Consent]:
    """The last row of each customer and purpose, in one statement."""
    rows = Consent.objects.visible_to(actor).filter(subject__in=list(subjects))
    rows = rows.select_related("evidence")
    last = rows.order_by("subject_id", "purpose", "-pk").distinct("subject_id", "purpose")
    return {(each.subject_id, each.purpose): each for each in last}


def history(customer: Customer, *, actor: Actor, most: int = 100) -> list[Standing]:
    """All that she said, newest first; a purpose that the register's file has lost is left out."""
    rows = Consent.objects.visible_to(actor).filter(subject=customer.pk).select_related("evidence")
    known = asking.register()
    return [Standing(known[each.purpose], each) for each in rows[:most] if each.purpose in known]


def agreed(subject: int, code: str, *, actor: Actor) -> bool:
    """Whether a customer's yes stands and covers all of it, for whoever gives something away."""
    purpose = asking.find(code)
    row = Consent.objects.visible_to(actor).filter(subject=subject, purpose=code).first()
    if purpose is None:
        return False
    stand = held(purpose, row)
    return stand.given and not stand.anew
