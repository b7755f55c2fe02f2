"""Whoever acts for an installation of the drill: two officers, the other insurer, their transfer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, Unit, User
from access.vocabulary import Role
from custodian import keys
from custodian.crypto.errors import KeyringExists
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite
from custodian.drills import cast
from custodian.tlog import log_key
from records.models import Book
from transfers.models import Counterparty, Transfer

UNIT: Final = "DRILL"
AGENT: Final = "drill.agent"
SYSTEM: Final = "importer"


@dataclass
class Here:
    """What the acts of this process are about."""

    officers: list[User] = field(default_factory=list)
    known: Counterparty | None = None
    transfer: int = 0

    @property
    def other(self) -> Counterparty:
        """The other insurer, once it is known."""
        if self.known is None:
            raise LookupError
        return self.known

    def open(self) -> Transfer:
        rows = Transfer.objects.select_related("counterparty", "book")
        return rows.get(pk=self.transfer)


here = Here()


def begin(book: str = "XH") -> str:
    """Keys, a log, two officers, a unit and a book; the insurer's code."""
    with contextlib.suppress(KeyringExists):
        FileKeyring.create(
            settings.CUSTODIAN_KEYRING, insurer=settings.CUSTODIAN_INSURER, suite=Suite.AES_256_GCM
        )
        signer = log_key.create(settings.CUSTODIAN_LOG_KEY, origin=settings.CUSTODIAN_LOG_ORIGIN)
        log_key.add_to_policy(settings.CUSTODIAN_LOG_POLICY, signer)
        keys.forget()
    cast.let_in()
    Book.objects.get_or_create(code=book, defaults={"name": book})
    officer = Role.COMPLIANCE_OFFICER
    here.officers = [cast.person(f"drill.{each}", officer, unit()) for each in ("first", "second")]
    cast.person(AGENT, Role.AGENT, unit())
    return str(settings.CUSTODIAN_INSURER)


def resume() -> None:
    """In the process after one that was killed: the same people and the newest transfer."""
    rows = User.objects.filter(role=Role.COMPLIANCE_OFFICER).order_by("pk")
    here.officers = list(rows[:2])
    here.known = Counterparty.objects.exclude(code="").order_by("-pk").first()
    here.transfer = Transfer.objects.order_by("-pk").values_list("pk", flat=True)[0]


def agent() -> User:
    return User.objects.get(username=AGENT)


def unit() -> Unit:
    return Unit.objects.get_or_create(code=UNIT, defaults={"name": "演练"})[0]


@contextlib.contextmanager
def acting(person: int = 0) -> Iterator[Actor]:
    """The first officer, or the second one, with a code just shown."""
    actor = actors.staff(here.officers[person], stepped_up=True)
    with scopes.acting(actor):
        yield actor


@contextlib.contextmanager
def system(name: str = SYSTEM) -> Iterator[Actor]:
    actor = actors.system(name)
    with scopes.acting(actor):
        yield actor


def approve(approval: Approval | None) -> None:
    """By the second officer, where it takes two."""
    if approval is None:
        return
    approval.refresh_from_db()
    with acting(1) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
