"""Rows of access; the apps to the right refer to them by these names."""

from __future__ import annotations

from access.models.approvals import Approval, ApprovalDecision, ApprovalRule
from access.models.cases import Bundle, Case, Handout
from access.models.evidence import Entry, Outbox, SealedContext, SubjectAccess
from access.models.findings import Finding
from access.models.installation import Installation
from access.models.keys import DataKey, SubjectKey
from access.models.people import Unit, User
from access.models.rules import PolicyRule, Replay, RuleProposal
from access.models.subjects import Assignment, Subject
from access.models.tokens import ApiToken, TokenGrant
from access.models.tree import Checkpoint, Cosignature, Feed, Hourly, RollRow, Tree
from access.models.verification import Verification

__all__ = [
    "ApiToken",
    "Approval",
    "ApprovalDecision",
    "ApprovalRule",
    "Assignment",
    "Bundle",
    "Case",
    "Checkpoint",
    "Cosignature",
    "DataKey",
    "Entry",
    "Feed",
    "Finding",
    "Handout",
    "Hourly",
    "Installation",
    "Outbox",
    "PolicyRule",
    "Replay",
    "RollRow",
    "RuleProposal",
    "SealedContext",
    "Subject",
    "SubjectAccess",
    "SubjectKey",
    "TokenGrant",
    "Tree",
    "Unit",
    "User",
    "Verification",
]
