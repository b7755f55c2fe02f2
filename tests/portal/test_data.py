"""My data: masked until she asks, with why and until when; a policy of another's shows bare facts only."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from access import actors, scopes
from access.models import Restriction, Subject
from access.vocabulary import Role
from custodian import clock
from records import legal_holds
from records.legal_holds.covering import Draft
from records.models import (
    DestructionBatch,
    Identity,
    Representative,
    RetentionEvent,
    Tombstone,
)
from records.retention import reckoning
from tests import estate
from tests.portal import people
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
DATA, REVEAL = "/portal/data/", "/portal/data/reveal/"
PLAIN = [*estate.ZHANG.values(), *estate.ACCOUNT.values(), *desk_estate.POLICY_VALUES.values()]
# Shown whole by their masks: sex, nationality, kind of document and its end, occupation.
OPEN = {"male", "中国", "教师", "resident_id", "2036-05-20"}


@pytest.fixture
def own():
    return estate.customer()


def portal(customer, **more) -> Client:
    return people.signed_in(Client(headers={"accept-language": "zh-hans"}), customer, **more)


def held(text: str) -> set[str]:
    return {value for value in PLAIN if value in text} - OPEN


def test_everything_is_masked_and_says_why_and_until_when(own):
    desk_estate.policy(own)
    text = portal(own).get(DATA).content.decode()
    assert held(text) == set()
    for said in (
        "身份信息",
        "财务信息",
        "保单信息",
        "手机号码",
        "用途",
        "依据",
        "使用期间一直保存",
    ):
        assert said in text
    assert "敏感个人信息" in text
    assert (
        len(re.findall(r'name="element" value="identity\.mobile"', text)) == 1
    )  # a button to show it
    assert "本公司默认" in text


def test_one_value_lights_up_and_is_her_own_look(own, entries_since):
    page = portal(own).post(REVEAL, {"of": "identity", "element": "identity.mobile"})
    text = page.content.decode()
    assert "lamp-value" in text
    assert held(re.sub(r"[ \u00a0]", "", text)) == {estate.ZHANG["identity.mobile"]}
    opened = [each for each in entries_since() if each.act == "reveal"]
    assert [(each.purpose, each.channel, each.staff_no) for each in opened] == [
        ("self", "portal", "CUSTOMER")
    ]


def test_a_whole_policy_opens_but_for_what_is_never_shown(own):
    policy = desk_estate.policy(own)
    text = portal(own).post(REVEAL, {"of": policy.ref}).content.decode()
    assert desk_estate.POLICY_VALUES["policy.number"] in text
    assert desk_estate.POLICY_VALUES["policy.query_password"] not in text
    assert "不显示" in text


def test_of_a_policy_that_another_took_out_she_sees_bare_facts(own):
    holder = estate.customer({**estate.ZHANG, "identity.name": "李四光"})
    policy = desk_estate.policy(holder, insured=own)
    browser = portal(own)
    text = browser.get(DATA).content.decode()
    assert policy.ref in text
    assert "被保险人" in text
    assert "这张保单由别人投保" in text
    for label in ("保险金额", "受益人", "健康告知"):
        assert label not in text
    assert holder.ref not in text
    assert browser.post(REVEAL, {"of": policy.ref}).status_code == 404


def test_anothers_policy_and_none_look_the_same(own):
    policy = desk_estate.policy(estate.customer())
    browser = portal(own)
    answers = [browser.post(REVEAL, {"of": ref}) for ref in (policy.ref, "p-0000-0000-000")]
    assert [each.status_code for each in answers] == [404, 404]


def test_what_is_restricted_stays_masked_and_says_why(own):
    with scopes.acting(estate.system()):
        holding = Identity.objects.get(pk=own.pk).holding
        Restriction.objects.create(holding=holding, subject_id=own.pk, kind="identity")
    browser = portal(own)
    text = browser.get(DATA).content.decode()
    assert "这部分已限制处理" in text
    refused = browser.post(REVEAL, {"of": "identity"})
    assert refused.status_code == 403
    assert held(refused.content.decode()) == set()


def test_what_was_handed_over_and_goes_says_so_and_contradicts_itself_nowhere(own):
    desk_estate.policy(own)
    with scopes.acting(estate.system()):
        RetentionEvent.objects.create(
            subject_id=own.pk, trigger="handed_over", on=clock.local().date() - timedelta(days=3)
        )
    reckoning.refresh([own.pk])
    text = portal(own).get(DATA).content.decode()
    policy = text[text.index("保单信息") :]
    for said in (
        "保存期也已满，销毁之前只存不用",
        "正在安排销毁",
        "移交其他保险公司后立即删除，依据：",
    ):
        assert said in policy
    assert "还没有满" not in policy
    assert "依据要求保存 立即" not in text
    assert "还没有满" in text[: text.index("保单信息")]  # her identity, for ten years more


def test_what_she_restricted_herself_says_so_and_how_to_lift_it(own):
    with scopes.acting(estate.system()):
        holding = Identity.objects.get(pk=own.pk).holding
        Restriction.objects.create(
            holding=holding, subject_id=own.pk, kind="identity", because="request"
        )
        Subject.objects.filter(pk=own.pk).update(status="restricted")
    text = portal(own).get(DATA).content.decode()
    assert text.count("您要求了限制处理") == 2  # identity, and with it the account
    assert "处理目的已经结束" not in text


def test_what_is_destroyed_names_its_certificate(own):
    policy = desk_estate.policy(own)
    with scopes.acting(estate.system()):
        batch = DestructionBatch.objects.create(code="D-2026-009", day=date(2026, 1, 5))
        Tombstone.objects.create(gone=policy.holding, kind="policy", subject_id=own.pk, batch=batch)
    text = portal(own).get(DATA).content.decode()
    assert "D-2026-009" in text
    assert "无法恢复" in text


def test_a_legal_hold_is_told_only_as_a_duty(own):
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    with scopes.acting(actors.staff(officer)) as actor:
        hold = legal_holds.place(
            Draft("customer", {"customers": [own.ref]}), ground="regulator_order", reason="疑案",
            review_on=date.fromordinal(clock.local().date().toordinal() + 30), actor=actor,
        )  # fmt: skip
    text = portal(own).get(DATA).content.decode()
    assert "另有法律义务要求继续保存" in text
    for betrays in (hold.code, "疑案", "法律保留", "监管"):
        assert betrays not in text


def test_a_representative_sees_the_represented_ones_data_and_no_name_of_hers(own):
    guardian = estate.customer({**estate.ZHANG, "identity.name": "王守护"})
    with scopes.acting(estate.system()):
        Representative.objects.create(
            subject=Subject.objects.get(pk=own.pk),
            representative=Subject.objects.get(pk=guardian.pk),
            kind="guardian",
        )
    text = portal(own, capacity="guardian").get(DATA).content.decode()
    assert "您代表的客户的资料" in text
    assert "监护人" in text
    assert guardian.ref not in text


def test_pages_are_not_kept_and_say_nothing_of_her_in_title_or_address(own):
    page = portal(own).post(REVEAL, {"of": "identity"})
    assert "no-store" in page.headers["Cache-Control"]
    title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)
    assert title is not None
    assert held(title[1]) == set()
