from transfers.models.counterparties import Counterparty
from transfers.models.portfolio import Stage, Transfer, TransferStage

__all__ = ["Counterparty", "Stage", "Transfer", "TransferStage"]
