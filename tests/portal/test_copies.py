"""A copy of my data: asked for and taken by her alone, once, and gone with its key."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings as project
from django.test import Client

from access import actors, keystore, scopes
from custodian import clock
from custodian.errors import NotVisible
from records.destruction.stores import Gone
from records.models import DataCopy, Identity
from records.own_data import copies
from records.own_data.copy_store import CopyStore
from records.own_data.shelf import SHELF
from tests import estate
from tests.portal import people
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
COPY = "/portal/data/copy/"
SCHEMA = json.loads((Path(project.BASE_DIR) / "docs/data-copy.schema.json").read_text())


@pytest.fixture
def own():
    customer = estate.customer()
    policy = desk_estate.policy(customer)
    desk_estate.claim(customer, policy)
    return customer


@pytest.fixture
def browser(own):
    return people.signed_in(Client(headers={"accept-language": "zh-hans"}), own)


def ask(browser, *formats, language="zh-hans") -> list[DataCopy]:
    page = browser.post(COPY, {"format": list(formats), "language": language})
    assert page.status_code == 302
    with scopes.acting(estate.system()):
        return list(DataCopy.objects.order_by("pk"))


def made(browser, form="json", **more) -> DataCopy:
    copy = ask(browser, form, **more)[-1]
    return copies.work(copy.pk)


def take(browser, copy):
    return browser.post(f"{COPY}{copy.ref}/")


def has_key(copy) -> bool:
    with scopes.acting(estate.system()):
        return bool(keystore.held([copy.holding]))


def test_json_holds_everything_in_clear_with_its_reasons(browser):
    said = json.loads(take(browser, made(browser)).content)
    jsonschema.validate(said, SCHEMA)
    told = {
        each["code"]: each
        for section in said["classes"]
        for part in section["parts"]
        for each in part["elements"]
    }
    assert told["identity.mobile"]["value"] == estate.ZHANG["identity.mobile"]
    assert told["financial.bank_account"]["value"] == estate.ACCOUNT["financial.bank_account"]
    assert told["claim.diagnosis"]["value"] == desk_estate.CLAIM_VALUES["claim.diagnosis"]
    assert told["policy.query_password"]["value"] is None
    assert told["policy.query_password"]["told"] == "never_shown"
    assert told["identity.mobile"]["purposes"]
    assert all(each["lawful_basis"]["label"] for each in told.values())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pdf_is_made_in_either_language(browser, language):
    body = take(browser, made(browser, "pdf", language=language)).content
    assert body.startswith(b"%PDF-")


def test_the_reading_is_her_own_export_and_stands_under_her_tag(browser, own, entries_since):
    copy = made(browser)
    take(browser, copy)
    exports = [each for each in entries_since() if each.act == "export"]
    assert [each.staff_no for each in exports] == ["CUSTOMER", "CUSTOMER"]
    assert all(each.subjects == 1 and each.purpose == "self" for each in exports)


def test_it_is_taken_once_and_its_key_goes_with_it(browser):
    copy = made(browser)
    assert has_key(copy)
    assert take(browser, copy).status_code == 200
    again = take(browser, copy)
    assert again.status_code == 302
    assert not has_key(copy)
    assert not SHELF.path_of(copy.ref).exists()


def test_it_expires(browser, settings):
    copy = made(browser)
    with clock.at(clock.now() + timedelta(days=settings.CUSTODIAN_COPY_DAYS, minutes=1)):
        assert copies.expire() == 1
    assert not has_key(copy)
    assert take(browser, copy).status_code == 302


def test_it_lies_sealed_on_the_disk(browser):
    body = SHELF.path_of(made(browser).ref).read_bytes()
    for value in (estate.ZHANG["identity.mobile"], estate.ZHANG["identity.name"]):
        assert value.encode() not in body


def test_nobody_else_takes_it_and_it_looks_as_if_there_were_none(browser):
    copy = made(browser)
    stranger = people.signed_in(Client(), estate.customer())
    assert take(stranger, copy).status_code == 404
    assert take(browser, copy).status_code == 200


def test_nobody_asks_for_anothers(own):
    other = estate.customer()
    with scopes.acting(actors.customer(other.pk)) as actor, pytest.raises(NotVisible):
        copies.ask(own, actor)


def test_the_same_again_is_the_one_that_waits_and_a_flood_is_stopped(browser, settings):
    settings.CUSTODIAN_COPIES_A_DAY = 2
    assert len(ask(browser, "json")) == 1
    assert len(ask(browser, "json")) == 1
    assert len(ask(browser, "pdf")) == 2
    page = browser.post(COPY, {"format": ["pdf"], "language": "en"})
    assert page.status_code == 429
    assert "明天再来" in page.content.decode()


def test_a_destruction_takes_it_along(browser, own):
    copy = made(browser)
    with scopes.acting(actors.system("destroyer")):
        holding = Identity.objects.get(pk=own.pk).holding
        gone = Gone({"identity": [holding]}, subjects=[own.pk])
        store = CopyStore()
        assert [each.store for each in store.scan(gone)] == ["copies"]
        store.purge(gone)
        assert list(store.scan(gone)) == []
    assert not has_key(copy)
    assert take(browser, copy).status_code == 302


def test_one_that_was_broken_off_is_made_anew(browser):
    copy = ask(browser, "json")[0]
    with scopes.acting(estate.system()):
        DataCopy.objects.filter(pk=copy.pk).update(
            status="running", leased_until=clock.now() - timedelta(minutes=1)
        )
    assert copies.due() == [copy.pk]
    assert copies.work(copy.pk).status
    assert take(browser, copy).status_code == 200
