"""Approved notices go out as a leased job: a row for each customer first, then the messages, page by page."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError
from incidents.cases.standing import ACTOR, require_work
from incidents.models import Incident, IncidentNotice, NoticeBatch
from incidents.notices import recipients, texts
from incidents.notices.recipients import Hit
from records.letters import addressees, batches, posting
from records.letters.batches import Progress, Sending, silent
from records.letters.posting import PAGE, Matter

State = IncidentNotice.State
NO_SUCH_LETTER: Final = "incident-no-such-letter"


class NoSuchLetter(CustodianError):
    """No letter of the case that went out has this number."""

    code = NO_SUCH_LETTER
    status = 404


def work(batch_id: int, *, on_progress: Progress = silent) -> NoticeBatch:
    """Send a batch, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        batch: NoticeBatch = NoticeBatch.objects.select_related("incident").get(pk=batch_id)
        sending = Sending(
            matter=_matter(batch),
            name=lambda lease: _name(batch, lease),
            failpoint="notices-page",
            sent=lambda: batch.notices.filter(state=State.SENT).count(),
        )
        batches.work(batch, sending, actor=actor, on_progress=on_progress)
    return batch


def _matter(batch: NoticeBatch) -> Matter:
    return Matter(
        action=Action.INCIDENT_NOTICE_SEND,
        facts={"incident": batch.incident.code, "letters": str(batch.ref)},
        written=lambda each: texts.written(batch, clear=each.clear, masked=each.masked),
        short=lambda _each: texts.short(),
    )


def _name(batch: NoticeBatch, lease: UUID) -> None:
    """A row for everybody who is told, with the way that her letter goes; who has one is not named again."""
    approved = batch.incident.affected.filter(ref__in=batch.facts["lists"])
    hit = recipients.hit(approved)
    subjects = sorted(hit)
    for at in range(0, len(subjects), PAGE):
        with transaction.atomic():
            # Two batches of a case never name somebody at the same time.
            Incident.objects.select_for_update().get(pk=batch.incident_id)
            page = {each: hit[each] for each in subjects[at : at + PAGE]}
            _name_page(batch, recipients.left(batch.incident, page))
            batch.progress(lease, done=batch.done)
        failpoints.hit("notices-named")


def _name_page(batch: NoticeBatch, found: dict[int, Hit]) -> None:
    to = addressees.of(found, today=clock.local().date())
    rows = [
        IncidentNotice(
            incident=batch.incident,
            batch=batch,
            subject_id=subject,
            addressee_id=to[subject].subject,
            clear=sorted(hit.clear),
            masked=sorted(hit.masked),
            way=to[subject].way.way,
            state=posting.begins(to[subject].way),
            note=to[subject].way.why[:24],
        )
        for subject, hit in found.items()
    ]
    IncidentNotice.objects.bulk_create(rows, ignore_conflicts=True)


def due() -> list[int]:
    """Approved batches that nobody is at."""
    with scopes.acting(actors.system(ACTOR)):
        return batches.due(NoticeBatch.objects.due())


def again(incident: Incident, *, actor: Actor) -> int:
    """Those that reached nobody: the ways to them are looked up anew. How many. Raises `Observes`."""
    require_work(incident, actor)
    with transaction.atomic():
        facts = {"incident": incident.code, "outcome": "again"}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        with scopes.acting(actors.system(ACTOR)):
            found = posting.look_again(IncidentNotice.objects.filter(incident=incident))
            _go_on(incident)
    return found


def came_back(incident: Incident, number: str, *, actor: Actor) -> None:
    """A message bounced, or paper was returned: its number leads to the next way. Raises `NoSuchLetter`."""
    require_work(incident, actor)
    typed = number.strip().lower()
    with transaction.atomic():
        gone = IncidentNotice.objects.filter(incident=incident, state__in=IncidentNotice.DELIVERED)
        found = (
            list(gone.filter(ref__startswith=typed)[:2]) if len(typed) == len("00000000") else []
        )
        if len(found) != 1:
            raise NoSuchLetter
        facts = {"incident": incident.code, "outcome": "returned"}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        with scopes.acting(actors.system(ACTOR)):
            posting.came_back(found[0])


def _go_on(incident: Incident) -> None:
    from incidents.tasks import send_notices  # the task leads back here

    batches.go_on(NoticeBatch.objects.filter(incident=incident), send_notices)
