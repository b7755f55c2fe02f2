"""Clocks and the calendar in the law library, over HTTP, in both languages, without script."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from access.law import calendar_entering, clock_overriding
from access.law.reading import today
from access.models import Approval, CalendarYear, ClockOverride
from access.vocabulary import Role
from custodian import clock
from custodian.regimes.calendars import DAY
from custodian.regimes.packs import company_clocks, load, regimes
from tests import estate
from tests.law.test_pages import approve, browser, lacks, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with clock.at(datetime(2026, 11, 23, 9, tzinfo=clock.OFFICE)):
        yield


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("regime", regimes())
def test_every_clock_is_listed_with_its_clause(officer, regime, language):
    body = page(officer, "law_clocks", language=language, query=f"?regime={regime}")
    known = [each for each in load(regime).clocks.values() if each.in_force(today())]
    names = [each.name if language == "zh" else each.name_en for each in known]
    links = [reverse("admin:law_clause", args=[each.clause]) for each in known if each.clause]
    assert lacks(body, *names, *links) == []
    assert lacks(body, *company_clocks()) == []


@pytest.mark.parametrize(
    "role", [Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_whoever_reads_the_law_reads_its_clocks_and_only_an_officer_is_asked_for_more(role):
    reader = estate.user(role)
    change = reverse("admin:law_clock_change", args=["CN-COMPL-15D"])
    enter = reverse("admin:law_calendar_enter", args=[2027])
    offered = [
        change in page(reader, "law_clock", "CN-COMPL-15D"),
        enter in page(reader, "law_calendar"),
        enter in page(reader, "law_calendar_year", 2027),
    ]
    assert offered == [role is Role.COMPLIANCE_OFFICER] * 3


def test_a_clause_names_the_clocks_that_rest_on_it(officer):
    body = page(officer, "law_clause", "CN-INS-22")
    assert lacks(body, *(f"CN-CLAIM-{each}" for each in ("3D", "10D", "30D", "60D"))) == []
    assert "CO-CLAIM-PAPERS" in body
    assert reverse("admin:law_clock", args=["CN-COMPL-15D"]) in page(officer, "law")


def test_a_shorter_time_goes_from_the_form_to_the_page_by_four_eyes(officer, second):
    address = reverse("admin:law_clock_change", args=["CN-COMPL-15D"])
    said = {"length": 10, "target": 7, "enabled": "on", "since": today() + DAY, "reason": "更快"}
    office = browser(officer)
    refused = office.post(address, {**said, "length": 20})
    assert refused.status_code == 422
    assert (
        lacks(refused.content.decode(), "不能延长或停用", "《银行业保险业消费投诉处理管理办法》")
        == []
    )
    answer = office.post(address, said)
    assert answer.status_code == 302
    shown = browser(second).get(answer.url).content.decode()
    assert lacks(shown, "15 天 → 10 天", "— → 7 天", "CN-COMPL-15D") == []
    assert "待复核的改动" in page(officer, "law_clock", "CN-COMPL-15D")
    approve(second, clock_overriding.waiting("CN-COMPL-15D"))
    body = page(officer, "law_clock", "CN-COMPL-15D")
    assert lacks(body, "陈静", "刘敏", "将生效") == []
    assert "<del>15 天</del> → <ins>10 天</ins>" in body
    assert "起另有改动" in page(officer, "law_clocks")
    with clock.at(clock.now() + DAY):
        body = page(officer, "law_clocks")
    assert "<b>10 天</b>" in body
    assert "目标 7 天" in body


def test_the_form_says_at_the_field_what_is_wrong(officer):
    address = reverse("admin:law_clock_change", args=["CN-RIGHTS-30D"])
    said = {"length": 10, "target": 11, "enabled": "on", "since": today() + DAY, "reason": "x"}
    answer = browser(officer).post(address, said)
    assert list(answer.context["form"].errors) == ["target"]
    answer = browser(officer).post(address, {**said, "target": 5, "since": today()})
    assert list(answer.context["form"].errors) == ["since"]
    assert not ClockOverride.objects.exists()


def test_what_is_at_once_has_only_a_target(officer):
    answer = browser(officer).get(reverse("admin:law_clock_change", args=["CN-PIPL-57"]))
    assert "length" not in answer.context["form"].fields
    assert "单位：小时" in answer.content.decode()


def test_another_orders_clocks_are_read_and_not_changed(officer):
    body = page(officer, "law_clock", "EU-12")
    assert "不是本公司适用的法域" in body
    address = reverse("admin:law_clock_change", args=["EU-12"])
    assert address not in body
    assert browser(officer).get(address).status_code == 404


def test_an_unknown_clock_or_year_is_not_there(officer):
    office = browser(officer)
    for name, known in (
        ("law_clock", "CN-NOTHING"),
        ("law_clock_change", "CN-NOTHING"),
        ("law_calendar_year", 2031),
        ("law_calendar_enter", 2025),
        ("law_calendar_enter", 99999),
    ):
        assert office.get(reverse(f"admin:{name}", args=[known])).status_code == 404


@pytest.mark.parametrize(("language", "words"), [
    ("zh", ["248 个工作日", "2026-02-15 – 2026-02-23", "转引", "春节"]),
    ("en", ["248", "15 Feb 2026 – 23 Feb 2026", "Spring Festival"]),
])  # fmt: skip
def test_a_year_is_shown_month_by_month(officer, language, words):
    body = page(officer, "law_calendar_year", 2026, language=language)
    assert lacks(body, *words) == []
    assert body.count('class="day-worked"') == 6
    assert body.count('class="day-off"') == 33


def test_a_year_that_is_not_published_says_so(officer):
    body = page(officer, "law_calendar_year", 2027)
    assert lacks(body, "尚未公布，按惯例推算", "prov-M", "登记公布的安排") == []
    assert lacks(page(officer, "law_calendar"), "尚未公布", "已公布") == []


NOTICE = """元旦 2027-01-01 2027-01-03
春节：2027-02-05 至 2027-02-12
清明节 ２０２７-04-05"""


def test_a_year_goes_from_the_form_to_the_calendar_by_four_eyes(officer, second):
    address = reverse("admin:law_calendar_enter", args=[2027])
    office = browser(officer)
    assert "春节 2027-02-05 2027-02-12" in office.get(address).content.decode()
    said = {"holidays": NOTICE, "worked": "2027-02-20，2027-02-21", "mark": "V1",
            "source": "国办发明电〔2026〕9号", "read_on": today()}  # fmt: skip
    answer = office.post(address, said)
    assert answer.status_code == 302, answer.context["form"].errors
    shown = browser(second).get(answer.url).content.decode()
    assert lacks(shown, "2027-02-05 – 2027-02-12", "2027-02-21 上班") == []
    approve(second, calendar_entering.waiting(2027))
    body = page(second, "law_calendar_year", 2027)
    assert lacks(body, "国办发明电〔2026〕9号", "陈静", "刘敏", "原文已核") == []
    assert "按惯例推算" not in body.split("<h2>版本")[0]
    assert "本公司登记" in page(officer, "law_calendar")
    assert [each["name"] for each in CalendarYear.objects.get().holidays] == [
        "元旦",
        "春节",
        "清明节",
    ]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"holidays": "春节"}, "holidays", "第 1 行读不出名称和日期"),
        ({"holidays": f"{NOTICE}\n中秋节 2027-13-40"}, "holidays", "第 4 行读不出名称和日期"),
        ({"worked": "周六"}, "worked", "“周六”不是日期"),
        ({"worked": "2027-02-19"}, "__all__", "星期六或星期日"),
        ({"read_on": "2027-01-01"}, "read_on", "核对日期不能晚于今天"),
    ],
)
def test_the_form_of_a_year_says_what_cannot_be_read(officer, more, field, words):
    address = reverse("admin:law_calendar_enter", args=[2027])
    said = {"holidays": NOTICE, "worked": "", "mark": "V1", "source": "通知", "read_on": today()}
    answer = browser(officer).post(address, {**said, **more})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert words in answer.content.decode()
    assert not Approval.objects.exists()
