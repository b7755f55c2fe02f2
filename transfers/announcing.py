"""The announcement on this insurer's public page: composed from the facts, mended, approved, taken down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.law.reading import today
from access.law.words import english
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.regimes.routes import Gate, Silence
from transfers import recording, routes
from transfers.models import Publication, Transfer, TransferAnnouncement
from transfers.progress import moving

Both = Mapping[str, str]  # zh and en
KIND: Final = "transfer-announcement"
LONGEST: Final = 2000
PARTS: Final[Mapping[str, Any]] = {
    "what": _("谁的业务转给谁"),
    "changes": _("有什么变化，什么不变"),
    "rights": _("您可以做什么"),
    "contact": _("联系我们"),
}


class Pending(CustodianError):
    """A version of it waits for its approval."""

    code = "announcement-pending"
    status = 409
    message = _("公告的一版正在等待复核")


class Unwritten(CustodianError):
    """Each part is told in both languages."""

    code = "announcement-incomplete"
    message = _("请用中文和英文写明标题和每一部分")


def stage_of(transfer: Transfer) -> str:
    """The stage of the route in which the websites have the notice; empty where it asks for none."""
    for stage in routes.of(transfer).needed:
        if any(each.kind is Gate.ONLINE for each in stage.gates):
            return stage.stage
    return ""


def compose(transfer: Transfer) -> dict[str, Both]:
    """A text from what is known, for somebody to read and mend."""
    ours: Mapping[str, str] = settings.CUSTODIAN_INSURER_NAME
    sells, other = transfer.is_sellers, transfer.counterparty.name
    book = transfer.book.name if transfer.book else transfer.title
    pair = {
        "zh": (ours["zh"], other) if sells else (other, ours["zh"]),
        "en": (ours["en"], other) if sells else (other, ours["en"]),
    }
    line = settings.CUSTODIAN_COMPLAINT_LINE
    return {
        "title": {
            "zh": f"{pair['zh'][0]}向{pair['zh'][1]}转让保险业务的公告",
            "en": f"Transfer of insurance business from {pair['en'][0]} to {pair['en'][1]}",
        },
        "what": {
            "zh": f"{pair['zh'][0]}拟将“{book}”的保险业务转让给{pair['zh'][1]}。",
            "en": f"{pair['en'][0]} means to transfer the insurance business “{book}” to {pair['en'][1]}.",
        },
        "changes": {
            "zh": f"转让完成后，由{pair['zh'][1]}承担保险合同的全部义务；保障内容、保费和期限不变。"
            "在此之前，一切照旧。",
            "en": f"Afterwards {pair['en'][1]} carries all duties of the contracts; cover, premium and term"
            " stay as they are. Until then nothing changes.",
        },
        "rights": _rights(transfer),
        "contact": {"zh": f"电话：{line}" if line else "", "en": f"Telephone: {line}" if line else ""},
    }  # fmt: skip


def _rights(transfer: Transfer) -> Both:
    """As the route asks for consent or only tells."""
    notice = routes.stage_of(transfer, "notice")
    if notice.consent:
        return {
            "zh": "我们会书面告知每一位投保人和被保险人，并征求同意。您可以同意，也可以不同意；"
            "没有答复的，不视为同意，合同留在原公司。",
            "en": "Every policyholder and insured is told in writing and asked for consent. You can agree or"
            " not; silence is not taken for consent, and your contract then stays where it is.",
        }
    stays = notice.silence is Silence.STAYS
    return {
        "zh": "我们会逐一告知接收方的名称和联系方式。您可以随时查询、更正自己的资料，或向我们提出异议。"
        + ("没有答复的，合同留在原公司。" if stays else ""),
        "en": "Each of you is told the recipient's name and contact. You can look at and correct your data,"
        " or object to us, at any time."
        + (" Without an answer your contract stays where it is." if stays else ""),
    }  # fmt: skip


def propose(
    transfer: Transfer, content: Mapping[str, Both], *, answer_by: date | None = None, actor: Actor
) -> Approval:
    """Put a version up. Raises `Unwritten`, `Pending`, `NotYet` where the route is elsewhere."""
    _require_whole(content)
    payload = {
        "transfer": transfer.code,
        "base": _newest_number(transfer),
        "content": {name: dict(content[name]) for name in ("title", *PARTS)},
        "answer_by": answer_by.isoformat() if answer_by else "",
    }
    with transaction.atomic():
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        moving.require(held, stage_of(held) or "notice")
        if waiting(held) is not None:
            raise Pending
        facts = {"transfer": held.code, "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(actor, Action.TRANSFER_FILE, channel=Channel.ADMIN, facts=facts)
        return approvals.request(KIND, payload, actor=actor)


def waiting(transfer: Transfer) -> Approval | None:
    return proposals.waiting(KIND, transfer=transfer.code)


def _require_whole(content: Mapping[str, Both]) -> None:
    told = [content.get(name, {}) for name in ("title", *PARTS)]
    texts = [str(each.get(tongue, "")).strip() for each in told for tongue in ("zh", "en")]
    if not all(texts) or max(map(len, texts)) > LONGEST:
        raise Unwritten


def _newest_number(transfer: Transfer) -> int:
    found = newest(transfer)
    return found.number if found else 0


def newest(transfer: Transfer) -> TransferAnnouncement | None:
    return TransferAnnouncement.objects.filter(transfer=transfer).first()


def own_rows(transfer: Transfer) -> QuerySet[Publication]:
    """When the notice stood, or stands, on this insurer's page."""
    return transfer.publications.filter(medium=Publication.Medium.WEBSITE, side=transfer.side)


def is_shown(transfer: Transfer) -> bool:
    return own_rows(transfer).filter(until=None).exists()


def take_down(transfer: Transfer, *, actor: Actor) -> None:
    """From now on it is not on the page; today was its last day."""
    with transaction.atomic():
        facts = {"transfer": transfer.code, "transfer-gate": "taken-down"}
        gate.authorise(actor, Action.TRANSFER_FILE, channel=Channel.ADMIN, facts=facts)
        end(transfer)


def over(transfer: Transfer, **_signal: Any) -> None:
    """With the transfer: what is over is announced no more."""
    end(transfer)


def end(transfer: Transfer) -> None:
    own_rows(transfer).filter(until=None).update(until=today())


def public() -> list[TransferAnnouncement]:
    """Those on the page now, newest first."""
    shown = Publication.objects.filter(medium=Publication.Medium.WEBSITE, until=None, paper=None)
    rows = TransferAnnouncement.objects.filter(transfer__in=shown.values("transfer"))
    rows = rows.select_related("transfer__counterparty", "transfer__book")
    last = {each.transfer_id: each for each in rows.order_by("number")}
    return sorted(last.values(), key=lambda each: each.published_at, reverse=True)


def told(found: TransferAnnouncement) -> dict[str, Any]:
    """Title and parts in the reader's language."""
    tongue = "en" if english() else "zh"
    said = found.content
    return {
        "title": said["title"][tongue],
        "parts": [(label, said[name][tongue]) for name, label in PARTS.items()],
        "row": found,
        "clause": _clause_of(found.transfer),
    }


def _clause_of(transfer: Transfer) -> str:
    """By which the websites have it."""
    for stage in routes.of(transfer).needed:
        for each in stage.gates:
            if each.kind is Gate.ONLINE:
                return each.clause
    return ""


class _Kind:
    action = Action.TRANSFER_APPROVE
    label = _("业务转让公告")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_announcement", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """What is published is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        said = payload["content"]
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("业务转让"), [payload["transfer"]]),
            (_("标题"), [said["title"]["zh"], said["title"]["en"]]),
        ]
        rows += [(label, [said[name]["zh"], said[name]["en"]]) for name, label in PARTS.items()]
        return [*rows, (_("答复期限"), [payload["answer_by"] or "—"])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """On the page from this moment, in its newest version; its first day begins the time that it owes."""
        said = approval.payload
        transfer = Transfer.objects.select_for_update().get(code=said["transfer"])
        moving.require(transfer, stage_of(transfer) or "notice")
        if _newest_number(transfer) != said["base"]:
            raise ContentChanged
        TransferAnnouncement.objects.create(
            transfer=transfer,
            number=said["base"] + 1,
            content=said["content"],
            answer_by=date.fromisoformat(said["answer_by"]) if said["answer_by"] else None,
            drafted_by_id=approval.requested_by_id,
            approval=approval,
        )
        if not is_shown(transfer):
            recording.put(
                transfer, medium=Publication.Medium.WEBSITE, name=settings.CUSTODIAN_INSURER_NAME["zh"],
                day=today(), side=transfer.side, recorded_by_id=approval.requested_by_id,
            )  # fmt: skip

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """What is on the page stays."""


approvals.register(KIND, _Kind())
