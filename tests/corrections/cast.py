"""Who takes part in a correction, and each step of it as its person takes it."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from access import actors, approvals, scopes
from access.models import User
from access.vocabulary import Role
from custodian import outbox
from records.corrections import applying, confirming, drafting, handling
from records.corrections.groups import GROUPS
from records.models import Correction, Customer
from tests import estate
from tests.sign_in.people import code_in, deliver

NEW_MOBILE = "13900139001"
NEW_ADDRESS = "江苏省徐州市鼓楼区民主北路18号2幢601室"


def photo(size: tuple[int, int] = (600, 800), **more: Any) -> bytes:
    """Something to be seen, as a telephone would take it."""
    out = io.BytesIO()
    Image.effect_noise(size, 70).convert("RGB").save(out, "JPEG", **more)
    return out.getvalue()


class Cast:
    """An agent with a customer, another agent, the service desk, and two officers."""

    def __init__(
        self,
        *,
        agent: User | None = None,
        officer: User | None = None,
        customer: Customer | None = None,
    ) -> None:
        self.agent = agent or estate.user(Role.AGENT, name="李娜")
        self.other_agent = estate.user(Role.AGENT, name="王磊")
        self.desk = estate.user(Role.SERVICE_DESK, name="周晓")
        self.second_desk = estate.user(Role.SERVICE_DESK, name="吴桐")
        self.officer = officer or estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.other_officer = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        # Her contacts came with the book, so that codes may go there.
        self.customer: Customer = customer or estate.customer(of=[self.agent])

    def begin(self, who: User | Customer, group: str, *, slot: int = 0) -> Correction:
        with self.acting(who) as actor:
            return drafting.begin(
                self.customer, GROUPS[group], slot=slot, actor=actor, **self.how(who)
            )

    def propose(self, who: User | Customer, correction: Correction, **written: str) -> Any:
        texts = {code.replace("__", "."): text for code, text in written.items()}
        with self.acting(who) as actor:
            return drafting.propose(correction, texts, actor=actor, **self.how(who))

    def attach(self, who: User | Customer, correction: Correction, content: bytes = b"") -> Any:
        with self.acting(who) as actor:
            return drafting.attach(
                correction, content or photo(), name="户口簿.jpg", actor=actor, **self.how(who)
            )

    def hand_in(self, who: User | Customer, correction: Correction) -> None:
        with self.acting(who) as actor:
            drafting.hand_in(correction, actor=actor, **self.how(who))

    def raised(self, who: User | Customer, group: str = "mobile", **written: str) -> Correction:
        """Handed in, with a paper where one is needed."""
        correction = self.begin(who, group, slot=1 if group == "account" else 0)
        texts = written or {"identity__mobile": NEW_MOBILE}
        proposal = self.propose(who, correction, **texts)
        assert proposal.sound, [each.problem.code for each in proposal.flaws]
        if GROUPS[group].needs_proof:
            self.attach(who, correction)
        self.hand_in(who, correction)
        return correction

    def take(self, correction: Correction, who: User | None = None) -> None:
        with self.acting(who or self.desk) as actor:
            handling.take(correction, channel="desk", actor=actor)

    def pass_on(self, correction: Correction, who: User | None = None) -> None:
        with self.acting(who or self.desk) as actor:
            handling.pass_on(correction, channel="desk", actor=actor)

    def confirm_in_portal(self, correction: Correction, proof: str = "mobile") -> None:
        with self.acting(self.customer) as actor:
            confirming.in_portal(correction, proof=proof, channel="portal", actor=actor)

    def confirm_by_code(self, correction: Correction, contact: str = "identity.email") -> None:
        with self.acting(self.customer) as actor:
            confirming.send_code(correction, contact, channel="portal", actor=actor)
            confirming.by_code(correction, last_code(), channel="portal", actor=actor)

    def at_branch(self, correction: Correction, who: User | None = None) -> None:
        with self.acting(who or self.second_desk) as actor:
            confirming.at_branch(correction, channel="desk", actor=actor)

    def approve(self, correction: Correction, who: User | None = None) -> None:
        self.now(correction)
        with self.acting(who or self.officer, stepped_up=True) as actor:
            approval = correction.approval
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def apply(self, correction: Correction) -> Correction:
        applied = applying.apply(correction.pk)
        self.now(correction)
        return applied

    def now(self, correction: Correction) -> Correction:
        with scopes.acting(estate.system()):
            correction.refresh_from_db()
        return correction

    def through(self, correction: Correction) -> Correction:
        """Everything from the checker to the value in its place."""
        self.take(correction)
        if GROUPS[correction.group].two_ways:
            self.confirm_in_portal(correction)
            self.at_branch(correction)
        self.pass_on(correction)
        if GROUPS[correction.group].four_eyes:
            self.approve(correction)
        return self.apply(correction)

    def acting(self, who: User | Customer, *, stepped_up: bool = False) -> Any:
        if isinstance(who, Customer):
            return scopes.acting(actors.customer(who.pk))
        return estate.acting(who, stepped_up=stepped_up)

    def how(self, who: User | Customer) -> dict[str, str]:
        if isinstance(who, Customer):
            return {"channel": "portal", "purpose": "self"}
        return {"channel": "desk", "purpose": "policy_service"}


def last_code() -> str:
    """As the customer reads it, wherever it went."""
    deliver()
    return code_in(outbox.messages()[0].text)
