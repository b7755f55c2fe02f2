"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import portal_home
from records.sign_in import pages as sign_in

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("sign-in/", sign_in.numbers, name="login"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/again/", sign_in.again, name="code_again"),
    path("sign-in/for/", sign_in.choose, name="choose"),
    path("sign-ins/", sign_in.sign_ins, name="sign_ins"),
    path("stay/", sign_in.stay, name="stay"),
    path("sign-out/everywhere/", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
]
