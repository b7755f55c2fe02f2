"""Families and firms: who lives together, and who arrives in the insurer's books together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from custodian.demo.insurer import words
from custodian.demo.insurer.numbers import fifteen
from custodian.demo.insurer.parties import Party, Registry
from custodian.demo.insurer.places import Place

LEGACY = "历史客户"
FIFTEEN_DIGITS_BEFORE = 1985  # younger people never had a number without the century


def draw(registry: Registry, area: Sequence[Place]) -> list[Party]:
    """The next household, in the proportions of an ordinary life insurer."""
    random = registry.random
    place, kind = random.choice(area), random.random()
    if kind < 0.05:
        return [registry.organisation(place)]
    if kind < 0.08:
        return [registry.foreigner(place) if random.random() < 0.5 else registry.compatriot(place)]
    if kind < 0.36:
        return legacy(registry, place)
    return family(registry, place)


def family(registry: Registry, place: Place) -> list[Party]:
    random = registry.random
    head = registry.adult(place)
    special(head, registry)
    members, shape = [head], random.random()
    if shape < 0.42 or len(head.name) > 4:
        return members
    partner = _partner(head, registry)
    members.append(partner)
    oldest = min(18, min(member.age(registry.today) for member in members) - 21)
    if shape < 0.62 or head.age(registry.today) > 58 or oldest < 1:
        return members
    surname = _surname(head if head.sex == "男" else partner)
    for _ in range(2 if random.random() < 0.3 else 1):
        parent = random.choice((head, partner))
        members.append(registry.child(parent, surname=surname, oldest=oldest))
    return members


def legacy(registry: Registry, place: Place) -> list[Party]:
    """Customers of the old system: adults, many with the number they had before 1999."""
    head = registry.adult(place, ages=(38, 84))
    members = [head]
    if registry.random.random() < 0.4:
        members.append(_partner(head, registry))
    for member in members:
        _age(member, registry)
    return members


def twins(registry: Registry, place: Place) -> list[Party]:
    """One person under two keys: once in the old system, once in the new one."""
    new = registry.adult(place, ages=(44, 70))
    new.name = new.name[:2] + words.DRAGON if registry.random.random() < 0.3 else new.name
    old = replace(new, key=registry.key(), sheet=LEGACY, workplace="", email="")
    old.id_number = fifteen(new.id_number)
    old.name = new.name.replace(words.DRAGON, words.DRAGON_PRIVATE)
    if len(old.name) == 2:
        old.name = f"{old.name[0]}\u3000{old.name[1]}"
    return [old, new]


def special(party: Party, registry: Registry) -> None:
    """Now and then a rare character, a name with a dot, or an officer's card."""
    random, roll = registry.random, registry.random.random()
    if roll < 0.006:
        party.name = party.name[:1] + random.choice(words.RARE_GIVEN)
    elif roll < 0.012:
        given, father = random.choice(words.DOTTED_GIVEN[party.sex]), words.DOTTED_FAMILY
        party.name = f"{given}{random.choice(words.DOTS)}{random.choice(father)}"
        party.email = ""
    elif roll < 0.017 and 22 < party.age(registry.today) < 55:
        party.id_type, party.id_number = "军官证", registry.supply.military()


def _partner(head: Party, registry: Registry) -> Party:
    age = head.age(registry.today)
    sex = "女" if head.sex == "男" else "男"
    partner = registry.adult(head.place, sex=sex, ages=(max(20, age - 5), max(22, age + 4)))
    partner.address = head.address
    if registry.random.random() < 0.3:
        partner.mobile = head.mobile
    return partner


def _age(member: Party, registry: Registry) -> None:
    """Give a member the looks of a record typed in twenty years ago."""
    random = registry.random
    member.sheet, member.valid_until, member.nationality = LEGACY, "", ""
    if member.born and member.born.year < FIFTEEN_DIGITS_BEFORE and random.random() < 0.35:
        member.id_number = fifteen(member.id_number)
    elif member.id_number.endswith("X"):
        member.id_number = member.id_number[:-1] + random.choice("XxＸ")
    if random.random() < 0.05:
        member.mobile = f"{member.mobile[:3]} {member.mobile[3:7]} {member.mobile[7:]}"


def _surname(party: Party) -> str:
    return party.name[:2] if party.name[:2] in words.COMPOUND_SURNAMES else party.name[:1]
