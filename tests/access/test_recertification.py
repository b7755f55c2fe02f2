"""Recertification: a right stays because somebody of the line said so, and ends otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from access import approvals, cases, gate, grants, rechecking, tokens
from access.actions import Action
from access.admin_pages import headlines
from access.approvals import ContentChanged
from access.cases import Terms
from access.gate import Refused
from access.models import Approval, Assignment, Campaign, Case, HeldRight, User
from access.recertification import campaigns, deciding, endings, progress
from access.recertification.scope import preview
from access.tasks import recertify
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from records.models import Customer
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
DUE = timedelta(days=14)


class House:
    """A branch: a head, two agents under her; three officers and two administrators at head office."""

    def __init__(self) -> None:
        self.officers = [
            estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏", "郑和")
        ]
        self.admins = [estate.user(Role.ADMINISTRATOR, name=name) for name in ("吴刚", "冯远")]
        self.head = estate.user(Role.CLAIMS_HANDLER, name="沈悦")
        self.agents = [
            estate.user(Role.AGENT, name=name, manager=self.head) for name in ("李娜", "王伟")
        ]

    def propose(self, **more):
        terms = {"unit": None, "roles": [], "due_at": clock.now() + DUE, "repeat_months": 6, **more}
        with estate.acting(self.officers[0]) as actor:
            return campaigns.propose("2026 年下半年", actor=actor, **terms)

    def approve(self, campaign, *, by=1):
        with estate.acting(self.officers[by], stepped_up=True) as actor:
            approval = Approval.objects.get(pk=campaign.approval_id)
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def begin(self, **more):
        campaign = self.propose(**more)
        self.approve(campaign)
        campaign.refresh_from_db()
        return campaign


@pytest.fixture
def house():
    return House()


def rights(**terms):
    """Read from outside any person's scope."""
    with estate.scopes.acting(estate.system()):
        return list(HeldRight.objects.filter(**terms).select_related("person", "reviewer"))


def right(person, kind="role"):
    return next(each for each in rights(person=person, kind=kind))


def decide(person, *said):
    """Each of `said` is a right and the word for it."""
    with estate.acting(person) as actor:
        return deciding.decide({each.ref: word for each, word in said}, actor=actor)


def because(error):
    return error.value.decision.because


def at_the_date():
    with clock.at(clock.now() + DUE + timedelta(minutes=1)):
        recertify()


def tally_of(campaign):
    with estate.scopes.acting(estate.system()):
        return progress.tally(campaign)


def active(person):
    return User.objects.get(pk=person.pk).is_active


def token_of(person):
    admin = estate.user(Role.ADMINISTRATOR)
    with estate.acting(admin) as actor:
        return tokens.issue(
            person, name="报表", actions=["records:customer:list"], purposes=["follow_up"], days=30,
            actor=actor,
        )  # fmt: skip


def granted(house, person):
    foreign = estate.customer(of=[estate.user(Role.AGENT, name="外人")], unit_=estate.unit("NJ"))
    with estate.acting(person) as actor:
        grant = grants.request(
            [foreign.ref], purpose="complaint", reason="代班", until=clock.now() + timedelta(days=9),
            actor=actor,
        )  # fmt: skip
    with estate.acting(house.officers[1], stepped_up=True) as actor:
        approvals.approve(grant.approval, seen=grant.approval.digest, actor=actor)
    return foreign


def case_with(house, guest):
    today = clock.local().date()
    terms = Terms(
        title="示例", office="示例监管局", letter="", since=today, until=today, everything=True,
        operators=[], customers=[], units=[], guests=[guest],
        access_until=clock.now() + timedelta(days=30),
    )  # fmt: skip
    with estate.acting(house.officers[0]) as actor:
        case = cases.open_case(terms, actor=actor)
    with estate.acting(house.officers[1], stepped_up=True) as actor:
        approvals.approve(case.approval, seen=case.approval.digest, actor=actor)
    return case


# Beginning


def test_it_begins_when_another_officer_approves_it_and_not_before(house):
    campaign = house.propose()
    assert (campaign.status, rights()) == ("waiting", [])
    with pytest.raises(Refused) as refused:
        house.approve(campaign, by=0)
    assert because(refused) == ("own-request",)
    house.approve(campaign)
    campaign.refresh_from_db()
    assert (campaign.status, len(rights(kind="role"))) == ("open", 8)


def test_what_was_edited_after_it_was_proposed_does_not_begin(house):
    campaign = house.propose()
    Campaign.objects.filter(pk=campaign.pk).update(due_at=clock.now() + timedelta(days=1))
    with pytest.raises(ContentChanged):
        house.approve(campaign)
    assert rights() == []


def test_one_that_is_sent_back_takes_nothing_from_anybody(house):
    campaign = house.propose()
    with estate.acting(house.officers[1], stepped_up=True) as actor:
        approval = campaign.approval
        approvals.send_back(approval, seen=approval.digest, note="先导入上级", actor=actor)
    at_the_date()
    campaign.refresh_from_db()
    assert (campaign.status, active(house.agents[0])) == ("returned", True)


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_it_ends_on_a_day_to_come_and_within_three_months(house, days):
    with pytest.raises(campaigns.BadDate):
        house.propose(due_at=clock.now() + timedelta(days=days))


def test_a_scope_without_people_is_told(house):
    with pytest.raises(campaigns.NobodyMeant):
        house.propose(roles=["auditor"])


def test_it_covers_the_unit_with_those_below_and_the_roles_that_were_named(house):
    nanjing = estate.unit("NJ")
    below = estate.user(Role.AGENT, unit_=estate.unit("NJ01", parent=nanjing))
    estate.user(Role.SERVICE_DESK, unit_=nanjing)
    house.begin(unit=nanjing, roles=["agent"])
    assert [each.person for each in rights()] == [below]


def test_every_kind_of_right_is_a_row_and_what_is_over_is_none(house):
    agent, auditor = house.agents[0], estate.user(Role.AUDITOR)
    for _ in range(3):
        estate.customer(of=[agent])
    granted(house, agent)
    token, _raw = token_of(agent)
    over, _raw = token_of(agent)
    case_with(house, auditor)
    with estate.acting(house.admins[0]) as actor:
        tokens.revoke(over, channel="admin", actor=actor)
    house.begin()
    mine = {each.kind: each for each in rights(person=agent)}
    assert set(mine) == {"role", "grant", "portfolio", "token"}
    assert mine["portfolio"].facts == {"customers": 3}
    assert mine["token"].target == str(token.ref)
    assert {each.kind for each in rights(person=auditor)} == {"role", "case"}
    with estate.scopes.acting(estate.system()):
        asked = preview(None, [])
    assert (asked.rights, asked.people) == (len(rights()), User.objects.count())


def test_a_row_says_nothing_of_customers(house):
    foreign = granted(house, house.agents[0])
    house.begin()
    told = json.dumps([[each.target, each.facts] for each in rights()], ensure_ascii=False)
    assert (foreign.ref in told, "代班" in told) == (False, False)


def test_the_manager_answers_or_whoever_is_above_her_or_the_officers(house):
    chief = estate.user(Role.SERVICE_DESK)
    left = estate.user(Role.SERVICE_DESK, manager=chief)
    orphan = estate.user(Role.AGENT, manager=left)
    User.objects.filter(pk=left.pk).update(is_active=False)
    house.begin()
    assert right(house.agents[0]).reviewer == house.head
    assert right(orphan).reviewer == chief
    assert right(house.head).reviewer is None


def test_a_circle_of_managers_leads_to_nobody_reviewing_himself(house):
    one = estate.user(Role.AGENT)
    other = estate.user(Role.AGENT, manager=one)
    User.objects.filter(pk=one.pk).update(manager=other)
    house.begin()
    assert (right(one).reviewer, right(other).reviewer) == (other, one)


# Deciding


def test_a_manager_decides_for_her_line_and_for_nobody_else(house):
    stranger = estate.user(Role.AGENT, name="外人", manager=estate.user(Role.SERVICE_DESK))
    house.begin()
    decide(house.head, (right(house.agents[0]), "keep"))
    assert right(house.agents[0]).decided_by_id == house.head.pk
    with pytest.raises(Refused) as refused:
        decide(house.head, (right(stranger), "remove"))
    assert because(refused) == ("not-your-line",)
    assert (right(stranger).decision, active(stranger)) == ("", True)


def test_a_list_in_which_one_right_is_not_hers_changes_nothing(house):
    stranger = estate.user(Role.AGENT, manager=estate.user(Role.SERVICE_DESK))
    house.begin()
    with pytest.raises(Refused):
        decide(house.head, (right(house.agents[0]), "remove"), (right(stranger), "keep"))
    assert active(house.agents[0])


def test_nobody_decides_about_himself_and_the_database_says_so_too(house, entries_since):
    house.begin()
    officer = house.officers[0]
    mine = right(officer)
    with pytest.raises(Refused) as refused:
        decide(officer, (mine, "keep"))
    assert because(refused) == ("about-you",)
    assert entries_since()[-1].act == "denied"
    with estate.scopes.acting(estate.system()):
        for change in (
            {"decided_by": officer, "decision": "keep", "decided_at": clock.now()},
            {"reviewer": officer},
        ):
            with (
                pytest.raises(IntegrityError, match="never_decided_by_its_holder"),
                transaction.atomic(),
            ):
                HeldRight.objects.filter(pk=mine.pk).update(**change)


def test_a_manager_cannot_even_see_in_the_database_what_is_not_hers(house):
    house.begin()
    with estate.acting(house.head):
        assert {each.person for each in HeldRight.objects.all()} == set(house.agents)
        assert not HeldRight.objects.filter(person=house.head).update(because="x")
    with estate.acting(house.agents[0]):
        assert not HeldRight.objects.exists()


def test_officers_decide_for_those_without_a_manager_and_other_offices_do_not(house):
    auditor = estate.user(Role.AUDITOR)
    house.begin()
    with pytest.raises(Refused) as refused:
        decide(auditor, (right(house.head), "keep"))
    assert because(refused) == ("not-your-line",)
    with pytest.raises(Refused):
        decide(house.officers[0], (right(house.agents[0]), "keep"))
    decide(house.officers[0], (right(house.head), "keep"))
    decide(house.officers[1], (right(house.officers[0]), "keep"))


def test_a_manager_who_is_none_any_more_hands_over(house):
    house.begin()
    other = estate.user(Role.SERVICE_DESK)
    User.objects.filter(pk=house.agents[0].pk).update(manager=other)
    with pytest.raises(Refused):
        decide(house.head, (right(house.agents[0]), "keep"))
    recertify()
    assert right(house.agents[0]).reviewer == other
    decide(other, (right(house.agents[0]), "keep"))


def test_a_reviewer_who_leaves_hands_over_to_the_officers(house):
    house.begin()
    User.objects.filter(pk=house.head.pk).update(is_active=False)
    recertify()
    decide(house.officers[0], (right(house.agents[1]), "keep"))


def test_a_decision_is_made_once(house):
    house.begin()
    mine = right(house.agents[0])
    decide(house.head, (mine, "keep"))
    with pytest.raises(deciding.DecidedAlready):
        decide(house.head, (mine, "remove"))
    assert active(house.agents[0])


def test_each_decision_and_each_end_is_on_record_with_its_reason(house, entries_since):
    estate.drain()
    campaign = house.begin()
    decide(house.head, (right(house.agents[0]), "remove"), (right(house.agents[1]), "keep"))
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    said = [each for each in told if each["what"] == Action.RECERTIFICATION_DECIDE]
    assert [(each["keep"], each["campaign"]) for each in said] == [
        (0, str(campaign.ref)),
        (1, str(campaign.ref)),
    ]
    assert {each["no"] for each in said} == {house.head.staff_no}
    (change,) = [each for each in told if each["what"] == Action.USER_CHANGE]
    assert (change["no"], change["target"]) == ("SYS-RECERTIFIER", str(house.agents[0].ref))


# What a removal does at once


def test_a_removed_role_signs_out_with_the_next_request(house):
    house.begin()
    desk = estate.login(Client(), house.agents[0])
    assert desk.get("/desk/").status_code == 200
    decide(house.head, (right(house.agents[0]), "remove"))
    assert desk.get("/desk/").status_code == 302
    assert not active(house.agents[0])


def test_a_removed_grant_ends_with_the_next_request(house):
    agent = house.agents[0]
    foreign = granted(house, agent)
    house.begin()
    with estate.acting(agent) as actor:
        assert Customer.objects.visible_to(actor).filter(pk=foreign.pk).exists()
    decide(house.head, (right(agent, "grant"), "remove"))
    with estate.acting(agent) as actor:
        assert not Customer.objects.visible_to(actor).filter(pk=foreign.pk).exists()
    assert invariants.broken(Options())["grants"] == "ok"


def test_a_removed_portfolio_leaves_what_is_lent_and_what_is_others(house):
    agent, other = house.agents
    own, theirs = estate.customer(of=[agent, other]), estate.customer(of=[other])
    foreign = granted(house, agent)
    house.begin()
    assert decide(house.head, (right(agent, "portfolio"), "remove")) == 1
    with estate.acting(agent) as actor:
        assert list(Customer.objects.visible_to(actor)) == [foreign]
    with estate.acting(other) as actor:
        assert set(Customer.objects.visible_to(actor)) == {own, theirs}
    with estate.scopes.acting(estate.system()):
        assert not Assignment.objects.current().filter(user=agent, grant=None).exists()


def test_a_removed_token_opens_nothing(house):
    _token, raw = token_of(house.agents[0])
    house.begin()
    client = Client(headers={"authorization": f"Bearer {raw}"})
    assert client.get("/api/v1/customers").status_code != 401
    decide(house.head, (right(house.agents[0], "token"), "remove"))
    assert client.get("/api/v1/customers").status_code == 401


def test_a_removed_guest_sees_nothing_of_the_case_and_that_is_no_forgery(house):
    office = estate.user(Role.REGULATOR)
    other = estate.user(Role.REGULATOR)
    case = case_with(house, office)
    house.begin()
    place = f"/regulator/cases/{case.ref}/"
    guest = estate.login(Client(), office)
    assert guest.get(place).status_code == 200
    decide(house.officers[0], (right(office, "case"), "remove"))
    assert guest.get(place).status_code == 404
    assert list(cases.altered()) == []
    with estate.scopes.acting(estate.system()):
        held = Case.objects.get(pk=case.pk)
        held.guests.add(office)
        assert [each.ref for each in cases.altered()] == [case.ref]
        held.guests.set([other])
        assert [each.ref for each in cases.altered()] == [case.ref]


def test_what_has_ended_by_itself_is_no_error(house):
    granted(house, house.agents[0])
    house.begin()
    with estate.acting(house.officers[1]) as actor:
        grants.end(grants.open_ones().get(), channel="admin", actor=actor)
    assert decide(house.head, (right(house.agents[0], "grant"), "remove")) == 0
    assert right(house.agents[0], "grant").decision == "remove"


# At the date


def test_at_the_date_what_nobody_confirmed_ends_and_the_rest_stays(house):
    kept, lost = house.agents
    estate.customer(of=[lost])
    campaign = house.begin(roles=["agent"])
    decide(house.head, (right(kept), "keep"))
    recertify()
    assert active(lost)
    at_the_date()
    campaign.refresh_from_db()
    assert (active(kept), active(lost), campaign.status) == (True, False, "closed")
    assert {each.decision for each in rights(person=lost)} == {"lapsed"}
    tally = tally_of(campaign)
    assert (tally.kept, tally.lapsed, tally.open) == (1, 2, 0)
    with estate.scopes.acting(estate.system()), clock.at(clock.now() + DUE + timedelta(hours=1)):
        assert not Assignment.objects.current().filter(user=lost).exists()


def test_after_the_date_nobody_decides_any_more(house):
    house.begin(roles=["agent"])
    mine = right(house.agents[0])
    with clock.at(clock.now() + DUE + timedelta(minutes=1)), pytest.raises(deciding.DecidedAlready):
        decide(house.head, (mine, "keep"))


def test_a_beat_that_comes_late_or_twice_does_the_same(house, entries_since):
    house.begin(roles=["agent"])
    at_the_date()
    estate.drain()
    once = len(entries_since())
    at_the_date()
    estate.drain()
    assert len(entries_since()) == once


def test_a_role_that_changed_in_between_is_not_the_one_that_was_reviewed(house):
    house.begin(roles=["agent"])
    User.objects.filter(pk=house.agents[0].pk).update(role=Role.SERVICE_DESK)
    at_the_date()
    assert (active(house.agents[0]), right(house.agents[0]).decision) == (True, "gone")


def test_the_last_administrator_and_two_officers_stay_and_are_told(house):
    campaign = house.begin()
    for person in (house.head, *house.agents):
        decide(house.officers[0] if person is house.head else house.head, (right(person), "keep"))
    at_the_date()
    assert [active(each) for each in house.officers] == [False, True, True]
    assert [active(each) for each in house.admins] == [False, True]
    spared = {each.person: each.because for each in rights(decision="spared")}
    assert spared == {
        house.admins[1]: "last-administrator",
        **dict.fromkeys(house.officers[1:], "last-officers"),
    }
    office = estate.login(Client(headers={"accept-language": "zh-hans"}), house.officers[1])
    page = office.get(reverse("admin:recertification", args=[campaign.ref])).content.decode()
    assert "3 项到期没有确认，但没有取消。" in page
    page = office.get(
        reverse("admin:recertification", args=[campaign.ref]) + "?show=spared"
    ).content.decode()
    assert "在岗的系统管理员只剩这一名" in page


def test_what_was_spared_is_decided_by_somebody_afterwards(house):
    house.begin(roles=["administrator", "compliance_officer"])
    at_the_date()
    officers = [each for each in house.officers if active(each)]
    left = right(house.admins[1])
    with pytest.raises(endings.HouseNeeds):
        decide(officers[0], (left, "remove"))
    estate.user(Role.ADMINISTRATOR)
    decide(officers[0], (left, "remove"))
    assert not active(house.admins[1])
    decide(officers[0], (right(officers[1]), "keep"))


FORGERIES = {
    "sooner": "UPDATE access_campaign SET due_at = due_at - interval '13 days'",
    "more roles": "UPDATE access_campaign SET roles = '{agent,administrator}'",
    "another approval": "UPDATE access_approval SET payload = payload || '{\"roles\": []}'",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_one_that_was_edited_by_hand_ends_nothing_and_is_told(house, forgery):
    house.begin(roles=["agent"])
    assert invariants.broken(Options())["recertifications"] == "ok"
    with estate.scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(FORGERIES[forgery])
    at_the_date()
    assert active(house.agents[0])
    assert "covers or ends something else" in invariants.broken(Options())["recertifications"]
    assert (rechecking.carry_out(), rechecking.carry_out()) == (1, 0)


# Several workers, and one that dies

CHILD = """
import sys
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from datetime import timedelta
from access.tasks import recertify
from custodian import clock
with clock.at(clock.now() + timedelta(days=15)):
    recertify()
"""


def elsewhere(failpoint):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"]],
        env={**os.environ, "CUSTODIAN_FAILPOINT": failpoint},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize(
    ("failpoint", "ended"), [("recertify-between-people@2", 2), ("recertify-before-commit@2", 1)]
)
def test_killed_between_two_people_it_goes_on_where_it_was(house, failpoint, ended, entries_since):
    people = [estate.user(Role.AGENT, manager=house.head) for _ in range(4)]
    campaign = house.begin(roles=["agent"])
    assert elsewhere(f"{failpoint}:sigkill") == -signal.SIGKILL
    assert len(rights(decision="lapsed")) == ended
    campaign.refresh_from_db()
    assert campaign.status == "open"
    at_the_date()
    campaign.refresh_from_db()
    assert (campaign.status, len(rights(decision="lapsed"))) == ("closed", 6)
    assert not any(active(each) for each in (*people, *house.agents))
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    ends = [each["target"] for each in told if each["what"] == Action.USER_CHANGE]
    assert (len(ends), len(set(ends))) == (6, 6)


def test_workers_at_once_end_each_right_once_and_leave_two_officers(house, entries_since):
    for _ in range(6):
        estate.user(Role.COMPLIANCE_OFFICER)
        estate.user(Role.AGENT)
    campaign = house.begin()

    def work(_number):
        try:
            at_the_date()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    campaign.refresh_from_db()
    assert (campaign.status, tally_of(campaign).open) == ("closed", 0)
    left = User.objects.filter(is_active=True).values_list("role", flat=True)
    assert sorted(left) == ["administrator", "compliance_officer", "compliance_officer"]
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    ends = [each["right"] for each in told if each["what"] == Action.RECERTIFICATION_APPLY]
    assert (len(ends), len(set(ends))) == (len(rights()), len(rights()))


# When the next one is due


def test_half_a_year_later_the_officers_are_told_of_the_next(house):
    house.begin(roles=["agent"])
    at_the_date()
    assert headline(house) is None
    with clock.at(clock.now() + timedelta(days=185)):
        assert str(headline(house).sentence) == "权限复核又到时间了。"
        estate.user(Role.AGENT)
        house.propose()
        assert headline(house) is not None
        house.propose(roles=["agent"])
        assert headline(house) is None


def headline(house):
    request = estate.login(Client(), house.officers[0]).get("/admin/recertifications/").wsgi_request
    found = next(each for each in headlines if each.__name__ == "next_one")
    with estate.acting(house.officers[0]) as actor:
        request.actor = actor
        return found(request)


@pytest.mark.parametrize(
    ("begun", "months", "then"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2027-01-31", 13, "2028-02-29"),
    ],
)
def test_months_are_counted_by_the_calendar(begun, months, then):
    moment = clock.local().replace(
        **dict(zip(("year", "month", "day"), map(int, begun.split("-")), strict=True))
    )
    assert progress.months_later(moment, months).date().isoformat() == then


# Through the pages


def desk(person):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person)


def test_an_officer_proposes_another_approves_and_the_head_decides_at_the_desk(house):
    due = (clock.local() + timedelta(days=10)).date().isoformat()
    form = {"name": "下半年", "unit": "", "roles": ["agent"], "due": due, "repeat_months": "6"}
    office, head = desk(house.officers[0]), desk(house.head)
    assert "/accounts/recertification/" not in head.get("/desk/").content.decode()
    shown = office.post("/admin/recertifications/new/", {**form, "act": "preview"})
    assert (shown.status_code, Campaign.objects.count()) == (200, 0)
    answer = office.post("/admin/recertifications/new/", form)
    approval = Approval.objects.get(kind=campaigns.KIND)
    assert answer.headers["location"] == reverse("admin:approval", args=[approval.ref])
    other = estate.login(
        Client(headers={"accept-language": "zh-hans"}), house.officers[1], stepped_up=True
    )
    place = reverse("admin:approval", args=[approval.ref])
    assert "此刻 2 人、2 项权限" in other.get(place).content.decode()
    other.post(place, {"act": "approve", "digest": approval.digest})

    assert "/accounts/recertification/" in head.get("/desk/").content.decode()
    page = head.get("/accounts/recertification/").content.decode()
    assert (house.agents[0].name in page, "全部保留" in page) == (True, True)
    one, two = house.agents
    said = {"person": str(one.ref), "act": "save", f"right-{right(one).ref}": "remove"}
    assert head.post("/accounts/recertification/", said).status_code == 302
    assert (
        head.post("/accounts/recertification/", {"person": str(two.ref), "act": "keep"}).status_code
        == 302
    )
    assert (active(one), right(two).decision) == (False, "keep")
    assert "没有等您决定的权限" in head.get("/accounts/recertification/").content.decode()
    campaign = reverse("admin:recertification", args=[Campaign.objects.get().ref])
    page = office.get(campaign).content.decode()
    assert (house.head.staff_no in page, one.staff_no in page) == (True, True)


def test_nothing_chosen_is_told_and_the_half_that_is_chosen_is_kept(house):
    token_of(house.agents[0])
    house.begin(roles=["agent"])
    head, person = desk(house.head), house.agents[0]
    answer = head.post("/accounts/recertification/", {"person": str(person.ref), "act": "save"})
    assert (answer.status_code, "还没有选" in answer.content.decode()) == (422, True)
    said = {f"right-{right(person, 'token').ref}": "keep", "person": str(person.ref), "act": "save"}
    head.post("/accounts/recertification/", said)
    assert (right(person, "token").decision, right(person).decision) == ("keep", "")


def test_a_person_of_another_line_is_as_one_who_does_not_exist(house):
    house.begin(roles=["agent", "compliance_officer"])
    head = desk(house.head)
    for asked in (house.officers[0].ref, house.head.ref, "0" * 32, "nobody"):
        answer = head.post("/accounts/recertification/", {"person": str(asked), "act": "keep"})
        assert answer.status_code == 404
    assert rights(decision="keep") == []


def test_the_house_that_needs_somebody_is_told_with_what_was_chosen(house):
    house.begin(roles=["administrator"])
    User.objects.filter(pk=house.admins[0].pk).update(is_active=False)
    mine = right(house.admins[1])
    said = {"person": str(house.admins[1].ref), "act": "save", f"right-{mine.ref}": "remove"}
    answer = desk(house.officers[0]).post("/accounts/recertification/", said)
    page = answer.content.decode()
    assert (answer.status_code, "请先任命另一人" in page, 'value="remove" checked' in page) == (
        409,
        True,
        True,
    )


def test_an_officer_sees_whom_it_waits_for_on_the_morning_page(house):
    house.begin()
    page = desk(house.officers[0]).get("/admin/").content.decode()
    assert ("2026 年下半年" in page, f"{house.head.name} {house.head.staff_no}" in page) == (
        True,
        True,
    )


def test_the_preview_costs_the_same_for_two_and_for_twenty(house, django_assert_num_queries):
    with django_assert_num_queries(7):
        preview(None, [])
    for _ in range(18):
        agent = estate.user(Role.AGENT, manager=house.head)
        estate.customer(of=[agent])
        token_of(agent)
    with django_assert_num_queries(7):
        preview(None, [])


def test_a_machine_decides_nothing(house):
    house.begin()
    with estate.scopes.acting(estate.system()) as actor, pytest.raises(gate.CustodianError):
        deciding.decide({right(house.agents[0]).ref: "keep"}, actor=actor)
