"""Tables of the plain stack."""

from __future__ import annotations

from django.db import models

from tests.benchmarks.plain import shape


class PlainCustomer(shape.Customer):
    pass


class PlainAssignment(shape.Assignment):
    customer = models.ForeignKey(PlainCustomer, models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["user", "customer"])]


def _one(name: str) -> models.Field:
    return models.OneToOneField(PlainCustomer, models.PROTECT, primary_key=True, related_name=name)


PlainIdentity = shape.table("PlainIdentity", _one("identity"), shape.IDENTITY, models.TextField)
PlainFinances = shape.table("PlainFinances", _one("finances"), shape.INCOME, models.TextField)
PlainAccount = shape.table(
    "PlainAccount",
    models.ForeignKey(PlainCustomer, models.PROTECT),
    shape.ACCOUNT,
    models.TextField,
    slot=models.SmallIntegerField(default=1),
)
