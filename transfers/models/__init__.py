from transfers.models.choosing import Bar, Chosen, Reason, Selection
from transfers.models.counterparties import Counterparty
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.freezing import Freeze, FrozenLine
from transfers.models.portfolio import Stage, Transfer, TransferStage

__all__ = [
    "Bar",
    "Chosen",
    "Counterparty",
    "Freeze",
    "FrozenLine",
    "Publication",
    "Reason",
    "Selection",
    "Stage",
    "Transfer",
    "TransferAct",
    "TransferClock",
    "TransferPaper",
    "TransferStage",
]
