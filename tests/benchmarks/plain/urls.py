"""Addresses of the plain stack: the same as the product's."""

from __future__ import annotations

from django.urls import path

from custodian import health
from tests.benchmarks.plain import models, shape


class Detail(shape.Detail):
    customers = models.PlainCustomer
    assignments = models.PlainAssignment
    accounts = models.PlainAccount


urlpatterns = [
    path("api/v1/customers/<str:ref>", Detail.as_view()),
    path("livez", health.livez),
]
