"""What is planted among the customers: targets, honey, shared phones, cloned addresses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from custodian.demo.insurer import places, staff, words
from custodian.demo.insurer.households import LEGACY
from custodian.demo.insurer.manifest import FAMILIES_LISTED, Facts
from custodian.demo.insurer.numbers import Supply
from custodian.demo.insurer.parties import Party
from custodian.demo.insurer.staff import Staff

PER: Final = 5_000  # the counts below are for a book of this size
AGENT_PHONES, STAFF_HOMES, FORMULAS, DUPLICATES, DRAGONS = 10, 4, 8, 20, 12
CROWDS, CROWD_SIZE = 2, 12
CLONES, CLONE_SIZE = 2, 10
EXPIRED_SHARE: Final = 0.05
FORMULA_TEXTS: Final = ("=cmd|' /C calc'!A0", "+加班津贴", "@望禾", "-（同上）", '=HYPERLINK("x")')


class Pace:
    """Spreads `total` occasions evenly over the first nine tenths of `span`."""

    def __init__(self, total: int, span: int) -> None:
        self.total, self.span, self.done = total, max(1.0, span * 0.9), 0

    def take(self, at: int) -> bool:
        due = self.done < self.total and self.done + 0.5 <= self.total * (at + 1) / self.span
        self.done += due
        return due


def scaled(count: int, customers: int) -> int:
    return max(1, round(count * customers / PER))


def portfolio_size(customers: int) -> int:
    """How many customers each agent of the cast has."""
    return min(300, round(customers * 0.06))


class Planter:
    def __init__(
        self, facts: Facts, *, customers: int, today: date, random: Random, supply: Supply
    ) -> None:
        self.facts, self.random, self.today = facts, random, today
        self.sold: list[tuple[str, str]] = []  # of the targets, name and mobile
        self.wanted_targets = min(120, round(portfolio_size(customers) * 0.4))
        self.honey = Pace(min(5, max(1, customers // 20)), customers)
        self.duplicates = Pace(scaled(DUPLICATES, customers), customers)
        self._agent_phones = Pace(scaled(AGENT_PHONES, customers), customers)
        self._staff_homes = Pace(scaled(STAFF_HOMES, customers), customers)
        self._dragons = Pace(max(2, scaled(DRAGONS, customers)), customers)
        self._formulas = Pace(scaled(FORMULAS, customers), customers)
        crowds, clones = scaled(CROWDS, customers), scaled(CLONES, customers)
        self._crowded = Pace(crowds * CROWD_SIZE, customers)
        self._cloned = Pace(clones * CLONE_SIZE, customers)
        self._phones = [supply.mobile() for _ in range(crowds)]
        self._addresses = [places.address(random.choice(places.ALL), random) for _ in range(clones)]

    def plant(self, household: Sequence[Party], *, agent: Staff | None, at: int) -> None:
        """Change a household before it is written; only ever one thing about it."""
        for party in household:
            self._expire(party)
        head, facts = household[0], self.facts
        if head.sheet == LEGACY and self._dragons.take(at):
            odd = self._dragons.done % 2
            head.name = head.name[:1] + (words.DRAGON if odd else words.DRAGON_PRIVATE)
        # Of a family only the formula may be planted: its phone and address belong to several.
        if head.sheet != "个人客户" or len(household) > 1:
            return
        if agent and self._agent_phones.take(at):
            head.mobile = agent.mobile
            facts.agent_phones.setdefault(agent.staff_no, []).append(head.key)
        elif agent and self._staff_homes.take(at):
            head.address = agent.address
            facts.staff_homes.setdefault(agent.staff_no, []).append(head.key)
        elif self._crowded.take(at):
            head.mobile = self._phones[self._crowded.done % len(self._phones)]
            facts.crowded_phones.setdefault(head.mobile, []).append(head.key)
        elif self._cloned.take(at):
            head.address = self._addresses[self._cloned.done % len(self._addresses)]
            facts.cloned_addresses.setdefault(head.address, []).append(head.key)
        elif self._formulas.take(at):
            head.workplace = FORMULA_TEXTS[self._formulas.done % len(FORMULA_TEXTS)]
            facts.formula_text.append(head.key)

    def mark_targets(self, household: Sequence[Party], *, portfolio: int, wanted: int) -> None:
        """Adults of the insider's portfolio, until 40 % of it is on the list."""
        for party in household:
            due = self.wanted_targets * portfolio / wanted
            listed = len(self.facts.targets)
            if party.age(self.today) >= 20 and listed < min(due, self.wanted_targets):
                self.facts.targets.append(party.key)
                self.sold.append((party.name, party.mobile))

    def record(self, household: Sequence[Party]) -> None:
        """Note what the household carries, as it is written."""
        facts = self.facts
        for party in household:
            age = party.age(self.today)
            if len(party.id_number) == 15 and party.sheet == LEGACY:
                facts.fifteen_digits.append(party.key)
            if party.kind == "person" and _rare(party.name):
                facts.rare_names[party.key] = party.name
            if party.guardian_name and age < 18:
                facts.minors.append(party.key)
            if party.guardian_name and age < 14:
                facts.under_14.append(party.key)
        if len(household) > 1:
            self._family(household)

    def _family(self, household: Sequence[Party]) -> None:
        facts = self.facts
        facts.family_count += 1
        if len(facts.families) >= FAMILIES_LISTED:
            return
        facts.families.append([party.key for party in household])
        phones = Counter(party.mobile for party in household)
        sharing: dict[str, list[str]] = defaultdict(list)
        for party in household:
            if phones[party.mobile] > 1:
                sharing[party.mobile].append(party.key)
        facts.shared_phones.update(sharing)

    def _expire(self, party: Party) -> None:
        dated = party.valid_until[:1].isdigit() and party.kind == "person"
        if dated and self.random.random() < EXPIRED_SHARE:
            gone = self.today - timedelta(days=self.random.randint(5, 900))
            party.valid_until = gone.isoformat()
            self.facts.expired_ids.append(party.key)


class Desk:
    """Gives every household an agent: the cast its due number, the others by lot, some nobody."""

    def __init__(self, people: Sequence[Staff], *, customers: int, random: Random) -> None:
        self._random, self._customers = random, customers
        self.wanted = portfolio_size(customers)
        agents = [person for person in people if person.role == staff.AGENT]
        self._cast = [person for person in agents if person.staff_no in (staff.LI, staff.WANG)]
        self._others = [person for person in agents if person not in self._cast]
        self.counts = {person.staff_no: 0 for person in agents}

    def agent_for(self, size: int, *, at: int) -> Staff | None:
        for person in self._cast:
            held = self.counts[person.staff_no]
            if held < self.wanted * (at + size) / self._customers and held + size <= self.wanted:
                return person
        if self._random.random() < 0.04:
            return None
        return self._random.choice(self._others)


def _rare(name: str) -> bool:
    unusual = (*words.RARE_GIVEN, words.DRAGON_PRIVATE, *words.DOTS)
    return any(character in unusual for character in name)
