"""Keyed fingerprints that tell rows apart: what a row says, and whom it is about."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from typing import Any, Final

from custodian.keys import source_key
from records import blind_indexes
from records.importing.drafts import ClaimDraft, CustomerDraft, PolicyDraft, Reference
from records.importing.mapping import SourceMapping
from records.importing.policy_rows import STATUS_ASSUMED
from records.importing.readers.sheets import Row
from records.importing.words import check_code

LENGTH: Final = 16
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_KEY_TARGETS: Final = {
    "customer": ("customer.key", "identity.id_number"),
    "policy": ("policy.key", "policy.number"),
    "claim": ("claim.key", "claim.number"),
    "work": ("work.number",),
    "consent": (),  # nobody points at one
}


def of_draft(draft: CustomerDraft | PolicyDraft | ClaimDraft) -> bytes:
    """What a row says about one customer, policy or claim, however the file writes it down."""
    return _digest("source.draft", _content(draft))


def of_row(row: Row, *, source: str) -> bytes:
    """The cells of one row as they stand: a row set aside is recognised when it comes again."""
    cells = list(row.cells)
    while cells and not cells[-1]:
        cells.pop()
    return _digest("source.row", [source, cells])


def of_key(
    row: Row, *, kind: str, mapping: SourceMapping, headers: Sequence[str], book: str
) -> bytes:
    """The key that a row set aside shows, so that whoever points at it can be told."""
    for target in _KEY_TARGETS[kind]:
        rule = mapping.columns.get(target)
        if rule is None or rule.headers[0] not in headers:
            continue
        index = headers.index(rule.headers[0])
        written = row.cells[index] if index < len(row.cells) else ""
        if key := check_code(written).value:
            return blind_indexes.of_source(book, key)
    return b""


def _digest(name: str, content: object) -> bytes:
    return hmac.digest(source_key(name), _encode(content).encode(), "sha256")[:LENGTH]


def _content(draft: CustomerDraft | PolicyDraft | ClaimDraft) -> list[Any]:
    common = [draft.values, draft.agent_staff_no, draft.intermediary_code, draft.unit_code]
    if isinstance(draft, CustomerDraft):
        return [*common, draft.kind, draft.guardian_key, draft.guardian_name, draft.relation_kind]
    if isinstance(draft, PolicyDraft):
        return common + _of_policy(draft)
    return common + _of_claim(draft)


def _of_policy(draft: PolicyDraft) -> list[Any]:
    # A state that was worked out from today's date is not what the file said.
    assumed = any(flaw.problem == STATUS_ASSUMED for flaw in draft.warnings)
    return [
        _pointer(draft.holder),
        _pointer(draft.insured),
        draft.relation,
        draft.product_code,
        draft.product_name,
        draft.starts_on,
        draft.ends_on,
        "" if assumed else draft.status,
        draft.pay_frequency,
        draft.next_due_on,
    ]


def _of_claim(draft: ClaimDraft) -> list[Any]:
    return [
        draft.policy_key,
        _pointer(draft.customer),
        draft.kind,
        draft.status,
        draft.reported_on,
        draft.decided_on,
    ]


def _pointer(reference: Reference | None) -> list[str] | None:
    return [reference.by.value, reference.value] if reference else None
