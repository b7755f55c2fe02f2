"""A case: one scope that somebody else approved, for its guests alone, and no longer than it says."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access import cases
from access.bundles import jobs
from access.bundles.criteria import Criteria
from access.cases import NotOfTheCase, NotOpen
from access.gate import Refused
from access.models import Approval, Bundle, Case
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from custodian.workflow import IllegalMove
from tests import estate
from tests.access.houses import LANGUAGES, SINCE, UNTIL, ZIP, moment, said, whats, written

pytestmark = pytest.mark.xdist_group("cases")


def doors(client, case, bundle):
    """What the guest of a case can ask for, with the answer's status."""
    place = f"/regulator/cases/{case.ref}/"
    days = {"since": "2026-11-01", "until": "2026-11-20"}
    answers = {
        "case": client.get(place),
        "form": client.get(f"{place}new/"),
        "ask": client.post(f"{place}new/", days),
        "download": client.post(f"/regulator/bundles/{bundle.ref}/download/"),
        "verified": client.post(f"/regulator/bundles/{bundle.ref}/verified/"),
    }
    for answer in answers.values():
        assert not answer.streaming or answer.getvalue() == ZIP
    return {name: answer.status_code for name, answer in answers.items()}


OPEN = {"case": 200, "form": 200, "ask": 302, "download": 200, "verified": 302}
SHUT = dict.fromkeys(OPEN, 404)


# Opening


def test_a_case_waits_for_somebody_else_and_its_guests_see_nothing_of_it_meanwhile(house):
    case = house.asked()
    bundle = house.bundle(case)
    client = house.browser(house.office)
    assert (case.status, doors(client, case, bundle)) == ("waiting", SHUT)
    house.approve(case.approval)
    assert doors(client, case, bundle) == OPEN


def test_each_act_is_one_entry_with_the_case_and_no_name(house):
    with written() as leaves:
        case = house.asked(customers=[house.customer.subject.uid])
    with written() as more:
        house.approve(case.approval)
    with written() as asked:
        key = house.ask_for_key(house.now(case), house.customer)
    with written() as released:
        house.approve(key)
    with written() as closed:
        house.close(case)
    assert whats(leaves) + whats(more) + whats(asked) + whats(released) + whats(closed) == [
        "access:case:open", "access:case:approve", "access:case:open", "access:case:approve",
        "access:case:close",
    ]  # fmt: skip
    every = [*leaves, *more, *asked, *released, *closed]
    assert {leaf["n"] for leaf in every} == {0}
    told = str(every)
    hidden = [case.title, case.office, case.letter, house.customer.ref, "周明"]
    assert [text for text in hidden if text in told] == []
    assert leaves[0]["digest"] == more[0]["digest"] == case.approval.digest
    assert asked[0]["digest"] == released[0]["digest"] == key.digest


def form(house, **more):
    return {
        "title": "一名代理人的查询", "office": "江苏金融监管局", "letter": "", "since": "2026-11-01",
        "until": "2026-11-30", "operators": house.agent.staff_no, "guests": [house.office.pk],
        "access_until": f"{clock.local().date() + timedelta(days=7)}", **more,
    }  # fmt: skip


def test_an_officer_opens_a_case_in_the_back_office(house):
    client = house.browser(house.first)
    with written() as leaves:
        answer = client.post(
            "/admin/cases/new/",
            form(house, operators=f" {house.agent.staff_no.lower()}，{house.second.staff_no} ",
                 customers=house.customer.ref, units="XZ"),
        )  # fmt: skip
    case = house.now(Case(pk=newest(house).pk))
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/cases/{case.ref}/")
    assert whats(leaves) == ["access:case:open", "access:case:open"]  # the page, and the act
    assert {*case.operators} == {house.agent.ref, house.second.ref}
    assert case.customers == [house.customer.subject.uid]
    assert case.called == {str(house.customer.subject.uid): house.customer.ref}
    assert case.units == ["XZ"]
    assert case.access_until == moment(clock.local().date(), days=8)
    page = client.get(answer["Location"]).content.decode()
    assert house.customer.ref in page
    assert estate.ZHANG["identity.name"] not in page


def newest(house):
    with house.everywhere():
        return Case.objects.order_by("-pk").first()


WRONG = {
    "to before from": {"until": "2026-10-01"},
    "nobody named": {"operators": ""},
    "both": {"everything": "on"},
    "no such number": {"operators": "NOBODY"},
    "no such unit": {"units": "NOWHERE"},
    "no such customer": {"customers": "c-0000-0000-000"},
    "a name": {"customers": "张三丰"},
    "too many": {"units": " ".join(f"U{n}" for n in range(201))},
    "no guest": {"guests": []},
    "too long": {"access_until": "2036-01-01"},
    "over already": {"access_until": "2026-01-01"},
    "no title": {"title": ""},
    "no day": {"since": "gestern"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_a_case_is_said_and_not_opened(house, wrong):
    client, before = house.browser(house.first), newest(house)
    with written() as leaves:
        answer = client.post("/admin/cases/new/", form(house, **WRONG[wrong]))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert whats(leaves) == ["access:case:open"]
    assert newest(house) == before


def test_only_a_supervising_office_or_an_auditor_can_be_a_guest(house):
    for person in (house.agent, house.second, estate.user(Role.ADMINISTRATOR)):
        answer = house.browser(house.first).post(
            "/admin/cases/new/", form(house, guests=[person.pk])
        )
        assert answer.status_code == 422


def test_two_cases_opened_at_once_have_two_numbers(house):
    def attempt(_number):
        try:
            return house.asked().ref
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        refs = list(pool.map(attempt, range(12)))
    assert len({*refs}) == 12


# What was approved


def test_an_altered_case_is_not_opened_by_an_approval_of_what_it_was(house):
    for changes in (
        {"everything": True},
        {"until": UNTIL + timedelta(days=1)},
        {"operators": [house.agent.ref, house.second.ref]},
        {"customers": [house.customer.subject.uid]},
        {"units": ["XZ"]},
        {"access_until": clock.now() + timedelta(days=900)},
    ):
        case = house.asked()
        with house.everywhere():
            Case.objects.filter(pk=case.pk).update(**changes)
        client = house.browser(house.second, fresh=True)
        address = reverse("admin:approval", args=[case.approval.ref])
        with written() as leaves:
            answer = client.post(address, {"act": "approve", "digest": case.approval.digest})
        assert (answer.status_code, leaves) == (409, [])
        assert house.now(case).status == "waiting"
    case = house.asked()
    with house.everywhere():
        case.guests.add(house.other)
    with pytest.raises(cases.ContentChanged):
        house.approve(case.approval)


def test_a_case_that_is_altered_later_is_named_by_the_invariants(house):
    case = house.case(customers=[house.customer.subject.uid])

    def broken():
        with house.everywhere():
            found = list(invariants.cases_are_as_approved(Options()))
        return [sentence.split(":")[0] for sentence in found]

    assert broken() == []
    for changes in (
        {"until": UNTIL + timedelta(days=1)},
        {"key_customers": [house.customer.subject.uid]},
    ):
        before = {name: getattr(case, name) for name in changes}
        with house.everywhere():
            Case.objects.filter(pk=case.pk).update(**changes)
            assert broken() == [f"case {case.ref}"]
            Case.objects.filter(pk=case.pk).update(**before)
    with house.everywhere():
        case.guests.add(house.other)
        assert broken() == [f"case {case.ref}"]
        case.guests.remove(house.other)
    house.approve(house.ask_for_key(case, house.customer))
    assert broken() == []
    waiting = house.asked()
    with house.everywhere():
        Case.objects.filter(pk=waiting.pk).update(status="open")
        assert broken() == [f"case {waiting.ref}"]
        Case.objects.filter(pk=waiting.pk).update(status="closed")


BEYOND = {
    "an earlier day": {"since": SINCE - timedelta(days=1)},
    "a later day": {"until": UNTIL + timedelta(days=1)},
    "everything": {"everything": True},
    "another operator": {"operators": (uuid.uuid4(),)},
    "another customer": {"customers": (uuid.uuid4(),)},
    "another unit": {"units": ("NJ",)},
    "a key": {"keys": (uuid.uuid4(),)},
    "nothing at all": {"operators": ()},
}


@pytest.mark.parametrize("beyond", BEYOND)
def test_nothing_beyond_the_scope_is_handed_out_past_the_form_either(house, beyond):
    case = house.case()
    named = {"since": SINCE, "until": UNTIL, "operators": (house.agent.ref,)}
    criteria = Criteria(**{**named, **BEYOND[beyond]})
    with written() as leaves, estate.acting(house.office) as actor:
        with pytest.raises(Refused) as refused:
            jobs.request(
                case, criteria, recipient=house.office, language="en", channel="regulator",
                actor=actor,
            )  # fmt: skip
        assert refused.value.decision.because == ("outside-case",)
        assert not Bundle.objects.filter(case=case).exists()
    assert [(leaf["act"], leaf["why"]) for leaf in leaves] == [("denied", ["outside-case"])]


def test_nobody_elses_bundle_can_be_asked_for(house):
    case = house.case()
    with estate.acting(house.office) as actor, pytest.raises(Refused):
        jobs.request(
            case, Criteria.of_case(case), recipient=house.other, language="en",
            channel="regulator", actor=actor,
        )  # fmt: skip


def test_a_guest_reads_his_own_case_in_the_database_and_changes_none(house):
    mine, theirs = house.case(), house.case(guests=[house.other])
    with estate.acting(house.office):
        assert mine.pk in {*Case.objects.values_list("pk", flat=True)}
        assert theirs.pk not in {*Case.objects.values_list("pk", flat=True)}
        assert Case.objects.filter(pk=theirs.pk).update(title="x") == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Case.objects.filter(pk=mine.pk).update(everything=True)
    assert not house.now(mine).everything


# The end


def test_access_ends_to_the_second(house):
    end = clock.now().replace(microsecond=0) + timedelta(seconds=90)
    case = house.case(access_until=end)
    bundle = house.bundle(case)
    client = house.browser(house.office)
    with clock.at(end - timedelta(seconds=1)):
        assert doors(client, case, bundle) == OPEN
    for late in (end, end + timedelta(microseconds=1), end + timedelta(minutes=2)):
        with clock.at(late):
            assert doors(client, case, bundle) == SHUT
            assert case.ref not in client.get("/regulator/").content.decode()
    with clock.at(end - timedelta(seconds=1)):
        assert case.ref in client.get("/regulator/").content.decode()


def test_closing_takes_effect_at_once_for_open_pages_and_downloads(house):
    case = house.case()
    bundle = house.bundle(case)
    client = house.browser(house.office)
    assert doors(client, case, bundle) == OPEN
    officer = house.browser(house.first)
    assert officer.post(f"/admin/cases/{case.ref}/close/").status_code == 302
    assert doors(client, case, bundle) == SHUT
    assert (house.now(case).status, house.now(bundle).downloads) == ("closed", 1)
    with written() as leaves:
        assert officer.post(f"/admin/cases/{case.ref}/close/").status_code == 409
    assert leaves == []


def test_closing_ends_what_waits_for_the_case(house):
    early = house.asked()
    house.close(early)
    assert house.now(early.approval).status == "void"
    case = house.case(customers=[house.customer.subject.uid])
    key = house.ask_for_key(case, house.customer)
    house.close(case)
    assert house.now(key).status == "void"
    assert house.now(case.approval).status == "approved"
    for approval in (early.approval, key):
        with pytest.raises(cases.ContentChanged):
            house.approve(house.now(approval))
    assert (house.now(early).status, house.now(case).key_customers) == ("closed", [])


@pytest.mark.parametrize("status", ["waiting", "open", "closed", "returned"])
def test_each_move_of_a_case_from_each_state(house, status):
    may = {"waiting": {"open", "return", "close"}, "open": {"close"}}.get(status, set())
    for move in ("open", "return", "close"):
        case = house.asked()
        with house.everywhere():
            Case.objects.filter(pk=case.pk).update(status=status)
            if move in may:
                cases.CASE.move(case, move)
            else:
                with pytest.raises(IllegalMove):
                    cases.CASE.move(case, move)
            Case.objects.filter(pk=case.pk).update(status="closed")


def test_a_case_covers_a_period_and_names_the_keys_of_its_own_customers_only(house):
    case = house.case(customers=[house.customer.subject.uid])
    for changes, constraint in (
        ({"until": date(2026, 10, 1)}, "case_covers_a_period"),
        ({"key_customers": [uuid.uuid4()]}, "case_gives_keys_of_its_own_customers_only"),
    ):
        row = Case.objects.filter(pk=case.pk)
        with house.everywhere(), pytest.raises(IntegrityError, match=constraint):
            row.update(**changes)


# Keys


def test_an_approved_key_is_one_customers_in_one_case(house):
    second = house.newcomer()
    both = [house.customer.subject.uid, second.subject.uid]
    case, other = house.case(customers=both), house.case(customers=both)
    house.approve(house.ask_for_key(case, house.customer))
    assert house.now(case).key_customers == both[:1]
    assert house.now(other).key_customers == []
    assert Criteria.of_case(house.now(case)).keys == (both[0],)
    taken = Criteria(since=SINCE, until=UNTIL, customers=tuple(both), keys=(both[0],))
    assert taken.within(house.now(case))
    assert not taken.within(house.now(other))
    more = Criteria(since=SINCE, until=UNTIL, customers=tuple(both), keys=tuple(both))
    assert not more.within(house.now(case))


def test_a_key_is_asked_for_once_and_only_of_an_open_cases_own_customer(house):
    stranger = house.newcomer()
    case = house.case(customers=[house.customer.subject.uid])
    client = house.browser(house.first)

    def refused(asked_of, customer, error):
        with pytest.raises(error):
            house.ask_for_key(asked_of, customer)
        with written() as leaves:
            page = client.post(
                f"/admin/cases/{asked_of.ref}/key/", {"customer": str(customer.subject.uid)}
            )
        assert (page.status_code, leaves) == (error.status, [])
        assert str(error.message) in page.content.decode()

    refused(case, stranger, NotOfTheCase)
    key = house.ask_for_key(case, house.customer)
    refused(case, house.customer, NotOfTheCase)
    house.approve(key)
    refused(house.now(case), house.customer, NotOfTheCase)
    for shut in (house.asked(customers=case.customers), house.case(customers=case.customers)):
        if shut.status == "open":
            house.close(shut)
        refused(house.now(shut), house.customer, NotOpen)
    short = house.case(customers=case.customers, access_until=clock.now() + timedelta(seconds=0.2))
    with clock.at(short.access_until), pytest.raises(NotOpen):
        house.ask_for_key(short, house.customer)
    assert Approval.objects.waiting().filter(kind=cases.KEY).count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_that_comes_too_late_is_said(house, language):
    case = house.case(
        customers=[house.customer.subject.uid], access_until=clock.now() + timedelta(days=1)
    )
    key = house.ask_for_key(case, house.customer)
    client = house.browser(house.second, language=language, fresh=True)
    with clock.at(case.access_until):
        answer = client.post(
            reverse("admin:approval", args=[key.ref]), {"act": "approve", "digest": key.digest}
        )
    assert answer.status_code == 409
    assert said("案件没有开放，或已经结束", language) in answer.content.decode()
    assert (house.now(key).status, house.now(case).key_customers) == ("waiting", [])


def test_the_page_of_a_case_follows_what_was_asked_and_released(house):
    case = house.case(customers=[house.customer.subject.uid])
    client = house.browser(house.first)
    place = f"/admin/cases/{case.ref}/"
    assert "申请放行密钥" in client.get(place).content.decode()
    asked = {"customer": str(house.customer.subject.uid)}
    assert client.post(f"{place}key/", asked).status_code == 302
    page = client.get(place).content.decode()
    assert "申请放行密钥" not in page
    assert "待复核" in page
    house.approve(Approval.objects.waiting().get(kind=cases.KEY, payload__case=case.ref))
    assert "全部已放行" in client.get(place).content.decode()


# In the back office


def orders(client, case, **more):
    days = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}
    return client.post(f"/admin/cases/{case.ref}/bundle/", {**days, **more})


def test_an_officer_orders_a_bundle_for_himself_or_a_guest(house):
    case = house.case()
    client = house.browser(house.first)
    form = f"/admin/cases/{case.ref}/bundle/"
    assert form in client.get(f"/admin/cases/{case.ref}/").content.decode()
    page = client.get(form).content.decode()
    assert [str(each) in page for each in (house.first, house.office, house.second)] == [
        *(True, True, False)
    ]
    for recipient in (house.first, house.office):
        with written() as leaves:
            answer = orders(client, case, recipient=recipient.pk)
        assert (answer.status_code, answer.url) == (302, f"/admin/cases/{case.ref}/")
        with house.everywhere():
            bundle = Bundle.objects.filter(case=case).latest("number")
        assert (bundle.recipient, bundle.requested_by) == (recipient, house.first)
        assert "access:bundle:prepare" in whats(leaves)


def test_an_officer_orders_for_nobody_beside_the_case_and_nothing_beyond_it(house):
    case = house.case()
    client = house.browser(house.first)
    assert orders(client, case, recipient=house.second.pk).status_code == 422
    assert orders(client, case).status_code == 422
    beyond = {"recipient": house.first.pk, "until": "2027-01-01"}
    assert orders(client, case, **beyond).status_code == 422
    with house.everywhere():
        assert not Bundle.objects.filter(case=case).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_orders_only_while_the_case_is_open(house, language):
    case = house.asked()
    client = house.browser(house.first, language=language)
    for status in ("waiting", "closed"):
        if status == "closed":
            house.close(case)
        answer = orders(client, case, recipient=house.first.pk)
        assert answer.status_code == 409
        assert said("案件没有开放，或已经结束", language) in answer.content.decode()
        place = f"/admin/cases/{case.ref}/"
        assert f"{place}bundle/" not in client.get(place).content.decode()


def test_an_officer_takes_his_own_bundle_and_nobody_elses(house):
    case = house.case()
    mine, offices = house.bundle(case, recipient=house.first), house.bundle(case)
    client = house.browser(house.first)
    page = client.get(f"/admin/cases/{case.ref}/").content.decode()
    addresses = [f"/admin/bundles/{each.ref}/download/" for each in (mine, offices)]
    assert [each in page for each in addresses] == [True, False]
    with written() as leaves:
        answer = client.post(addresses[0])
        assert (answer.status_code, answer.getvalue()) == (200, ZIP)
    assert answer["Content-Disposition"] == f'attachment; filename="{mine.name}"'
    assert "access:bundle:take" in whats(leaves)
    assert house.now(mine).downloads == 1
    assert client.post(addresses[1]).status_code == 404
    assert house.browser(house.second).post(addresses[0]).status_code == 404
    assert (house.now(mine).downloads, house.now(offices).downloads) == (1, 0)


def test_a_bundle_ends_with_its_case_for_an_officer_too(house):
    case = house.case()
    bundle = house.bundle(case, recipient=house.first)
    client = house.browser(house.first)
    house.close(case)
    assert client.post(f"/admin/bundles/{bundle.ref}/download/").status_code == 404
    assert house.now(bundle).downloads == 0
