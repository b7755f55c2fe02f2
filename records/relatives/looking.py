"""The worker's part: who is meant by the two numbers, and the word that an answer is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, scopes
from access.law.words import english
from custodian import clock, mail, texting
from custodian.jobs import JOB
from records.models import Contact, RelativeAsk
from records.relatives import limits, sealing
from records.sign_in import looking_up

State = RelativeAsk.State
_PAUSE: Final = timedelta(minutes=2)


def due() -> list[int]:
    return list(RelativeAsk.objects.due().values_list("pk", flat=True)[:200])


def work(ask_id: int) -> None:
    """Find out who is meant. Raises `IllegalMove` when another worker has it."""
    with scopes.acting(actors.system("portal")) as actor:
        ask = RelativeAsk.objects.get(pk=ask_id)
        ask.claim()
        if actor is None:
            return
        said = sealing.opened(ask)
        subject = looking_up.who(said.policy_number, said.id_number, actor=actor)
        state = State.NOBODY if subject is None else State.FOUND
        changes = {"state": state, "subject_id": subject, "finished_at": clock.now()}
        JOB.move(ask, "finish", changes)


def to_tell() -> list[int]:
    now = clock.now()
    rows = RelativeAsk.objects.filter(
        Q(tell_after=None) | Q(tell_after__lte=now), closed_at__isnull=False, told_at=None,
        turns__lt=limits.TURNS,
    )  # fmt: skip
    return list(rows.values_list("pk", flat=True)[:200])


def tell(ask_id: int) -> None:
    """The same sentence whatever the outcome was, to the contact that he proved; a few turns."""
    with scopes.acting(actors.system("portal")):
        now = clock.now()
        waiting = RelativeAsk.objects.filter(
            Q(tell_after=None) | Q(tell_after__lte=now), pk=ask_id, told_at=None
        )
        if not waiting.update(turns=F("turns") + 1, tell_after=now + _PAUSE):
            return
        ask = RelativeAsk.objects.get(pk=ask_id)
        if _sent(ask, sealing.opened(ask).contact):
            RelativeAsk.objects.filter(pk=ask.pk).update(told_at=clock.now())


def _sent(ask: RelativeAsk, address: str) -> bool:
    if ask.contact == Contact.EMAIL:
        return mail.send(address, lambda: (str(_("您的申请已有答复")), words()))
    with override(ask.language):
        text = words()
    try:
        texting.send(address, text, reference=str(ask.ref))
    except texting.NotSent:
        return False
    return True


def words() -> str:
    """Nothing of anybody: neither who asked, nor about whom, nor how it ended."""
    return _(
        "您向%(insurer)s提出的申请已有答复。请带本人证件和材料原件到任一网点，或致电 %(line)s。"
    ) % {
        "insurer": settings.CUSTODIAN_INSURER_NAME["en" if english() else "zh"],
        "line": settings.CUSTODIAN_COMPLAINT_LINE,
    }
