"""Giving fraud data to a platform or another insurer: a share like any other, and its line in the register.

The agreement bounds it, a second person agrees to exactly these customers and elements, the file is locked
and taken once; what is told to customers of a share is told of this one too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import Status
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases.due import end_of
from incidents.fraud import expiring, register
from incidents.fraud.investigating import WORKED
from incidents.fraud.register import Terms
from incidents.fraud.standing import ACTOR, held, require_member, write
from incidents.models import FraudCase, FraudEntry, FraudShared
from records.models import Customer
from transfers.models import Agreement, Share
from transfers.shares import proposing
from transfers.shares.selecting import Choice

NOTE: Final = Action.FRAUD_SHARED_NOTE


class NotOfTheCase(CustodianError):
    """Only customers of the case are given in it."""

    code = "fraud-give-other-customers"
    status = 422
    message = _("只能提供本疑点里的客户，请先关联")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is given of which customers, why, on which ground and until when."""

    agreement: Agreement
    customers: Sequence[str]
    elements: Sequence[str]
    purpose: str
    ground: str
    use_by: date
    reason: str


def ask(case: FraudCase, asked: Asked, *, actor: Actor) -> FraudShared:
    """Put it up for the second person. Raises as `proposing.propose`, and `NotOfTheCase`, `WrongStep`, …"""
    today = clock.local().date()
    terms = Terms(
        partner=asked.agreement.counterparty, elements=asked.elements, purpose=asked.purpose,
        ground=asked.ground, at_on=today, use_by=asked.use_by,
    )  # fmt: skip
    register.require_days(terms)
    with held(case, *WORKED) as row:
        require_member(row, actor)
        if not set(asked.customers) <= customers_of(row) or not asked.customers:
            raise NotOfTheCase
        over = asked.agreement.over_at
        ends = end_of(asked.use_by)
        share = proposing.propose(
            asked.agreement,
            proposing.Asked(
                form=Share.Form.FILE.value, elements=asked.elements,
                choice=Choice(customers=tuple(asked.customers)), reason=asked.reason,
                expires_at=min(ends, over) if over else ends,
            ),
            actor=actor,
        )  # fmt: skip
        made = _noted(row, terms, share, len(share.candidates), actor)
        write(row, FraudEntry.What.SHARED, actor=actor, told={"shared": made.code})
    return made


def _noted(case: FraudCase, terms: Terms, share: Share, count: int, actor: Actor) -> FraudShared:
    with transaction.atomic():
        row = register.numbered(terms, FraudShared.Way.GIVEN, actors.person(actor))
        row.share, row.case, row.total, row.kept = share, case, count, count
        facts = {
            "fraud-shared": row.code, "outcome": "asked", "share": share.code,
            "elements": list(row.elements), "subjects": count,
        }  # fmt: skip
        gate.authorise(actor, NOTE, channel=Channel.ADMIN, facts=facts)
        with scopes.acting(actors.system(ACTOR)):
            row.save()
    return row


def customers_of(case: FraudCase) -> set[str]:
    """References of those it is about."""
    subjects = {case.subject_id, *case.signals.values_list("subject_id", flat=True)}
    subjects |= {*case.links.exclude(customer=None).values_list("customer_id", flat=True)}
    rows = Customer.objects.filter(subject__in=[each for each in subjects if each])
    return set(rows.values_list("ref", flat=True))


def drop_returned() -> int:
    """What the second person sent back was never given. How many."""
    with scopes.acting(actors.system(ACTOR)):
        rows = FraudShared.objects.held().filter(way=FraudShared.Way.GIVEN)
        back = list(rows.filter(share__approval__status=Status.RETURNED))
        for row in back:
            expiring.SHARED.move(row, "drop")
        return len(back)
