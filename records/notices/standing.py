"""How a text stands: what is in force, what is to come, what is being written, and who must still say yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.models import Approval
from records.models import PublishedText, TextDraft, TextVersion
from records.notices import in_force, withdrawing
from records.notices.contents import language
from records.notices.drafting import today


@dataclass(frozen=True)
class Standing:
    text: PublishedText
    title: str
    current: TextVersion | None
    coming: TextVersion | None
    draft: TextDraft | None
    waiting: Approval | None  # of the draft
    leaving: Approval | None  # of a withdrawal
    state: Any
    tone: str

    @property
    def withdrawable(self) -> TextVersion | None:
        """What somebody may ask to take down: nothing while that is asked for, and no rules in force."""
        if self.leaving is not None:
            return None
        return self.coming or (None if self.text.is_rules else self.current)


def texts(kinds: Iterable[str]) -> QuerySet[PublishedText]:
    return PublishedText.objects.filter(kind__in=list(kinds)).order_by("kind", "-pk")


def of(text: PublishedText) -> Standing:
    current, coming = in_force.current(text.slug), _coming(text)
    draft = TextDraft.objects.select_related("approval", "edited_by").filter(text=text).first()
    waits = draft is not None and draft.approval and draft.approval.status == "waiting"
    known = current or coming or text.versions.order_by("-number").first()
    leaving = next(
        (asked for each in (coming, current) if each and (asked := withdrawing.waiting(each))), None
    )
    state, tone = _state(text, current, coming, known)
    return Standing(
        text=text,
        title=_title(draft, known) or text.slug,
        current=current,
        coming=coming,
        draft=draft,
        waiting=draft.approval if draft and waits else None,
        leaving=leaving,
        state=state,
        tone=tone,
    )


def _coming(text: PublishedText) -> TextVersion | None:
    rows = text.versions.filter(since__gt=today(), withdrawal=None).select_related("text")
    return rows.order_by("-number").first()


def _title(draft: TextDraft | None, known: TextVersion | None) -> str:
    said: Any = known or draft
    return str(said.content["title"][language()]) if said else ""


def _state(
    text: PublishedText,
    current: TextVersion | None,
    coming: TextVersion | None,
    known: TextVersion | None,
) -> tuple[Any, str]:
    if current is not None:
        return pgettext("文本", "生效中"), "ok"
    if coming is not None:
        return _("将生效"), "info"
    if known is not None:
        return state_of(known)
    return (_("各版都已到期删除") if text.gone else _("未发布")), ""


def state_of(version: TextVersion) -> tuple[Any, str]:
    """In words, with the tone of its tag."""
    withdrawal = getattr(version, "withdrawal", None)
    if withdrawal is not None:
        return _("已撤下"), "warn"
    if version.since > today():
        return _("将生效"), "info"
    if version.until is not None and version.until < today():
        return _("已过期"), ""
    current = in_force.current(version.text.slug)
    is_current = current is not None and current.pk == version.pk
    return (pgettext("文本", "生效中"), "ok") if is_current else (_("已被取代"), "")
