"""Counts a book by what a buyer asks of it. Sealed values are read by the machine and shown to nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear

from access import keystore, machine_reads
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from records import vault
from records.models import Book, Claim, Customer, Identity, Policy

CHUNK: Final = 500
SEX, BIRTH, PREMIUM = "identity.sex", "identity.birth_date", "policy.premium"
AGES: Final = (
    (18, "0-17"),
    (30, "18-29"),
    (40, "30-39"),
    (50, "40-49"),
    (60, "50-59"),
    (70, "60-69"),
)
OLDEST: Final = "70+"
BANDS: Final = (
    (1_000, "<1000"),
    (5_000, "1000-4999"),
    (10_000, "5000-9999"),
    (50_000, "10000-49999"),
)
HIGHEST: Final = "50000+"
YEARS: Final = 10
UNKNOWN: Final = "unknown"  # organisations too: they have no sex and no age
OnProgress = Callable[[int], None]
Counted = dict[str, dict[str, int]]  # by table, in the order of its cells


def customers_of(book: Book) -> QuerySet[Customer]:
    """Those who exist, and still have something: planted and destroyed ones are in no figure."""
    rows = Customer.objects.filter(book=book, subject__honey=False)
    found: QuerySet[Customer] = rows.exclude(subject__status=Subject.Status.DESTROYED)
    return found


def policies_of(book: Book) -> QuerySet[Policy]:
    return Policy.objects.filter(book=book, subject__in=customers_of(book).values("subject"))


def count(book: Book, *, today: date, on_progress: OnProgress, actor: Actor) -> Counted:
    """Every table with its true counts; what becomes of small ones, `small_cells` says."""
    customers, policies = customers_of(book), policies_of(book)
    claims = Claim.objects.filter(policy__in=policies)
    people = _people(customers, today=today, on_progress=on_progress, actor=actor)
    return {
        "customers-by-unit": _grouped(customers, "subject__unit__code"),
        "customers-by-sex": _ordered(people["sex"], ("male", "female", UNKNOWN)),
        "customers-by-age": _ordered(
            people["age"], [*(name for _up, name in AGES), OLDEST, UNKNOWN]
        ),
        "policies-by-product": _grouped(policies, "product__code"),
        "policies-by-status": _ordered(_counter(policies, "status"), Policy.Status.values),
        "policies-by-year": _years(policies, today=today),
        "policies-by-premium": _premiums(policies, on_progress=on_progress, actor=actor),
        "claims-by-kind": _ordered(_counter(claims, "kind"), Claim.Kind.values),
        "claims-by-status": _ordered(_counter(claims, "status"), Claim.Status.values),
    }


def _counter(rows: QuerySet[Any], field: str) -> Counter[str]:
    found = rows.order_by().values_list(field).annotate(n=Count("pk"))
    return Counter({str(UNKNOWN if name in (None, "") else name): n for name, n in found})


def _grouped(rows: QuerySet[Any], field: str) -> dict[str, int]:
    return dict(sorted(_counter(rows, field).items()))


def _years(policies: QuerySet[Policy], *, today: date) -> dict[str, int]:
    """The last ten years each by itself, earlier ones by five."""
    found = Counter[str]()
    for name, n in _counter(policies.annotate(year=ExtractYear("starts_on")), "year").items():
        found[year_band(name, today)] += n
    return dict(sorted(found.items()))


def year_band(year: str, today: date) -> str:
    if not year.isdecimal() or int(year) > today.year - YEARS:
        return year
    first = int(year) - int(year) % 5
    return f"{first}-{first + 4}"


def _ordered(found: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    return {name: found.get(name, 0) for name in names}


def _people(
    customers: QuerySet[Customer], *, today: date, on_progress: OnProgress, actor: Actor
) -> dict[str, Counter[str]]:
    sexes, ages = Counter[str](), Counter[str]()
    kinds = customers.order_by("pk").values_list("pk", "kind")
    done = 0
    for chunk in chunks(kinds):
        persons = [subject for subject, kind in chunk if kind == Customer.Kind.PERSON]
        values = _read(Identity, persons, (SEX, BIRTH), actor=actor)
        for subject, _kind in chunk:
            held = values.get(subject, {})
            sex = held.get(SEX, "")
            sexes[sex if sex in {"male", "female"} else UNKNOWN] += 1
            ages[age_band(held.get(BIRTH, ""), today)] += 1
        done += len(chunk)
        on_progress(done)
    return {"sex": sexes, "age": ages}


def _premiums(
    policies: QuerySet[Policy], *, on_progress: OnProgress, actor: Actor
) -> dict[str, int]:
    found, done = Counter[str](), 0
    for chunk in chunks(policies.order_by("pk").values_list("pk", "subject_id")):
        values = _read_policies(chunk, actor=actor)
        found.update(premium_band(values.get(policy, "")) for policy, _subject in chunk)
        done += len(chunk)
        on_progress(done)
    return _ordered(found, [*(name for _up, name in BANDS), HIGHEST, UNKNOWN])


def _read(
    model: type[Identity], subjects: Sequence[int], codes: Sequence[str], *, actor: Actor
) -> dict[int, dict[str, str]]:
    """Values by subject, for counting only: one entry of the log stands for the chunk."""
    rows = list(model.objects.filter(subject__in=subjects))
    if not rows:
        return {}
    sweep = machine_reads.read(
        Action.DATA_ROOM_BUILD, subjects=subjects, elements=codes, actor=actor
    )
    return {
        row.subject_id: _opened(sweep, row, codes, key)
        for row, key in _with_keys(rows)
    }  # fmt: skip


def _read_policies(chunk: Sequence[tuple[int, int]], *, actor: Actor) -> dict[int, str]:
    rows = list(Policy.objects.filter(pk__in=[policy for policy, _subject in chunk]))
    subjects = {subject for _policy, subject in chunk}
    sweep = machine_reads.read(
        Action.DATA_ROOM_BUILD, subjects=subjects, elements=(PREMIUM,), actor=actor
    )
    return {
        row.pk: _opened(sweep, row, (PREMIUM,), key).get(PREMIUM, "")
        for row, key in _with_keys(rows)
    }


def _with_keys(rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    keys = keystore.unlock({row.holding: row.subject_id for row in rows})
    yield from ((row, keys[row.holding]) for row in rows if row.holding in keys)


def _opened(sweep: machine_reads.Sweep, row: Any, codes: Sequence[str], key: Any) -> dict[str, str]:
    """What does not open counts as unknown: the scrub tells of it, a statistic is no place to."""
    blobs = {code: getattr(row, f"{code.partition('.')[2]}_sealed") for code in codes}
    there = {code: bytes(blob) for code, blob in blobs.items() if blob is not None}
    opened = vault.examine(sweep, there, subject=row.subject_id, holding=row.holding, key=key)
    return {code: text for code, text in opened if text is not None}


def age_band(birth: str, today: date) -> str:
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return UNKNOWN
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return next((name for upto, name in AGES if age < upto), OLDEST)


def premium_band(premium: str) -> str:
    try:
        amount = Decimal(premium)
    except InvalidOperation:
        return UNKNOWN
    return next((name for upto, name in BANDS if amount < upto), HIGHEST)


def chunks(rows: Any) -> Iterator[list[tuple[int, Any]]]:
    held: list[tuple[int, Any]] = []
    for row in rows.iterator(chunk_size=CHUNK):
        held.append(row)
        if len(held) == CHUNK:
            yield held
            held = []
    if held:
        yield held
