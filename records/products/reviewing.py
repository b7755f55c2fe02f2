"""A product is to be reviewed when the law about its kind is another one than when it was reviewed last."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from records.models import Product, ProductReview
from records.products import law_parts
from records.products.checking import ACTOR

State = ProductReview.State
REVIEW: Final = Workflow(
    {"review": (frozenset({State.OPEN.value}), State.DONE.value)}, field="state"
)


class NothingToReview(CustodianError):
    """No review is open, or the law changed once more since the page was opened."""

    code = "product-review-not-open"
    status = 409
    message = _("没有待复查的变化，或打开页面之后法规又有变化；请刷新后再看")


class SaysNothing(CustodianError):
    """A review says what follows from it."""

    code = "product-review-says-nothing"
    status = 422
    message = _("请写明复查结论")


def watch() -> int:
    """Hold each product against the law of today; how many came up for review."""
    with scopes.acting(actors.system(ACTOR)):
        parts = {term: law_parts.of_term(over_a_year=term) for term in (True, False)}
        return sum(_watch(each, parts[each.over_a_year]) for each in Product.objects.order_by("pk"))


def _watch(product: Product, now: law_parts.Parts) -> bool:
    with transaction.atomic():
        Product.objects.select_for_update().get(pk=product.pk)
        last = product.reviews.order_by("-pk").first()
        if last is None:
            ProductReview.objects.create(product=product, state=State.BASELINE, after=now)
            return False
        if last.after == now:
            return False
        if last.state == State.OPEN:
            # Also what was changed back was in force meanwhile, and is for somebody to look at.
            ProductReview.objects.filter(pk=last.pk).update(after=now)
            return False
        ProductReview.objects.create(
            product=product, state=State.OPEN, before=last.after, after=now
        )
        return True


def open_review(product: Product) -> ProductReview | None:
    rows: list[ProductReview] = list(product.reviews.filter(state=State.OPEN)[:1])
    return rows[0] if rows else None


def seen(review: ProductReview) -> str:
    """What whoever reviews has in front of him, so that he does not say yes to something newer."""
    return approvals.digest_of("product-review", {"after": review.after, "row": review.pk})[:24]


def review(product: Product, *, note: str, seen_as: str, actor: Actor) -> None:
    """Raises `NothingToReview`, `SaysNothing`, `Refused`."""
    if not note.strip():
        raise SaysNothing
    with transaction.atomic():
        rows = ProductReview.objects.select_for_update(of=("self",))
        held = rows.filter(product=product, state=State.OPEN).first()
        if held is None or seen(held) != seen_as:
            raise NothingToReview
        facts = {"product": product.code, "outcome": "reviewed"}
        gate.authorise(
            actor, Action.PRODUCT_REVIEW, channel=Channel.ADMIN, facts=facts, reason=note
        )
        changes = {
            "note": note.strip(),
            "reviewed_at": clock.now(),
            "reviewed_by_id": actors.person(actor),
        }
        try:
            REVIEW.move(held, "review", changes)
        except IllegalMove:
            raise NothingToReview from None


def changes_of(row: ProductReview) -> list[tuple[str, str, str, str]]:
    """Sort, name, page and what became of it, of each part that changed."""
    found = law_parts.changed(row.before, row.after)
    return [(*law_parts.told(code), law_parts.word(how)) for code, how in found]
