"""A batch of letters is drafted by one officer, and approved by another over its words and recipients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import wake
from custodian.workflow import Workflow
from transfers import chosen
from transfers.choosing.selecting import require_open
from transfers.letters import arrived, recipients, texts
from transfers.letters.sending import ACTOR
from transfers.letters.texts import Letter
from transfers.models import LetterBatch, Transfer

KIND: Final = "transfer-letters"
Stage = LetterBatch.Stage
BATCH: Final = Workflow(
    {
        "submit": (frozenset({Stage.DRAFT.value}), Stage.WAITING.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
    },
    field="stage",
)


class NobodyToTell(CustodianError):
    """Nobody is chosen by two people yet, or everybody has a letter already."""

    code = "nobody-to-tell"
    status = 409
    message = _("还没有经复核的随转客户，或都已告知")


class TooSoon(CustodianError):
    """The day to answer by has passed, or is today."""

    code = "reply-day-too-soon"
    status = 422
    message = _("答复期限须在今天之后")


def require_may_write(transfer: Transfer) -> None:
    """The seller before the freeze, the buyer once it answers. Raises `NotOurs`, `NotLiveYet`."""
    if transfer.is_sellers:
        require_open(transfer)
    else:
        arrived.require_live(transfer)


def draft(
    transfer: Transfer, letter: Letter, *, reply_by: date | None, actor: Actor
) -> LetterBatch:
    """Keep the words of the batch that is under way; nothing has to be whole yet."""
    require_may_write(transfer)
    with transaction.atomic():
        found = (
            LetterBatch.objects.select_for_update()
            .filter(transfer=transfer, stage=Stage.DRAFT)
            .first()
        )
        batch = found or LetterBatch(transfer=transfer, asked_by_id=actors.person(actor))
        batch.content, batch.reply_by = letter.dump(), reply_by
        batch.asked_by_id = actors.person(actor)
        batch.save()
        _authorise(batch, actor)
    return batch


def submit(batch: LetterBatch, *, actor: Actor) -> Approval:
    """Put it up. Raises `Incomplete`, `TooSoon`, `NobodyToTell`, `NotOurs`, `NotLiveYet`, `IllegalMove`."""
    transfer = batch.transfer
    require_may_write(transfer)
    if transfer.is_sellers and (batch.reply_by is None or batch.reply_by <= clock.local().date()):
        raise TooSoon
    texts.read(transfer, batch.content).require_whole()
    with transaction.atomic():
        held = LetterBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        payload = content(held)
        settled = not transfer.is_sellers or chosen.is_settled(transfer)
        if not payload["recipients"] or not settled:
            raise NobodyToTell
        _authorise(held, actor, digest=approvals.digest_of(KIND, payload))
        approval = approvals.request(KIND, payload, actor=actor)
        BATCH.move(held, "submit", {"approval": approval})
    batch.refresh_from_db()
    return approval


def _authorise(batch: LetterBatch, actor: Actor, **facts: str) -> None:
    gate.authorise(
        actor,
        Action.LETTERS_PROPOSE,
        channel=Channel.ADMIN,
        facts={"transfer": batch.transfer.code, "letters": str(batch.ref), **facts},
    )


def content(batch: LetterBatch) -> dict[str, Any]:
    with scopes.acting(actors.system(ACTOR)):
        found = recipients.counts(batch.transfer)
    return {
        "transfer": batch.transfer.code,
        "letters": str(batch.ref),
        "reply_by": _day(batch),
        "content": batch.content,
        "recipients": found.left,
        "roles": dict(found.roles),
    }


def _day(batch: LetterBatch) -> str:
    return batch.reply_by.isoformat() if batch.reply_by else ""


class _Kind:
    action = Action.LETTERS_APPROVE
    label = _("转让告知信")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_letters", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Letters are about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        roles = [f"{recipients.role_name(code)} {n:,}" for code, n in payload["roles"].items()]
        transfer = Transfer.objects.get(code=payload["transfer"])
        labels = texts.parts_of(transfer)
        said = texts.read(transfer, payload["content"]).parts
        return [
            (_("业务转让"), [payload["transfer"]]),
            (_("收信人"), [f"{payload['recipients']:,}", *roles]),
            (_("答复期限"), [payload["reply_by"] or "—"]),
            *((label, [said[key].zh, said[key].en]) for key, label in labels.items()),
            (_("后果"), [_("批准后逐人发送；没有可用联系方式的，由合规官打印寄出")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        batch = LetterBatch.objects.select_for_update(of=("self",)).get(approval=approval)
        said, now = dict(approval.payload), content(batch)
        # How many they are changes with every objection; the words and the day are what was approved.
        if any(said[key] != now[key] for key in ("transfer", "letters", "reply_by", "content")):
            raise ContentChanged
        BATCH.move(batch, "approve", {"approved_at": clock.now()})
        from transfers.tasks import send_letters  # the task leads back here

        wake(send_letters, batch.pk)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        BATCH.move(LetterBatch.objects.get(approval=approval), "return")


def altered() -> Sequence[Approval]:
    """Of letters whose words or day are not what was approved."""
    rows = LetterBatch.objects.exclude(approval=None).select_related("approval", "transfer")
    return [
        each.approval
        for each in rows.filter(stage__in=[Stage.WAITING, Stage.APPROVED])
        if each.approval is not None
        and (
            each.approval.payload["content"] != each.content
            or each.approval.payload["reply_by"] != _day(each)
        )
    ]


approvals.register(KIND, _Kind())
