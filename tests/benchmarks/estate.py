"""The estate of a run: sealed customers in the product's tables, the same persons beside in others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from psycopg2.extras import execute_values

from access import actors, scopes, tokens
from access.actions import Action
from access.models import Quota, Unit, User
from access.sequencer.drain import Drain
from access.vocabulary import Role
from custodian import clock
from records import intake
from records.models import Book, Customer
from tests.benchmarks import premises
from tests.benchmarks.people import account, person

CHUNK = 500
PORTFOLIO = 500  # customers of one agent; the first agent asks


@dataclass(frozen=True)
class Estate:
    agent: User
    clerk: User
    token: str
    refs: Sequence[str]  # of the first agent's customers


def build(customers: int) -> Estate:
    """Customers in the product's tables, each with money, fingerprints and an agent."""
    with scopes.acting(actors.system("tests")):
        # Everything is counted as ever, and nobody is stopped.
        Quota.objects.update(warn=None, finding=None, block=None)
        unit = Unit.objects.create(code="XZ", name="徐州中支")
        book = Book.objects.create(code="QH", name="青禾人寿")
        agents = [
            _user(Role.AGENT, f"A{number:04}", unit) for number in range(-(-customers // PORTFOLIO))
        ]
        clerk = _user(Role.SERVICE_DESK, "K0001", unit)
        refs = [
            each.ref
            for first in range(0, customers, CHUNK)
            for each in _register(range(first, min(first + CHUNK, customers)), unit, book, agents)
        ]
        _, secret = tokens.issue(
            agents[0],
            name="bench",
            actions=[Action.CUSTOMER_VIEW],
            purposes=["follow_up"],
            days=1,
            actor=actors.system("tests"),
        )
    _drain()
    return Estate(agents[0], clerk, secret, refs[:PORTFOLIO])


def _user(role: Role, number: str, unit: Unit) -> User:
    name = f"person.{number.lower()}"
    return User.objects.create_user(
        name, staff_no=number, name="李娜", role=role, unit=unit, password=None
    )


def _register(numbers: range, unit: Unit, book: Book, agents: Sequence[User]) -> Sequence[Customer]:
    now = clock.now()
    newcomers = [
        intake.NewCustomer(
            kind="person",
            source_key=f"KH{number:08}",
            unit_id=unit.pk,
            values=person(number),
            accounts=[account(number)],
            assignments=[(agents[number // PORTFOLIO].pk, now)],
        )
        for number in numbers
    ]
    return intake.register(newcomers, book=book, channel="command", actor=actors.system("tests"))


def _drain() -> None:
    drain = Drain()
    while drain.once():
        pass
    drain.close()


def beside(label: str) -> None:
    """The same persons in the tables of another stack, under the same references."""
    models = {each.__name__.lower().removeprefix(label.removeprefix("bench_")): each
              for each in apps.get_app_config(label).get_models()}  # fmt: skip
    with scopes.acting(actors.system("tests")):
        rows = list(
            Customer.objects.order_by("pk").values_list(
                "pk", "ref", "book_id", "subject__assignment__user_id"
            )
        )
    now = clock.now()
    with premises.superuser() as cursor:
        _fill(cursor, models["customer"], "id, ref, kind, status, book_id",
              [(pk, ref, "person", "active", book) for pk, ref, book, _ in rows])  # fmt: skip
        _fill(cursor, models["assignment"], "customer_id, user_id, since",
              [(pk, user, now) for pk, _, _, user in rows])  # fmt: skip
        for name, group in (
            ("identity", "identity"),
            ("finances", "financial"),
            ("account", "financial"),
        ):
            _fill_values(cursor, models[name], group, [row[0] for row in rows])
        cursor.execute("ANALYZE")


def _fill_values(cursor: object, model: type, group: str, keys: Sequence[int]) -> None:
    columns = [f for f in model._meta.concrete_fields if f.name not in {"id", "customer", "slot"}]
    fixed = {"slot": 1} if model.__name__.endswith("Account") else {}
    names = ", ".join(["customer_id", *fixed, *(field.column for field in columns)])
    rows = []
    for number, key in enumerate(keys):
        values = {**person(number), **account(number)}
        texts = (f.get_prep_value(values.get(f"{group}.{f.name}", "")) for f in columns)
        rows.append((key, *fixed.values(), *texts))
    _fill(cursor, model, names, rows)


def _fill(cursor: object, model: type, names: str, rows: list[tuple[object, ...]]) -> None:
    table = model._meta.db_table
    execute_values(cursor, f"INSERT INTO {table} ({names}) VALUES %s", rows, page_size=1000)
