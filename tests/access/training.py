"""People who have learned little, and what they do to learn more."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from access import approvals, gate
from access.actions import Action
from access.gate import Refused
from access.models import Attempt, Course, Undertaking, User
from access.training import attempts, evidence, standing, undertakings
from access.vocabulary import Role
from custodian import clock
from records.models import Customer
from tests import estate

MOBILE, ACCOUNT = "identity.mobile", "financial.bank_account"
LAW, LOOKS, LEAKS, SECRECY = "personal-data-law", "careful-looks", "when-it-leaks", "secrecy"
ALL = (LAW, LOOKS, LEAKS)
YEAR = timedelta(days=366)


def newcomer(role: Role = Role.AGENT, **more: object) -> User:
    return estate.user(role, trained=False, **more)


def learn(person: User, *codes: str, ago: timedelta = timedelta()) -> None:
    """Pass these courses, so long ago."""
    for code in codes:
        course = Course.objects.in_force().get(code=code)
        with clock.at(clock.now() - ago), estate.acting(person) as actor:
            attempts.take(
                course, right(course), number=attempts.next_number(course, person.pk),
                channel="desk", actor=actor,
            )  # fmt: skip
    standing.forget()


def right(course: Course) -> dict[int, int]:
    return {each.number: each.right for each in course.questions.all()}


def wrong(course: Course, *, but: int = 0) -> dict[int, int]:
    """All wrong, but for so many."""
    known = list(course.questions.all())
    return {
        each.number: each.right if place < but else (each.right + 1) % len(each.choices_zh)
        for place, each in enumerate(known)
    }


def sign(person: User, code: str = SECRECY) -> None:
    held = Undertaking.objects.in_force().get(code=code)
    with estate.acting(person, stepped_up=True) as actor:
        undertakings.sign(held, seen=held.digest, channel="desk", actor=actor)
    standing.forget()


def reword(officers: list[User], text: str = "只为工作查看。\n", version: str = "2027-1") -> None:
    """A new version of the clause, by four eyes."""
    base = Undertaking.objects.in_force().get(code=SECRECY)
    texts = {**undertakings.texts_of(base), "text_zh": text, "clause_version": version}
    with estate.acting(officers[0]) as actor:
        asked = undertakings.propose(
            texts, roles=base.roles, base=base, reason="合同改版", actor=actor
        )
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.approve(asked, seen=asked.digest, actor=actor)
    standing.forget()


def look(person: User, customer: Customer, *codes: str, purpose: str = "payment", **more: object):
    masked = bool(more.pop("masked", False))
    with estate.acting(person, stepped_up=True) as actor:
        return gate.permit(
            actor, Action.CUSTOMER_VIEW if masked else Action.CUSTOMER_REVEAL,
            subjects=[customer.pk], elements=codes, purpose=purpose, channel="desk", masked=masked,
        ).entry  # fmt: skip


def lacking(person: User, customer: Customer, *codes: str, **more: object) -> tuple[str, ...]:
    """What stands in the way of this look; nothing if it is allowed."""
    standing.forget()
    try:
        look(person, customer, *(codes or (ACCOUNT,)), **more)
    except Refused as refused:
        if refused.decision.because != ("training-not-covered",):
            raise
        return refused.decision.lacking
    return ()


def forged(person: User, course: Course, *, mac: bytes = b"") -> Attempt:
    """A passed attempt as somebody with the database in his hands would write it."""
    until = clock.now() + YEAR
    return Attempt.objects.create(
        user=person, course=course, number=99, answers={}, score=100, passed=True,
        valid_until=until, mac=mac or evidence.of_attempt(
            user=person.pk + 1, course=course.pk, number=99, score=100, until=until
        ),
    )  # fmt: skip


def browser(person: User, *, fresh: bool = False, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    return estate.login(client, person, stepped_up=fresh)
