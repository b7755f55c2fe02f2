"""A statement that is planned once still shows every actor his own rows and nobody else's."""

from __future__ import annotations

import pytest
from django.db import connection

from access import prepared, scopes
from access.vocabulary import Role
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
MORE_THAN_A_GENERIC_PLAN_NEEDS = 8


def _names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE generic_plans > 0")
        return [row[0] for row in cursor.fetchall()]


def _own_and_foreign() -> tuple[object, int, object, int]:
    li, wang = estate.user(Role.AGENT), estate.user(Role.AGENT, name="王磊")
    return li, estate.customer(of=[li]).pk, wang, estate.customer(of=[wang]).pk


def test_a_shared_plan_keeps_each_actor_within_his_scope() -> None:
    li, of_li, wang, of_wang = _own_and_foreign()
    for _ in range(MORE_THAN_A_GENERIC_PLAN_NEEDS):
        for person, own in ((li, of_li), (wang, of_wang)):
            with estate.acting(person):
                assert list(scopes.find([of_li, of_wang])) == [own]
    assert _names()
    assert scopes.find([of_li, of_wang]) == {}


def test_a_shared_plan_ends_with_the_assignment() -> None:
    li, of_li, _, _ = _own_and_foreign()
    with estate.acting(li):
        for _ in range(MORE_THAN_A_GENERIC_PLAN_NEEDS):
            assert list(scopes.find([of_li])) == [of_li]
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute("UPDATE access_assignment SET until = statement_timestamp()")
    with estate.acting(li):
        assert scopes.find([of_li]) == {}


def test_a_plan_that_another_session_took_along_is_done_without() -> None:
    li, of_li, _, _ = _own_and_foreign()
    with estate.acting(li):
        scopes.find([of_li])
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert list(scopes.find([of_li])) == [of_li]
        assert list(scopes.find([of_li])) == [of_li]


def test_a_connection_keeps_a_bounded_number_of_plans() -> None:
    for number in range(prepared.MOST + 5):
        rows = prepared.fetch(f"SELECT {number}, %(one)s", {"one": "int"}, {"one": 1})
        assert rows == [(number, 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] <= prepared.MOST
