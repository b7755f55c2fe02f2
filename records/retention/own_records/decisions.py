"""Records of what was decided: approvals, grants, windows, recertifications, proposals, findings, tokens."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access import cases
from access.models import (
    ApiToken,
    Approval,
    ApprovalDecision,
    Assignment,
    BreakGlass,
    Campaign,
    Case,
    Finding,
    Grant,
    HeldRight,
    Replay,
    RuleProposal,
    TokenGrant,
)
from custodian import clock
from custodian.jobs import JobStatus
from records.models import DestructionBatch, DestructionItem
from records.retention.own_records import holds
from records.retention.own_records.declaring import Record, Rows

OVER: Final = (JobStatus.DONE, JobStatus.FAILED, JobStatus.REFUSED)
_DELETED: Final = _("删除记录")


def _approvals() -> QuerySet[Any]:
    """What a case rests on is named in the payload: the release of a customer's key stays as long."""
    case = Case.objects.filter(ref=KeyTextTransform("case", OuterRef("payload")))
    decided = Approval.objects.exclude(status=Approval.Status.WAITING)
    return decided.filter(~Q(kind=cases.KEY) | ~Q(Exists(case)))


def _grants() -> QuerySet[Any]:
    ended = Q(status__in=[Grant.Status.RETURNED, Grant.Status.ENDED])
    return Grant.objects.filter(ended | Q(status=Grant.Status.OPEN, until__lt=clock.now()))


def _cases() -> QuerySet[Any]:
    closed = Case.objects.filter(status__in=[Case.Status.CLOSED, Case.Status.RETURNED])
    return closed.exclude(ref__in=holds.cases())


def declared() -> tuple[Record, ...]:
    """In the order in which they go: first what rests on approvals, then these."""
    return (
        Rows(
            "finding", _("审计发现"), "finding", _DELETED,
            lambda: Finding.objects.filter(status=Finding.Status.CLOSED), F("decided_at"),
            everything=Finding.objects.all,
        ),
        Rows(
            "grant", _("临时授权"), "approval", _("删除授权及所借客户的记录"), _grants,
            Coalesce("ended_at", "until"), along=((Assignment, "grant"),),
            everything=Grant.objects.all,
        ),
        Rows(
            "break-glass", _("紧急访问"), "approval", _("删除复盘过的记录及所借客户的记录"),
            lambda: BreakGlass.objects.filter(reviewed_at__isnull=False), F("reviewed_at"),
            along=((Assignment, "window"),), everything=BreakGlass.objects.all,
        ),
        Rows(
            "recertification", _("权限复核"), "approval", _("删除权限复核及其逐项决定"),
            lambda: Campaign.objects.filter(
                status__in=[Campaign.Status.CLOSED, Campaign.Status.RETURNED]
            ),
            Coalesce("closed_at", "due_at"), along=((HeldRight, "campaign"),),
            everything=Campaign.objects.all,
        ),
        Rows(
            "replay", _("规则回放"), "approval", _DELETED,
            lambda: Replay.objects.filter(status__in=OVER), Coalesce("finished_at", "created_at"),
            everything=Replay.objects.all,
        ),
        Rows(
            "rule-proposal", _("规则修改的提议"), "approval", _DELETED,
            lambda: RuleProposal.objects.filter(
                status__in=[
                    RuleProposal.Status.APPROVED,
                    RuleProposal.Status.RETURNED,
                    RuleProposal.Status.WITHDRAWN,
                ]
            ),
            F("proposed_at"), along=((Replay, "proposal"),), everything=RuleProposal.objects.all,
        ),
        Rows(
            "token", _("接口令牌"), "approval", _("删除失效的令牌及其授权"),
            lambda: ApiToken.objects.filter(
                Q(revoked_at__lte=clock.now()) | Q(expires_at__lte=clock.now())
            ),
            Coalesce("revoked_at", "expires_at"), along=((TokenGrant, "token"),),
            everything=ApiToken.objects.all,
        ),
        Rows(
            "returned-batch", _("退回的销毁批次"), "approval", _("删除批次及其清单"),
            lambda: DestructionBatch.objects.filter(stage=DestructionBatch.Stage.RETURNED),
            F("created_at"), along=((DestructionItem, "batch"),),
        ),
        Rows(
            "case", _("监管案件"), "approval", _("删除结束的案件；法律保留所及的不删"), _cases,
            Coalesce("closed_at", "access_until"), everything=Case.objects.all,
        ),
        Rows(
            "approval", _("授权与审批"), "approval", _("删除已无所依的审批；规则、限额等仍依据的不删"),
            _approvals, Coalesce("decided_at", "requested_at"),
            along=((ApprovalDecision, "approval"),), everything=Approval.objects.all,
        ),
    )  # fmt: skip
