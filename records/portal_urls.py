"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import portal_copies, portal_data, portal_home, portal_looks

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("data/", portal_data.data, name="data"),
    path("data/reveal/", portal_data.reveal, name="data_reveal"),
    path("data/copy/", portal_copies.ask, name="copy"),
    path("data/copy/<uuid:ref>/", portal_copies.take, name="copy_take"),
    path("looks/", portal_looks.looks, name="looks"),
    path("looks/<int:index>/proof/", portal_looks.proof, name="look_proof"),
    path("sign-in/", portal_home.login, name="login"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
]
