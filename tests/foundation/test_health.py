"""Readiness says why not, and keeps nothing that it wrote."""

from __future__ import annotations

import pytest

from custodian import health, keys

pytestmark = pytest.mark.django_db


def test_a_whole_installation_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_a_probe_leaves_no_entry(client, entries_since):
    client.get("/readyz")
    assert [entry for entry in entries_since() if entry.ts.year == 1970] == []


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
