"""Registering one customer at the desk: the import's checks, and no word about who is there already."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import gate, scopes
from access.actions import Action
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock
from records import vault
from records.models import Customer
from records.registration import fourteenth_birthday
from tests import estate
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "person",
    "name": "李四",
    "nationality": "中国",
    "occupation": "会计",
    "id_type": "resident_id",
    "id_number": "11010519491231002x",
    "id_valid_until": "长期",
    "mobile": "１３９ １２３４ ５６７０",
    "address": "北京市朝阳区建国路1号",
}


@pytest.fixture(autouse=True)
def _open_all_day(db):
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    estate.book()
    return estate.user(Role.AGENT)


@pytest.fixture
def desk(agent):
    return estate.login(Client(), agent)


def register(client, **changed):
    asked = {**NEW, **changed}
    asked = {name: text for name, text in asked.items() if text is not None}
    return client.post(reverse("desk:intake"), asked)


def own_of(agent):
    with estate.acting(agent) as actor:
        return list(Customer.objects.visible_to(actor).order_by("pk"))


def value_of(agent, customer, *codes):
    with estate.acting(agent) as actor:
        permit = gate.permit(
            actor,
            Action.CUSTOMER_REVEAL,
            purpose="follow_up",
            channel="desk",
            subjects=[customer.pk],
            elements=codes,
        )
        return {each.element: each.text for each in vault.reveal(permit)}


def test_a_registered_customer_is_the_agents_own_and_the_page_says_the_reference(desk, agent):
    answer = register(desk)
    (customer,) = own_of(agent)
    assert answer.headers["Location"] == reverse("desk:customer", kwargs={"ref": customer.ref})
    page = desk.get(answer.headers["Location"])
    assert f"已登记，客户编号 {customer.ref}" in page.content.decode()


def test_values_are_stored_as_an_import_would_store_them(desk, agent):
    register(desk)
    (customer,) = own_of(agent)
    codes = [f"identity.{name}" for name in ("id_number", "mobile", "birth_date", "sex")]
    assert value_of(agent, customer, *codes) == {
        "identity.id_number": "11010519491231002X",
        "identity.mobile": "13912345670",
        "identity.birth_date": "1949-12-31",
        "identity.sex": "female",
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id_number": "110105194912310021"}, "证件号码最后一位不符"),
        ({"mobile": "1391234"}, "手机号码应为 1 开头的 11 位数字"),
        ({"mobile": None}, "请填写手机号码或固定电话"),
        ({"name": None}, "请填写姓名"),
        ({"sex": "male"}, "性别与证件号码不一致"),
        ({"birth_date": "1950-01-01"}, "出生日期与证件号码不一致"),
        ({"id_type": "passport", "id_number": "E12345678"}, "请填写出生日期"),
        ({"id_valid_until": "2036-13-40"}, "没有这一天"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(desk, agent, changed, words):
    answer = register(desk, **changed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.content.decode().count("<title>错误：") == 1
    assert own_of(agent) == []


def test_a_passport_holder_is_registered_with_birth_date_and_sex(desk, agent):
    register(desk, id_type="passport", id_number="E12345678", birth_date="1990/2/3", sex="male")
    assert len(own_of(agent)) == 1


def test_somebody_who_is_there_already_is_registered_like_anybody(desk, agent):
    stranger = estate.user(Role.AGENT)
    first, second = register(estate.login(Client(), stranger)), register(desk)
    assert (first.status_code, second.status_code) == (302, 302)
    assert len(own_of(stranger)) == len(own_of(agent)) == 1
    register(desk)
    assert len(own_of(agent)) == 2


def test_a_child_is_known_as_one_from_its_birth_date(desk, agent):
    born = clock.local().date() - timedelta(days=9 * 365)
    register(
        desk, id_type="passport", id_number="E12345678", birth_date=born.isoformat(), sex="female"
    )
    assert own_of(agent)[0].is_child


def test_whoever_is_fourteen_is_no_child_and_leap_days_end_in_march():
    day = clock.local().date().replace(year=2026, month=11, day=23)
    assert fourteenth_birthday("2012-11-23", today=day) is None
    assert fourteenth_birthday("2012-11-24", today=day).isoformat() == "2026-11-24"
    assert fourteenth_birthday("2024-02-29", today=day).isoformat() == "2038-03-01"


def test_an_organisation_is_registered_with_its_code(desk, agent):
    organisation = {
        "kind": "organisation",
        "name": "江苏云龙工贸有限公司",
        "id_type": "uscc",
        "id_number": "91350211M000100Y46",
        "id_valid_until": "长期",
        "legal_representative": "张伟",
        "landline": "0516-83210021",
        "address": "江苏省徐州市云龙区和平路8号",
    }
    assert desk.post(reverse("desk:intake"), organisation).status_code == 302
    assert own_of(agent)[0].kind == "organisation"


@pytest.mark.django_db(transaction=True)
def test_the_registration_is_in_the_log_without_a_value(desk, agent, entries_since):
    register(desk)
    estate.drain()
    changes = [entry for entry in entries_since() if entry.act == "change"]
    assert [(e.staff_no, e.channel, e.subjects) for e in changes] == [(agent.staff_no, "desk", 1)]
    assert "李四" not in changes[0].leaf


def test_an_auditor_registers_nobody():
    estate.book()
    client = estate.login(Client(), estate.user(Role.AUDITOR))
    assert register(client).status_code == 403
    with scopes.acting(estate.system()):
        assert not Assignment.objects.exists()
