"""The demo's suspicions: a few claims are planted, the real search finds them, and two people work on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from access import actors, approvals, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval, User
from access.vocabulary import Channel
from custodian import clock
from custodian.demo.diary import Step, Steps
from incidents.fraud import (
    asking,
    deciding,
    evidence,
    investigating,
    register,
    screening,
    triage,
)
from incidents.fraud.register import Terms
from incidents.models import FraudAsk, FraudCase
from records import intake, policies
from records.claim_handling import examining, filing
from records.claim_handling.filing import Report
from records.models import Book, Claim, Customer, Policy, Product
from transfers.models import Counterparty

OFFICER, GUARD, ZHAO, DESK = "C0217", "S0088", "L0301", "K0501"
ACCOUNT: Final = "6217009900001188"
LISTED: Final = "13955500719"
# Name, mobile, account, days since the policy began: two who share an account, one on a list of the industry.
PLANTED: Final = (
    ("傅长青", "13955500711", ACCOUNT, 1200),
    ("岳小满", "13955500712", ACCOUNT, 34),
    ("隋远航", LISTED, "6217009900002299", 21),
    ("蔺若兰", "13955500714", "6217009900003311", 1500),
    ("幸子墨", "13955500714", "6217009900004422", 47),
)
LIST: Final = "手机号码\n13955500719\n13955500720\n1395550\n13955500720\n"


class Fraud:
    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._people, self._begin, self._seal = people, begin, seal
        self._claims: list[Claim] = []
        self.steps: Steps = list(self._plan())

    def _plan(self) -> Iterator[tuple[datetime, Step]]:
        yield self._at(19, 9), self._receive
        for at in range(len(PLANTED)):
            yield self._at(20, 9 + at), lambda at=at: self._plant(at)  # type: ignore[misc]
        yield self._at(21, 2), self._search
        yield self._at(21, 10), self._take_up
        yield self._at(22, 9), self._answer
        yield self._at(24, 15), self._work
        yield self._at(25, 10), self._conclude
        yield self._at(26, 11), self._close
        yield self._at(29, 2), self._search

    def _search(self) -> None:
        screening.carry_out()

    def _receive(self) -> None:
        """A list of an industry platform, with two rows that are no good."""
        with self._acting(OFFICER) as actor:
            partner = Counterparty.objects.filter(kind="insurer").order_by("pk").first()
            if partner is None:
                return
            today = clock.local().date()
            terms = Terms(
                partner=partner, elements=["identity.mobile"], purpose="prevent", ground="duty",
                at_on=today, use_by=today + timedelta(days=180),
            )  # fmt: skip
            register.receive(terms, LIST.encode(), actor=actor)

    def _plant(self, at: int) -> None:
        name, mobile, account, days = PLANTED[at]
        customer, policy = self._insured(at, name, mobile, account, days)
        report = Report(
            policy=policy,
            kind="accident",
            occurred_on=clock.local().date() - timedelta(days=1),
            channel=Claim.Channel.PHONE,
            values={"claim.description": "骑车摔倒，右膝着地", "claim.diagnosis": "髌骨骨折"},
        )
        with self._acting(DESK) as actor:
            claim = filing.file(customer.pk, report, channel=Channel.DESK, actor=actor)
        self._claims.append(claim)
        if at < 2:
            self._as(ZHAO, lambda actor: examining.take(claim, channel=Channel.DESK, actor=actor))

    def _insured(
        self, at: int, name: str, mobile: str, account: str, days: int
    ) -> tuple[Customer, Policy]:
        """A customer and a contract, as a book brings them."""
        house = actors.system("importer")
        with scopes.acting(house):
            book = Book.objects.order_by("pk")[0]
            unit = self._people[DESK].unit_id
            newcomer = intake.NewCustomer(
                kind="person", source_key=f"KHF{at:05}", unit_id=unit,
                values={
                    "identity.name": name, "identity.mobile": mobile, "identity.id_type": "passport",
                    "identity.id_number": f"E7715500{at}", "identity.birth_date": f"198{at}-05-1{at}",
                },
                accounts=[{"financial.bank_name": "示例银行", "financial.bank_account": account}],
            )  # fmt: skip
            as_book: Any = {
                "book": book, "channel": "command", "action": Action.BOOK_IMPORT, "actor": house,
            }  # fmt: skip
            customer = intake.register([newcomer], **as_book)[0]
            contract = policies.NewPolicy(
                source_key=f"BDF{at:05}", holder=customer.pk, product_id=Product.objects.order_by("pk")[0].pk,
                values={"policy.number": f"QHF2026{at:06}"},
                roles=[(customer.pk, "policyholder", ""), (customer.pk, "insured", "")],
                starts_on=clock.local().date() - timedelta(days=days),
            )  # fmt: skip
            policies.register([contract], **as_book)
            policy = Policy.objects.select_related("product", "book").get(subject=customer.pk)
        return customer, policy

    # -- the case that is worked through --------------------------------------------------------

    def _case(self) -> FraudCase:
        with scopes.acting(actors.system("fraud")):
            found: FraudCase = FraudCase.objects.get(subject=self._claims[1].subject_id)
            return found

    def _take_up(self) -> None:
        case = self._case()
        with self._acting(OFFICER) as actor:
            triage.take_up(case, text="两名互不相识的理赔人用同一个收款账号", actor=actor)
            investigating.let_in(case, self._people[GUARD], actor=actor)
            investigating.add_task(
                case, title="向医院核对病历编号", owner=self._people[GUARD],
                due_on=clock.local().date() + timedelta(days=5), actor=actor,
            )  # fmt: skip
            claim = investigating.claims_of(case)[0]
            words = "请核对收款人签名与投保单是否一致"
            asking.ask(case, claim, kind="check", text=words, actor=actor)

    def _answer(self) -> None:
        with self._acting(ZHAO) as actor:
            row = FraudAsk.objects.select_related("claim").get(answered_at=None)
            asking.answer(
                row, text="签名不一致，已另存复印件", channel=Channel.DESK.value, actor=actor
            )

    def _work(self) -> None:
        case = self._case()
        with self._acting(GUARD) as actor:
            investigating.settle_task(
                case.tasks.get(), "done", note="已去函并收到回函", actor=actor
            )
            investigating.note(case, text="医院回函：病历编号不存在", actor=actor)
            evidence.file(
                case, "演示文件：医院回函，病历编号不存在".encode(), name="医院回函", origin="医院邮寄",
                actor=actor,
            )  # fmt: skip

    def _conclude(self) -> None:
        case = self._case()
        with self._acting(GUARD) as actor:
            asked = deciding.conclude(
                case,
                "founded",
                ["refuse"],
                text="病历系伪造，收款账号与另一理赔人相同",
                actor=actor,
            )
        self._agree(asked)

    def _close(self) -> None:
        """The handler decides by the claim's own way; he has the proposal, and the case waits for its end."""
        case = self._case()
        with self._acting(OFFICER) as actor:
            (claim,) = investigating.claims_of(case)
            words = "病历系伪造。建议以证明材料不足不予给付"
            asking.ask(case, claim, kind="refuse", text=words, actor=actor)

    def _agree(self, asked: Approval) -> None:
        with self._acting(OFFICER) as actor:
            approvals.approve(asked, seen=asked.digest, actor=actor)

    # -- who and when ---------------------------------------------------------------------------

    def _as(self, number: str, deed: Callable[[Actor], Any]) -> None:
        with self._acting(number) as actor:
            deed(actor)

    @contextmanager
    def _acting(self, number: str) -> Iterator[Actor]:
        """The person acts, after a fresh second factor."""
        actor = actors.staff(self._people[number], stepped_up=True)
        with scopes.acting(actor):
            yield actor

    def _at(self, days: int, hour: int) -> datetime:
        return clock.local(self._begin + timedelta(days=days)).replace(hour=hour, minute=40)
