"""One Chromium for all journeys, a server of their own, and ears for every complaint.

Imports stand inside: this file is read before Django is set up.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _chromium():
    required = os.environ.get("CUSTODIAN_BROWSER_TESTS") == "required"
    if not CHROMIUM.exists() and not required:
        pytest.skip("no /usr/bin/chromium: the browser tests are left out (apt install chromium)")


@pytest.fixture(scope="module")
def browser(_chromium):
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and nothing of ours runs in it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker, browser):
    """The product itself, in threads of this process, on this process's database."""
    from wsgiref.simple_server import make_server

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler

    from tests import databases
    from tests.browser.office import Office, Quiet, Server

    with django_db_blocker.unblock():
        handler = StaticFilesHandler(WSGIHandler())
        server = make_server("127.0.0.1", 0, handler, Server, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Office(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        server.server_close()
        databases.renew()


@pytest.fixture
def visit(browser, office):
    """Somebody at a screen; at the end nothing may have been refused by the page's own policy."""
    from tests.browser.office import Visitor

    visitors = []

    def visit(person=None, **options):
        visitors.append(Visitor(browser, office, person, **options))
        return visitors[-1]

    yield visit
    complaints = [line for visitor in visitors for line in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
