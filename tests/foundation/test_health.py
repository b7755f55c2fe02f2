"""Readiness says why not, and keeps nothing that it wrote."""

from __future__ import annotations

import pytest
from django.db import connection

from access import gate
from access.actions import Action
from custodian import health, keys
from tests import estate

pytestmark = pytest.mark.django_db


def test_a_whole_installation_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_a_probe_leaves_no_entry_and_uses_no_index(client, entries_since):
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM querylog.entry")
        newest = cursor.fetchone()[0]
        before = -1 if newest is None else newest
    client.get("/readyz")
    agent = estate.user()
    with estate.acting(agent) as actor:
        gate.permit(actor, Action.CUSTOMER_LIST, purpose="follow_up", channel="desk")
    assert entries_since()[0].id == before + 1


def test_a_writer_that_fails_is_named(client, monkeypatch):
    monkeypatch.setattr("access.querylog.writer.failing", lambda: True)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["log"]) == (503, "not-writable")


def test_a_missing_keyring_is_named(client, settings, tmp_path):
    settings.CUSTODIAN_KEYRING = tmp_path / "nowhere.json"
    keys.forget()
    try:
        answer = client.get("/readyz")
    finally:
        settings.CUSTODIAN_KEYRING = settings.VAR / "keyring.json"
        keys.forget()
    assert (answer.status_code, answer.json()["keyring"]) == (503, "missing")


def test_metrics_count_opened_values(client):
    assert b"custodian_values_opened_total" in client.get("/metrics").content


def test_every_check_has_a_name():
    assert set(health.CHECKS) >= {"database", "broker", "keyring", "log", "outbox"}
