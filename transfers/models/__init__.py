from transfers.models.counterparties import Counterparty, IdentityKey
from transfers.models.portfolio import Stage, Transfer, TransferStage

__all__ = ["Counterparty", "IdentityKey", "Stage", "Transfer", "TransferStage"]
