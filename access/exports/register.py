"""Holds a file that got out against every export that ever left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import override

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports import builders
from access.exports.building import mark_of
from access.exports.fingerprint import set_digest
from access.exports.recognising import Candidate, Known, Leak, rank
from access.models import Export, Subject
from access.vocabulary import Channel

_READ = (
    *("code", "builder", "included", "canaries", "honey"),
    *("elements", "language", "format"),
)


@dataclass(frozen=True)
class Written:
    """A file as it lies there: its rows, and how they are written."""

    rows: Sequence[Sequence[str]]
    quoted: Sequence[bool | None] = ()
    stroke: str = ""
    end: str = ""
    delimiter: str = ""
    encoding: str = ""


@dataclass(frozen=True)
class Answer:
    """Which exports it may be, the likeliest first; it names one only when chance does not explain it."""

    rows: int
    customers: int
    tried: int
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def named(self) -> list[Candidate]:
        return [each for each in self.candidates if each.named]


def recognise(written: Written, *, builder: str, actor: Actor) -> Answer:
    """Rank every export against the file. Values are only compared; one entry says what was looked at."""
    subjects = builders.of(builder).identify(written.rows)
    found = sorted({each for each in subjects if each is not None})
    with scopes.acting(actor):
        gate.permit(
            actor,
            Action.EXPORT_RECOGNISE,
            purpose="security",
            channel=Channel.COMMAND,
            facts={"subjects": len(found), "set": set_digest(found), "rows": len(written.rows)},
        )
        tried, candidates = compare(written, subjects, builder=builder)
    return Answer(len(written.rows), len(found), tried, candidates)


def compare(
    written: Written, subjects: Sequence[int | None], *, builder: str
) -> tuple[int, list[Candidate]]:
    """How many exports there are, and those that hold some of the rows, which are the subjects'.

    Nothing is logged: whoever asks has said what is looked at.
    """
    known = [_known(each) for each in _made(builder)]
    found = {each for each in subjects if each is not None}
    honey = Subject.objects.filter(pk__in=found, honey=True).values_list("pk", flat=True)
    leak = Leak(
        subjects,
        written.quoted,
        honey=frozenset(honey),
        stroke=written.stroke,
        end=written.end,
        heads=_heads(written.rows, known),
    )
    return len(known), rank(leak, known)


def _made(builder: str) -> Sequence[Export]:
    rows = Export.objects.filter(builder=builder, included__isnull=False)
    return list(rows.only(*_READ))


def _known(export: Export) -> Known:
    mark = mark_of(export.code)
    with override(export.language):
        heads = builders.heads(builders.of(export.builder), mark.columns(export.elements))
    return Known(
        export.code,
        mark,
        frozenset([*(export.included or ()), *export.canaries]),
        canaries=frozenset(export.canaries),
        honey=export.honey,
        heads=heads,
        text=export.format == Export.Format.CSV,
    )


def _heads(rows: Sequence[Sequence[str]], known: Sequence[Known]) -> list[str]:
    """The row among the first that names the most columns of any export."""
    words = {head for each in known for head in each.heads}
    named = [[cell for cell in row if cell in words] for row in rows[:20]]
    best: list[str] = max(named, key=len, default=[])
    return best
