"""Desk and back office: the list with what is late first, one request and its acts, intake by paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from access import admin_pages
from access.models import Approval, WorkItem
from access.vocabulary import Role
from custodian import clock
from records import references, request_admin
from records.models import CustomerRequest, RequestClock
from tests import estate
from tests.records import desk_estate
from tests.requests import office as offices
from tests.requests.office import WORDS, done, everything, refreshed, steps

pytestmark = pytest.mark.django_db
LIST = "/desk/requests/"
ADMIN = "/admin/requests/"


@pytest.fixture
def desk(office):
    return office.at_desk()


@pytest.fixture
def officer(office):
    return office.at_desk(office.first)


def one(asked, base=LIST):
    return f"{base}{asked.ref}/"


def read(client, asked, base=LIST):
    return client.get(one(asked, base)).content.decode()


def late(asked):
    """As if it had come long ago."""
    with everything():
        running = RequestClock.objects.get(request=asked)
        running.started_at -= timedelta(days=60)
        running.save()


def test_the_list_shows_what_is_late_first_and_names_masked(office, desk, entries_since):
    fresh, old = office.ask("question"), office.ask("complaint")
    late(old)
    page = desk.get(LIST).content.decode()
    assert page.index(old.ref) < page.index(fresh.ref)
    assert "已逾期" in page
    assert "张三丰" not in page
    assert WORDS not in page
    assert entries_since()[-1].act == "list"


def test_what_belongs_to_compliance_is_not_in_the_desks_list(office, desk, officer):
    asked = office.ask("deletion")
    assert asked.ref not in desk.get(LIST).content.decode()
    assert asked.ref in officer.get(ADMIN).content.decode()


def test_the_list_costs_no_more_for_many_than_for_one(office, desk, settings):
    settings.CUSTODIAN_REQUESTS_OPEN = 50
    office.ask("question")
    counts = []
    for _ in range(2):
        with desk_estate.statements() as sent:
            desk.get(LIST)
        seen = [
            sql for sql in sent if "access_policyrule" not in sql and '"access_quota"' not in sql
        ]
        counts.append(len(seen))
        for _more in range(6):
            office.ask("question")
    assert counts[1] <= counts[0]


def test_the_words_are_read_by_a_look_of_its_own(office, desk, entries_since):
    asked = office.ask("complaint")
    page = read(desk, asked)
    assert WORDS in page
    look = next(each for each in entries_since() if each.act == "reveal")
    assert (look.staff_no, look.purpose) == (office.desk.staff_no, "complaint")
    assert '"request.text"' in look.leaf
    assert WORDS not in look.leaf


def test_taken_asked_answered_at_the_desk(office, desk):
    asked = office.ask("complaint")
    desk.post(one(asked), {"act": "take"})
    desk.post(one(asked), {"act": "ask", "text": "请写明日期"})
    page = read(desk, asked)
    assert "请写明日期" in page
    assert 'value="take"' not in page
    answer = desk.post(
        one(asked), {"act": "answer", "outcome": "partly", "text": "已道歉并退费"}, follow=True
    )
    assert "已答复。" in answer.content.decode()
    assert refreshed(asked).status == "partly"
    assert "已道歉并退费" in read(desk, asked)
    assert 'value="answer"' not in read(desk, asked)


def test_a_form_that_lacks_something_comes_back_with_what_was_typed(office, desk):
    asked = office.ask("complaint")
    answer = desk.post(one(asked), {"act": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert "不予办理须写明理由" in answer.content.decode()
    assert refreshed(asked).status == "accepted"


def test_the_desk_passes_on_and_does_not_decide_what_is_compliances(office, desk):
    asked = office.ask("deletion")
    assert 'value="answer"' not in read(desk, asked)
    answer = desk.post(one(asked), {"act": "answer", "outcome": "answered", "text": "x"})
    assert answer.status_code == 403
    assert refreshed(asked).status == "accepted"


def test_more_time_is_offered_as_the_rule_has_it(office, desk, officer):
    asked = office.ask("complaint")
    page = read(desk, asked)
    assert "情况复杂" in page
    assert "特殊情况" not in page
    desk.post(one(asked), {"act": "extend", "extension": "complex", "reason": "须调录音"})
    assert steps(asked)[-1] == "extended"
    page = read(officer, asked, ADMIN)
    assert "特殊情况" in page
    assert "须由另一位合规官批准" in page
    wrong = {"act": "extend", "extension": "complex", "reason": "x"}
    assert officer.post(one(asked, ADMIN), wrong).status_code == 422
    officer.post(one(asked, ADMIN), {**wrong, "extension": "special"})
    approval = Approval.objects.get(kind="complaint-extension")
    second = office.at_desk(office.second)
    page = second.get(reverse("admin:approval", args=[approval.ref])).content.decode()
    assert asked.ref in page
    assert WORDS not in page
    assert "extension" not in read(desk, office.ask("question"))


def test_a_deletion_is_foreseen_before_it_is_decided(office, officer):
    asked = office.ask("deletion")
    page = read(officer, asked, ADMIN)
    assert "如果照办" in page
    assert "不再需要，列入下一批销毁" in page


def test_a_transfer_to_another_insurer_needs_all_four_conditions(office, officer):
    asked = office.ask("portability", insurer="示例人寿保险有限公司")
    said = {"act": "answer", "outcome": "answered", "text": "已转"}
    answer = officer.post(
        one(asked, ADMIN), {**said, "conditions": ["identity", "basis", "feasible"]}
    )
    assert answer.status_code == 422
    assert "四项条件没有全部符合" in answer.content.decode()
    assert "示例人寿保险有限公司" in answer.content.decode()
    all_four = ["identity", "basis", "feasible", "harmless"]
    form = {**said, "conditions": all_four, "fee": "无", "handover": "her", "formats": ["zip"]}
    officer.post(one(asked, ADMIN), form)
    assert refreshed(asked).status == "working"
    assert done(asked).status == "answered"
    assert asked.details["conditions"] == all_four
    assert "费用说明：无" in read(officer, asked, ADMIN)


# -- intake ------------------------------------------------------------------------------------------


def intake(client, office, **said):
    body = {
        "kind": "access",
        "came_by": "letter",
        "asked_by": "herself",
        "proof": "",
        "text": WORDS,
    }
    where = reverse("desk:request_new", args=[office.customer.ref])
    return client.post(where, {**body, **said}, follow=True)


def entered(office):
    with everything():
        return CustomerRequest.objects.filter(subject=office.customer.pk).latest("pk")


def test_a_letter_is_entered_with_its_day_and_waits_for_proof(office, desk):
    day = clock.local().date() - timedelta(days=3)
    page = intake(desk, office, received_on=day.isoformat()).content.decode()
    asked = entered(office)
    assert "还没有核验身份" in page
    assert (asked.status, clock.local(asked.received_at).date()) == ("received", day)
    assert 'value="answer"' not in page
    desk.post(one(asked), {"act": "prove", "proof": "signature"})
    assert refreshed(asked).status == "accepted"


def test_before_proof_the_desk_is_not_told_that_there_is_another(office, desk):
    first = office.ask("access")
    page = intake(desk, office).content.decode()
    asked = entered(office)
    assert asked != first
    assert first.ref not in page
    page = desk.post(one(asked), {"act": "prove", "proof": "call_back"}, follow=True)
    assert first.ref in page.content.decode()
    assert refreshed(asked).status == "withdrawn"
    assert asked.outcome == {"same_as": first.ref}
    assert steps(first)[-1] == "said"
    assert WORDS in read(desk, first)


def test_with_proof_it_is_accepted_at_once_or_led_to_the_first(office, desk):
    intake(desk, office, proof="in_person")
    asked = entered(office)
    assert (asked.status, asked.proven_by_id) == ("accepted", office.desk.pk)
    answer = intake(desk, office, proof="in_person")
    assert answer.redirect_chain[-1][0] == one(asked)
    with everything():
        assert CustomerRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": ""}, "请选择申请的事项"),
        ({"came_by": ""}, "请选择从哪里来"),
        ({"kind": "complaint", "text": ""}, "请写明申请的内容"),
        ({"kind": "portability"}, "请写明转给哪家公司"),
        ({"kind": "object"}, "请选一项用途"),
        ({"received_on": "2050-01-01"}, "收到日期须在今天以前"),
        ({"asked_by": "representative", "proof": "in_person"}, "须核对授权文件与双方证件"),
    ],
)
def test_what_is_missing_is_asked_for(office, desk, said, words):
    answer = intake(desk, office, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_customers_page_leads_to_the_intake(office, desk):
    where = reverse("desk:customer", args=[office.customer.ref])
    page = desk.post(where, {"purpose": "policy_service"}, follow=True).content.decode()
    assert reverse("desk:request_new", args=[office.customer.ref]) in page
    agent = office.at_desk(office.agent)
    page = agent.post(where, {"purpose": "policy_service"}, follow=True).content.decode()
    assert reverse("desk:request_new", args=[office.customer.ref]) not in page


# -- who may -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLAIMS_HANDLER])
def test_who_serves_the_customer_sees_no_requests(office, role, entries_since):
    asked = office.ask("complaint")
    client = office.at_desk(estate.user(role, name="别人"))
    for where in (LIST, one(asked), one(CustomerRequest(ref=references.new_request()))):
        assert client.get(where).status_code == 403
    assert client.post(one(asked), {"act": "take"}).status_code == 403
    assert {each.outcome for each in entries_since()[-4:]} == {"denied"}
    assert LIST not in client.get("/desk/work/").content.decode()


def test_an_auditor_sees_that_and_not_what(office):
    asked = office.ask("complaint")
    auditor = office.at_desk(estate.user(Role.AUDITOR))
    assert asked.ref in auditor.get(ADMIN).content.decode()
    page = read(auditor, asked, ADMIN)
    assert WORDS not in page
    assert "您的岗位看不到申请的原话" in page
    assert auditor.post(one(asked, ADMIN), {"act": "take"}).status_code == 403


def test_absent_is_absent(desk, officer):
    for client, base in ((desk, LIST), (officer, ADMIN)):
        for ref in (references.new_request(), "r-x", "c-7K2M-41PD-9QX"):
            assert client.get(f"{base}{ref}/").status_code == 404
            assert client.post(f"{base}{ref}/", {"act": "take"}).status_code == 404


def test_unknown_acts_and_parameters_are_refused(office, desk, officer):
    asked = office.ask("complaint")
    assert desk.post(one(asked), {"act": "destroy"}).status_code == 404
    assert officer.post(one(asked, ADMIN), {"act": "prove"}).status_code == 422
    assert desk.post(one(asked), {"act": "take", "status": "answered"}).status_code == 400
    assert refreshed(asked).status == "accepted"


# -- the office's overview -----------------------------------------------------------------------------


def test_the_morning_page_says_what_is_late_and_the_menu_counts(office, officer, monkeypatch):
    # A slow machine seals the log late, and that would be more urgent than any request.
    monkeypatch.setattr(admin_pages, "headlines", [request_admin.late])
    asked, other = office.ask("complaint"), office.ask("deletion")
    late(asked)
    page = officer.get("/admin/").content.decode()
    assert "1 项客户申请已逾期" in page
    assert one(asked, ADMIN) in page
    assert one(other, ADMIN) in page


def test_a_reference_typed_into_the_search_opens_it(office, officer):
    asked = office.ask("complaint")
    answer = officer.post("/admin/find/", {"q": asked.ref.lower()})
    assert answer.headers["Location"] == one(asked, ADMIN)


def test_the_numbers_say_how_many_in_time_and_how_content(office, officer):
    for score in (5, 4, 2, 1, 3):
        asked = office.ask("question")
        office.answer(asked, office.desk)
        with everything():
            CustomerRequest.objects.filter(pk=asked.pk).update(score=score, rated_at=clock.now())
    slow = office.ask("complaint")
    late(slow)
    office.answer(slow, office.desk)
    page = officer.get("/admin/requests/numbers/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "100.0%" in text
    assert "0.0%" in text
    assert "3.0" in text


def test_few_ratings_make_no_mean(office, officer):
    asked = office.ask("question")
    office.answer(asked, office.desk)
    with everything():
        CustomerRequest.objects.filter(pk=asked.pk).update(score=1, rated_at=clock.now())
    assert "评价太少" in officer.get("/admin/requests/numbers/").content.decode()


def test_filters_and_pages(office, officer, monkeypatch):
    from records import request_lists

    monkeypatch.setattr(request_lists, "SHOWN", 2)
    asked = [office.ask("complaint") for _ in range(5)]
    page = officer.get(f"{ADMIN}?kind=complaint&office=service").content.decode()
    assert all(each.ref in page for each in asked[:2])
    assert asked[2].ref not in page
    after = re.search(r"after=(r-[0-9A-Z-]+)", page)[1]
    page = officer.get(f"{ADMIN}?kind=complaint&after={after}").content.decode()
    assert all(each.ref in page for each in asked[2:4])
    assert asked[0].ref not in officer.get(f"{ADMIN}?kind=deletion").content.decode()
    office.answer(asked[0], office.desk)
    assert asked[0].ref in officer.get(f"{ADMIN}?show=ended").content.decode()
    assert asked[0].ref not in officer.get(ADMIN).content.decode()


def test_work_is_listed_where_other_work_is(office, desk):
    asked = office.ask("complaint")
    desk.post(one(asked), {"act": "take"})
    assert asked.ref in desk.get("/desk/work/").content.decode()
    with everything():
        assert WorkItem.objects.get(number=asked.ref).user_id == office.desk.pk
    assert offices.WORDS not in desk.get("/desk/work/").content.decode()
