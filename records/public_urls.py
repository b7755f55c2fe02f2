"""Addresses of what anybody may read."""

from __future__ import annotations

from django.urls import path

from records import public_notices

app_name = "public"
urlpatterns = [
    path("rules/", public_notices.rules, name="rules"),
    path("rules/<str:code>/", public_notices.rules_version, name="rules_version"),
    path("rules/changes/<str:code>/", public_notices.rules_changes, name="rules_changes"),
    path("tips/", public_notices.tips, name="tips"),
    path("tips/<str:slug>/", public_notices.tip, name="tip"),
    path("notices/", public_notices.announcements, name="notices"),
    path("notices/<str:number>/", public_notices.announcement, name="notice"),
]
