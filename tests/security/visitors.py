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
from datetime import date, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from access import actors, approvals, cases, findings, grants, rules, scopes, second_factor
from access.actors import Actor
from access.bundles import store
from access.bundles.criteria import Criteria
from access.cases import Terms
from access.exports import requests as exports
from access.models import (
    ApiToken,
    AuditReport,
    AuditRun,
    BreakGlass,
    Bundle,
    Campaign,
    Case,
    DelayedLook,
    Entry,
    Export,
    Grant,
    PolicyRule,
    RuleProposal,
    User,
    WorkItem,
)
from access.own_looks import delays
from access.recertification import campaigns
from access.vocabulary import STAFF_ROLES, Role
from custodian import clock
from incidents.models import Alert
from records import evidence, legal_holds, references
from records.claim_handling import papers
from records.corrections import drafting
from records.corrections.groups import GROUPS
from records.legal_holds.covering import Draft
from records.models import (
    Claim,
    Correction,
    Customer,
    DestructionBatch,
    DestructionItem,
    Identity,
    ImportRun,
    Intermediary,
    LegalHold,
    Policy,
    QuarantinedRow,
    RetentionEvent,
    StoragePlace,
)
from records.notices import contents
from records.notices import drafting as drafting_notices
from records.own_data import copies
from records.requests import opening
from records.retention import noting
from tests import estate
from tests.corrections.cast import photo
from tests.notices import writing as notices
from tests.portal import looking as looking_at
from tests.portal import people
from tests.records import desk_estate
from tests.security import looking
from tests.security.routes import CUSTOMER
from tests.sequencer.trees import Place
from transfers.models import Counterparty

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# What each role comes for; those who may see nothing of customers ask all the same.
PURPOSES: Mapping[str, str] = {
    "agent": "follow_up",
    "claims_handler": "claim",
    "service_desk": "follow_up",
    "compliance_officer": "compliance",
    "security_officer": "security",
    "auditor": "audit",
    "regulator": "follow_up",
    "administrator": "follow_up",
}
# The reach of each role, written down once more and not read from the code.
REACH = {"agent": "own", "claims_handler": "unit", "regulator": "none", "administrator": "none"}
BUNDLES = {"bundle": "regulator", "officers_bundle": "compliance_officer"}
OWN, FOREIGN, COLLEAGUES, ABSENT = "own", "foreign", "colleague's", "absent"
_CHANGING = {"date", "x-request-id", "set-cookie", "content-length", "vary"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]
    denied: int
    entries: int

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
        self.stranger = stranger
        self.things = self._things(agent)
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

    def _case(self) -> dict[str, str]:
        """A case for the office and the auditor, an approval that waits, and a bundle for each of two."""
        officers = [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]
        terms = Terms(
            title="示例", office="示例监管局", letter="", since=date(2026, 11, 1),
            until=date(2026, 11, 30), everything=False, operators=[self.people["agent"]],
            customers=[self.customers[OWN].subject.uid], units=[],
            guests=[self.people["regulator"], self.people["auditor"]],
            access_until=clock.now() + timedelta(days=9),
        )  # fmt: skip
        first, second = (actors.staff(each, stepped_up=True) for each in officers)
        with scopes.acting(first):
            case = cases.open_case(terms, actor=first)
        with scopes.acting(second):
            approvals.approve(case.approval, seen=case.approval.digest, actor=second)
        with scopes.acting(first):
            waiting = cases.ask_for_key(case, case.customers[0], actor=first)
        bundles = {
            name: str(self._bundle(case, number, self.people[role], officers[0]).ref)
            for number, (name, role) in enumerate(BUNDLES.items(), 1)
        }
        return {"case": case.ref, "approval": str(waiting.ref), **bundles}

    def _grant(self) -> Grant:
        agent = actors.staff(self.people["agent"])
        with scopes.acting(agent):
            return grants.request(
                [self.customers[COLLEAGUES].ref], purpose="claim", reason="示例",
                until=clock.now() + timedelta(days=3), actor=agent,
            )  # fmt: skip

    def _items(self, agent: User) -> dict[str, str]:
        """Work of the agent's own, and work that waits for whoever of the unit takes it."""
        subject = self.customers[OWN].pk
        own = WorkItem(kind="follow_up", source="import", subject_id=subject, user=agent)
        free = WorkItem(kind="follow_up", source="import", subject_id=subject, unit=agent.unit)
        for each in (own, free):
            each.save()
        return {"item": str(own.ref), "waiting_item": str(free.ref)}

    def _window(self) -> BreakGlass:
        now = clock.now()
        return BreakGlass.objects.create(
            user=self.stranger, purpose="claim", reason="示例", until=now + timedelta(minutes=30),
            due_at=now + timedelta(days=3),
        )  # fmt: skip

    def _proposal(self) -> RuleProposal:
        rule = PolicyRule.objects.get(code="R-010", version=1)
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return rules.propose(
                {**rules.terms_of(rule), "max_level": 2}, base=rule, reason="示例", actor=officer
            )

    def _campaign(self) -> Campaign:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return campaigns.propose(
                "示例", unit=None, roles=["agent"], due_at=clock.now() + timedelta(days=14),
                repeat_months=6, actor=officer,
            )  # fmt: skip

    def _look_delay(self, entry: int) -> DelayedLook:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return delays.ask(
                delays.Scope(entry=entry), until=clock.now() + timedelta(days=9), reason="示例",
                actor=officer,
            )  # fmt: skip

    def _portal_things(self, agent: User) -> dict[str, str]:
        """A look at each of two customers, and what each asked for: a copy, and an answer."""
        # A child's consent is nothing that a grown-up is asked for.
        things = {"request_kind": "question", "consent": "survey", "foreign's consent": "child"}
        for which, person in ((OWN, agent), (FOREIGN, self.stranger)):
            customer, whose = self.customers[which], "" if which == OWN else f"{which}'s "
            with scopes.acting(actors.customer(customer.pk)) as actor:
                copy = copies.ask(customer, actor, formats=["json"])[0]
                asked = opening.open_request(
                    customer.pk, kind="complaint", text="示例", channel="portal", actor=actor
                )
            things[f"{whose}copy"] = str(copy.ref)
            things[f"{whose}request"] = asked.ref
            things[f"{whose}look"] = str(looking_at.look(person, customer))
        return things

    def _corrections(self, agent: User) -> dict[str, str]:
        """Of each of two customers one that was handed in and one she has begun; and one of the agent's."""
        things = {}
        for which, person in ((OWN, agent), (FOREIGN, self.stranger)):
            customer, whose = self.customers[which], "" if which == OWN else f"{which}'s "
            staff = {"channel": "desk", "purpose": "policy_service"}
            with scopes.acting(actors.staff(person)) as actor:
                raised = self._begun(customer, "address", actor, **staff)
                drafting.attach(raised, photo(), name="1.jpg", actor=actor, **staff)
                drafting.hand_in(raised, actor=actor, **staff)
                if which == OWN:
                    draft = self._begun(customer, "landline", actor, **staff)
                    things["agents_draft"] = draft.ref
            with scopes.acting(actors.customer(customer.pk)) as actor:
                own = self._begun(customer, "email", actor, channel="portal", purpose="self")
            things |= {f"{whose}correction": raised.ref, f"{whose}own_draft": own.ref}
        return things

    def _begun(self, customer: Customer, group: str, actor: Actor, **how: str) -> Correction:
        said = {
            "address": "江苏省徐州市云龙区和平路2号",
            "landline": "0516-83001122",
            "email": "zhang.new@example.com",
        }
        draft = drafting.begin(customer, GROUPS[group], slot=0, actor=actor, **how)
        written = {f"identity.{group}": said[group]}
        assert drafting.propose(draft, written, actor=actor, **how).sound
        return draft

    def _published(self) -> dict[str, str]:
        """Rules, a tip and an announcement in force; the tip with a draft of its next version."""
        pair = notices.officers()
        kinds = {"processing": "", "tip": "fraud-calls", "announcement": ""}
        texts = {
            kind: notices.publish(kind=kind, slug=slug, people=pair) for kind, slug in kinds.items()
        }
        tip = texts["tip"]
        later = notices.changed(contents.read(tip.content), "body", "新的正文。")
        with scopes.acting(actors.staff(pair[0])) as actor:
            drafting_notices.edit(tip.text, later, actor=actor)
        return {"notice": str(tip.text.ref), "notice_kind": "tip"}

    def _legal_hold(self) -> LegalHold:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return legal_holds.place(
                Draft("customer", {"customers": [self.customers[OWN].ref]}),
                ground="regulator_order", reason="示例",
                review_on=clock.local().date() + timedelta(days=90), actor=officer,
            )  # fmt: skip

    def _note(self) -> RetentionEvent:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return noting.note(
                self.customers[OWN], trigger="last_contact", on=clock.local().date(),
                reason="示例", actor=officer,
            )  # fmt: skip

    def _destructions(self) -> dict[str, str]:
        """A batch that waits to be put up, with somebody in it, and one that is done."""
        day, customer = clock.local().date(), self.customers[OWN]
        proposed = DestructionBatch.objects.create(code="D-2026-001", day=day)
        DestructionItem.objects.create(
            batch=proposed, holding=Identity.objects.get(pk=customer.pk).holding,
            subject_id=customer.pk, kind="identity", book=customer.book, rule="cn-identity",
            ended_on=date(2012, 5, 1), keep_until=date(2022, 5, 1),
        )  # fmt: skip
        done = DestructionBatch.objects.create(
            code="D-2026-002", day=day, stage="done", status="done", certificate=b"{}"
        )
        return {"batch": proposed.code, "done_batch": done.code}

    def _exports(self) -> dict[str, str]:
        """One that the agent asked for, one that an officer did, and one that is ready for her."""
        asked = {
            "export": self._export("agent", by="own"),
            "asked_export": self._export("compliance_officer", by="list"),
            "officers_export": self._export("compliance_officer", by="list"),
        }
        with scopes.acting(estate.system()):
            now = clock.now()
            Export.objects.filter(pk=asked["officers_export"].pk).update(
                status="done", approved_at=now, expires_at=now + timedelta(days=1), length=3
            )
        return {name: str(each.ref) for name, each in asked.items()}

    def _export(self, role: str, *, by: str) -> Export:
        person = self.people[role]
        actor = actors.staff(person, stepped_up=True)
        terms = exports.Terms(
            elements=["identity.name"], purpose=PURPOSES[role], reason="示例",
            selection=exports.Selection(by=by, customers=[self.customers[OWN].ref]),
            recipient=exports.Recipient(person=person),
        )  # fmt: skip
        with scopes.acting(actor):
            return exports.request(terms, channel="desk", actor=actor)

    def _bundle(self, case: Case, number: int, recipient: User, asker: User) -> Bundle:
        with scopes.acting(estate.system()):
            bundle = Bundle.objects.create(
                case=case, number=number, recipient=recipient, requested_by=asker,
                criteria=Criteria.of_case(case).dump(), status="done", entries=1, size=1,
                length=3, sha256="0" * 64, expires_at=clock.now() + timedelta(days=1),
            )  # fmt: skip
            sealing = store.Sealing(bundle.ref)
            sealing.write(b"zip")
            sealing.keep()
        return bundle

    def _things(self, agent: User) -> dict[str, str]:
        """One of each kind that an address can name."""
        entry = looking.look(agent, self.customers[OWN])
        newcomer = estate.user(Role.SERVICE_DESK, name="新人")
        with scopes.acting(estate.system()):
            book = estate.book()
            imported = ImportRun.objects.create(book=book, status="done")
            row = QuarantinedRow.objects.create(
                run=imported, book=book, kind="customer", sheet=1, number=7,
                reasons=[["id-check-digit", "identity.id_number"]],
                row_digest=b"r" * 16, row_sealed=b"sealed",
            )  # fmt: skip
            raised = findings.raise_finding(
                "bulk", severity="high", summary="五分钟内揭示 40 名客户"
            )
            asked = findings.raise_finding(
                "bulk", severity="high", operator=agent, asked_at=clock.now()
            )
            run = AuditRun.objects.create(day=clock.local().date(), status="done")
            report = AuditReport.objects.create(
                run=run, language="en", body=b"%PDF", signature=b"s"
            )
            alert = Alert.objects.filter(finding=raised).first() or Alert.objects.create(
                source="external", severity="high", summary="外部通报"
            )
            party = Counterparty.objects.create(kind="insurer", name="示例保险")
            Intermediary.objects.create(code="J01", name="示例中介", kind="agency")
            desk_estate.product()
            token = ApiToken.objects.create(
                name="核心系统", user=agent, digest=b"d" * 32, actions=[], purposes=[],
                expires_at=clock.now() + timedelta(days=1),
            )  # fmt: skip
            place = StoragePlace.objects.get(code="database")
            return self._case() | {
                "place": str(place.ref),
                "alert": str(alert.ref),
                "audit_report": str(report.ref),
                "audit_rule": "drip",
                "approval_kind": "case-scope",
                "book": book.code,
                "counterparty": str(party.ref),
                "course": "personal-data-law",
                "entry": str(entry),
                **self._destructions(),
                "finding": str(raised.ref),
                "intermediary": "J01",
                "law_clause": "CN-INS-87",
                "law_clock": "CN-COMPL-15D",
                "law_rule": "cn-identity",
                "law_year": "2027",
                "legal_hold": str(self._legal_hold().ref),
                "newcomer": str(newcomer.ref),
                "product": "WL01",
                "retention_note": str(self._note().ref),
                "quarantined": str(row.ref),
                "grant": str(self._grant().ref),
                "question": str(asked.ref),
                **self._exports(),
                "proposal": str(self._proposal().ref),
                "quota": "Q-01",
                "rule": "1",
                "rule_code": "R-010",
                "run": str(imported.ref),
                "token": str(token.ref),
                "undertaking": "secrecy",
                "unit": "XZ",
                "campaign": str(self._campaign().ref),
                "window": str(self._window().ref),
                "look_delay": str(self._look_delay(entry).ref),
                **self._portal_things(agent),
                **self._corrections(agent),
                "user": str(self.stranger.ref),
                **self._items(agent),
                **self._published(),
            }

    def _cookies(self, person: User, kind: str) -> str:
        client = Client()
        client.force_login(person)
        session = client.session
        if kind != "half":
            stale = 0 if kind == "fresh" else settings.CUSTODIAN_STEP_UP_SECONDS + 60
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
        new = list(Entry.objects.filter(id__gt=mark).values_list("outcome", "staff_no"))
        mine = [outcome for outcome, number in new if number == self._number(role)]
        return Answer(
            response.status_code,
            text.decode(errors="replace"),
            {name.lower(): value for name, value in response.headers.items()},
            mine.count("denied"),
            len(mine),
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
