"""The life of a request and the moves that are legal in it."""

from __future__ import annotations

from typing import Final

from custodian.workflow import Workflow
from records.models import CustomerRequest

Status = CustomerRequest.Status
_OPEN: Final = frozenset({Status.ACCEPTED.value, Status.WORKING.value})
_ANY: Final = _OPEN | {Status.RECEIVED.value}
REQUEST: Final = Workflow(
    {
        "accept": (frozenset({Status.RECEIVED.value}), Status.ACCEPTED.value),
        "begin": (frozenset({Status.ACCEPTED.value}), Status.WORKING.value),
        "answer": (_OPEN, Status.ANSWERED.value),
        "partly": (_OPEN, Status.PARTLY.value),
        "refuse": (_ANY, Status.REFUSED.value),
        "withdraw": (_ANY, Status.WITHDRAWN.value),
    }
)
# The move that ends a request, by the status it ends in.
ENDS: Final = {
    Status.ANSWERED.value: "answer",
    Status.PARTLY.value: "partly",
    Status.REFUSED.value: "refuse",
    Status.WITHDRAWN.value: "withdraw",
}
