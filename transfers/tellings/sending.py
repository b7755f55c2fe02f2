"""What a partner is told: the value as it stands now, read through the gate in the partner's name."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports.building import against
from access.exports.files import BOM
from access.gate import Refused
from access.vocabulary import Channel
from custodian import clock, elements
from custodian.errors import NotVisible
from custodian.formula import guard
from records import vault
from records.models import Customer
from records.vault import Plain
from transfers.models import Counterparty, Telling
from transfers.shares import handing, holding
from transfers.shares.jobs import SYSTEM, Over
from transfers.shares.reading import partner_of

MOST: Final = 200  # at once
Status, How = Telling.Status, Telling.How


@dataclass(frozen=True, repr=False)
class Told:
    """One correction as the partner gets it. It never prints itself."""

    telling: Telling
    customer: str  # her reference
    value: str
    mark: str

    def __repr__(self) -> str:
        return f"<telling {self.telling.ref}, not shown>"


def waiting(counterparty: Counterparty) -> list[Telling]:
    """What this partner has not confirmed, the most urgent first, in the acting scope."""
    rows = Telling.objects.filter(counterparty=counterparty).exclude(status=Status.CONFIRMED)
    return list(rows.select_related("share__agreement__counterparty")[:MOST])


def tell(
    tellings: Sequence[Telling], *, how: str, channel: str, address: str = ""
) -> list[Told]:  # fmt: skip
    """Open the values, note that they were told, and what the partner holds since.

    Left out are those of customers whose data may not be opened for it now: they stay to be told.
    """
    told: list[Told] = []
    groups: dict[tuple[int, int], list[Telling]] = defaultdict(list)
    for each in tellings:
        groups[each.share_id, each.subject_id].append(each)
    for (_share, subject), group in groups.items():
        told += _tell(subject, group, how=how, channel=channel, address=address)
    return told


def _tell(
    subject: int, group: Sequence[Telling], *, how: str, channel: str, address: str
) -> list[Told]:  # fmt: skip
    share = group[0].share
    actor = partner_of(share, subjects=[subject], address=address)
    codes = sorted({each.element for each in group})
    with scopes.acting(actor):
        found = scopes.find([subject]).get(subject)
        if against(found, purpose=share.purpose, elements=codes):
            return []
        try:
            permit = gate.permit(
                actor,
                Action.TELLING_TAKE,
                purpose=share.purpose,
                channel=channel,
                subjects=[subject],
                elements=codes,
                holdings=sorted({each.holding for each in group}),
                facts={"share": share.code, "correction": group[0].correction},
            )
        except (Refused, NotVisible):
            return []
        plains = vault.reveal(permit)
    with scopes.acting(actors.system(SYSTEM)), transaction.atomic():
        ref = Customer.objects.values_list("ref", flat=True).get(pk=subject)
        holding.note(share, [subject], plains, entry=permit.entry)
        return [_note(each, ref, plains, how=how) for each in group if _text(each, plains)]


def _text(telling: Telling, plains: Iterable[Plain]) -> str:
    place = (telling.element, telling.holding, telling.slot)
    return next((p.text for p in plains if (p.element, p.holding, p.slot) == place), "")


def _note(telling: Telling, ref: str, plains: Sequence[Plain], *, how: str) -> Told:
    text = _text(telling, plains)
    mark = holding.mark(telling.subject_id, telling.element, [text])
    changes = {"sent_at": clock.now(), "sent_how": how, "mark": mark, "status": Status.SENT}
    open_ones = Telling.objects.filter(pk=telling.pk).exclude(status=Status.CONFIRMED)
    open_ones.update(**changes)
    return Told(telling, ref, text, mark)


def lock_file(counterparty: Counterparty, *, actor: Actor) -> tuple[str, int]:
    """What this partner has not confirmed as a locked file; the passphrase, and how many are in it.

    Raises `Over` where there is nothing that may be told, `StepUpNeeded`.
    """
    if not actor.stepped_up and gate.may(actor, Action.TELLING_TAKE):
        gate.refuse(actor, Action.TELLING_TAKE, because="step-up-not-covered", channel="admin")
    with scopes.acting(actors.system(SYSTEM)):
        open_ones = waiting(counterparty)
    if not open_ones:
        raise Over
    gate.permit(
        actor,
        Action.TELLING_TAKE,
        purpose=open_ones[0].share.purpose,
        channel=Channel.ADMIN,
        facts={"partner": counterparty.code, "tellings": len(open_ones)},
    )
    told = tell(open_ones, how=How.FILE, channel=Channel.ADMIN)
    if not told:
        raise Over
    name = f"custodian-corrections-{counterparty.code}.csv"
    return handing.put(counterparty.ref, _file(told), name=name, actor=actor), len(told)


def _file(told: Iterable[Told]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("回执编号"), _("客户编号"), _("信息项"), _("更正后的内容"), _("更正日期")])
    for each in told:
        day = clock.local(each.telling.opened_at).date().isoformat()
        label = str(elements.get(each.telling.element).label)
        cells = (str(each.telling.ref), each.customer, label, each.value, day)
        writer.writerow([guard(cell) for cell in cells])
    return BOM + out.getvalue().encode()
