"""Rows of the data estate."""

from __future__ import annotations

from records.models.assessments import AssessmentCondition, ImpactAssessment
from records.models.books import Book, Intermediary, Product
from records.models.claim_decisions import ClaimDecision, ClaimPayment, ClaimTerms
from records.models.claim_steps import ClaimClock, ClaimNeed, ClaimPaper, ClaimStep
from records.models.consents import Consent
from records.models.copies import DataCopy
from records.models.corrections import (
    Correction,
    CorrectionClock,
    CorrectionCode,
    CorrectionConfirmation,
    CorrectionEvidence,
    CorrectionItem,
    CorrectionStep,
    FormerValue,
)
from records.models.customers import Account, Customer, Finances, Identity, Representative
from records.models.destruction import (
    CertificatePage,
    DestructionBatch,
    DestructionItem,
    Tombstone,
    TombstoneSheet,
)
from records.models.documents import Document
from records.models.holdings import BlindIndex, Holding
from records.models.imports import (
    FileSurvey,
    ImportFile,
    ImportRun,
    QuarantinedRow,
    SavedMapping,
)
from records.models.legal_holds import HoldCount, HoldReview, LegalHold
from records.models.merges import MergeCase
from records.models.notices import (
    NoticeSeen,
    PublishedText,
    TextDraft,
    TextVersion,
    TextWithdrawal,
)
from records.models.policies import Claim, Policy, PolicyRole
from records.models.products import ProductBreach, ProductReview, ProductVersion
from records.models.relatives import RelativeAsk, RelativePaper
from records.models.requests import (
    CustomerRequest,
    RequestClock,
    RequestEffect,
    RequestMessage,
    RequestStep,
)
from records.models.retention import ExpiryRun, Keeping, KeepingRun, RetentionEvent
from records.models.sign_in import (
    Contact,
    ContactFlag,
    Entrance,
    EntryCode,
    Representation,
    SignInCode,
)
from records.models.staff import StaffTrace
from records.models.storage import (
    Disposal,
    HeldStates,
    Inspection,
    Maintenance,
    ScrubRun,
    StoragePlace,
    Withheld,
)

__all__ = [
    "Account",
    "AssessmentCondition",
    "BlindIndex",
    "Book",
    "CertificatePage",
    "Claim",
    "ClaimClock",
    "ClaimDecision",
    "ClaimNeed",
    "ClaimPaper",
    "ClaimPayment",
    "ClaimStep",
    "ClaimTerms",
    "Consent",
    "Contact",
    "ContactFlag",
    "Correction",
    "CorrectionClock",
    "CorrectionCode",
    "CorrectionConfirmation",
    "CorrectionEvidence",
    "CorrectionItem",
    "CorrectionStep",
    "Customer",
    "CustomerRequest",
    "DataCopy",
    "DestructionBatch",
    "DestructionItem",
    "Disposal",
    "Document",
    "Entrance",
    "EntryCode",
    "ExpiryRun",
    "FileSurvey",
    "Finances",
    "FormerValue",
    "HeldStates",
    "HoldCount",
    "HoldReview",
    "Holding",
    "Identity",
    "ImpactAssessment",
    "ImportFile",
    "ImportRun",
    "Inspection",
    "Intermediary",
    "Keeping",
    "KeepingRun",
    "LegalHold",
    "Maintenance",
    "MergeCase",
    "NoticeSeen",
    "Policy",
    "PolicyRole",
    "Product",
    "ProductBreach",
    "ProductReview",
    "ProductVersion",
    "PublishedText",
    "QuarantinedRow",
    "RelativeAsk",
    "RelativePaper",
    "Representation",
    "Representative",
    "RequestClock",
    "RequestEffect",
    "RequestMessage",
    "RequestStep",
    "RetentionEvent",
    "SavedMapping",
    "ScrubRun",
    "SignInCode",
    "StaffTrace",
    "StoragePlace",
    "TextDraft",
    "TextVersion",
    "TextWithdrawal",
    "Tombstone",
    "TombstoneSheet",
    "Withheld",
]
