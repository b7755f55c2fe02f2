"""Break-glass: found in an emergency, told at once, lent for minutes, answered for afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from access import break_glass, gate
from access.actions import Action
from access.break_glass_admin import owed
from access.gate import Refused, StepUpNeeded
from access.models import Assignment, BreakGlass, Finding, User
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from incidents.models import Alert
from records import search
from records.search import Kind
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, MOBILE = estate.ZHANG["identity.mobile"], "identity.mobile"


@pytest.fixture
def handler():
    return estate.user(Role.CLAIMS_HANDLER)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def foreign():
    return estate.customer(of=[estate.user(Role.AGENT, name="王伟")], unit_=estate.unit("NJ"))


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    from access.models import PolicyRule

    PolicyRule.objects.update(hour_from=0, hour_until=24)


def begin(person, *, minutes=30, stepped_up=True):
    with estate.acting(person, stepped_up=stepped_up) as actor:
        return break_glass.begin(
            purpose="claim", reason="急诊室核对身份", minutes=minutes, actor=actor
        )


def ended(person):
    window = begin(person)
    with estate.acting(person) as actor:
        break_glass.close(window, actor=actor)
        window.refresh_from_db()
    return window


def find(person, value=PHONE, kind=Kind.MOBILE, channel="desk"):
    with estate.acting(person) as actor:
        return search.exact(kind, [value], purpose="claim", channel=channel, actor=actor).rows


def reveal(person, customer, purpose="claim"):
    with estate.acting(person) as actor:
        return gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=[MOBILE],
            purpose=purpose, channel="desk",
        ).entry  # fmt: skip


def review(person, window, verdict="justified", *, stepped_up=True):
    with estate.acting(person, stepped_up=stepped_up) as actor:
        break_glass.review(window, verdict=verdict, note="已核", actor=actor)


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.decision.because[0]


def test_without_a_window_nobody_of_another_unit_is_found(handler, foreign):
    assert find(handler) == []


def test_in_a_window_an_exact_search_finds_and_lends(handler, foreign, entries_since):
    begin(handler)
    assert [row.ref for row in find(handler)] == [foreign.ref]
    entry = reveal(handler, foreign)
    leaf = json.loads(next(each.leaf for each in entries_since() if each.id == entry))
    assert leaf["why"] == ["rule", "nearness-window"]
    assert refusal(lambda: reveal(handler, foreign, "payment")) == "grant-purpose"


def test_it_finds_by_an_exact_value_only_and_at_the_desk_only(handler, foreign):
    begin(handler)
    assert find(handler, "13800138001") == []
    assert find(handler, channel="api") == []
    assert not Assignment.objects.exists()


def test_what_was_lent_ends_with_the_window(handler, foreign):
    window = begin(handler)
    find(handler)
    with estate.acting(handler) as actor:
        break_glass.close(window, actor=actor)
    with pytest.raises(NotVisible):
        reveal(handler, foreign)
    assert find(handler) == []


def test_what_was_lent_is_dated_to_the_end_of_the_window(handler, foreign):
    window = begin(handler, minutes=15)
    find(handler)
    with estate.scopes.acting(estate.system()):
        assert [each.until for each in Assignment.objects.filter(window=window)] == [window.until]
    with clock.at(window.until):
        assert find(handler, "13800138001") == []
        with estate.acting(handler) as actor:
            assert break_glass.open_window(actor) is None


def test_a_search_that_brings_too_many_brings_none(handler, foreign, monkeypatch):
    monkeypatch.setattr(break_glass, "MOST", 1)
    estate.customer(of=[estate.user(Role.AGENT)], unit_=estate.unit("NJ"))
    begin(handler)
    assert find(handler) == []


def test_an_officer_hears_of_it_at_once(handler, officer):
    window = begin(handler)
    found = Finding.objects.get(kind=break_glass.KIND)
    assert (found.severity, found.operator, found.facts["window"]) == (
        "high",
        handler,
        str(window.ref),
    )
    assert Alert.objects.filter(finding=found).exists()
    assert "30" in found.words
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), officer)
    request = client.get("/admin/").wsgi_request
    with estate.acting(officer):
        told = owed(request)
    assert str(told.sentence) == "1 次紧急访问等待复盘。"


def test_opening_needs_a_fresh_second_factor_a_role_and_no_open_window(handler, officer):
    with pytest.raises(StepUpNeeded):
        begin(handler, stepped_up=False)
    with pytest.raises(Refused):
        begin(officer)
    begin(handler)
    assert refusal(lambda: begin(handler)) == "window-open"
    assert BreakGlass.objects.count() == 0  # nobody acts here, so none is seen


def test_an_overdue_review_takes_the_power_away_until_it_is_made(handler, officer):
    window = begin(handler)
    late = window.due_at + timedelta(minutes=1)
    with clock.at(late):
        assert refusal(lambda: begin(handler)) == "review-overdue"
        review(officer, window)
        begin(handler)


def test_a_window_is_reviewed_when_it_is_over(handler, officer):
    window = begin(handler)
    assert refusal(lambda: review(officer, window)) == "window-running"
    with clock.at(window.until):
        review(officer, window)


def test_nobody_reviews_his_own_nor_those_of_his_line(handler, officer):
    window = ended(handler)
    User.objects.filter(pk=handler.pk).update(manager=officer)
    assert refusal(lambda: review(officer, window)) == "reporting-line"
    other = estate.user(Role.SECURITY_OFFICER)
    with pytest.raises(StepUpNeeded):
        review(other, window, stepped_up=False)
    review(other, window, "unjustified")
    with pytest.raises(break_glass.Reviewed):
        review(other, window)
    with estate.scopes.acting(estate.system()):
        window.refresh_from_db()
        assert (window.verdict, window.reviewed_by) == ("unjustified", other)
        with pytest.raises(IntegrityError, match="reviewed_by_somebody_else"), transaction.atomic():
            BreakGlass.objects.filter(pk=window.pk).update(reviewed_by=handler)


def test_nobody_reads_anothers_windows_in_the_database(handler):
    begin(handler)
    with estate.acting(estate.user(Role.AGENT)):
        assert not BreakGlass.objects.exists()
    with estate.acting(handler):
        assert BreakGlass.objects.count() == 1


# Through the pages


def test_from_the_emergency_to_the_review(handler, officer, foreign):
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), handler, stepped_up=True)
    form = {"act": "open", "purpose": "claim", "reason": "急诊室核对身份", "minutes": "15"}
    opened = desk.post(reverse("desk:break_glass"), form, follow=True)
    assert "紧急访问开着" in opened.content.decode()
    asked = {"kind": "mobile", "value": PHONE, "purpose": "claim"}
    found = desk.post(reverse("desk:find"), asked).content.decode()
    assert foreign.ref in found
    with estate.scopes.acting(estate.system()):
        window = BreakGlass.objects.get()
    address = reverse("admin:break_glass", args=[window.ref])
    office = estate.login(Client(headers={"accept-language": "zh-hans"}), officer, stepped_up=True)
    assert "紧急访问还开着，结束后再复盘" in office.get(address).content.decode()
    assert desk.post(reverse("desk:break_glass"), {"act": "close"}).status_code == 302
    assert foreign.ref not in desk.post(reverse("desk:find"), asked).content.decode()
    page = office.get(address).content.decode()
    assert "急诊室核对身份" in page
    assert "检索" in page
    assert office.post(address, {"verdict": "", "note": ""}).status_code == 422
    assert office.post(address, {"verdict": "justified", "note": "属实"}).status_code == 302
    assert "正当" in office.get(reverse("admin:break_glasses")).content.decode()


@pytest.mark.parametrize("wrong", [{"reason": "急"}, {"minutes": "600"}, {"purpose": "x"}])
def test_a_wrong_form_opens_nothing(handler, wrong):
    desk = estate.login(Client(), handler, stepped_up=True)
    form = {"act": "open", "purpose": "claim", "reason": "急诊室核对身份", "minutes": "15", **wrong}
    assert desk.post(reverse("desk:break_glass"), form).status_code == 422
    with estate.scopes.acting(estate.system()):
        assert not BreakGlass.objects.exists()
