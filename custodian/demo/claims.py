"""The demo's claims: imported ones are worked off, and eight of the month stand at different steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any, Final

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, User
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.demo import papers as demo_papers
from custodian.demo.diary import Step, Steps
from records.claim_handling import deciding, examining, filing, papers, paying, watching
from records.claim_handling.deciding import Proposal
from records.claim_handling.examining import Needed
from records.claim_handling.filing import Report
from records.claim_handling.paying import Payment
from records.models import Account, Book, Claim, ClaimDecision, ClaimNeed, Policy, PolicyRole

HANDLERS: Final = ("L0301", "L0302")
ZHAO, AGENT, DESK, OFFICER = "L0301", "A0196", "K0501", "C0217"
LEFT_OPEN: Final = 3  # of the imported ones, for whoever takes them
STORIES: Final = (
    ("medical", "急性阑尾炎，住院六天", "急性阑尾炎"),
    ("accident", "下楼时踩空，左腕着地", "桡骨远端骨折"),
    ("medical", "反复咳嗽，住院检查", "社区获得性肺炎"),
)
AMOUNTS: Final = ("3280.00", "1260.50", "8800.00", "15600.00", "460.00", "22400.00")
APPROVED: Final = "属于保险责任，按约定的比例和免赔额计算"
REFUSED: Final = "出险原因属于条款第七条列明的责任免除，附条款摘录"


class Claims:
    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._people, self._begin, self._seal = people, begin, seal
        self._amounts, self._stories = cycle(AMOUNTS), cycle(STORIES)
        self._known: dict[str, Claim] = {}
        self.steps: Steps = list(self._plan())

    def _plan(self) -> Iterator[tuple[datetime, Step]]:
        yield self._at(0, 8), watching.carry_out
        for day in range(9):
            yield self._at(day, 10), lambda: self._work_off(2)
        for day in range(1, 16):
            yield self._at(day, 15), self._pay_what_is_due
        for day in range(1, 30, 2):
            yield self._at(day, 2), watching.carry_out
        yield from self._stories_of_the_month()

    def _stories_of_the_month(self) -> Iterator[tuple[datetime, Step]]:
        """Each at another step: one late with the money, one near its day, one waiting for a yes."""
        for day, name, who in (
            (1, "paid", AGENT), (2, "refused", DESK), (5, "near", AGENT), (6, "advance", DESK),
            (3, "late", DESK), (18, "papers", AGENT), (22, "large", DESK),
        ):  # fmt: skip
            yield self._at(day, 9), lambda name=name, who=who: self._file(name, who)  # type: ignore[misc]
            yield self._at(day + 1, 9), lambda name=name: self._take(name)  # type: ignore[misc]
            if name != "papers":
                yield self._at(day + 1, 10), lambda name=name: self._do(name, examining.complete)  # type: ignore[misc]
        yield from self._papers_of_the_month()
        yield self._at(7, 11), lambda: self._decide("paid")
        yield self._at(8, 11), lambda: self._decide("refused", "reject")
        yield self._at(9, 9), lambda: self._approve("refused")
        yield self._at(10, 9), lambda: self._do("refused", paying.send_notice)
        yield self._at(12, 11), lambda: self._decide("advance", "advance", "12000.00")
        yield self._at(16, 11), lambda: self._decide("late")
        yield self._at(20, 11), self._ask
        yield self._at(28, 15), lambda: self._decide("large", amount="85000.00")
        yield clock.now() - timedelta(hours=3), self._report_her_own

    def _papers_of_the_month(self) -> Iterator[tuple[datetime, Step]]:
        """Over the counter, and by customers themselves: a whole file, one half there, and one just come."""
        yield self._at(3, 10), lambda: self._scan("late", "medical", "invoice")
        yield self._at(5, 11), lambda: self._photograph("near", "other")
        yield self._at(18, 10), lambda: self._photograph("papers", "identity")
        yield self._at(21, 14), lambda: self._photograph("papers", "invoice", asked=True)
        yield self._at(22, 11), lambda: self._photograph("large", "accident")
        yield self._at(22, 14), lambda: self._scan("large", "medical")

    def end(self) -> None:
        """The watch tells what is near and late."""
        self._seal()
        watching.carry_out()
        self._seal()

    # -- the steps --------------------------------------------------------------------------

    def _report_her_own(self) -> None:
        subject, policy = next(self._insured())
        actor = actors.customer(subject)
        with scopes.acting(actor):
            report = self._report(policy, Claim.Channel.PORTAL)
            came = [demo_papers.photographed("medical")]
            papers.report(
                subject, report, came, channel=Channel.PORTAL, purpose=Purpose.SELF, actor=actor
            )

    def _file(self, name: str, who: str) -> None:
        found = next(self._insured(of=self._people[who].pk), None) if who == AGENT else None
        if found is None:  # in a small book an agent may have nobody who comes into question
            who, found = DESK, next(self._insured())
        subject, policy = found
        channel = Claim.Channel.AGENT if who == AGENT else Claim.Channel.PHONE
        with self._acting(who) as actor:
            report = self._report(policy, channel)
            self._known[name] = filing.file(subject, report, channel=Channel.DESK, actor=actor)

    def _report(self, policy: Policy, channel: str) -> Report:
        kind, story, diagnosis = next(self._stories)
        return Report(
            policy=policy,
            kind=kind,
            occurred_on=clock.local().date() - timedelta(days=2),
            channel=channel,
            values={"claim.description": story, "claim.diagnosis": diagnosis},
        )

    def _scan(self, name: str, *kinds: str) -> None:
        """What somebody handed in at a counter."""
        for kind in kinds:
            paper = demo_papers.printed(kind)
            with self._acting(DESK) as actor:
                papers.file(
                    self._again(self._known[name]), paper, channel=Channel.DESK,
                    purpose=Purpose.CLAIM, actor=actor,
                )  # fmt: skip

    def _photograph(self, name: str, kind: str, *, asked: bool = False) -> None:
        """The customer sends it from her telephone, in answer to the notice or by herself."""
        claim = self._again(self._known[name])
        actor = actors.customer(claim.subject_id)
        with scopes.acting(actor):
            slots = ClaimNeed.objects.filter(claim=claim, kind=kind, received_at=None)
            need = slots.values_list("slot", flat=True).first() if asked else None
            paper = demo_papers.photographed(kind, need=need)
            papers.file(claim, paper, channel=Channel.PORTAL, purpose=Purpose.SELF, actor=actor)

    def _take(self, name: str) -> None:
        self._do(name, examining.take)

    def _ask(self) -> None:
        needed = [
            Needed("medical", "住院病历首页与出院小结，复印件加盖医院公章"),
            Needed("invoice"),
        ]
        with self._acting(ZHAO) as actor:
            claim = self._again(self._known["papers"])
            examining.ask_for(claim, needed, channel=Channel.DESK, actor=actor)

    def _do(self, name: str, deed: Callable[..., None]) -> None:
        with self._acting(ZHAO) as actor:
            deed(self._again(self._known[name]), channel=Channel.DESK, actor=actor)

    def _decide(self, name: str, kind: str = "approve", amount: str = "") -> None:
        self._propose(self._again(self._known[name]), ZHAO, kind, amount or next(self._amounts))

    def _propose(self, claim: Claim, who: str, kind: str, amount: str) -> None:
        refuses = kind == ClaimDecision.Kind.REJECT
        proposal = Proposal(
            kind=kind,
            amount=None if refuses else Decimal(amount),
            reasons=REFUSED if refuses else APPROVED,
            ground=ClaimDecision.Ground.EXCLUDED if refuses else "",
        )
        with self._acting(who) as actor:
            deciding.propose(claim, proposal, channel=Channel.DESK, actor=actor)

    def _approve(self, name: str) -> None:
        with self._acting(OFFICER) as actor:
            held = ClaimDecision.objects.filter(claim=self._known[name]).values("approval")
            approval = Approval.objects.select_related("rule").get(pk__in=held)
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def _work_off(self, many: int) -> None:
        """The two handlers take the oldest imported claims and decide them."""
        with scopes.acting(actors.system("demo")):
            waiting = Claim.objects.filter(
                filed_at=None, handler=None, status__in=("reported", "examining")
            )
            paid_to = Account.objects.filter(until=None).values("subject")
            rows = waiting.filter(subject__in=paid_to, subject__honey=False)
            found = list(rows.order_by("reported_on")[: many + LEFT_OPEN])[:-LEFT_OPEN]
        for claim, who in zip(found, cycle(HANDLERS), strict=False):
            with self._acting(who) as actor:
                examining.take(claim, channel=Channel.DESK, actor=actor)
            self._propose(self._again(claim), who, "approve", next(self._amounts))

    def _pay_what_is_due(self) -> None:
        """All but the one that is late."""
        late = self._known.get("late")
        for who in HANDLERS:
            with self._acting(who) as actor:
                rows: Any = Claim.objects.visible_to(actor).filter(
                    handler_id=actor.id, status__in=("approved", "examining")
                )
                for claim in rows.exclude(pk=late.pk if late else 0).order_by("pk"):
                    if paying.payable(claim) is not None:
                        self._pay(claim, actor)

    def _pay(self, claim: Claim, actor: Actor) -> None:
        places: Sequence[tuple[int, int]] = list(paying.accounts(claim, actor=actor))
        if not places:
            return
        payee, slot = places[0]
        owed = paying.due(claim, channel=Channel.DESK, actor=actor)
        paying.pay(
            owed,
            Payment(
                payee=payee,
                account_slot=slot,
                paid_on=clock.local().date(),
                reference=f"FT{clock.local():%Y%m%d}-{claim.pk:05}",
            ),
            channel=Channel.DESK,
            actor=actor,
        )

    # -- who and when -----------------------------------------------------------------------

    def _insured(self, *, of: int | None = None) -> Iterator[tuple[int, Policy]]:
        """Insured with an account on file and no claim yet, those of one person if wanted."""
        with scopes.acting(actors.system("demo")):
            rows = PolicyRole.objects.filter(
                role=PolicyRole.Role.INSURED,
                policy__status=Policy.Status.IN_FORCE,
                policy__starts_on__lt=self._begin,
                subject__honey=False,
                policy__book=Book.objects.order_by("pk")[:1],
                subject__in=Account.objects.filter(until=None).values("subject"),
            ).exclude(subject__in=Claim.objects.values("subject"))
            if of is not None:
                rows = rows.filter(subject__assignment__user=of)
            for role in rows.select_related("policy__book").order_by("subject")[:1]:
                yield role.subject_id, role.policy

    def _again(self, claim: Claim) -> Claim:
        with scopes.acting(actors.system("demo")):
            found: Claim = Claim.objects.select_related("policy__product").get(pk=claim.pk)
            return found

    @contextmanager
    def _acting(self, number: str) -> Iterator[Actor]:
        """The person acts, after a fresh second factor."""
        actor = actors.staff(self._people[number], stepped_up=True)
        with scopes.acting(actor):
            yield actor

    def _at(self, days: int, hour: int) -> datetime:
        return clock.local(self._begin + timedelta(days=days)).replace(hour=hour, minute=20)
