"""Saying yes and no: each time a row and an entry that she sees, and the gate knows at once.

Withdrawing is as easy as giving (PIPL art. 15). Nobody else says yes for her: a guardian for a child, and
staff only what stands on a paper that is filed with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.querylog.leaf import Tagged
from access.vocabulary import Purpose, Role
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.regimes.purposes import ProcessingPurpose
from records.consents import asking, ending, opening, standing
from records.consents.opening import WRITER
from records.consents.standing import GIVEN, Standing
from records.models import Consent, Customer, Document
from records.notices import seen

By, Said = Consent.By, Consent.Said
_BY: Final = {
    "self": By.HERSELF,
    "guardian": By.GUARDIAN,
    "heir": By.HEIR,
    "authorised": By.AUTHORISED,
}


class NotAsked(CustodianError):
    """The customer is not asked about this purpose, or nothing rests on consent there."""

    code = "consent-not-asked"
    status = 404
    message = _("没有这一项同意，请回到“我的同意”")


class GuardianNeeded(CustodianError):
    """Under fourteen a guardian says it (PIPL art. 31)."""

    code = "guardian-needed"
    status = 403
    message = _("不满十四周岁，须由监护人登录办理；没有登记监护人的，请到网点登记")


class NotHersToGive(CustodianError):
    """An heir ends what was agreed to, and agrees to nothing in the place of the dead."""

    code = "heir-gives-nothing"
    status = 403
    message = _("继承人可以撤回同意，不能代为同意")


class PaperNeeded(CustodianError):
    """Staff note a yes, and an agent anything at all, only with the paper on which it stands."""

    code = "consent-paper-needed"
    status = 422
    message = _("请附上客户签名的书面材料；没有材料的，请客户本人在客户服务里办理")


class SaidSince(CustodianError):
    """An older word changes nothing about a later one: what was withdrawn stays so whatever turns up."""

    code = "consent-said-since"
    status = 422
    message = _("客户在那之后另有表示，以后来的为准；要改变它，请客户本人重新办理")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One yes or no, and what shows that it was said; `at`: earlier than now."""

    said: str
    by: str
    at: datetime | None = None
    evidence: Document | None = None
    source: str = ""
    through: str = ""  # by which way she said it, where a book tells
    notice: str = ""  # which rules the book says that she was shown
    reference: str = ""  # the number of its evidence elsewhere


def choose(
    customer: Customer, purpose: ProcessingPurpose, said: str, *, channel: str, actor: Actor
) -> Consent | None:
    """What the customer, or who represents her, says in the portal; None if she said so before.

    Raises `NotAsked`, `GuardianNeeded`, `NotHersToGive`, and `NotVisible` for another's.
    """
    if customer.pk not in actor.subjects or actor.role is not Role.CUSTOMER:
        raise NotVisible
    require_may_say(customer, said, actor=actor)
    return _say(
        customer, purpose, Word(said=said, by=_BY[actor.capacity]), action=Action.CONSENT_CHOOSE,
        look=Purpose.SELF, channel=channel, actor=actor,
    )  # fmt: skip


def require_may_say(customer: Customer, said: str, *, actor: Actor) -> None:
    if actor.capacity == "self" and customer.is_child:
        raise GuardianNeeded
    if actor.capacity == "heir" and said == GIVEN:
        raise NotHersToGive


def record(
    customer: Customer,
    purpose: ProcessingPurpose,
    said: str,
    *,
    evidence: Document | None,
    at: datetime | None = None,
    channel: str,
    actor: Actor,
) -> Consent | None:
    """What a customer said on paper, at the counter or by telephone, noted by staff.

    A no takes effect at once and needs no paper, except from an agent. Raises `PaperNeeded`, `NotAsked`,
    `SaidSince`.
    """
    noted_by = actors.person(actor)
    needs = said == GIVEN or actor.role is Role.AGENT
    if needs and (evidence is None or evidence.subject_id != customer.pk):
        raise PaperNeeded
    by = By.PAPER if evidence is not None else By.COUNTER
    return _say(
        customer, purpose, Word(said=said, by=by, at=at, evidence=evidence), noted_by=noted_by,
        action=Action.CONSENT_RECORD, look=Purpose.POLICY_SERVICE, channel=channel, actor=actor,
    )  # fmt: skip


def follow(
    customer: Customer, purpose: ProcessingPurpose, word: Word, *, channel: str
) -> Consent | None:
    """What an import or a request of hers brings; the system writes it in its own name."""
    return _say(
        customer, purpose, word, action=Action.CONSENT_RECORD, look=Purpose.SYSTEM,
        channel=channel, actor=actors.system(WRITER),
    )  # fmt: skip


def _say(
    customer: Customer,
    purpose: ProcessingPurpose,
    word: Word,
    *,
    action: Action,
    look: Purpose,
    channel: str,
    actor: Actor,
    noted_by: int | None = None,
) -> Consent | None:
    if not asking.concerns(purpose, customer):
        raise NotAsked
    with scopes.acting(actor):
        found = scopes.find([customer.pk])
        if not found:
            raise NotVisible
        tagged = gate.tagged(found)
    with transaction.atomic():
        with scopes.acting(actors.system(WRITER)):
            # Two words at once are one after the other.
            Subject.objects.select_for_update().get(pk=customer.pk)
            rows = Consent.objects.filter(subject=customer.pk, purpose=purpose.code)
            before, newest = rows.first(), rows.aggregate(at=Max("at"))["at"]
        if not (purpose.asks or (before is not None and before.said != GIVEN)):
            raise NotAsked  # what is asked no longer can only be opened again by whoever shut it
        if before is not None and is_same(standing.held(purpose, before), word):
            return None
        if before is not None and differ(before, word) and is_older(word, newest):
            raise SaidSince
        word = _named(before, word)
        _authorise(purpose, word, tagged, action=action, look=look, channel=channel, actor=actor)
        with scopes.acting(actors.system(WRITER)):
            row = _write(customer, purpose, word, channel=channel, noted_by=noted_by)
            opening.project([customer])
            ending.follow(customer, before, row, channel=channel)
    return row


def is_same(stand: Standing, word: Word) -> bool:
    """A no is a no, whichever way it was said; a paper that confirms is worth a row.

    A yes to what has changed since is another one.
    """
    before = stand.last
    alike = before is not None and not differ(before, word)
    return alike and word.evidence is None and not stand.anew


def differ(before: Consent, word: Word) -> bool:
    return (before.said == GIVEN) != (word.said == GIVEN)


def is_older(word: Word, newest: datetime) -> bool:
    """By days, since a paper says no hour."""
    return word.at is not None and clock.local(word.at).date() < clock.local(newest).date()


def _named(before: Consent | None, word: Word) -> Word:
    """A no after a yes takes it back; without one it refuses. A book is believed."""
    if word.said == GIVEN or word.by == By.IMPORT:
        return word
    given = before is not None and before.said == GIVEN
    return replace(word, said=Said.WITHDRAWN if given else Said.REFUSED)


def _write(
    customer: Customer,
    purpose: ProcessingPurpose,
    word: Word,
    *,
    channel: str,
    noted_by: int | None,
) -> Consent:
    row = row_of(customer, purpose, word, channel=channel)
    row.noted_by_id = noted_by
    row.save(force_insert=True)
    return row


def row_of(customer: Customer, purpose: ProcessingPurpose, word: Word, *, channel: str) -> Consent:
    """The row that a word becomes, not saved yet."""
    now = clock.now()
    at = min(word.at or now, now)
    return Consent(
        subject_id=customer.pk,
        purpose=purpose.code,
        said=Said(word.said),
        by=By(word.by),
        at=at,
        noted_at=now,
        channel=word.through or channel,
        evidence=word.evidence,
        source=word.source,
        notice=_shown(customer, word, at),
        reference=word.reference,
    )


def _shown(customer: Customer, word: Word, at: datetime) -> str:
    """The rules that were about her that day; of a book's word only what the book names."""
    if word.by == By.IMPORT:
        return word.notice
    notice = seen.about(customer, clock.local(at).date())
    return notice.code if notice else ""


def _authorise(
    purpose: ProcessingPurpose,
    word: Word,
    tagged: list[Tagged],
    *,
    action: Action,
    look: Purpose,
    channel: str,
    actor: Actor,
) -> None:
    facts: dict[str, Any] = {
        "consent": purpose.code, "consent-said": str(word.said), "consent-by": str(word.by),
    }  # fmt: skip
    gate.authorise(actor, action, channel=channel, purpose=look.value, subjects=tagged, facts=facts)
