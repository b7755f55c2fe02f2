"""What a subject of the query log is called outside of it: a customer's public reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from access import actors, scopes
from access.ports import Called
from records import references
from records.models import Customer


class Customers:
    """How the log's subjects are called here; answers within the acting person's scope."""

    def uid_of(self, ref: str) -> UUID | None:
        actor, known = scopes.current(), references.read(ref, kind="c")
        if actor is None or known is None:
            return None
        rows = Customer.objects.visible_to(actor).filter(ref=known)
        uid: UUID | None = rows.values_list("subject__uid", flat=True).first()
        return uid

    def ordinals_of(self, refs: Iterable[str]) -> Mapping[str, int]:
        known = [each for ref in refs if (each := references.read(ref, kind="c"))]
        with scopes.acting(actors.system("granter")):
            rows = Customer.objects.filter(ref__in=known)
            return dict(rows.values_list("ref", "subject_id"))

    def called(self, uids: Iterable[UUID]) -> Mapping[UUID, Called]:
        actor = scopes.current()
        if actor is None:
            return {}
        rows = Customer.objects.visible_to(actor).filter(subject__uid__in=list(uids))
        return {
            uid: Called(ref, reverse("admin:records_customer_change", args=[ref]))
            for uid, ref in rows.values_list("subject__uid", "ref")
        }
