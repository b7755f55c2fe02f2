"""Copies that the demo's customers asked for: one taken, a transfer in her hands, one just ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from access import actors, scopes
from access.models import User
from custodian.demo.requests import OFFICER, acting_as, ask, decide
from records.models import CustomerRequest
from records.own_data import copies
from records.request_answers import CONDITIONS
from records.requests import customers_side

ANSWER = "四项条件都满足。文件写明转给清河人寿，由您转交。"


def begin(people: Mapping[str, User], hers: Mapping[str, int], seal: Callable[[], None]) -> None:
    """Nothing leaves in clear while the log waits for its seal, so it is sealed before each."""
    for customer in list(hers.values())[:1]:
        taken = ask(customer, "copy", "", details={"formats": ["pdf"], "language": "zh-hans"})
        _made(taken, seal)
        seal()
        own = actors.customer(customer)
        with scopes.acting(own):
            for copy in list(taken.copies.all()):
                copies.take(copy, actor=own)
        with acting_as(customer) as actor:
            customers_side.rate(taken, 4, "很快", channel="portal", actor=actor)
        _moved(customer, people, seal)
        _made(ask(customer, "access", ""), seal)


def _moved(customer: int, people: Mapping[str, User], seal: Callable[[], None]) -> None:
    request = ask(customer, "portability", "", insurer="清河人寿保险有限公司")
    conditions = [code for code, _words in CONDITIONS]
    details = {"conditions": conditions, "formats": ["zip"], "outcome": "answered"}
    decide(request, ANSWER, actors.staff(people[OFFICER]), details=details)
    _made(request, seal)


def _made(request: CustomerRequest, seal: Callable[[], None]) -> None:
    """As the worker would make them."""
    with scopes.acting(actors.system("demo")):
        keys = list(request.copies.filter(status="queued").values_list("pk", flat=True))
    for key in keys:
        seal()
        copies.work(key)
    with scopes.acting(actors.system("demo")):
        request.refresh_from_db()
