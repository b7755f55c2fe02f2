"""The portal's home page for a customer with many looks, beside one with few."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from django.conf import settings
from django.test import Client

from access import actors, gate, scopes
from access.actions import Action
from records.models import Customer
from tests.benchmarks import premises, report, sealed
from tests.benchmarks.estate import Estate
from tests.portal import people

FEW, MANY = 10, 10_000
ROUNDS, QUICK = 200, 60
HOME = "/portal/"


def measure(built: Estate, *, var: Path, quick: bool) -> None:
    report.heading("portal: the home page, by how many looks there were at the customer")
    few, many = _customers(built)
    with sealed.sequencing(premises.DATABASE, var=var):
        _look(built, few, FEW)
        _look(built, many, MANY)
        browsers = {name: people.signed_in(Client(), each) for name, each in _named(few, many)}
        took: dict[str, list[float]] = {name: [] for name in browsers}
        for _round in range(QUICK if quick else ROUNDS):
            for name, browser in browsers.items():  # turn by turn: the machine is the same for both
                took[name].append(_timed(browser))
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, median in medians.items():
        report.line(f"{name:14} {median * 1000:8.2f} ms")
    ratio = medians[f"{MANY:,} looks"] / medians[f"{FEW:,} looks"]
    report.line(f"÷ {ratio:6.2f}   (at most 1.5)")


def _named(few: Customer, many: Customer) -> list[tuple[str, Customer]]:
    return [(f"{FEW:,} looks", few), (f"{MANY:,} looks", many)]


def _customers(built: Estate) -> tuple[Customer, Customer]:
    with scopes.acting(actors.staff(built.agent)):
        found = Customer.objects.visible_to(actors.staff(built.agent)).order_by("pk")
        first, second = found.select_related("subject")[:2]
    return first, second


def _look(built: Estate, customer: Customer, times: int) -> None:
    with scopes.acting(actors.staff(built.agent)):
        for _number in range(times):
            gate.permit(
                actors.staff(built.agent), Action.CUSTOMER_VIEW, purpose="follow_up", channel="desk",
                subjects=[customer.pk], elements=["identity.name"], masked=True,
            )  # fmt: skip


def _timed(browser: Client) -> float:
    begun = time.perf_counter()
    page = browser.get(HOME, headers={"host": settings.ALLOWED_HOSTS[0]})
    took = time.perf_counter() - begun
    if page.status_code != 200:
        raise RuntimeError(f"the home page answered {page.status_code}")
    return took
