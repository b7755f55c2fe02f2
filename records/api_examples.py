"""Examples for the API's description; every value is a placeholder that belongs to nobody."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

_REF = "c-0000-0000-000"

SEARCH = (
    OpenApiExample(
        "By policy number",
        request_only=True,
        value={"kind": "policy_number", "values": ["P00000000"], "purpose": "follow_up"},
    ),
)
CUSTOMER = (
    OpenApiExample(
        "Masked",
        response_only=True,
        status_codes=["200"],
        value={
            "entry": 1024,
            "ref": _REF,
            "kind": "person",
            "book": "QH",
            "status": "active",
            "child": False,
            "elements": [{"element": "identity.name", "slot": 0, "masked": "某*", "level": 2}],
        },
    ),
)
REVEAL = (
    OpenApiExample(
        "One element",
        request_only=True,
        value={
            "elements": ["identity.mobile"],
            "purpose": "follow_up",
            "reason": "回电",
        },
    ),
)
INTAKE = (
    OpenApiExample(
        "A person",
        request_only=True,
        value={
            "kind": "person",
            "name": "某人",
            "birth_date": "1970-01-01",
            "mobile": "13000000000",
        },
    ),
)
WORK = (
    OpenApiExample(
        "A claim for one handler",
        request_only=True,
        value={
            "number": "CLM-0000-0000",
            "kind": "claim",
            "customer": _REF,
            "staff_no": "A0000",
            "due_at": "2026-12-01T17:00:00+08:00",
        },
    ),
)
