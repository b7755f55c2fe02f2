"""Who looked at my data: in time, in words, hers only, and nobody else's business."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from access import scopes
from access.models import Subject, WorkItem
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.portal import looking, people
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
LOOKS = "/portal/looks/"


@pytest.fixture(autouse=True)
def _open():
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


def portal(customer, **more):
    return people.signed_in(Client(headers={"accept-language": "zh-hans"}), customer, **more)


def cards(page) -> list[str]:
    text = page.content.decode()
    found = re.findall(r'<article class="panel look".*?</article>', text, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", each)) for each in found]


def test_a_look_is_there_at_once_with_who_what_and_what_for(agent, own):
    looking.look(agent, own)
    (card,) = cards(portal(own).get(LOOKS))
    for said in ("您的代理人", agent.staff_no, str(agent.unit), "手机号码", "用途：回访"):
        assert said in card
    assert agent.name not in card


def test_whose_data_are_stored_only_still_reads_who_looked(own, agent):
    """She left for another insurer, or asked for it: nothing of hers is shown, and who looked is."""
    looking.look(agent, own)
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=own.pk).update(status="restricted")
    page = portal(own).get(LOOKS)
    assert page.status_code == 200
    assert "手机号码" in cards(page)[0]


def test_work_that_was_given_is_named_and_what_nothing_explains_is_said(own, agent):
    stranger = estate.user(Role.SERVICE_DESK)
    colleague = estate.user(Role.SERVICE_DESK)
    with scopes.acting(estate.system()):
        WorkItem.objects.create(
            kind="policy_service", source="import", subject_id=own.pk, user=colleague
        )
    looking.look(stranger, own)
    looking.look(colleague, own, purpose="policy_service")
    explained, bare = cards(portal(own).get(LOOKS))
    assert "有对应的事项：保全申请" in explained
    assert "没有对应的事项" in bare


def test_one_visit_is_one_card_with_what_was_opened_in_front(agent, own):
    looking.look(agent, own, codes=("identity.name", "identity.mobile"), masked=True)
    looking.look(agent, own)
    (card,) = cards(portal(own).get(LOOKS))
    assert "看了： 手机号码" in card
    assert "部分隐去地看到：" in card


def test_her_own_looks_stand_apart_and_do_not_count(own):
    browser = portal(own)
    browser.get("/portal/data/")
    page = browser.get(LOOKS)
    assert cards(page) == []
    assert "您自己的查看" in page.content.decode()
    assert "近 30 天没有人看过您的资料" in browser.get("/portal/").content.decode()


def test_the_home_page_says_how_often_and_the_newest_in_a_sentence(agent, own):
    looking.look(agent, own)
    text = portal(own).get("/portal/").content.decode()
    assert "<b>1</b>" in text
    assert "您的代理人为<b>回访</b>看了<b>手机号码</b>" in text


def test_refused_attempts_are_not_in_the_list(own):
    stranger = estate.user(Role.AGENT, unit_=estate.unit("NJ"))
    with pytest.raises(Exception):  # noqa: B017  whatever the refusal is called
        looking.look(stranger, own)
    assert cards(portal(own).get(LOOKS)) == []


def test_the_staff_number_can_be_kept_back(agent, own, settings):
    settings.CUSTODIAN_PORTAL_SHOWS_STAFF_NUMBER = False
    looking.look(agent, own)
    (card,) = cards(portal(own).get(LOOKS))
    assert agent.staff_no not in card
    assert "您的代理人" in card


def test_older_looks_follow_page_by_page_and_none_is_lost(agent, own):
    indexes = set()
    for hour in range(70):
        with clock.at(clock.now() - timedelta(hours=70 - hour)):
            indexes.add(looking.look(agent, own))
    browser, seen, address = portal(own), set(), LOOKS
    while address:
        text = browser.get(address).content.decode()
        seen |= {int(each) for each in re.findall(r'id="look-(\d+)"', text)}
        older = re.search(r'href="\?before=(\d+)"', text)
        address = f"{LOOKS}?before={older[1]}" if older else ""
    assert seen == indexes


def test_whoever_wanders_in_with_odd_parameters_gets_nothing(own):
    browser = portal(own)
    assert browser.get(f"{LOOKS}?after=1").status_code == 400
    assert browser.get(f"{LOOKS}?before=x").status_code == 302
