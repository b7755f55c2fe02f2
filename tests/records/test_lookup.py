"""A customer is found by reference inside the scope, and only there."""

from __future__ import annotations

import pytest

from access.vocabulary import Role
from records import lookup
from records.models import Customer
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_found_is_what_the_scoped_query_finds():
    agent = estate.user()
    own, foreign = estate.customer(of=[agent]), estate.customer(of=[estate.user()])
    people = {
        role: estate.user(role)
        for role in (
            Role.CLAIMS_HANDLER,
            Role.SERVICE_DESK,
            Role.COMPLIANCE_OFFICER,
            Role.REGULATOR,
        )
    }
    elsewhere = estate.user(Role.CLAIMS_HANDLER, unit_=estate.unit("NJ"))
    for person in (agent, elsewhere, *people.values()):
        with estate.acting(person) as actor:
            for each in (own, foreign):
                expected = Customer.objects.visible_to(actor).filter(ref=each.ref).first()
                assert lookup.customer(each.ref, actor=actor) == expected, person.role


def test_a_found_customer_is_whole():
    agent = estate.user()
    own = estate.customer(of=[agent])
    with estate.acting(agent) as actor:
        found = lookup.customer(own.ref, actor=actor)
        assert found is not None
        stored = Customer.objects.select_related("subject", "book").get(pk=own.pk)
        names = [field.attname for field in Customer._meta.concrete_fields]
        assert [getattr(found, name) for name in names] == [getattr(stored, name) for name in names]
        assert (found.subject.uid, found.book.code) == (stored.subject.uid, "QH")


@pytest.mark.parametrize("ref", ["", "c-0000-0000-000", "c-7k2m-41pd-9qx", "p-0000-0000-000", "%s"])
def test_what_is_no_reference_finds_nobody(ref):
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER)) as actor:
        assert lookup.customer(ref, actor=actor) is None


def test_an_assignment_that_ended_is_no_scope():
    agent = estate.user()
    own = estate.customer(of=[agent])
    from access import scopes
    from access.models import Assignment
    from custodian import clock

    with scopes.acting(estate.system()):
        Assignment.objects.filter(subject_id=own.pk).update(until=clock.now())
    with estate.acting(agent) as actor:
        assert lookup.customer(own.ref, actor=actor) is None
