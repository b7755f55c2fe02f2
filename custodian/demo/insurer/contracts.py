"""Invented policies and claims of the customers."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from custodian.demo.insurer import products, staff, words
from custodian.demo.insurer.parties import Party
from custodian.demo.insurer.products import Product
from custodian.demo.insurer.staff import Staff

IN_FORCE, SUSPENDED, TERMINATED = "有效", "中止", "终止"
HIGH_SUM: Final = 3_000_000
POLICIES_HELD: Final = ((1, 2, 3, 4, 5), (36, 32, 19, 9, 4))
CLAIM_RATE: Final = 0.135
OPEN_DAYS: Final = 10  # reported lately, and not decided before the book was written
CLAIMABLE: Final = {
    "两全险": ("重疾",),
    "健康险": ("重疾",),
    "医疗险": ("医疗",),
    "寿险": ("重疾",),
    "意外险": ("意外", "医疗"),
}
COMING_OF_AGE: Final = timedelta(days=6575)
STEP_DAYS: Final = {"年缴": 365, "半年缴": 182, "月缴": 30}


@dataclass(slots=True)
class Policy:
    number: str
    holder_key: str
    insured_key: str
    relation: str
    product: Product
    starts: date
    ends: date | None
    status: str
    next_due: date | None
    sum_insured: int
    premium: int
    unit: str
    seller: str = ""
    intermediary: str = ""
    beneficiaries: str = "法定"
    beneficiary_key: str = ""
    health: str = ""
    password: str = ""
    lives: int = 1
    starts_text: str = ""


@dataclass(slots=True)
class Claim:
    number: str
    policy_number: str
    insured_key: str
    kind: str
    status: str
    reported: date
    decided: date | None
    description: str
    diagnosis: str
    amount: int
    handler: str
    reported_text: str = ""


class Underwriter:
    """Writes policies and claims, each with a number of its own."""

    def __init__(self, *, random: Random, today: date) -> None:
        self.random, self.today = random, today
        self._series: dict[str, int] = {}
        self._claims = 0

    def number(self, unit: str, starts: date) -> str:
        series = f"P{starts.year}{staff.UNIT_BY_CODE[unit].series}"
        self._series[series] = self._series.get(series, 416) + 1
        return f"{series}{self._series[series]:06d}"

    def policies(
        self,
        household: Sequence[Party],
        *,
        agent: Staff | None,
        unit: str,
        rich: Container[str] = (),
    ) -> Iterator[Policy]:
        """What the adults of a household hold; those whose key is in `rich` are insured highly."""
        for holder in household:
            if holder.kind == "organisation":
                yield from self._group(holder, unit=unit)
            elif holder.age(self.today) >= 20:
                high = holder.key in rich
                yield from self._personal(holder, household, agent=agent, unit=unit, high=high)

    def _personal(
        self,
        holder: Party,
        household: Sequence[Party],
        *,
        agent: Staff | None,
        unit: str,
        high: bool,
    ) -> Iterator[Policy]:
        count = self.random.choices(*POLICIES_HELD)[0]
        for place in range(count):
            insured = holder if self.random.random() < 0.65 else self.random.choice(household)
            product = self._product(holder, insured, big=high and not place)
            if product is None:  # nothing suits a newborn yet
                insured, product = holder, products.BIG
            policy = self._policy(holder, insured, product, unit)
            if high and not place:
                policy.sum_insured = HIGH_SUM + 100_000 * self.random.randrange(60)
                policy.premium = round(policy.sum_insured * policy.product.rate)
                policy.status, policy.ends = IN_FORCE, None
            self._benefit(policy, insured, household)
            if agent and self.random.random() < 0.8:
                policy.seller = agent.staff_no
            else:
                policy.intermediary = self.random.choice(staff.INTERMEDIARIES).code
            yield policy

    def _product(self, holder: Party, insured: Party, *, big: bool) -> Product | None:
        if big:
            return products.BIG
        minor = insured.age(self.today) < 18
        suited = [
            product
            for product in products.PERSONAL
            if (minor or product.code not in products.FOR_MINORS)
            and self._days_sold(product, holder, insured) > 30
        ]
        return self.random.choice(suited) if suited else None

    def _policy(self, holder: Party, insured: Party, product: Product, unit: str) -> Policy:
        random = self.random
        days = self._days_sold(product, holder, insured)
        starts = self._first_day(product, holder, insured) + timedelta(
            days=random.randrange(max(1, days))
        )
        ends = _later(starts, product.years) if product.years else None
        status, due = self._standing(product, starts, ends)
        low, high = product.sums
        amount = random.randint(low, high) * 10_000
        return Policy(
            number=self.number(unit, starts),
            holder_key=holder.key,
            insured_key=insured.key,
            relation="本人" if insured is holder else _relation(holder, insured),
            product=product,
            starts=starts,
            ends=ends,
            status=status,
            next_due=due,
            sum_insured=amount,
            premium=max(60, round(amount * product.rate)),
            unit=unit,
            health=random.choice(words.HEALTH_NOTES if random.random() < 0.12 else words.HEALTHY),
            password=f"{random.randrange(10**6):06d}"
            if starts.year < 2010 and random.random() < 0.15
            else "",
        )

    def _first_day(self, product: Product, holder: Party, insured: Party) -> date:
        """Nobody holds a policy before coming of age, or is insured before birth."""
        first = date(product.since, 3, 1)
        if product.years == 1:
            first = max(first, self.today - timedelta(days=800))
        if holder.born and insured.born:
            first = max(first, holder.born + COMING_OF_AGE, insured.born + timedelta(days=30))
        return first

    def _days_sold(self, product: Product, holder: Party, insured: Party) -> int:
        last = min(self.today, date(product.until, 12, 1))
        return (last - self._first_day(product, holder, insured)).days

    def _standing(
        self, product: Product, starts: date, ends: date | None
    ) -> tuple[str, date | None]:
        if ends and ends <= self.today:
            return TERMINATED, None
        roll = self.random.random()
        if roll < 0.05:
            return TERMINATED, None
        step = STEP_DAYS.get(product.pay)
        if step is None:
            return IN_FORCE, None
        since = (self.today - starts).days
        if roll < 0.1 and since > step + 60:
            return SUSPENDED, None
        return IN_FORCE, starts + timedelta(days=(since // step + 1) * step)

    def _benefit(self, policy: Policy, insured: Party, household: Sequence[Party]) -> None:
        others = [party for party in household if party is not insured]
        if not others or self.random.random() < 0.45:
            return
        heir = self.random.choice(others)
        policy.beneficiary_key = heir.key
        policy.beneficiaries = f"{heir.name}（{_relation(insured, heir)}）100%"

    def _group(self, holder: Party, *, unit: str) -> Iterator[Policy]:
        for product in products.GROUP[: self.random.randint(1, 2)]:
            policy = self._policy(holder, holder, product, unit)
            policy.insured_key = policy.health = policy.password = ""
            policy.relation = "雇佣"
            policy.lives = self.random.randint(8, 240)
            yield policy

    def claim_number(self, reported: date) -> str:
        self._claims += 1
        return f"C{reported.year}{self._claims:07d}"

    def claims(self, policy: Policy, handlers: Sequence[str]) -> Iterator[Claim]:
        kinds = CLAIMABLE.get(policy.product.category, ())
        if not kinds or policy.status == TERMINATED or self.random.random() >= CLAIM_RATE:
            return
        random = self.random
        since = min(900, (self.today - policy.starts).days - 10)
        if since < 1:
            return
        kind, story, diagnosis, usual = random.choice(
            [claim for claim in words.CLAIMS if claim[0] in kinds]
        )
        reported = self.today - timedelta(days=random.randrange(since))
        age = (self.today - reported).days
        took = random.randint(3, 29)
        decided = reported + timedelta(days=min(took, age - 1)) if age > OPEN_DAYS else None
        status = random.choice(("已报案", "审核中"))
        if decided:
            status = "拒赔" if random.random() < 0.06 else "已结案"
        yield Claim(
            number=self.claim_number(reported),
            policy_number=policy.number,
            insured_key=policy.insured_key,
            kind=kind,
            status=status,
            reported=reported,
            decided=decided,
            description=story,
            diagnosis=diagnosis,
            amount=0 if status != "已结案" else round(usual * random.uniform(0.5, 1.6)),
            handler=random.choice(handlers),
        )


def _later(starts: date, years: int) -> date:
    day = 28 if (starts.month, starts.day) == (2, 29) else starts.day
    return date(starts.year + years, starts.month, day) - timedelta(days=1)


def _relation(one: Party, other: Party) -> str:
    """What `other` is to `one`, in the same household."""
    if other.guardian_name:
        return "子女" if not one.guardian_name else "兄弟姐妹"
    if one.guardian_name:
        return "父母"
    return "配偶"
