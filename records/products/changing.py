"""Filing and times of sale, changed by four eyes; each change is one more version, and the newest holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals, rechecking
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian.errors import CustodianError
from records.models import Product, ProductVersion
from records.products import checking
from records.products.selling import Terms

KIND: Final = "product-terms"


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "product-terms-unchanged"
    status = 422
    message = _("与现行记录没有不同，请修改后再提交")


class Pending(CustodianError):
    """Another change of the same product waits for its approval."""

    code = "product-terms-pending"
    status = 409
    message = _("这个险种已有一项修改待复核")


class DoesNotFit(CustodianError):
    """A filing without day or number, or days that contradict each other."""

    code = "product-terms-wrong"
    status = 422


def newest(product: Product) -> ProductVersion | None:
    return product.versions.select_related("approval").first()


def terms_of(product: Product) -> Terms:
    """As two people approved them; before that as the product was written down, without days."""
    row = newest(product)
    if row is not None:
        return Terms.of(row)
    return Terms(filed=product.filed, filing_no=product.filing_no)


def propose(product: Product, terms: Terms, *, source: str, reason: str, actor: Actor) -> Approval:
    """Ask for it. Raises `Unchanged`, `DoesNotFit`, `Pending`, `Refused`."""
    check(terms)
    base = newest(product)
    if base is not None and Terms.of(base).said() == terms.said():
        raise Unchanged
    payload = {
        "product": product.code,
        "base": base.number if base else 0,
        "terms": terms.said(),
        "source": source,
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="product",
        table=ProductVersion,
        pending=Pending,
        action=Action.PRODUCT_PROPOSE,
        facts={"product": product.code},
        actor=actor,
    )


def check(terms: Terms) -> None:
    """Raises `DoesNotFit` with what is wrong."""
    if terms.filed != bool(terms.filed_on and terms.filing_no):
        raise DoesNotFit(_("已备案的须有备案日和备案号；没有备案的都不填"))
    if terms.sold_from and terms.sold_until and terms.sold_until < terms.sold_from:
        raise DoesNotFit(_("停售日早于开售日"))
    ordered = sorted(terms.suspensions, key=lambda each: each.since)
    for each in ordered:
        if each.until is not None and each.until < each.since:
            raise DoesNotFit(_("暂停的最后一天早于第一天"))
        if not each.reason.strip():
            raise DoesNotFit(_("每次暂停须写明理由"))
    for before, after in pairwise(ordered):
        if before.until is None or after.since <= before.until:
            raise DoesNotFit(_("两次暂停的日期重叠，请合并"))


def waiting(product: Product) -> Approval | None:
    return proposals.waiting(KIND, product=product.code)


class _Kind:
    action = Action.PRODUCT_APPROVE
    label = _("险种的备案与销售期")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:product", args=[payload["product"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A product is nobody's colleague."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        product = Product.objects.get(code=payload["product"])
        base = product.versions.filter(number=payload["base"]).first()
        before = Terms.of(base) if base else None
        now, then = lines(Terms.read(payload["terms"])), dict(lines(before)) if before else {}
        return [
            (_("险种"), [f"{product} {product.code}"]),
            *((label, _turned(then.get(label), values)) for label, values in now),
            (_("依据"), [payload["source"]]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload = approval.payload
        product = Product.objects.select_for_update().get(code=payload["product"])
        base = newest(product)
        if (base.number if base else 0) != payload["base"]:
            raise ContentChanged
        terms = Terms.read(payload["terms"])
        check(terms)
        said = {**vars(terms), "suspensions": terms.said()["suspensions"]}
        ProductVersion.objects.create(
            product=product,
            number=payload["base"] + 1,
            source=payload["source"],
            reason=payload["reason"],
            approval=approval,
            **said,
        )
        # What other houses and importers ask of a product stands with it.
        Product.objects.filter(pk=product.pk).update(filed=terms.filed, filing_no=terms.filing_no)
        checking.check([product.pk])

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def lines(terms: Terms) -> list[tuple[str, list[str]]]:
    """Each term in words."""
    filed = [f"{terms.filed_on or '—'} · {terms.filing_no or '—'}"] if terms.filed else []
    return [
        (gettext("备案"), filed or [gettext("未备案")]),
        (gettext("开售日"), [str(terms.sold_from or "—")]),
        (gettext("停售日"), [str(terms.sold_until or "—")]),
        (gettext("暂停销售"), [_suspension(each) for each in terms.suspensions] or ["—"]),
    ]


def _suspension(each: Any) -> str:
    until = each.until or gettext("至今")
    return f"{each.since} – {until} · {each.reason}"


def _turned(then: Sequence[str] | None, now: Sequence[str]) -> Sequence[str]:
    joint = gettext("、")
    return now if then is None or then == now else [f"{joint.join(then)} → {joint.join(now)}"]


def altered() -> Iterator[Approval]:
    """Approvals whose version says something else, or whose product does."""
    newest_number = ProductVersion.objects.filter(product=OuterRef("product")).order_by("-number")
    rows = ProductVersion.objects.select_related("approval", "product").annotate(
        last=Subquery(newest_number.values("number")[:1])
    )
    for row in rows:
        said, terms = row.approval.payload, Terms.of(row)
        same = said.get("terms") == terms.said() and said.get("product") == row.product.code
        known = (row.product.filed, row.product.filing_no) == (terms.filed, terms.filing_no)
        if not same or (row.number == row.last and not known):
            yield row.approval


def ready() -> None:
    approvals.register(KIND, _Kind())
    rechecking.sources.append(altered)
