"""Officers, a supervising office and an auditor, a log that can be sealed, and cases between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.utils.html import escape
from django.utils.translation import gettext, override

from access import approvals, cases, erasure
from access.bundles import store
from access.bundles.criteria import Criteria
from access.cases import Terms
from access.models import Approval, Bundle, Case, Entry, User
from access.sequencer.drain import Drain
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.tlog.notes import Signer
from custodian.tlog.verify import Checkpoint
from records.models import Customer
from tests import databases, estate
from tests.conftest import forget
from tests.records import desk_estate
from tests.security.looking import logged_in
from tests.sequencer.trees import FILES, Place

SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)
ZIP = b"zip"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class House:
    """One insurer for a whole module: what its tests do is committed, so that a sequencer sees it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        desk_estate.open_all_day()
        self.first = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.office = estate.user(Role.REGULATOR, name="周明")
        self.other = estate.user(Role.REGULATOR, name="吴越")
        self.auditor = estate.user(Role.AUDITOR, name="钱正")
        self.agent = estate.user(Role.AGENT, name="李娜")
        self.customer = self.newcomer()

    def newcomer(self, *, of: User | None = None) -> Customer:
        found = estate.customer(of=[of or self.agent])
        with estate.scopes.acting(estate.system()):
            assert found.subject.uid  # remembered, for statements outside of any scope
        return found

    def terms(self, **more: Any) -> Terms:
        said: dict[str, Any] = {
            "title": "两名代理人的查询", "office": "江苏金融监管局", "letter": "苏金监函〔2026〕118号",
            "since": SINCE, "until": UNTIL, "everything": False, "operators": [self.agent],
            "customers": [], "units": [], "guests": [self.office],
            "access_until": clock.now() + timedelta(days=9),
        }  # fmt: skip
        return Terms(**{**said, **more})

    def asked(self, **more: Any) -> Case:
        """A case that waits for the second officer."""
        with estate.acting(self.first) as actor:
            return cases.open_case(self.terms(**more), actor=actor)

    def case(self, **more: Any) -> Case:
        case = self.asked(**more)
        self.approve(case.approval)
        return self.now(case)

    def approve(self, approval: Approval, *, by: User | None = None) -> None:
        with estate.acting(by or self.second, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def bundle(self, case: Case, *, recipient: User | None = None) -> Bundle:
        """One that is ready for the office, or for somebody else; what is in it is no log."""
        with estate.scopes.acting(estate.system()):
            bundle = Bundle.objects.create(
                case=case, number=Bundle.objects.filter(case=case).count() + 1,
                recipient=recipient or self.office, requested_by=recipient or self.office,
                criteria=Criteria.of_case(case).dump(), status="done", entries=1, size=1,
                length=len(ZIP), sha256=hashlib.sha256(ZIP).hexdigest(), expires_at=clock.now() + timedelta(days=14),
                verdict={"zh": "完整 一条", "en": "WHOLE one entry", "held": 0},
            )  # fmt: skip
            sealing = store.Sealing(bundle.ref)
            sealing.write(ZIP)
            sealing.keep()
        return bundle

    def close(self, case: Case) -> None:
        with estate.acting(self.first) as actor:
            cases.close(self.now(case), actor=actor)

    def ask_for_key(self, case: Case, customer: Customer) -> Approval:
        with estate.acting(self.first) as actor:
            return cases.ask_for_key(case, customer.subject.uid, actor=actor)

    def now(self, row: Any) -> Any:
        """The row as it stands in the database."""
        with self.everywhere():
            return type(row)._base_manager.get(pk=row.pk)

    def everywhere(self) -> Any:
        """`with`: statements outside of any person's scope."""
        return estate.acting(self.first)

    def destroy(self, customer: Customer) -> int:
        """Unlink a destroyed customer's looks, as the destroyer will."""
        desk_estate.status(customer, "destroyed")
        with estate.scopes.acting(estate.system()) as actor:
            return erasure.forget(customer.subject, channel=Channel.TASK, actor=actor)

    def browser(self, person: User, *, language: str = "zh", fresh: bool = False) -> Client:
        return estate.login(stranger(language), person, stepped_up=fresh)

    def seal(self) -> None:
        """Everything so far lies under an announced head."""
        self.place.seal()

    @contextmanager
    def witnessed_by(self, *names: str) -> Iterator[list[Signer]]:
        """For a while the policy asks for the word of all these witnesses."""
        before = self.place.policy.read_text()
        signers = [Signer.generate(f"witness.example/{name}", kind=4) for name in names]
        lines = [
            f"witness {name} {signer.key.vkey}\n"
            for name, signer in zip(names, signers, strict=True)
        ]
        group = f"group everybody all {' '.join(names)}\nquorum everybody\n"
        asked = before.replace("quorum none\n", f"{''.join(lines)}{group}")
        assert asked != before
        self.place.policy.write_text(asked)
        yield signers
        self.place.policy.write_text(before)

    def cosign(self, name: str, signer: Signer) -> datetime:
        """What a witness says now of the head that is announced."""
        head = Checkpoint.parse(self.place.head.read_bytes())
        at = clock.real().replace(microsecond=0)
        line = signer.cosign(head.note.text, at=int(at.timestamp()))
        with logged_in("sequencer") as cursor:
            cursor.execute(
                "INSERT INTO querylog.cosignature (size, witness, line, at) VALUES (%s, %s, %s, %s)",
                [head.size, name, line, at],
            )
        return at


# One for all, because each would log in anew.
_moving = Drain()
# One for all: every new client would read through all static files again.
_handler = ClientHandler(enforce_csrf_checks=False)


def stranger(language: str = "zh") -> Client:
    """A browser at which nobody is signed in."""
    client = Client(headers={"accept-language": LANGUAGES[language]})
    client.handler = _handler
    return client


@contextmanager
def built(folder: Path) -> Iterator[House]:
    forget()  # nothing of a test that was rolled back is remembered
    with pytest.MonkeyPatch.context() as patch:
        for name, file in FILES.items():
            patch.setattr(settings, f"CUSTODIAN_LOG_{name}", folder / file)
        patch.setattr(settings, "VAR", folder)
        if Entry.objects.exists():
            databases.renew()
        yield House(Place.make(folder))
        _moving.abandon()
        databases.renew()


@contextmanager
def written() -> Iterator[list[dict[str, Any]]]:
    """The leaves of what is done inside, changes included; those of the log about itself are left out."""
    _moving.once()
    before, found = Entry.objects.newest_index(), []
    yield found
    _moving.once()
    rows = Entry.objects.filter(id__gt=before).order_by("id").values_list("leaf", flat=True)
    found += [leaf for row in rows if not _own(leaf := json.loads(row))]


def _own(leaf: dict[str, Any]) -> bool:
    return leaf["act"].startswith("writer.") or leaf["no"] == "SYS-SEQUENCER"


def whats(leaves: list[dict[str, Any]]) -> list[str]:
    return [leaf.get("what", leaf["act"]) for leaf in leaves]


def moment(day: date, **more: int) -> datetime:
    """Midnight of a day at the office, and so much later."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.OFFICE) + timedelta(**more)


def plain(text: str, language: str) -> str:
    """A sentence of the catalogue in one of the languages."""
    with override(LANGUAGES[language]):
        return gettext(text)


def said(text: str, language: str) -> str:
    """The same as it stands in a page."""
    return escape(plain(text, language))


class Controls(HTMLParser):
    """The controls of a page that somebody fills in or presses, and what names each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: list[dict[str, str]] = []
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self._within = 0
        self._button: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self._within += 1
            self.labels.add(given.get("for", ""))
        if tag in {"input", "select", "textarea", "button"} and given.get("type") != "hidden":
            words = given.get("aria-label", "") + ("in a label" if self._within else "")
            self.controls.append({"tag": tag, "words": words, **given})
        if tag == "button":
            self._button = self.controls[-1]

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._within -= 1
        if tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button["words"] += data.strip()


def nameless(html: str) -> list[dict[str, str]]:
    """Controls without a label or words of their own, and ids that stand twice."""
    page = Controls()
    page.feed(html)
    wrong = [
        each
        for each in page.controls
        if not each["words"] and each.get("id", "nothing") not in page.labels
    ]
    return wrong + [{"id": each} for each in {*page.ids} if page.ids.count(each) > 1]
