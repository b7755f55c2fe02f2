"""What owes an impact assessment is not done without one in force: agreements, shares, papers, data rooms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.law.reading import today
from records.assessments import owing, watching
from records.assessments.standing import NotAssessed, Verdict
from records.models import ImpactAssessment
from tests import estate
from tests.partners.house import House as Partners
from tests.partners.house import fresh, terms
from tests.pdfs import text as text_of
from tests.records import assessed
from tests.transfers.house import House as Transfers
from tests.transfers.house import everything_done
from transfers import assessing, papers, progress
from transfers.agreements import drafting
from transfers.agreements.terms import Terms
from transfers.data_room import rooms
from transfers.shares import handing, proposing

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def partners() -> Partners:
    house = Partners()
    estate.customer()
    return house


@pytest.fixture
def house() -> Transfers:
    return Transfers()


def lapse(row: ImpactAssessment) -> None:
    """Its review date passes: a later version says so, since an approved one stays as it is."""
    later = assessed.begin(row.kind, row.about, row.occasion, by=row.begun_by)
    assessed.put_up(later, by=row.begun_by, conclusion="stop")
    assessed.yes(later, by=estate.user("compliance_officer", name="第三人"))


def lacking(agreement) -> set[str]:
    return {each.code for each in drafting.lacking_now(agreement)}


# -- agreements and shares ----------------------------------------------------------------------


def test_an_agreement_without_one_says_what_to_do_and_where(partners):
    agreement = partners.draft(impact=False)
    lack = next(each for each in drafting.lacking_now(agreement) if each.code == "pipia")
    assert "请先起草，由另一人批准" in lack.message
    assert f'about={agreement.code}&amp;occasion=entrust"' in lack.message
    with pytest.raises(drafting.Incomplete):
        partners.ask(agreement)
    row = partners.assess(agreement)
    approval = partners.ask(agreement)
    assert approval.payload["terms"]["pipia"] == str(row)


def test_one_about_another_agreement_or_on_another_occasion_does_not_count(partners):
    other = partners.draft()
    agreement = partners.draft(impact=False)
    assert (lacking(other), lacking(agreement)) == (set(), {"pipia"})
    with pytest.raises(Exception, match="所选情形与它不符"):
        assessed.begin("agreement", agreement.code, "provide", by=partners.officers[0])


def test_elements_that_were_not_assessed_are_named(partners):
    agreement = partners.draft()
    wider = ("identity.name", "identity.mobile", "identity.id_number")
    said = Terms.read({**(agreement.draft or {}), "elements": wider})
    with estate.acting(partners.officers[0]) as actor:
        drafting.save_draft(agreement, said, actor=actor)
    lack = next(each for each in drafting.lacking_now(agreement) if each.code == "pipia")
    assert "信息项多出：证件号码" in lack.message
    partners.assess(agreement)
    assert lacking(agreement) == set()


def test_a_no_between_asking_and_approving_stops_it(partners):
    agreement = partners.draft()
    approval = partners.ask(agreement)
    lapse(ImpactAssessment.objects.get())
    with pytest.raises(drafting.Incomplete):
        partners.decide(approval)
    agreement.refresh_from_db()
    assert not agreement.is_running


def test_nothing_new_is_given_under_one_that_lapsed_and_what_runs_is_told(partners):
    agreement = partners.agree()
    running = partners.share(agreement, form="api")
    waiting = partners.ask_share(agreement)
    lapse(ImpactAssessment.objects.get())
    with pytest.raises(NotAssessed, match="不能再依据"):
        partners.ask_share(agreement)
    with pytest.raises(NotAssessed):
        partners.decide(waiting.approval)
    with pytest.raises(NotAssessed):
        partners.token(running)
    assert fresh(running).is_open  # not cut off in the middle of a working day
    watching.carry_out()
    with scopes.acting(estate.system()):
        assert agreement.code in {each.thing.code for each in owing.lacking()}


def test_a_file_that_was_made_is_not_handed_over_without_one(partners):
    share = partners.share(partners.agree())
    lapse(ImpactAssessment.objects.get())
    with estate.acting(partners.officers[0], stepped_up=True) as actor, pytest.raises(NotAssessed):
        handing.lock_share(share, actor=actor)
    assert fresh(share).taken_at is None


def test_an_agreement_of_before_goes_on_and_is_listed_as_lacking(partners, monkeypatch):
    """Its free text named a number of another register: nothing is made up for it, and nothing is cut."""
    covered = Verdict(ImpactAssessment(code="PIA-2026-07", number=1))
    with monkeypatch.context() as before:
        before.setattr(assessing, "verdict", lambda _thing: covered)
        before.setattr(proposing, "require_assessed", lambda _agreement: None)
        agreement = partners.agree(impact=False)
        share = partners.share(agreement, form="api")
    assert agreement.terms["pipia"] == "PIA-2026-07/1"
    assert agreement.is_running
    assert fresh(share).is_open
    assert not ImpactAssessment.objects.exists()
    with scopes.acting(estate.system()):
        assert agreement.code in {each.thing.code for each in owing.lacking()}
    with pytest.raises(NotAssessed, match="请先起草"):
        partners.ask_share(agreement)
    partners.assess(agreement)
    assert partners.ask_share(agreement).approval.status == "waiting"


def test_the_share_page_says_it_with_a_link(partners):
    agreement = partners.agree()
    lapse(ImpactAssessment.objects.get())
    officer = estate.login(Client(), partners.officers[0], stepped_up=True)
    answer = officer.post(
        reverse("admin:share_new", args=[agreement.ref]),
        {
            "form": "file", "elements": ["identity.name"], "reason": "定损", "format": "csv",
            "language": "zh-hans", "days": "20", "until": (today() + 20 * DAY).isoformat(),
        },
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "去办理影响评估</a>" in page


def test_a_purpose_of_its_own_is_assessed_as_providing(partners):
    agreement = partners.draft(part="provided", elements=("identity.name",))
    assert ImpactAssessment.objects.get().occasion == "provide"
    assert lacking(agreement) == set()
    assert terms(part="provided").purpose == "sharing"


# -- transfers ----------------------------------------------------------------------------------


def at_its_room(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="data_room")
    return transfer


def missing(transfer) -> dict[str, str]:
    return {each.code: str(each.says) for each in progress.lacking(transfer, "data_room")}


def test_the_stage_wants_an_assessment_in_force_and_its_own_report(house, monkeypatch):
    transfer = at_its_room(house, monkeypatch)
    assert "请先起草" in missing(transfer)["pipia"]
    house.paper(transfer, "data_room", "pipia")  # a row from before, about nothing
    with pytest.raises(progress.NotReady, match="个人信息保护影响评估"):
        house.finish(transfer, "data_room")
    house.assess(transfer)
    assert "还没有归档" in missing(transfer)["pipia"]
    with estate.acting(house.first, stepped_up=True) as actor:
        filed = papers.file_assessed(transfer, "data_room", "pipia", actor=actor)
        body = papers.open_paper(filed, purpose="compliance", channel="admin", actor=actor)
    assert "pipia" not in missing(transfer)
    row = ImpactAssessment.objects.get()
    assert row.code in text_of(body)
    house.finish(transfer, "data_room")
    assert progress.now_at(transfer).stage == "approval"


def test_nobody_uploads_the_report(house, monkeypatch):
    transfer = at_its_room(house, monkeypatch)
    with pytest.raises(papers.FiledByTheHouse):
        house.file(transfer, "data_room", "pipia")
    with estate.acting(house.first, stepped_up=True) as actor, pytest.raises(NotAssessed):
        papers.file_assessed(transfer, "data_room", "pipia", actor=actor)


def test_a_data_room_is_neither_asked_for_nor_approved_without_one(house, monkeypatch):
    transfer = at_its_room(house, monkeypatch)
    said = {"recipient": "吴越", "samples": 5, "days": 9}
    with estate.acting(house.first, stepped_up=True) as actor, pytest.raises(NotAssessed):
        rooms.ask(transfer, **said, actor=actor)
    house.assess(transfer)
    house.paper(transfer, "data_room", "pipia")
    with estate.acting(house.first, stepped_up=True) as actor:
        room = rooms.ask(transfer, **said, actor=actor)
    lapse(ImpactAssessment.objects.get())
    with pytest.raises(NotAssessed):
        house.approve(room.approval)
    room.refresh_from_db()
    assert room.approved_at is None


def test_the_buyer_owes_none(house, monkeypatch):
    everything_done(monkeypatch)
    buying = house.transfer(side="buyer", book=None)
    house.walk(buying, until="data_room")
    assert "pipia" not in missing(buying)


def test_the_papers_page_files_it(house, monkeypatch):
    transfer = at_its_room(house, monkeypatch)
    officer = estate.login(Client(), house.first, stepped_up=True)
    place = reverse("admin:transfer_papers", args=[transfer.code])
    assert "去办理影响评估" in officer.get(place).content.decode()
    refused = officer.post(place, {"assessed": "data_room/pipia"}, follow=True)
    assert "还没有个人信息保护影响评估" in refused.content.decode()
    house.assess(transfer)
    done = officer.post(place, {"assessed": "data_room/pipia"}, follow=True)
    assert "影响评估报告已归档" in done.content.decode()
    assert "报告已经归档" in done.content.decode()
