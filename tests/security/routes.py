"""Every address that the resolver knows, and the table that says who gets what there."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from access.vocabulary import STAFF_ROLES
from custodian import clock

TABLE = Path(__file__).with_name("matrix.toml")
# One address for each pattern that is a regular expression.
_EXPRESSIONS = {
    "log/tile/<int:level>/<path:place>": "log/tile/0/000.p/1",
    # It leads back to the customer's page, which decides; whose it is makes no difference here.
    "desk/customers/<str:ref>/hide/": "desk/customers/c-0000-0000-000/hide/",
    # What the visitors find published.
    "rules/<str:code>/": "rules/processing-1/",
    "rules/changes/<str:code>/": "rules/changes/processing-1/",
    "tips/<str:slug>/": "tips/fraud-calls/",
    "notices/<str:number>/": f"notices/{clock.local().year}-1/",
    "incidents/<uuid:ref>/": "incidents/1b4e28ba-2fa1-41d2-883f-0016d3cca427/",
    "transfers/<str:code>/": f"transfers/T-{clock.local().year}-001/",
    "^api/": "api/v1/nothing-there",
    "accounts/^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9a-z]+)/$": "accounts/password/new/1-ab-cd/",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = frozenset(role.value for role in STAFF_ROLES)
CUSTOMER = "customer"
# What holds for every page of the portal: whoever is no customer is led to its own sign-in.
_PORTAL = {"others": 302, "quiet": True, "anonymous": "portal"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One address of the table; `who` says for each method which roles are let in."""

    path: str
    surface: str
    who: Mapping[str, frozenset[str]]
    answer: Mapping[str, int] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    action: str = ""
    change_action: str = ""
    names: str = ""
    fresh: bool = False  # only soon after a second factor
    others: int = 403
    absent: frozenset[str] = (
        frozenset()
    )  # roles that may come in, and for whom this thing is not there
    anonymous: str = "login"
    half: str = "code"
    options: int = 405
    quiet: bool = False  # a refusal leaves no entry, because nothing was asked of the gate
    because: str = ""

    @property
    def methods(self) -> Iterator[str]:
        """As asked: a page that is read can be asked for its head alone, and the API cannot."""
        yield from self.who

    def expected(self, role: str, method: str) -> int:
        if role in self.absent:
            return 404
        if role not in self.who[method]:
            return self.others
        return self.answer.get(method, self.answer.get("GET", 200) if method == "HEAD" else 200)

    @property
    def of_portal(self) -> bool:
        return self.surface == "portal"

    @property
    def of_customer(self) -> bool:
        return self.names in {"claim", "customer", "policy"}

    @property
    def unexpected(self) -> list[str]:
        return [method for method in METHODS if method not in self.who]

    def address(self, thing: str, method: str = "GET") -> str:
        """The address with its placeholder filled, and its query if that is how it is asked."""
        # Of the papers and the versions of a thing the first one.
        path = self.path.replace("papers/<int:number>", "papers/1")
        path = path.replace("notices/<uuid:ref>/<int:number>", "notices/<uuid:ref>/1")
        path = _EXPRESSIONS.get(self.path) or re.sub(r"<[a-z]+:[a-z_]+>", thing, path)
        return "/" + path + (f"?{self.query}" if self.query and method == "GET" else "")


@functools.cache
def table() -> tuple[Row, ...]:
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    groups = {name: frozenset(roles) for name, roles in read["groups"].items()}
    groups |= {"staff": ROLES, "nobody": frozenset(), "customers": frozenset({CUSTOMER})}
    return tuple(_row(each, groups) for each in read["route"])


def _row(said: dict[str, Any], groups: Mapping[str, frozenset[str]]) -> Row:
    if said["surface"] == "portal":
        said = {**_PORTAL, **said}
    who = {method: groups[name] for method, name in said.pop("who").items()}
    said["absent"] = groups.get(said.get("absent", ""), frozenset())
    head = said.pop("head", "GET" in who and said["surface"] != "api")
    if head:
        who["HEAD"] = who["GET"]
    return Row(who=who, **said)


def patterns() -> dict[str, str]:
    """Path pattern to name, of every address there is."""
    return dict(_walk(get_resolver(), ""))


def _walk(resolver: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield path, each.name or ""
        elif isinstance(each, URLResolver):
            yield from _walk(each, path)
