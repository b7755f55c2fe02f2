"""What both comparison stacks have in common: columns, row scope and the view's answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from custodian import clock, elements
from records import api
from records.models import Book
from records.overview import PERSON

IDENTITY = [code.partition(".")[2] for code in PERSON]
INCOME, ACCOUNT = ("income",), ("bank_name", "bank_account")


class Customer(models.Model):
    ref = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, default="person")
    status = models.CharField(max_length=12, default="active")
    book = models.ForeignKey(Book, models.PROTECT)
    minor_until = models.DateField(null=True)

    class Meta:
        abstract = True

    @property
    def is_child(self) -> bool:
        return self.minor_until is not None and clock.local().date() < self.minor_until


class Assignment(models.Model):
    user = models.ForeignKey(User, models.PROTECT, db_constraint=False)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Of(models.Model):
    """A table under a customer."""

    class Meta:
        abstract = True


def table(
    name: str, key: models.Field, names: Sequence[str], field: type[models.Field], **more: Any
) -> type[models.Model]:
    """A model with these columns, each of this field, in the module that its key's model is in."""
    columns = {each: field(default="") for each in names}
    module = key.remote_field.model.__module__
    return type(name, (Of,), {"__module__": module, "customer": key, **columns, **more})


class Detail(api.CustomerDetail):
    """Written as one would write it: one query, masks, the product's own serializer."""

    customers: type[models.Model]
    assignments: type[models.Model]
    accounts: type[models.Model]

    def get(self, request: Request, ref: str) -> Response:
        found = self.find(ref)
        return self.answer(
            {
                "entry": 0,
                "ref": found.ref,
                "kind": found.kind,
                "book": found.book.code,
                "status": found.status,
                "child": found.is_child,
                "elements": list(self.masks(found)),
            }
        )

    def find(self, ref: str) -> Any:
        now = clock.now()
        own = self.assignments.objects.filter(
            Q(until=None) | Q(until__gt=now),
            since__lte=now,
            user_id=self.actor.id,
            customer_id=OuterRef("pk"),
        )
        visible = self.customers.objects.filter(Exists(own), ref=ref)
        found = visible.select_related("identity", "finances", "book").first()
        if found is None:
            raise Http404
        return found

    def masks(self, found: Any) -> Iterator[dict[str, Any]]:
        yield from _masks(found.identity, "identity", IDENTITY)
        yield from _masks(found.finances, "financial", INCOME)
        for each in self.accounts.objects.filter(customer=found).order_by("slot"):
            yield from _masks(each, "financial", ACCOUNT, slot=each.slot)


def _masks(
    row: Any, group: str, names: Sequence[str], *, slot: int = 0
) -> Iterator[dict[str, Any]]:
    for name in names:
        element = elements.get(f"{group}.{name}")
        if text := getattr(row, name):
            yield {
                "element": element.code,
                "slot": slot,
                "masked": str(element.mask(text)),
                "level": element.level,
            }
