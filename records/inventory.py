"""What is held, about how many customers, and why: the inventory and the data map, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from access.actors import Actor
from access.models.rules import CLASSES
from access.vocabulary import Purpose
from custodian import elements
from custodian.elements import Element, Masked, Search, Storage
from records.catalogue import BASES, OWNERS
from records.models import (
    Account,
    Claim,
    ClaimDecision,
    ClaimNeed,
    ClaimPayment,
    Correction,
    CustomerRequest,
    Document,
    Finances,
    Identity,
    Policy,
    RequestMessage,
)
from records.tables import table_of

# Invented, to show what a mask leaves visible.
SAMPLES = {
    "identity.name": "欧阳示例",
    "identity.sex": "女",
    "identity.birth_date": "1990-01-01",
    "identity.nationality": "中国",
    "identity.occupation": "教师",
    "identity.id_type": "居民身份证",
    "identity.id_number": "110101199001010000",
    "identity.id_valid_until": "2036-05-20",
    "identity.mobile": "13800000000",
    "identity.landline": "0516-80000000",
    "identity.email": "sample@example.com",
    "identity.address": "江苏省徐州市云龙区示例路1号",
    "identity.workplace": "示例单位",
    "identity.legal_representative": "张示例",
    "financial.bank_name": "示例银行",
    "financial.bank_account": "6222000000000000",
    "policy.number": "P20190000000418",
    "claim.number": "C20190000000418",
}
_MODELS: dict[str, Any] = {
    "identity": Identity,
    "income": Finances,
    "account": Account,
    "policy": Policy,
    "claim": Claim,
    "claim_need": ClaimNeed,
    "claim_decision": ClaimDecision,
    "claim_payment": ClaimPayment,
    "correction": Correction,
    "document": Document,
    "request": CustomerRequest,
    "message": RequestMessage,
}


# A file has no column: it is counted by its row.
_PROOF = Q(kind=Document.Kind.PROOF)
_FILES: dict[str, Q] = {"document.content": ~_PROOF, "document.proof": _PROOF}


@dataclass(frozen=True)
class Held:
    """One element as the inventory tells of it."""

    element: Element
    label: str
    purposes: str
    basis: str
    owner: str
    storage: str
    search: str
    sample: Masked
    customers: int | None


def held(actor: Actor, counts: Mapping[str, int] | None = None) -> list[tuple[str, list[Held]]]:
    """The elements by class, with how many customers they are held about; `counts` of some alone."""
    counts = counted(actor) if counts is None else counts
    names = {code: str(label) for code, label in CLASSES}
    ordered = sorted(elements.catalogue(), key=lambda each: list(names).index(each.cls.value))
    return [
        (names[cls], [_held(element, counts.get(element.code)) for element in group])
        for cls, group in groupby(ordered, key=lambda each: each.cls.value)
    ]


def _held(element: Element, customers: int | None) -> Held:
    purposes = [str(label) for code, label in Purpose.choices if code in element.purposes]
    return Held(
        element,
        label=str(element.label),
        purposes=_("、").join(purposes),
        basis=str(BASES[element.basis]),
        owner=str(OWNERS[element.owner]),
        storage=_("密封") if element.storage is Storage.SEALED else _("明文"),
        search={
            Search.NONE: _("不可检索"),
            Search.EXACT: _("盲索引，精确"),
            Search.COMBINED: _("盲索引，与其他项合并"),
        }[element.search],
        sample=element.mask(SAMPLES.get(element.code, "示例")),
        customers=customers,
    )


def counted(actor: Actor, among: QuerySet[Any] | None = None) -> dict[str, int]:
    """How many customers each element is held about; of `among`, which gives their keys.

    One statement for each table; a file has no column of its own and is counted by its row.
    """
    codes: dict[str, list[str]] = {}
    for element in elements.catalogue():
        codes.setdefault(table_of(element.code), []).append(element.code)
    counts: dict[str, int] = {}
    for table, held_there in codes.items():
        wanted = {code.replace(".", "_"): _having(code) for code in held_there}
        rows = _MODELS[table].objects.visible_to(actor)
        found = (rows if among is None else rows.filter(subject__in=among)).aggregate(**wanted)
        counts |= {code: found[code.replace(".", "_")] for code in held_there}
    return counts


def _having(code: str) -> Count:
    column = f"{code.partition('.')[2]}_sealed"
    if code in _FILES:
        return Count("subject", distinct=True, filter=_FILES[code])
    return Count("subject", distinct=True, filter=Q(**{f"{column}__isnull": False}))


def data_map(actor: Actor) -> Iterator[dict[str, Any]]:
    """The inventory as rows for other systems; no customer's value is in it."""
    for cls, rows in held(actor):
        for row in rows:
            element = row.element
            yield {
                "class": cls,
                "code": element.code,
                "element": row.label,
                "level": element.level,
                "sensitive": element.sensitive,
                "never_shown": element.never_shown,
                "storage": element.storage.value,
                "search": element.search.value,
                "purposes": sorted(element.purposes),
                "lawful_basis": row.basis,
                "lawful_basis_checked": False,
                "owner": row.owner,
                "data_protection_officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
                "customers": row.customers,
            }
