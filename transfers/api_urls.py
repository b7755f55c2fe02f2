"""Addresses of transfers under /api/v1/: all of them are for partners with a token of a share."""

from __future__ import annotations

from django.urls import path

from transfers import api

urlpatterns = [
    path("partner/share", api.TheShare.as_view(), name="api-partner-share"),
    path("partner/customers", api.Customers.as_view(), name="api-partner-customers"),
    path("partner/customers/<str:ref>", api.Values.as_view(), name="api-partner-customer"),
    path("partner/corrections", api.Corrections.as_view(), name="api-partner-corrections"),
    path(
        "partner/corrections/<str:ref>/receipt",
        api.ReceiptOf.as_view(),
        name="api-partner-receipt",
    ),
]
