"""Processing purposes as the law library shows them: what holds, what is ahead, what each version changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html

from access import purpose_versions
from access.law import purpose_overriding, purpose_words, words
from access.law.telling import Version, state_of
from access.models import Approval, PurposeOverride
from custodian.regimes.purposes import ProcessingPurpose, otherwise, processing_purposes

# What the page of one purpose says of it, in this order; texts of the other language among them.
FACTS = (
    "says", "says_en", "without", "without_en", "looks", "elements", "kept", "kept_en", "notice",
)  # fmt: skip


@dataclass(frozen=True)
class ToldPurpose:
    """A purpose as it holds on the day, with what this insurer says of it."""

    purpose: ProcessingPurpose
    override: PurposeOverride | None  # in force on the day
    ahead: PurposeOverride | None  # approved, and not in force yet
    waiting: Approval | None

    @property
    def name(self) -> str:
        return purpose_words.name(self.purpose)

    @property
    def says(self) -> str:
        return purpose_words.says(self.purpose)

    @property
    def basis(self) -> Any:
        return purpose_words.BASES[self.purpose.basis]

    @property
    def mark(self) -> str:
        return words.mark_key(self.purpose.mark)

    @property
    def is_other(self) -> bool:
        """Done without asking anybody."""
        return self.purpose.offered and not self.purpose.asks


def purposes(on: date) -> list[ToldPurpose]:
    """The whole register as it holds on the day, in the order of its file."""
    held: dict[str, PurposeOverride] = {}
    ahead: dict[str, PurposeOverride] = {}
    for row in PurposeOverride.objects.order_by("version"):
        state = state_of(row, on)
        if state in {"now", "ahead"}:
            (held if state == "now" else ahead).setdefault(row.purpose, row)
    asked = {
        each.payload["purpose"]: each
        for each in Approval.objects.waiting().filter(kind=purpose_overriding.KIND)
    }
    return [
        ToldPurpose(each, held.get(code), ahead.get(code), asked.get(code))
        for code, each in purpose_versions.register(on).items()
    ]


def newest(code: str) -> ProcessingPurpose:
    """As it was approved last, in force already or not."""
    found = processing_purposes()[code]
    row = PurposeOverride.objects.filter(purpose=code).first()
    return otherwise(found, row.terms) if row else found


def facts(found: ProcessingPurpose) -> list[tuple[Any, str]]:
    return [
        (purpose_words.LABELS[each], _tongued(each, _of(found, each)))
        for each in FACTS
        if getattr(found, each)
    ]


def versions(code: str, on: date) -> list[Version]:
    """Newest first; the last one is the file's, which has no row."""
    rows = list(
        PurposeOverride.objects.filter(purpose=code)
        .order_by("version")
        .select_related("approval__requested_by", "approval__decided_by")
    )
    so_far = processing_purposes()[code]
    taken = any(state_of(each, on) == "now" for each in rows)
    first = [
        (purpose_words.LABELS[each], "—", _tongued(each, _of(so_far, each)))
        for each in ("name", "name_en", "basis")
    ]
    told = [Version(None, first, "replaced" if taken else "now")]
    for row in rows:
        after = otherwise(so_far, row.terms)
        changed = [
            (what, _tongued(field, was), _tongued(field, becomes))
            for field, what, was, becomes in purpose_words.changes(so_far, after)
        ]
        told.append(Version(row, changed, state_of(row, on), row.reason))
        so_far = after
    return told[::-1]


def _tongued(field: str, said: str) -> str:
    """A text that is in one language says in which, for whoever hears it read."""
    tongue = purpose_words.tongue(field)
    mark = tongue and said != "—"
    return format_html('<span lang="{}">{}</span>', tongue, said) if mark else said


def _of(found: ProcessingPurpose, name: str) -> str:
    return purpose_words.told(name, getattr(found, name))
