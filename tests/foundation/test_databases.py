"""Which login each database role gets, and what happens when nobody names one."""

from __future__ import annotations

from pathlib import Path

import psycopg2
import pytest

from custodian import databases, embedded
from custodian.embedded import Role

APP = "postgresql://app%40x:p%2Fw@db.example:6543/estate?sslmode=require"


@pytest.fixture
def unconfigured(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in databases.VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(embedded, "active", lambda: None)
    monkeypatch.setattr(databases._choice, "name", None)
    return monkeypatch


@pytest.mark.parametrize(("role", "variable"), databases.VARIABLES.items())
def test_a_role_without_an_address_names_its_variable(
    unconfigured: pytest.MonkeyPatch, role: Role, variable: str
) -> None:
    with pytest.raises(databases.DatabaseNotConfigured, match=f"{variable}。"):
        databases.url(role)


def test_an_address_for_the_app_is_no_address_for_the_owner(
    unconfigured: pytest.MonkeyPatch,
) -> None:
    unconfigured.setenv("DATABASE_URL", APP)
    assert databases.url("app") == APP
    with pytest.raises(databases.DatabaseNotConfigured, match="DATABASE_OWNER_URL"):
        databases.url("owner")


def test_an_address_may_lie_in_a_file(unconfigured: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "address"
    path.write_text(f"{APP}\n")
    unconfigured.setenv("DATABASE_URL_FILE", str(path))
    assert databases.url("app") == APP


def test_an_address_becomes_django_settings(unconfigured: pytest.MonkeyPatch) -> None:
    unconfigured.setenv("DATABASE_URL", APP)
    settings = databases.django_settings("app", application_name="web")
    assert settings["USER"] == "app@x"
    assert settings["PASSWORD"] == "p/w"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.example", "6543", "estate")  # fmt: skip
    assert settings["OPTIONS"] == {"application_name": "web", "sslmode": "require"}
    assert settings["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_settings_without_a_database_load_but_reach_nothing(
    unconfigured: pytest.MonkeyPatch,
) -> None:
    settings = databases.django_settings("app")
    with pytest.raises(psycopg2.OperationalError, match="database-not-configured"):
        psycopg2.connect(host=settings["HOST"], dbname=settings["NAME"], user=settings["USER"])


def test_every_role_moves_to_another_database_together(unconfigured: pytest.MonkeyPatch) -> None:
    unconfigured.setenv("DATABASE_URL", APP)
    unconfigured.setenv("DATABASE_AUDITOR_URL", "postgresql://auditor@db.example/estate")
    assert databases.use("copy") is None
    assert databases.url("app") == APP.replace("/estate", "/copy")
    assert databases.url("auditor").endswith("/copy")
    assert databases.use(None) == "copy"


def test_no_password_is_shown_by_the_services_themselves() -> None:
    services = embedded.active()
    if services is None:
        embedded.ensure()
        services = embedded.active()
    assert services
    password = services.url("app").split(":")[2].split("@")[0]
    assert password not in repr(services)
    assert password not in repr(services.postgres)
