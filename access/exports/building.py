"""Makes the file of an approved export: what the requester may see now, of what was approved then.

Reads go through the gate in the requester's name, some hundred customers at a time, and each time the entry
is in the log before a byte is written. Honey customers are nobody's, so the exporter reads them itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, choices, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.asking import is_restricted
from access.exports import builders, files
from access.exports.files import Line, Title
from access.exports.fingerprint import Mark
from access.models import Export, Subject
from access.scopes import Found
from access.vocabulary import OPTIONAL, Purpose
from custodian.errors import NotVisible
from custodian.keys import keyring

CHUNK = 500
TRIES = 3
OUT_OF_REACH, RESTRICTED, GONE = "out-of-reach", "restricted", "destroyed"
OBJECTED, NOT_AGREED = "objected", "not-agreed"
OnProgress = Callable[[int], None]


class Leaving(Protocol):
    """What is made into a file: an approved export, or a share."""

    code: str
    builder: str
    elements: list[str]
    candidates: list[int]
    purpose: str
    reason: str
    channel: str


_BECAUSE = {
    Subject.Status.RESTRICTED.value: RESTRICTED,
    Subject.Status.DESTROYED.value: GONE,
}


@dataclass
class Built:
    """What the file holds, and what of the approved set it does not."""

    mark: Mark
    honey: int = 0
    canaries: list[int] = field(default_factory=list)
    included: list[int] = field(default_factory=list)
    omitted: Counter[str] = field(default_factory=Counter)


def mark_of(code: str) -> Mark:
    """The mark of an export, made from the keyring: the register does not hold it."""
    return Mark.of(keyring().secret("export-fingerprint"), code)


def build(
    export: Export, out: IO[bytes], *, actor: Actor, on_progress: OnProgress = lambda _done: None
) -> Built:
    """Write the file for the requester `actor` as he stands now; runs in the exporter's own scope."""
    work = Build(export, actor)
    with override(export.language):
        title = Title(notice(export, work.built.mark), builders.heads(work.builder, work.columns))
        lines = work.lines(on_progress)
        for part in files.WRITERS[export.format](title, lines, work.built.mark):
            out.write(part)
    return work.built


def notice(export: Export, mark: Mark) -> list[str]:
    """The first line: whose file this is, and that it can be told from every other."""
    purpose = dict(Purpose.choices).get(export.purpose, export.purpose)
    return [
        _("导出 %(code)s") % {"code": export.code},
        _("接收人：%(who)s") % {"who": export.recipient_words},
        _("仅限用途：%(purpose)s") % {"purpose": purpose},
        _("指纹 %(id)s，外泄可追查到接收人") % {"id": mark.id},
    ]


def against(found: Found | None, *, purpose: str, elements: Sequence[str]) -> str:
    """Why these elements of a customer do not leave for the purpose; empty if nothing stands against it."""
    if found is None or (found.lent and purpose not in found.lent):
        return OUT_OF_REACH
    if purpose in found.objected:
        return OBJECTED
    if choices.against(purpose, elements, [found.chosen]):
        return NOT_AGREED
    stored_only = is_restricted(found, elements)
    return _BECAUSE.get(found.status, RESTRICTED if stored_only else "")


class Build:
    """One file. What other kinds of files do otherwise, they do in `asked_by` and `read`."""

    def __init__(self, export: Leaving, actor: Actor) -> None:
        self.export, self.actor = export, actor
        self.exporter = actors.system("exporter")
        self.builder = builders.of(export.builder)
        mark = mark_of(export.code)
        self.columns = mark.columns(export.elements)
        with scopes.acting(self.exporter):
            honey = Subject.objects.filter(honey=True, status=Subject.Status.ACTIVE)
            there = list(honey.values_list("pk", flat=True))
        chosen = mark.canaries(there, rows=len(export.candidates))
        self.built = Built(mark, honey=len(there), canaries=chosen)

    def lines(self, on_progress: OnProgress) -> Iterator[Line]:
        export, built = self.export, self.built
        honey = set(built.canaries)
        order = built.mark.order([*export.candidates, *honey])
        held: set[int] = set()
        for number, chunk in enumerate(_chunks(order)):
            rows = dict(self._asked([each for each in chunk if each not in honey]))
            built.included += sorted(rows)
            planted = self._rows([each for each in chunk if each in honey], self.exporter)
            held |= set(planted)
            rows |= planted
            for subject in chunk:
                if subject in rows:
                    yield self._line(subject, rows[subject])
            on_progress(min(len(export.candidates), (number + 1) * CHUNK))
        built.canaries = sorted(held)

    def _asked(self, subjects: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
        """Those of the subjects that the requester may have now; the others are counted by reason."""
        for left in reversed(range(TRIES)):
            with scopes.acting(self.asked_by(subjects)):
                found = scopes.find(subjects)
            gone = self._gone(set(subjects) - set(found))
            omitted = {
                each: GONE if each in gone else self._against(found.get(each)) for each in subjects
            }
            wanted = [each for each in subjects if not omitted[each]]
            try:
                rows = self._rows(wanted, self.asked_by(wanted))
            except NotVisible:
                # Somebody was taken from him between the two statements.
                if not left:
                    raise
                continue
            break
        lost = set(wanted) - set(rows)
        self.built.omitted.update(because for because in omitted.values() if because)
        self.built.omitted.update({OUT_OF_REACH: len(lost)} if lost else {})
        return rows

    def _gone(self, absent: Collection[int]) -> set[int]:
        """Of those that are nowhere the destroyed ones: their log keys are gone, so nobody finds them."""
        with scopes.acting(self.exporter):
            rows = Subject.objects.filter(pk__in=absent, status=Subject.Status.DESTROYED)
            return set(rows.values_list("pk", flat=True)) if absent else set()

    def _against(self, found: Found | None) -> str:
        return against(found, purpose=self.export.purpose, elements=self.export.elements)

    def asked_by(self, subjects: Sequence[int]) -> Actor:
        """In whose name these are read, and in whose reach they must be."""
        return self.actor

    def _rows(self, subjects: Sequence[int], actor: Actor) -> dict[int, Mapping[str, str]]:
        return self.read(subjects, actor) if subjects else {}

    def read(self, subjects: Sequence[int], actor: Actor) -> dict[int, Mapping[str, str]]:
        """Each customer's cells, once the entry about them is in the log."""
        export = self.export
        with scopes.acting(actor):
            permit = gate.permit(
                actor,
                Action.CUSTOMER_EXPORT,
                purpose=self.purpose(actor),
                channel=export.channel,
                subjects=subjects,
                elements=export.elements,
                reason=export.reason if actor.id else "",
                facts={"export": export.code},
            )
            return dict(self.builder.rows(permit))

    def purpose(self, actor: Actor) -> str:
        """Nobody's customers agree to nothing: they are read as what marks the file, and for no purpose."""
        nobodys = actor is self.exporter and self.export.purpose in OPTIONAL
        return Purpose.SYSTEM.value if nobodys else self.export.purpose

    def _line(self, subject: int, cells: Mapping[str, str]) -> Line:
        style = self.built.mark.style
        texts = [cells.get("", "")]
        for code in self.columns:
            text = cells.get(code, "")
            texts.append(style.date(text) if code in self.builder.days else text)
        return Line(subject, texts)


def _chunks(order: Sequence[int]) -> Iterable[tuple[int, ...]]:
    return (tuple(order[at : at + CHUNK]) for at in range(0, len(order), CHUNK))


def omitted_words(omitted: Mapping[str, Any]) -> list[tuple[Any, int]]:
    """Why some of what was approved is not in the file, and of how many customers."""
    words = {
        OUT_OF_REACH: _("已不在申请人范围内"),
        RESTRICTED: _("已限制处理"),
        GONE: _("已销毁"),
        OBJECTED: _("客户不同意此用途"),
        NOT_AGREED: _("没有客户的同意"),
    }
    return [(words.get(because, because), int(n)) for because, n in sorted(omitted.items())]
