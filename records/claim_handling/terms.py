"""Who decides alone up to which amount, and what contracts say of the time: data, changed by four eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from records.models import ClaimTerms, Product

KIND: Final = "claim-terms"
HOUSE: Final = ""
LONGEST_DAYS: Final = 180


class Unchanged(CustodianError):
    """The proposal says what the terms say already."""

    code = "claim-terms-unchanged"
    message = _("与现行规定没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same terms waits for its approval."""

    code = "claim-terms-pending"
    status = 409
    message = _("这项规定已有一项修改待复核")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Of the house: `limit` and `refusals`; of a product's contracts: `decide_days`, None for the law's."""

    limit: Decimal | None = None
    refusals: bool = True
    decide_days: int | None = None

    def said(self) -> dict[str, Any]:
        limit = None if self.limit is None else f"{self.limit:.2f}"
        return {"limit": limit, "refusals": self.refusals, "decide_days": self.decide_days}


def house() -> ClaimTerms:
    """The terms in force for every claim."""
    return ClaimTerms.objects.in_force().get(product=None)


def of_product(product: int) -> ClaimTerms | None:
    return ClaimTerms.objects.in_force().filter(product_id=product).first()


def decide_days(product: int) -> int | None:
    """The days that the contracts of a product give for the decision; None where they say nothing."""
    held = of_product(product)
    return held.decide_days if held else None


def said_by(row: ClaimTerms | None) -> dict[str, Any]:
    if row is None:
        return Terms().said()
    return Terms(limit=row.limit, refusals=row.refusals, decide_days=row.decide_days).said()


def propose(product: Product | None, terms: Terms, *, reason: str, actor: Actor) -> Approval:
    """Ask for other terms. Raises `Unchanged`, `Pending`, `Refused`."""
    base = house() if product is None else of_product(product.pk)
    if said_by(base) == terms.said():
        raise Unchanged
    payload = {
        "product": product.code if product else HOUSE,
        "base": _version(base.product_id if base else None, base),
        "terms": terms.said(),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="product",
        table=ClaimTerms,
        pending=Pending,
        action=Action.CLAIM_TERMS_PROPOSE,
        facts={"terms": payload["product"] or "house"},
        actor=actor,
    )


def waiting(product: str = HOUSE) -> Approval | None:
    return proposals.waiting(KIND, product=product)


def _version(product: int | None, base: ClaimTerms | None) -> int:
    return base.version if base else 0


def _base(payload: Mapping[str, Any]) -> ClaimTerms | None:
    rows = ClaimTerms.objects.filter(version=payload["base"])
    if payload["product"] == HOUSE:
        return rows.filter(product=None).first()
    return rows.filter(product__code=payload["product"]).first()


class _Kind:
    action = Action.CLAIM_TERMS_APPROVE
    label = _("理赔规定")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:claim_terms")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Terms are about contracts and roles, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        before, after = said_by(_base(payload)), payload["terms"]
        rows: list[tuple[Any, Sequence[Any]]] = [(_("适用"), [scope_words(payload["product"])])]
        names = ("limit", "refusals") if payload["product"] == HOUSE else ("decide_days",)
        for name in names:
            then, now = in_words(name, before[name]), in_words(name, after[name])
            rows.append((_LABELS[name], [now if then == now else f"{then} → {now}"]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now = approval.payload, clock.now()
        base = _base(payload)
        if base is not None:
            if base.until is not None:
                raise ContentChanged
            ClaimTerms.objects.filter(pk=base.pk).update(until=now)
        product = Product.objects.filter(code=payload["product"]).first()
        said = payload["terms"]
        ClaimTerms.objects.create(
            product=product,
            version=payload["base"] + 1,
            limit=None if said["limit"] is None else Decimal(said["limit"]),
            refusals=said["refusals"],
            decide_days=said["decide_days"],
            since=now,
            approval=approval,
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


_LABELS: Final[Mapping[str, Any]] = {
    field.name: field.verbose_name for field in ClaimTerms._meta.fields
}


def scope_words(product: str) -> str:
    if product == HOUSE:
        return str(_("所有赔案"))
    found = Product.objects.filter(code=product).first()
    return f"{found} {product}" if found else product


def in_words(name: str, value: Any) -> str:
    if name == "limit":
        return str(_("%(amount)s 元") % {"amount": f"{Decimal(value):,.2f}"}) if value else "—"
    if name == "refusals":
        return str(_("是") if value else _("否"))
    if value is None:
        return str(_("合同没有约定，按法律"))
    return ngettext("%(days)s 天", "%(days)s 天", int(value)) % {"days": value}


approvals.register(KIND, _Kind())
