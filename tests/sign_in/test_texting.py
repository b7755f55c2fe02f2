"""Short messages: one POST to an allowed host, no redirect, and nothing of it in any error."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from custodian import texting
from custodian.texting import NotSent

SAID = {"to": "13700137001", "text": "123456 ……", "reference": "r-1"}


@pytest.fixture
def gateway(settings, tmp_path):
    """A gateway on the loopback that answers as it is told."""
    heard: list[tuple[str, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        status = 202

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((self.headers.get("Authorization", ""), body))
            self.send_response(self.server.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.heard = 202, heard
    threading.Thread(target=server.serve_forever, daemon=True).start()
    token = tmp_path / "token"
    token.write_text("secret\n", encoding="ascii")
    settings.CUSTODIAN_OUTBOX = None
    settings.CUSTODIAN_TEXT_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.CUSTODIAN_TEXT_HOSTS = ["127.0.0.1"]
    settings.CUSTODIAN_TEXT_TOKEN, settings.CUSTODIAN_TEXT_SECONDS = token, 5
    yield server
    server.shutdown()
    server.server_close()


def send() -> None:
    texting.send(SAID["to"], SAID["text"], reference=SAID["reference"])


def test_a_message_is_one_post_with_the_token(gateway):
    send()
    assert gateway.heard == [("Bearer secret", SAID)]


@pytest.mark.parametrize("status", [302, 307, 400, 500])
def test_whatever_is_no_success_is_not_sent_and_no_redirect_followed(gateway, status):
    gateway.status = status
    with pytest.raises(NotSent) as caught:
        send()
    assert caught.value.reason == f"gateway-said-{status}"
    assert len(gateway.heard) == 1
    for value in SAID.values():
        assert value not in repr(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/send",
        "https://example.org/send",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
    ],
)
def test_only_the_named_host_over_tls_or_the_loopback(gateway, settings, url):
    settings.CUSTODIAN_TEXT_URL = url
    with pytest.raises(NotSent):
        send()
    assert gateway.heard == []


def test_a_gateway_that_is_not_there_says_nothing_of_the_message(gateway, settings):
    settings.CUSTODIAN_TEXT_URL = "http://127.0.0.1:9/send"
    with pytest.raises(NotSent) as caught:
        send()
    assert caught.value.reason == "gateway-unreachable"
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_without_a_gateway_production_sends_nothing(settings):
    settings.CUSTODIAN_OUTBOX, settings.CUSTODIAN_TEXT_URL, settings.PRODUCTION = None, "", True
    with pytest.raises(NotSent):
        send()
