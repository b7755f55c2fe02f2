"""Addresses of incidents on which a person of any office finds what is his own."""

from __future__ import annotations

from django.urls import path

from incidents import own_remedies, own_risk_actions

urlpatterns = [
    path("remedies/", own_remedies.table, name="own_remedies"),
    path("remedies/<uuid:ref>/", own_remedies.remedy, name="own_remedy"),
    path("remedies/of-risk/<uuid:ref>/", own_risk_actions.action, name="own_risk_action"),
]
