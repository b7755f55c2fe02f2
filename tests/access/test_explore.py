"""Reading the log: filters, pages by index, the week's hours, the export; and that reading is on record."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import gate, scopes
from access.actions import Action
from access.gate import Refused
from access.models import PolicyRule
from access.querylog import explore
from access.querylog.explore import Filters
from access.querylog.telling import sentence, tell
from access.vocabulary import Role
from custodian import clock
from tests import estate

pytestmark = pytest.mark.django_db
# Later than any entry of other tests, so that time in the log runs forward as it does in life.
MONDAY = datetime(2031, 3, 3, 2, 0, tzinfo=UTC)  # ten o'clock at the office
SATURDAY_NIGHT = datetime(2031, 3, 8, 15, 30, tzinfo=UTC)
SEARCH = "/admin/querylog/"


@pytest.fixture(autouse=True)
def _rules_of_old(db):
    PolicyRule.objects.update(since=datetime(2020, 1, 1, tzinfo=UTC), hour_from=0, hour_until=24)


@pytest.fixture
def agent():
    return estate.user(Role.AGENT, name="王磊")


@pytest.fixture
def own(agent):
    found = estate.customer(of=[agent])
    with scopes.acting(estate.system()):
        assert found.subject.uid  # remembered, for statements outside of any scope
    return found


@pytest.fixture
def client():
    return estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))


def look(agent, customer, at, *codes, **more):
    """One reveal at a moment; a refused one is an entry as well."""
    asked = {"purpose": "follow_up", "channel": "desk", "reason": "客户来电 13800138000", **more}
    with clock.at(at), estate.acting(agent) as actor:
        try:
            return gate.permit(
                actor,
                Action.CUSTOMER_REVEAL,
                subjects=[customer.pk],
                elements=codes or ["identity.mobile"],
                **asked,
            ).entry
        except Refused as refusal:
            return refusal.entry


def filters(agent, **more):
    return Filters(
        since=MONDAY.date(), until=MONDAY.date() + timedelta(days=6), actor=agent.ref, **more
    )


def found(wanted):
    with clock.at(MONDAY + timedelta(days=5, hours=20)):
        return [entry.id for entry in explore.page(explore.entries(wanted)).entries]


def page(client, agent, **more):
    span = {"no": agent.staff_no, "since": "2031-03-03", "until": "2031-03-09", **more}
    return client.get(SEARCH, span)


def test_each_filter_finds_its_entries_and_no_other(agent, own):
    mobile = look(agent, own, MONDAY, "identity.mobile")
    name = look(
        agent, own, MONDAY + timedelta(minutes=1), "identity.name", purpose="policy_service"
    )
    refused = look(agent, own, MONDAY + timedelta(minutes=2), "financial.bank_account")
    assert found(filters(agent)) == [refused, name, mobile]
    assert found(filters(agent, element="identity.mobile")) == [mobile]
    assert found(filters(agent, purpose="policy_service")) == [name]
    assert found(filters(agent, outcome="denied")) == [refused]
    assert found(filters(agent, act="reveal")) == [name, mobile]
    assert found(filters(agent, level=2)) == [name]
    assert found(filters(agent, level=4)) == [refused]
    assert found(filters(agent, channel="api")) == []
    assert found(filters(agent, unit="NOWHERE")) == []
    assert found(filters(agent, customer=own.subject.uid)) == [name, mobile]


def test_a_period_takes_whole_days_of_the_office(agent, own):
    midnight = datetime(2031, 3, 3, 16, 0, tzinfo=UTC)  # Tuesday begins
    late = look(agent, own, midnight - timedelta(seconds=1))
    early = look(agent, own, midnight)
    day = MONDAY.date()
    assert found(Filters(since=day, until=day, actor=agent.ref)) == [late]
    assert found(
        Filters(since=day + timedelta(days=1), until=day + timedelta(days=1), actor=agent.ref)
    ) == [early]


def test_pages_follow_each_other_without_gap_or_overlap(agent, own, monkeypatch):
    monkeypatch.setattr(explore, "PAGE", 3)
    made = [look(agent, own, MONDAY + timedelta(seconds=at)) for at in range(8)][::-1]
    rows = explore.entries(filters(agent))
    first = explore.page(rows)
    second = explore.page(rows, before=first.older)
    third = explore.page(rows, before=second.older)
    back = explore.page(rows, after=third.newer)
    assert [e.id for leaf in (first, second, third) for e in leaf.entries] == made
    assert (first.newer, third.older) == (None, None)
    assert [e.id for e in back.entries] == [e.id for e in second.entries]


def test_the_weeks_hours_add_up_to_the_entries_of_the_list(agent, own):
    for at in range(5):
        look(agent, own, MONDAY + timedelta(hours=at))
    look(agent, own, MONDAY + timedelta(hours=1), "financial.bank_account")
    week = explore.week(filters(agent))
    cells = {(cell["day"], cell["hour"]): cell["count"] for cell in week.cells}
    assert cells == {(0, 10): 1, (0, 11): 2, (0, 12): 1, (0, 13): 1, (0, 14): 1}
    assert (week.total, week.denied) == (len(found(filters(agent))), 1)


def test_a_burst_at_night_is_unusual_and_a_single_look_is_not(agent, own):
    look(agent, own, MONDAY)
    look(agent, own, SATURDAY_NIGHT - timedelta(hours=2))
    for at in range(explore.UNUSUAL):
        look(agent, own, SATURDAY_NIGHT + timedelta(seconds=at))
    week = explore.week(filters(agent))
    assert week.unusual == [(5, 23, explore.UNUSUAL)]


def test_the_page_shows_the_same_numbers_as_the_heat_map(client, agent, own):
    for at in range(4):
        look(agent, own, MONDAY + timedelta(minutes=at))
    body = page(client, agent).content.decode()
    assert "4 条，其中拒绝 0 条" in body


def test_an_entry_is_told_in_one_sentence(agent, own):
    entry = look(agent, own, MONDAY, "identity.id_number")
    told = tell([explore.Entry.objects.get(id=entry)])[0]
    assert (
        sentence(told)
        == f"王磊（工号 {agent.staff_no}，XZ中支，代理人）为“回访”揭示 1 名客户的 证件号码。"
    )
    assert (told.level, told.sensitive, told.outside) == (3, False, False)


def test_the_highest_level_of_an_entry_counts_and_nights_are_marked(agent, own):
    entry = look(agent, own, SATURDAY_NIGHT, "identity.name", "financial.bank_account")
    told = tell([explore.Entry.objects.get(id=entry)])[0]
    assert (told.level, told.sensitive, told.outside, told.denied) == (4, True, True, True)


def test_the_detail_says_why_and_claims_nothing_beyond_written(client, agent, own):
    entry = look(agent, own, MONDAY)
    body = client.get(f"{SEARCH}{entry}/").content.decode()
    assert "为什么当时允许" in body
    assert "客户在其名下" in body
    assert "规则 R-010 第 1 版" in body
    assert "已写入" in body
    assert not [word for word in ("已封存", "已见证", "已核验") if word in body]


def test_neither_list_nor_detail_shows_a_value_a_reason_or_a_customer(client, agent, own):
    entry = look(agent, own, MONDAY)
    for response in (page(client, agent), client.get(f"{SEARCH}{entry}/")):
        body = response.content.decode()
        hidden = ("13800138000", "张三丰", "客户来电", own.ref, str(own.subject.uid))
        assert not [text for text in hidden if text in body]


def test_who_it_was_is_told_on_a_click_that_is_on_record(client, agent, own, entries_since):
    entry = look(agent, own, MONDAY)
    body = client.post(f"{SEARCH}{entry}/who/").content.decode()
    last = json.loads(entries_since()[-1].leaf)
    assert own.ref in body
    assert (last["what"], last["n"], last["act"]) == ("access:log-subject:read", 1, "view")
    assert client.get(f"{SEARCH}{entry}/who/").status_code == 405


def test_the_written_reason_is_opened_on_a_click_that_is_on_record(
    client, agent, own, entries_since
):
    entry = look(agent, own, MONDAY)
    body = client.post(f"{SEARCH}{entry}/reason/").content.decode()
    last = json.loads(entries_since()[-1].leaf)
    assert "客户来电 13800138000" in body
    assert (last["what"], last["act"]) == ("access:log-context:read", "reveal")


def test_an_administrator_opens_no_reason(agent, own):
    entry = look(agent, own, MONDAY)
    client = estate.login(Client(), estate.user(Role.ADMINISTRATOR))
    assert client.post(f"{SEARCH}{entry}/reason/").status_code == 403
    assert client.get(f"{SEARCH}{entry}/").status_code == 403


def test_an_entry_that_is_not_there_is_404_and_on_record(client, entries_since):
    assert client.get(f"{SEARCH}99999999/").status_code == 404
    assert entries_since()[-1].act == "denied"


@pytest.mark.parametrize("query", ["leaf__contains=x", "actor=1", "ordering=id", "format=json"])
def test_an_unknown_parameter_is_refused(client, query):
    assert client.get(f"{SEARCH}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["no=NOBODY", "customer=c-1", "since=gestern", "level=9", "since=2031-02-02&until=2031-02-01"],
)
def test_a_filter_that_cannot_be_is_said_and_shows_nothing(client, query):
    response = client.get(f"{SEARCH}?{query}")
    assert response.status_code == 422
    assert "条目详情" not in response.content.decode()


def test_the_page_takes_one_entry_of_its_own(client, agent, own, entries_since):
    look(agent, own, MONDAY)
    before = len(entries_since())
    page(client, agent)
    assert [e.act for e in entries_since()[before:]] == ["admin"]


def exported(client, agent, kind):
    url = (
        f"{reverse('admin:querylog_export')}?no={agent.staff_no}&since=2031-03-03&until=2031-03-09"
    )
    response = client.post(url, {"format": kind})
    return b"".join(response.streaming_content)


def test_the_export_names_who_took_it_and_holds_codes_only(client, agent, own, entries_since):
    entry = look(agent, own, MONDAY)
    text = exported(client, agent, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    took = [e for e in entries_since() if e.act == "export"]
    assert len(took) == 1
    assert took[0].staff_no in rows[0][2]
    assert rows[1][3] == f"#{took[0].id}"
    assert [row[0] for row in rows[4:]] == [str(entry)]
    assert "identity.mobile" in rows[4]
    assert not [word for word in ("张三丰", "13800138000", own.ref, "客户来电") if word in text]


def test_a_cell_of_the_export_cannot_run_as_a_formula(client, own):
    unit = estate.unit("=1+1")
    agent = estate.user(Role.AGENT, unit_=unit)
    other = estate.customer(of=[agent], source_key="KH-FORMULA")
    look(agent, other, MONDAY)
    rows = list(csv.reader(io.StringIO(exported(client, agent, "csv").decode("utf-8-sig"))))
    assert rows[4][3] == "'=1+1"
    sheet = zipfile.ZipFile(io.BytesIO(exported(client, agent, "xlsx")))
    assert not [name for name in sheet.namelist() if b"<f>" in sheet.read(name)]


def test_an_administrator_exports_nothing(agent):
    client = estate.login(Client(), estate.user(Role.ADMINISTRATOR))
    assert client.post(reverse("admin:querylog_export"), {"format": "csv"}).status_code == 403
