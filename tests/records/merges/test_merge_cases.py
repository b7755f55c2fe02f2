"""Who was here already is found by fingerprints and settled by two; nobody is merged, nobody is told."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from access import approvals, rechecking, scopes
from access.gate import Refused
from access.models import Arriving, Restriction
from access.vocabulary import Role
from records import merges
from records.merges.settling import Settled
from records.models import Customer, MergeCase
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_ID = "320311198604180022"
LI = {**estate.ZHANG, "identity.name": "李四光", "identity.birth_date": "1990-01-01"}
APART = {"identity.mobile": "13900139000", "identity.email": "a@example.com",
         "identity.address": "北京市东城区长安街9号"}  # fmt: skip
ELSEWHERE = ({"financial.bank_name": "示例银行", "financial.bank_account": "6222020000006225"},)


def sought(*came: Customer) -> list[MergeCase]:
    with scopes.acting(estate.system()), scopes.arrivals():
        merges.seek([each.pk for each in came], source="T-2026-001")
        return list(MergeCase.objects.order_by("pk"))


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def case(officers):
    here = estate.customer()
    (found,) = sought(estate.customer({**estate.ZHANG, **APART}, accounts=ELSEWHERE))
    assert found.other_id == here.pk
    return found


def customers():
    with scopes.acting(estate.system()):
        return list(Customer.objects.order_by("pk").values())


def found(source):
    with scopes.acting(estate.system()):
        return [each.pk for each in source()]


def named(subject):
    """Whom her page names, and as what."""
    with scopes.acting(estate.system()):
        rows = merges.of_customer(Customer.objects.get(pk=subject))
        refs = {ref: pk for pk, ref in Customer.objects.values_list("pk", "ref")}
        return [(case.settled, refs[ref]) for case, ref in rows]


def again(case):
    with scopes.acting(estate.system()):
        case.refresh_from_db()


def settled(case, officers, verdict="same"):
    with estate.acting(officers[0], stepped_up=True) as actor:
        approval = merges.ask(case, verdict, reason="核对了证件影像", actor=actor)
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    again(case)


@pytest.mark.parametrize(
    ("values", "accounts", "agrees"),
    [
        ({**estate.ZHANG, **APART}, ELSEWHERE,
         {"identity.id_number", "identity.name+identity.birth_date"}),
        ({**LI, **APART}, ELSEWHERE, {"identity.id_number"}),
        ({**estate.ZHANG, **APART, "identity.id_number": OTHER_ID, "identity.mobile": "13800138000"},
         ELSEWHERE, {"identity.mobile", "identity.name+identity.birth_date"}),
        ({**estate.ZHANG, **APART, "identity.id_number": OTHER_ID}, (estate.ACCOUNT,),
         {"financial.bank_account", "identity.name+identity.birth_date"}),
        ({**estate.ZHANG, **APART, "identity.id_number": OTHER_ID}, ELSEWHERE, None),
        ({**LI, "identity.id_number": OTHER_ID}, (estate.ACCOUNT,), None),
    ],
    ids=["all", "number", "name-and-mobile", "name-and-account", "name-only", "contacts-only"],
)  # fmt: skip
def test_what_makes_two_customers_a_case(values, accounts, agrees):
    estate.customer()
    found = sought(estate.customer(values, accounts=accounts))
    assert [set(each.agrees) for each in found] == ([agrees] if agrees else [])


def test_a_pair_is_one_case_and_those_who_come_together_are_none():
    here = estate.customer()
    came = [estate.customer(), estate.customer()]
    assert [each.other_id for each in sought(*came)] == [here.pk, here.pk]
    assert len(sought(*came)) == 2
    with scopes.acting(estate.system()):
        MergeCase.objects.all().delete()
        Arriving.objects.create(subject_id=here.pk, arrival=uuid4())
    assert sought(*came) == []


def test_whose_identity_is_stored_only_is_compared_with_nobody():
    here = estate.customer()
    with scopes.acting(estate.system()):
        Restriction.objects.create(
            subject_id=here.pk, kind="identity", holding=here.subject.identity.holding,
            because="retention",
        )  # fmt: skip
    assert sought(estate.customer()) == []


def test_two_settle_it_and_neither_customer_changes(case, officers):
    before = customers()
    settled(case, officers)
    assert (case.status, case.settled) == ("settled", "same")
    assert named(case.subject_id) == [("same", case.other_id)]
    assert named(case.other_id) == [("same", case.subject_id)]
    assert customers() == before
    with estate.acting(officers[0], stepped_up=True) as actor, pytest.raises(Settled):
        merges.ask(case, "same", reason="再说一次", actor=actor)
    settled(case, officers, "apart")
    assert named(case.subject_id) == []


def test_nobody_settles_it_alone_and_a_no_leaves_what_was(case, officers):
    with estate.acting(officers[0], stepped_up=True) as actor:
        approval = merges.ask(case, "same", reason="核对", actor=actor)
        with pytest.raises(Refused):
            approvals.approve(approval, seen=approval.digest, actor=actor)
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.send_back(approval, seen=approval.digest, note="不足", actor=actor)
    again(case)
    assert (case.status, case.settled, case.verdict) == ("open", "", "")


def test_a_verdict_that_was_altered_in_the_table_is_found(case, officers):
    settled(case, officers, "apart")
    altered = next(each for each in rechecking.sources if each.__module__.endswith("settling"))
    assert found(altered) == []
    with scopes.acting(estate.system()):
        MergeCase.objects.filter(pk=case.pk).update(settled="same")
    assert found(altered) == [case.approval_id]


def test_an_agent_sees_no_case_even_of_his_own_customers(case):
    agent = estate.user()
    mine = estate.customer(of=[agent])
    assert sought(mine)
    with estate.acting(agent):
        assert list(MergeCase.objects.all()) == []


def test_the_page_shows_masks_side_by_side_and_takes_a_verdict(case, officers):
    browser = estate.login(Client(), officers[0], stepped_up=True)
    listed = browser.get(reverse("admin:records_mergecase_changelist")).content.decode()
    assert case.code in listed
    assert "张三丰" not in listed
    at = reverse("admin:records_mergecase", args=[case.ref])
    shown = re.sub(r"<[^>]+>", "", browser.get(at).content.decode())
    assert "138****已隐藏 4 位8000" in shown
    assert "139****已隐藏 4 位9000" in shown
    assert browser.post(at, {"verdict": "same"}).status_code == 422
    browser.post(at, {"verdict": "same", "reason": "核对了证件影像"})
    again(case)
    assert (case.status, case.verdict) == ("asked", "same")
