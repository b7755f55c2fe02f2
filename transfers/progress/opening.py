"""Opening a transfer: one officer asks, another approves, and it stands at its route's first stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.law.reading import today
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Book
from transfers import routes
from transfers.models import Counterparty, Stage, Transfer, TransferStage
from transfers.progress.moving import begin_next

KIND: Final = "transfer-open"


class BadOpening(CustodianError):
    """The route is another law's, the counterparty no insurer, or the seller names no book."""

    code = "transfer-opening-wrong"


class Known(CustodianError):
    """This reference is a transfer here already, or waits to become one; so does this book."""

    code = "transfer-known"
    status = 409
    message = _("同一账册或同一编号的转让已在进行或等待复核")


def open_transfer(
    *,
    side: str,
    counterparty: Counterparty,
    route: str,
    title: str,
    book: Book | None,
    ref: UUID | None = None,
    important_data: bool = False,
    actor: Actor,
) -> Approval:
    """Ask for it; the buyer gives the seller's `ref`. Raises `BadOpening`, `Known`, `UnknownRoute`."""
    _check(side, counterparty, route, book)
    payload = {
        "ref": str(ref or uuid4()),
        "side": Transfer.Side(side).value,
        "counterparty": str(counterparty.ref),
        "route": route,
        "title": title.strip()[:100],
        "book": book.code if book else "",
        "important_data": important_data,
    }
    with transaction.atomic():
        proposals.lock(Transfer)
        _require_new(payload)
        facts = {"digest": approvals.digest_of(KIND, payload), "book": payload["book"]}
        gate.authorise(actor, Action.TRANSFER_OPEN, channel=Channel.ADMIN, facts=facts)
        return approvals.request(KIND, payload, actor=actor)


def _check(side: str, counterparty: Counterparty, route: str, book: Book | None) -> None:
    if route not in routes.offered():
        routes.known(route)
        raise BadOpening(_("这条路径不属于本机构适用的法律"))
    if counterparty.kind != Counterparty.Kind.INSURER:
        raise BadOpening(_("转让的对方须是保险公司"))
    if side == Transfer.Side.SELLER and book is None:
        raise BadOpening(_("转出方须写明转出的账册"))


def _require_new(payload: Mapping[str, Any]) -> None:
    open_rows = Transfer.objects.filter(status=Transfer.Status.OPEN)
    sells = payload["side"] == Transfer.Side.SELLER
    taken = sells and open_rows.filter(side=Transfer.Side.SELLER, book__code=payload["book"])
    asked = Approval.objects.waiting().filter(kind=KIND)
    waits = asked.filter(payload__ref=payload["ref"]).exists() or (
        sells and asked.filter(payload__book=payload["book"], payload__side="seller").exists()
    )
    if waits or Transfer.objects.filter(ref=payload["ref"]).exists() or (taken and taken.exists()):
        raise Known


class _Kind:
    action = Action.TRANSFER_APPROVE
    label = _("建立业务转让")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfers_board")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A transfer is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        other = Counterparty.objects.get(ref=payload["counterparty"])
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("名称"), [payload["title"]]),
            (_("方向"), [Transfer.Side(payload["side"]).label]),
            (_("对方"), [other.name]),
            (_("路径"), [routes.name(routes.known(payload["route"]))]),
            (_("账册"), [payload["book"] or _("为这笔转让新开一本")]),
            (_("含重要数据"), [_("是") if payload["important_data"] else _("否")]),
            (_("转让标识"), [payload["ref"]]),
        ]
        return rows

    def start(self, approval: Approval, *, actor: Actor) -> None:
        said = approval.payload
        proposals.lock(Transfer)
        if Transfer.objects.filter(ref=said["ref"]).exists():
            raise ContentChanged
        code = _next_code(today())
        other = Counterparty.objects.get(ref=said["counterparty"])
        transfer = Transfer.objects.create(
            ref=said["ref"],
            code=code,
            side=said["side"],
            counterparty=other,
            route=said["route"],
            title=said["title"],
            book=_book(said["book"], code, other, said["title"]),
            important_data=said["important_data"],
            opening=approval,
            opened_at=clock.now(),
            opened_by_id=approval.requested_by_id,
        )
        lay_out(transfer)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _book(named: str, code: str, seller: Counterparty, title: str) -> Book:
    """The one that was named, which a seller always does; else one of its own for what is to come."""
    if named:
        return Book.objects.get(code=named)
    return Book.objects.create(code=code, name=title, insurer=seller.name[:100])


def lay_out(transfer: Transfer) -> None:
    """A row for each stage, those not needed marked so, and the first one begun."""
    states = TransferStage.State
    for stage, found in routes.of(transfer).stages.items():
        state = states.WAITING if found.needed else states.NOT_NEEDED
        TransferStage.objects.create(transfer=transfer, stage=Stage(stage), state=state)
    begin_next(transfer)


def _next_code(day: date) -> str:
    codes = Transfer.objects.filter(code__startswith=f"T-{day.year}-")
    used = [int(code.rsplit("-", 1)[1]) for code in codes.values_list("code", flat=True)]
    return f"T-{day.year}-{max(used, default=0) + 1:03}"


approvals.register(KIND, _Kind())
