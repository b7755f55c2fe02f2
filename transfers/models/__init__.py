from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.packages import (
    Arrival,
    ArrivedRecord,
    Content,
    Difference,
    HandOver,
    Invitation,
    Load,
    SentRecord,
)
from transfers.models.portfolio import Stage, Transfer, TransferStage
from transfers.models.receipts import Receipt, Responsible

__all__ = [
    "Arrival",
    "ArrivedRecord",
    "Content",
    "Counterparty",
    "Difference",
    "HandOver",
    "IdentityKey",
    "Invitation",
    "Load",
    "Publication",
    "Receipt",
    "Responsible",
    "SentRecord",
    "Stage",
    "Transfer",
    "TransferAct",
    "TransferClock",
    "TransferPaper",
    "TransferStage",
]
