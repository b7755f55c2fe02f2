"""Watches over sealed values: says when one does not open, and whether holdings are as last changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from access import keystore
from access.findings import raise_finding
from access.models import Finding
from custodian.crypto import envelope
from custodian.crypto.errors import OpenFailed
from records.models import Account, Claim, Document, Finances, Identity, Policy

DAMAGED = "integrity.damaged"
SECONDS = 5.0
PAGE = 500
HOLDINGS: Final = {
    "identity": Identity,
    "financial": Finances,
    "policy": Policy,
    "claim": Claim,
    "document": Document,
}
_log = structlog.get_logger("records.integrity")


def report_damage(*, holding: UUID, element: str, entry: int | None = None) -> None:
    """Raise a finding that a sealed value does not open, once for each value while it is open.

    It is written on a connection of its own: the request that came upon it is about to be rolled back.
    """
    reporter = threading.Thread(target=_report, args=(holding, element, entry))
    reporter.start()
    reporter.join(SECONDS)


def _report(holding: UUID, element: str, entry: int | None) -> None:
    place = {"element": element, "holding": holding}
    summary = _("密封值无法打开：%(element)s，保管号 %(holding)s") % place
    try:
        with transaction.atomic():
            known = Finding.objects.filter(
                kind=DAMAGED, summary=summary, status=Finding.Status.OPEN
            )
            if not known.exists():
                raise_finding(
                    DAMAGED,
                    severity=Finding.Severity.URGENT,
                    summary=summary,
                    entries=[entry] if entry else [],
                )
    except DatabaseError as error:
        _log.error("damage-not-reported", reason=type(error).__name__)
    finally:
        connection.close()


def altered(kind: str, *, every: int = 1) -> Iterator[UUID]:
    """Holdings of a kind whose sealed values are not exactly those of their last change.

    Compares a keyed fingerprint of the ciphertexts; no value is opened. `every` nth row is looked at.
    """
    rows = HOLDINGS[kind]._default_manager.order_by("pk")
    last: Any = 0
    while page := list(rows.filter(pk__gt=last)[: PAGE * every]):
        last = page[-1].pk
        yield from _altered(kind, page[::every])


def _altered(kind: str, rows: Sequence[Any]) -> Iterator[UUID]:
    accounts = _accounts(rows) if kind == "financial" else {}
    keys = _keys([row.holding for row in rows])
    for row in rows:
        blobs = {**_blobs(kind, row), **accounts.get(row.subject_id, {})}
        key = keys.get(row.holding)
        if key is None or not envelope.holding_mac_matches(
            bytes(row.state_mac), key, holding=row.holding, epoch=row.epoch, values=blobs
        ):
            yield row.holding


def _keys(holdings: Sequence[UUID]) -> Mapping[UUID, keystore.DataKey]:
    try:
        return keystore.unlock(holdings)
    except OpenFailed:
        if len(holdings) == 1:
            return {}
        # Somebody's key does not unwrap; find out whose.
        return {holding: key for each in holdings for holding, key in _keys([each]).items()}


def _blobs(kind: str, row: Any) -> dict[str, bytes]:
    return {
        f"{kind}.{field.name.removesuffix('_sealed')}": bytes(blob)
        for field in row._meta.concrete_fields
        if field.name.endswith("_sealed") and (blob := getattr(row, field.name)) is not None
    }


def _accounts(rows: Sequence[Any]) -> dict[int, dict[str, bytes]]:
    """The account blobs of each subject by place; they belong to the holding of its finances."""
    found: dict[int, dict[str, bytes]] = {}
    for account in Account.objects.filter(subject_id__in=[row.subject_id for row in rows]):
        places = found.setdefault(account.subject_id, {})
        for place, blob in _blobs("financial", account).items():
            places[f"{place}/{account.slot}"] = blob
    return found
