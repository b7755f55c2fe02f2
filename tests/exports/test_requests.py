"""What is asked for is frozen, and somebody else says yes to exactly that."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction

from access import approvals, rechecking, scopes
from access.approvals import ContentChanged
from access.exports import jobs, requests, words
from access.exports.approving import NobodyFound
from access.exports.requests import Recipient
from access.gate import Refused, StepUpNeeded
from access.models import Approval, Assignment, Export, Finding, Unit, User
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from custodian.workflow import IllegalMove
from records import references
from tests import estate
from tests.exports import office
from tests.records import desk_estate

pytestmark = pytest.mark.django_db


def candidates(person: User, *, by: str, **more) -> set[int]:
    return set(office.now(office.ask(person, by=by, **more)).candidates)


# Who is in it.


def test_ones_own_are_those_assigned_for_good_and_alive(agent, officer, own):
    lent = office.customers(1, of=[estate.user(Role.AGENT)], start=40)[0]
    now = clock.now()
    with scopes.acting(estate.system()):
        Assignment.objects.create(
            subject_id=lent.pk, user=agent, since=now, until=now.replace(year=now.year + 1), purpose="claim"
        )  # fmt: skip
    desk_estate.status(own[0], "restricted")
    assert candidates(agent, by="own") == {each.pk for each in own[1:]}


def test_a_units_are_those_within_reach_and_below(officer):
    near, far = estate.unit("XZ"), estate.unit("NJ")
    below = estate.unit("XZ-1", parent=near)
    handler = estate.user(Role.CLAIMS_HANDLER, unit_=near)
    here = office.customers(2, unit_=near)
    under = office.customers(1, start=10, unit_=below)
    office.customers(1, start=20, unit_=far)
    desk_estate.open_all_day()
    elements, purpose = (office.NAME,), "claim"
    found = candidates(handler, by="unit", unit=near, elements=elements, purpose=purpose)
    assert found == {each.pk for each in (*here, *under)}
    with pytest.raises(requests.Nobody):
        office.ask(handler, by="unit", unit=far, elements=elements, purpose=purpose)


def test_honey_customers_are_in_no_selection(officer):
    here = office.customers(2)
    office.honey(2)
    unit = Unit.objects.get(code="XZ")
    found = candidates(officer, by="unit", unit=unit, purpose="compliance")
    assert found == {each.pk for each in here}


def test_of_those_written_out_only_ones_own_are_in_it_and_nobody_is_told_which(agent, officer, own):
    foreign = office.customers(1, of=[estate.user(Role.AGENT)], start=40)[0]
    refs = [own[0].ref, foreign.ref, references.new_customer()]
    export = office.ask(agent, by="list", customers=refs)
    assert office.now(export).candidates == [own[0].pk]
    only_absent = office.ask(agent, by="list", customers=refs[2:])
    assert (only_absent.status, only_absent.approval.status) == ("queued", "waiting")
    with pytest.raises(NobodyFound):
        office.approve(officer, only_absent)


def test_more_than_one_file_may_hold_is_not_asked_for(agent, own, monkeypatch):
    monkeypatch.setattr(requests, "MOST", 3)
    with pytest.raises(requests.TooMany):
        office.ask(agent)
    assert not Approval.objects.exists()


# Who may ask, and for what.


def test_bulk_always_needs_a_second_factor(agent, own, entries_since):
    with estate.acting(agent) as actor, pytest.raises(StepUpNeeded):
        requests.request(office.terms(to=agent), channel="desk", actor=actor)
    assert [each.outcome for each in entries_since()].count("denied") == 1
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("elements", "because"),
    [
        (["financial.bank_account"], "purpose-not-covered"),
        (["policy.health_declaration"], "level-not-covered"),
        (["policy.query_password"], "class-not-covered"),
        (["document.content"], "class-not-covered"),
    ],
)
def test_the_rules_decide_on_each_element(agent, own, elements, because):
    with pytest.raises(Refused) as refused:
        office.ask(agent, elements=[office.NAME, *elements])
    assert refused.value.decision.because == (because,)


@pytest.mark.parametrize(
    "role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR, Role.REGULATOR]
)
def test_who_only_watches_asks_for_nothing(role, own):
    with pytest.raises(Refused):
        office.ask(estate.user(role), purpose="audit")


def test_a_token_asks_for_nothing(agent, own):
    from dataclasses import replace

    from access.actors import NotAPerson, TokenScope

    scope = TokenScope(
        token_id=1, actions=frozenset({"access:export:request"}), purposes=frozenset()
    )
    with estate.acting(agent, stepped_up=True) as actor, pytest.raises(NotAPerson):
        requests.request(office.terms(to=agent), channel="api", actor=replace(actor, token=scope))


# Who says yes, and to what.


def test_its_own_requester_does_not_approve_it():
    officers = [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]
    office.customers(2)
    unit = Unit.objects.get(code="XZ")
    export = office.ask(officers[0], by="unit", unit=unit, purpose="compliance", channel="admin")
    with pytest.raises(Refused) as refused:
        office.approve(officers[0], export)
    assert refused.value.decision.because == ("own-request",)
    office.approve(officers[1], export)
    assert office.now(export).approved_at is not None


def test_neither_does_whom_it_is_for_nor_whoever_stands_above(agent, own):
    recipient = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    above = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
    User.objects.filter(pk=agent.pk).update(manager=above)
    export = office.ask(agent, to=recipient)
    for person, because in ((recipient, "about-you"), (above, "reporting-line")):
        with pytest.raises(Refused) as refused:
            office.approve(person, export)
        assert refused.value.decision.because == (because,)
    assert office.now(export).approved_at is None


def test_approving_needs_a_second_factor_too(agent, officer, own):
    export = office.ask(agent)
    approval = Approval.objects.get(pk=export.approval_id)
    with estate.acting(officer) as actor, pytest.raises(StepUpNeeded):
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_whoever_decides_sees_how_many_what_and_for_whom(agent, officer, own):
    export = office.ask(
        agent, recipient=Recipient(name="周明", office="示例呼叫中心", purpose="电话回访")
    )
    with estate.acting(officer):
        told = dict(approvals.kind_of(export.approval).describe(export.approval.payload))
    words = {str(label): [str(each) for each in value] for label, value in told.items()}
    assert words["客户数"] == ["4"]
    assert words["身份信息"] == ["姓名 L2", "手机号码 L3", "出生日期 L3"]
    assert words["最高等级"] == ["L3"]
    assert words["接收人"] == ["公司外部：周明 · 示例呼叫中心 · 电话回访"]
    assert words["理由"] == ["九月回访名单"]


EDITS = {
    "one more customer": {"candidates": "candidates || 1::bigint"},
    "one fewer customer": {"candidates": "candidates[2:]"},
    "one more element": {"elements": "elements || 'identity.address'::varchar"},
    "another purpose": {"purpose": "'complaint'"},
    "another recipient": {"recipient_id": "(SELECT id FROM access_user WHERE name = '外人')"},
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_before_the_approval_is_not_approved(agent, officer, own, edit):
    estate.user(Role.AGENT, name="外人")
    export = office.ask(agent)
    changed(export, edit)
    with pytest.raises(ContentChanged):
        office.approve(officer, export)
    assert office.now(export).approved_at is None


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_after_it_leaves_nothing_and_is_found(agent, officer, own, edit):
    """Additions void an approval, and so does whatever else is not what was approved."""
    estate.user(Role.AGENT, name="外人")
    export = office.ask(agent)
    office.approve(officer, export)
    assert invariants.broken(Options())["exports"] == "ok"
    changed(export, edit)
    with pytest.raises(jobs.NotAsApproved):
        jobs.work(export.pk)
    row = office.now(export)
    assert (row.status, row.length, row.note) == ("refused", None, "内容与批准的不符，没有导出")
    assert export.code in invariants.broken(Options())["exports"]
    assert (rechecking.carry_out(), rechecking.carry_out()) == (1, 0)
    assert Finding.objects.get(kind=rechecking.KIND).severity == "urgent"


def test_what_says_itself_approved_leaves_nothing(agent, own):
    export = office.ask(agent)
    with scopes.acting(estate.system()):
        Export.objects.filter(pk=export.pk).update(approved_at=clock.now())
    with pytest.raises(jobs.NotAsApproved):
        jobs.work(export.pk)


def test_an_approval_that_was_forged_leaves_nothing(agent, officer, own):
    export = office.ask(agent)
    Approval.objects.filter(pk=export.approval_id).update(
        status="approved", decided_at=clock.now(), decided_by=officer
    )
    with scopes.acting(estate.system()):
        Export.objects.filter(pk=export.pk).update(approved_at=clock.now())
    with pytest.raises(jobs.NotAsApproved):
        jobs.work(export.pk)


def changed(export: Export, edit: str) -> None:
    sets = ", ".join(f"{column} = {value}" for column, value in EDITS[edit].items())
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(f"UPDATE access_export SET {sets} WHERE id = %s", [export.pk])


def test_nothing_is_made_before_the_approval(agent, own):
    export = office.ask(agent)
    assert jobs.due() == []
    with pytest.raises(IllegalMove):
        jobs.work(export.pk)


def test_what_was_sent_back_is_over(agent, officer, own):
    export = office.ask(agent)
    with estate.acting(officer, stepped_up=True) as actor:
        approval = Approval.objects.get(pk=export.approval_id)
        approvals.send_back(approval, seen=approval.digest, note="名单太大", actor=actor)
    assert office.now(export).status == "refused"
    assert jobs.due() == []


def test_only_whoever_asked_takes_it_back(agent, officer, own):
    export = office.ask(agent)
    other = estate.user(Role.AGENT)
    with estate.acting(other) as actor, pytest.raises(Refused):
        requests.withdraw(export, channel="desk", actor=actor)
    with estate.acting(agent) as actor:
        requests.withdraw(export, channel="desk", actor=actor)
        with pytest.raises(IllegalMove):
            requests.withdraw(export, channel="desk", actor=actor)
    assert words.standing(office.now(export)) == ("已撤回", "")
    with pytest.raises(ContentChanged):
        office.approve(officer, export)
    assert office.now(export).approved_at is None


# What the log and the database know of it.


@pytest.mark.django_db(transaction=True)
def test_the_entry_has_codes_and_the_reason_is_sealed(agent, own, entries_since):
    export = office.ask(agent)
    estate.drain()
    leaf = next(
        each
        for each in (json.loads(each.leaf) for each in entries_since())
        if each.get("what") == "access:export:request"
    )
    assert (leaf["export"], leaf["subjects"], leaf["act"]) == (export.code, 4, "change")
    assert leaf["elements"] == list(office.CODES)
    assert "九月回访名单" not in json.dumps(leaf, ensure_ascii=False)
    assert leaf["ctx"]


def test_nobody_reads_anothers_requests_in_the_database(agent, officer, own):
    recipient = estate.user(Role.SERVICE_DESK)
    office.ask(agent, to=recipient)
    for person, count in ((agent, 1), (officer, 1), (estate.user(Role.AGENT), 0)):
        with estate.acting(person):
            assert Export.objects.count() == count
    for person, count in ((recipient, 1), (estate.user(Role.SERVICE_DESK), 0)):
        with estate.acting(person) as actor:
            assert Export.objects.visible_to(actor).count() == count


def test_nobody_approves_his_own_in_the_database(agent, own):
    export = office.ask(agent)
    with estate.acting(agent):
        assert Export.objects.filter(pk=export.pk).update(approved_at=clock.now()) == 0


BROKEN = {
    "export_has_one_recipient": {"outside_name": "周明"},
    "export_is_made_when_approved": {"status": "running"},
    "export_removal_says_why": {"removed": "recalled"},
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_the_database_holds_it_to_its_word(agent, own, constraint):
    export = office.ask(agent)
    with (
        scopes.acting(estate.system()),
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
    ):
        Export.objects.filter(pk=export.pk).update(**BROKEN[constraint])
