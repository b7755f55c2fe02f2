"""Customers at the portal's door, and whoever reads what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from access.models import User
from custodian import outbox
from records.models import Customer, SignInCode, StaffTrace
from records.sign_in import sending
from records.staff_traces import note
from tests import estate
from tests.records import desk_estate

DOOR, CODE, AGAIN, FOR = (
    "/portal/sign-in/",
    "/portal/sign-in/code/",
    "/portal/sign-in/again/",
    "/portal/sign-in/for/",
)
POLICY = "P20190418000418"
MOBILE, EMAIL = "13700137001", "own@example.com"
LI: Mapping[str, str] = {
    **estate.ZHANG,
    "identity.name": "李小梅",
    "identity.sex": "female",
    "identity.birth_date": "1990-03-07",
    "identity.id_number": "320311199003070023",
    "identity.mobile": MOBILE,
    "identity.email": EMAIL,
    "identity.address": "江苏省徐州市泉山区解放路5号",
}


def resident(prefix: str) -> str:
    """A number of 17 figures with its check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(figure) * weight for figure, weight in zip(prefix, weights, strict=True))
    return prefix + "10X98765432"[total % 11]


LI = {**LI, "identity.id_number": resident("32031119900307002")}
ID_NUMBER = LI["identity.id_number"]


def customer(
    values: Mapping[str, str] | None = None, *, number: str = POLICY, of: Any = (), **more: Any
) -> Customer:
    """A customer with a policy of this number."""
    made = estate.customer({**LI, **(values or {})}, of=of, accounts=(), **more)
    policy(made, number)
    return made


def policy(holder: Customer, number: str, *, insured: Customer | None = None) -> Any:
    terms = {**desk_estate.POLICY_VALUES, "policy.number": number}
    return desk_estate.policy(holder, insured=insured, values=terms)


def know(user: User, **values: str) -> None:
    """What the personnel department knows of a member of staff: mobile, email, id_number, address."""
    codes = {f"identity.{name}": text for name, text in values.items()}
    with estate.scopes.acting(estate.system()):
        note(user, codes, channel="command", actor=estate.system())
        assert StaffTrace.objects.filter(user=user).exists()


@dataclass
class Browser:
    """One browser at one address."""

    address: str = "10.0.0.1"
    client: Client = field(default_factory=Client)

    def get(self, place: str) -> Any:
        return self.client.get(place, REMOTE_ADDR=self.address)

    def post(self, place: str, **body: str) -> Any:
        return self.client.post(place, body, REMOTE_ADDR=self.address)

    def ask(self, policy_number: str = POLICY, id_number: str = ID_NUMBER) -> Any:
        """Both numbers, and the worker's turn."""
        answer = self.post(DOOR, policy_number=policy_number, id_number=id_number)
        deliver()
        return answer

    def enter(self, code: str) -> Any:
        return self.post(CODE, code=code)

    @property
    def is_in(self) -> bool:
        return bool(self.get("/portal/").status_code == 200)

    def sign_in(self, **numbers: str) -> Any:
        """All of it, with what comes to the contact on file."""
        before = len(outbox.messages())
        self.ask(**numbers)
        said = outbox.messages()
        assert len(said) == before + 1, "no code came"
        return self.enter(code_in(said[0].text))


def deliver() -> None:
    """The worker's turn."""
    with estate.scopes.acting(estate.system()):
        waiting = list(SignInCode.objects.due().values_list("pk", flat=True))
    for each in waiting:
        sending.work(each)


def code_in(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found[0]


def notes() -> list[str]:
    """What became of the codes, in their order."""
    with estate.scopes.acting(estate.system()):
        return list(SignInCode.objects.order_by("pk").values_list("note", flat=True))
