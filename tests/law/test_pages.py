"""The law library as its readers use it: over HTTP, in both languages, without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.html import escape

from access import actors, approvals
from access.law import overriding, reading
from access.models import Approval, Confirmation, RuleOverride
from access.vocabulary import Role
from custodian.regimes.packs import load, regimes
from tests import estate
from tests.access.houses import stranger

pytestmark = pytest.mark.django_db


def browser(person, language="zh"):
    return estate.login(stranger(language), person)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def approve(person, approval):
    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def page(person, name, *args, language="zh", query=""):
    answer = browser(person, language).get(reverse(f"admin:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def lacks(body, *words):
    return [each for each in words if escape(each) not in body]


@pytest.mark.parametrize(
    "role",
    [Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR],
)
def test_whoever_reads_the_law_reads_all_of_it_and_only_an_officer_is_asked_for_more(role):
    reader = estate.user(role)
    body = page(reader, "law")
    assert lacks(body, *(each.says for each in load("cn").clauses.values())) == []
    offered = reverse("admin:law_rule_new") in body
    offered_there = reverse("admin:law_confirm", args=["CN-INS-87"]) in page(
        reader, "law_clause", "CN-INS-87"
    )
    assert offered == offered_there == (role is Role.COMPLIANCE_OFFICER)


def test_the_library_filters_without_script_and_counts_the_marks(officer):
    clauses = load("cn").clauses.values()
    unconfirmed = [each for each in clauses if each.mark == "M"]
    body = page(officer, "law", query="?mark=M")
    assert lacks(body, *(each.says for each in unconfirmed)) == []
    assert load("cn").clauses["CN-INS-87"].says not in body
    answer = browser(officer).get(reverse("admin:law") + "?law=保险法")
    assert {each["clause"].law for group in answer.context["groups"] for each in group["rows"]} == {
        "保险法"
    }
    counts = {each["mark"]: each["count"] for each in answer.context["counts"]}
    assert counts == {
        "V1": len([each for each in clauses if each.law == "保险法"]),
        "V2": 0,
        "M": 0,
    }
    nothing = page(officer, "law", query="?law=保险法&mark=M")
    assert "没有符合条件的条款" in nothing


@pytest.mark.parametrize("regime", regimes())
def test_other_law_is_read_in_the_same_place(officer, regime):
    body = page(officer, "law", language="en", query=f"?regime={regime}")
    assert lacks(body, *(each.says_en for each in load(regime).clauses.values())) == []
    assert ("不是本公司适用的法域" in page(officer, "law", query=f"?regime={regime}")) is (
        regime != "cn"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clause_says_it_in_both_languages_with_its_mark_and_its_rules(officer, language):
    body = page(officer, "law_clause", "CN-INS-87", language=language)
    found = load("cn").clauses["CN-INS-87"]
    assert lacks(body, found.says, found.says_en, "cn-policy-long") == []
    assert lacks(body, {"zh": found.source, "en": found.source_en}[language]) == []
    assert "prov-V1" in body


def test_an_unknown_clause_or_rule_is_not_there(officer):
    for name, code in (
        ("law_clause", "CN-NOTHING"),
        ("law_clause", "rules"),
        ("law_rule", "nothing"),
    ):
        assert browser(officer).get(reverse(f"admin:{name}", args=[code])).status_code == 404


def test_another_period_goes_from_the_form_to_the_page_by_four_eyes(officer, second):
    address = reverse("admin:law_rule_change", args=["cn-log"])
    office = browser(officer)
    said = {"number": 5, "unit": "y", "enabled": "on", "since": reading.today(), "reason": "诉讼"}
    assert "与现行规则没有不同" in office.post(address, said).content.decode()
    answer = office.post(address, {**said, "number": 7})
    assert answer.status_code == 302
    assert lacks(browser(second).get(answer.url).content.decode(), "5 年 → 7 年", "查询日志") == []
    approval = overriding.waiting("cn-log")
    assert "待复核的改动" in page(officer, "law_rule", "cn-log")
    approve(second, approval)
    body = page(officer, "law_rule", "cn-log")
    assert lacks(body, "陈静", "刘敏", reverse("admin:approval", args=[approval.ref]), "诉讼") == []
    assert "<del>5 年</del> → <ins>7 年</ins>" in body
    assert "7 年" in page(officer, "law", query="#rules")


def test_the_diff_tells_each_version_with_its_dates(officer, second):
    since = [reading.today() + timedelta(days=each) for each in (0, 30)]
    for period, enabled, day in (("6y", True, since[0]), ("8y", False, since[1])):
        with estate.acting(officer) as actor:
            asked = overriding.propose_override(
                "cn-log", period=period, enabled=enabled, since=day, reason="x", actor=actor
            )
        approve(second, asked)
    body = page(officer, "law_rule", "cn-log")
    wanted = [
        *(day.isoformat() for day in since),
        "<del>5 年</del> → <ins>6 年</ins>",
        "<del>6 年</del> → <ins>8 年</ins>",
        "<del>是</del> → <ins>否</ins>",
        "将生效",
    ]
    assert [each for each in wanted if each not in body] == []


def test_the_form_refuses_to_undercut_the_law_and_says_why(officer):
    address = reverse("admin:law_rule_change", args=["cn-identity"])
    said = {"number": 9, "unit": "y", "enabled": "on", "since": reading.today(), "reason": "x"}
    answer = browser(officer).post(address, said)
    assert answer.status_code == 422
    assert lacks(answer.content.decode(), "《反洗钱法》第三十四条要求至少保存 10 年") == []
    assert not Approval.objects.exists()


def test_an_own_rule_goes_from_the_form_to_the_library(officer, second):
    said = {"name": "claim-photos", "about": ["claim"], "trigger": "claim_closed", "term": "long",
            "clause": "CN-INS-26", "number": 90, "unit": "d", "since": reading.today(), "reason": "照片"}  # fmt: skip
    answer = browser(officer).post(reverse("admin:law_rule_new"), said)
    assert answer.status_code == 302, answer.context["form"].errors
    shown = browser(second).get(answer.url).content.decode()
    assert lacks(shown, "own-claim-photos", "90 天", "《保险法》第二十六条") == []
    approve(second, overriding.waiting("own-claim-photos"))
    assert lacks(page(officer, "law"), "own-claim-photos", "自定规则") == []
    assert lacks(page(officer, "law_rule", "own-claim-photos"), "自理赔结案起 90 天") == []
    assert "own-claim-photos" in page(officer, "law_clause", "CN-INS-26")


def test_a_confirmation_goes_from_the_form_to_the_clause(officer, second):
    address = reverse("admin:law_confirm", args=["CN-TRF-6"])
    said = {"mark": "V1", "source": "公报2011年第9号", "read_on": reading.today()}
    answer = browser(officer).post(address, said)
    shown = browser(second).get(answer.url).content.decode()
    assert lacks(shown, "待核 → 原文已核", load("cn").clauses["CN-TRF-6"].says_en) == []
    approval = Approval.objects.get()
    approve(second, approval)
    body = page(second, "law_clause", "CN-TRF-6")
    assert lacks(body, "公报2011年第9号", "陈静", "刘敏") == []
    assert "<del>待核</del> → <ins>原文已核</ins>" in body
    assert "prov-V1" in body


def test_a_text_that_changed_since_it_was_confirmed_says_so(officer, second):
    browser(officer).post(
        reverse("admin:law_confirm", args=["CN-TRF-6"]),
        {"mark": "V1", "source": "公报", "read_on": reading.today()},
    )
    asked = Approval.objects.get()
    approve(second, asked)
    row = Confirmation.objects.get()
    text = {**row.text, "says": "从前的说法"}
    again = Approval.objects.create(
        kind=asked.kind, payload={}, digest="0" * 64, requested_by=officer, rule=asked.rule,
        decided_by=second, decided_at=asked.requested_at, status="approved",
    )  # fmt: skip
    Confirmation.objects.filter(pk=row.pk).update(until=row.since)
    Confirmation.objects.create(
        clause="CN-TRF-6", version=2, mark="V1", source="公报", read_on=row.read_on, text=text,
        since=row.since, approval=again,
    )  # fmt: skip
    body = page(officer, "law_clause", "CN-TRF-6")
    assert lacks(body, "说法在核对之后改过") == []
    assert "<del>从前的说法</del>" in body
    assert "prov-M" in body


def draw(source, person=None, **context):
    request = RequestFactory().get("/")
    if person is not None:
        request.actor = actors.staff(person)
        context["request"] = request
    return Template("{% load ledger %}" + source).render(Context(context))


def test_a_mark_of_a_source_opens_its_clause_for_whoever_may_read_it(officer):
    address = reverse("admin:law_clause", args=["CN-INS-87"])
    body = draw('{% provenance "CN-INS-87" %}', officer)
    assert lacks(body, "《保险法》第八十七条", "✓✓ 原文已核") == []
    assert f'href="{address}"' in body
    assert "href" not in draw('{% provenance "CN-INS-87" %}', estate.user(Role.AGENT))
    assert "href" not in draw('{% provenance "CN-INS-87" %}')


def test_a_default_that_rests_on_a_clause_never_looks_like_law(officer):
    body = draw(
        "{% provenance rule.clause rule.mark %}", officer, rule=load("cn").retention["cn-log"]
    )
    assert lacks(body, "《个人信息保护法》第六十九条", "prov-default", "本公司默认") == []
    body = draw('{% provenance "保存 5 年" "default" clause="CN-PIPL-69" %}', officer)
    assert lacks(body, "保存 5 年", "prov-default", "CN-PIPL-69") == []


@pytest.mark.parametrize(
    ("place", "code"),
    [("quotas", "CN-CRIM"), ("training", "CN-PIPL-51"), ("training", "CN-NFRA-CUST"),
     ("inventory", "CN-PIPL-13")],
)  # fmt: skip
def test_every_legal_number_of_the_back_office_opens_its_clause(officer, place, code):
    assert reverse("admin:law_clause", args=[code]) in page(officer, place)


def test_the_database_is_asked_once_for_many_marks(officer, django_assert_max_num_queries):
    many = '{% for each in "12345" %}{% provenance "CN-INS-87" %}{% endfor %}'
    with django_assert_max_num_queries(1):
        draw(many, officer)


def test_the_library_asks_the_database_for_all_confirmations_at_once(
    officer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(1):
        reading.clauses("cn")
    assert not RuleOverride.objects.exists()


def test_the_law_still_holds_beside_a_longer_period_and_a_default_is_superseded(officer, second):
    for code, period in (("cn-identity", "12y"), ("cn-log", "7y")):
        with estate.acting(officer) as actor:
            asked = overriding.propose_override(
                code, period=period, since=reading.today(), reason="x", actor=actor
            )
        approve(second, asked)
    assert "已被取代" not in page(officer, "law_rule", "cn-identity")
    assert lacks(page(officer, "law_rule", "cn-identity"), "法定最短期限", "12 年") == []
    assert "已被取代" in page(officer, "law_rule", "cn-log")
