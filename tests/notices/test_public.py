"""What anybody reads: without signing in, without a cookie, and never what is not in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access.models import Entry
from custodian import clock
from custodian.regimes.packs import load
from records.models import PublishedText
from records.notices import drafting, first, headings
from records.notices.contents import Both, read
from records.notices.placing import tip_at
from tests import estate
from tests.notices import writing
from tests.portal import people as customers

pytestmark = pytest.mark.django_db
Kind = PublishedText.Kind
PLACES = ["/rules/", "/rules/processing/", "/rules/children/", "/tips/", "/notices/"]


@pytest.fixture
def people():
    return writing.officers()


@pytest.fixture
def anybody():
    return Client(headers={"accept-language": "zh-hans"})


def said(client: Client, place: str, status: int = 200) -> str:
    answer = client.get(place)
    assert answer.status_code == status, place
    return answer.content.decode()


@pytest.fixture
def published(people):
    rules = writing.publish(people=people)
    writing.publish(kind=Kind.CHILDREN, people=people)
    writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    announced = writing.publish(kind=Kind.ANNOUNCEMENT, people=people)
    later = writing.changed(read(rules.content), "purposes", "多了一项目的。")
    writing.publish(later, text=rules.text, people=people)
    return [
        *PLACES, "/rules/processing-1/", "/rules/processing-2/", "/rules/changes/processing-2/",
        "/rules/changes/processing-1/", "/tips/fraud-calls/", f"/notices/{announced.text.slug}/",
    ]  # fmt: skip


def test_every_page_is_there_before_anything_is_published(anybody):
    for place in PLACES:
        assert "400-000-0000" in said(anybody, place)


def test_no_page_sets_a_cookie_or_a_session_or_leaves_an_entry(anybody, published):
    estate.drain()
    before = Entry.objects.count()
    for place in published:
        answer = anybody.get(place)
        assert answer.status_code == 200, place
        assert not answer.cookies
        assert answer["Cache-Control"] == "public, max-age=300"
        assert {"accept-language", "cookie"} <= set(
            answer["Vary"].lower().replace(" ", "").split(",")
        )
        assert "X-Custodian-Kept" not in answer
    assert not anybody.cookies
    estate.drain()
    assert Entry.objects.count() == before


def test_what_somebody_signed_in_gets_is_kept_by_no_cache(published):
    customer = estate.customer()
    browser = customers.signed_in(Client(), customer)
    assert browser.get("/rules/")["Cache-Control"] == "no-store"
    assert Client().get("/rules/nothing-9/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "示例标题"), ("en", "A title")])
def test_each_reader_gets_his_language(published, language, title):
    client = Client(headers={"accept-language": language})
    for place in ("/rules/", "/tips/fraud-calls/"):
        assert title in said(client, place)


def test_the_rules_have_every_heading_of_the_law_and_both_versions(anybody, published):
    page = said(anybody, "/rules/")
    for each in headings.of(Kind.PROCESSING):
        assert each.titles["zh"] in page
    assert "processing-2" in page
    assert "/rules/processing-1/" in page
    assert "这是以前的一版" in said(anybody, "/rules/processing-1/")
    assert "/rules/changes/processing-2/" in page


def test_the_change_is_told_in_words_and_marked_word_by_word(anybody, published):
    page = said(anybody, "/rules/changes/processing-2/")
    assert "改了一处说明。" in page
    assert "<ins>" in page
    assert "<del>" in page
    assert "保存多久" not in page.split("<article")[1].split("</article>")[0]
    assert "这是第一版" in said(anybody, "/rules/changes/processing-1/")


@pytest.mark.parametrize(
    "place",
    [
        "/rules/processing-9/", "/rules/processing-0/", "/rules/processing-٣/", "/rules/tip-1/",
        "/rules/fraud-calls-1/", "/rules/changes/processing-9/", "/tips/processing/",
        "/tips/nothing/", "/notices/2026-99/", "/notices/fraud-calls/", "/rules/%00/",
        "/rules/processing-99999999999999999999/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(anybody, published, place):
    said(anybody, place, 404)


def test_what_is_to_come_shows_nowhere_yet_and_then_everywhere(anybody, people):
    rules = writing.publish(people=people)
    ahead = timedelta(days=10)
    later = writing.changed(
        read(rules.content), "purposes", "将来的目的。", since=drafting.today() + ahead
    )
    writing.publish(later, text=rules.text, people=people)
    tip = writing.content(Kind.TIP, since=drafting.today() + ahead)
    writing.publish(tip, kind=Kind.TIP, slug="fraud-calls", people=people)
    assert "将来的目的" not in said(anybody, "/rules/")
    assert "processing-2" not in said(anybody, "/rules/")
    said(anybody, "/rules/processing-2/", 404)
    said(anybody, "/rules/changes/processing-2/", 404)
    said(anybody, "/tips/fraud-calls/", 404)
    assert "fraud-calls" not in said(anybody, "/tips/")
    with clock.at(clock.now() + ahead):
        assert "将来的目的" in said(anybody, "/rules/")
        said(anybody, "/rules/changes/processing-2/")
        said(anybody, "/tips/fraud-calls/")


def test_a_draft_shows_nowhere(anybody, people):
    writing.send(writing.content(Kind.TIP), kind=Kind.TIP, slug="fraud-calls", by=people[0])
    writing.send(writing.content(), by=people[0])
    assert "示例标题" not in said(anybody, "/rules/") + said(anybody, "/tips/")
    said(anybody, "/tips/fraud-calls/", 404)


def test_a_hostile_text_is_inert_on_its_page(anybody, people):
    hostile = writing.with_part(
        writing.content(Kind.TIP, title=Both("<script>1</script>", "<script>1</script>")),
        "body", "<script>alert(1)</script>\n- <img src=x onerror=alert(1)>",
    )  # fmt: skip
    writing.publish(hostile, kind=Kind.TIP, slug="hostile", people=people)
    for place in ("/tips/hostile/", "/tips/"):
        page = said(anybody, place)
        assert "<script>1" not in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_front_page_and_the_sign_in_lead_there(anybody, published):
    for place in ("/", "/portal/sign-in/"):
        page = said(anybody, place)
        assert f'href="{reverse("public:rules")}"' in page
        assert f'href="{reverse("public:tips")}"' in page


def test_a_tip_shows_where_its_article_says_and_nowhere_else(anybody, people):
    tip = writing.content(Kind.TIP, places=("sign-in",))
    writing.publish(tip, kind=Kind.TIP, slug="never-a-code", people=people)
    assert "示例摘要" in said(anybody, "/portal/sign-in/")
    browser = customers.signed_in(Client(headers={"accept-language": "zh-hans"}), estate.customer())
    for place in ("/portal/", "/portal/claims/", "/portal/requests/", "/portal/looks/"):
        assert "示例摘要" not in said(browser, place)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("home", "/portal/"), ("claims", "/portal/claims/"), ("requests", "/portal/requests/"),
        ("looks", "/portal/looks/"), ("corrections", "/portal/corrections/new/"),
        ("requests", "/portal/requests/new/fraud_call/"),
    ],
)  # fmt: skip
def test_each_page_of_the_portal_has_a_place_for_a_tip(people, where, place):
    tip = writing.content(Kind.TIP, places=(where,))
    writing.publish(tip, kind=Kind.TIP, slug="fraud-calls", people=people)
    browser = customers.signed_in(Client(headers={"accept-language": "zh-hans"}), estate.customer())
    page = said(browser, place)
    assert "示例摘要" in page
    assert "/tips/fraud-calls/" in page


def test_several_tips_for_one_place_take_turns(people):
    for slug in ("one", "two"):
        said = writing.content(Kind.TIP, places=("home",))
        writing.publish(said, kind=Kind.TIP, slug=slug, people=people)
    seen = set()
    for days in range(2):
        with clock.at(clock.now() + timedelta(days=days)):
            seen.add(tip_at("home").slug)
    assert seen == {"one", "two"}


def test_the_first_texts_lack_nothing(people):
    """They go the ordinary way, which refuses what is missing."""
    found = list(first.texts(drafting.today()))
    assert {each.kind for each in found} >= {Kind.PROCESSING, Kind.CHILDREN, Kind.TIP, Kind.ARTICLE}
    for each in found:
        version = writing.publish(each.content, kind=each.kind, slug=each.slug, people=people)
        assert "$" not in str(version.content)
        for part in each.content.parts.values():
            assert part.zh.count("\n") == part.en.count("\n"), each.slug


def test_every_clause_that_asks_is_in_its_pack():
    for kind in Kind.values:
        for each in headings.of(kind):
            for regime, clause in each.clauses.items():
                assert clause in load(regime).clauses, clause
