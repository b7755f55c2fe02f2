from transfers.models.announcements import TransferAnnouncement
from transfers.models.counterparties import Counterparty
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.portfolio import Stage, Transfer, TransferStage
from transfers.models.rooms import DataRoom
from transfers.models.sight import TransferSight

__all__ = [
    "Counterparty",
    "DataRoom",
    "Publication",
    "Stage",
    "Transfer",
    "TransferAct",
    "TransferAnnouncement",
    "TransferClock",
    "TransferPaper",
    "TransferSight",
    "TransferStage",
]
