from transfers.models.agreements import (
    Agreement,
    AgreementPaper,
    AgreementReview,
    AgreementVersion,
)
from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.portfolio import Stage, Transfer, TransferStage
from transfers.models.shares import Share, SharedCopy, Telling

__all__ = [
    "Agreement",
    "AgreementPaper",
    "AgreementReview",
    "AgreementVersion",
    "Counterparty",
    "IdentityKey",
    "Share",
    "SharedCopy",
    "Stage",
    "Telling",
    "Transfer",
    "TransferStage",
]
