"""The demo's supervising office: one approved case about the insider's looks, and a bundle on its way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from access import actors, approvals, cases, scopes
from access.bundles import jobs
from access.bundles.criteria import Criteria
from access.cases import Terms
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.demo.insurer.staff import LI, WANG

OFFICER, SECOND, REGULATOR = "C0217", "C0218", "R0001"
DAYS = 30


def begin(people: Mapping[str, User]) -> None:
    """Open it as one officer, approve it as the other, and ask for a bundle as the office."""
    today = clock.local().date()
    terms = Terms(
        title="两名代理人的查询",
        office="江苏金融监管局",
        letter="苏金监函〔2026〕118号",
        since=today - timedelta(days=DAYS),
        until=today,
        everything=False,
        operators=[people[LI], people[WANG]],
        customers=[],
        units=[],
        guests=[people[REGULATOR]],
        access_until=clock.now() + timedelta(days=DAYS),
    )
    officer, second, guest = (
        actors.staff(people[number], stepped_up=number == SECOND)
        for number in (OFFICER, SECOND, REGULATOR)
    )
    with scopes.acting(officer):
        case = cases.open_case(terms, actor=officer)
    with scopes.acting(second):
        approvals.approve(case.approval, seen=case.approval.digest, actor=second)
    with scopes.acting(guest):
        case.refresh_from_db()
        jobs.request(
            case,
            Criteria.of_case(case),
            recipient=people[REGULATOR],
            language="zh-hans",
            channel=Channel.REGULATOR,
            actor=guest,
        )
