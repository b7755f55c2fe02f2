"""Drafting, seeing beforehand, putting up, history and withdrawal in the back office."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import Approval
from access.vocabulary import Role
from records.models import PublishedText, TextDraft, TextVersion
from records.notice_forms import TextForm
from records.notices import announcing, drafting, headings, in_force
from records.notices.checking import Incomplete
from records.notices.contents import Both, read
from tests import estate
from tests.notices import writing

pytestmark = pytest.mark.django_db
Kind = PublishedText.Kind


@pytest.fixture
def people():
    return writing.officers()


@pytest.fixture
def browser(people):
    return office(people[0])


def office(person):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person)


def posted(kind=Kind.TIP, **more):
    said = {
        "title_zh": "示例标题", "title_en": "A title", "since": drafting.today().isoformat(),
        "summary_zh": "示例摘要", "summary_en": "A summary", "places": ["home"],
    }  # fmt: skip
    for each in headings.of(kind):
        said |= {f"{each.key}_zh": "正文。\r\n\r\n- 一条", f"{each.key}_en": "Text."}
    return {**said, **more}


def test_a_tip_goes_from_the_editor_to_its_page(people, browser):
    answer = browser.post(
        "/admin/notices/new/tip/", posted(slug="fraud-calls", act="send"), follow=True
    )
    assert answer.status_code == 200
    approval = Approval.objects.get()
    assert answer.request["PATH_INFO"] == f"/admin/approvals/{approval.ref}/"
    page = answer.content.decode()
    for words in (
        "示例标题",
        "A title",
        "示例摘要",
        "A summary",
        "正文。",
        "Text.",
        "客户服务首页",
    ):
        assert words in page
    second = estate.login(Client(), people[1], stepped_up=True)
    place = f"/admin/approvals/{approval.ref}/"
    done = second.post(place, {"act": "approve", "digest": approval.digest})
    assert done.status_code == 302
    public = Client(headers={"accept-language": "en"}).get("/tips/fraud-calls/")
    assert "A title" in public.content.decode()
    assert TextVersion.objects.get().content["parts"]["body"]["zh"] == "正文。\n\n- 一条"


def test_what_is_missing_is_said_beside_its_field_with_the_clause(browser):
    said = posted(Kind.PROCESSING, retention_zh="", act="send")
    answer = browser.post("/admin/notices/new/processing/", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "缺少中文的“保存多久”：《个人信息保护法》第十七条要求写明，请补上" in page
    assert "id_retention_zh" in page
    assert TextDraft.objects.count() == 1  # and it is kept as a draft
    assert not Approval.objects.exists()


def test_a_draft_may_lack_anything_until_it_is_put_up(browser):
    said = {"title_zh": "只有标题", "since": drafting.today().isoformat(), "act": "save"}
    answer = browser.post("/admin/notices/new/processing/", said)
    text = PublishedText.objects.get()
    assert answer["Location"] == f"/admin/notices/{text.ref}/"
    page = browser.post(f"/admin/notices/{text.ref}/send/")
    assert page.status_code == 422
    assert "缺少英文的“标题”" in page.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"since": "昨天"}, {"since": ""}, {"slug": ""}, {"places": ["nowhere"]}]
)
def test_what_cannot_be_kept_at_all_is_refused_with_the_words_still_there(browser, wrong):
    answer = browser.post("/admin/notices/new/tip/", posted(slug="fraud-calls") | wrong)
    assert answer.status_code == 422
    assert "示例标题" in answer.content.decode()
    assert not PublishedText.objects.exists()


def test_an_unsafe_link_is_refused_when_it_is_put_up(browser):
    said = posted(slug="fraud-calls", body_zh="[点这里](javascript:alert(1))", act="send")
    answer = browser.post("/admin/notices/new/tip/", said)
    assert answer.status_code == 422
    assert "链接“点这里”只能指向本站" in answer.content.decode()


def test_editing_from_the_page_voids_what_waits(people, browser):
    approval = writing.send(writing.content(), by=people[0])
    text = PublishedText.objects.get()
    assert "正在等待复核" in browser.get(f"/admin/notices/{text.ref}/edit/").content.decode()
    browser.post(f"/admin/notices/{text.ref}/edit/", posted(Kind.PROCESSING, act="save"))
    approval.refresh_from_db()
    assert approval.status == Approval.Status.VOID


@pytest.mark.parametrize("kind", Kind.values)
def test_a_draft_is_seen_beforehand_as_the_customer_will_see_it(people, browser, kind):
    writing.send(writing.content(kind), kind=kind, slug="example", by=people[0])
    text = PublishedText.objects.get()
    for tongue, title, warning in (("zh", "示例标题", "草稿预览"), ("en", "A title", "")):
        answer = browser.get(f"/admin/notices/{text.ref}/preview/?language={tongue}")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert title in page
        assert warning in page
        assert answer["Cache-Control"] == "no-store"


def test_history_shows_who_wrote_and_who_approved_and_the_difference_in_both_languages(
    people, browser
):
    first = writing.publish(people=people)
    later = writing.changed(read(first.content), "purposes", "新的目的。", "A new purpose.")
    writing.publish(later, text=first.text, people=people)
    page = browser.get(f"/admin/notices/{first.text.ref}/").content.decode()
    for words in ("processing-1", "processing-2", "陈静", "刘敏", "已被取代", "生效中"):
        assert words in page
    difference = browser.get(f"/admin/notices/{first.text.ref}/2/").content.decode()
    assert 'lang="en"' in difference
    assert "A new purpose" in difference.replace("<ins>", "")
    assert "The text of retention." in difference  # in full, also what stayed


def test_a_withdrawal_is_asked_for_with_a_reason(people, browser):
    tip = writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    place = f"/admin/notices/{tip.text.ref}/1/withdraw/"
    assert browser.post(place, {"reason": ""}).status_code == 422
    answer = browser.post(place, {"reason": "内容过时"})
    approval = Approval.objects.get(kind="notice-withdrawal")
    assert answer["Location"] == f"/admin/approvals/{approval.ref}/"
    writing.approve(approval, people[1])
    assert in_force.current("fraud-calls") is None
    page = browser.get(f"/admin/notices/{tip.text.ref}/").content.decode()
    assert "已撤下" in page
    assert "内容过时" in page


def test_rules_in_force_offer_no_withdrawal(people, browser):
    rules = writing.publish(people=people)
    page = browser.get(f"/admin/notices/{rules.text.ref}/").content.decode()
    assert "申请撤下" not in page
    browser.post(f"/admin/notices/{rules.text.ref}/1/withdraw/", {"reason": "写错了"})
    assert not Approval.objects.filter(kind="notice-withdrawal").exists()


def test_an_auditor_reads_and_drafts_nothing(people):
    rules = writing.publish(people=people)
    auditor = office(estate.user(Role.AUDITOR))
    page = auditor.get(f"/admin/notices/{rules.text.ref}/")
    assert page.status_code == 200
    assert "起草新版" not in page.content.decode()
    assert auditor.get(f"/admin/notices/{rules.text.ref}/edit/").status_code == 403


def test_an_incident_composes_an_announcement_that_two_people_publish(people):
    parts = writing.content(Kind.ANNOUNCEMENT).parts
    with estate.acting(people[0]) as actor:
        draft = announcing.compose(Both("公告", "Notice"), parts, actor=actor)
        asked = drafting.send(draft.text, actor=actor)
    writing.approve(asked, people[1])
    number = draft.text.slug
    page = (
        Client(headers={"accept-language": "zh-hans"}).get(f"/notices/{number}/").content.decode()
    )
    assert f"公告〔{number.partition('-')[0]}〕{number.partition('-')[2]} 号" in page
    with estate.acting(people[0]) as actor:
        announcing.update(
            draft.text, Both("公告", "Notice"), {**parts, "unknown": Both("都查清了。", "All is known.")},
            Both("查清了。", "It is known now."), actor=actor,
        )  # fmt: skip
        again = drafting.send(draft.text, actor=actor)
    writing.approve(again, people[1])
    page = (
        Client(headers={"accept-language": "zh-hans"}).get(f"/notices/{number}/").content.decode()
    )
    assert "第 2 版" in page
    assert "查清了。" in page


def test_an_announcement_has_the_parts_that_the_law_wants(people):
    with estate.acting(people[0]) as actor:
        with pytest.raises(KeyError):
            announcing.compose(Both("a", "b"), {"rumours": Both("a", "b")}, actor=actor)
        draft = announcing.compose(Both("a", "b"), {}, actor=actor)
        with pytest.raises(Incomplete) as refused:
            drafting.send(draft.text, actor=actor)
    assert "第五十七条" in str(refused.value.problems[0].sentence)


@pytest.mark.parametrize("kind", Kind.values)
def test_every_part_has_fields_of_its_own_in_the_editor(kind):
    """A part of a name that the editor uses already would show another's words."""
    said = writing.content(kind)
    form = TextForm(kind=kind, number=2, content=said, is_new=True)
    names = [bound.name for pair in form.pairs() for bound in pair.fields]
    assert len(names) == len(set(names))
    for each in headings.of(kind):
        assert form[f"{each.key}_zh"].value() == said.part(each.key).zh
