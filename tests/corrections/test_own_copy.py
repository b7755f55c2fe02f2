"""Her corrections in her own data: how each stands on the page, and in a copy what it said before and after."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from access import scopes
from records.corrections import handling
from records.models import DataCopy
from records.own_data import copies
from records.retention import reckoning
from tests import estate
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE
from tests.portal.people import signed_in
from tests.records import desk_estate
from tests.sign_in import people as numbers

pytestmark = pytest.mark.django_db
COPY = "/portal/data/copy/"
SCHEMA = json.loads((Path(project.BASE_DIR) / "docs/data-copy.schema.json").read_text())


@pytest.fixture(autouse=True)
def _insured(cast):
    desk_estate.policy(cast.customer)


def hers(customer):
    """Signed in anew: a change of her mobile ends every session."""
    return signed_in(Client(headers={"accept-language": "zh-hans"}), customer)


def copy_of(customer):
    client = hers(customer)
    client.post(COPY, {"format": ["json"], "language": "zh-hans"})
    with scopes.acting(estate.system()):
        copy = DataCopy.objects.order_by("-pk").first()
    said = json.loads(client.post(f"{COPY}{copies.work(copy.pk).ref}/").content)
    jsonschema.validate(said, SCHEMA)
    return said


def corrections_in(said):
    """Facts by label of each, by its reference."""
    (section,) = (each for each in said["classes"] if each["code"] == "correction")
    return {
        part["code"]: {fact["label"]: fact["value"] for fact in part["facts"]}
        for part in section["parts"]
    }


def refused(cast, words="照片看不清门牌号"):
    correction = cast.raised(cast.agent, "address", identity__address=NEW_ADDRESS)
    cast.take(correction)
    with cast.acting(cast.desk) as actor:
        handling.refuse(correction, because="evidence", words=words, channel="desk", actor=actor)
    return correction


def test_a_copy_says_what_stood_there_before_what_after_and_why_not(cast):
    done, no = cast.raised(cast.customer), refused(cast)
    cast.through(done)
    draft = cast.begin(cast.customer, "occupation")
    cast.propose(cast.customer, draft, identity__occupation="工程师")
    said = copy_of(cast.customer)
    found = corrections_in(said)
    assert found[done.ref] == {
        "状态": "已更正", "提出人": "您本人", "更正编号": done.ref,
        "提出日": found[done.ref]["提出日"], "办结日": found[done.ref]["办结日"],
        "手机号码（改前）": estate.ZHANG["identity.mobile"], "手机号码（改后）": NEW_MOBILE,
    }  # fmt: skip
    assert found[no.ref]["状态"] == "不予更正"
    assert found[no.ref]["不予更正的理由"] == "证明材料看不清或不足"
    assert found[no.ref]["给您的说明"] == "照片看不清门牌号"
    assert found[no.ref]["提出人"] == "本公司人员，替您提出"
    assert found[draft.ref]["状态"] == "草稿"
    elements = {
        each["code"]: each["value"]
        for section in said["classes"]
        for part in section["parts"]
        for each in part["elements"]
    }
    # What stands there is told once, and by the value in force.
    assert elements["identity.mobile"] == NEW_MOBILE
    assert elements["identity.address"] == estate.ZHANG["identity.address"]


def test_of_an_account_each_is_told_beside_the_one_in_force(cast):
    correction = cast.raised(
        cast.customer, "account",
        financial__bank_name="新银行", financial__bank_account="6222020000006225",
    )  # fmt: skip
    cast.take(correction)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction)
    cast.approve(correction)
    cast.apply(correction)
    found = corrections_in(copy_of(cast.customer))[correction.ref]
    told = {label: value for label, value in found.items() if "（改" in label}
    assert set(told.values()) == {*estate.ACCOUNT.values(), "新银行", "6222020000006225"}


def test_what_is_stored_only_by_then_is_not_in_it(cast):
    done = cast.raised(cast.customer)
    cast.through(done)
    with scopes.acting(estate.system()):
        reckoning.refresh([cast.customer.pk])
    found = corrections_in(copy_of(cast.customer))[done.ref]
    assert found["手机号码（改后）"] == NEW_MOBILE  # the answer to her stays readable
    assert "手机号码（改前）" not in found


def test_the_page_says_how_each_stands_and_no_value(cast):
    no = refused(cast)
    text = hers(cast.customer).get("/portal/data/").content.decode()
    assert "更正联系地址" in text
    assert "证明材料看不清或不足" in text
    assert reverse("portal:correction", args=[no.ref]) in text
    assert NEW_ADDRESS not in text
    assert "李娜" not in text


def test_nothing_of_an_agents_draft_nor_of_anybody_else(cast):
    cast.begin(cast.agent, "mobile")
    mine = cast.raised(cast.customer, "occupation", identity__occupation="工程师")
    stranger = estate.customer(numbers.LI, of=[cast.agent])
    desk_estate.policy(stranger)
    assert set(corrections_in(copy_of(cast.customer))) == {mine.ref}
    assert all(each["code"] != "correction" for each in copy_of(stranger)["classes"])
