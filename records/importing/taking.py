"""One chunk of rows into the tables: what is new is registered, the rest is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict
from uuid import UUID

from access import work_items
from access.actions import Action
from access.actors import Actor
from records import claims, intake, policies
from records.consents import bringing
from records.importing import fingerprints, on_its_way, quarantine
from records.importing.deciding import New, RowDecision
from records.importing.directory import Directory
from records.importing.drafts import Flaw, Outcome, Rejected, Skipped
from records.importing.known import Known
from records.importing.mapping import SourceMapping
from records.importing.quarantine import Seal, SetAside
from records.importing.readers import Row
from records.models import Book, ImportRun, QuarantinedRow


@dataclass
class Tally:
    """Rows by what became of them; `rows_in` is always the sum."""

    kept: int = 0
    unchanged: int = 0
    quarantined: int = 0
    skipped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    sources: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        return self.kept + self.unchanged + self.quarantined + self.skipped

    def add(self, other: Tally) -> None:
        self.kept += other.kept
        self.unchanged += other.unchanged
        self.quarantined += other.quarantined
        self.skipped += other.skipped
        self.reasons += other.reasons
        self.warnings += other.warnings
        self.skips += other.skips
        for name, counts in other.sources.items():
            self.sources[name] = self.sources.get(name, Counter()) + counts

    def of_source(self, name: str) -> None:
        """All of this is of one source of the mapping."""
        counts = {"kept": self.kept, "unchanged": self.unchanged}
        counts |= {"quarantined": self.quarantined, "skipped": self.skipped}
        counts |= {f"reason:{code}": n for code, n in self.reasons.items()}
        counts |= {f"skip:{reason}": n for reason, n in self.skips.items()}
        self.sources[name] = +Counter(counts)


class _Terms(TypedDict):
    book: Book
    channel: str
    actor: Actor
    action: Action
    operation: UUID


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What every chunk of a run shares."""

    run: ImportRun
    directory: Directory
    seal: Seal
    channel: str
    actor: Actor
    action: Action = Action.BOOK_IMPORT

    @property
    def terms(self) -> _Terms:
        return {
            "book": self.run.book,
            "channel": self.channel,
            "actor": self.actor,
            "action": self.action,
            "operation": self.run.ref,
        }


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which sheet the rows of a chunk are of, and what they are called in the quarantine."""

    sheet: int
    mapping: SourceMapping
    headers: Sequence[str]
    row_kind: str


class Chunk:
    """Decides row by row, because a row may depend on the one before it, then writes at once."""

    def __init__(
        self, errand: Errand, place: Place, known: Known, *, editing: int | None = None
    ) -> None:
        """`editing` is the row in quarantine whose cells are now taken as a person corrected them."""
        self._errand, self._place, self._known = errand, place, known
        self._editing = editing
        self._new = New()
        self._aside: list[SetAside] = []
        self._settled: list[int] = []
        self._mended: list[bytes] = []
        self._tally = Tally()

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with the rows that were set aside."""
        return tuple(flaw for row in self._aside for flaw in row.flaws)

    def take(self, rows: Sequence[tuple[Row, Outcome]]) -> Tally:
        """Call inside a transaction: everything of the chunk is written, or nothing."""
        digests = [fingerprints.of_row(row, source=self._place.mapping.name) for row, _ in rows]
        earlier = self._earlier(digests)
        self._known.look_up(
            [draft for _, outcome in rows if isinstance(outcome, tuple) for draft in outcome]
        )
        for (row, outcome), digest in zip(rows, digests, strict=True):
            self._one(row, outcome, digest, earlier.get(digest))
        self._write()
        self._tally.of_source(self._place.mapping.name)
        return self._tally

    def _earlier(self, digests: Sequence[bytes]) -> dict[bytes, tuple[int, str]]:
        rows = QuarantinedRow.objects.filter(
            book=self._errand.run.book, kind=self._place.row_kind, row_digest__in=set(digests)
        )
        if self._editing is not None:
            rows = rows.exclude(pk=self._editing)
        return {
            bytes(digest): (pk, status)
            for digest, pk, status in rows.values_list("row_digest", "pk", "status")
        }

    def _one(
        self, row: Row, outcome: Outcome, digest: bytes, earlier: tuple[int, str] | None
    ) -> None:
        tally = self._tally
        if isinstance(outcome, Skipped):
            tally.skipped += 1
            tally.skips[outcome.reason] += 1
            return
        if earlier and earlier[1] != QuarantinedRow.Status.OPEN:
            tally.unchanged += 1  # somebody has put it right, or decided against it
            return
        if isinstance(outcome, Rejected):
            self._set_aside(row, outcome.flaws, digest)
            return
        decision = RowDecision(self._known, self._errand.directory)
        for draft in outcome:
            decision.decide(draft)
        if decision.problems:
            self._set_aside(row, decision.problems, digest)
            return
        decision.settle(self._new)
        if earlier:
            self._settled.append(earlier[0])
        self._mended.append(self._key_of(row))
        if decision.unchanged:
            tally.unchanged += 1
            return
        tally.kept += 1
        tally.warnings.update({flaw.problem.code for flaw in decision.warnings})

    def _set_aside(self, row: Row, flaws: Sequence[Flaw], digest: bytes) -> None:
        self._tally.quarantined += 1
        self._tally.reasons[flaws[0].problem.code] += 1
        place = self._place
        self._aside.append(
            SetAside(
                kind=place.row_kind,
                sheet=place.sheet,
                number=row.number,
                flaws=flaws,
                digest=digest,
                key_digest=self._key_of(row),
                source=place.mapping.name,
                headers=place.headers,
                cells=row.cells,
            )
        )

    def _key_of(self, row: Row) -> bytes:
        place = self._place
        return fingerprints.of_key(
            row,
            kind=place.row_kind,
            mapping=place.mapping,
            headers=place.headers,
            book=self._errand.run.book.code,
        )

    def _write(self) -> None:
        new, terms = self._new, self._errand.terms
        if new.customers:
            written = intake.register([newcomer for _, newcomer in new.customers], **terms)
            for (held, _), customer in zip(new.customers, written, strict=True):
                held.subject = customer.subject_id
            on_its_way.hide(self._errand.run, [each.subject_id for each in written])
        if new.policies:
            contracts = policies.register([make() for _, make in new.policies], **terms)
            for (contract, _), policy in zip(new.policies, contracts, strict=True):
                contract.pk = policy.pk
        if new.claims:
            claims.register([make() for make in new.claims], **terms)
        if new.work or new.closing:
            self._write_work()
        consents = on_its_way.taken_over(self._errand.run, new.consents)
        if stayed := len(new.consents) - len(consents):
            self._tally.warnings[on_its_way.STAYED] += stayed
        if consents:
            bringing.write(
                consents,
                self._known.spoken,
                channel=terms["channel"],
                book=terms["book"].code,
                operation=terms["operation"],
            )
        quarantine.put(self._aside, run=self._errand.run, seal=self._errand.seal)
        self._settle()
        on_its_way.settle(self._errand.run, self._place.row_kind, self._mended)

    def _write_work(self) -> None:
        errand, closing = self._errand, {each.number: each for each in self._new.closing}
        own = {each.number for each in self._new.work}
        work_items.register(
            self._new.work,
            [each for number, each in closing.items() if number not in own],
            channel=errand.channel,
            actor=errand.actor,
            action=errand.action,
            book=errand.run.book.code,
            operation=errand.run.ref,
        )

    def _settle(self) -> None:
        if self._settled:
            QuarantinedRow.objects.filter(pk__in=self._settled).update(
                status=QuarantinedRow.Status.FIXED
            )
