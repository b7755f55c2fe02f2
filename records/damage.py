"""Says at once, and on record, when a sealed value does not open."""

from __future__ import annotations

import threading
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from access.findings import raise_finding
from access.models import Finding

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
