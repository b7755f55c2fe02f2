from transfers.models.agreements import (
    Agreement,
    AgreementPaper,
    AgreementReview,
    AgreementVersion,
)
from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.portfolio import Stage, Transfer, TransferStage

__all__ = [
    "Agreement",
    "AgreementPaper",
    "AgreementReview",
    "AgreementVersion",
    "Counterparty",
    "IdentityKey",
    "Stage",
    "Transfer",
    "TransferStage",
]
