"""Four eyes over exactly the text, and versions that nothing rewrites."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access import approvals, scopes
from access.gate import Refused
from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from records.models import PublishedText, TextDraft, TextVersion, TextWithdrawal
from records.notices import drafting, headings, in_force, publishing, withdrawing
from records.notices.checking import Incomplete
from records.notices.contents import Both, read
from tests import estate
from tests.notices import writing

pytestmark = pytest.mark.django_db
Kind = PublishedText.Kind


@pytest.fixture
def people():
    return writing.officers()


def test_a_text_is_in_force_once_somebody_else_has_said_yes_to_exactly_it(people):
    approval = writing.send(writing.content(), by=people[0])
    assert in_force.notice_in_force() == ""
    writing.approve(approval, people[1])
    assert in_force.notice_in_force("processing") == "processing-1"
    version = TextVersion.objects.get()
    assert (version.drafted_by, version.approved_by) == people
    assert version.digest == approval.digest
    assert not TextDraft.objects.exists()
    assert publishing.is_as_approved(version)
    assert list(publishing.altered()) == []


def test_nobody_approves_his_own_text(people):
    approval = writing.send(writing.content(), by=people[0])
    with pytest.raises(Refused):
        writing.approve(approval, people[0])
    assert not TextVersion.objects.exists()


def test_editing_takes_the_approval_back(people):
    approval = writing.send(writing.content(), by=people[0])
    text = PublishedText.objects.get()
    with estate.acting(people[0]) as actor:
        drafting.edit(text, writing.with_part(writing.content(), "purposes", "别的"), actor=actor)
    approval.refresh_from_db()
    assert approval.status == Approval.Status.VOID
    with pytest.raises(approvals.ContentChanged):
        writing.approve(approval, people[1])
    assert not TextVersion.objects.exists()


def test_a_draft_that_was_changed_by_hand_is_not_published(people):
    approval = writing.send(writing.content(), by=people[0])
    draft = TextDraft.objects.get()
    said = {**draft.content, "title": {"zh": "别的标题", "en": "Another"}}
    TextDraft.objects.filter(pk=draft.pk).update(content=said)
    with pytest.raises(approvals.ContentChanged):
        writing.approve(approval, people[1])


def test_a_draft_keeps_its_approval_where_nothing_was_changed(people):
    approval = writing.send(writing.content(), by=people[0])
    with estate.acting(people[0]) as actor:
        drafting.edit(PublishedText.objects.get(), writing.content(), actor=actor)
    approval.refresh_from_db()
    assert approval.status == Approval.Status.WAITING


def test_what_was_sent_back_stays_a_draft_to_be_mended(people):
    approval = writing.send(writing.content(), by=people[0])
    with estate.acting(people[1], stepped_up=True) as actor:
        approvals.send_back(approval, seen=approval.digest, note="目的写得太宽", actor=actor)
    assert TextDraft.objects.get().approval.status == Approval.Status.RETURNED
    with estate.acting(people[0]) as actor:
        again = drafting.send(PublishedText.objects.get(), actor=actor)
    writing.approve(again, people[1])
    assert in_force.notice_in_force() == "processing-1"


@pytest.mark.parametrize("tongue", ["zh", "en"])
@pytest.mark.parametrize("key", ["controller", "retention", "rights"])
def test_what_the_law_wants_said_is_missed_by_name_and_clause(people, key, tongue):
    said = writing.content()
    parts = dict(said.parts)
    kept = {"zh": parts[key].zh, "en": parts[key].en, tongue: "  "}
    parts[key] = Both(**kept)
    with pytest.raises(Incomplete) as refused:
        writing.send(writing.content(parts=parts), by=people[0])
    (problem,) = refused.value.problems
    assert problem.field == f"{key}_{tongue}"
    assert "第十七条" in problem.sentence
    assert {"zh": "中文", "en": "英文"}[tongue] in problem.sentence


@pytest.mark.parametrize("kind", Kind.values)
def test_every_part_is_asked_for_in_both_languages(people, kind):
    said = writing.content(kind, parts={}, title=Both(), summary=Both())
    with pytest.raises(Incomplete) as refused:
        writing.send(said, kind=kind, slug="example", by=people[0])
    wanted = {f"{each.key}_{tongue}" for each in headings.of(kind) for tongue in ("zh", "en")}
    found = {each.field for each in refused.value.problems}
    assert wanted | {"title_zh", "title_en"} <= found


def test_a_new_version_says_in_words_what_changed(people):
    first = writing.publish(people=people)
    said = writing.with_part(read(first.content), "purposes", "多了一项目的。")
    with pytest.raises(Incomplete) as refused:
        writing.send(said, text=first.text, by=people[0])
    assert {each.field for each in refused.value.problems} == {"changes_zh", "changes_en"}


def test_the_same_words_are_no_new_version(people):
    first = writing.publish(people=people)
    said = read(first.content)
    changes = Both("没有改。", "Nothing.")
    with pytest.raises(drafting.Unchanged):
        writing.send(
            writing.content(parts=said.parts, changes=changes), text=first.text, by=people[0]
        )


def test_a_future_version_counts_from_its_day_on(people):
    first = writing.publish(people=people)
    day = drafting.today() + timedelta(days=10)
    later = writing.changed(read(first.content), "purposes", "新的目的。", since=day)
    second = writing.publish(later, text=first.text, people=people)
    assert second.code == "processing-2"
    assert in_force.notice_in_force() == "processing-1"
    assert in_force.notice_in_force(on=day - timedelta(days=1)) == "processing-1"
    assert in_force.notice_in_force(on=day) == "processing-2"


def test_an_approval_that_comes_late_counts_from_then_on_and_never_backwards(people):
    day = drafting.today()
    approval = writing.send(writing.content(), by=people[0])
    with clock.at(clock.now() + timedelta(days=3)):
        writing.approve(approval, people[1])
    assert in_force.notice_in_force(on=day) == ""
    assert in_force.notice_in_force(on=day + timedelta(days=3)) == "processing-1"


STATEMENTS = (
    "UPDATE records_textversion SET content = '{}'",
    "UPDATE records_textversion SET since = since - 1",
    "DELETE FROM records_textversion",
    "TRUNCATE records_textversion CASCADE",
    "UPDATE records_publishedtext SET slug = 'other'",
    "DELETE FROM records_publishedtext",
    'UPDATE records_textwithdrawal SET "on" = "on" + 1',
    "DELETE FROM records_textwithdrawal",
    "TRUNCATE records_textwithdrawal",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_was_published_is_neither_changed_nor_deleted_by_the_app_itself(people, statement):
    tip = writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    withdraw(tip, people)
    with connection.cursor() as cursor, scopes.acting(estate.system()):
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("custodian_app",)
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
    assert TextVersion.objects.get().since == tip.since
    assert TextWithdrawal.objects.exists()


def withdraw(version, people, reason="已有新的文章"):
    with estate.acting(people[0]) as actor:
        asked = withdrawing.ask(version, reason=reason, actor=actor)
    writing.approve(asked, people[1])
    return asked


def test_a_withdrawn_tip_vanishes_and_keeps_its_history(people):
    tip = writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    assert in_force.current("fraud-calls") == tip
    with estate.acting(people[0]) as actor:
        asked = withdrawing.ask(tip, reason="过时", actor=actor)
    assert in_force.current("fraud-calls") == tip
    with pytest.raises(Refused):
        writing.approve(asked, people[0])
    writing.approve(asked, people[1])
    assert in_force.current("fraud-calls") is None
    assert tip.text.versions.get().withdrawal.reason == "过时"
    with estate.acting(people[0]) as actor, pytest.raises(withdrawing.Gone):
        withdrawing.ask(tip, reason="再撤", actor=actor)
    assert list(withdrawing.altered()) == []


def test_an_article_comes_back_with_a_new_version(people):
    tip = writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    withdraw(tip, people)
    again = writing.publish(
        writing.changed(read(tip.content), "body", "新的正文。"), text=tip.text, people=people
    )
    assert in_force.current("fraud-calls") == again


def test_rules_in_force_are_followed_and_never_withdrawn(people):
    first = writing.publish(people=people)
    with estate.acting(people[0]) as actor, pytest.raises(withdrawing.RulesInForce):
        withdrawing.ask(first, reason="写错了", actor=actor)


def test_rules_that_are_still_to_come_can_be_stopped(people):
    first = writing.publish(people=people)
    day = drafting.today() + timedelta(days=10)
    later = writing.changed(read(first.content), "purposes", "新的目的。", since=day)
    second = writing.publish(later, text=first.text, people=people)
    withdraw(second, people)
    assert in_force.notice_in_force(on=day) == "processing-1"
    third = writing.publish(
        writing.changed(read(first.content), "purposes", "又一个目的。"),
        text=first.text, people=people,
    )  # fmt: skip
    assert third.code == "processing-3"
    assert in_force.before(third) == first


def test_an_article_is_gone_after_its_last_day(people):
    day = drafting.today()
    said = writing.content(Kind.TIP, until=day + timedelta(days=2))
    tip = writing.publish(said, kind=Kind.TIP, slug="fraud-calls", people=people)
    assert in_force.current("fraud-calls", day + timedelta(days=2)) == tip
    assert in_force.current("fraud-calls", day + timedelta(days=3)) is None


def test_announcements_are_numbered_by_the_year(people):
    year = drafting.today().year
    found = [writing.publish(kind=Kind.ANNOUNCEMENT, people=people).text.slug for _ in range(2)]
    assert found == [f"{year}-1", f"{year}-2"]


@pytest.mark.parametrize("slug", ["", "Fraud", "a b", "../x", "processing", "x" * 41, "防骗"])
def test_an_address_is_a_plain_word(people, slug):
    with pytest.raises(drafting.BadSlug):
        writing.send(writing.content(Kind.TIP), kind=Kind.TIP, slug=slug, by=people[0])


def test_two_texts_have_two_addresses(people):
    writing.publish(kind=Kind.TIP, slug="fraud-calls", people=people)
    with pytest.raises(drafting.BadSlug):
        writing.send(
            writing.content(Kind.ARTICLE), kind=Kind.ARTICLE, slug="fraud-calls", by=people[0]
        )


@pytest.mark.parametrize("role", [Role.AGENT, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_only_the_compliance_office_drafts(role):
    with pytest.raises(Refused):
        writing.send(writing.content(), by=estate.user(role))
    assert not PublishedText.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_drafting_and_publishing_stand_in_the_log(people, entries_since):
    version = writing.publish(people=people)
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    drafted = [each for each in told if each.get("what") == "records:notice:draft"]
    (approved,) = [each for each in told if each.get("what") == "records:notice:approve"]
    assert [each["published"] for each in drafted] == ["processing", "processing"]
    assert approved["digest"] == drafted[-1]["digest"] == version.digest
    assert (drafted[0]["no"], approved["no"]) == tuple(each.staff_no for each in people)


def test_a_discarded_draft_leaves_no_text_behind(people):
    writing.send(writing.content(), by=people[0])
    with estate.acting(people[0]) as actor:
        drafting.discard(PublishedText.objects.get(), actor=actor)
    assert not PublishedText.objects.exists()
    assert Approval.objects.get().status == Approval.Status.VOID


def test_a_version_written_by_hand_is_found(people):
    version = writing.publish(people=people)
    other = writing.send(writing.content(Kind.CHILDREN), kind=Kind.CHILDREN, by=people[0])
    with scopes.acting(estate.system()):
        TextVersion.objects.create(
            text=version.text, number=2, content=version.content, digest=version.digest,
            since=version.since, drafted_by=people[0], approved_by=people[1], approval=other,
        )  # fmt: skip
    assert list(publishing.altered()) == [other]
