"""Four eyes: somebody else, over exactly what he saw, once, and on record."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access import actors, approvals, scopes
from access.actors import NotAPerson, TokenScope
from access.approval_admin import waiting
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval, Entry
from access.querylog import write
from access.querylog.leaf import Draft, loosen
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access.houses import LANGUAGES, said, whats, written

pytestmark = pytest.mark.xdist_group("approvals")
OWN = "不能复核自己提出的事项，请由另一人复核"
CHANGED = "内容已改或已有人处理，请重新打开后再复核"
APPROVED, RETURNED = "已批准并生效。", "已退回。"
FORGED = {
    "decided_by_id = requested_by_id, decided_at = now(), status = 'approved'": (
        "approval_is_by_somebody_else"
    ),
    "status = 'approved'": "approval_is_dated_when_decided",
    "decided_at = now()": "approval_is_dated_when_decided",
}


def decide(client, approval, act="approve", **more):
    address = reverse("admin:approval", args=[approval.ref])
    return client.post(address, {"act": act, "digest": approval.digest, **more})


def state(house, case):
    found = house.now(case)
    return house.now(found.approval).status, found.status


# Somebody else


@pytest.mark.parametrize("act", ["approve", "return"])
def test_nobody_decides_on_what_he_asked_for(house, act):
    case = house.asked()
    for client in (house.browser(house.first, fresh=True), house.browser(house.first, fresh=True)):
        with written() as leaves:
            assert decide(client, case.approval, act, note="不对").status_code == 403
        assert [(leaf["act"], leaf["why"]) for leaf in leaves] == [("denied", ["own-request"])]
    assert state(house, case) == ("waiting", "waiting")


@pytest.mark.parametrize("token", [False, True])
def test_nobody_decides_on_his_own_past_the_page_either(house, token):
    """A22."""
    case = house.asked()
    scope = TokenScope(token_id=1, actions=frozenset({"access:case:approve"}), purposes=frozenset())
    actor = actors.staff(house.first, stepped_up=True, token=scope if token else None)
    with written() as leaves, scopes.acting(actor):
        for act in (
            lambda: approvals.approve(case.approval, seen=case.approval.digest, actor=actor),
            lambda: approvals.send_back(
                case.approval, seen=case.approval.digest, note="x", actor=actor
            ),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.decision.because == ("own-request",)
    assert [leaf["act"] for leaf in leaves] == ["denied", "denied"]
    assert state(house, case) == ("waiting", "waiting")


def test_no_token_decides_on_somebodys_behalf(house):
    case = house.asked()
    scope = TokenScope(token_id=1, actions=frozenset({"access:case:approve"}), purposes=frozenset())
    actor = actors.staff(house.second, token=scope)
    with scopes.acting(actor), pytest.raises(NotAPerson):
        approvals.approve(case.approval, seen=case.approval.digest, actor=actor)
    assert state(house, case) == ("waiting", "waiting")


@pytest.mark.parametrize("role", [Role.SECURITY_OFFICER, Role.AUDITOR, Role.AGENT, Role.REGULATOR])
def test_only_the_kinds_own_office_decides(house, role):
    case = house.asked()
    person = estate.user(role)
    with written() as leaves:
        assert decide(house.browser(person, fresh=True), case.approval).status_code == 403
    assert [leaf["act"] for leaf in leaves] == ["denied"]
    actor = actors.staff(person, stepped_up=True)
    with written() as leaves, scopes.acting(actor), pytest.raises(Refused):
        approvals.approve(case.approval, seen=case.approval.digest, actor=actor)
    assert [(leaf["act"], leaf["why"]) for leaf in leaves] == [("denied", ["role-not-covered"])]
    assert state(house, case) == ("waiting", "waiting")


def test_the_database_itself_lets_nobody_decide_on_his_own(house):
    case = house.asked()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("custodian_app",)
        for changes, constraint in FORGED.items():
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                cursor.execute(
                    f"UPDATE access_approval SET {changes} WHERE id = %s", [case.approval.pk]
                )
    assert state(house, case) == ("waiting", "waiting")


# What he saw


def altered(approval, **changes):
    Approval.objects.filter(pk=approval.pk).update(**changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_seen_is_not_what_it_is_now(house, language):
    case = house.asked()
    client = house.browser(house.second, language=language, fresh=True)
    seen = case.approval.digest
    altered(case.approval, payload={**case.approval.payload, "everything": True})
    for act in ("approve", "return"):
        with written() as leaves:
            answer = decide(client, case.approval, act, note="不对")
        assert (answer.status_code, leaves) == (409, [])
        assert said(CHANGED, language) in answer.content.decode()
    # Whoever also makes the digest fit has the officer see another one than she did.
    payload = {**case.approval.payload, "everything": True}
    altered(case.approval, digest=approvals.digest_of("case-scope", payload))
    assert house.now(case.approval).digest != seen
    assert decide(client, case.approval).status_code == 409
    assert state(house, case) == ("waiting", "waiting")


@pytest.mark.parametrize("digest", ["", "0" * 64, None])
def test_a_digest_that_is_not_the_contents_is_refused(house, digest):
    case = house.asked()
    client = house.browser(house.second, fresh=True)
    address = reverse("admin:approval", args=[case.approval.ref])
    given = {"act": "approve", "digest": digest} if digest is not None else {"act": "approve"}
    assert client.post(address, given).status_code == 409
    assert state(house, case) == ("waiting", "waiting")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_all_that_is_approved(house, language):
    case = house.asked(
        customers=[house.customer.subject.uid], units=["XZ"], guests=[house.office, house.auditor]
    )
    body = house.browser(house.second, language=language).get(
        reverse("admin:approval", args=[case.approval.ref])
    )
    page = body.content.decode()
    shown = [
        *(case.ref, case.title, case.office, case.letter, "2026-11-01 – 2026-11-30"),
        *(str(house.agent), house.customer.ref, "XZ", str(house.office), str(house.auditor)),
        case.approval.digest,
    ]
    assert [text for text in shown if text not in page] == []
    assert estate.ZHANG["identity.name"] not in page
    assert said("批准的是这份内容；改动一字，印即作废。", language) in page


# Once


def test_a_fresh_second_factor_is_asked_for_before_either_answer(house):
    case = house.asked()
    client = house.browser(house.second)
    here = reverse("admin:approval", args=[case.approval.ref])
    for act in ("approve", "return"):
        with written() as leaves:
            answer = decide(client, case.approval, act, note="不对")
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/step-up/?next={here}")
        assert leaves == []
    assert state(house, case) == ("waiting", "waiting")


@pytest.mark.parametrize("first", ["approve", "return"])
@pytest.mark.parametrize("then", ["approve", "return"])
def test_what_is_decided_is_not_decided_again(house, first, then):
    case = house.asked()
    client = house.browser(house.second, fresh=True)
    decide(client, case.approval, first, note="范围过宽")
    before = house.now(case.approval).__dict__
    third = house.browser(estate.user(Role.COMPLIANCE_OFFICER), fresh=True)
    for again in (client, third):
        with written() as leaves:
            answer = decide(again, case.approval, then, note="不对")
        assert (answer.status_code, leaves) == (409, [])
        assert CHANGED in answer.content.decode()
    after = house.now(case.approval).__dict__
    assert {**after, "_state": None} == {**before, "_state": None}


def test_of_fifty_approvals_at_once_one_takes_effect(house):
    """A21."""
    case = house.asked()
    people = [house.second, estate.user(Role.COMPLIANCE_OFFICER, name="高远")]

    def attempt(number):
        try:
            house.approve(house.now(case.approval), by=people[number % 2])
        except ContentChanged as refused:
            return refused.status
        else:
            return 200
        finally:
            connection.close()

    with written() as leaves, ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(attempt, range(50)))
    assert answers == [200, *[409] * 49]
    assert whats(leaves) == ["access:case:approve"]
    decided = house.now(case.approval)
    assert leaves[0]["actor"] == str(decided.decided_by.ref)
    assert state(house, case) == ("approved", "open")


def test_an_act_that_cannot_be_begun_is_not_approved(house):
    """The decision, its entry and the act are one: none of them alone."""
    case = house.asked(customers=[house.customer.subject.uid])
    house.approve(case.approval)
    key = house.ask_for_key(house.now(case), house.customer)
    house.close(case)
    Approval.objects.filter(pk=key.pk).update(status="waiting")  # as if closing had not seen it
    client = house.browser(house.second, fresh=True)
    with written() as leaves:
        assert decide(client, key).status_code == 409
    assert leaves == []
    assert house.now(key).status == "waiting"
    assert house.now(case).key_customers == []


# On record


def test_each_decision_is_one_entry_that_names_what_was_decided(house):
    for act, words in (("approve", APPROVED), ("return", RETURNED)):
        case = house.asked()
        client = house.browser(house.second, fresh=True)
        with written() as leaves:
            answer = decide(client, case.approval, act, note="范围过宽 13800138000")
        assert answer.status_code == 302
        (leaf,) = leaves
        assert (leaf["what"], leaf["actor"]) == ("access:case:approve", str(house.second.ref))
        assert leaf["approval"] == str(case.approval.ref)
        assert leaf["digest"] == case.approval.digest
        assert leaf["no"] == house.second.staff_no
        assert ("back" in leaf) == (act == "return")
        assert words in client.get(answer["Location"]).content.decode()


def test_a_return_carries_its_note_sealed_in_the_log_and_plain_on_the_page(house):
    case = house.asked()
    client = house.browser(house.second, fresh=True)
    assert decide(client, case.approval, "return").status_code == 422
    assert decide(client, case.approval, "return", note="x" * 201).status_code == 422
    assert state(house, case) == ("waiting", "waiting")
    with written() as leaves:
        decide(client, case.approval, "return", note="操作人范围过宽")
    assert state(house, case) == ("returned", "returned")
    entry = Entry.objects.order_by("-id").filter(actor=house.second.ref, act="change").first()
    assert "操作人范围过宽" not in entry.leaf
    blob = entry_context(entry.id)
    month = leaves[0]["at"][:7]
    assert write.open_context(blob, month=month)["reason"] == "操作人范围过宽"
    page = house.browser(house.first).get(reverse("admin:case", args=[case.ref]))
    assert "操作人范围过宽" in page.content.decode()


def entry_context(index):
    from access.models import SealedContext

    return bytes(SealedContext.objects.get(entry_id=index).body_sealed)


def test_an_approval_that_is_not_there_is_404_and_on_record(house):
    client = house.browser(house.second, fresh=True)
    address = "/admin/approvals/6f0c0d3e-0000-4000-8000-000000000000/"
    for ask in (client.get, client.post):
        with written() as leaves:
            assert ask(address).status_code == 404
        assert [leaf["act"] for leaf in leaves] == ["denied"]


def test_the_morning_names_what_others_asked_for_and_not_ones_own(house, rf):
    def told(person):
        request = rf.get("/admin/")
        request.actor = actors.staff(person)
        found = waiting(request)
        return str(found.sentence) if found else ""

    Approval.objects.waiting().update(status="void")
    house.asked()
    house.asked()
    assert told(house.second) == "2 项等待您复核。"
    assert told(house.first) == ""
    assert told(house.auditor) == ""


def test_the_digest_covers_the_kind_and_every_word_of_the_content():
    payload = {"case": "R-2026-01", "customer": "x"}
    digests = {
        approvals.digest_of("case-scope", payload),
        approvals.digest_of("case-customer-key", payload),
        approvals.digest_of("case-scope", {**payload, "customer": "y"}),
        approvals.digest_of("case-scope", {**payload, "more": ""}),
    }
    assert len(digests) == 4
    turned = json.loads(json.dumps(dict(reversed(payload.items()))))
    assert approvals.digest_of("case-scope", turned) in digests


@pytest.mark.parametrize("name", ["no", "actor", "act", "out", "n", "ts", "why"])
def test_no_fact_takes_the_place_of_a_word_of_the_entry(name):
    """A return once wrote itself down under the staff number 1."""
    draft = Draft(
        actor=actors.system("tests"), act="change", at=clock.now(), channel="task", facts={name: 1}
    )
    with pytest.raises(ValueError, match=f"'{name}'"):
        loosen(draft)
