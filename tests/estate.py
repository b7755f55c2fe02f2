"""The fixed cast of the tests, and a small estate for them to look at; every value is invented."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from access import actors, scopes
from access.actors import Actor
from access.models import Attempt, Course, Signature, Undertaking, Unit, User
from access.sequencer.drain import Drain
from access.training import attempts, evidence
from access.vocabulary import Role
from custodian import clock
from records import intake
from records.models import Book, Customer

PASSWORD = "a long enough password 7"
_number = itertools.count(1)

ZHANG: Mapping[str, str] = {
    "identity.name": "张三丰",
    "identity.sex": "male",
    "identity.birth_date": "1986-04-18",
    "identity.nationality": "中国",
    "identity.occupation": "教师",
    "identity.id_type": "resident_id",
    "identity.id_number": "320311198604180014",
    "identity.id_valid_until": "2036-05-20",
    "identity.mobile": "13800138000",
    "identity.email": "zhang@example.com",
    "identity.address": "江苏省徐州市云龙区和平路1号",
    "financial.income": "120000",
}
ACCOUNT: Mapping[str, str] = {
    "financial.bank_name": "示例银行徐州分行",
    "financial.bank_account": "6222020000006217",
}


def unit(code: str = "XZ", *, parent: Unit | None = None) -> Unit:
    return Unit.objects.get_or_create(
        code=code, defaults={"name": f"{code}中支", "parent": parent}
    )[0]


def qualify(person: User, *, at: datetime | None = None) -> User:
    """All courses passed and all undertakings signed, as if at this moment."""
    now = at or clock.now()
    for course in Course.objects.in_force():
        until = attempts.after_months(now, course.months)
        terms = {"user": person.pk, "course": course.pk, "number": 1, "score": 100, "until": until}
        Attempt.objects.create(
            user=person, course=course, number=1, score=100, passed=True, taken_at=now,
            valid_until=until, mac=evidence.of_attempt(**terms),
            answers={str(each.number): each.right for each in course.questions.all()},
        )  # fmt: skip
    for each in Undertaking.objects.in_force():
        mac = evidence.of_signature(user=person.pk, undertaking=each.pk, digest=each.digest, at=now)
        Signature.objects.create(
            user=person, undertaking=each, digest=each.digest, signed_at=now, mac=mac
        )
    return person


def user(
    role: Role = Role.AGENT, *, unit_: Unit | None = None, name: str = "李娜", **more: Any
) -> User:
    """A member of staff without a password, unless one is given; trained, and long enough in place to approve."""
    number = next(_number)
    person = User.objects.create_user(
        more.get("username", f"person.{number}"),
        staff_no=more.get("staff_no", f"T{number:04}"),
        name=name,
        role=role,
        unit=unit_ or unit(),
        password=more.get("password"),
    )
    person.role_since = more.get("role_since", clock.now() - timedelta(days=30))
    person.manager = more.get("manager")
    person.save(update_fields=["role_since", "manager"])
    return qualify(person) if more.get("trained", True) else person


def book(code: str = "QH") -> Book:
    return Book.objects.get_or_create(code=code, defaults={"name": "青禾人寿"})[0]


def customer(
    values: Mapping[str, str] = ZHANG,
    *,
    of: Iterable[User] = (),
    accounts: Iterable[Mapping[str, str]] = (ACCOUNT,),
    unit_: Unit | None = None,
    minor_until: date | None = None,
    source_key: str = "",
    book_: Book | None = None,
) -> Customer:
    """A registered customer, own customer of the given people."""
    newcomer = intake.NewCustomer(
        kind="person",
        source_key=source_key or f"KH{next(_number):08}",
        unit_id=(unit_ or unit()).pk,
        values=values,
        accounts=list(accounts),
        assignments=[(each.pk, clock.now()) for each in of],
        minor_until=minor_until,
    )
    return intake.register([newcomer], book=book_ or book(), channel="command", actor=system())[0]


def system() -> Actor:
    return actors.system("tests")


def acting(person: User, *, stepped_up: bool = False) -> Any:
    """`with acting(user) as actor:` runs statements in that person's scope."""
    return scopes.acting(actors.staff(person, stepped_up=stepped_up))


def login(client: Client, person: User, *, stepped_up: bool = False) -> Client:
    """Sign somebody in as after password and code; the code is minutes old unless `stepped_up`."""
    client.force_login(person)
    shown = time.time() - (0 if stepped_up else settings.CUSTODIAN_STEP_UP_SECONDS + 60)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": shown, "type": "totp"}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def drain() -> int:
    """Move the outbox into the log now, as the sequencer would within the second."""
    moving = Drain()
    try:
        return moving.once()
    finally:
        moving.abandon()
