"""A34: known, unknown, flagged, destroyed or without a contact: the same answer, statements and messages."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from access import keystore, scopes
from access.models import Entry, Subject
from access.querylog import write
from custodian import jobs, outbox
from records.models import Contact, SignInCode
from records.sign_in import codes, flags
from tests import estate
from tests.records.desk_estate import statements
from tests.sign_in import people
from tests.sign_in.people import CODE, Browser

pytestmark = pytest.mark.django_db
KINDS = ("known", "unknown", "other-policy", "destroyed", "no-contact", "flagged", "staff", "child")
_CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|\d{1,2}:\d\d(:\d\d)?')


def number_of(kind: str) -> str:
    return f"P{KINDS.index(kind):09}"


def id_of(kind: str) -> str:
    return people.resident(f"3203111990030710{KINDS.index(kind)}")


@pytest.fixture(scope="module")
def everybody(module_database):
    for number, kind in enumerate(KINDS):
        if kind != "unknown":
            make(kind, number)


def make(kind: str, number: int) -> None:
    values = {
        "identity.id_number": id_of(kind),
        "identity.mobile": "" if kind == "no-contact" else f"1370013800{number}",
        "identity.email": "",
    }
    more = {"minor_until": estate.date(2099, 1, 1)} if kind == "child" else {}
    own = "P999" if kind == "other-policy" else number_of(kind)
    made = people.customer(values, number=own, **more)
    with scopes.acting(estate.system()):
        if kind == "destroyed":
            Subject.objects.filter(pk=made.pk).update(status="destroyed")
    if kind == "flagged":
        desk = estate.user(estate.Role.SERVICE_DESK)
        with estate.acting(desk) as actor:
            flags.put(made, Contact.MOBILE, why="not_hers", channel="desk", actor=actor)
    if kind == "staff":
        people.know(estate.user(), mobile=values["identity.mobile"])


def told(answer) -> tuple[int, str, dict[str, str]]:
    headers = {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower() not in {"set-cookie", "x-request-id", "content-length"}
    }
    return answer.status_code, _CHANGING.sub("", answer.content.decode()), headers


@pytest.fixture
def shape(everybody, django_capture_on_commit_callbacks, monkeypatch):
    """What asking and two wrong codes look like: answers, statements, entries, messages into the queue."""
    woken: list[int] = []
    monkeypatch.setattr("records.tasks.send_code.delay", woken.append)
    # Whoever is first of all in a process opens its session in the log.
    Browser("10.9.0.1").post(people.DOOR, policy_number="P000", id_number=id_of("unknown"))

    def shape(kind: str):
        browser = Browser(f"10.1.0.{KINDS.index(kind) + 1}")
        browser.get(people.DOOR)
        # Keys that are kept for a minute, whoever was first.
        keystore.of_named_cached(codes.KEY)
        write.seal_context({})
        woken.clear()
        before = Entry.objects.newest_index()
        with statements() as sent, django_capture_on_commit_callbacks(execute=True):
            answers = [
                browser.post(people.DOOR, policy_number=number_of(kind), id_number=id_of(kind)),
                browser.get(CODE),
            ]
        queued = len(woken)
        with statements() as tried:
            answers += [browser.enter("000000"), browser.enter("ABCD-EFGH-JKMN")]
        entries = Entry.objects.filter(id__gt=before).order_by("id")
        return {
            "answers": [told(each) for each in answers],
            "asking": [_bare(each) for each in sent],
            "trying": [_bare(each) for each in tried],
            "entries": [(each.act, each.outcome) for each in entries],
            "queued": queued,
        }

    return shape


def _bare(sql: str) -> str:
    """The statement without what was asked in it, and without its scope's numbers."""
    return re.sub(r"'[^']*'|\d+", "?", sql)


def test_nothing_tells_one_from_another(shape):
    shapes = {kind: shape(kind) for kind in KINDS}
    known = shapes["known"]
    assert known["queued"] == 1
    assert len(known["asking"]) > 5
    for kind, other in shapes.items():
        for part, value in known.items():
            assert other[part] == value, (kind, part)


def test_only_the_known_one_gets_a_message(everybody):
    for kind in KINDS:
        browser = Browser(f"10.2.0.{KINDS.index(kind) + 1}")
        browser.ask(number_of(kind), id_of(kind))
    assert [each.to for each in outbox.messages()] == ["13700138000"]
    assert people.notes() == [
        "sent", "nobody", "nobody", "nobody", "no-contact", "flagged", "staff", "nobody",
    ]  # fmt: skip


def test_the_message_in_the_queue_is_a_number_and_the_code_is_nowhere_in_clear(
    everybody, django_capture_on_commit_callbacks, monkeypatch
):
    woken: list[tuple] = []
    monkeypatch.setattr("records.tasks.send_code.delay", lambda *args: woken.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        Browser("10.3.0.1").post(
            people.DOOR, policy_number=number_of("known"), id_number=id_of("known")
        )
    with scopes.acting(estate.system()):
        row = SignInCode.objects.latest("pk")
        assert woken == [(row.pk,)]
        people.deliver()
        code = people.code_in(outbox.messages()[0].text)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM records_signincode WHERE id = %s", [row.pk])
            kept = b"\0".join(
                bytes(each) if isinstance(each, memoryview) else str(each).encode()
                for each in cursor.fetchone()
            )
    assert code.encode() not in kept
    assert b"13700138000" not in kept


def test_without_anybody_to_wake_the_sweep_sends_it(everybody, monkeypatch):
    from records.tasks import keep_sign_in

    monkeypatch.setattr("records.tasks.send_code.delay", lambda _key: jobs.OperationalError)
    Browser("10.3.0.2").post(
        people.DOOR, policy_number=number_of("known"), id_number=id_of("known")
    )
    keep_sign_in()
    assert len(outbox.messages()) == 1
