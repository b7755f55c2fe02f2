"""Says at once, and on record, when a sealed value does not open."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from access.findings import raise_finding
from access.models import Finding
from access.models.findings import TELLERS
from access.querylog.telling import labels

DAMAGED: Final = "integrity.damaged"
SECONDS: Final = 5.0
_log = structlog.get_logger("records.damage")


def report(*, holding: UUID, element: str, entry: int | None = None) -> None:
    """Raise a finding that a sealed value does not open, once for each value while it is open.

    It is written on a connection of its own: the request that came upon it is about to be rolled back.
    """
    reporter = threading.Thread(target=_report, args=(holding, element, entry))
    reporter.start()
    reporter.join(SECONDS)


def _report(holding: UUID, element: str, entry: int | None) -> None:
    place = {"element": element, "holding": str(holding)}
    try:
        with transaction.atomic():
            known = Finding.objects.filter(kind=DAMAGED, facts=place, status=Finding.Status.OPEN)
            if not known.exists():
                raise_finding(
                    DAMAGED,
                    severity=Finding.Severity.URGENT,
                    facts=place,
                    entries=[entry] if entry else [],
                )
    except DatabaseError as error:
        _log.error("damage-not-reported", reason=type(error).__name__)
    finally:
        connection.close()


def _words(facts: Mapping[str, Any]) -> str:
    place = {**facts, "element": labels([facts["element"]])}
    return _("密封值无法打开：%(element)s，保管号 %(holding)s") % place


TELLERS[DAMAGED] = _words
