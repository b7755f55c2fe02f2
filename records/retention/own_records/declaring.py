"""What a kind of the house's records is: where they are, from when they count, what becomes of them.

The apps to the right register their own. What something else still rests on stays: a row that another one
protects is passed over until that one is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from django.db.models import PROTECT, Exists, Field, Min, Model, OuterRef, Q, QuerySet

from custodian import clock
from records.retention.own_records.terms import Term, beginning

Kept = Mapping[str, date]  # by kind, the first day that is still kept


class Record(Protocol):
    """One kind of records."""

    @property
    def kind(self) -> str:
        """Its code in the log."""

    @property
    def label(self) -> Any: ...

    @property
    def about(self) -> str:
        """What the rules about it are about; empty where `own` says the term."""

    @property
    def own(self) -> Term | None: ...

    @property
    def goes(self) -> Any:
        """What happens, or why nothing does."""

    def count(self) -> int:
        """How many there are."""

    def over(self, kept: Kept) -> int:
        """How many may go."""

    def waiting(self, kept: Kept, over: int) -> int:
        """How many are as old and stay, because something rests on them."""

    def oldest(self) -> date | None:
        """The day from which the oldest counts."""

    def expire(self, before: date, most: int) -> int:
        """Let up to so many from before that day go, in the caller's transaction; how many went."""


@dataclass(frozen=True)
class Rows:
    """Rows that are deleted. `rows` gives those that are closed; `dated` is the moment or day of each."""

    kind: str
    label: Any
    about: str
    goes: Any
    rows: Callable[[], QuerySet[Any]]
    dated: Any  # an expression over a row
    along: tuple[
        tuple[type[Model], str], ...
    ] = ()  # what hangs on it, by its foreign key, and goes with it
    everything: Callable[[], QuerySet[Any]] | None = None
    own: Term | None = None

    def count(self) -> int:
        return (self.everything or self.rows)().count()

    def over(self, kept: Kept) -> int:
        return self.free(kept[self.kind], kept).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return self._old(kept[self.kind]).count() - over

    def oldest(self) -> date | None:
        found = self._dated().aggregate(oldest=Min("counted"))["oldest"]
        return clock.local(found).date() if isinstance(found, datetime) else found

    def expire(self, before: date, most: int) -> int:
        free = list(self.free(before).order_by("pk").values_list("pk", flat=True)[:most])
        # Locked rows are somebody's in this moment, and go another night.
        held = self.rows().filter(pk__in=free).select_for_update(of=("self",), skip_locked=True)
        gone = [each.pk for each in held.only("pk")]
        self.part(gone)
        for model, key in self.along:
            model._default_manager.filter(**{f"{key}__in": gone}).delete()
        # By number: what went along may be what said that it is over.
        held.model._base_manager.filter(pk__in=gone).delete()
        return len(gone)

    def part(self, gone: Sequence[int]) -> None:
        """What goes with exactly these rows and is none itself: keys, files. Before they are deleted."""

    def _dated(self) -> QuerySet[Any]:
        dated: QuerySet[Any] = self.rows().annotate(counted=self.dated)
        return dated

    def _old(self, before: date) -> QuerySet[Any]:
        return self._dated().filter(counted__lt=beginning(before))

    def free(self, before: date, going: Kept | None = None) -> QuerySet[Any]:
        """Those that nothing rests on; with `going` nothing but what goes in the same night."""
        rows = self._old(before)
        taken = {model for model, _key in self.along}
        for model, key in protectors(rows.model):
            if model not in taken:
                resting = model._base_manager.filter(**{key: OuterRef("pk")})
                rows = rows.filter(~Q(Exists(staying(model, resting, going or {}))))
        return rows


def staying(model: type[Model], rows: QuerySet[Any], going: Kept) -> QuerySet[Any]:
    """Those of them that do not go in the same night by rules of their own."""
    for record in records:
        if isinstance(record, Rows) and record.kind in going and record.rows().model is model:
            rows = rows.exclude(pk__in=record.free(going[record.kind], going).values("pk"))
    return rows


@dataclass(frozen=True)
class Stays:
    """Rows of which nothing goes, and why."""

    kind: str
    label: Any
    goes: Any
    rows: Callable[[], QuerySet[Any]]
    about: str = ""
    own: Term | None = None

    def count(self) -> int:
        return self.rows().count()

    def over(self, kept: Kept) -> int:
        return 0

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        return None

    def expire(self, before: date, most: int) -> int:
        return 0


records: Final[list[Record]] = []


def register(*fresh: Record) -> None:
    """Put them before those of the apps to the left, which nothing rests on when these are gone."""
    kinds = {each.kind for each in fresh}
    records[:] = [*fresh, *(each for each in records if each.kind not in kinds)]


def protectors(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """The models whose rows may rest on a row of this one, each with the key by which they do."""
    for field in model._meta.get_fields(include_hidden=True):
        if (
            field.auto_created
            and not field.concrete
            and (field.one_to_many or field.one_to_one)
            and getattr(field, "on_delete", None) is PROTECT
        ):
            key: Field[Any, Any] = field.field  # type: ignore[union-attr]
            yield field.related_model, key.name  # type: ignore[misc]
