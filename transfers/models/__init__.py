from transfers.models.agreements import Agreement, AgreementPaper, AgreementReview, AgreementVersion
from transfers.models.announcements import TransferAnnouncement
from transfers.models.choosing import Bar, Chosen, Reason, Selection
from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.freezing import Freeze, FrozenLine, StockTake
from transfers.models.ledger import LedgerSheet
from transfers.models.legacy import ArrivedSums, FilesLoad, SellerList
from transfers.models.letters import LetterBatch, TransferAnswer, TransferNotice
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
from transfers.models.receipts import Ending, Receipt, Responsible
from transfers.models.remedies import Remedy
from transfers.models.rooms import DataRoom
from transfers.models.shares import Share, SharedCopy, Telling
from transfers.models.sight import TransferSight

__all__ = [
    "Agreement",
    "AgreementPaper",
    "AgreementReview",
    "AgreementVersion",
    "Arrival",
    "ArrivedRecord",
    "ArrivedSums",
    "Bar",
    "Chosen",
    "Content",
    "Counterparty",
    "DataRoom",
    "Difference",
    "Ending",
    "FilesLoad",
    "Freeze",
    "FrozenLine",
    "HandOver",
    "IdentityKey",
    "Invitation",
    "LedgerSheet",
    "LetterBatch",
    "Load",
    "Publication",
    "Reason",
    "Receipt",
    "Remedy",
    "Responsible",
    "Selection",
    "SellerList",
    "SentRecord",
    "Share",
    "SharedCopy",
    "Stage",
    "StockTake",
    "Telling",
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
