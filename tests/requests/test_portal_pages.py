"""The customer's pages: ask in one question, follow it, add to it, end it; and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.models import Entry
from custodian import clock
from records import references
from records.models import CustomerRequest, RequestEffect
from records.requests import handling, kinds, listing
from records.requests.listing import Listed
from tests import estate
from tests.requests import office as offices
from tests.requests.office import WORDS, everything, refreshed

pytestmark = pytest.mark.django_db
LIST = "/portal/requests/"
HOSTILE = "<script>alert(1)</script>\x00\r\nSet-Cookie: a=b\r\n\u202eolleh {{ 7*7 }} %(ref)s"


def place(asked):
    return f"{LIST}{asked.ref}/"


def fill(page):
    """What the form on the page holds before anybody types."""
    found = re.search(r'name="form" value="([0-9a-f-]{36})"', page.content.decode())
    return {"form": found[1]}


def asked_of(office, customer=None):
    with everything():
        return CustomerRequest.objects.filter(subject=(customer or office.customer).pk).latest("pk")


def test_the_list_begins_with_a_way_to_ask(office):
    page = office.browser().get(LIST)
    assert page.status_code == 200
    assert "您还没有提出过申请" in page.content.decode()
    assert f"{LIST}new/" in page.content.decode()


def test_every_kind_can_be_chosen_and_each_leads_to_one_question(office):
    browser = office.browser()
    page = browser.get(f"{LIST}new/").content.decode()
    elsewhere = {
        "copy": "/portal/data/copy/",
        "correction": "/portal/corrections/new/",
        "completion": "/portal/corrections/new/",
        "look_question": "/portal/looks/",
        "withdraw_consent": "/portal/consents/",
    }
    for kind in sorted(kinds.WAYS):
        assert f'href="{elsewhere.get(kind, f"{LIST}new/{kind}/")}"' in page, kind
        if kind == "look_question":
            continue
        asked = browser.get(f"{LIST}new/{kind}/")
        assert asked.status_code == 200, kind
        assert len(re.findall(r"<h1", asked.content.decode())) == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("access", {"text": ""}),
        ("complaint", {"text": WORDS}),
        ("deletion", {"text": WORDS}),
        ("restriction", {"kinds": ["financial"], "text": ""}),
        ("object", {"purpose": "follow_up", "text": ""}),
        ("portability", {"insurer": "示例人寿保险有限公司", "text": ""}),
        ("question", {"text": WORDS}),
        ("fraud_call", {"text": "对方知道我的保单号"}),
    ],
)
def test_she_asks_and_follows_it_at_once(office, kind, said):
    browser = office.browser()
    page = browser.get(f"{LIST}new/{kind}/")
    answer = browser.post(f"{LIST}new/{kind}/", {**fill(page), **said}, follow=True)
    asked = asked_of(office)
    text = answer.content.decode()
    assert answer.redirect_chain == [(place(asked), 302)]
    assert asked.ref in text
    assert "已受理" in text
    assert (asked.kind, asked.status) == (kind, "accepted")
    assert [each for each in said.values() if isinstance(each, str) and each not in text] == [
        each for each in said.values() if each == "follow_up"
    ]
    listed = browser.get(LIST).content.decode()
    assert place(asked) in listed
    assert WORDS not in listed


def test_what_is_missing_is_asked_for_and_what_was_typed_stays(office):
    browser = office.browser()
    page = browser.get(f"{LIST}new/portability/")
    answer = browser.post(
        f"{LIST}new/portability/", {**fill(page), "insurer": "", "text": "全部保单"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 1 处需要修改" in text
    assert "请写明转给哪家公司" in text
    assert "全部保单" in text
    assert browser.post(f"{LIST}new/complaint/", {**fill(page), "text": " "}).status_code == 422
    long = {**fill(page), "text": "长" * 2001}
    assert "最多 2000 字" in browser.post(f"{LIST}new/complaint/", long).content.decode()


def test_a_form_sent_twice_makes_one(office):
    browser = office.browser()
    sent = {**fill(browser.get(f"{LIST}new/complaint/")), "text": WORDS}
    first, second = (browser.post(f"{LIST}new/complaint/", sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with everything():
        assert CustomerRequest.objects.count() == 1


def test_the_same_again_leads_to_the_first_and_offers_to_add(office):
    asked = office.ask("deletion")
    browser = office.browser()
    answer = browser.get(f"{LIST}new/deletion/", follow=True)
    assert answer.redirect_chain == [(place(asked), 302)]
    assert "同样的申请还在办理" in answer.content.decode()
    assert "补充说明" in answer.content.decode()
    answer = browser.post(
        f"{LIST}new/deletion/", {"form": str(offices.form()), "text": ""}, follow=True
    )
    assert answer.redirect_chain == [(place(asked), 302)]


def test_one_too_many_is_said_clearly_with_what_is_open(office, settings):
    settings.CUSTODIAN_REQUESTS_OPEN = 1
    first = office.ask("question")
    browser = office.browser()
    sent = {"form": str(offices.form()), "text": WORDS}
    answer = browser.post(f"{LIST}new/feedback/", sent)
    text = answer.content.decode()
    assert answer.status_code == 429
    assert "没有收下" in text
    assert "本公司默认" in text
    assert place(first) in text
    assert WORDS not in text
    answer = browser.post(f"{LIST}new/complaint/", {**sent, "form": str(offices.form())})
    assert answer.status_code == 302


def test_she_adds_takes_back_and_rates(office):
    browser, asked = office.browser(), office.ask("complaint")
    browser.post(place(asked), {"act": "say", "text": "上月三号"})
    assert "上月三号" in browser.get(place(asked)).content.decode()
    assert browser.post(place(asked), {"act": "say", "text": ""}).status_code == 422
    office.answer(asked, office.desk)
    page = browser.get(place(asked)).content.decode()
    assert "已照办。" in page
    assert 'value="withdraw"' not in page
    assert browser.post(place(asked), {"act": "rate", "score": "9"}).status_code == 422
    browser.post(place(asked), {"act": "rate", "score": "4", "comment": "好"})
    assert (refreshed(asked).score, "您评价 4 分" in browser.get(place(asked)).content.decode()) == (
        4, True,
    )  # fmt: skip
    other = office.ask("question")
    browser.post(place(other), {"act": "withdraw"})
    assert refreshed(other).status == "withdrawn"


def test_a_refusal_says_why_and_where_to_go_on_with_its_source(office):
    asked = office.ask("deletion")
    office.refuse(asked)
    page = office.browser().get(place(asked)).content.decode()
    assert "法律要求保存。" in page
    for words in ("12378", "人民法院", "待核", "原文已核", "第五十条"):
        assert words in page


def test_what_stays_after_a_deletion_is_told_with_rule_and_mark(office):
    from tests.requests.test_effects import ended

    ended(office.customer)
    asked = office.ask("deletion")
    office.answer(asked)
    page = office.browser().get(place(asked)).content.decode()
    assert "部分办理" in page
    assert "法律要求继续保存；只存不用" in page
    assert "2030年5月1日" in page
    assert "原文已核" in page


def test_the_answer_is_not_told_before_it_is_done(office, monkeypatch):
    from records.requests import effects

    asked = office.ask("restriction", details={"kinds": ["financial"]})
    monkeypatch.setattr(effects, "carry_out", lambda key: None)
    with estate.acting(office.first) as actor:
        handling.answer(asked, "已照办，马上生效。", channel="admin", actor=actor)
    page = office.browser().get(place(asked)).content.decode()
    assert "马上生效" not in page
    with everything():
        assert RequestEffect.objects.filter(request=asked, status="queued").exists()


def test_a_restriction_is_lifted_by_herself(office):
    asked = office.ask("restriction", details={"kinds": ["financial"]})
    office.answer(asked)
    browser = office.browser()
    assert "解除限制" in browser.get(place(asked)).content.decode()
    browser.post(place(asked), {"act": "lift"})
    offices.done(asked)
    page = browser.get(place(asked)).content.decode()
    assert "已解除" in page
    assert 'value="lift"' not in page


def test_other_kinds_of_requests_stand_in_the_same_list(office, monkeypatch):
    row = Listed("k-1", "更正地址", "待确认", clock.now(), None, "/portal/", "info", waits=True)
    monkeypatch.setattr(listing, "_sources", [lambda actor, customer: [row]])
    office.ask("question")
    browser = office.browser()
    page = browser.get(LIST).content.decode()
    assert "更正地址" in page
    assert "有 2 项在办理" in page
    assert "1 项申请等您办理" in browser.get("/portal/").content.decode()


def test_a_question_back_waits_for_her_on_the_first_page(office):
    asked = office.ask("complaint")
    browser = office.browser()
    assert "等您补充" not in browser.get("/portal/").content.decode()
    with estate.acting(office.desk) as actor:
        handling.ask(asked, "请写明日期", channel="desk", actor=actor)
    assert "1 项申请等您办理" in browser.get("/portal/").content.decode()
    browser.post(place(asked), {"act": "say", "text": "上月"})
    assert "等您补充" not in browser.get("/portal/").content.decode()


# -- attacks ---------------------------------------------------------------------------------------


def test_somebody_elses_is_as_absent_as_what_does_not_exist(office, entries_since):
    hers = office.ask("complaint", customer=office.other)
    browser = office.browser()
    answers = []
    for ref in (hers.ref, references.new_request(), "r-nonsense", "../admin"):
        for answer in (
            browser.get(f"{LIST}{ref}/"),
            browser.post(f"{LIST}{ref}/", {"act": "withdraw"}),
            browser.post(f"{LIST}{ref}/", {"act": "say", "text": "x"}),
        ):
            assert answer.status_code == 404, ref
            answers.append(
                re.sub(r"\d{2}:\d{2}|#[\d,]+|" + re.escape(ref), "", answer.content.decode())
            )
    assert refreshed(hers).status == "accepted"
    assert {each.outcome for each in entries_since()[-3:]} == {"denied"}
    assert len({len(each) for each in answers[:6]}) <= 2


def test_another_site_cannot_ask_in_her_name(office):
    wary = Client(enforce_csrf_checks=True)
    from tests.portal import people

    people.signed_in(wary, office.customer)
    asked = office.ask("complaint")
    for where, body in (
        (f"{LIST}new/complaint/", {"form": str(offices.form()), "text": "x"}),
        (place(asked), {"act": "withdraw"}),
        (place(asked), {"act": "rate", "score": "5"}),
    ):
        assert wary.post(where, body).status_code == 403
    assert refreshed(asked).status == "accepted"


def test_what_she_types_is_shown_as_typed_and_turns_nothing_about(office):
    browser = office.browser()
    sent = {**fill(browser.get(f"{LIST}new/complaint/")), "text": HOSTILE}
    answer = browser.post(f"{LIST}new/complaint/", sent)
    assert "Set-Cookie: a" not in str(answer.headers)
    asked = asked_of(office)
    for client, where in (
        (browser, place(asked)),
        (office.at_desk(), reverse("desk:request", args=[asked.ref])),
        (office.at_desk(office.first), reverse("admin:request", args=[asked.ref])),
    ):
        page = client.get(where).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "\u202e" not in page
        assert "{{ 7*7 }}" in page  # is text, and no template
        assert 'dir="auto"' in page


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("object", {"purpose": "claim"}),
        ("object", {"purpose": ""}),
        ("restriction", {"kinds": ["request"]}),
        ("restriction", {"kinds": ["nothing"]}),
        ("complaint", {"text": "x", "form": "no uuid"}),
    ],
)
def test_what_no_page_offers_is_not_taken(office, kind, body):
    sent = {"form": str(offices.form()), "text": "x", **body}
    assert office.browser().post(f"{LIST}new/{kind}/", sent).status_code == 422
    with everything():
        assert not CustomerRequest.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "1"},
        {"status": "answered"},
        {"office": "service"},
        {"received_at": "2020-01-01"},
    ],
)
def test_unknown_parameters_are_refused(office, more):
    sent = {"form": str(offices.form()), "text": "x", **more}
    assert office.browser().post(f"{LIST}new/complaint/", sent).status_code == 400


def test_an_unknown_kind_or_act_is_not_there(office):
    browser, asked = office.browser(), office.ask("complaint")
    assert browser.get(f"{LIST}new/everything/").status_code == 404
    for act in ("answer", "refuse", "take", "", "lift-all"):
        assert browser.post(place(asked), {"act": act}).status_code == 404
    assert refreshed(asked).status == "accepted"


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(office):
    asked = office.ask("complaint")
    for where in (LIST, f"{LIST}new/", f"{LIST}new/complaint/", place(asked)):
        for client in (Client(), office.at_desk(office.agent)):
            assert client.get(where).headers["Location"] == "/portal/sign-in/"


def test_her_words_are_in_no_title_address_or_log(office, caplog, entries_since):
    browser = office.browser()
    sent = {**fill(browser.get(f"{LIST}new/complaint/")), "text": WORDS}
    answer = browser.post(f"{LIST}new/complaint/", sent)
    page = browser.get(answer.headers["Location"])
    title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)[1]
    assert WORDS not in title
    assert "张三丰" not in answer.headers["Location"]
    assert WORDS not in caplog.text
    assert "no-store" in page.headers["Cache-Control"]
    with scopes.acting(estate.system()):
        for each in Entry.objects.filter(pk__in=[one.pk for one in entries_since()]):
            assert WORDS not in each.leaf
