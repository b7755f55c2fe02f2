from transfers.models.counterparties import Counterparty
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.portfolio import Stage, Transfer, TransferStage

__all__ = [
    "Counterparty",
    "Publication",
    "Stage",
    "Transfer",
    "TransferAct",
    "TransferClock",
    "TransferPaper",
    "TransferStage",
]
