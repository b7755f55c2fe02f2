"""Tables of the do-it-yourself stack."""

from __future__ import annotations

from auditlog.registry import auditlog
from django.db import models

from tests.benchmarks.diy.fields import EncryptedTextField
from tests.benchmarks.plain import shape


class DiyCustomer(shape.Customer):
    def __str__(self) -> str:
        return self.ref


class DiyAssignment(shape.Assignment):
    customer = models.ForeignKey(DiyCustomer, models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["user", "customer"])]


def _one(name: str) -> models.Field:
    return models.OneToOneField(DiyCustomer, models.PROTECT, primary_key=True, related_name=name)


DiyIdentity = shape.table("DiyIdentity", _one("identity"), shape.IDENTITY, EncryptedTextField)
DiyFinances = shape.table("DiyFinances", _one("finances"), shape.INCOME, EncryptedTextField)
DiyAccount = shape.table(
    "DiyAccount",
    models.ForeignKey(DiyCustomer, models.PROTECT),
    shape.ACCOUNT,
    EncryptedTextField,
    slot=models.SmallIntegerField(default=1),
)

auditlog.register(DiyCustomer)
