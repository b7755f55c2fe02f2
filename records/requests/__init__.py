"""What customers ask for, from the asking to the answer: everybody else comes in through these names."""

from __future__ import annotations

from records.models import CustomerRequest
from records.requests.effects import Outcome, register_effect
from records.requests.handling import answer, refuse
from records.requests.listing import Listed, register_source
from records.requests.opening import AlreadyOpen, Arrival, TooMany
from records.requests.opening import open_request as open  # noqa: A004  as it is called outside
from records.requests.stepping import step

Kind = CustomerRequest.Kind
Status = CustomerRequest.Status

__all__ = [
    "AlreadyOpen",
    "Arrival",
    "Kind",
    "Listed",
    "Outcome",
    "Status",
    "TooMany",
    "answer",
    "open",
    "refuse",
    "register_effect",
    "register_source",
    "step",
]
