from transfers.models.agreements import Agreement, AgreementPaper, AgreementReview, AgreementVersion
from transfers.models.announcements import TransferAnnouncement
from transfers.models.choosing import Bar, Chosen, Reason, Selection
from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.evidence import Publication, TransferAct, TransferClock, TransferPaper
from transfers.models.freezing import Freeze, FrozenLine, StockTake
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
    "Bar",
    "Chosen",
    "Content",
    "Counterparty",
    "DataRoom",
    "Difference",
    "Ending",
    "Freeze",
    "FrozenLine",
    "HandOver",
    "IdentityKey",
    "Invitation",
    "LetterBatch",
    "Load",
    "Publication",
    "Reason",
    "Receipt",
    "Responsible",
    "Selection",
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
