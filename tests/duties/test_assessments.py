"""Impact assessments: written, approved by another, in force until what they are about becomes more."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from access import approvals, rechecking, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.law import purpose_overriding
from access.law.reading import today
from access.models import Finding, User
from access.vocabulary import Role
from custodian import clock
from custodian.regimes import assessments as law
from custodian.regimes.rows import BadPack
from records import assessment_admin
from records.assessments import approving, owing, papers, standing, things, watching, writing
from records.assessments.standing import NotAssessed, State
from records.models import AssessmentCondition, ImpactAssessment
from records.retention.own_records.declaring import records as kept_records
from tests import estate
from tests.pdfs import text as text_of
from tests.records import assessed

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


class Cast:
    def __init__(self) -> None:
        self.first = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.SECURITY_OFFICER, name="周正")
        self.auditor = estate.user(Role.AUDITOR, name="钱明")

    def approved(self, about: str = "health", occasion: str = "sensitive", **more: Any) -> Any:
        return assessed.approved(
            "purpose", about, occasion, first=self.first, second=self.second, more=more
        )

    def page(self, person: User | None = None) -> Client:
        return estate.login(Client(), person or self.first, stepped_up=True)


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.VAR = tmp_path / "var"
    return Cast()


def state(row: ImpactAssessment) -> State:
    with scopes.acting(estate.system()):
        return standing.of(ImpactAssessment.objects.get(pk=row.pk)).state


def purpose(code: str) -> Any:
    found = things.find("purpose", code)
    assert found is not None
    return found


# -- writing and four eyes ----------------------------------------------------------------------


def test_it_counts_from_the_second_yes_and_by_somebody_else(cast):
    row = assessed.begin("purpose", "health", "sensitive", by=cast.first)
    with pytest.raises(NotAssessed):
        standing.require(purpose("health"))
    assessed.put_up(row, by=cast.first)
    assert state(row) is State.WAITING
    with pytest.raises(NotAssessed, match="还没有批准"):
        standing.require(purpose("health"))
    with pytest.raises(Refused):
        assessed.yes(row, by=cast.first)
    assessed.yes(row, by=cast.second)
    assert standing.require(purpose("health")) == row
    assert [str(row), row.stage] == [f"IA-{today().year}-001/1", "approved"]


def test_elements_come_from_the_register_and_people_are_counted(cast):
    estate.customer(of=())
    row = assessed.begin("purpose", "income", "sensitive", by=cast.first)
    assert row.facts["elements"] == ["financial.income"]
    assert row.facts["people"] == {"financial.income": 1}
    assessed.put_up(row, by=cast.first, elements=("identity.name",))  # typed, and not heeded
    assert row.facts["elements"] == ["financial.income"]


def test_what_is_missing_is_named_and_stops_it(cast):
    row = assessed.begin("purpose", "health", "sensitive", by=cast.first)
    for more, said in (
        ({"measures": ""}, "没有写保护措施"),
        ({"conclusion": ""}, "没有选结论"),
        ({"review_on": today()}, "复评日"),
        ({"review_on": today() + 4 * 366 * DAY}, "复评日"),
        ({"answers": {}}, "没有回答"),
        ({"conclusion": "conditions"}, "须写明条件"),
    ):
        with pytest.raises(writing.Incomplete, match=said):
            assessed.put_up(row, by=cast.first, **more)
    assert ImpactAssessment.objects.get().stage == "draft"


def test_nobody_assesses_what_is_not_there_nor_on_an_occasion_that_does_not_fit(cast):
    for kind, about, occasion in (
        ("purpose", "no-such", "sensitive"),
        ("purpose", "health", "entrust"),
        ("agreement", "AG-1", "entrust"),
        ("nonsense", "health", "sensitive"),
    ):
        with pytest.raises(writing.NothingToAssess):
            assessed.begin(kind, about, occasion, by=cast.first)


def test_an_edit_after_it_was_put_up_breaks_the_approval(cast):
    row = assessed.begin("purpose", "health", "sensitive", by=cast.first)
    assessed.put_up(row, by=cast.first)
    with estate.acting(cast.first) as actor, pytest.raises(writing.NotInWork):
        writing.write(row, assessed.said(row), actor=actor)
    ImpactAssessment.objects.filter(pk=row.pk).update(body=row.body.replace("加密", "没有"))
    with pytest.raises(papers.Altered):
        assessed.yes(row, by=cast.second)
    assert [each.pk for each in papers.altered()] == [row.approval_id]
    assert state(row) is State.WAITING


def test_what_gates_go_by_is_what_the_text_says(cast):
    """The elements in the row must be those that were approved, or somebody widened it by hand."""
    row = assessed.begin("purpose", "income", "sensitive", by=cast.first)
    assessed.put_up(row, by=cast.first)
    facts = {**row.facts, "elements": [*row.facts["elements"], "policy.health_declaration"]}
    ImpactAssessment.objects.filter(pk=row.pk).update(facts=facts)
    with pytest.raises(papers.Altered):
        assessed.yes(row, by=cast.second)
    assert rechecking.carry_out() == 1


def test_one_version_is_in_work_and_the_next_begins_with_the_last_words(cast):
    row = cast.approved()
    later = assessed.begin("purpose", "health", "sensitive", by=cast.first)
    assert (later.code, later.number, later.answers) == (row.code, 2, row.answers)
    with pytest.raises(writing.InWork):
        assessed.begin("purpose", "health", "sensitive", by=cast.first)
    assert state(row) is State.IN_FORCE  # until the next one is approved
    assessed.put_up(later, by=cast.first)
    assessed.yes(later, by=cast.second)
    assert (state(row), state(later)) == (State.SUPERSEDED, State.IN_FORCE)


def test_it_is_returned_and_withdrawn(cast):
    row = assessed.begin("purpose", "health", "sensitive", by=cast.first)
    assessed.put_up(row, by=cast.first)
    with estate.acting(cast.first) as actor:
        writing.withdraw(row, actor=actor)
    assert (row.stage, row.body, row.approval) == ("draft", "", None)
    assessed.put_up(row, by=cast.first)
    with estate.acting(cast.second, stepped_up=True) as actor:
        approval = row.approval
        approvals.send_back(approval, seen=approval.digest, note="措施太空", actor=actor)
    row.refresh_from_db()
    assert row.stage == "returned"
    assert approving.sent_back(row).note == "措施太空"


# -- in force, and not any more -----------------------------------------------------------------


def test_it_is_outdated_once_the_purpose_uses_more(cast):
    row = cast.approved("income")
    register = purpose_overriding.of_file("income")
    more = things.planned("purpose", "income")
    assert register.elements == more.elements
    wider = type(more)(**{**vars(more), "elements": (*more.elements, "financial.bank_account")})
    found = standing.of(row, thing=wider)
    assert found.state is State.OUTDATED
    assert "多出" in found.because[0]
    with pytest.raises(NotAssessed, match="起草下一版") as refused:
        standing.require(wider)
    assert refused.value.place == reverse("admin:assessment", args=[row.ref])
    less = type(more)(**{**vars(more), "elements": ()})
    assert standing.of(row, thing=less).state is State.IN_FORCE


@pytest.mark.parametrize(
    "more", [{"looks": ("marketing",)}, {"recipients": ("CP-9",)}, {"elements": ("identity.name",)}]
)
def test_another_look_or_recipient_makes_it_outdated_too(cast, more):
    row = cast.approved("income")
    now = purpose("income")
    assert standing.of(row, thing=type(now)(**{**vars(now), **more})).state is State.OUTDATED


def test_its_review_date_ends_it(cast):
    row = cast.approved(review_on=today() + DAY)
    assert state(row) is State.IN_FORCE
    with clock.at(clock.now() + 3 * DAY):
        assert state(row) is State.EXPIRED
        with pytest.raises(NotAssessed, match="复评日"):
            standing.require(purpose("health"))


def test_a_no_lets_nothing_through(cast):
    row = cast.approved(conclusion="stop")
    assert state(row) is State.STOPPED
    with pytest.raises(NotAssessed):
        standing.require(purpose("health"))


def test_one_about_something_else_does_not_count(cast):
    cast.approved("income")
    with pytest.raises(NotAssessed):
        standing.require(purpose("health"))


# -- kept as it was -----------------------------------------------------------------------------


def test_the_database_neither_changes_nor_destroys_an_approved_one(cast):
    row = cast.approved()
    for sql in (
        "UPDATE records_impactassessment SET conclusion = 'stop' WHERE id = %s",
        "UPDATE records_impactassessment SET stage = 'draft' WHERE id = %s",
        "DELETE FROM records_impactassessment WHERE id = %s",
    ):
        with (
            pytest.raises(InternalError, match="impact assessment"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [row.pk])


def test_after_three_years_it_may_go_and_not_before(cast):
    with clock.at(clock.now() - 5 * 366 * DAY):
        gone = Cast().approved(review_on=today() + 30 * DAY)
    stays = cast.approved("income")
    kind = next(each for each in kept_records if each.kind == "impact-assessment")
    with scopes.acting(estate.system()), transaction.atomic():
        kept = today().replace(year=today().year - 3)
        assert kind.expire(kept, 10) == 1
    assert list(ImpactAssessment.objects.values_list("pk", flat=True)) == [stays.pk]
    assert gone.pk != stays.pk


# -- conditions, the night and the pages --------------------------------------------------------


def test_conditions_have_an_owner_and_a_day_and_are_told_once_when_late(cast):
    condition = {"what": "由第二人复看拒保", "owner": cast.auditor, "due_on": today() + DAY}
    row = cast.approved(conclusion="conditions", conditions=[condition])
    assert state(row) is State.IN_FORCE
    held = AssessmentCondition.objects.get(assessment=row)
    assert (held.owner, held.is_late) == (cast.auditor, False)
    with clock.at(clock.now() + 3 * DAY):
        watching.carry_out()
        watching.carry_out()
        assert Finding.objects.filter(kind=watching.LATE).count() == 1
        with estate.acting(cast.first) as actor:
            approving.settle(held, note="已列入流程", actor=actor)
            with pytest.raises(approving.Settled):
                approving.settle(held, note="再来", actor=actor)
        watching.carry_out()
    assert Finding.objects.get(kind=watching.LATE).verdict == "settled"


def test_each_night_each_sensitive_processing_without_one_is_told_once(cast):
    with scopes.acting(estate.system()):
        owed = {each.thing.code for each in owing.everything()}
        lacking = {each.thing.code for each in owing.lacking()}
    assert {"health", "income", "account", "child"} <= owed == lacking
    assert "marketing" not in owed
    assert watching.carry_out() == len(owed)
    assert watching.carry_out() == 0
    cast.approved("income")
    watching.carry_out()
    told = Finding.objects.filter(kind=watching.KIND)
    assert told.get(facts__code="income").verdict == "settled"
    assert told.filter(status="open").count() == len(owed) - 1
    assert "敏感" not in told.get(facts__code="income").words
    assert "没有有效的个人信息保护影响评估" in told.get(facts__code="health").words


def test_what_an_officer_judged_is_not_told_again(cast):
    watching.carry_out()
    Finding.objects.filter(kind=watching.KIND).update(
        status="closed", verdict="justified", decided_at=clock.now(), decided_by=cast.first
    )
    assert watching.carry_out() == 0


def test_an_officer_writes_puts_up_and_prints_through_the_pages(cast):
    officer = cast.page()
    shown = officer.get(reverse("admin:assessments")).content.decode()
    assert "没有有效的评估" in shown
    assert "about=health" in shown
    begun = officer.post(
        reverse("admin:assessment_new"),
        {"thing": "purpose/health", "occasion": "sensitive", "title": ""},
    )
    row = ImpactAssessment.objects.get()
    assert begun["Location"] == reverse("admin:assessment", args=[row.ref])
    page = officer.get(begun["Location"]).content.decode()
    assert page.index("还缺什么") < page.index("评估什么")
    said = assessed.said(row)
    form = {**said["answers"], "title": row.title, "measures": "加密", "conclusion": "go"}
    again = officer.post(begun["Location"], {**form, "review_on": "", "act": "submit"})
    assert again.status_code == 422
    assert "复评日须在明天起三年以内" in again.content.decode()
    day = (today() + 90 * DAY).isoformat()
    assert (
        officer.post(begun["Location"], {**form, "review_on": day, "act": "submit"}).status_code
        == 302
    )
    row.refresh_from_db()
    assessed.yes(row, by=cast.second)
    printed = officer.get(reverse("admin:assessment_pdf", args=[row.ref]))
    text = text_of(printed.content)
    assert "个人信息保护影响评估报告" in text
    assert row.digest[:16] in text.replace("\n", "")
    assert "有效" in officer.get(begun["Location"]).content.decode()
    morning = officer.get(reverse("admin:index")).content.decode()
    assert "没有有效的影响评估" in morning


def test_a_step_that_is_not_open_answers_409_and_outsiders_get_nothing(cast):
    row = cast.approved()
    officer, place = cast.page(), reverse("admin:assessment", args=[row.ref])
    assert officer.post(place, {"act": "withdraw"}).status_code == 409
    assert (
        officer.post(
            place, {**assessed.said(row)["answers"], "act": "write", "title": "x"}
        ).status_code
        == 409
    )
    auditor = cast.page(cast.auditor)
    assert auditor.get(place).status_code == 200
    assert auditor.post(place, {"act": "next"}).status_code == 403
    assert (
        officer.get(
            reverse("admin:assessment", args=["0" * 8 + "-0000-4000-8000-" + "0" * 12])
        ).status_code
        == 404
    )


def test_the_log_names_it_and_never_its_words(cast, entries_since):
    row = cast.approved()
    estate.drain()
    leaves = [json.loads(each.leaf) for each in entries_since()]
    said = [each for each in leaves if each.get("assessment") == str(row)]
    assert [each["did"] for each in said] == ["draft", "draft", "ask"]
    assert [each["what"] for each in leaves if each.get("approval") == str(row.approval.ref)] == [
        "records:impact-assessment:approve"
    ]
    assert "掩码、日志" not in json.dumps(leaves, ensure_ascii=False)


# -- the law as data ----------------------------------------------------------------------------


@pytest.mark.parametrize("regime", ["cn", "eu", "uk", "us"])
def test_each_pack_says_when_one_is_owed_and_asks_under_each_heading(regime):
    form = law.of(regime)
    assert {each.occasion for each in form.grounds.values()} == set(law.Occasion)
    for occasion in law.Occasion:
        assert {each.heading for each in form.asked(occasion)} == set(law.Heading)


def test_the_ground_of_china_is_article_55_as_it_was_read():
    ground = law.of("cn").ground("provide")
    assert (ground.clause, ground.mark) == ("CN-PIPL-55", "V1")
    assert law.of("us").ground("provide").mark == "-"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('mark: "M"', 'mark: "V1"'),
        ("occasion: export", "occasion: publish"),
        ("EU-9", "EU-99"),
        ("heading: impact,", "heading: fear,"),
    ],
)
def test_a_file_that_is_surer_than_its_clause_or_wants_an_occasion_is_refused(was, now):
    text = (law.FOLDER / "eu.yaml").read_text("utf-8")
    with pytest.raises(BadPack):
        law.read(text.replace(was, now), "eu")


def test_nobody_starts_what_changed_since_it_was_put_up(cast, monkeypatch):
    row = assessed.begin("purpose", "income", "sensitive", by=cast.first)
    assessed.put_up(row, by=cast.first)
    now = purpose("income")
    wider = type(now)(**{**vars(now), "elements": (*now.elements, "identity.name")})
    monkeypatch.setattr(things, "planned", lambda *_of: wider)
    with pytest.raises(ContentChanged, match="所评估的处理有变"):
        assessed.yes(row, by=cast.second)


def test_the_list_pages(cast, monkeypatch):
    one, other = cast.approved(), cast.approved("income")
    monkeypatch.setattr(assessment_admin, "SHOWN", 1)
    client = cast.page()
    pages = [client.get("/admin/assessment/", {"page": n}).content.decode() for n in (1, 2)]
    assert ['href="?page=2"' in pages[0], 'href="?page=1"' in pages[1]] == [True, True]
    shown = [each.split('id="all"')[1] for each in pages]
    assert sum(str(one.ref) in each for each in shown) == 1
    assert sum(str(other.ref) in each for each in shown) == 1
    assert 'href="?all=1&amp;page=2"' in client.get("/admin/assessment/?all=1").content.decode()
