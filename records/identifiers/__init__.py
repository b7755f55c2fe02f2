"""Checks of the numbers, dates and words that identify people, organisations and money."""

from records.identifiers.accounts import check_account, luhn
from records.identifiers.amounts import check_amount
from records.identifiers.checked import (
    Checked,
    Problem,
    Severity,
    known_problems,
    problem,
)
from records.identifiers.contradictions import contradictions, years_between
from records.identifiers.dates import (
    LONG_TERM,
    DateOrder,
    check_birth_date,
    check_date,
    check_valid_until,
)
from records.identifiers.documents import IdType, check_document, check_id_type, guess_id_type
from records.identifiers.emails import check_email
from records.identifiers.organisations import check_uscc
from records.identifiers.phones import check_landline, check_mobile
from records.identifiers.resident import (
    ResidentFacts,
    check_residence_permit,
    check_resident_id,
    facts_of,
    to_eighteen,
)
from records.identifiers.sex import FEMALE, MALE, check_sex
from records.identifiers.text import check_name, check_text

__all__ = [
    "FEMALE",
    "LONG_TERM",
    "MALE",
    "Checked",
    "DateOrder",
    "IdType",
    "Problem",
    "ResidentFacts",
    "Severity",
    "check_account",
    "check_amount",
    "check_birth_date",
    "check_date",
    "check_document",
    "check_email",
    "check_id_type",
    "check_landline",
    "check_mobile",
    "check_name",
    "check_residence_permit",
    "check_resident_id",
    "check_sex",
    "check_text",
    "check_uscc",
    "check_valid_until",
    "contradictions",
    "facts_of",
    "guess_id_type",
    "known_problems",
    "luhn",
    "problem",
    "to_eighteen",
    "years_between",
]
