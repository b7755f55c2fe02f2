"""What came, counted where it lies: no value is opened, and nobody is named."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from records.models import Claim, Customer, Document, Policy, QuarantinedRow
from transfers.models import ArrivedRecord, Responsible, Transfer
from transfers.receiving import files

# What the checks found when a record came; what was put right since is not taken off.
_PROBLEMS = """
SELECT p ->> 0, p ->> 1, count(*) FROM transfers_arrivedrecord r, jsonb_array_elements(r.problems) p
WHERE r.transfer_id = %s AND r.current GROUP BY 1, 2
"""


def who(transfer: Transfer) -> QuerySet[Any]:
    """Whoever came and counts; each row has the subject. By files: for whom this house answers since."""
    if files.from_files(transfer):
        return Responsible.objects.filter(transfer=transfer)
    return ArrivedRecord.objects.filter(transfer=transfer, current=True, subject__isnull=False)


def counted(transfer: Transfer) -> dict[str, Any]:
    """Codes with numbers, for `StockTake.more`."""
    mine = who(transfer).values("subject")
    documents = Document.objects.filter(subject__in=mine)
    policies = Policy.objects.filter(subject__in=mine)
    application = documents.filter(subject=OuterRef("pk"), kind=Document.Kind.APPLICATION)
    holders = Customer.objects.filter(pk__in=policies.values("subject"))
    return {
        "customers": _by(Customer.objects.filter(pk__in=mine), "kind"),
        "products": _by(policies, "product__kind"),
        "policies": _by(policies, "status"),
        "claims": _by(Claim.objects.filter(subject__in=mine), "status"),
        "documents": _by(documents, "kind"),
        "holders": holders.count(),
        "without_application": holders.exclude(Exists(application)).count(),
        "problems": _problems(transfer),
    }


def _by(rows: QuerySet[Any], field: str) -> dict[str, int]:
    found = rows.order_by().values_list(field).annotate(n=Count("pk"))
    return {str(code): n for code, n in found}


def _problems(transfer: Transfer) -> dict[str, int]:
    """By the code of the problem and the element that shows it, with a blank between."""
    found: Counter[str] = Counter()
    if files.from_files(transfer):
        rows = QuarantinedRow.objects.filter(run__arriving=transfer.ref)
        for reasons in rows.values_list("reasons", flat=True):
            found.update(f"{code} {element}" for code, element in reasons)
    with connection.cursor() as cursor:
        cursor.execute(_PROBLEMS, [transfer.pk])
        for code, element, n in cursor.fetchall():
            found[f"{code} {element}"] = n
    return dict(found)
