"""Letters on paper, a sheet at a time, for whom no message reaches; on record before they are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError
from custodian.pdf import compile_pdf
from records import vault
from records.models import Identity
from records.notices import delivering
from records.notices.contents import TAGS
from transfers.letters import texts
from transfers.letters.sending import ACTOR
from transfers.models import Transfer, TransferNotice

MOST: Final = 40
NAME, ADDRESS = "identity.name", "identity.address"
State = TransferNotice.State


class NothingToPrint(CustodianError):
    """No letter waits for paper."""

    code = "nothing-to-print"
    status = 409
    message = _("没有待打印的告知信")


def print_next(transfer: Transfer, *, actor: Actor) -> tuple[int, bytes]:
    """The next sheet's number, and its pages as PDF. Raises `NothingToPrint`, `Refused`."""
    with scopes.acting(actors.system(ACTOR)), transaction.atomic():
        rows = TransferNotice.objects.filter(transfer=transfer, state=State.TO_PRINT)
        held = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
        if not held:
            raise NothingToPrint
        newest = TransferNotice.objects.filter(transfer=transfer).aggregate(n=Max("sheet"))["n"]
        number = (newest or 0) + 1
        TransferNotice.objects.filter(pk__in=[each.pk for each in held]).update(sheet=number)
    return number, print_again(transfer, number, actor=actor)


def print_again(transfer: Transfer, number: int, *, actor: Actor) -> bytes:
    """The same sheet as PDF, whoever lost it; with the first time its letters count as sent."""
    with scopes.acting(actors.system(ACTOR)):
        rows = TransferNotice.objects.filter(transfer=transfer, sheet=number).order_by("pk")
        notices = list(rows.select_related("batch__transfer__counterparty"))
    if not notices:
        raise NothingToPrint
    shut = _stored_only(notices)
    notices = [each for each in notices if each.addressee_id not in shut]
    if not notices:
        raise NothingToPrint
    opened = _opened(notices, number, actor=actor)
    pages = [page for each in notices if (page := _page(each, opened))]
    body = compile_pdf("transfer_letters.typ", {"letters": pages, **_said()}, at=clock.now())
    with scopes.acting(actors.system(ACTOR)):
        fresh = rows.filter(state=State.TO_PRINT)
        fresh.filter(addressee_id__in=opened).update(state=State.PRINTED, sent_at=clock.now())
        fresh.update(state=State.FAILED, note="no-address")
    return body


def _stored_only(notices: Sequence[TransferNotice]) -> set[int]:
    """Whose data may not be used any more since the letter was made out: it stays unprinted, and listed."""
    with scopes.acting(actors.system(ACTOR)):
        shut = delivering.stored_only([each.addressee_id for each in notices])
        rows = TransferNotice.objects.filter(pk__in=[each.pk for each in notices])
        rows = rows.filter(addressee_id__in=shut, state=State.TO_PRINT)
        rows.update(state=State.FAILED, note=delivering.RESTRICTED)
    return shut


def _opened(
    notices: Sequence[TransferNotice], number: int, *, actor: Actor
) -> dict[int, dict[str, str]]:
    """Names and addresses by addressee: an ordinary look, which each of them finds in her list."""
    addressees = sorted({each.addressee_id for each in notices})
    holdings = Identity.objects.filter(subject__in=addressees).values_list("holding", flat=True)
    permit = gate.permit(
        actor,
        Action.LETTERS_PRINT,
        purpose=Purpose.COMPLIANCE.value,
        channel=Channel.ADMIN,
        subjects=addressees,
        elements=[NAME, ADDRESS],
        holdings=list(holdings),
        facts={"transfer": notices[0].transfer.code, "sheet": number},
    )
    found: dict[int, dict[str, str]] = {}
    for plain in vault.reveal(permit):
        found.setdefault(plain.subject, {})[plain.element] = plain.text
    return {subject: each for subject, each in found.items() if {NAME, ADDRESS} <= each.keys()}


def _page(notice: TransferNotice, opened: dict[int, dict[str, str]]) -> dict[str, Any] | None:
    to = opened.get(notice.addressee_id)
    if to is None:
        return None
    sides = []
    for tag in TAGS.values():
        with override(tag):
            told = texts.told(notice.batch, asks=notice.asks)
            sides.append(
                {
                    "lang": tag[:2],
                    "title": told.title,
                    "parts": [[str(label), text] for label, text in told.parts],
                    "until": _("请在 %(day)s 前答复：登录客户服务，或把本页勾选、签名后寄回。")
                    % {"day": f"{told.reply_by:%Y-%m-%d}"}
                    if told.reply_by
                    else "",
                    "silence": told.silence if notice.asks else "",
                    "choices": [_("同意转让"), _("不同意转让")] if told.reply_by else [],
                    "sign": _("签名与日期"),
                    "safe": _("本公司不会为此向您索要密码、验证码或付款。"),
                }
            )
    ref = str(notice.ref)[:8].upper()
    return {"name": to[NAME], "address": to[ADDRESS], "ref": ref, "sides": sides}


def _said() -> dict[str, str]:
    return {
        "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
        "day": f"{clock.local():%Y-%m-%d}",
        "title": _("业务转让告知信"),
        "number": _("告知信编号"),
    }
