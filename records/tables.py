"""In which table a sealed element lies, by its code; values under one key may lie in several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# The rest of a prefix lies in the table of that name.
_APART: Final[Mapping[str, str]] = {
    "financial.income": "income",
    "financial.bank_name": "account",
    "financial.bank_account": "account",
    "claim.needed": "claim_need",
    "claim.decided_amount": "claim_decision",
    "claim.decision_reasons": "claim_decision",
    "claim.paid_amount": "claim_payment",
    "claim.payment_reference": "claim_payment",
    "request.message": "message",
}


def table_of(code: str) -> str:
    return _APART.get(code, code.partition(".")[0])
