"""Addresses of the frame itself: the viewer mark, the language switch, the component sheet."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from custodian.site import text_size
from custodian.site.gallery import gallery
from custodian.site.viewer_mark import viewer_mark

# A language is no secret: the switch works on pages that carry no token.
urlpatterns = [
    path("viewer-mark.svg", viewer_mark, name="viewer_mark"),
    path("language/", csrf_exempt(require_POST(set_language)), name="set_language"),
    path("text-size/", text_size.change, name="text_size"),
    path("components/", gallery, name="gallery"),
]
