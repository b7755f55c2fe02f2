"""The people of the demo: each with a password, an authenticator app, and a line in a file for scripts."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction
from rich.console import Console
from rich.table import Table

from access import actors, gate, reporting_lines, scopes, second_factor
from access.actions import Action
from access.models import Unit, User
from access.vocabulary import Channel, Role
from custodian.demo.insurer import Manifest, words
from custodian.demo.insurer.staff import (
    AGENT,
    AGENT_NAMES,
    AGENT_UNITS,
    CAST,
    HEADS,
    MANAGERS,
    OTHERS,
    Staff,
)
from custodian.demo.step_in import FILE

ROLES: Mapping[str, Role] = {
    "代理人": Role.AGENT,
    "理赔人员": Role.CLAIMS_HANDLER,
    "客服": Role.SERVICE_DESK,
    "合规官": Role.COMPLIANCE_OFFICER,
    "安全官": Role.SECURITY_OFFICER,
    "审计": Role.AUDITOR,
    "监管": Role.REGULATOR,
    "系统管理员": Role.ADMINISTRATOR,
}
UNUSED_STEP = -1
FIRST_AGENT = 198  # the number of the first agent outside the cast


def create(manifest: Manifest) -> dict[str, User]:
    """Everybody who has work in the book, by staff number; only the cast can sign in."""
    people = engage(_everybody(manifest.facts.portfolios))
    _line_up(people)
    return people


def staff(people: Mapping[str, User]) -> list[Staff]:
    """The same people as the demo's files know them."""
    words_of = {role: word for word, role in ROLES.items()}
    return [
        Staff(number, user.name, user.username, words_of[Role(user.role)], user.unit.code)
        for number, user in people.items()
    ]


def introduce(console: Console, address: str) -> None:
    """The cast on the terminal: who there is, and where their passwords are."""
    table = Table("登录名 / user", "工号 / no.", "姓名 / name", "岗位 / role", box=None)
    for person in CAST:
        role = f"{person.role} / {ROLES[person.role].value}"
        table.add_row(person.username, person.staff_no, person.name, role)
    console.print(table)
    console.print(f"密码与验证器密钥 / passwords and app secrets: {settings.VAR / FILE}")
    console.print(f"一键进入 / step in with one click: {address}")


def _line_up(people: Mapping[str, User]) -> None:
    """Agents report to the head of their unit, and the head office's people as their files say."""
    heads = {
        number: HEADS.get(user.unit.code, "")
        for number, user in people.items()
        if user.role == Role.AGENT
    }
    wanted = {number: head for number, head in {**heads, **MANAGERS}.items() if head != number}
    rows = [
        reporting_lines.Row(place, number, head)
        for place, (number, head) in enumerate(sorted(wanted.items()), 2)
    ]
    actor = actors.system("demo")
    with scopes.acting(actor):
        reporting_lines.take_over(rows, channel=Channel.COMMAND, actor=actor)
    for number, user in people.items():
        user.manager = people.get(wanted.get(number, ""))


def _everybody(portfolios: Iterable[str]) -> list[Staff]:
    known = {person.staff_no: person for person in (*CAST, *OTHERS)}
    agents = sorted(set(portfolios) - known.keys())
    return [*known.values(), *(_agent(number) for number in agents)]


def _agent(number: str) -> Staff:
    place = int(number[1:]) - FIRST_AGENT
    invented = list(words.SURNAMES)[place % len(words.SURNAMES)] + "宁"
    name = AGENT_NAMES[place] if 0 <= place < len(AGENT_NAMES) else invented
    unit = AGENT_UNITS[place % len(AGENT_UNITS)]
    return Staff(number, name, f"agent.{number.lower()}", AGENT, unit.code)


def engage(people: Iterable[Staff] = CAST) -> dict[str, User]:
    """Make the people (their units exist), equip the cast, and write the file; by staff number."""
    actor = actors.system("demo")
    engaged: dict[str, User] = {}
    lines: list[dict[str, Any]] = []
    units = {unit.code: unit for unit in Unit.objects.all()}
    cast = {person.username for person in CAST}
    for person in people:
        password = secrets.token_urlsafe(15) if person.username in cast else None
        with transaction.atomic():
            facts = {"account": person.staff_no, "role": ROLES[person.role].value}
            gate.authorise(actor, Action.USER_CHANGE, channel=Channel.COMMAND, facts=facts)
            user = _user(person, unit=units[person.unit], password=password)
            if password is not None:
                lines.append(_line(user, password, _equip(user)))
        engaged[person.staff_no] = user
    write_file(lines)
    return engaged


def _user(person: Staff, *, unit: Unit, password: str | None) -> User:
    user = User.objects.filter(username=person.username).first() or User(username=person.username)
    user.staff_no, user.name, user.unit = person.staff_no, person.name, unit
    user.role = ROLES[person.role]
    user.set_password(password)
    user.save()
    return user


def _equip(user: User) -> str:
    secret: str = generate_totp_secret()
    second_factor.forget(user)
    second_factor.enrol(user, secret=secret, step=UNUSED_STEP)
    return secret


def _line(user: User, password: str, secret: str) -> dict[str, Any]:
    return {
        "username": user.username,
        "staff_no": user.staff_no,
        "role": user.role,
        "name": user.name,
        "password": password,
        "totp_secret": secret,
    }


def write_file(lines: list[dict[str, Any]], *, portal: Sequence[Any] = ()) -> None:
    """Readable by its owner only, from the first byte on."""
    path = settings.VAR / FILE
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"users": lines, "portal": list(portal)}, file, ensure_ascii=False, indent=2)
    fresh.replace(path)


def add_customers(lines: Sequence[Mapping[str, str]]) -> None:
    """Those who come in by the portal, into the same file."""
    users = json.loads((settings.VAR / FILE).read_text(encoding="utf-8"))["users"]
    write_file(users, portal=lines)
