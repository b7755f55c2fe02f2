"""The product's settings, and those of the two stacks that it is compared with (BENCH_STACK)."""

from __future__ import annotations

import os

from custodian.settings import *  # noqa: F403
from custodian.settings import INSTALLED_APPS, MIDDLEWARE

STACK = os.environ.get("BENCH_STACK", "governed")  # or plain, diy; tables and all make tables
BEARER = "tests.benchmarks.plain.bearer.Bearer"

if STACK in {"plain", "tables", "all"}:
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.plain"]
if STACK in {"diy", "all"}:
    INSTALLED_APPS = [*INSTALLED_APPS, "auditlog", "tests.benchmarks.diy"]
if STACK in {"plain", "diy"}:
    ROOT_URLCONF = f"tests.benchmarks.{STACK}.urls"
    # The same token check, but no scope around the statements: these tables have no row policy.
    MIDDLEWARE = [BEARER if each.endswith(".ActorMiddleware") else each for each in MIDDLEWARE]
if STACK == "diy":
    at = MIDDLEWARE.index(BEARER) + 1
    MIDDLEWARE = [*MIDDLEWARE[:at], "auditlog.middleware.AuditlogMiddleware", *MIDDLEWARE[at:]]
