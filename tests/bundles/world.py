"""An insurer with four days of looks in its log, all sealed, and the cases of those who supervise it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from access import actors, approvals, cases, keystore, scopes
from access.bundles import building, jobs
from access.bundles.building import Order
from access.bundles.criteria import Criteria
from access.cases import Terms
from access.models import Bundle, Case, User
from access.querylog import heads
from access.querylog.heads import Head
from access.vocabulary import Role
from custodian import clock
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE
from records import vault
from records.models import Customer
from tests import estate
from tests.records import desk_estate
from tests.security import looking
from tests.security.looking import logged_in
from tests.sequencer import trees
from tests.sequencer.trees import Place

DAYS = 4
WITNESS = "witness.example/w"
FORMULA = "=1+1"  # somebody's staff number
WU: Mapping[str, str] = {
    **estate.ZHANG,
    "identity.name": "吴映雪",
    "identity.id_number": "320311199003070028",
    "identity.mobile": "13900139000",
}


@dataclass
class World:
    """`sizes[day]` is the size of the tree at the end of that day; days count from 0."""

    place: Place
    sizes: list[int] = field(default_factory=list)
    witness: Signer = field(default_factory=lambda: Signer.generate(WITNESS, kind=COSIGNATURE))

    @classmethod
    def make(cls, folder: Path) -> World:
        world = cls(Place.make(folder))
        desk_estate.open_all_day()
        world._people()
        for day in range(DAYS):
            world._live(day)
        world._settle()
        return world

    def _people(self) -> None:
        near, far = estate.unit("XZ"), estate.unit("NJ")
        self.li = estate.user(Role.AGENT, unit_=near, name="李娜")
        self.wang = estate.user(Role.AGENT, unit_=far, name="王磊")
        self.formula = estate.user(Role.AGENT, unit_=far, name="=公式", staff_no=FORMULA)
        self.chen = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.liu = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.zhou = estate.user(Role.REGULATOR, name="周明")
        self.zhao = estate.user(Role.REGULATOR, name="赵刚")
        with clock.at(self.at(0)):
            of = {"of": [self.li, self.wang, self.formula], "unit_": near}
            self.zhang = estate.customer(estate.ZHANG, **of)
            self.wu = estate.customer(WU, **of)

    def _live(self, day: int) -> None:
        """Looks of three people at two customers, with so many other entries between that blocks fill."""
        with clock.at(self.at(day)):
            for one in range(3):
                self.look(self.li, self.zhang)
                self.look(self.wang, self.zhang if one else self.wu)
                self.look(self.li, self.wu)
                trees.append(40)
            self.look(self.formula, self.wu)
        with clock.at(self.at(day) + timedelta(hours=1)):
            trees.change(f"day {day}", roll=1)
            self.place.seal()
        self.sizes.append(trees.tree())

    def _settle(self) -> None:
        """What is done today: cases, which others approve."""
        people = {"operators": [self.li, self.wang, self.formula], "units": ["XZ", "NJ"]}
        both = [self.zhang, self.wu]
        guests = [self.zhou, self.zhao]
        self.whole_case = self.case(everything=True, customers=both, guests=guests)
        self.people_case = self.case(**people, customers=both, guests=guests)
        self.place.seal()
        for size in (*self.sizes, trees.tree()):
            self.cosign(size)

    def cosign(self, size: int) -> None:
        """A witness saw the head of this size, a minute after it was made."""
        head = heads.head_at(size)
        assert head is not None
        when = head.signed_at + timedelta(minutes=1)
        line = self.witness.cosign(head.checkpoint.note.text, at=int(when.timestamp()))
        with logged_in("sequencer") as cursor:
            cursor.execute(
                "INSERT INTO querylog.cosignature (size, witness, line, at) VALUES (%s, %s, %s, %s)",
                [size, WITNESS, line, when],
            )
            cursor.connection.commit()

    def policy(self, quorum: str = "none") -> str:
        """What a supervisor keeps: the log's key, the witness, and whether its word is needed."""
        keys = self.place.policy.read_text().replace("quorum none\n", "")
        return f"{keys}witness {WITNESS} {self.witness.key.vkey}\nquorum {quorum}\n"

    def at(self, day: int) -> datetime:
        """Ten o'clock of a day at the office; the last one was the day before yesterday."""
        return datetime.combine(self.day(day), time(10), clock.OFFICE)

    def day(self, day: int) -> date:
        return clock.local(clock.real()).date() - timedelta(days=DAYS + 1 - day)

    def look(self, user: User, customer: Customer) -> int:
        with acting(user) as actor:
            given = looking.permit(actor, customer)
            vault.reveal(given)
            return given.entry

    def head(self, day: int | None = None) -> Head:
        found = (
            heads.newest_head(witnessed=False) if day is None else heads.head_at(self.sizes[day])
        )
        assert found is not None
        return found

    def case(
        self,
        *,
        guests: Sequence[User] = (),
        customers: Sequence[Customer] = (),
        until: datetime | None = None,
        last: date | None = None,
        approved: bool = True,
        **more: Any,
    ) -> Case:
        """A case over all days, open unless not `approved`."""
        terms = Terms(
            title="示例", office="示例监管局", letter="", since=self.day(0), until=last or self.day(DAYS - 1),
            access_until=until or clock.now() + timedelta(days=9), guests=guests or [self.zhou],
            customers=[subject_of(each) for each in customers],
            **{"everything": False, "operators": [], "units": [], **more},
        )  # fmt: skip
        with acting(self.chen) as chen:
            case = cases.open_case(terms, actor=chen)
        if approved:
            self.approve(case.approval)
        return self.again(case)

    def approve(self, approval: Any) -> None:
        with acting(self.liu, stepped_up=True) as liu:
            approvals.approve(approval, seen=approval.digest, actor=liu)

    def again(self, row: Any) -> Any:
        """The row as it stands now."""
        with scopes.acting(estate.system()):
            rows = type(row).objects.all()
            if isinstance(row, Bundle):
                rows = rows.select_related("case", "recipient")
            return rows.get(pk=row.pk)

    def criteria(self, first: int = 0, last: int = DAYS - 1, **more: Any) -> Criteria:
        people = [user.ref for user in more.pop("operators", ())]
        customers = [subject_of(each) for each in more.pop("customers", ())]
        keys = [subject_of(each) for each in more.pop("keys", ())]
        return Criteria(
            since=self.day(first), until=self.day(last), operators=tuple(people),
            customers=tuple(customers), keys=tuple(keys), **more,
        )  # fmt: skip

    def order(self, criteria: Criteria, **more: Any) -> Order:
        called = {str(subject_of(each)): each.ref for each in (self.zhang, self.wu)}
        asked = {"recipient": "周明 T0006", "case": "R-2026-01", "language": "zh-hans", **more}
        return Order(criteria=criteria, customers=called, **asked)

    def asked(
        self, case: Case, criteria: Criteria, *, by: User | None = None, language: str = "zh-hans"
    ) -> Bundle:
        """A bundle that its recipient asked for, and nobody built yet."""
        recipient = by or self.zhou
        with acting(recipient) as actor:
            return jobs.request(
                case,
                criteria,
                recipient=recipient,
                language=language,
                channel="regulator",
                actor=actor,
            )

    def built(self, case: Case, criteria: Criteria, **more: Any) -> Bundle:
        return jobs.work(self.asked(case, criteria, **more).pk, patience=0)

    def take(self, bundle: Bundle, by: User | None = None) -> bytes:
        with acting(by or self.zhou) as actor:
            return b"".join(jobs.take(self.again(bundle), channel="regulator", actor=actor))

    def build(self, path: Path, order: Order, head: Head | None = None) -> building.Built:
        with scopes.acting(actors.system("bundler")), path.open("wb") as file:
            return building.build(order, file, head=head or self.head())


def options(question: Mapping[str, Any]) -> list[str]:
    """A question as the command takes it."""
    return [
        f"--{name}={value}"
        for name, values in question.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def subject_of(customer: Customer) -> Any:
    with scopes.acting(estate.system()):
        return customer.subject.uid


def key_of(customer: Customer) -> bytes:
    """The customer's log key."""
    with scopes.acting(estate.system()):
        return keystore.subject_keys_of([customer.pk])[customer.pk]


def acting(person: User, *, stepped_up: bool = False) -> Any:
    return estate.acting(person, stepped_up=stepped_up)
