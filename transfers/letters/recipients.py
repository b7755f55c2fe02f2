"""Who is written to: everybody who moves or has arrived, in a role that the route names, and only once.

Whoever has no policy at all is told too: her data move, and no holder of a policy reads it for her.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from custodian.regimes.routes import RouteStage
from records.letters import addressees
from records.models import PolicyRole
from records.notices.delivering import Way
from transfers import routes
from transfers.models import Stage, Transfer
from transfers.receiving import files

NO_POLICY: Final = "none"  # among the roles
_PAGE: Final = """
SELECT c.subject_id, array_agg(DISTINCT r.role) FILTER (WHERE r.role IS NOT NULL)
FROM {whose} c LEFT JOIN records_policyrole r ON r.subject_id = c.subject_id
WHERE c.transfer_id = %(transfer)s AND {counts} AND c.subject_id > %(after)s
  AND (r.role IS NULL OR r.role = ANY (%(told)s))
  AND NOT EXISTS (SELECT 1 FROM transfers_transfernotice n
                  WHERE n.transfer_id = c.transfer_id AND n.subject_id = c.subject_id)
GROUP BY c.subject_id ORDER BY c.subject_id LIMIT %(most)s"""
_COUNT: Final = """
WITH told AS (
    SELECT c.subject_id, coalesce(r.role, %(none)s) AS role, NOT EXISTS (
        SELECT 1 FROM transfers_transfernotice n
        WHERE n.transfer_id = c.transfer_id AND n.subject_id = c.subject_id) AS left_
    FROM {whose} c LEFT JOIN records_policyrole r ON r.subject_id = c.subject_id
    WHERE c.transfer_id = %(transfer)s AND {counts}
      AND (r.role IS NULL OR r.role = ANY (%(told)s)))
SELECT role, count(DISTINCT subject_id), count(DISTINCT subject_id) FILTER (WHERE left_)
FROM told GROUP BY ROLLUP (role)"""
# The seller writes to whom it chose, the buyer to who came. Of files no record of each arrival stays; from
# the moment on, which no letter goes before, the register of who answers names the same people.
_CHOSEN: Final = ("transfers_chosen", "c.state = 'in'")
_ARRIVED: Final = ("transfers_arrivedrecord", "c.current")
_FILED: Final = ("transfers_responsible", "true")


@dataclass(frozen=True)
class Recipient:
    """Somebody who is written to; `addressee` is whose contact it goes to."""

    subject: int
    roles: tuple[str, ...]
    addressee: int
    way: Way


@dataclass(frozen=True)
class Counts:
    """By role, and `everybody` once; `left` of them have no letter yet."""

    roles: Mapping[str, int]
    everybody: int
    left: int


def terms(transfer: Transfer) -> RouteStage:
    """What the route says of telling: `told`, `consent` and `silence`."""
    return routes.stage_of(transfer, Stage.NOTICE)


def role_name(code: str) -> str:
    return str(_("没有保单的客户") if code == NO_POLICY else PolicyRole.Role(code).label)


def asked(transfer: Transfer) -> frozenset[str]:
    """The roles whose consent the letter asks for; the buyer's asks for nothing."""
    return frozenset(terms(transfer).consent) if transfer.is_sellers else frozenset()


def _statement(template: str, transfer: Transfer) -> str:
    whose, counts_ = _who(transfer)
    return template.replace("{whose}", whose).replace("{counts}", counts_)


def _who(transfer: Transfer) -> tuple[str, str]:
    if transfer.is_sellers:
        return _CHOSEN
    return _FILED if files.from_files(transfer) else _ARRIVED


def counts(transfer: Transfer) -> Counts:
    with connection.cursor() as cursor:
        told = list(terms(transfer).told)
        said: dict[str, Any] = {"transfer": transfer.pk, "told": told, "none": NO_POLICY}
        cursor.execute(_statement(_COUNT, transfer), said)
        rows = {role: (number, left) for role, number, left in cursor.fetchall()}
    everybody, left = rows.pop(None, (0, 0))
    return Counts({role: number for role, (number, _left) in rows.items()}, everybody, left)


def page(transfer: Transfer, *, after: int, most: int, today: date) -> list[Recipient]:
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(_PAGE, transfer),
            {
                "transfer": transfer.pk,
                "after": after,
                "most": most,
                "told": list(terms(transfer).told),
            },
        )
        found = [(subject, tuple(sorted(roles or ()))) for subject, roles in cursor.fetchall()]
    to = addressees.of([subject for subject, _roles in found], today=today)
    return [Recipient(each, roles, to[each].subject, to[each].way) for each, roles in found]
