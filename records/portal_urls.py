"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import (
    portal_claim_papers,
    portal_claims,
    portal_consents,
    portal_copies,
    portal_corrections,
    portal_data,
    portal_home,
    portal_looks,
    portal_notices,
    request_portal,
)
from records.relatives import door as relatives
from records.sign_in import pages as sign_in

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("data/", portal_data.data, name="data"),
    path("data/reveal/", portal_data.reveal, name="data_reveal"),
    path("data/copy/", portal_copies.ask, name="copy"),
    path("data/copy/<uuid:ref>/", portal_copies.take, name="copy_take"),
    path("consents/", portal_consents.consents, name="consents"),
    path("consents/<str:code>/yes/", portal_consents.yes, name="consent_yes"),
    path("consents/<str:code>/no/", portal_consents.no, name="consent_no"),
    path("looks/", portal_looks.looks, name="looks"),
    path("looks/<int:index>/proof/", portal_looks.proof, name="look_proof"),
    path("sign-in/", sign_in.numbers, name="login"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/again/", sign_in.again, name="code_again"),
    path("sign-in/for/", sign_in.choose, name="choose"),
    path("relative/", relatives.contact, name="relative"),
    path("relative/code/", relatives.code, name="relative_code"),
    path("relative/ask/", relatives.ask, name="relative_ask"),
    path("relative/done/", relatives.done, name="relative_done"),
    path("sign-ins/", sign_in.sign_ins, name="sign_ins"),
    path("stay/", sign_in.stay, name="stay"),
    path("sign-out/everywhere/", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("claims/", portal_claims.table, name="claims"),
    path("claims/new/", portal_claims.new, name="claim_new"),
    path("claims/<str:ref>/", portal_claims.claim, name="claim"),
    path("claims/<str:ref>/papers/new/", portal_claim_papers.new, name="claim_paper_new"),
    path("claims/<str:ref>/papers/<int:number>/", portal_claim_papers.paper, name="claim_paper"),
    path("corrections/new/", portal_corrections.new, name="correction_new"),
    path("corrections/<str:ref>/", portal_corrections.correction, name="correction"),
    path("corrections/<str:ref>/value/", portal_corrections.value, name="correction_value"),
    path(
        "corrections/<str:ref>/evidence/", portal_corrections.evidence, name="correction_evidence"
    ),
    path("corrections/<str:ref>/check/", portal_corrections.check, name="correction_check"),
    path("corrections/<str:ref>/confirm/", portal_corrections.confirm, name="correction_confirm"),
    path(
        "corrections/<str:ref>/withdraw/", portal_corrections.withdraw, name="correction_withdraw"
    ),
    path(
        "corrections/<str:ref>/papers/<int:number>/",
        portal_corrections.paper,
        name="correction_paper",
    ),
    path("rules/", portal_notices.rules, name="rules"),
    path("rules/look/", portal_notices.look, name="rules_look"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
    path("requests/", request_portal.everything, name="requests"),
    path("requests/new/", request_portal.choose, name="request_new"),
    path("requests/new/<str:kind>/", request_portal.new, name="request_ask"),
    path("requests/<str:ref>/", request_portal.one, name="request"),
]
