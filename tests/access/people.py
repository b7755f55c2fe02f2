"""People who sign in for real: with a password, an app, and the codes it would show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from django.test import Client

from access import second_factor
from access.models import User
from access.vocabulary import Role
from tests import estate

PASSWORD = estate.PASSWORD
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_names = itertools.count(1)


def person(role: Role = Role.AGENT, *, app: bool = True, **more: object) -> User:
    number = next(_names)
    names = {"username": f"somebody.{number}", "staff_no": f"Z{number:04}"}
    user = estate.user(role, password=PASSWORD, **{**names, **more})
    if app:
        second_factor.enrol(user, secret=SECRET, step=-1)
    return user


def codes() -> Iterator[str]:
    """Codes that are good now, oldest first; each is good once."""
    now = second_factor.step_now()
    return (second_factor.code_at(SECRET, step) for step in (now - 1, now, now + 1))


def code() -> str:
    return second_factor.code_at(SECRET, second_factor.step_now())


def give_password(client: Client, user: User | str, password: str = PASSWORD, **more: str):
    login = user if isinstance(user, str) else user.username
    return client.post("/accounts/login/", {"login": login, "password": password}, **more)


def sign_in(client: Client, user: User, *, shown: str = "") -> Client:
    assert give_password(client, user).status_code == 302
    assert client.post("/accounts/code/", {"code": shown or code()}).status_code == 302
    return client
