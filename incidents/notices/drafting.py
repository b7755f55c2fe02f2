"""The words to customers: drafted by one member of the group, approved by another, then they go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import wake
from custodian.workflow import Workflow
from incidents.cases import timeline
from incidents.cases.decisions import CaseKind, put_up
from incidents.cases.standing import ACTOR, held, require_real, require_work
from incidents.models import Incident, NoticeBatch, TimelineEntry
from incidents.notices import recipients, texts
from records.notices.contents import Both

KIND: Final = "incident-notice"
Stage = NoticeBatch.Stage
BATCH: Final = Workflow(
    {
        "submit": (frozenset({Stage.DRAFT.value}), Stage.WAITING.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
    },
    field="stage",
)


class NobodyToTell(CustodianError):
    """No list of the case has anybody who was not told yet."""

    code = "incident-nobody-to-tell"
    status = 409
    message = gettext_lazy("没有还要告知的客户：先核算受影响名单，已告知的不会再收到一次")


class UnderWay(CustodianError):
    """The words wait for their second person."""

    code = "incident-notice-under-way"
    status = 409
    message = gettext_lazy("告知信正在等待复核，批准或退回之后才能再写")


class FactsChanged(CustodianError):
    """What the words rest on is not what was put up."""

    code = "incident-notice-facts-changed"
    status = 409
    message = gettext_lazy("提交之后时间、名单或文字变了：请退回，核对后重新提交")


def draft(
    incident: Incident, parts: Mapping[str, Both], *, public: bool, actor: Actor
) -> NoticeBatch:
    """Keep the words; nothing has to be whole yet. Raises `UnderWay`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        batch = _open(row)
        batch.parts, batch.public = texts.dump(parts), public
        batch.asked_by_id = actors.person(actor)
        facts = {"incident": row.code, "letters": str(batch.ref)}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        batch.save()
    return batch


def _open(incident: Incident) -> NoticeBatch:
    under_way = incident.notice_batches.filter(stage__in=(Stage.DRAFT, Stage.WAITING)).first()
    if under_way is not None and under_way.stage == Stage.WAITING:
        raise UnderWay
    return under_way or NoticeBatch(incident=incident)


def submit(batch: NoticeBatch, *, actor: Actor) -> Approval:
    """Put it up. Raises `Incomplete`, `NobodyToTell`, `ListGone`, `Observes`, `Over`, `IllegalMove`."""
    texts.require_whole(texts.read(batch.parts))
    with held(batch.incident) as row:
        require_work(row, actor)
        require_real(row)
        fresh = NoticeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        counted = recipients.counts(row)
        if not counted.left:
            raise NobodyToTell
        fresh.facts = _times_and_lists(row)
        fresh.save(update_fields=["facts"])
        approval = put_up(KIND, _payload(fresh, counted.left), actor)
        BATCH.move(fresh, "submit", {"approval": approval})
    batch.refresh_from_db()
    return approval


def _times_and_lists(incident: Incident) -> dict[str, Any]:
    """The times, and the lists by their fingerprints: exactly these people are told."""
    return {
        **texts.facts_of(incident),
        "lists": recipients.named(recipients.lists(incident)),
    }


def _payload(batch: NoticeBatch, customers: int) -> dict[str, Any]:
    return {
        "incident": batch.incident.code,
        "letters": str(batch.ref),
        "parts": batch.parts,
        "facts": batch.facts,
        "public": batch.public,
        "customers": customers,
    }


class _Kind(CaseKind):
    label = gettext_lazy("告知受影响的客户")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:incident_notices", args=[payload["incident"]])

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        typed = texts.read(payload["parts"])
        where = [_("逐人告知"), *([_("同时公开告知")] if payload["public"] else [])]
        return [
            (_("收信人"), [f"{payload['customers']:,}"]),
            (_("方式"), where),
            *((name, [typed[key].zh, typed[key].en]) for key, name in texts.PARTS.items()),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row = self.held(approval, actor)
        require_real(row)
        batch = NoticeBatch.objects.select_for_update(of=("self",)).get(approval=approval)
        said = approval.payload
        now = {**texts.facts_of(row), "lists": _still(batch)}
        if _payload(batch, said["customers"]) != said or batch.facts != now:
            raise FactsChanged
        BATCH.move(batch, "approve", {"approved_at": clock.now()})
        told = {"customers": said["customers"], "public": said["public"]}
        timeline.write(row, TimelineEntry.What.NOTICE, actor=actor, facts=told)
        from incidents.tasks import send_notices  # the task leads back here

        wake(send_notices, batch.pk)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        with scopes.acting(actors.system(ACTOR)):
            BATCH.move(NoticeBatch.objects.get(approval=approval), "return")


def _still(batch: NoticeBatch) -> dict[str, str]:
    """The lists that were put up, as they are now."""
    known = recipients.named(recipients.lists(batch.incident))
    return {ref: known.get(ref, "") for ref in batch.facts["lists"]}


def take_down(batch: NoticeBatch, *, actor: Actor) -> None:
    """From the public page. Raises `Observes`, `Over`."""
    with held(batch.incident) as row:
        require_work(row, actor)
        facts = {"incident": row.code, "letters": str(batch.ref), "outcome": "taken-down"}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        rows = NoticeBatch.objects.filter(pk=batch.pk, taken_down_at=None)
        if rows.update(taken_down_at=clock.now()):
            said = {"taken_down": True}
            timeline.write(row, TimelineEntry.What.NOTICE, actor=actor, facts=said)


def ready() -> None:
    approvals.register(KIND, _Kind())
