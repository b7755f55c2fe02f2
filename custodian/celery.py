"""The Celery application: a wake-up bell, never the source of truth."""

from __future__ import annotations

import os

from celery import Celery
from django.apps import apps

from custodian import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
if not apps.apps_ready:  # a worker starts here; every other process has seen to it, or needs none
    embedded.ensure()

app = Celery("custodian", task_cls="custodian.task_guard:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
