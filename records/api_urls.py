"""Addresses of records under /api/v1/."""

from __future__ import annotations

from django.urls import path

from records import api, work_api

urlpatterns = [
    path("customers", api.Customers.as_view(), name="api-customers"),
    path("customers/search", api.Search.as_view(), name="api-customers-search"),
    path("customers/<str:ref>", api.CustomerDetail.as_view(), name="api-customer"),
    path("customers/<str:ref>/reveal", api.Reveal.as_view(), name="api-customer-reveal"),
    path("customers/<str:ref>/policies", api.CustomerPolicies.as_view(), name="api-policies"),
    path("policies/<str:ref>", api.PolicyDetail.as_view(), name="api-policy"),
    path("work-items", work_api.WorkItems.as_view(), name="api-work-items"),
    path("work-items/<str:ref>", work_api.WorkItemDetail.as_view(), name="api-work-item"),
]
