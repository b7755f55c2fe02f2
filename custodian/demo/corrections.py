"""The demo's corrections: begun, waiting for her word, waiting for the officer's, done, and refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Assignment, User
from access.vocabulary import Channel, Purpose
from custodian import clock, pdf
from records.corrections import applying, confirming, drafting, handling
from records.corrections.groups import GROUPS
from records.models import Correction, Customer
from records.sign_in import contacts

DESK, OTHER_DESK, OFFICER = "K0501", "K0502", "C0217"
SERVICE: Final = {"channel": Channel.DESK.value, "purpose": Purpose.POLICY_SERVICE.value}
OWN: Final = {"channel": Channel.PORTAL.value, "purpose": Purpose.SELF.value}
MOVED: Final = "江苏省徐州市鼓楼区民主北路18号2幢601室"
MOVED_TOO: Final = "江苏省泰州市海陵区东进西路66号3幢402室"


def begin(people: Mapping[str, User], hers: Mapping[str, int]) -> None:
    """`hers`: whom a newcomer can be, by name."""
    one = hers.get("customer.mobile")
    # A small book may have nobody with an e-mail address alone.
    two = hers.get("customer.email") or hers.get("customer.guardian")
    if one is None:
        return
    story = _Story(people)
    story.draft(one)
    story.waiting(one)
    story.applied(one)
    story.refused(two or one)
    if two is not None and two != one:
        story.to_approve(two)


class _Story:
    def __init__(self, people: Mapping[str, User]) -> None:
        self.desk = actors.staff(people[DESK])
        self.counter = actors.staff(people[OTHER_DESK])
        self.officer = actors.staff(people[OFFICER], stepped_up=True)

    def draft(self, her: int) -> None:
        """She has said where she lives now, and has still to photograph a paper."""
        self._begun(her, "address", {"identity.address": MOVED})

    def waiting(self, her: int) -> None:
        """Her agent raised it, the papers are checked, and it goes no further without her."""
        agent = _agent_of(her)
        found = self._begun(her, "landline", {"identity.landline": "0516-83720001"}, by=agent)
        self._handed_in(found, by=agent)
        self._taken(found)
        self._passed_on(found)

    def applied(self, her: int) -> None:
        found = self._begun(her, "workplace", {"identity.workplace": "徐州市第三中学"})
        self._handed_in(found)
        self._taken(found)
        self._passed_on(found)
        self._approved(found)
        applying.apply(found.pk)

    def to_approve(self, her: int) -> None:
        """With her word by two ways it is an officer's turn."""
        found = self._begun(her, "address", {"identity.address": MOVED_TOO})
        self._proven(
            found, "户口簿住址页", ["户主：演示", f"住址：{MOVED_TOO}", "仅供演示，不是证件"]
        )
        self._handed_in(found)
        with scopes.acting(actors.system("demo")):
            proof = contacts.best(her).contact.value
        with _she(her) as she:
            confirming.in_portal(found, proof=proof, channel=OWN["channel"], actor=she)
        with scopes.acting(self.counter):
            confirming.at_branch(found, channel=SERVICE["channel"], actor=self.counter)
        self._taken(found)
        self._passed_on(found)

    def refused(self, her: int) -> None:
        found = self._begun(her, "nationality", {"identity.nationality": "加拿大"})
        self._proven(found, "护照资料页", ["（照片反光，资料看不清）", "仅供演示，不是证件"])
        self._handed_in(found)
        self._taken(found)
        words = "照片反光，国籍一栏看不清。请把护照资料页平放，避开灯光再拍一张。"
        with scopes.acting(self.desk):
            handling.refuse(
                self._again(found), because=Correction.Refusal.EVIDENCE.value, words=words,
                channel=SERVICE["channel"], actor=self.desk,
            )  # fmt: skip

    def _begun(
        self, her: int, group: str, said: Mapping[str, str], *, by: Actor | None = None
    ) -> Correction:
        with scopes.acting(actors.system("demo")):
            customer = Customer.objects.select_related("subject").get(pk=her)
        with _writing(her, by) as how:
            found = drafting.begin(customer, GROUPS[group], **how)
            drafting.propose(found, said, **how)
        return found

    def _proven(self, found: Correction, title: str, lines: list[str]) -> None:
        paper = pdf.compile_pdf("demo-paper.typ", {"title": title, "lines": lines}, at=clock.now())
        with _writing(found.subject_id, None) as how:
            drafting.attach(found, paper, name=f"{title}.pdf", **how)

    def _handed_in(self, found: Correction, *, by: Actor | None = None) -> None:
        with _writing(found.subject_id, by) as how:
            drafting.hand_in(found, **how)

    def _taken(self, found: Correction) -> None:
        with scopes.acting(self.desk):
            handling.take(self._again(found), channel=SERVICE["channel"], actor=self.desk)

    def _passed_on(self, found: Correction) -> None:
        with scopes.acting(self.desk):
            handling.pass_on(self._again(found), channel=SERVICE["channel"], actor=self.desk)

    def _approved(self, found: Correction) -> None:
        approval = self._again(found).approval
        if approval is not None:
            with scopes.acting(self.officer):
                approvals.approve(approval, seen=approval.digest, actor=self.officer)

    def _again(self, found: Correction) -> Correction:
        with scopes.acting(actors.system("demo")):
            row: Correction = Correction.objects.select_related("approval").get(pk=found.pk)
            return row


@contextmanager
def _writing(her: int, by: Actor | None) -> Iterator[dict[str, Any]]:
    """As whoever raises it, with the channel and purpose that are his; she herself if nobody is named."""
    actor, how = (actors.customer(her), OWN) if by is None else (by, SERVICE)
    with scopes.acting(actor):
        yield {**how, "actor": actor}


def _she(her: int) -> Any:
    return scopes.acting(actors.customer(her))


def _agent_of(her: int) -> Actor | None:
    with scopes.acting(actors.system("demo")):
        own = Assignment.objects.current().filter(subject=her, purpose="", user__role="agent")
        row = own.select_related("user__unit").order_by("pk").first()
    return actors.staff(row.user) if row is not None else None
