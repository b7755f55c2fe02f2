"""A case with a list of those whom it hits, and the group that tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access import approvals, scopes
from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from custodian.jobs import JobStatus
from incidents.affected import jobs
from incidents.affected.reading import Affected
from incidents.cases import group, opening
from incidents.models import AffectedList, Incident, IncidentNotice, NoticeBatch
from incidents.notices import drafting, sending, texts
from records.models import Customer
from records.notices.contents import Both
from tests import estate
from tests.transfers.choosing.letters import person, proven

NAME, MOBILE, NUMBER = "identity.name", "identity.mobile", "identity.id_number"


class Telling:
    """Zhang had name and mobile returned in clear, Sun a masked ID number; Qian is on no list."""

    def __init__(self) -> None:
        self.lead = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="孙强")
        self.outside = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.zhang, self.sun, self.qian = (estate.customer(person(n)) for n in (1, 2, 3))
        proven(self.zhang, self.sun, self.qian)
        with estate.acting(self.lead) as actor:
            self.case: Incident = opening.open_case(
                kind="insider", title="名单外泄", occurred_at=None, aware_at=clock.now(),
                actor=actor,
            )  # fmt: skip
            group.let_in(self.case, self.second, "member", actor=actor)
        self.list = self.listed({self.zhang: ({NAME, MOBILE}, set()), self.sun: (set(), {NUMBER})})

    def listed(self, found: Mapping[Customer, tuple[set[str], set[str]]]) -> AffectedList:
        """As a reckoning leaves it."""
        hit = [
            Affected(each.pk, clear=set(clear), masked=set(masked))
            for each, (clear, masked) in sorted(found.items(), key=lambda pair: pair[0].pk)
        ]
        with scopes.acting(estate.system()):
            row = AffectedList(
                incident=self.case, by="operator", about="A0001", status=JobStatus.DONE
            )
            for name, value in jobs._numbers(row, hit).items():
                setattr(row, name, value)
            row.save()
        return row

    def words(self, **more: Both) -> dict[str, Both]:
        return {
            **texts.proposed(self.case),
            "done": Both("已停止该人员的访问。", "Access of the person was cut."),
            "contact": Both("客服 400-800-1234", "Service desk 400-800-1234"),
            **more,
        }

    def drafted(self, *, public: bool = False, **more: Both) -> NoticeBatch:
        with estate.acting(self.lead, stepped_up=True) as actor:
            return drafting.draft(self.case, self.words(**more), public=public, actor=actor)

    def submitted(self, **more: Any) -> Approval:
        with estate.acting(self.lead, stepped_up=True) as actor:
            return drafting.submit(self.drafted(**more), actor=actor)

    def approve(self, approval: Approval, *, by: Any = None) -> None:
        with estate.acting(by or self.second, stepped_up=True) as actor:
            fresh = Approval.objects.get(pk=approval.pk)
            approvals.approve(fresh, seen=fresh.digest, actor=actor)

    def approved(self, **more: Any) -> NoticeBatch:
        approval = self.submitted(**more)
        self.approve(approval)
        with scopes.acting(estate.system()):
            return NoticeBatch.objects.get(approval=approval)

    def sent(self, **more: Any) -> NoticeBatch:
        return sending.work(self.approved(**more).pk)

    def notice(self, customer: Customer) -> IncidentNotice:
        with scopes.acting(estate.system()):
            return IncidentNotice.objects.filter(subject=customer.pk).latest("pk")
