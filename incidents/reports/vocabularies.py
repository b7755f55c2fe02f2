"""Our words in those of public schemas: tables that name every one of ours; what nobody knows is Unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from custodian.regimes.packs import regimes
from incidents.affected.reading import EVERYTHING
from incidents.models import Alert, Kind, Severity
from records.matching import REF

_UNKNOWN: Final = ["Unknown"]
_PERSON: Final = {"variety": _UNKNOWN, "motive": _UNKNOWN}
_NOBODY_KNOWS: Final[Mapping[str, Any]] = {"unknown": {}}
CONFIDENTIALITY, INTEGRITY, AVAILABILITY = "confidentiality", "integrity", "availability"

# What a kind of incident hits, of the three that security is about.
HIT: Final[Mapping[Kind, Sequence[str]]] = {
    Kind.INSIDER: (CONFIDENTIALITY,),
    Kind.DEVICE: (CONFIDENTIALITY,),
    Kind.PARTNER: (CONFIDENTIALITY,),
    Kind.MISDIRECTED: (CONFIDENTIALITY,),
    Kind.RANSOMWARE: (AVAILABILITY,),
    Kind.INTRUSION: (CONFIDENTIALITY,),
    Kind.TAMPERING: (INTEGRITY,),
    Kind.LOSS: (AVAILABILITY,),
    Kind.FRAUD_CALL: (CONFIDENTIALITY,),
    Kind.OTHER: (),
}

# VERIS 1.4.1.
ACTORS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.INSIDER: {"internal": _PERSON},
    Kind.DEVICE: {"internal": {"variety": _UNKNOWN, "motive": ["NA"]}},
    Kind.PARTNER: {"partner": {"motive": _UNKNOWN, "country": _UNKNOWN}},
    Kind.MISDIRECTED: {"internal": {"variety": _UNKNOWN, "motive": ["NA"]}},
    Kind.RANSOMWARE: {"external": _PERSON},
    Kind.INTRUSION: {"external": _PERSON},
    Kind.TAMPERING: _NOBODY_KNOWS,
    Kind.LOSS: _NOBODY_KNOWS,
    Kind.FRAUD_CALL: {"external": _PERSON},
    Kind.OTHER: _NOBODY_KNOWS,
}
ACTIONS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.INSIDER: {"misuse": {"variety": ["Privilege abuse"], "vector": _UNKNOWN}},
    Kind.DEVICE: {"error": {"variety": ["Loss"], "vector": _UNKNOWN}},
    Kind.PARTNER: _NOBODY_KNOWS,
    Kind.MISDIRECTED: {"error": {"variety": ["Misdelivery"], "vector": _UNKNOWN}},
    Kind.RANSOMWARE: {"malware": {"variety": ["Ransomware"], "vector": _UNKNOWN}},
    Kind.INTRUSION: {"hacking": {"variety": _UNKNOWN, "vector": _UNKNOWN}},
    Kind.TAMPERING: _NOBODY_KNOWS,
    Kind.LOSS: _NOBODY_KNOWS,
    Kind.FRAUD_CALL: {
        "social": {"variety": ["Pretexting"], "vector": ["Phone"], "target": ["Customer"]}
    },
    Kind.OTHER: _NOBODY_KNOWS,
}
ASSETS: Final[Mapping[Kind, str]] = {
    Kind.INSIDER: "S - Database",
    Kind.DEVICE: "U - Unknown",
    Kind.PARTNER: "S - Unknown",
    Kind.MISDIRECTED: "Unknown",
    Kind.RANSOMWARE: "S - Unknown",
    Kind.INTRUSION: "S - Unknown",
    Kind.TAMPERING: "S - Unknown",
    Kind.LOSS: "Unknown",
    Kind.FRAUD_CALL: "P - Customer",
    Kind.OTHER: "Unknown",
}
ATTRIBUTES: Final[Mapping[str, Mapping[Kind, Sequence[str]]]] = {
    INTEGRITY: {Kind.TAMPERING: ("Unknown",)},
    AVAILABILITY: {Kind.RANSOMWARE: ("Obscuration",), Kind.LOSS: ("Loss",)},
}
RATINGS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "Catastrophic",
    Severity.MAJOR: "Damaging",
    Severity.SIGNIFICANT: "Painful",
    Severity.ORDINARY: "Distracting",
}
_INSIDE: Final = {"internal": {"variety": ["Log review"]}}
DISCOVERED: Final[Mapping[str, Mapping[str, Any]]] = {
    Alert.Source.FINDING: _INSIDE,
    Alert.Source.INTEGRITY: _INSIDE,
    Alert.Source.CUSTOMER: {"external": {"variety": ["Customer"]}},
    Alert.Source.PARTNER: {"partner": {"variety": _UNKNOWN}},
    Alert.Source.EXTERNAL: {"internal": {"variety": ["Infrastructure monitoring"]}},
    Alert.Source.STAFF: {"internal": {"variety": ["Reported by employee"]}},
}
COUNTRIES: Final[Mapping[str, str]] = {"cn": "CN", "eu": "Unknown", "uk": "GB", "us": "US"}
_PERSONAL, _SENSITIVE, _MEDICAL, _BANK = "Personal", "Sensitive Personal", "Medical", "Bank"
ELEMENTS: Final[Mapping[str, str]] = {
    EVERYTHING: _SENSITIVE,
    REF: "Internal",
    "identity.name": _PERSONAL,
    "identity.sex": _PERSONAL,
    "identity.birth_date": _PERSONAL,
    "identity.nationality": _PERSONAL,
    "identity.occupation": _PERSONAL,
    "identity.id_type": _PERSONAL,
    "identity.id_number": _PERSONAL,
    "identity.id_valid_until": _PERSONAL,
    "identity.mobile": _PERSONAL,
    "identity.landline": _PERSONAL,
    "identity.email": _PERSONAL,
    "identity.address": _PERSONAL,
    "identity.workplace": _PERSONAL,
    "identity.legal_representative": _PERSONAL,
    "financial.income": _SENSITIVE,
    "financial.bank_name": _BANK,
    "financial.bank_account": _BANK,
    "policy.number": _PERSONAL,
    "policy.sum_insured": _PERSONAL,
    "policy.premium": _PERSONAL,
    "policy.beneficiaries": _PERSONAL,
    "policy.health_declaration": _MEDICAL,
    "policy.query_password": "Credentials",
    "claim.number": _PERSONAL,
    "claim.description": _MEDICAL,
    "claim.diagnosis": _MEDICAL,
    "claim.amount": _PERSONAL,
    "claim.needed": _MEDICAL,
    "claim.decided_amount": _PERSONAL,
    "claim.decision_reasons": _MEDICAL,
    "claim.paid_amount": _PERSONAL,
    "claim.payment_reference": _BANK,
    "document.name": _PERSONAL,
    "document.content": _SENSITIVE,
    "document.proof": _PERSONAL,
    "correction.note": _PERSONAL,
    "correction.refusal": _PERSONAL,
    "request.text": _PERSONAL,
    "request.insurer": _PERSONAL,
    "request.message": _PERSONAL,
    "request.answer": _PERSONAL,
    "request.refusal": _PERSONAL,
    "request.extension": _PERSONAL,
    "request.comment": _PERSONAL,
}

# The EBA's incident report 1.2.1.
DORA_TYPES: Final[Mapping[Kind, str]] = {
    Kind.INSIDER: "cybersecurity-related",
    Kind.DEVICE: "other",
    Kind.PARTNER: "external_event",
    Kind.MISDIRECTED: "process_failure",
    Kind.RANSOMWARE: "cybersecurity-related",
    Kind.INTRUSION: "cybersecurity-related",
    Kind.TAMPERING: "cybersecurity-related",
    Kind.LOSS: "system_failure",
    Kind.FRAUD_CALL: "cybersecurity-related",
    Kind.OTHER: "other",
}
DORA_OTHER: Final[Mapping[Kind, str]] = {
    Kind.DEVICE: "Loss of a device or a storage medium",
    Kind.OTHER: "Not one of the other types",
}
# Of an intrusion nobody knows the technique before somebody has looked.
DORA_THREATS: Final[Mapping[Kind, str]] = {
    Kind.INSIDER: "data_exfiltration_and_manipulation_including_identity_theft",
    Kind.RANSOMWARE: "data_encryption_for_impact_including_ransomware",
    Kind.TAMPERING: "data_exfiltration_and_manipulation_including_identity_theft",
    Kind.FRAUD_CALL: "social_engineering_including_phishing",
}
DORA_DISCOVERED: Final[Mapping[str, str]] = {
    Alert.Source.FINDING: "monitoring_systems",
    Alert.Source.INTEGRITY: "monitoring_systems",
    Alert.Source.CUSTOMER: "clients",
    Alert.Source.PARTNER: "third-party_provider",
    Alert.Source.EXTERNAL: "monitoring_systems",
    Alert.Source.STAFF: "staff",
}


def country(regime: str) -> str:
    return COUNTRIES[regime] if regime in regimes() else "Unknown"
