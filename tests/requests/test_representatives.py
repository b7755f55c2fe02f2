"""Who asks for somebody else is on record: in which capacity, and who he is; and goes when he goes."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from access import actors, scopes
from records.corrections import drafting
from records.corrections.groups import GROUPS
from records.destruction import going, stores
from records.models import CustomerRequest, Representative
from records.requests import opening
from tests import estate
from tests.portal import people
from tests.requests.office import everything, form
from tests.sign_in import people as numbers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings, tmp_path):
    settings.CUSTODIAN_OUTBOX = tmp_path / "outbox"


@pytest.fixture
def guardian(office):
    """Of the office's customer; a customer himself."""
    made = estate.customer(numbers.LI, of=[office.agent])
    with everything():
        Representative.objects.create(
            subject_id=office.customer.pk, representative_id=made.pk, kind="guardian"
        )
    return made


def asked(office, guardian, kind="question"):
    actor = actors.customer(office.customer.pk, capacity="guardian", by=guardian.pk)
    with scopes.acting(actor):
        return opening.open_request(
            office.customer.pk, kind=kind, text="孩子的保单", channel="portal", actor=actor
        )


def test_through_the_door_the_session_knows_who_acts(office, guardian):
    """From the sign-in to the row, through the pages."""
    numbers.policy(office.customer, numbers.POLICY)
    with everything():
        type(office.customer).objects.filter(pk=office.customer.pk).update(minor_until="2099-01-01")
    browser = numbers.Browser()
    browser.sign_in()
    choice = browser.get(numbers.FOR).context
    assert choice is not None
    went = browser.post(numbers.FOR, choice=office.customer.ref)
    assert went.status_code == 302
    said = {"form": str(form()), "text": "孩子的保单还要交几期"}
    assert browser.post("/portal/requests/new/question/", **said).status_code == 302
    with everything():
        request = CustomerRequest.objects.get()
    assert (request.subject_id, request.asked_by) == (office.customer.pk, "representative")
    assert (request.capacity, request.asker_id) == ("guardian", guardian.pk)


def test_the_staff_see_as_what_and_who(office, guardian):
    request = asked(office, guardian)
    for person, place in (
        (office.desk, reverse("desk:request", args=[request.ref])),
        (office.first, reverse("admin:request", args=[request.ref])),
    ):
        text = office.at_desk(person).get(place).content.decode()
        assert "监护人" in text
        assert guardian.ref in text
        assert numbers.LI["identity.name"] not in text


@pytest.mark.django_db(transaction=True)
def test_the_log_says_in_which_capacity_and_names_nobody(office, guardian, entries_since):
    asked(office, guardian)
    estate.drain()
    leaves = [each.leaf for each in entries_since() if "records:request:open" in each.leaf]
    assert len(leaves) == 1
    assert '"as":"guardian"' in leaves[0].replace(" ", "")
    assert guardian.ref not in leaves[0]


def test_one_that_came_on_paper_names_the_one_who_is_registered(office, guardian):
    desk = office.at_desk()
    place = reverse("desk:request_new", args=[office.customer.ref])
    page = desk.get(place).content.decode()
    assert f"监护人 · {guardian.ref}" in page
    said = {
        "kind": "question", "came_by": "letter", "asked_by": "representative",
        "representative": guardian.ref, "proof": "authorised", "text": "孩子的保单",
    }  # fmt: skip
    assert desk.post(place, said).status_code == 302
    with everything():
        request = CustomerRequest.objects.get()
    assert (request.capacity, request.asker_id) == ("guardian", guardian.pk)
    wrong = desk.post(place, {**said, "asked_by": "herself", "proof": "in_person"})
    assert wrong.status_code == 422
    assert "本人提出的，不选代表人" in wrong.content.decode()
    other = reverse("desk:request_new", args=[office.other.ref])
    assert "哪一位代表人" not in desk.get(other).content.decode()
    assert desk.post(other, said).status_code == 302  # what is not asked there does not count
    with everything():
        assert CustomerRequest.objects.get(subject=office.other.pk).asker_id is None


def test_of_a_correction_too(office, guardian):
    actor = actors.customer(office.customer.pk, capacity="guardian", by=guardian.pk)
    how = {"channel": "portal", "purpose": "self", "actor": actor}
    with scopes.acting(actor):
        correction = drafting.begin(office.customer, GROUPS["occupation"], **how)
        drafting.propose(correction, {"identity.occupation": "学生"}, **how)
        drafting.hand_in(correction, **how)
    assert (correction.capacity, correction.asker_id) == ("guardian", guardian.pk)
    desk = office.at_desk()
    text = desk.get(reverse("desk:correction", args=[correction.ref])).content.decode()
    assert "监护人" in text
    assert guardian.ref in text
    assert "监护人" in desk.get(reverse("desk:corrections")).content.decode()


def test_she_herself_names_nobody(office):
    request = office.ask()
    assert (request.capacity, request.asker_id) == ("", None)
    with (
        everything(),
        pytest.raises(IntegrityError, match="request_of_herself_names_nobody_else"),
        transaction.atomic(),
    ):
        CustomerRequest.objects.filter(pk=request.pk).update(capacity="heir")


def test_when_the_representative_goes_nothing_points_at_him(office, guardian):
    request = asked(office, guardian)
    with everything(), transaction.atomic():
        going.lock([guardian.pk])
        gone = going.destroy(going.holdings_of([guardian.pk]), batch=None)
    with everything():
        left = [each for look in stores.scan([gone]) for each in look.residues]
        request.refresh_from_db()
    assert left == []
    assert (request.capacity, request.asker_id) == ("guardian", None)
    text = office.at_desk().get(reverse("desk:request", args=[request.ref])).content.decode()
    assert "监护人" in text
    assert guardian.ref not in text


def test_a_session_begun_without_a_representative_names_none(office):
    assert people.signed_in(office.browser(), office.customer) is not None
    assert actors.customer(office.customer.pk, by=7).by is None
