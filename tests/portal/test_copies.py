"""A copy of my data: asked for and taken by her alone, once, and gone with its key."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import pytest
from django.conf import settings as project
from django.test import Client

from access import actors, keystore, scopes
from access.models import Restriction, Subject
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from records import copy_requests, documents, evidence
from records.destruction.stores import Gone
from records.models import DataCopy, Document, Identity
from records.own_data import copies, enclosures
from records.own_data.copy_store import CopyStore
from records.own_data.shelf import SHELF
from tests import estate
from tests.corrections.cast import photo
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


def filed(own, name="病历.jpg", **more):
    """A photo on file of her, and its bytes as they are kept."""
    with scopes.acting(actors.customer(own.pk)) as actor:
        drawn = evidence.draw(photo(), name=name)
        row = evidence.keep(
            drawn,
            customer=own,
            kind=Document.Kind.EVIDENCE,
            purpose="self",
            channel="portal",
            actor=actor,
        )
    return row, drawn.kept.content


def test_the_archive_holds_both_sheets_and_each_document_as_it_is_kept(browser, own, entries_since):
    row, content = filed(own)
    body = take(browser, made(browser, "zip")).content
    with ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        path = f"files/{row.ref}.jpg"
        assert sorted(archive.namelist()) == [path, "my-data.json", "my-data.pdf"]
        assert archive.read(path) == content
        assert archive.read("my-data.pdf").startswith(b"%PDF-")
        said = json.loads(archive.read("my-data.json"))
    jsonschema.validate(said, SCHEMA)
    (part,) = next(each for each in said["classes"] if each["code"] == "document")["parts"]
    assert part["file"] == {"path": path, "media_type": "image/jpeg", "size": len(content)}
    assert "病历.jpg" in [fact["value"] for fact in part["facts"]]
    exports = [each for each in entries_since() if each.act == "export"]
    # The values, the document, and the download.
    assert [each.staff_no for each in exports] == ["CUSTOMER"] * 3


def test_only_her_own_documents_that_are_in_use_and_fit_go_along(browser, own, monkeypatch):
    other = estate.customer()
    filed(other)
    first, content = filed(own)
    kept, _bytes = filed(own)
    with scopes.acting(estate.system()):
        Restriction.objects.create(
            subject_id=own.pk, holding=kept.holding, kind="document", because="retention"
        )
    paths = [f"files/{first.ref}.jpg", "my-data.json", "my-data.pdf"]
    with ZipFile(io.BytesIO(take(browser, made(browser, "zip")).content)) as archive:
        assert sorted(archive.namelist()) == paths
    monkeypatch.setattr(enclosures, "LARGEST", len(content) - 1)
    with ZipFile(io.BytesIO(take(browser, made(browser, "zip")).content)) as archive:
        assert sorted(archive.namelist()) == paths[1:]
        said = json.loads(archive.read("my-data.json"))
    parts = next(each for each in said["classes"] if each["code"] == "document")["parts"]
    assert {each["file"] for each in parts} == {None}


def test_where_everything_is_restricted_it_holds_no_value_and_no_document(browser, own):
    filed(own)
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=own.pk).update(status="restricted")
    with ZipFile(io.BytesIO(take(browser, made(browser, "zip")).content)) as archive:
        assert sorted(archive.namelist()) == ["my-data.json", "my-data.pdf"]
        text = archive.read("my-data.json").decode()
    assert '"restricted"' in text
    assert [value for value in estate.ZHANG.values() if len(value) > 10 and value in text] == []


def test_the_archive_lies_sealed_and_one_with_a_damaged_document_is_not_made(browser, own):
    row, content = filed(own)
    copy = made(browser, "zip")
    body = SHELF.path_of(copy.ref).read_bytes()
    assert b"PK\x03\x04" not in body
    assert content[:64] not in body
    take(browser, copy)
    path = documents.path_of(row)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    copy = ask(browser, "zip")[-1]
    with pytest.raises(CustodianError):
        copies.work(copy.pk)
    with scopes.acting(estate.system()):
        copy.refresh_from_db()
    assert copy.status == "failed"
    assert not SHELF.path_of(copy.ref).exists()


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
        copy_requests.ask(own, ["json"], language="en", actor=actor)


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
