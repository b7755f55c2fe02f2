"""Rows made wrong on purpose, each in exactly one way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from custodian.demo.insurer.contracts import Claim, Policy
from custodian.demo.insurer.manifest import Reason
from custodian.demo.insurer.numbers import id_check, wrong_check
from custodian.demo.insurer.parties import Party

CUSTOMER_REASONS: Final = (
    Reason.BIRTH_IMPOSSIBLE,
    Reason.BIRTH_MISMATCH,
    Reason.CHECK_DIGIT,
    Reason.DATE_UNREADABLE,
    Reason.FORMULA_IN_NUMBER,
    Reason.MOBILE_LETTERS,
    Reason.NAME_MISSING,
    Reason.REPEATED_KEY,
    Reason.SEX_MISMATCH,
    Reason.USCC_CHECK,
)
POLICY_REASONS: Final = (
    Reason.DATE_UNREADABLE,
    Reason.HOLDER_REFUSED,
    Reason.HOLDER_UNKNOWN,
    Reason.PREMIUM_NEGATIVE,
)
CLAIM_REASONS: Final = (Reason.CLAIM_POLICY_UNKNOWN, Reason.DATE_UNREADABLE)
PER_REASON: Final = {CUSTOMER_REASONS: 1000, POLICY_REASONS: 250, CLAIM_REASONS: 1250}
UNREADABLE: Final = ("1985年13月40日", "二月三十日", "0000-00-00", "去年秋天")


class Schedule:
    """Which fault is due after which customer: every reason equally often, spread over the book."""

    def __init__(self, reasons: tuple[Reason, ...], customers: int, random: Random) -> None:
        each = max(1, round(customers / PER_REASON[reasons]))
        due = [reason for reason in reasons for _ in range(each)]
        random.shuffle(due)
        self._due: dict[int, list[Reason]] = {}
        for place, reason in enumerate(due):
            self._due.setdefault((place + 1) * customers // (len(due) + 1), []).append(reason)

    def at(self, customer: int) -> Iterator[Reason]:
        yield from self._due.get(customer, ())


def spoil_person(party: Party, reason: Reason, random: Random) -> None:
    """Expects an adult with an 18-digit resident ID."""
    number = party.id_number
    match reason:
        case Reason.CHECK_DIGIT:
            party.id_number = wrong_check(number, random)
        case Reason.BIRTH_IMPOSSIBLE:
            first17 = (
                f"{number[:10]}{random.choice(('0230', '1301', '0431', '0009'))}{number[14:17]}"
            )
            party.id_number = first17 + id_check(first17)
        case Reason.BIRTH_MISMATCH if party.born:
            party.born -= timedelta(days=random.randint(400, 4000))
        case Reason.SEX_MISMATCH:
            party.sex = "女" if party.sex == "男" else "男"
        case Reason.MOBILE_LETTERS:
            party.mobile = f"{party.mobile[:3]}{random.choice('OoIl')}{party.mobile[4:]}"
        case Reason.FORMULA_IN_NUMBER:
            party.mobile = random.choice(("=1+1", "=cmd|' /C calc'!A0", "@SUM(A1:A9)"))
        case Reason.DATE_UNREADABLE:
            party.born_text = random.choice(UNREADABLE)
        case Reason.NAME_MISSING:
            party.name = random.choice(("", "", "　"))
        case _:
            raise ValueError(f"no person can be spoiled by {reason}")


def spoil_organisation(party: Party, random: Random) -> None:
    right = party.id_number[-1]
    party.id_number = party.id_number[:-1] + random.choice([c for c in "0123456789" if c != right])


def spoil_policy(
    policy: Policy, reason: Reason, *, unknown_key: str, refused_key: str, random: Random
) -> Policy:
    policy = replace(policy, beneficiary_key="", beneficiaries="法定")
    match reason:
        case Reason.HOLDER_UNKNOWN:
            policy.holder_key = policy.insured_key = unknown_key
        case Reason.HOLDER_REFUSED:
            policy.holder_key = policy.insured_key = refused_key
        case Reason.PREMIUM_NEGATIVE:
            policy.premium = -policy.premium
        case Reason.DATE_UNREADABLE:
            policy.starts_text = random.choice(UNREADABLE)
        case _:
            raise ValueError(f"no policy can be spoiled by {reason}")
    return policy


def spoil_claim(claim: Claim, reason: Reason, *, unknown_policy: str, random: Random) -> Claim:
    match reason:
        case Reason.CLAIM_POLICY_UNKNOWN:
            return replace(claim, policy_number=unknown_policy)
        case Reason.DATE_UNREADABLE:
            return replace(claim, reported_text=random.choice(UNREADABLE))
        case _:
            raise ValueError(f"no claim can be spoiled by {reason}")
