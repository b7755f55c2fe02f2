"""A suspicion becomes a case: step by step, by two, seen by its investigators, and no claim waits for it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from access import scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval, Entry
from custodian import clock
from custodian.errors import NotVisible
from incidents.fraud import (
    asking,
    claim_clocks,
    deciding,
    evidence,
    investigating,
    keeping,
    police,
    triage,
)
from incidents.fraud.asking import NobodyHandles
from incidents.fraud.deciding import NotOfTheCase, NotSo, Pending, Unfinished
from incidents.fraud.investigating import CannotJoin, Known, LastLead, NotFound, Settled
from incidents.fraud.standing import (
    NotAnInvestigator,
    NotTheLead,
    SaysNothing,
    WrongStep,
    words_of,
)
from incidents.models import (
    Alert,
    FraudAsk,
    FraudCase,
    FraudCustody,
    FraudEntry,
    FraudEvidence,
    FraudLink,
    FraudSignal,
    FraudTask,
)
from incidents.reports import packs
from records.claim_handling import clocks as claim_rules
from records.claim_handling import examining
from records.destruction import stores
from records.destruction.stores import Gone
from records.models import ContactFlag
from tests import estate
from tests.claims.house import MORNING
from tests.incidents.fraud.house import DAY, House
from transfers import signed

pytestmark = pytest.mark.django_db
TABLES = (FraudCase, FraudSignal, FraudTask, FraudEntry, FraudLink, FraudEvidence, FraudAsk)


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


def seen(by: Any) -> int:
    with estate.acting(by):
        return sum(table.objects.count() for table in TABLES)


# -- no claim waits -------------------------------------------------------------------------------


def test_a_suspicion_changes_no_clock_no_step_and_no_claim(house: House) -> None:
    """From the first signal to the closing of the case, whatever is asked in between."""
    bank = "6217000199990000"
    house.claim(house.person(bank=bank))
    claim = house.claim(house.person(bank=bank), days=30)
    house.do(examining.take, claim)
    claim = house.again(claim)
    before = house.rows(claim)
    assert any("CN-CLAIM-30D" in row for row in before if isinstance(row, tuple))
    house.screen()
    (case,) = [each for each in house.cases() if each.subject_id == claim.subject_id]
    assert house.rows(claim) == before
    with estate.acting(house.lead) as actor:
        triage.take_up(case, text="账号相同", actor=actor)
        investigating.let_in(case, house.mate, actor=actor)
    house.ask(case, claim)
    assert house.rows(claim) == before
    with estate.acting(house.lead) as actor:
        approval = deciding.conclude(case, "founded", ["refuse"], text="伪造", actor=actor)
    house.agree(approval, house.mate)
    house.ask(case, claim, "refuse")
    assert house.rows(claim) == before
    with scopes.acting(estate.system()):  # reckoned anew, they are the same
        claim_rules.keep(house.again(claim))
    assert house.rows(claim) == before


def test_the_handler_decides_and_pays_while_it_is_looked_at(house: House) -> None:
    case, claim = house.taken_case()
    house.do(examining.take, claim)
    house.ask(case, house.again(claim))
    house.propose(house.again(claim))
    house.pay(house.again(claim))
    assert house.again(claim).status == "paid"
    assert house.fresh(case).state == "open"


def test_the_case_shows_the_clocks_of_its_claims_and_what_is_due_next(house: House) -> None:
    case, claim = house.taken_case()
    with estate.acting(house.lead):
        (standing,) = claim_clocks.of(case)
        assert standing.claim == claim
        assert {each.state for each in standing.faces} <= {"running", "near"}
        assert len(standing.faces) >= 2
        assert not standing.late
        assert claim_clocks.beside(case) == []


@pytest.mark.parametrize(
    ("became", "says"),
    [("open", "还没有定论"), ("idle", "久未办理"), ("dismissed", "不成立")],
)
def test_a_claim_that_is_late_beside_a_suspicion_is_said(
    house: House, became: str, says: str
) -> None:
    case, claim = house.suspicion()
    with estate.acting(house.lead) as actor:
        if became == "dismissed":
            triage.dismiss(case, text="已说明", actor=actor)
        else:
            triage.take_up(case, text="账号相同", actor=actor)
    with clock.at(MORNING + 31 * DAY):
        if became == "open":
            with estate.acting(house.lead) as actor:
                investigating.note(case, text="已调取病历", actor=actor)
        with estate.acting(house.lead) as actor:
            case.refresh_from_db()
            (undue,) = [each for each in claim_clocks.undue(actor) if each.case == case]
            assert undue.claim == claim
            assert says in str(undue.why)
        if became != "dismissed":
            with estate.acting(
                house.outside
            ) as actor:  # who does not investigate it is told nothing
                assert [each for each in claim_clocks.undue(actor) if each.case == case] == []


def test_a_claim_that_is_decided_is_late_no_more(house: House) -> None:
    case, claim = house.taken_case()
    with clock.at(MORNING + 31 * DAY):
        house.do(examining.take, claim)
        house.propose(house.again(claim))
        house.pay(house.again(claim))
        with estate.acting(house.lead):
            assert claim_clocks.beside(case) == []


# -- step by step ---------------------------------------------------------------------------------


def test_no_step_is_skipped_and_none_is_done_twice(house: House) -> None:
    case, claim = house.suspicion()
    with estate.acting(house.lead) as actor:
        for skip in (
            lambda: investigating.note(case, text="x", actor=actor),
            lambda: deciding.conclude(case, "founded", ["police"], text="x", actor=actor),
            lambda: deciding.ask_to_close(case, text="x", actor=actor),
            lambda: deciding.hand_to_incidents(case, actor=actor),
            lambda: police.take(case, to="x", note="x", purpose="compliance", actor=actor),
            lambda: asking.ask(case, claim, kind="refuse", text="x", actor=actor),
        ):
            with pytest.raises(WrongStep):
                skip()
        triage.take_up(case, text="账号相同", actor=actor)
        for again in (triage.take_up, triage.dismiss, deciding.ask_to_close):
            with pytest.raises(WrongStep):
                again(case, text="x", actor=actor)
        with pytest.raises(WrongStep):  # nobody has found it founded
            asking.ask(case, claim, kind="refuse", text="x", actor=actor)


def test_whoever_says_nothing_does_nothing(house: House) -> None:
    case, _claim = house.suspicion()
    with estate.acting(house.lead) as actor:
        for act in (triage.take_up, triage.dismiss):
            with pytest.raises(SaysNothing):
                act(case, text="  ", actor=actor)


def test_a_founded_outcome_has_a_consequence_and_an_unfounded_one_has_none(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        for outcome, measures in (("founded", []), ("unfounded", ["police"])):
            with pytest.raises(NotSo):
                deciding.conclude(case, outcome, measures, text="x", actor=actor)
        with pytest.raises(DatabaseError), transaction.atomic():
            FraudCase.objects.filter(pk=case.pk).update(measures=["police"])


def test_nobody_approves_his_own_nor_what_he_does_not_investigate(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        approval = deciding.conclude(case, "unfounded", [], text="没有依据", actor=actor)
        with pytest.raises(Pending):
            deciding.conclude(case, "unfounded", [], text="没有依据", actor=actor)
    with pytest.raises(Refused) as refused:
        house.agree(approval, house.lead)
    assert refused.value.decision.because == ("own-request",)
    with pytest.raises(NotOfTheCase):
        house.agree(approval, house.outside)
    house.agree(approval, house.mate)
    assert (house.fresh(case).state, house.fresh(case).outcome) == ("concluded", "unfounded")


def test_the_words_of_a_decision_reach_its_investigators_alone(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        approval = deciding.conclude(case, "unfounded", [], text="病历是真的", actor=actor)
    assert "病历" not in json.dumps(approval.payload, ensure_ascii=False)
    kind = deciding._Outcome()
    for person, reads in ((house.mate, True), (house.outside, False), (house.auditor, False)):
        with estate.acting(person):
            told = str(kind.describe(approval.payload))
            assert ("病历是真的" in told) is reads
            assert ("不成立" in told) is reads


def test_words_that_were_altered_are_not_approved(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        approval = deciding.conclude(case, "unfounded", [], text="没有依据", actor=actor)
    approval.payload["sealed"] = "00" * 40
    with estate.acting(house.mate) as actor, pytest.raises(ContentChanged):
        deciding._Outcome().start(approval, actor=actor)


def test_two_close_it_once_everything_that_was_decided_is_done(house: House) -> None:
    case, claim = house.concluded("refuse", "internal")
    house.do(examining.take, claim)
    with estate.acting(house.lead) as actor:
        task = investigating.add_task(case, title="归还病历", owner=None, due_on=None, actor=actor)
        with pytest.raises(Unfinished):
            deciding.ask_to_close(case, text="完成", actor=actor)
        assert len(deciding.lacks(case)) == 3
        alert = deciding.hand_to_incidents(case, actor=actor)
        with pytest.raises(WrongStep):
            deciding.hand_to_incidents(case, actor=actor)
        investigating.settle_task(task, "done", note="", actor=actor)
        with pytest.raises(Settled):
            investigating.settle_task(task, "done", note="", actor=actor)
    house.ask(case, house.again(claim), "refuse")
    assert case.code in Alert.objects.get(pk=alert.pk).summary
    with estate.acting(house.lead) as actor:
        approval = deciding.ask_to_close(case, text="完成", actor=actor)
    with pytest.raises(Refused):
        house.agree(approval, house.lead)
    house.agree(approval, house.mate)
    assert house.fresh(case).state == "closed"
    with estate.acting(house.lead) as actor, pytest.raises(WrongStep):
        investigating.note(case, text="x", actor=actor)


def test_a_refusal_is_the_handlers_and_takes_his_own_second_person(house: House) -> None:
    case, claim = house.concluded("refuse")
    house.do(examining.take, claim)
    house.ask(case, house.again(claim), "refuse")
    assert house.again(claim).status == "examining"
    decision = house.reject(house.again(claim))
    assert decision.status == "waiting"
    with estate.acting(house.lead):
        (standing,) = claim_clocks.of(case)
        assert [each.status for each in standing.decisions] == ["waiting"]
    house.approve(decision)
    assert house.again(claim).status == "rejected"


# -- who sees it ----------------------------------------------------------------------------------


def test_officers_triage_and_investigators_alone_see_an_investigation(house: House) -> None:
    case, claim = house.suspicion()
    assert seen(house.outside) == seen(house.lead) > 0
    for nobody in (house.mate, house.auditor, house.handler, house.agent):
        assert seen(nobody) == 0
    with estate.acting(house.lead) as actor:
        triage.take_up(case, text="账号相同", actor=actor)
        investigating.let_in(case, house.mate, actor=actor)
    assert seen(house.mate) == seen(house.lead) > 0
    assert seen(house.outside) == 0
    with estate.acting(house.outside) as actor:
        assert not FraudCase.objects.visible_to(actor).exists()
        with pytest.raises(NotVisible):
            investigating.note(case, text="x", actor=actor)
    with scopes.acting(estate.actors.customer(claim.subject_id)):
        assert not FraudCase.objects.exists()
        assert not FraudSignal.objects.exists()
    with estate.acting(house.lead) as actor:
        member = case.members.get(user=house.mate)
        investigating.let_out(case, member, actor=actor)
    assert seen(house.mate) == 0


def test_whom_it_is_about_does_not_see_it_whatever_his_office(house: House) -> None:
    house.works_here(house.outside, {"id_number": "E20000077", "mobile": "13911117777"})
    claim = house.claim(house.person(mobile="13911117777"), days=30)
    with scopes.acting(estate.system()):
        ContactFlag.objects.create(subject_id=claim.subject_id, contact="mobile", why="suspected")
    house.screen()
    (case,) = house.cases()
    assert case.kept_from == [house.outside.pk]
    assert seen(house.outside) == 0
    assert seen(house.lead) > 0
    with estate.acting(house.lead) as actor:
        triage.take_up(case, text="电话相同", actor=actor)
        with pytest.raises(CannotJoin):
            investigating.let_in(case, house.outside, actor=actor)


def test_the_lead_lets_people_in_and_stays(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.mate) as actor, pytest.raises(NotTheLead):
        investigating.let_in(case, house.outside, actor=actor)
    with estate.acting(house.lead) as actor:
        with pytest.raises(CannotJoin):
            investigating.let_in(case, house.handler, actor=actor)
        with pytest.raises(LastLead):
            investigating.let_out(case, case.members.get(leads=True), actor=actor)


def test_the_handler_reads_the_question_and_nothing_else(house: House) -> None:
    case, claim = house.taken_case()
    with estate.acting(house.lead) as actor, pytest.raises(NobodyHandles):
        asking.ask(case, claim, kind="check", text="x", actor=actor)
    house.do(examining.take, claim)
    row = house.ask(case, house.again(claim))
    with estate.acting(house.handler) as actor:
        assert [each.objects.count() for each in TABLES] == [0, 0, 0, 0, 0, 0, 1]
        assert asking.words_of(row) == ("请核对收款人的签名", "")
        asking.answer(row, text="签名一致", channel="desk", actor=actor)
        with pytest.raises(asking.Answered):
            asking.answer(row, text="签名一致", channel="desk", actor=actor)
    with estate.acting(house.second) as actor:
        assert not FraudAsk.objects.exists()
        with pytest.raises(NotVisible):
            asking.answer(row, text="x", channel="desk", actor=actor)
    with estate.acting(house.lead):
        row.refresh_from_db()
        assert asking.words_of(row) == ("请核对收款人的签名", "签名一致")
        assert case.entries.filter(what="answered", by=house.handler).exists()


# -- what lies in it ------------------------------------------------------------------------------


def test_what_is_written_is_sealed_and_only_added_to(house: House) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        investigating.note(case, text="王某与修理厂熟识", actor=actor)
        entry = case.entries.get(what="note")
        assert words_of(entry) == "王某与修理厂熟识"
        with pytest.raises(DatabaseError), transaction.atomic():
            FraudEntry.objects.filter(pk=entry.pk).update(facts={})
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM incidents_fraudentry f")
        assert "修理厂" not in str(cursor.fetchall())


def test_a_case_is_linked_with_what_is_there_and_once(house: House) -> None:
    case, claim = house.taken_case()
    other = house.claim(house.person())
    with estate.acting(house.lead) as actor:
        with pytest.raises(NotFound):
            investigating.link(case, "claim", "k-0000-0000-000", actor=actor)
        investigating.link(case, "claim", other.ref, actor=actor)
        with pytest.raises(Known):
            investigating.link(case, "claim", other.ref, actor=actor)
        investigating.link(case, "operator", house.agent.staff_no, actor=actor)
        with pytest.raises(CannotJoin):
            investigating.link(case, "operator", house.mate.staff_no, actor=actor)
        assert investigating.claims_of(case) == sorted([claim, other], key=lambda each: each.pk)
    assert house.agent.pk in house.fresh(case).kept_from


def test_evidence_is_sealed_and_every_hand_is_in_its_chain(house: House, tmp_path: Any) -> None:
    case, _claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        row = evidence.file(case, b"%PDF secret", name="病历", origin="医院", actor=actor)
        assert evidence.take_out(row, purpose="compliance", actor=actor) == b"%PDF secret"
        assert evidence.check(row, purpose="compliance", actor=actor)
        evidence.hand_over(row, to="公安局", note="原件", actor=actor)
        with pytest.raises(evidence.Empty):
            evidence.file(case, b"", name="x", origin="x", actor=actor)
        acts = list(FraudCustody.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["filed", "opened", "checked", "handed"]
    kept = evidence.SHELF.path_of(row.ref)
    assert b"secret" not in kept.read_bytes()
    kept.write_bytes(b"x")
    with estate.acting(house.lead) as actor, pytest.raises(evidence.Gone):
        evidence.take_out(row, purpose="compliance", actor=actor)
    with estate.acting(house.outside) as actor, pytest.raises(NotVisible):
        evidence.file(case, b"x", name="x", origin="x", actor=actor)


def test_the_pack_for_the_police_is_whole_signed_and_on_record(house: House) -> None:
    case, claim = house.taken_case()
    with estate.acting(house.lead) as actor:
        evidence.file(case, b"%PDF x", name="病历", origin="医院", actor=actor)
        approval = deciding.conclude(case, "founded", ["police"], text="伪造病历", actor=actor)
    house.agree(approval, house.mate)
    case = house.fresh(case)
    with estate.acting(house.lead) as actor:
        pack = police.take(case, to="公安局", note="立案", purpose="compliance", actor=actor)
        assert deciding.lacks(case) == []
    said = packs.check(pack.content)
    assert (said["fraud"], said["to"], pack.pieces) == (case.code, "公安局", 1)
    with zipfile.ZipFile(io.BytesIO(pack.content)) as files:
        assert json.loads(files.read("claims.json")) == [claim.ref]
        assert any(each["text"] == "伪造病历" for each in json.loads(files.read("course.json")))
        names = files.namelist()
    assert sum(name.startswith("evidence/") for name in names) == 1
    with pytest.raises(signed.BadPaper):
        packs.check(pack.content[:-200] + b"0" * 200)
    entries = [str(each) for each in Entry.objects.values_list("leaf", flat=True)]
    assert not any("伪造病历" in each for each in entries)


def test_what_was_said_of_a_customer_goes_with_her(house: House) -> None:
    case, claim = house.suspicion()
    with scopes.acting(estate.system()):
        gone = Gone({}, [claim.subject_id], [claim.subject])
        store = next(each for each in stores.stores if each.name == keeping._Signals.name)
        assert list(store.scan(gone))
        store.purge(gone)
        assert list(store.scan(gone)) == []
        assert not FraudSignal.objects.filter(case=case).exists()


def test_who_does_not_investigate_works_on_nothing(house: House) -> None:
    case, _claim = house.taken_case()
    with scopes.acting(estate.system()) as actor, pytest.raises(NotAnInvestigator):
        investigating.note(case, text="x", actor=actor)
    assert Approval.objects.filter(payload__fraud=case.code).count() == 0
