"""A26: after the certificate nothing of her answers on any surface, and her neighbour is as before."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from access.exports import jobs as exports
from records import archiving, documents, search
from records.destruction import executing
from records.models import Document
from records.search import Kind
from tests import estate
from tests.api.callers import FOR, Caller, issue
from tests.destruction.office import everything, status
from tests.exports import office as export_office
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def gone(office):
    """With a contract of long ago, a document, and a place in a file that was exported."""
    return office.gone(claims=True)


def found(person, *refs_of):
    with estate.acting(person) as actor:
        rows = search.exact(
            Kind.MOBILE, ["13800138000"], purpose="follow_up", channel="desk", actor=actor
        ).rows
    return sorted(row.ref for row in rows)


def filed(office, customer):
    with estate.acting(office.agent) as actor:
        return archiving.add(
            customer, kind=Document.Kind.APPLICATION, name="投保单.pdf", media_type="application/pdf",
            chunks=[b"x" * 1000], channel="desk", actor=actor,
        )  # fmt: skip


def test_a26_nothing_answers_any_more(office, gone):
    neighbour = office.living()
    document, kept = filed(office, gone), filed(office, neighbour)
    export = export_office.made(office.agent, office.first)
    _, secret = issue(office.agent)
    bearer = Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {secret}")
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), office.agent)
    admin = estate.login(Client(headers={"accept-language": "zh-hans"}), office.first)
    assert found(office.agent) == sorted([gone.ref, neighbour.ref])
    assert bearer.get(f"customers/{gone.ref}", **FOR).status_code == 200
    assert export_office.refs(export_office.take(office.agent, export))

    batch = office.destroyed()
    assert status(gone) == "destroyed"

    assert found(office.agent) == [neighbour.ref]
    for customer, status_code in ((gone, 404), (neighbour, 200)):
        assert bearer.get(f"customers/{customer.ref}", **FOR).status_code == status_code
        assert desk.get(f"/desk/customers/{customer.ref}/").status_code == status_code
    assert not documents.path_of(document).exists()
    assert documents.path_of(kept).exists()
    with pytest.raises(exports.NotThere):
        export_office.take(office.agent, export)
    shown = admin.get(reverse("admin:records_customer_change", args=[gone.ref]), follow=True)
    assert "138****8000" not in shown.content.decode()
    before = bytes(batch.certificate)
    assert bytes(executing.work(batch.pk).certificate) == before


def test_what_is_asked_again_is_answered_as_for_nobody(office, gone):
    """The number of somebody destroyed and a number of nobody look the same to whoever searches."""
    office.destroyed()
    assert found(office.agent) == []


def test_the_same_book_imported_again_brings_a_new_customer(office, gone):
    """No fingerprint is left by which an old file would be recognised as hers."""
    office.destroyed()
    with everything():
        gone.refresh_from_db()
    again = estate.customer(of=[office.agent])
    desk_estate.policy(again)
    assert found(office.agent) == [again.ref]
