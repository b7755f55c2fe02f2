"""An error that carries a customer's value, raised on any page, tells it to nobody (A32)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.http import HttpRequest
from django.template.backends.django import Template
from django.test import Client
from rest_framework.renderers import JSONRenderer

from records import vault
from tests import estate
from tests.security import routes
from tests.security.routes import Row
from tests.security.things import OWN, PURPOSES
from tests.security.visitors import World

pytestmark = pytest.mark.django_db
# What says that something failed must itself not fail.
SAFE = frozenset(f"{status}.html" for status in (400, 403, 404, 429, 500, 503))
# Values that no page has a reason to print; a date may be an example of the catalogue.
VALUES = [
    estate.ZHANG[f"identity.{name}"] for name in ("name", "id_number", "mobile", "email", "address")
]


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    world = World()
    world.client.raise_request_exception = False
    return world


def pages() -> Iterator[tuple[Row, str, str]]:
    """Every address once for each method, by somebody who is let in."""
    for row in routes.table():
        for method in ("GET", "POST"):
            if row.who.get(method):
                yield row, method, min(row.who[method])


def failed(world: World) -> list[str]:
    """The pages that failed; whatever any of them said is in `told`."""
    found = []
    for row, method, role in pages():
        place = row.address(world.thing(row.names, OWN), method)
        place = place.format(purpose=PURPOSES.get(role, "follow_up"))
        kind = "fresh" if row.fresh or method == "POST" else "stale"
        answer = world.ask(role, method, place, row.body, kind=kind)
        said = answer.body + str(answer.headers)
        leaked = [value for value in world.canaries if value in said]  # type: ignore[attr-defined]
        assert not leaked, (method, row.path)
        if answer.status == 500:
            found.append(row.path)
    return found


def quiet(told: Any, lines: list[logging.LogRecord], values: list[str]) -> None:
    written = told.out + told.err + "".join(map(str, (each.body for each in mail.outbox)))
    assert not [value for value in values if value in written]
    assert lines  # it was noticed


def test_a_page_that_cannot_be_drawn_repeats_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: Any, caplog: Any
) -> None:
    canary = f"欧{secrets.token_hex(8)}"
    world.canaries = [canary]  # type: ignore[attr-defined]

    def raises(draw: Callable[..., str]) -> Callable[..., str]:
        def drawn(self: Template, context: Any = None, request: HttpRequest | None = None) -> str:
            shown = {**(context or {}), "value": canary}  # as a traceback with its names would show
            if str(self.template.name) in SAFE:
                return draw(self, context, request)
            raise RuntimeError(f"cannot draw {shown['value']}")

        return drawn

    def rendered(*_given: Any, **_named: Any) -> bytes:
        raise RuntimeError(f"cannot render {canary}")

    monkeypatch.setattr(Template, "render", raises(Template.render))
    monkeypatch.setattr(JSONRenderer, "render", rendered)
    found = failed(world)
    assert len(found) > 100  # nearly every page is drawn by a template
    assert any(path.startswith("portal/") for path in found)
    quiet(capfd.readouterr(), caplog.records, [canary])


def test_a_value_that_breaks_the_code_around_it_is_told_to_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: Any, caplog: Any
) -> None:
    world.canaries = VALUES  # type: ignore[attr-defined]
    real = vault._opened

    def broken(*given: Any) -> str:
        raise ValueError(f"invalid literal: {real(*given)!r}")

    monkeypatch.setattr(vault, "_opened", broken)
    found = failed(world)
    assert {path.partition("/")[0] for path in found} >= {"admin", "desk", "portal", "api"}
    quiet(capfd.readouterr(), caplog.records, VALUES)


def test_the_test_sees_what_it_looks_for(world: World) -> None:
    """With nothing broken the page shows her values to herself."""
    world.canaries = VALUES  # type: ignore[attr-defined]
    answer = world.ask("customer", "POST", "/portal/data/reveal/", {"of": "identity"})
    assert any(value in answer.body for value in VALUES)
    assert isinstance(world.client, Client)
