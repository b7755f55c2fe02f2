"""The second person's yes: what was put up becomes a version that stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from records.models import PublishedText, TextDraft, TextVersion
from records.notices import drafting, headings
from records.notices.contents import Both, Content, language, read
from records.notices.drafting import KIND, next_number, payload_of, today

Kind = PublishedText.Kind


class _Kind:
    action = Action.NOTICE_APPROVE
    label = _("公开文本")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:notice", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """What is published is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        """All of it, in both languages: nothing is approved that is not on the page."""
        content = read(payload["content"])
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("种类"), [Kind(payload["kind"]).label]),
            (_("版本"), [f"{payload['text']}-{payload['number']}"]),
            (_("生效日"), [_from(content.since)]),
        ]
        if content.until:
            rows.append((_("展示至"), [content.until.isoformat()]))
        if content.places:
            rows.append((_("展示位置"), [TextVersion.Place(each).label for each in content.places]))
        said = [(_("标题"), content.title), (_("一句话摘要"), content.summary)]
        said += [(_("改了哪里"), content.changes), *_parts(payload["kind"], content)]
        return rows + [(label, [each.zh, each.en]) for label, each in said if each.zh]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """From its day on, or from today if that has passed: never backwards."""
        text, draft = _of(approval)
        content = read(draft.content)
        TextVersion.objects.create(
            text=text,
            number=next_number(text),
            content=draft.content,
            digest=approval.digest,
            since=max(content.since, today()),
            until=content.until,
            places=list(content.places),
            drafted_by_id=approval.requested_by_id,
            approved_by_id=actors.person(actor),
            approval=approval,
        )
        draft.delete()

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """The draft stays, to be mended."""


def _from(since: date) -> Any:
    return _("%(day)s；复核更晚的，自复核之日起") % {"day": since.isoformat()}


def _parts(kind: str, content: Content) -> list[tuple[Any, Both]]:
    return [(each.titles[language()], content.part(each.key)) for each in headings.of(kind)]


def _of(approval: Approval) -> tuple[PublishedText, TextDraft]:
    """The draft under this approval, as it was put up; raises `ContentChanged` for anything else."""
    rows = TextDraft.objects.select_for_update(of=("self",)).select_related("text")
    draft = rows.filter(approval=approval).first()
    if draft is None or payload_of(draft) != approval.payload:
        raise ContentChanged
    return draft.text, draft


def altered() -> Iterator[Approval]:
    """Approvals whose version is not what was approved, or that lack it."""
    published = set()
    for version in TextVersion.objects.select_related("text", "approval").order_by("pk"):
        published.add(version.approval_id)
        if not is_as_approved(version):
            yield version.approval
    said = Approval.objects.filter(kind=KIND, status=Approval.Status.APPROVED)
    gone = drafting.gone()
    for approval in said.exclude(pk__in=published).order_by("pk"):
        if f"{approval.payload['text']}-{approval.payload['number']}" not in gone:
            yield approval


def is_as_approved(version: TextVersion) -> bool:
    """Whether the version still says exactly what the second person said yes to."""
    text, content = version.text, read(version.content)
    payload = {
        "ref": str(text.ref),
        "text": text.slug,
        "kind": str(text.kind),
        "number": version.number,
        "content": version.content,
    }
    return (
        version.digest == version.approval.digest == approvals.digest_of(KIND, payload)
        and version.approval.status == Approval.Status.APPROVED
        and version.until == content.until
        and sorted(version.places) == sorted(content.places)
        and version.since >= content.since
        and version.approved_by_id == version.approval.decided_by_id
        and version.drafted_by_id == version.approval.requested_by_id
    )


approvals.register(KIND, _Kind())
