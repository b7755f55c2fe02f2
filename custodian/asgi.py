"""The ASGI entry point."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from custodian import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
embedded.ensure()

application = get_asgi_application()
