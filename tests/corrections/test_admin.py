"""Corrections in the back office: the list with its clocks, both sides revealed, and the second person's yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from access import scopes
from custodian import clock
from records.corrections import applying
from records.models import CorrectionItem
from tests import estate
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE

pytestmark = pytest.mark.django_db
LIST = "/admin/corrections/"


def browser(person, *, stepped_up=True):
    return estate.login(
        Client(headers={"accept-language": "zh-hans"}), person, stepped_up=stepped_up
    )


def at(name, correction, **more):
    known = {"ref": correction.ref, **more}
    return reverse(f"admin:records_correction{name}", kwargs=known)


def revealed(client, correction):
    """Numbers are shown in groups."""
    return client.post(at("_reveal", correction)).content.decode().replace(" ", "")


def put_up(cast, group="mobile", **written):
    correction = cast.raised(cast.agent, group, **written)
    cast.take(correction)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction)
    assert cast.now(correction).status == "approving"
    return correction


def test_the_list_says_what_runs_and_what_is_late(cast):
    correction = cast.raised(cast.customer)
    officer = browser(cast.officer)
    page = officer.get(LIST).content.decode()
    assert correction.ref in page
    assert "更正手机号码" in page
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        page = browser(cast.officer).get(LIST).content.decode()
        assert "逾期" in page


def test_nobody_else_gets_there(cast):
    correction = cast.raised(cast.customer)
    for person in (cast.agent, cast.desk):
        client = browser(person)
        for place in (LIST, at("", correction), at("_paper", correction, number=1)):
            assert client.get(place).status_code in {302, 403, 404}, place


def test_the_second_person_sees_both_sides_and_says_yes(cast):
    correction = put_up(cast)
    officer = browser(cast.officer)
    page = officer.get(at("", correction)).content.decode()
    assert NEW_MOBILE not in page
    shown = revealed(officer, correction)
    assert NEW_MOBILE in shown
    assert estate.ZHANG["identity.mobile"] in shown
    assert "用途：合规" in shown
    with scopes.acting(estate.system()):
        approval = correction.approval
    place = reverse("admin:approval", args=[approval.ref])
    page = officer.get(place).content.decode()
    assert "更正客户资料" in page
    assert "客户到柜面" in page or "柜面" in page
    assert NEW_MOBILE not in page
    said = officer.post(place, {"digest": approval.digest, "act": "approve"})
    assert said.status_code in {200, 302}, said.content.decode()[:2000]
    assert cast.now(correction).status in {"approved", "applied"}
    assert cast.apply(correction).status == "applied"


def test_a_bank_account_is_checked_by_one_officer_and_approved_by_another(cast):
    correction = cast.raised(
        cast.customer, "account",
        financial__bank_name="新银行", financial__bank_account="6222020000006225",
    )  # fmt: skip
    first = browser(cast.officer)
    first.post(at("_act", correction), {"act": "take"})
    assert "6222020000006225" in revealed(first, correction)
    assert first.get(at("_paper", correction, number=1)).status_code == 200
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    first.post(at("_act", correction), {"act": "pass"})
    assert cast.now(correction).status == "approving"
    with scopes.acting(estate.system()):
        approval = correction.approval
    place = reverse("admin:approval", args=[approval.ref])
    own = first.post(place, {"digest": approval.digest, "act": "approve"})
    assert own.status_code in {403, 409, 422}
    assert cast.now(correction).status == "approving"
    cast.approve(correction, cast.other_officer)
    assert cast.apply(correction).status == "applied"


def test_one_that_was_edited_after_the_yes_is_not_applied_and_is_found(cast):
    correction = put_up(cast, "address", identity__address=NEW_ADDRESS)
    cast.approve(correction)
    with scopes.acting(estate.system()):
        assert correction.pk in applying.due()
        item = CorrectionItem.objects.get(correction=correction)
        CorrectionItem.objects.filter(pk=item.pk).update(value_sealed=b"\x00" * 80)
        assert correction.pk not in applying.due()
        assert [each.pk for each in applying.altered()] == [correction.approval_id]
    with pytest.raises(applying.NotAsApproved):
        applying.apply(correction.pk)
    assert cast.now(correction).status == "approved"


def test_a_refusal_from_here(cast):
    correction = cast.raised(cast.customer)
    officer = browser(cast.officer)
    officer.post(at("_act", correction), {"act": "take"})
    empty = officer.post(at("_refuse", correction), {"because": "", "words": ""})
    assert empty.status_code == 422
    officer.post(at("_refuse", correction), {"because": "evidence", "words": "号码打不通"})
    assert cast.now(correction).status == "refused"
    assert "证明材料看不清或不足" in officer.get(at("", correction)).content.decode()
