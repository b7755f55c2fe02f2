"""A matter: opened, seen by its group alone, through its stages in order, decided by two, appealed to others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from access import approvals, scopes
from access.gate import Refused
from access.models import Approval, Entry, User
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from incidents import sanction_admin
from incidents.cases import group as incident_group
from incidents.cases import opening as incident_opening
from incidents.cases.standing import OnlyExercise
from incidents.models import (
    Kind,
    RehireFlag,
    SanctionAnswer,
    SanctionCase,
    SanctionEntry,
    SanctionMember,
    SanctionPaper,
    SanctionRuling,
    SanctionSupervisor,
)
from incidents.sanctions import (
    closing,
    deciding,
    flags,
    hearing,
    investigating,
    letters,
    opening,
    people,
    serving,
    standing,
)
from tests import estate, pdfs
from tests.incidents.sanctioning import (
    NAME,
    NUMBER,
    OLD,
    WORDS,
    Office,
    intermediary,
    later,
    signed_in,
    today,
)

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    SanctionCase, SanctionEntry, SanctionMember, SanctionPaper, SanctionAnswer, SanctionRuling,
    SanctionSupervisor,
)  # fmt: skip


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_matter_goes_through_every_stage_in_order(office: Office) -> None:
    seen = [office.at()]
    office.notify()
    seen.append(office.at())
    office.hear()
    seen.append(office.at())
    office.judge()
    office.approve(office.propose(), office.second)
    seen.append(office.at())
    office.serve("decision")
    seen.append(office.at())
    with estate.acting(office.lead) as actor:
        hearing.record(office.matter, "appeal", "处理过重", actor=actor)
    seen.append(office.at())
    office.settle("upheld")
    seen.append(office.at())
    office.serve("appeal")
    office.serve("referral", "authority")
    office.close()
    seen.append(office.at())
    assert seen == list(SanctionCase.Stage.values)


def test_only_the_group_sees_any_row_of_it(office: Office) -> None:
    office.appeal()
    for person in (office.outside, office.boss, office.person, estate.user(Role.ADMINISTRATOR)):
        with estate.acting(person):
            for table in TABLES:
                rows = table.objects.all()
                if table is SanctionPaper and person == office.person:
                    rows = rows.filter(served_on=None)
                if table is SanctionAnswer and person == office.person:
                    continue
                assert not rows.exists(), (person.name, table)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE incidents_sanctioncase SET acts = '{}'")
                assert cursor.rowcount == 0
    with estate.acting(office.auditor):
        assert SanctionCase.objects.get() == office.matter
        assert SanctionMember.objects.get().user == office.auditor, "and of the group himself"


def test_to_anybody_else_it_is_not_there_and_counts_nowhere(office: Office) -> None:
    office.heard()
    asked = office.propose()
    paper = office.paper("findings")
    for person in (office.outside, office.boss):
        client = signed_in(person)
        for path in (f"/admin/sanction/{office.matter.code}/", "/admin/sanction/S-2026-999/"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"act": "note", "text": "x"}).status_code == 404
        assert client.post(f"/admin/sanction-paper/{paper.ref}/").status_code == 404
        assert client.get(f"/admin/approvals/{asked.ref}/").status_code == 404
        for path in ("/admin/", "/admin/sanction/", "/admin/access/approval/", "/admin/jobs/"):
            page = client.get(path, follow=True).content.decode()
            assert office.matter.code not in page, path
            # Whoever may open a matter chooses among all staff.
            assert NAME not in page or path == "/admin/sanction/", path
            assert "责任追究决定" not in page, path
    refused = Entry.objects.filter(outcome="denied").order_by("-pk").first()
    assert refused is not None


def test_the_group_sees_its_approval(office: Office) -> None:
    office.heard()
    asked = office.propose()
    page = signed_in(office.second).get(f"/admin/approvals/{asked.ref}/").content.decode()
    assert NAME in page
    assert WORDS["zh"] in page
    assert (
        "责任追究决定" in signed_in(office.second).get("/admin/access/approval/").content.decode()
    )


def test_every_page_of_a_matter_says_who_may_know(office: Office) -> None:
    client = signed_in(office.lead)
    for path in ("/admin/sanction/", f"/admin/sanction/{office.matter.code}/"):
        assert "只限工作组知悉" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("heard", {"outcome": "held", "minutes": "x"}),
        ("record", {"kind": "statement", "text": "x"}),
        ("record", {"kind": "appeal", "text": "x"}),
        ("decide", {"measures": ["warning"], "zh": "x"}),
        ("settle", {"outcome": "revoked", "zh": "x"}),
        ("close", {}),
    ],
)
def test_no_step_is_skipped_by_a_direct_post(
    office: Office, act: str, said: dict[str, Any]
) -> None:
    client = signed_in(office.lead)
    answer = client.post(f"/admin/sanction/{office.matter.code}/", {"act": act, **said})
    assert answer.status_code == 409
    assert office.at() == "investigation"


def test_no_move_starts_from_any_other_stage() -> None:
    order = list(SanctionCase.Stage.values)
    for name, each in standing.SANCTION.moves.items():
        ahead = {order.index(each.target) - order.index(source) for source in each.sources}
        assert ahead == {1} if name != "close" else ahead == {1, 3}, name


def test_the_database_knows_the_order_as_well(office: Office) -> None:
    with estate.acting(office.lead):
        for stage in ("heard", "decided", "served", "closed"):
            with pytest.raises(IntegrityError), transaction.atomic():
                SanctionCase.objects.filter(pk=office.matter.pk).update(stage=stage)
    with scopes.acting(estate.system()), transaction.atomic():
        row = SanctionCase.objects.get(pk=office.matter.pk)
        row.pk, row.ref, row.code, row.holding = None, uuid4(), "S-2026-900", uuid4()
        row.kind = "outside"
        with pytest.raises(IntegrityError, match="or_of_an_intermediary"):
            row.save(force_insert=True)


def test_what_is_on_record_stays(office: Office) -> None:
    office.decide()
    with estate.acting(office.lead):
        for rows in (
            SanctionEntry.objects.all(),
            SanctionPaper.objects.all(),
            SanctionRuling.objects.all(),
        ):
            change = {"sha256": "0" * 64} if rows.model is SanctionPaper else {"facts": {}}
            change = {"measures": ["warning"]} if rows.model is SanctionRuling else change
            with pytest.raises(Exception, match="kept as it was"), transaction.atomic():
                rows.update(**change)


def test_nobody_opens_a_matter_about_himself_or_his_line(office: Office) -> None:
    for person in (office.boss, office.lead):
        with pytest.raises(people.Near):
            office.open(by=office.boss, person=person if person == office.boss else office.person)
    with pytest.raises(opening.WhoseMatter):
        office.open(person=None)
    with pytest.raises(opening.WhoseMatter):
        office.open(intermediary=intermediary(), name="某某")
    with pytest.raises(opening.NoAct):
        office.open(acts=["gossip"])


def test_neither_he_nor_his_line_joins_the_group(office: Office) -> None:
    officer = estate.user(Role.COMPLIANCE_OFFICER, name="当事人")
    matter = office.open(person=officer, kind="employee")
    with estate.acting(office.lead) as actor:
        for each in (officer, estate.user(Role.AUDITOR, manager=officer)):
            with pytest.raises(people.CannotJoin):
                people.let_in(matter, each, "member", actor=actor)
        with pytest.raises(people.CannotJoin):
            people.let_in(office.matter, office.boss, "member", actor=actor)
        people.let_in(office.matter, office.outside, "member", actor=actor)
    with estate.acting(office.second) as actor, pytest.raises(standing.NotInTheGroup):
        people.let_in(matter, office.outside, "member", actor=actor)


def test_who_leaves_sees_nothing_from_then_on_and_a_lead_stays(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        rows = {each.user: each for each in people.group(office.matter)}
        people.let_out(office.matter, rows[office.second], actor=actor)
        with pytest.raises(people.LastLead):
            people.let_out(office.matter, rows[office.lead], actor=actor)
    with estate.acting(office.second):
        assert not SanctionCase.objects.exists()


def test_an_incident_opens_one_for_its_members_alone(office: Office) -> None:
    with estate.acting(office.lead) as actor:
        case = incident_opening.open_case(
            kind=Kind.INSIDER, title="名单外泄", occurred_at=None, aware_at=clock.now(), actor=actor,
        )  # fmt: skip
        game = incident_opening.open_case(
            kind=Kind.INSIDER, title="演练", occurred_at=None, aware_at=clock.now(), exercise=True,
            actor=actor,
        )  # fmt: skip
    assert office.open(incident=case).incident_id == case.pk
    with pytest.raises(NotVisible):
        office.open(incident=case, by=office.second)
    with pytest.raises(OnlyExercise):
        office.open(incident=game)
    with estate.acting(office.lead) as actor:
        incident_group.let_in(case, office.auditor, "observer", actor=actor)


def test_the_hearing_has_its_time(office: Office) -> None:
    office.notify()
    with estate.acting(office.lead) as actor:
        with pytest.raises(hearing.NotOver):
            hearing.hold(office.matter, "silent", "", actor=actor)
        with pytest.raises(hearing.NotSaid):
            hearing.hold(office.matter, "waived", "", actor=actor)
        with pytest.raises(hearing.NotSaid):
            hearing.hold(office.matter, "held", " ", actor=actor)
    with later(6):
        with pytest.raises(hearing.TooLate):
            office.say("statement", "太晚了", office.paper("findings"))
        with estate.acting(office.lead) as actor:
            hearing.hold(office.matter, "silent", "", actor=actor)
    assert office.at() == "heard"


def test_who_has_spoken_was_not_silent(office: Office) -> None:
    paper = office.notify()
    office.say("statement", "我只查了自己的客户", paper)
    with later(6), estate.acting(office.lead) as actor:
        with pytest.raises(hearing.NotOver):
            hearing.hold(office.matter, "silent", "", actor=actor)
        hearing.hold(office.matter, "held", "", actor=actor)


def test_a_waiver_is_his_own(office: Office) -> None:
    paper = office.notify()
    office.say("waiver", "", paper)
    with estate.acting(office.lead) as actor:
        hearing.hold(office.matter, "waived", "", actor=actor)
    assert office.at() == "heard"


def test_findings_wait_for_an_id_number_where_a_flag_may_follow(office: Office) -> None:
    matter = office.open(id_number="")
    with estate.acting(office.lead) as actor:
        with pytest.raises(serving.NumberMissing):
            serving.issue_findings(matter, WORDS, actor=actor)
        with pytest.raises(people.BadNumber):
            people.know(matter, "320311198604180012", actor=actor)
        people.know(matter, OLD, actor=actor)
        matter.refresh_from_db()
        assert people.who(matter).id_number == NUMBER
        with pytest.raises(serving.SaysNothing):
            serving.issue_findings(matter, {"zh": " ", "en": ""}, actor=actor)
        serving.issue_findings(matter, WORDS, actor=actor)


def test_a_letter_is_served_once_and_on_a_day_that_can_be(office: Office) -> None:
    with estate.acting(office.second) as actor, pytest.raises(standing.NotTheLead):
        serving.issue_findings(office.matter, WORDS, actor=actor)
    with estate.acting(office.lead) as actor:
        paper = serving.issue_findings(office.matter, WORDS, actor=actor)
        ahead = today().replace(year=today().year + 1)
        for on, how in (
            (ahead, "post"),
            (today().replace(year=2020), "post"),
            (today(), "authority"),
        ):
            with pytest.raises(serving.CannotServe):
                serving.note_service(paper, on, how, note="", actor=actor)
    office.serve("findings")
    with pytest.raises(standing.WrongStep):
        office.serve("findings")


def test_measures_fit_the_person_and_the_act(office: Office) -> None:
    office.heard()
    for measures in (["end_labour"], ["none", "warning"], [], ["shooting"]):
        with estate.acting(office.lead) as actor, pytest.raises(deciding.DoesNotFit):
            deciding.propose(office.matter, measures, WORDS, actor=actor)
    induced = Office()
    with estate.acting(induced.lead) as actor:
        investigating.settle_acts(induced.matter, ["induce"], why="没有泄露", actor=actor)
    induced.heard()
    with pytest.raises(deciding.DoesNotFit):
        induced.propose("refer")
    induced.approve(induced.propose("end_agency"), induced.second)
    with estate.acting(induced.lead):
        assert not induced.matter.flags.exists(), "inducing is not one of the three acts"


def test_every_superior_is_judged_before_the_decision(office: Office) -> None:
    office.notify()
    office.hear()
    with pytest.raises(deciding.SuperiorsOpen):
        office.propose()
    with estate.acting(office.lead) as actor:
        with pytest.raises(investigating.NotHisSuperior):
            investigating.judge(office.matter, office.outside, "released", why="x", actor=actor)
        investigating.judge(office.matter, office.boss, "reminded", why="没有复核", actor=actor)
    asked = office.propose()
    with estate.acting(office.lead) as actor, pytest.raises(investigating.Waiting):
        investigating.judge(office.matter, office.boss, "released", why="改判", actor=actor)
    office.approve(asked, office.second)


def test_nobody_approves_his_own_nor_from_outside_nor_near(office: Office) -> None:
    office.heard()
    asked = office.propose()
    for person, error in (
        (office.lead, Refused),
        (office.boss, Refused),
        (office.outside, standing.NotInTheGroup),
    ):
        with pytest.raises(error):
            office.approve(asked, person)
    assert office.at() == "heard"


def test_the_second_says_yes_to_exactly_these_words(office: Office) -> None:
    office.heard()
    asked = office.propose()
    with estate.acting(office.lead) as actor:
        with pytest.raises(investigating.Waiting):
            deciding.propose(office.matter, ["warning"], WORDS, actor=actor)
        SanctionSupervisor.objects.update(verdict="matter")
    with pytest.raises(approvals.ContentChanged):
        office.approve(asked, office.second)
    with estate.acting(office.lead) as actor:
        deciding.withdraw(office.matter, actor=actor)
        asked.refresh_from_db()
        assert asked.status == Approval.Status.VOID
    office.approve(office.propose("warning"), office.second)
    assert office.at() == "decided"


def test_an_approval_names_nobody(office: Office) -> None:
    office.heard()
    office.propose()
    said = str(list(Approval.objects.values_list("payload", flat=True)))
    assert NAME not in said
    assert NUMBER not in said
    assert WORDS["zh"] not in said


def test_termination_ends_his_sessions_at_once(office: Office) -> None:
    client = estate.login(Client(), office.person)
    assert client.get("/accounts/letters/").status_code == 200
    office.decide("end_agency")
    answer = client.get("/accounts/letters/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]
    assert not User.objects.get(pk=office.person.pk).is_active


def test_a_warning_keeps_him_and_sets_no_flag(office: Office) -> None:
    office.decide("warning")
    assert User.objects.get(pk=office.person.pk).is_active
    with estate.acting(office.lead):
        assert not RehireFlag.objects.exists()
        assert set(office.matter.papers.values_list("kind", flat=True)) == {"findings", "decision"}


def test_a_decision_has_its_letters_in_two_languages(office: Office) -> None:
    office.decide()
    with estate.acting(office.lead):
        for kind, words in (
            ("findings", ("调查结果告知书", "陈述")),
            ("decision", ("处理决定书", "解除代理合同", "一般不得", "申诉")),
            ("referral", ("移送函", NUMBER)),
        ):
            row = office.paper(kind)
            body = letters.content(office.matter, row)
            text = pdfs.text(letters.printed(body, digest=row.sha256))
            squeezed = "".join(text.split())
            assert NAME in squeezed
            assert all(each in squeezed for each in words), (kind, text)
            assert "Lookedbeyondneed" in squeezed, kind
            assert (NUMBER in squeezed) == (kind == "referral"), kind


def test_a_letter_that_was_changed_is_not_given_out(office: Office) -> None:
    paper = office.notify()
    with estate.acting(office.lead):
        paper.sha256 = "0" * 64
        with pytest.raises(letters.Altered):
            letters.content(office.matter, paper)


def test_an_appeal_is_decided_by_others(office: Office) -> None:
    office.appeal()
    for person in (office.lead, office.second):
        with estate.acting(person) as actor, pytest.raises(deciding.DecidedBefore):
            deciding.propose_on_appeal(office.matter, "upheld", [], WORDS, actor=actor)
    with estate.acting(office.third) as actor:
        with pytest.raises(deciding.SameAgain):
            deciding.propose_on_appeal(
                office.matter, "changed", ["end_agency", "refer"], WORDS, actor=actor
            )
        made = deciding.propose_on_appeal(office.matter, "revoked", [], WORDS, actor=actor)
    for person in (office.second, office.lead):
        with pytest.raises(deciding.DecidedBefore):
            office.approve(made.approval, person)
    office.approve(made.approval, office.auditor)
    assert office.at() == "settled"


def test_a_revoked_decision_takes_its_flag_along(office: Office) -> None:
    office.appeal("end_agency")
    assert office.flag().state == "current"
    office.settle("revoked")
    flag = office.flag()
    assert (flag.state, flag.said_sealed, flag.digest) == ("withdrawn", None, None)
    with estate.acting(office.lead) as actor:
        with pytest.raises(closing.NotServed):
            closing.close(office.matter, note="", actor=actor)
        ruling = deciding.standing(office.matter)
        assert ruling is not None
        assert ruling.measures == ["none"]


def test_an_appeal_comes_in_time_and_closing_waits_for_it(office: Office) -> None:
    office.decide("warning")
    paper = office.serve("decision", "own_page")
    with estate.acting(office.lead) as actor, pytest.raises(hearing.NotOver):
        closing.close(office.matter, note="", actor=actor)
    with later(11):
        with pytest.raises(hearing.TooLate):
            office.say("appeal", "不服", paper)
        office.close()
    assert office.at() == "closed"


def test_a_referral_is_handed_in_before_the_end(office: Office) -> None:
    office.decide("end_agency", "refer")
    office.serve("decision")
    with later(11):
        with estate.acting(office.lead) as actor, pytest.raises(closing.NotServed):
            closing.close(office.matter, note="", actor=actor)
        office.serve("referral", "authority")
        office.close()


def test_he_reads_what_was_served_and_answers_it_and_sees_nothing_else(office: Office) -> None:
    client = signed_in(office.person)
    with estate.acting(office.lead) as actor:
        serving.issue_findings(office.matter, WORDS, actor=actor)
        investigating.note(office.matter, "线人称其缺钱", actor=actor)
    paper = office.paper("findings")
    path = f"/accounts/letters/{paper.ref}/"
    assert client.get(path).status_code == 404, "not before it is served"
    assert "送达我的函件" not in client.get("/desk/").content.decode()
    office.serve("findings", "own_page")
    page = client.get(path).content.decode()
    assert WORDS["zh"] in page
    assert "线人" not in page
    assert "陈静" not in page
    assert "送达我的函件" in client.get("/desk/", follow=True).content.decode()
    assert client.post(f"{path}pdf/")["Content-Type"] == "application/pdf"
    assert client.get(f"/admin/sanction/{office.matter.code}/").status_code in {403, 404}
    assert client.post(path, {"kind": "statement", "text": " "}).status_code == 422
    assert client.post(path, {"kind": "appeal", "text": "x"}).status_code == 422
    assert client.post(path, {"kind": "statement", "text": "冤枉"}).status_code == 302
    assert "冤枉" in client.get(path).content.decode()
    with estate.acting(office.lead):
        (row,) = office.matter.answers.all()
        assert hearing.text_of(office.matter, row) == "冤枉"
    for other in (office.outside, office.lead, estate.user(Role.AGENT)):
        assert signed_in(other).get(path).status_code == 404
        assert signed_in(other).post(f"{path}pdf/").status_code == 404


def test_he_appeals_on_his_own_page(office: Office) -> None:
    office.decide("warning")
    paper = office.serve("decision", "own_page")
    client = signed_in(office.person)
    answer = client.post(f"/accounts/letters/{paper.ref}/", {"kind": "appeal", "text": "不服"})
    assert answer.status_code == 302
    assert office.at() == "appealed"
    again = client.post(f"/accounts/letters/{paper.ref}/", {"kind": "appeal", "text": "再说"})
    assert again.status_code == 409


def test_of_an_intermediarys_person_name_and_number_lie_sealed(office: Office) -> None:
    matter = office.open(person=None, intermediary=intermediary(), name="欧阳无忌")
    with connection.cursor() as cursor, estate.acting(office.lead):
        cursor.execute("SELECT c::text FROM incidents_sanctioncase c WHERE id = %s", [matter.pk])
        (row,) = cursor.fetchone()
    assert "欧阳" not in row
    assert NUMBER not in row
    with estate.acting(office.lead):
        assert people.who(matter).name == "欧阳无忌"
        assert matter.kind == "outside"
        assert investigating.unjudged(matter) == []


def test_the_board_is_worked_through_its_forms(office: Office) -> None:
    client = signed_in(office.lead)
    path = f"/admin/sanction/{office.matter.code}/"
    steps: list[dict[str, Any]] = [
        {"act": "evidence", "text": "日志 #12"},
        {"act": "acts", "acts": ["access", "leak"], "why": "另查明越权"},
        {"act": "superior", "person": str(office.boss.ref), "verdict": "released", "why": "尽责"},
        {"act": "findings", "zh": WORDS["zh"], "en": ""},
    ]
    for step in steps:
        assert client.post(path, step).status_code == 302, step
    ref = str(office.paper("findings").ref)
    serve = {"act": "serve", "paper": ref, "on": f"{today()}", "how": "post", "note": "EMS 1"}
    for step in (
        serve,
        {"act": "record", "kind": "statement", "text": "没有"},
        {"act": "heard", "outcome": "held", "minutes": ""},
        {"act": "decide", "measures": ["warning"], "zh": "情节较轻", "en": ""},
    ):
        assert client.post(path, step).status_code == 302, step
        assert client.get(path).status_code == 200
    page = client.get(path).content.decode()
    assert "待另一名成员复核" in page
    assert client.post(f"/admin/sanction-paper/{ref}/")["Content-Type"] == "application/pdf"
    assert client.get(path, headers={"accept-language": "en"}).status_code == 200


def test_opening_by_its_page(office: Office) -> None:
    client = signed_in(office.outside)
    assert "您不在任何责任追究的工作组里" in client.get("/admin/sanction/").content.decode()
    said = {
        "person": str(office.person.ref), "kind": "agent", "acts": ["forge"], "summary": "改地址",
        "id_number": "",
    }  # fmt: skip
    assert client.post("/admin/sanction/", {**said, "acts": []}).status_code == 422
    assert client.post("/admin/sanction/", said).status_code == 302
    refused = signed_in(office.auditor).post("/admin/sanction/", said)
    assert refused.status_code == 403


def test_the_list_of_matters_pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    other = office.open(id_number="")
    monkeypatch.setattr(sanction_admin, "SHOWN", 1)
    client = signed_in(office.lead)
    first = client.get("/admin/sanction/").content.decode()
    assert f"/admin/sanction/{other.code}/" in first
    assert 'href="?page=2"' in first
    second = client.get("/admin/sanction/?page=2").content.decode()
    assert f"/admin/sanction/{office.matter.code}/" in second


def test_what_two_decided_on_stands_with_reasons(office: Office) -> None:
    office.decide("warning")
    with estate.acting(office.lead):
        ruling = deciding.standing(office.matter)
        assert ruling is not None
        assert deciding.words_of(office.matter, ruling) == WORDS
        assert (ruling.proposed_by, ruling.decided_by) == (office.lead, office.second)
        assert flags.due() == []
