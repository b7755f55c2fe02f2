"""Writing a text: one draft of each at a time, put up for approval when nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import PublishedText, TextDraft, TextVersion
from records.notices import checking
from records.notices.contents import Content, read

KIND: Final = "notice"
Kind = PublishedText.Kind
_SLUG: Final = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_TAKEN: Final = frozenset({*Kind.values, "rules", "changes", "tips", "notices"})


class BadSlug(CustodianError):
    """Not a word for an address, or another text's."""

    code = "text-slug-taken"
    message = _("网址名用小写字母、数字和连字符，例如 fraud-calls，且不能与别的文本重复")


class Waiting(CustodianError):
    """What waits for its approval is not put up a second time."""

    code = "text-waits"
    status = 409
    message = _("这份文本已在等待复核")


class NoDraft(CustodianError):
    """It was published or thrown away meanwhile."""

    code = "text-without-draft"
    status = 409
    message = _("这份文本没有草稿，可能已经发布；请重新打开")


class Unchanged(CustodianError):
    """The draft says what the newest version says already."""

    code = "text-unchanged"
    message = _("与上一版没有不同，请修改后再试")


def begin(kind: str, content: Content, *, slug: str = "", actor: Actor) -> TextDraft:
    """A new text with its first draft. `slug` is for tips and articles; raises `BadSlug`."""
    with transaction.atomic():
        proposals.lock(PublishedText)
        text = PublishedText(
            kind=Kind(kind), slug=_slug(kind, slug), created_by_id=actors.person(actor)
        )
        _authorise(text, content, actor=actor)
        try:
            with transaction.atomic():
                text.save(force_insert=True)
        except IntegrityError:
            raise BadSlug from None
        return _draft(text, content, actor=actor)


def _slug(kind: str, slug: str) -> str:
    """Rules have one address for ever, announcements a number, and the others a word."""
    if kind in PublishedText.RULES:
        return str(kind)
    if kind == Kind.ANNOUNCEMENT:
        return _next_number()
    if not _SLUG.fullmatch(slug) or slug in _TAKEN or len(slug) > 40:
        raise BadSlug
    return slug


def _next_number() -> str:
    year = clock.local().year
    numbers = PublishedText.objects.filter(kind=Kind.ANNOUNCEMENT, slug__startswith=f"{year}-")
    taken = [int(each.partition("-")[2]) for each in numbers.values_list("slug", flat=True)]
    return f"{year}-{max(taken, default=0) + 1}"


def edit(text: PublishedText, content: Content, *, actor: Actor) -> TextDraft:
    """Write another draft, or begin one; an approval that waits for the former content is void."""
    with transaction.atomic():
        draft = TextDraft.objects.select_for_update().filter(text=text).first()
        _authorise(text, content, actor=actor)
        if draft is None:
            return _draft(text, content, actor=actor)
        if read(draft.content) == content:
            return draft
        _take_back(draft)
        draft.content, draft.approval = content.dump(), None
        draft.edited_by_id, draft.edited_at = actors.person(actor), clock.now()
        draft.save()
        return draft


def discard(text: PublishedText, *, actor: Actor) -> None:
    """Throw the draft away, and with it a text that never had a version. Raises `NoDraft`."""
    with transaction.atomic():
        draft = _held(text)
        _authorise(text, None, actor=actor)
        _take_back(draft)
        draft.delete()
        if not text.versions.exists() and not text.gone:
            text.delete()


def send(text: PublishedText, *, actor: Actor) -> Approval:
    """Put exactly this draft up for approval. Raises `Incomplete`, `Unchanged`, `Waiting`, `NoDraft`."""
    with transaction.atomic():
        draft = _held(text)
        if draft.approval is not None and draft.approval.status == Approval.Status.WAITING:
            raise Waiting
        payload = payload_of(draft)
        check(text, read(draft.content))
        digest = approvals.digest_of(KIND, payload)
        facts = {"published": text.slug, "digest": digest}
        gate.authorise(actor, Action.NOTICE_DRAFT, channel=Channel.ADMIN, facts=facts)
        draft.approval = approvals.request(KIND, payload, actor=actor)
        draft.save(update_fields=["approval"])
        return draft.approval


def check(text: PublishedText, content: Content) -> None:
    """Raises `Incomplete`, or `Unchanged` where only the days and the words about the change are new."""
    newest = newest_of(text)
    checking.require(
        text.kind, content, number=next_number(text), after=_after(newest), today=today()
    )
    if newest is not None and not newest_is_gone(newest) and _says(newest) == _said(content):
        raise Unchanged


def _says(version: TextVersion) -> Mapping[str, Any]:
    return _said(read(version.content))


def _said(content: Content) -> Mapping[str, Any]:
    return {key: value for key, value in content.dump().items() if key not in {"changes", "since"}}


def payload_of(draft: TextDraft) -> dict[str, Any]:
    """Exactly what is approved; a version keeps it and its hash."""
    text = draft.text
    return {
        "ref": str(text.ref),
        "text": text.slug,
        "kind": str(text.kind),
        "number": next_number(text),
        "content": draft.content,
    }


def newest_of(text: PublishedText) -> TextVersion | None:
    """The newest that is in force or will be; what was withdrawn before its day never was."""
    rows = text.versions.exclude(withdrawal__on__lt=F("since"))
    newest: TextVersion | None = rows.order_by("-number").first()
    return newest


def newest_is_gone(newest: TextVersion) -> bool:
    over = newest.until is not None and newest.until < today()
    return over or hasattr(newest, "withdrawal")


def next_number(text: PublishedText) -> int:
    highest: int | None = text.versions.aggregate(highest=Max("number"))["highest"]
    return max(0, highest or 0, *text.gone) + 1


def gone() -> frozenset[str]:
    """The codes of versions that went when their time was over."""
    texts = PublishedText.objects.exclude(gone=[]).values_list("slug", "gone")
    return frozenset(f"{slug}-{number}" for slug, numbers in texts for number in numbers)


def today() -> date:
    return clock.local().date()


def _after(newest: TextVersion | None) -> date | None:
    return newest.since if newest is not None and newest.since > today() else None


def _held(text: PublishedText) -> TextDraft:
    rows = TextDraft.objects.select_for_update(of=("self",)).select_related("approval", "text")
    found = rows.filter(text=text).first()
    if found is None:
        raise NoDraft
    return found


def _draft(text: PublishedText, content: Content, *, actor: Actor) -> TextDraft:
    return TextDraft.objects.create(
        text=text, content=content.dump(), edited_by_id=actors.person(actor)
    )


def _take_back(draft: TextDraft) -> None:
    if draft.approval is not None and draft.approval.status == Approval.Status.WAITING:
        approvals.void(draft.approval)


def _authorise(text: PublishedText, content: Content | None, *, actor: Actor) -> None:
    facts: dict[str, Any] = {"published": text.slug}
    if content is not None:
        facts["digest"] = approvals.digest_of(KIND, content.dump())
    gate.authorise(actor, Action.NOTICE_DRAFT, channel=Channel.ADMIN, facts=facts)
