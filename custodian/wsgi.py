"""The WSGI entry point."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from custodian import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
embedded.ensure()

application = get_wsgi_application()
