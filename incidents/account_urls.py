"""Addresses of incidents on which a person of any office finds what is his own."""

from __future__ import annotations

from django.urls import path

from incidents import own_remedies, own_risk_actions, own_sanctions

urlpatterns = [
    path("remedies/", own_remedies.table, name="own_remedies"),
    path("remedies/<uuid:ref>/", own_remedies.remedy, name="own_remedy"),
    path("letters/", own_sanctions.table, name="own_letters"),
    path("letters/<uuid:ref>/", own_sanctions.letter, name="own_letter"),
    path("letters/<uuid:ref>/pdf/", own_sanctions.take, name="own_letter_pdf"),
    path("remedies/of-risk/<uuid:ref>/", own_risk_actions.action, name="own_risk_action"),
]
