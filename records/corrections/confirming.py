"""The customer's own word, by two different ways, before a phone, e-mail, address or account is changed.

Only she can say it in her session or with a code; that she came or wrote, the service desk puts on record,
and never whoever raised the correction or serves her. What an agent does is no way at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from django.db import IntegrityError, transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor, NotAPerson
from access.vocabulary import Role
from custodian import clock
from records import archiving, evidence
from records.corrections import codes, contacts, drafting, people, recording, sealing
from records.corrections.errors import NotFit, NotNow, ProofNeeded
from records.corrections.groups import GROUPS
from records.models import Correction, CorrectionConfirmation, CorrectionItem, Customer, Document

Way = CorrectionConfirmation.Way
Status = Correction.Status
# While it is being handled, and before it is put up for approval.
OPEN: Final = frozenset({Status.SUBMITTED, Status.CHECKING, Status.CONFIRMING})
# In these the customer herself acts: with a contact of hers in her hand, or in person.
HERS: Final = frozenset({Way.PORTAL.value, Way.CODE.value, Way.BRANCH.value})
PURPOSE: Final = "policy_service"  # of the service desk
ATTESTED: Final = frozenset({Way.BRANCH.value, Way.LETTER.value})
# As the session says how she proved herself.
PROVEN_BY: Final[Mapping[str, str]] = {"mobile": "identity.mobile", "email": "identity.email"}


def given(correction: Correction) -> list[CorrectionConfirmation]:
    """Those for exactly what is proposed now."""
    now = sealing.digest(correction)
    return [each for each in correction.confirmations.all() if each.digest == now]


def enough(correction: Correction) -> bool:
    if not GROUPS[correction.group].two_ways:
        return True
    return are_enough(given(correction))


def are_enough(confirmations: Sequence[CorrectionConfirmation]) -> bool:
    """Two ways that do not rest on the same contact or the same person, and one in which she acts herself."""
    return any(
        _apart(one, other) and {one.way, other.way} & HERS
        for one, other in combinations(confirmations, 2)
    )


def _apart(one: CorrectionConfirmation, other: CorrectionConfirmation) -> bool:
    same_contact = one.contact != "" and one.contact == other.contact
    # Coming and writing rest on the word of whoever puts it on record.
    same_word = {one.way, other.way} <= ATTESTED and one.by_id == other.by_id
    return one.way != other.way and not same_contact and not same_word


def in_portal(correction: Correction, *, proof: str, channel: str, actor: Actor) -> None:
    """She is signed in, and says yes. Raises `NotFit` for a session that no contact on file proved."""
    _require_customer(actor)
    if not may_use_session(correction, proof, actor=actor):
        raise NotFit
    contact = PROVEN_BY[proof]
    _give(correction, Way.PORTAL, contact=contact, channel=channel, purpose="self", actor=actor)


def may_use_session(correction: Correction, proof: str, *, actor: Actor) -> bool:
    """Whether this session is one of the two ways: a code on paper is the branch's word, not a contact.

    The contact that is being changed still proves whose session it is. Whoever represents her proved it by
    a contact of his own; it counts as if it were hers of the same kind, because a child's is her parents'.
    """
    contact = PROVEN_BY.get(proof, "")
    if actor.capacity != "self":
        return contact != ""
    return contact != "" and contacts.is_fit(correction.subject_id, contact)


def send_code(correction: Correction, contact: str, *, channel: str, actor: Actor) -> None:
    """To a contact that is fit for it. Raises `NotFit`, `TooManyCodes`, `NotNow`."""
    _require_customer(actor)
    tagged = recording.tags(correction.subject_id)
    _require_open(correction)
    with transaction.atomic(), scopes.acting(actors.system(recording.WRITER)):
        recording.record(
            correction, Action.CORRECTION_CONFIRM, tagged=tagged, channel=channel,
            purpose="self", facts={"outcome": "code-sent"}, actor=actor,
        )  # fmt: skip
    codes.send(correction, contact)


def by_code(correction: Correction, code: str, *, channel: str, actor: Actor) -> None:
    """With the code that came. She types it herself: nobody of the insurer's asks for it or takes it.

    Raises `WrongCode`, `NotNow`.
    """
    _require_customer(actor)
    recording.tags(correction.subject_id)
    _require_open(correction)
    contact = codes.check(correction, code)
    _give(correction, Way.CODE, contact=contact, channel=channel, purpose="self", actor=actor)


def at_branch(correction: Correction, *, channel: str, actor: Actor) -> None:
    """She stands at the counter, and her document was checked."""
    _require_helper(correction, channel=channel, actor=actor)
    _give(correction, Way.BRANCH, channel=channel, purpose=PURPOSE, actor=actor)


def by_letter(
    correction: Correction, content: bytes, *, name: str, channel: str, actor: Actor
) -> None:
    """A letter that she signed, of which a scan is filed. Raises `EvidenceRefused`, `ProofNeeded`."""
    _require_helper(correction, channel=channel, actor=actor)
    _require_open(correction)
    if not content:
        raise ProofNeeded
    with scopes.acting(actors.system(recording.WRITER)):
        customer = Customer.objects.get(pk=correction.subject_id)
    with archiving.together():
        letter = evidence.take(
            content, name=name, customer=customer, kind=Document.Kind.PROOF,
            purpose=PURPOSE, channel=channel, actor=actor,
        )  # fmt: skip
        _give(
            correction, Way.LETTER, channel=channel, purpose=PURPOSE, document=letter,
            actor=actor,
        )  # fmt: skip


def _give(
    correction: Correction,
    way: CorrectionConfirmation.Way,
    *,
    contact: str = "",
    document: Document | None = None,
    channel: str,
    purpose: str,
    actor: Actor,
) -> None:
    tagged = recording.tags(correction.subject_id)
    try:
        with recording.writing(correction) as row:
            if row.status not in OPEN:
                raise NotNow
            CorrectionConfirmation.objects.create(
                correction=row,
                subject_id=row.subject_id,
                way=way,
                contact=contact,
                at=clock.now(),
                by_id=actor.id,
                digest=sealing.digest(row),
                document=document,
            )
            if document is not None:
                drafting.link(row, document)
            recording.step(row, f"confirmed-{way.value}")
            recording.record(
                row, Action.CORRECTION_CONFIRM, tagged=tagged, channel=channel, purpose=purpose,
                facts={"confirmed": way.value, "digest": sealing.digest(row)}, actor=actor,
            )  # fmt: skip
            if row.status == Status.CONFIRMING and enough(row):
                from records.corrections import handling  # which leads back here

                handling.put_up(row)
    except IntegrityError:
        raise NotNow from None  # the same way a second time adds nothing
    correction.refresh_from_db()


def _require_open(correction: Correction) -> None:
    if correction.status not in OPEN:
        raise NotNow


def _require_customer(actor: Actor) -> None:
    if actor.role is not Role.CUSTOMER:
        raise NotAPerson


def _require_helper(correction: Correction, *, channel: str, actor: Actor) -> None:
    """Somebody of the service desk who is not near to her or to the correction, and does not check it."""
    if actor.role is Role.CUSTOMER:
        raise NotAPerson  # nobody vouches for herself
    if not gate.may(actor, Action.CORRECTION_CONFIRM):
        gate.refuse(actor, Action.CORRECTION_CONFIRM, because="role-not-covered", channel=channel)
    people.require_apart(correction, Action.CORRECTION_CONFIRM, channel=channel, actor=actor)
    if actors.person(actor) == correction.handler_id:
        gate.refuse(actor, Action.CORRECTION_CONFIRM, because=people.VOUCHED, channel=channel)


def missing(confirmations: Iterable[CorrectionConfirmation]) -> int:
    """How many more ways are needed at least."""
    known = list(confirmations)
    return 0 if are_enough(known) else max(1, 2 - len({each.way for each in known}))


def elements_of(correction: Correction) -> list[str]:
    rows = CorrectionItem.objects.filter(correction=correction).order_by("number")
    return list(rows.values_list("element", flat=True))
