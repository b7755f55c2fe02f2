"""The demo's own addresses; outside a demo this file cannot even be imported."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.urls import path

from access import code_hints
from custodian.demo import mode, portal, step_in

if not mode.active():
    raise ImproperlyConfigured("no demo is active here")

code_hints.give_with(step_in.current_code)
portal.open_door()
urlpatterns = [
    path("step-in/", step_in.step_in, name="demo_step_in"),
    path("outbox/", portal.outbox_page, name="demo_outbox"),
]
