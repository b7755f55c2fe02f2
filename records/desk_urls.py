"""Addresses of the desk. A customer's is her public reference; nothing else about her is in any address."""

from __future__ import annotations

from django.urls import path

from records import (
    desk,
    desk_break_glass,
    desk_claim_acts,
    desk_claims,
    desk_consents,
    desk_corrections,
    desk_exports,
    desk_grants,
    desk_intake,
    desk_learning,
    desk_reveal,
    desk_sign_in,
    desk_work,
    request_desk,
)

app_name = "desk"
urlpatterns = [
    path("", desk.find, name="find"),
    path("mine/", desk.mine, name="mine"),
    path("break-glass/", desk_break_glass.page, name="break_glass"),
    path("grants/", desk_grants.ask, name="grants"),
    path("exports/", desk_exports.ask, name="exports"),
    path("exports/<uuid:ref>/", desk_exports.act, name="export"),
    path("exports/<uuid:ref>/download/", desk_exports.download, name="export_download"),
    path("learning/", desk_learning.learning, name="learning"),
    path("register/", desk_intake.intake, name="intake"),
    path("customers/<str:ref>/", desk.customer, name="customer"),
    path("customers/<str:ref>/reveal/", desk_reveal.reveal, name="reveal"),
    path("customers/<str:ref>/hide/", desk_reveal.hide, name="hide"),
    path("customers/<str:ref>/sign-in/", desk_sign_in.page, name="sign_in"),
    path("customers/<str:ref>/consents/", desk_consents.consents, name="consents"),
    path("customers/<str:ref>/correct/", desk_corrections.begin, name="correction_begin"),
    path("corrections/", desk_corrections.corrections, name="corrections"),
    path("corrections/<str:ref>/", desk_corrections.correction, name="correction"),
    path("corrections/<str:ref>/edit/", desk_corrections.edit, name="correction_edit"),
    path("corrections/<str:ref>/reveal/", desk_corrections.reveal, name="correction_reveal"),
    path(
        "corrections/<str:ref>/papers/<int:number>/",
        desk_corrections.paper,
        name="correction_paper",
    ),
    path("corrections/<str:ref>/act/", desk_corrections.act, name="correction_act"),
    path("corrections/<str:ref>/refuse/", desk_corrections.refuse, name="correction_refuse"),
    path("corrections/<str:ref>/confirm/", desk_corrections.confirm, name="correction_confirm"),
    path("customers/<str:ref>/work/", desk_work.open_for, name="work_open"),
    path("customers/<str:ref>/claims/new/", desk_claims.new, name="claim_new"),
    path("claims/", desk_claims.table, name="claims"),
    path("claims/<str:ref>/", desk_claim_acts.claim, name="claim"),
    path("claims/<str:ref>/ask/", desk_claim_acts.ask, name="claim_ask"),
    path("claims/<str:ref>/decide/", desk_claim_acts.decide, name="claim_decide"),
    path("claims/<str:ref>/pay/", desk_claim_acts.pay, name="claim_pay"),
    path("claims/<str:ref>/reveal/", desk_claim_acts.reveal, name="claim_reveal"),
    path("customers/<str:ref>/requests/new/", request_desk.intake, name="request_new"),
    path("requests/", request_desk.work, name="requests"),
    path("requests/<str:ref>/", request_desk.one, name="request"),
    path("work/", desk_work.work, name="work"),
    path("work/<uuid:ref>/take/", desk_work.take, name="work_take"),
    path("work/<uuid:ref>/grant/", desk_grants.ask_for, name="work_grant"),
    path("work/<uuid:ref>/close/", desk_work.close, name="work_close"),
]
