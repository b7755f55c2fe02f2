"""What the portal says about a correction: why a paper is asked for, and where a code would go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from records import vault
from records.corrections import contacts
from records.corrections.contacts import Contact
from records.corrections.groups import Group
from records.models import Correction, Identity
from records.portal_pages import CHANNEL, PURPOSE


def why(group: Group) -> dict[str, Any]:
    """For the component that answers why."""
    facts: list[tuple[Any, ...]] = []
    if group.code == "address":
        facts.append(("ok", _("地址会用于寄送保单与通知，改错可能被冒领")))
    elif group.of_account:
        facts.append(("ok", _("账户用于收付保险费和保险金，改错可能被冒领")))
    elif group.needs_proof:
        facts.append(("ok", _("这一项用来确认您是谁，改错会影响保单和理赔")))
    if group.four_eyes:
        facts.append(("ok", _("由两名工作人员复核，您会看到结果与理由")))
    facts.append(("ok", _("照片的拍摄地点等附加信息会去除，材料加密保存")))
    heading = _("为什么要证明材料？") if group.needs_proof else _("这一项不要求证明材料")
    return {"heading": heading, "tone": "allow", "facts": facts}


def contact_labels(correction: Correction, actor: Actor) -> list[tuple[Contact, Any]]:
    """Those a code may go to, each with its mask; the look is her own."""
    fit = [each for each in contacts.of_correction(correction) if each.fit]
    if not fit:
        return []
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[correction.subject_id],
        elements=[each.element for each in fit],
        holdings=list(
            Identity.objects.filter(pk=correction.subject_id).values_list("holding", flat=True)
        ),
        masked=True,
    )
    masks = {each.element: each.masked for each in vault.listed(permit)}
    return [
        (each, _("%(what)s %(mask)s") % {"what": each.label, "mask": masks.get(each.element, "")})
        for each in fit
    ]
