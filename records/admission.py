"""A customer who arrives from another system: checked as an import checks, and admitted once per key.

The caller's key stands in the book as the customer's number and the digest of what was said as the row's,
so the database itself answers a repeated or doubled request.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Unit
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.keys import source_key
from records import blind_indexes, books, intake, registration
from records.identifiers import check_account, check_amount
from records.identifiers.checked import hard
from records.importing.drafts import CustomerDraft, Flaw
from records.importing.words import check_word
from records.models import Book, Customer, Intermediary

ACCOUNT: Final = {
    "financial.bank_name": check_word,
    "financial.bank_account": check_account,
}
INTERMEDIARY_UNKNOWN: Final = hard(
    "intermediary-unknown", _("没有此中介机构代码，请核对或请管理员登记")
)
_INCOME: Final = "financial.income"


class NotAcceptable(CustodianError):
    """Something does not stand; each flaw says what, and what to do."""

    code = "invalid"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__()


class KeyUsed(CustodianError):
    """The key already stands for something else that was said."""

    code = "idempotency-conflict"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Application:
    """What the other system says, as it says it; texts by element code."""

    kind: str
    values: Mapping[str, str]
    accounts: Sequence[Mapping[str, str]] = ()
    intermediary: str = ""

    def digest(self) -> bytes:
        said = [self.kind, dict(self.values), [dict(each) for each in self.accounts]]
        text = json.dumps([*said, self.intermediary], ensure_ascii=False, sort_keys=True)
        return hmac.digest(source_key("source.application"), text.encode(), "sha256")[:16]


@dataclass(frozen=True)
class Admitted:
    customer: Customer
    warnings: Sequence[Flaw]
    missing: Sequence[str]


@dataclass(frozen=True)
class _Checked:
    draft: CustomerDraft
    accounts: list[dict[str, str]]
    intermediary_id: int | None
    warnings: list[Flaw]


def admit(application: Application, *, key: str, channel: str, actor: Actor) -> Admitted:
    """Register the customer, or answer again what was answered to the same key.

    Raises `NotAcceptable`, and `KeyUsed` when the key came with something else before.
    """
    today = clock.local().date()
    checked = _check(application, today)
    book = books.own()
    source_key, digest = f"{channel}/{actor.ref}/{key}", application.digest()
    found = _earlier(book, source_key, digest, actor=actor)
    if found is None:
        newcomer = _newcomer(checked, source_key, digest, today, channel=channel, actor=actor)
        try:
            with transaction.atomic():
                found = intake.register([newcomer], book=book, channel=channel, actor=actor)[0]
        except IntegrityError:
            # The same request came twice at once: the other one has been answered.
            found = _earlier(book, source_key, digest, actor=actor)
            if found is None:
                raise KeyUsed from None
    return Admitted(found, checked.warnings, checked.draft.missing)


def _check(application: Application, today: date) -> _Checked:
    values = {code: text for code, text in application.values.items() if code != _INCOME}
    identity = registration.check(values, kind=application.kind, today=today)
    flaws = list(identity.flaws)
    if written := application.values.get(_INCOME, "").strip():
        income = check_amount(written)
        flaws += [Flaw(_INCOME, problem) for problem in income.problems]
        if income.value:
            identity.draft.values[_INCOME] = income.value
    accounts = [_account(each, flaws) for each in application.accounts]
    intermediary = _intermediary(application.intermediary, flaws)
    if any(flaw.problem.hard for flaw in flaws):
        raise NotAcceptable([flaw for flaw in flaws if flaw.problem.hard])
    return _Checked(identity.draft, accounts, intermediary, flaws)


def _account(written: Mapping[str, str], flaws: list[Flaw]) -> dict[str, str]:
    account = {}
    for code, text in written.items():
        checked = ACCOUNT[code](text.strip())
        flaws += [Flaw(code, problem) for problem in checked.problems]
        if checked.value:
            account[code] = checked.value
    return account


def _intermediary(code: str, flaws: list[Flaw]) -> int | None:
    if not code:
        return None
    found = Intermediary.objects.filter(code=code).first()
    if found is None:
        flaws.append(Flaw("intermediary.code", INTERMEDIARY_UNKNOWN))
        return None
    return found.pk


def _earlier(book: Book, source_key: str, digest: bytes, *, actor: Actor) -> Customer | None:
    if not gate.may(actor, Action.CUSTOMER_CREATE):
        return None
    source = blind_indexes.of_source(book.code, source_key)
    visible = Customer.objects.visible_to(actor)
    found: Customer | None = visible.filter(book=book, source_digest=source).first()
    if found is not None and bytes(found.row_digest) != digest:
        raise KeyUsed
    return found


def _newcomer(
    checked: _Checked, source_key: str, digest: bytes, today: date, *, channel: str, actor: Actor
) -> intake.NewCustomer:
    values = checked.draft.values
    own = actor.role is Role.AGENT and actor.id is not None
    return intake.NewCustomer(
        kind=checked.draft.kind,
        source_key=source_key,
        unit_id=Unit.objects.get(code=actor.unit).pk,
        values=values,
        accounts=[each for each in checked.accounts if each],
        intermediary_id=checked.intermediary_id,
        assignments=[(actor.id, clock.now())] if own and actor.id is not None else [],
        minor_until=registration.fourteenth_birthday(
            values.get("identity.birth_date", ""), today=today
        ),
        origin=(channel, today.isoformat()),
        row_digest=digest,
    )
