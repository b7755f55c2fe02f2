"""Whether the product is alive, whether it may serve, and its numbers for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from access import restored
from access.querylog import sealing, writer
from access.querylog.connection import LogUnavailable, probe
from custodian import clock, keys
from records import vault  # noqa: F401  its counter is among the metrics

# An outbox older than this means that changes do not reach the log: the sequencer is down.
OUTBOX_LIMIT = timedelta(seconds=60)
OUTBOX_AGE = Gauge(
    "custodian_outbox_seconds",
    "Age of the oldest change that is not in the log yet",
    multiprocess_mode="max",
)
SEAL_DELAY = Gauge(
    "custodian_merge_delay_seconds",
    "How long the oldest entry waits for its place in the signed tree",
    multiprocess_mode="max",
)


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with `ok` or the reason why not; 503 unless every part is well."""
    parts = {name: check() for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    _outbox()
    _seal()
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        # Every web process counts for itself; one of them answers for all.
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        cache.set("readyz", "1", 5)
    except Exception:  # noqa: BLE001  whatever the client raises, the broker is not there
        return "unreachable"
    return "ok"


def _keyring() -> str:
    return keys.sealed_because() or "ok"


def _log() -> str:
    try:
        probe()
    except LogUnavailable:
        return "not-writable"
    return "not-writable" if writer.failing() else "ok"


def _restored() -> str:
    """A database that was put back serves nobody before it is reconciled."""
    try:
        return restored.CODE if restored.waits() else "ok"
    except DatabaseError:
        return "unreachable"


def _outbox() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(created_at) FROM querylog.outbox")
            (oldest,) = cursor.fetchone()
    except DatabaseError:
        return "unreachable"
    age = clock.now() - oldest if oldest else timedelta()
    OUTBOX_AGE.set(age.total_seconds())
    return "ok" if age < OUTBOX_LIMIT else "behind"


def _seal() -> str:
    """How long entries wait for their place in the signed tree."""
    try:
        waited = sealing.delay()
    except DatabaseError:
        return "unreachable"
    SEAL_DELAY.set(waited)
    if not settings.CUSTODIAN_SEALING:
        return "ok"
    short, long = settings.CUSTODIAN_SEAL_SECONDS
    return "ok" if waited <= short else "stopped" if waited > long else "behind"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "keyring": _keyring,
    "log": _log,
    "outbox": _outbox,
    "seal": _seal,
    "restored": _restored,
}
