"""Addresses of the do-it-yourself stack: the same as the product's."""

from __future__ import annotations

from typing import Any

from auditlog.signals import accessed
from django.urls import path

from custodian import health
from tests.benchmarks.diy import models
from tests.benchmarks.plain import shape


class Detail(shape.Detail):
    customers = models.DiyCustomer
    assignments = models.DiyAssignment
    accounts = models.DiyAccount

    def find(self, ref: str) -> Any:
        found = super().find(ref)
        accessed.send(found.__class__, instance=found)
        return found


urlpatterns = [
    path("api/v1/customers/<str:ref>", Detail.as_view()),
    path("livez", health.livez),
]
