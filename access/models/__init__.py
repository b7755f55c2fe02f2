"""Rows of access; the apps to the right refer to them by these names."""

from __future__ import annotations

from access.models.approvals import Approval, ApprovalDecision, ApprovalRule
from access.models.audits import AuditReport, AuditRule, AuditRun, Measure
from access.models.cases import Bundle, Case, Handout
from access.models.emergencies import BreakGlass
from access.models.evidence import Entry, Outbox, SealedContext, SubjectAccess
from access.models.exports import Export
from access.models.exposures import Exposure
from access.models.findings import Finding
from access.models.installation import Installation
from access.models.keys import DataKey, KeyRotation, LogMonth, RetiredKek, SubjectKey
from access.models.law import (
    CalendarYear,
    ClockOverride,
    Confirmation,
    CountOverride,
    PurposeOverride,
    RuleOverride,
)
from access.models.looks import DelayedLook
from access.models.people import Unit, User
from access.models.portal import PortalLogin
from access.models.quotas import Quota, Seen, Tally, Total
from access.models.recertification import Campaign, HeldRight
from access.models.rules import PolicyRule, Replay, RuleProposal
from access.models.scorecards import ScorecardFigure
from access.models.subjects import (
    Arriving,
    Assignment,
    Choice,
    Grant,
    Objection,
    Restriction,
    Subject,
)
from access.models.tokens import ApiToken, TokenGrant
from access.models.training import (
    Attempt,
    Course,
    Lesson,
    Question,
    Reminder,
    Signature,
    Undertaking,
)
from access.models.tree import Checkpoint, Cosignature, Feed, Hourly, RollRow, Tree
from access.models.verification import Verification
from access.models.work import WorkItem

__all__ = [
    "ApiToken",
    "Approval",
    "ApprovalDecision",
    "ApprovalRule",
    "Arriving",
    "Assignment",
    "Attempt",
    "AuditReport",
    "AuditRule",
    "AuditRun",
    "BreakGlass",
    "Bundle",
    "CalendarYear",
    "Campaign",
    "Case",
    "Checkpoint",
    "Choice",
    "ClockOverride",
    "Confirmation",
    "Cosignature",
    "CountOverride",
    "Course",
    "DataKey",
    "DelayedLook",
    "Entry",
    "Export",
    "Exposure",
    "Feed",
    "Finding",
    "Grant",
    "Handout",
    "HeldRight",
    "Hourly",
    "Installation",
    "KeyRotation",
    "Lesson",
    "LogMonth",
    "Measure",
    "Objection",
    "Outbox",
    "PolicyRule",
    "PortalLogin",
    "PurposeOverride",
    "Question",
    "Quota",
    "Reminder",
    "Replay",
    "Restriction",
    "RetiredKek",
    "RollRow",
    "RuleOverride",
    "RuleProposal",
    "ScorecardFigure",
    "SealedContext",
    "Seen",
    "Signature",
    "Subject",
    "SubjectAccess",
    "SubjectKey",
    "Tally",
    "TokenGrant",
    "Total",
    "Tree",
    "Undertaking",
    "Unit",
    "User",
    "Verification",
    "WorkItem",
]
