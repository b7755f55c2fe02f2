"""What a target of a column is: its label, the check of its values, the headers it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What the rows of a sheet are."""

    CLAIMS = "claims"
    CONSENTS = "consents"
    CUSTOMERS = "customers"
    MIXED = "mixed"
    POLICIES = "policies"
    WORK = "work"


class Check(StrEnum):
    """How the values of a target are read."""

    ACCOUNT = "account"
    AGE = "age"
    AMOUNT = "amount"
    BIRTH_DATE = "birth-date"
    CLAIM_KIND = "claim-kind"
    CLAIM_STATUS = "claim-status"
    CODE = "code"
    CONSENT_CHANNEL = "consent-channel"
    CONSENT_PURPOSE = "consent-purpose"
    CONSENT_REFERENCE = "consent-reference"
    CONSENT_SAID = "consent-said"
    CUSTOMER_KIND = "customer-kind"
    DATE = "date"
    EMAIL = "email"
    ID_NUMBER = "id-number"
    ID_TYPE = "id-type"
    LANDLINE = "landline"
    MOBILE = "mobile"
    MOMENT = "moment"
    NAME = "name"
    PAY_FREQUENCY = "pay-frequency"
    POLICY_STATUS = "policy-status"
    SEX = "sex"
    TERM = "term"
    TEXT = "text"
    VALID_UNTIL = "valid-until"
    WORD = "word"
    WORK_KIND = "work-kind"
    WORK_OUTCOME = "work-outcome"


@dataclass(frozen=True, slots=True)
class Target:
    code: str
    label: StrOrPromise
    check: Check
    headers: tuple[str, ...]
    element: bool = False


def element(code: str, label: StrOrPromise, check: Check, headers: str) -> Target:
    return Target(code, label, check, tuple(headers.split()), element=True)


def structural(code: str, label: StrOrPromise, check: Check, headers: str) -> Target:
    return Target(code, label, check, tuple(headers.split()))
