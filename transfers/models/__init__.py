from transfers.models.announcements import TransferAnnouncement
from transfers.models.choosing import Bar, Chosen, Reason, Selection
from transfers.models.counterparties import Counterparty
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.freezing import Freeze, FrozenLine, StockTake
from transfers.models.letters import LetterBatch, TransferAnswer, TransferNotice
from transfers.models.portfolio import Stage, Transfer, TransferStage
from transfers.models.rooms import DataRoom
from transfers.models.sight import TransferSight

__all__ = [
    "Bar",
    "Chosen",
    "Counterparty",
    "DataRoom",
    "Freeze",
    "FrozenLine",
    "LetterBatch",
    "Publication",
    "Reason",
    "Selection",
    "Stage",
    "StockTake",
    "Transfer",
    "TransferAct",
    "TransferAnnouncement",
    "TransferAnswer",
    "TransferClock",
    "TransferNotice",
    "TransferPaper",
    "TransferSight",
    "TransferStage",
]
