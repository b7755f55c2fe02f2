"""Whatever an agent who knows both numbers does with his own phones and boxes, he never gets a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import scopes
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock, outbox
from records import intake
from records.models import Entrance, EntryCode, Representative
from tests import estate
from tests.records import desk_estate
from tests.sign_in import people
from tests.sign_in.people import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KNOWN, SECRET = "13900000001", "13900000002"  # the second the personnel department has not heard of
HIS_MAIL = "agent@example.com"
HIS = frozenset({KNOWN, SECRET, HIS_MAIL})

# What stands in the victim's file: her own contact, or one of his, and how it came there.
MOBILES = st.sampled_from(["", people.MOBILE, KNOWN, SECRET])
EMAILS = st.sampled_from(["", people.EMAIL, HIS_MAIL])
ACTS = st.lists(
    st.sampled_from(
        ["ask", "again", "guess", "type-what-came", "branch", "letter", "represent", "flag", "change",
         "intake", "other-browser", "steal-session-name"]
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(mobile=MOBILES, email=EMAILS, at_desk=st.booleans(), acts=ACTS)
def test_an_agent_who_knows_both_numbers_never_comes_in(mobile, email, at_desk, acts):
    # His own number stands in a book's file only for several of his customers, or it is known as his:
    # one that came by the desk is nobody's proof.
    with transaction.atomic():
        agent = Agent(mobile, email, at_desk=at_desk or mobile == SECRET)
        for number, act in enumerate(acts):
            with clock.at(clock.now() + timedelta(minutes=2 * number)):
                agent.do(act)
                agent.must_be_outside()
        transaction.set_rollback(True)


class Agent:
    """He has the customer for his own, her numbers, a desk, two phones and a letter box."""

    def __init__(self, mobile: str, email: str, *, at_desk: bool) -> None:
        self.before = {each.at for each in outbox.messages()}
        desk_estate.open_all_day()
        self.user = estate.user(Role.AGENT)
        people.know(self.user, mobile=KNOWN, email=HIS_MAIL, id_number="110101199001011237")
        values = {**people.LI, "identity.mobile": mobile, "identity.email": email}
        newcomer = intake.NewCustomer(
            kind="person", source_key="K1", unit_id=self.user.unit_id,
            values={code: text for code, text in values.items() if text},
            assignments=[(self.user.pk, clock.now())],
            origin=("desk" if at_desk else "import", ""),
        )  # fmt: skip
        made = intake.register(
            [newcomer], book=estate.book(), channel="desk", actor=estate.system()
        )
        self.victim = made[0]
        people.policy(self.victim, people.POLICY)
        self.desk = estate.login(Client(), self.user, stepped_up=True)
        self.browser = Browser("10.9.0.1")
        self.turn = 1

    def do(self, act: str) -> None:
        page = f"/desk/customers/{self.victim.ref}/sign-in/"
        match act:
            case "ask":
                self.browser.ask()
            case "again":
                self.browser.post(people.AGAIN)
                people.deliver()
            case "guess":
                self.browser.enter("000000")
                self.browser.enter("0000-0000-0000")
            case "type-what-came":
                for message in self._his():
                    self.browser.enter(people.code_in(message.text))
                    self.browser.post(people.FOR, choice=self.victim.ref)
            case "branch" | "letter" | "represent" | "flag":
                body = {"act": act, "seen": "resident_id", "representative": self.victim.ref,
                        "kind": "heir", "contact": "mobile", "why": "wrong"}  # fmt: skip
                assert self.desk.post(page, body).status_code == 403
            case "change" | "intake":
                self._desk_forms()
            case "other-browser":
                self.turn += 1
                self.browser = Browser(f"10.9.0.{self.turn}")
            case "steal-session-name":
                self.browser.client.cookies["custodian-known"] = "x" * 22

    def _his(self):
        return [each for each in outbox.messages() if each.to in HIS and each.at not in self.before]

    def _desk_forms(self) -> None:
        """He enters her once more with his own secret number, as he may."""
        said = {
            "kind": "person", "identity.name": people.LI["identity.name"],
            "identity.id_type": "resident_id", "identity.id_number": people.ID_NUMBER,
            "identity.mobile": SECRET, "identity.email": HIS_MAIL,
        }  # fmt: skip
        self.desk.post("/desk/register/", said)

    def must_be_outside(self) -> None:
        assert self._his() == []
        assert not self.browser.is_in
        with scopes.acting(estate.system()):
            assert not Entrance.objects.filter(subject=self.victim.pk).exists()
            assert not EntryCode.objects.exists()
            assert not Representative.objects.filter(subject=self.victim.pk).exists()
            assert Assignment.objects.filter(subject=self.victim.pk, user=self.user).exists()


def test_the_same_acts_let_the_customer_herself_in():
    """So that the property above cannot hold for the wrong reason."""
    people.customer()
    browser = Browser("10.9.0.1")
    browser.ask()
    browser.enter("000000")
    assert browser.enter(people.code_in(outbox.messages()[0].text)).status_code == 302
    assert browser.is_in
