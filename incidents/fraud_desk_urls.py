"""The address at which claims handlers find what they are asked about their claims."""

from __future__ import annotations

from django.urls import path

from incidents import fraud_desk

app_name = "desk_claim_check"
urlpatterns = [path("claim-checks/", fraud_desk.checks, name="checks")]
