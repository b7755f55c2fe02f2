"""Work items: opened within reach only, taken once, closed by whose they are, and all of it on record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes, work_items
from access.audits.day import Operator
from access.audits.explaining import OWN_WORD, WORK, Explainer, Item
from access.gate import Refused
from access.models import Assignment, WorkItem
from access.vocabulary import Purpose, Role
from access.work_items import ClosedAlready, TakenAlready
from custodian import clock
from custodian.errors import NotVisible
from tests import estate
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)
# Rules and quotas are read anew each second, and a customer just counted is not counted again.
REMEMBERED = ("access_policyrule", '"access_quota"', "access_use(")


@pytest.fixture(autouse=True)
def _all_day():
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


@pytest.fixture
def foreign():
    return estate.customer(of=[estate.user(Role.AGENT, name="王磊")], unit_=estate.unit("NJ"))


@pytest.fixture
def desk(agent):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), agent)


def opened(person, customer, **more):
    with estate.acting(person) as actor:
        said = {"kind": "follow_up", "user": person, **more}
        return work_items.open_item(customer.pk, channel="desk", actor=actor, **said)


def told(customer, **more):
    """An item of another system."""
    with scopes.acting(estate.system()):
        return WorkItem.objects.create(
            subject_id=customer.pk, source="import", **{"kind": "policy_service", **more}
        )


def close(person, item, outcome="done"):
    with estate.acting(person) as actor:
        found = work_items.closable(item.ref, channel="desk", actor=actor)
        work_items.close(found, outcome=outcome, channel="desk", actor=actor)


def take(person, item):
    with estate.acting(person) as actor:
        found = work_items.waiting(item.ref, channel="desk", actor=actor)
        work_items.take(found, channel="desk", actor=actor)


def state(item):
    with scopes.acting(estate.system()):
        item.refresh_from_db()
    return item


def leaf(entries, what):
    told = [json.loads(each.leaf) for each in entries]
    return next(each for each in told if each.get("what") == f"access:work-item:{what}")


def test_who_opened_it_is_written_and_the_customer_is_tagged(agent, own, entries_since):
    item = opened(agent, own)
    assert (item.opened_by_id, item.user_id, item.source) == (agent.pk, agent.pk, "desk")
    estate.drain()
    entry = leaf(entries_since(), "open")
    assert (entry["act"], entry["n"], entry["kind"], entry["item"]) == (
        "change", 1, "follow_up", str(item.ref),
    )  # fmt: skip


def test_nobody_opens_one_for_a_customer_out_of_reach(agent, foreign, entries_since):
    with pytest.raises(NotVisible):
        opened(agent, foreign)
    assert entries_since()[-1].outcome == "denied"
    with scopes.acting(estate.system()):
        assert not WorkItem.objects.exists()


def test_an_item_makes_nobodys_reach_wider(agent, foreign, desk):
    told(foreign, user=agent)
    assert desk.get(reverse("desk:customer", args=[foreign.ref])).status_code == 404
    page = desk.get(reverse("desk:work")).content.decode()
    assert "不在您的范围内" in page
    assert foreign.ref not in page


def test_an_agent_opens_for_himself_only(agent, own, entries_since):
    with pytest.raises(Refused) as refused:
        opened(agent, own, user=estate.user(Role.AGENT, name="周晓"))
    assert refused.value.decision.because == ("own-work-only",)
    with pytest.raises(Refused):
        opened(agent, own, user=None, unit=agent.unit)


def test_the_service_desk_opens_for_others(agent, own):
    service = estate.user(Role.SERVICE_DESK)
    item = opened(service, own, user=agent)
    assert (item.user_id, item.opened_by_id) == (agent.pk, service.pk)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_who_has_no_business_with_customers_opens_nothing(role, own):
    with pytest.raises((Refused, NotVisible)):
        opened(estate.user(role), own)


def test_nobody_sees_or_closes_anothers(agent, own):
    item = opened(agent, own)
    for role in (Role.AGENT, Role.CLAIMS_HANDLER, Role.SERVICE_DESK):
        other = estate.user(role, name="别人")
        with pytest.raises(NotVisible):
            close(other, item)
        with estate.acting(other) as actor:
            assert not WorkItem.objects.of(actor).exists()
            assert not WorkItem.objects.waiting_for(actor).exists()
    assert state(item).closed_at is None


def test_the_database_itself_shows_an_agent_no_row_of_anothers(agent, own):
    opened(agent, own)
    told(own, user=None, unit=estate.unit("NJ"))
    with estate.acting(estate.user(Role.AGENT, name="别人")):
        assert not WorkItem.objects.exists()


def test_it_is_closed_once_with_its_outcome(agent, own, entries_since):
    item = opened(agent, own)
    close(agent, item, "withdrawn")
    close(agent, item, "withdrawn")
    with pytest.raises(ClosedAlready):
        close(agent, item, "done")
    assert state(item).outcome == "withdrawn"
    estate.drain()
    found = [each for each in entries_since() if "work-item:close" in each.leaf]
    assert [(each.subjects, json.loads(each.leaf)["outcome"]) for each in found] == [
        (1, "withdrawn")
    ]


def test_an_officer_closes_any(agent, own):
    item = opened(agent, own)
    close(estate.user(Role.COMPLIANCE_OFFICER), item)
    assert state(item).outcome == "done"


def test_what_waits_is_taken_once_by_somebody_of_the_unit_who_reaches_the_customer(agent, own):
    item = told(own, unit=agent.unit)
    colleague = estate.user(Role.AGENT, name="周晓")
    with pytest.raises(NotVisible):
        take(colleague, item)
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=own.pk, user=colleague)
    with estate.acting(colleague) as actor:
        seen = work_items.waiting(item.ref, channel="desk", actor=actor)
    take(agent, item)
    with estate.acting(colleague) as actor, pytest.raises(TakenAlready):
        work_items.take(seen, channel="desk", actor=actor)
    assert state(item).user_id == agent.pk


def test_what_waits_for_the_house_waits_for_everybody_below_it(own):
    house = estate.unit("HO")
    branch = estate.unit("HO1", parent=house)
    own_agent = estate.user(Role.AGENT, unit_=branch)
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=own.pk, user=own_agent)
    above, beside = told(own, unit=house), told(own, unit=estate.unit("HO2", parent=house))
    with estate.acting(own_agent) as actor:
        assert list(WorkItem.objects.waiting_for(actor)) == [above]
    assert beside.user_id is None


def test_the_desk_lists_what_is_late_first_and_masks_the_name(desk, agent, own, entries_since):
    now = clock.now()
    told(own, user=agent, number="LATER", due_at=now + timedelta(days=9))
    told(own, user=agent, number="LATE", due_at=now - timedelta(days=1))
    told(own, user=agent, number="NEVER")
    told(own, user=agent, number="CLOSED", opened_at=now, closed_at=now, outcome="done")
    told(own, user=agent, number="PLANNED", opened_at=now + timedelta(days=2))
    told(own, unit=agent.unit, number="WAITS")
    page = desk.get(reverse("desk:work")).content.decode()
    numbers = [each for each in ("LATE<", "LATER<", "NEVER<", "WAITS<") if f">{each}" in page]
    assert numbers == sorted(numbers, key=page.index)
    assert len(numbers) == 4
    assert "CLOSED" not in page
    assert "PLANNED" not in page
    assert "张三丰" not in page
    assert "已逾期" in page
    entry = json.loads(entries_since()[-1].leaf)
    assert (entry["act"], entry["n"], entry["fields"], entry["mask"]) == (
        "list", 1, ["identity.name"], 1,
    )  # fmt: skip
    assert entry["purp"] == "policy_service"


def test_the_list_costs_no_more_for_many_items_than_for_one(desk, agent, own):
    told(own, user=agent)
    counts = []
    for _ in range(2):
        with desk_estate.statements() as sent:
            desk.get(reverse("desk:work"))
        counts.append(len([sql for sql in sent if not any(each in sql for each in REMEMBERED)]))
        for _more in range(9):
            told(estate.customer(of=[agent]), user=agent)
    assert 0 < counts[1] <= counts[0] <= 21


def test_an_item_is_taken_and_closed_at_the_desk(desk, agent, own):
    item = told(own, unit=agent.unit)
    answer = desk.post(reverse("desk:work_take", args=[item.ref]), follow=True)
    assert "已由您接办" in answer.content.decode()
    answer = desk.post(reverse("desk:work_close", args=[item.ref]), {"outcome": "nonsense"})
    assert state(item).closed_at is None
    address = reverse("desk:work_close", args=[item.ref])
    answer = desk.post(address, {"outcome": "done"}, follow=True)
    assert "已记为已办结" in answer.content.decode()
    assert (state(item).user_id, item.outcome) == (agent.pk, "done")
    assert "没有改动" in desk.post(address, {"outcome": "withdrawn"}, follow=True).content.decode()


def test_an_item_is_opened_on_the_customers_page(desk, agent, own):
    page = desk.post(
        reverse("desk:customer", args=[own.ref]), {"purpose": "follow_up"}, follow=True
    )
    assert reverse("desk:work_open", args=[own.ref]) in page.content.decode()
    due = clock.local().date() + timedelta(days=3)
    answer = desk.post(
        reverse("desk:work_open", args=[own.ref]), {"kind": "complaint", "due": due}, follow=True
    )
    assert "已登记：投诉" in answer.content.decode()
    with scopes.acting(estate.system()):
        item = WorkItem.objects.get()
    assert (item.kind, item.user_id, item.opened_by_id) == ("complaint", agent.pk, agent.pk)
    assert clock.local(item.due_at).date() == due
    assert reverse("desk:work_close", args=[item.ref]) in answer.content.decode()


def test_for_whoever_opened_it_an_item_is_her_own_word_only(agent, own):
    """As the audit of the day reads the rows."""
    service = estate.user(Role.SERVICE_DESK)
    by_desk, by_agent = opened(service, own, user=agent), opened(agent, own, kind="claim")
    rows = [
        Item(
            each.kind, each.subject_id, each.user_id, "", each.opened_at, each.closed_at,
            each.opened_by_id or 0,
        )
        for each in (state(by_desk), state(by_agent))
    ]  # fmt: skip
    person = Operator(agent.pk, "agent", agent.unit.path)
    explainer = Explainer(rows, ())
    assert explainer.of(person, "follow_up", own.pk, clock.now()) == WORK
    assert explainer.of(person, "claim", own.pk, clock.now()) == OWN_WORD


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": ""}, "请选择事项"),
        ({"kind": "claim", "due": "soon"}, "期限无法识别"),
        ({"kind": "claim", "due": "2020-01-01"}, "期限须在今天以后一年之内"),
    ],
)
def test_what_is_missing_is_asked_for(desk, own, said, words):
    answer = desk.post(reverse("desk:work_open", args=[own.ref]), said)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_opening_the_customer_from_the_list_brings_its_purpose(desk, agent, own):
    told(own, user=agent, kind="payment")
    page = desk.get(reverse("desk:work")).content.decode()
    assert 'name="purpose" value="payment"' in page


def test_the_purpose_is_one_that_the_work_serves_and_the_person_may_name():
    mine = [Purpose.FOLLOW_UP, Purpose.POLICY_SERVICE]
    assert work_items.purpose_for("follow_up", mine) == "follow_up"
    assert work_items.purpose_for("claim", mine) == "follow_up"
    assert work_items.purpose_for("claim", [Purpose.UNDERWRITING]) == ""
    assert work_items.purpose_of_all(["complaint", "payment"], [*mine, Purpose.COMPLAINT]) == (
        "policy_service"
    )
    assert work_items.purpose_of_all([], []) == ""
