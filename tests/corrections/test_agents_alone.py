"""No sequence of acts of agents changes how a customer is reached or paid, whoever is fooled by their papers.

The service desk and the officers here believe every paper and every letter. What they do not do is say that
she came to the counter when she did not: they look at her document.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from access import approvals, scopes
from access.models import Approval
from access.vocabulary import Role
from custodian import clock, outbox
from custodian.errors import CustodianError
from records import intake
from records.corrections import applying, confirming, handling, on_file
from records.models import (
    Correction,
    CorrectionConfirmation,
    Entrance,
    FormerValue,
)
from tests import estate
from tests.corrections import cast as casting
from tests.records import desk_estate
from tests.sign_in import people
from tests.sign_in.people import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Status = Correction.Status
KNOWN, SECRET = "13900000001", "13900000002"  # the second the personnel department has not heard of
HIS_MAIL = "agent@example.com"
HIS = frozenset({KNOWN, SECRET, HIS_MAIL})
# What he would have it say: his own phones, box, door and purse.
WANTED = {
    "mobile": {"mobile": SECRET},
    "landline": {"landline": "0516-83720001"},
    "email": {"email": HIS_MAIL},
    "address": {"address": "江苏省徐州市鼓楼区民主北路18号2幢601室"},
    "account:1": {"bank_name": "他的银行", "bank_account": "6222020000006225"},
    "account:new": {"bank_name": "他的银行", "bank_account": "6222020000006225"},
    # One word of the customer's is not asked for these, so they are the way round, if there is one.
    "document": {"id_number": people.resident("32031119900307004")},
    "name": {"name": "李梅"},
}
GUARDED = tuple(
    f"{kind}.{name}"
    for kind, names in {
        "identity": ("mobile", "landline", "email", "address"),
        "financial": ("bank_name", "bank_account"),
    }.items()
    for name in names
)
WHICH = st.integers(0, 4)
WHO = st.booleans()
PHOTO = casting.photo((120, 160))


class Agents(RuleBasedStateMachine):
    """An agent, another one who helps him, and a house that believes their papers."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.seen = {each.at for each in outbox.messages()}
        desk_estate.open_all_day()
        self.desks = [estate.user(Role.SERVICE_DESK) for _ in range(2)]
        self.officers = [estate.user(Role.COMPLIANCE_OFFICER) for _ in range(2)]
        self.agents = [estate.user(Role.AGENT) for _ in range(2)]
        people.know(self.agents[0], mobile=KNOWN, email=HIS_MAIL, id_number="110101199001011237")
        self.browser, self.turn = Browser("10.9.0.1"), 1
        self.now = clock.now()
        self.victim: Any = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.stack.close()

    @initialize(
        mobile=st.sampled_from(["", people.MOBILE, KNOWN, SECRET]),
        email=st.sampled_from(["", people.EMAIL, HIS_MAIL]),
        at_desk=st.booleans(),
    )
    def register(self, mobile: str, email: str, *, at_desk: bool) -> None:
        """Her own contacts stand in the file, or none, or the only one is the agent's."""
        values = {**people.LI, "identity.mobile": mobile, "identity.email": email}
        newcomer = intake.NewCustomer(
            kind="person", source_key="K1", unit_id=self.agents[0].unit_id,
            values={code: text for code, text in values.items() if text},
            accounts=[estate.ACCOUNT],
            assignments=[(each.pk, clock.now()) for each in self.agents],
            # A number that nobody knows as his stands in a book only for several customers of his.
            origin=("desk" if at_desk or mobile == SECRET else "import", ""),
        )  # fmt: skip
        (self.victim,) = intake.register(
            [newcomer], book=estate.book(), channel="desk", actor=estate.system()
        )
        people.policy(self.victim, people.POLICY)
        self._sit_down()
        self.before = self._stored()

    def _sit_down(self) -> None:
        self.clients = [estate.login(Client(), each, stepped_up=True) for each in self.agents]

    # What the agents do at the desk.

    @rule(second=WHO, group=st.sampled_from(sorted(WANTED)), paper=st.booleans())
    def raise_one(self, group: str, *, second: bool, paper: bool) -> None:
        place = reverse("desk:correction_begin", args=[self.victim.ref])
        self.clients[second].post(place, {"group": group})
        self.hand_in(0, second=second, paper=paper)

    @rule(second=WHO, which=WHICH, paper=st.booleans())
    def hand_in(self, which: int, *, second: bool, paper: bool) -> None:
        def said(found: Correction) -> dict[str, Any]:
            code = found.group if found.group != "account" else "account:1"
            proof = {"paper": SimpleUploadedFile("proof.jpg", PHOTO)} if paper else {}
            return {"act": "submit", **WANTED[code], **proof}

        self._post(second, "desk:correction_edit", which, said)

    @rule(second=WHO, which=WHICH, act=st.sampled_from(["take", "pass", "hand-back", "withdraw"]))
    def act(self, which: int, act: str, *, second: bool) -> None:
        self._post(second, "desk:correction_act", which, lambda _found: {"act": act})

    @rule(second=WHO, which=WHICH, way=st.sampled_from(["branch", "letter", "portal", "code"]))
    def say_that_she_confirmed(self, which: int, way: str, *, second: bool) -> None:
        def said(_found: Correction) -> dict[str, Any]:
            letter = SimpleUploadedFile("letter.jpg", PHOTO)
            return {"way": way, "seen": "on", "code": "000000", "paper": letter}

        self._post(second, "desk:correction_confirm", which, said)

    @rule(second=WHO, which=WHICH)
    def approve_it_himself(self, which: int, *, second: bool) -> None:
        found = self._nth(which)
        if found is None or found.approval is None:
            return
        place = reverse("admin:approval", args=[found.approval.ref])
        said = self.clients[second].post(place, {"digest": found.approval.digest, "act": "approve"})
        assert said.status_code in {302, 403, 404}

    @rule(second=WHO, which=WHICH, deed=st.sampled_from(["take", "pass", "branch", "letter", "approve",
                                                         "portal", "send", "code"]))  # fmt: skip
    def go_past_the_pages(self, which: int, deed: str, *, second: bool) -> None:
        """The functions behind them, with his own name."""
        found = self._nth(which)
        if found is None:
            return
        with estate.acting(self.agents[second], stepped_up=True) as actor:
            how: dict[str, Any] = {"channel": "desk", "actor": actor}
            deeds: dict[str, Any] = {
                "take": lambda: handling.take(found, **how),
                "pass": lambda: handling.pass_on(found, **how),
                "branch": lambda: confirming.at_branch(found, **how),
                "letter": lambda: confirming.by_letter(found, PHOTO, name="x.jpg", **how),
                "portal": lambda: confirming.in_portal(found, proof="mobile", **how),
                "send": lambda: confirming.send_code(found, "identity.mobile", **how),
                "code": lambda: confirming.by_code(found, "000000", **how),
                "approve": lambda: _approve(found.approval, actor),
            }
            with suppress(CustodianError):
                deeds[deed]()

    # What he does at the portal's door, knowing both of her numbers.

    @rule(again=st.booleans())
    def knock(self, *, again: bool) -> None:
        if again:
            self.browser.post(people.AGAIN)
            people.deliver()
        else:
            self.browser.ask()

    @rule()
    def type_what_came_to_him(self) -> None:
        for message in self._his():
            self.browser.enter(people.code_in(message.text))
            self.browser.post(people.FOR, choice=self.victim.ref)
        self.browser.enter("000000")

    @rule(which=WHICH, act=st.sampled_from(["submit", "send", "code"]))
    def confirm_at_the_portal(self, which: int, act: str) -> None:
        """From outside, and with his desk's session."""
        found = self._nth(which)
        if found is None:
            return
        place = reverse("portal:correction_confirm", args=[found.ref])
        said = {"act": act, "contact": "identity.mobile", "code": "000000"}
        for client in (self.browser.client, self.clients[0]):
            assert client.post(place, said).status_code in {302, 403, 404}

    @rule()
    def take_another_browser(self) -> None:
        self.turn += 1
        self.browser = Browser(f"10.9.0.{self.turn}")

    # What the house does, believing all of it.

    @rule(which=WHICH, desk=WHO, letter=st.booleans())
    def the_house_believes_it(self, which: int, *, desk: bool, letter: bool) -> None:
        """One checks the papers, another files a forged letter, an officer signs, and the sweep comes round."""
        if self._nth(which) is None:
            return
        if letter:
            self._as_desk(not desk, which, self._file_a_letter)
        self._as_desk(desk, which, lambda found, how: handling.take(found, **how))
        self._as_desk(desk, which, lambda found, how: handling.pass_on(found, **how))
        found = self._nth(which)
        if found is not None and found.approval is not None:
            with estate.acting(self.officers[0], stepped_up=True) as actor:
                _approve(found.approval, actor)
        self._sweep()

    @rule(which=WHICH, desk=WHO)
    def the_desk_is_handed_a_letter(self, which: int, *, desk: bool) -> None:
        self._as_desk(desk, which, self._file_a_letter)

    def _file_a_letter(self, found: Correction, how: Any) -> None:
        confirming.by_letter(found, PHOTO, name="l.jpg", **how)

    def _as_desk(self, desk: bool, which: int, act: Any) -> None:
        found = self._nth(which)
        if found is not None:
            with estate.acting(self.desks[desk]) as actor, suppress(CustodianError):
                act(found, {"channel": "desk", "actor": actor})

    def _sweep(self) -> None:
        with scopes.acting(estate.system()):
            waiting = list(Correction.objects.filter(status=Status.APPROVED))
        for each in waiting:
            with suppress(applying.NotAsApproved):
                applying.apply(each.pk)

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.stack.enter_context(clock.at(self.now))
        self._sit_down()

    # What must be so all the while.

    @invariant()
    def she_is_reached_and_paid_as_before(self) -> None:
        if self.victim is not None:
            assert self._stored() == self.before

    @invariant()
    def nobody_is_in_and_nothing_came_to_him(self) -> None:
        if self.victim is None:
            return
        assert self._his() == []
        with scopes.acting(estate.system()):
            assert not Entrance.objects.filter(subject=self.victim.pk).exists()
            # Nobody but the desk that was shown a letter said anything in her name.
            ways = CorrectionConfirmation.objects.exclude(way="letter", by__in=self.desks)
            assert not ways.exists()
            assert not FormerValue.objects.filter(element__in=GUARDED).exists()

    def _stored(self) -> dict[str, str]:
        found = on_file.read(self.victim.pk, why="")
        return {
            place: text
            for holding in found.holdings.values()
            for place, text in holding.values.items()
            if place.partition("/")[0] in GUARDED
        }

    def _nth(self, which: int) -> Correction | None:
        with scopes.acting(estate.system()):
            rows = Correction.objects.select_related("approval").filter(subject=self.victim.pk)
            known = list(rows.order_by("-pk"))
        return known[which % len(known)] if known else None

    def _post(self, second: bool, name: str, which: int, said: Any) -> None:
        found = self._nth(which)
        if found is not None:
            self.clients[second].post(reverse(name, args=[found.ref]), said(found))

    def _his(self) -> list[Any]:
        return [each for each in outbox.messages() if each.to in HIS and each.at not in self.seen]


def _approve(approval: Approval | None, actor: Any) -> None:
    if approval is not None:
        with suppress(CustodianError):
            approvals.approve(approval, seen=approval.digest, actor=actor)


def test_agents_alone_change_no_contact_no_address_and_no_account(own_store):
    run_state_machine_as_test(
        Agents,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def _all_that_they_can(group: str) -> Agents:
    machine = Agents()
    machine.register(people.MOBILE, people.EMAIL, at_desk=False)
    machine.raise_one(group, second=False, paper=True)
    machine.the_house_believes_it(0, desk=False, letter=True)
    return machine


@pytest.mark.parametrize("group", ["mobile", "landline", "email", "address", "account:1"])
def test_it_is_her_own_word_that_keeps_them_out(group, monkeypatch):
    """The same acts in a house that does not ask her: so that the property holds for the right reason."""
    machine = _all_that_they_can(group)
    machine.she_is_reached_and_paid_as_before()
    assert machine._nth(0).status == Status.CONFIRMING
    machine.teardown()
    monkeypatch.setattr(confirming, "enough", lambda _correction: True)
    machine = _all_that_they_can(group)
    assert machine._nth(0).status == Status.APPLIED
    with pytest.raises(AssertionError):
        machine.she_is_reached_and_paid_as_before()
    machine.teardown()
