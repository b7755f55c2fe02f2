"""The customer reports a loss, follows it, and sees nobody else's; phone first, without script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access import scopes
from access.models import Entry, User, WorkItem
from custodian import clock
from custodian.site.formats import due_day
from records import references
from records.claim_handling import clocks, examining
from records.claim_handling.examining import Needed
from records.models import Claim, ClaimStep
from tests import estate
from tests.claims.house import REASONS, House
from tests.portal.people import signed_in
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
STORY = "骑车摔倒，右膝着地"


@pytest.fixture
def house():
    found = House()
    User.objects.filter(pk__in=[found.second.pk, found.officer.pk]).update(
        role_since=clock.now().replace(year=2025)
    )
    return found


@pytest.fixture
def client(house):
    return signed_in(Client(headers={"accept-language": "zh-hans"}), house.customer)


def answers(house: House) -> dict[str, str]:
    return {
        "policy": house.policy.ref,
        "kind": "accident",
        "occurred_on": clock.local().date().isoformat(),
        "description": STORY,
    }


def reported(house: House, client: Client) -> Claim:
    done = client.post("/portal/claims/new/", {**answers(house), "step": "5", "act": "file"})
    assert done.status_code == 302, done.content.decode()
    with scopes.acting(estate.system()):
        return Claim.objects.select_related("policy__product").get(
            ref=done.headers["Location"].split("/")[-2]
        )


def test_one_question_at_a_time_and_nothing_is_kept_on_the_way(house, client):
    page = client.get("/portal/claims/new/").content.decode()
    assert "第 2 步，共 5 步" in page  # one contract only: nothing to choose
    said = dict.fromkeys(answers(house), "") | {"policy": house.policy.ref}
    for step, name in ((2, "kind"), (3, "occurred_on"), (4, "description")):
        wrong = client.post("/portal/claims/new/", {**said, "step": str(step), "act": "next"})
        assert wrong.status_code == 422, name
        assert "有 1 处需要修改" in wrong.content.decode()  # of the other questions nothing yet
        said[name] = answers(house)[name]
        page = client.post("/portal/claims/new/", {**said, "step": str(step), "act": "next"})
        assert page.status_code == 200
        assert f"第 {step + 1} 步" in page.content.decode()
    text = page.content.decode()
    assert STORY in text
    assert "请核对后提交" in text
    back = client.post("/portal/claims/new/", {**said, "step": "5", "act": "back"}).content.decode()
    assert "第 4 步" in back
    assert STORY in back
    with scopes.acting(estate.system()):
        assert not Claim.objects.exists()
    assert STORY not in str(dict(client.session))


def test_what_she_reports_waits_for_a_handler_and_names_her_channel(house, client):
    claim = reported(house, client)
    assert (claim.status, claim.channel, claim.filed_by) == ("reported", "portal", None)
    with scopes.acting(estate.system()):
        step = ClaimStep.objects.get(claim=claim)
        assert (step.code, step.by, step.unit) == ("reported", None, None)
        item = WorkItem.objects.get(pk=claim.item_id)
    assert (item.unit, item.opened_by) == (house.unit, None)
    home = client.get("/portal/").content.decode()
    assert "1 件在办" in home


def test_without_a_photo_it_is_filed_all_the_same(house, client):
    """A browser sends the field of a file that was not chosen as an empty text."""
    said = {**answers(house), "step": "5", "act": "file", "paper": "", "paper_kind": ""}
    assert client.post("/portal/claims/new/", said).status_code == 302


def test_a_hand_made_report_is_checked_like_any_other(house, client):
    other = desk_estate.policy(estate.customer(of=[house.agent], unit_=house.unit))
    body = {**answers(house), "step": "5", "act": "file"}
    for change in (
        {"policy": other.ref},
        {"kind": "theft"},
        {"occurred_on": "2999-01-01"},
        {"description": ""},
    ):
        answer = client.post("/portal/claims/new/", {**body, **change})
        assert answer.status_code == 422, change
    assert client.post("/portal/claims/new/", {**body, "step": "9"}).status_code == 400
    assert client.post("/portal/claims/new/", {**body, "amount": "1"}).status_code == 400
    with scopes.acting(estate.system()):
        assert not Claim.objects.exists()


def test_whoever_is_no_insured_is_told_how_to_report(house):
    child = estate.customer(of=[house.agent], unit_=house.unit)
    holder = estate.customer(of=[house.agent], unit_=house.unit)
    desk_estate.policy(holder, insured=child)
    page = signed_in(Client(headers={"accept-language": "zh-hans"}), holder).get(
        "/portal/claims/new/"
    )
    assert "您不是任何保单的被保险人" in page.content.decode()


def test_she_sees_the_steps_the_clock_and_what_is_missing_and_no_name(house, client):
    claim = reported(house, client)
    house.do(examining.take, claim)
    house.do(examining.ask_for, claim, [Needed("medical", "出院小结复印件"), Needed("invoice")])
    page = client.get(f"/portal/claims/{claim.ref}/").content.decode()
    for words in ("待补材料", "病历、诊断证明", "还缺", "理赔核定", "暂停计时", "XZ中支"):
        assert words in page, words
    for hidden in ("赵敏", "出院小结", STORY, "补充理赔材料的通知", house.handler.staff_no):
        assert hidden not in page, hidden
    shown = client.post(f"/portal/claims/{claim.ref}/", {"act": "show"}).content.decode()
    assert "出院小结复印件" in shown
    assert STORY in shown


def test_the_decision_has_its_reasons_and_her_look_is_on_record(house, client):
    claim = reported(house, client)
    house.do(examining.take, claim)
    decision = house.reject(house.again(claim))
    waiting = client.get(f"/portal/claims/{claim.ref}/").content.decode()
    assert "正在由第二人复核" in waiting
    assert "不予给付" not in waiting
    house.approve(decision)
    mark = Entry.objects.newest_index()
    shown = client.post(f"/portal/claims/{claim.ref}/", {"act": "show"}).content.decode()
    assert REASONS in shown
    for words in (
        "向本公司投诉",
        "12378",
        "调解",
        "向人民法院起诉",
        "/portal/requests/new/complaint/",
    ):
        assert words in shown, words
    looks = Entry.objects.filter(id__gt=mark, act="reveal")
    assert [(each.staff_no, each.purpose, each.subjects) for each in looks] == [
        ("CUSTOMER", "self", 1)
    ]


def test_she_agrees_to_the_amount_once_and_nobody_else_does(house, client):
    claim = reported(house, client)
    house.do(examining.take, claim)
    house.propose(house.again(claim), asks_agreement=True)
    assert "同意这个数额" in client.get(f"/portal/claims/{claim.ref}/").content.decode()
    stranger = signed_in(Client(), estate.customer(of=[house.agent], unit_=house.unit))
    assert stranger.post(f"/portal/claims/{claim.ref}/", {"act": "agree"}).status_code == 404
    assert client.post(f"/portal/claims/{claim.ref}/", {"act": "agree"}).status_code == 302
    assert "agreed" in house.steps(claim)
    client.post(f"/portal/claims/{claim.ref}/", {"act": "agree"})
    assert house.steps(claim).count("agreed") == 1


def test_somebody_elses_claim_looks_like_none(house, client):
    """A03: also to the policyholder whose contract it is under."""
    child = estate.customer(of=[house.agent], unit_=house.unit)
    theirs = desk_estate.claim(child, desk_estate.policy(house.customer, insured=child))
    mark = Entry.objects.newest_index()
    pages = []
    for ref in (theirs.ref, references.new_claim()):
        answer = client.get(f"/portal/claims/{ref}/")
        assert answer.status_code == 404
        body = answer.content.decode().replace(ref, "REF")
        pages.append(re.sub(r"[0-9a-f-]{36}|#[\d,]+|\d{2}:\d{2}:\d{2}", "", body))
    assert pages[0] == pages[1]
    assert Entry.objects.filter(id__gt=mark, outcome="denied").count() == 2
    assert theirs.ref not in client.get("/portal/claims/").content.decode()


def test_staff_and_strangers_are_led_to_the_customers_door(house):
    for browser in (Client(), estate.login(Client(), house.handler)):
        for place in ("/portal/claims/", "/portal/claims/new/", "/portal/claims/k-0000-0000-000/"):
            answer = browser.get(place)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/portal/sign-in/")


def test_her_claims_stand_among_all_that_she_asked_for(house, client):
    """With the step, what is due on which day, and whether it waits for her."""
    claim = reported(house, client)
    due = house.clocks(claim)[clocks.DECISION]
    page = client.get("/portal/requests/").content.decode()
    assert f"/portal/claims/{claim.ref}/" in page
    assert "已报案" in page
    assert re.search(rf"最晚 {last_day(due)} 核定", page)
    house.do(examining.take, claim)
    house.do(examining.ask_for, claim, [Needed("medical")])
    asked = client.get("/portal/requests/").content.decode()
    assert "等您补充材料" in asked
    assert "核定</span>" not in asked  # the time stands still
    home = client.get("/portal/").content.decode()
    assert "有 1 项申请等您办理" in home
    assert f"/portal/claims/{claim.ref}/" in home
    with scopes.acting(estate.system()):
        (need,) = house.again(claim).needs.select_related("claim")
    house.do(examining.receive, need)
    house.propose(house.again(claim), asks_agreement=True)
    assert "等您同意数额" in client.get("/portal/").content.decode()
    client.post(f"/portal/claims/{claim.ref}/", {"act": "agree"})
    agreed = client.get("/portal/requests/").content.decode()
    assert re.search(rf"最晚 {last_day(house.clocks(claim)[clocks.PAYMENT])} 付款", agreed)
    assert "等您办理" not in client.get("/portal/").content.decode()
    house.pay(house.again(claim))
    assert "已办结" in client.get("/portal/requests/").content.decode()
    stranger = signed_in(Client(), estate.customer(of=[house.agent], unit_=house.unit))
    assert claim.ref not in stranger.get("/portal/requests/").content.decode()


def last_day(row) -> str:
    """As a page says it: the last day that is still in time."""
    day = due_day(row.due_at)
    return f"{day.year}年{day.month}月{day.day}日"
