"""Whether this process serves a demo: five conditions, and every one of them has to hold."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from access.models import Installation
from custodian import embedded, env


def active() -> bool:
    """Asked for, on embedded services, not in production, on the loopback, and marked in the database."""
    return bool(
        settings.CUSTODIAN_DEMO_REQUESTED
        and on_embedded_services()
        and not settings.PRODUCTION
        and is_loopback(env.text("CUSTODIAN_BIND", default="127.0.0.1"))
        and marked()
    )


def on_embedded_services() -> bool:
    services = embedded.active()
    return services is not None and services.postgres is not None


def marked() -> bool:
    try:
        return Installation.objects.filter(demo=True).exists()
    except DatabaseError:  # not migrated yet, or not there: then it is no demo
        return False


def is_loopback(address: str) -> bool:
    """Whether an address to bind to (with or without port) is reached from this machine only."""
    for host in (address, address.rpartition(":")[0]):
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            continue
    return False


def from_here(request: HttpRequest) -> bool:
    """The same once more for one request: a server bound by hand, or a proxy, is no demo."""
    meta = request.META
    forwarded = "HTTP_X_FORWARDED_FOR" in meta or "HTTP_FORWARDED" in meta
    host = request.get_host()
    return not forwarded and is_loopback(meta.get("REMOTE_ADDR", "")) and is_loopback(host)
