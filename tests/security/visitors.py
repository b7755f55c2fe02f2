"""Who asks in the matrix, for what, and what came of it."""

from __future__ import annotations

import json
import re
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from access import actors, scopes, second_factor
from access.models import (
    Entry,
    User,
)
from access.vocabulary import STAFF_ROLES, Role
from records import evidence, references
from records.claim_handling import papers
from records.models import (
    Claim,
    Customer,
    Policy,
)
from tests import estate
from tests.conftest import forget
from tests.corrections.cast import photo
from tests.portal import people
from tests.records import desk_estate
from tests.security.routes import CUSTOMER
from tests.security.things import ABSENT, COLLEAGUES, FOREIGN, OWN, PURPOSES, Things
from tests.sequencer.trees import Place

HOUR = 3600
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REACH = {"agent": "own", "claims_handler": "unit", "regulator": "none", "administrator": "none"}
_CHANGING = {"date", "x-request-id", "set-cookie", "content-length", "vary"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]
    denied: int
    entries: int
    why: tuple[str, ...] = ()  # the reason codes of the refusals, in order

    @property
    def goes_to(self) -> str:
        return self.headers.get("location", "")


class World:
    """One insurer for the whole module; every question is asked of the same state."""

    def __init__(self) -> None:
        # One for all: every new client would read through all static files again.
        self.client = Client(headers={"accept-language": "zh-hans"})
        self.wary = Client(headers={"accept-language": "zh-hans"}, enforce_csrf_checks=True)
        desk_estate.open_all_day()
        near, far = estate.unit("XZ"), estate.unit("NJ")
        self.people = {
            role.value: estate.user(role, unit_=near, password=estate.PASSWORD)
            for role in STAFF_ROLES
        }
        for person in self.people.values():
            second_factor.enrol(person, secret=SECRET, step=-1)
        agent = self.people["agent"]
        stranger = estate.user(Role.AGENT, unit_=far, name="王磊")
        colleague = estate.user(Role.AGENT, unit_=near, name="周晓")
        self.customers = {
            OWN: estate.customer(of=[agent], unit_=near),
            FOREIGN: estate.customer(of=[stranger], unit_=far),
            COLLEAGUES: estate.customer(of=[colleague], unit_=near),
        }
        self.policies = {
            name: desk_estate.policy(customer) for name, customer in self.customers.items()
        }
        bringers = {OWN: agent, FOREIGN: stranger, COLLEAGUES: colleague}
        self.claims = {
            name: self._claim(self.customers[name], policy, bringers[name])
            for name, policy in self.policies.items()
        }
        self.things = Things(self.people, self.customers, stranger).all(agent)
        self.cookies = {
            (role, kind): self._cookies(person, kind)
            for role, person in self.people.items()
            for kind in ("stale", "fresh", "half")
        }
        for kind in ("stale", "fresh"):
            browser = people.signed_in(Client(), self.customers[OWN])
            key = browser.cookies[settings.SESSION_COOKIE_NAME].value
            self.cookies[CUSTOMER, kind] = key
        estate.drain()
        self._seal()

    def _claim(self, customer: Customer, policy: Policy, bringer: User) -> Claim:
        """One that the handler has taken up, with a paper."""
        found = desk_estate.claim(customer, policy)
        with scopes.acting(estate.system()):
            Claim.objects.filter(pk=found.pk).update(
                status="examining", handler=self.people["claims_handler"]
            )
            found.refresh_from_db()
        brought = papers.Brought(drawn=evidence.draw(photo(), name="1.jpg"), kind="medical")
        with scopes.acting(actors.staff(bringer)) as actor:
            papers.file(found, brought, channel="desk", purpose="claim", actor=actor)
        return found

    def _seal(self) -> None:
        """Every entry so far gets its place in the tree, so that there is a head to ask for."""
        with tempfile.TemporaryDirectory() as folder:
            place = Place.make(Path(folder))
            place.seal()
            settings.CUSTODIAN_LOG_POLICY.write_bytes(place.policy.read_bytes())

    def _cookies(self, person: User, kind: str) -> str:
        client = Client()
        client.force_login(person)
        session = client.session
        if kind != "half":
            # Ahead of time: the questions of a module take longer than a second factor stays fresh.
            stale = -HOUR if kind == "fresh" else settings.CUSTODIAN_STEP_UP_SECONDS + 60
            shown = time.time() - stale
            session["account_authentication_methods"] = [
                {"method": "mfa", "at": shown, "type": "totp"}
            ]
            session["account_authentication_methods_user"] = str(person.pk)
        session["desk"] = {"purpose": PURPOSES[person.role], "visits": {}}
        session.save()
        return session.session_key

    def thing(self, names: str, which: str = OWN) -> str:
        if names == "customer":
            return self.customers[which].ref if which != ABSENT else references.new_customer()
        if names == "claim":
            return self.claims[which].ref if which != ABSENT else references.new_claim()
        if names == "policy":
            return self.policies[which].ref if which != ABSENT else references.new_policy()
        if which == ABSENT:
            numbers = {
                "entry": "987654321",
                "look": "987654321",
                "rule": "987654321",
                "law_year": "1999",
            }
            return numbers.get(names) or str(uuid.uuid4())
        # A thing of another customer's, for the portal.
        other = "" if which == OWN else f"{which}'s "
        return self.things.get(f"{other}{names}", "")

    def whose(self, role: str, names: str) -> list[str]:
        """Which customers, beside the agent's, lie outside what the role reaches."""
        if role == CUSTOMER and names == "claim":
            return [FOREIGN, COLLEAGUES]
        if role == CUSTOMER:
            return [FOREIGN] if f"{FOREIGN}'s {names}" in self.things else []
        if names not in {"claim", "customer", "policy"}:
            return []
        return {"own": [FOREIGN, COLLEAGUES], "unit": [FOREIGN]}.get(REACH.get(role, "all"), [])

    def ask(
        self,
        role: str,
        method: str,
        address: str,
        body: Any = None,
        *,
        kind: str = "stale",
        wary: bool = False,
        **headers: str,
    ) -> Answer:
        client = self.wary if wary else self.client
        client.cookies = SimpleCookie()
        if role != "anonymous":
            client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.cookies[role, kind]})
        mark = _newest()
        with rolled_back():
            response = _send(client, method, address, _filled(body, role, self), headers)
            text = response.getvalue() if method != "HEAD" else b""
        cache.clear()
        forget()  # what was remembered may have been read in what is rolled back
        new = Entry.objects.filter(id__gt=mark).order_by("id")
        rows = list(new.values_list("outcome", "staff_no", "leaf"))
        mine = [outcome for outcome, number, _ in rows if number == self._number(role)]
        return Answer(
            response.status_code,
            text.decode(errors="replace"),
            {name.lower(): value for name, value in response.headers.items()},
            mine.count("denied"),
            len(mine),
            tuple(f"{json.loads(leaf)['why']}" for outcome, _, leaf in rows if outcome == "denied"),
        )

    def _number(self, role: str) -> str:
        if role == CUSTOMER:
            return actors.CUSTOMER
        return self.people[role].staff_no if role in self.people else ""


def _send(client: Client, method: str, address: str, body: Any, headers: Mapping[str, str]) -> Any:
    if address.startswith("/api/") and method not in {"GET", "HEAD", "OPTIONS"}:
        more = {"HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex, **headers}
        return client.generic(method, address, json.dumps(body or {}), "application/json", **more)
    if method == "POST":
        return client.post(address, body or {}, **headers)
    return client.generic(method, address, **headers)


def _filled(body: Any, role: str, world: World) -> Any:
    """`{purpose}` and `{unit}` in a body are what this person would say there."""
    if isinstance(body, Mapping):
        return {name: _filled(value, role, world) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(each, role, world) for each in body]
    if not isinstance(body, str) or "{" not in body:
        return body
    unit = world.people["agent"].unit_id
    return body.format(
        purpose=PURPOSES.get(role, "follow_up"),
        unit=unit,
        entry=world.things["entry"],
        customer=world.customers[OWN].ref,
    )


def alike(answer: Answer, *things: str) -> tuple[Any, ...]:
    """What of an answer may not depend on whether the thing exists: all but tokens and its own name."""
    body = answer.body
    for thing in things:
        # A short number is somewhere else on every page, too.
        own = f"/{thing}/" if thing.isdecimal() else thing
        body = body.replace(own, "THING")
    body = re.sub(r'(csrfmiddlewaretoken"\s+value=")[^"]+', r"\1", body)
    body = re.sub(r"(page-time[^>]*>)[^<]*|\d{2}:\d{2}(:\d{2})?", "", body)
    body = re.sub(r"#[\d,]+|urn:uuid:[0-9a-f-]+", "#", body)
    headers = {name: value for name, value in answer.headers.items() if name not in _CHANGING}
    return answer.status, body, headers


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _newest() -> int:
    return Entry.objects.newest_index()
