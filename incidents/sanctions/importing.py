"""The industry's list: files of other insurers' people; every row is kept or set aside with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.crypto.normalise import normalise_name, normalise_text
from custodian.errors import CustodianError
from incidents.models import FlagAside, FlagBatch, RehireFlag
from incidents.sanctions import flags, matching, people, rules, sealing
from incidents.sanctions.flags import Said
from incidents.sanctions.standing import house
from records.importing.readers import Limits, Source, SourceRefused, open_source
from records.importing.readers.sheets import Sheet

LIMITS: Final = Limits(file_bytes=10 << 20, workbook_bytes=10 << 20, rows=20_000)
# The heads of columns as insurers write them, without spaces.
HEADS: Final[Mapping[str, frozenset[str]]] = {
    "name": frozenset({"姓名", "name"}),
    "id_number": frozenset({"证件号码", "身份证号", "身份证号码", "居民身份证号码", "idnumber"}),
    "act": frozenset({"行为", "违规行为", "act"}),
    "decided_on": frozenset({"决定日期", "处理日期", "decidedon"}),
    "insurer": frozenset({"保险公司", "决定机构", "公司", "insurer"}),
    "until": frozenset({"限制至", "有效期至", "until"}),
}
NEEDED: Final = frozenset(HEADS) - {"until"}
FLAWS: Final = {
    "name": _("没有姓名"),
    "id_number": _("证件号码有误"),
    "act": _("行为不在四项禁止之内"),
    "not_barred": _("这种行为不引起聘用限制"),
    "decided_on": _("决定日期无法识别，或在今天之后"),
    "insurer": _("没有写明作出决定的公司"),
    "until": _("期限无法识别，或早于决定日期"),
    "over": _("期限已过"),
    "twice": _("同一文件中重复"),
}
_WRITTEN: Final = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%Y-%m-%d %H:%M:%S",
)


class NoSuchList(CustodianError):
    """The file is no table, or lacks a column."""

    code = "industry-list-unreadable"
    status = 422
    message = _(
        "读不出名单：需要 csv 或 xlsx，列名为姓名、证件号码、行为、决定日期、保险公司，限制至可选"
    )


@dataclass(frozen=True, repr=False)
class Read:
    """One row: what it says where it can be taken, else what is wrong with it."""

    number: int
    cells: Sequence[str]
    said: Said | None
    until: date | None
    flaws: Sequence[str]


def take(
    content: bytes, *, file_name: str, origin: str, received_on: date, actor: Actor
) -> FlagBatch:
    """Rows in = kept + set aside. Raises `NoSuchList`."""
    rows = _once(list(_rows(content, file_name)))
    good = [each for each in rows if each.said is not None]
    person = actors.person(actor)
    with transaction.atomic():
        facts = {"rows": len(rows), "outcome": "imported"}
        gate.authorise(actor, Action.REHIRE_MANAGE, channel=Channel.ADMIN, facts=facts)
        with scopes.acting(house()):
            batch = FlagBatch.objects.create(
                origin=origin, received_on=received_on, rows=len(rows), kept=len(good),
                aside=len(rows) - len(good), made_by_id=person,
            )  # fmt: skip
            same = sum(_kept(each, batch) for each in good)
            FlagBatch.objects.filter(pk=batch.pk).update(same=same)
            batch.same = same
            _set_aside([each for each in rows if each.said is None], batch)
    return batch


def opened(row: FlagAside) -> list[str]:
    """The cells of a row that was set aside, after a permit; nothing once it has expired."""
    if row.row_sealed is None:
        return []
    try:
        return list(sealing.opened(sealing.ASIDE, row.batch.ref, f"row/{row.ref}", row.row_sealed))
    except keystore.NoKey:
        return []


def expire() -> int:
    """What was set aside is emptied after its month; number and reasons stay."""
    today = clock.local().date()
    rows = FlagAside.objects.filter(expires_on__lt=today, row_sealed__isnull=False)
    return rows.update(row_sealed=None)


def _rows(content: bytes, name: str) -> Iterator[Read]:
    source = Source.from_chunks(name, lambda: iter([content]))
    try:
        sheets = open_source(source, limits=LIMITS)
        sheet, columns = _table(sheets)
        for row in sheet.rows:
            if any(cell.strip() for cell in row.cells):
                yield _read(row.number, row.cells, columns)
    except SourceRefused:
        raise NoSuchList from None


def _table(sheets: Sequence[Sheet]) -> tuple[Sheet, dict[str, int]]:
    for sheet in sheets:
        heads = ["".join(normalise_text(each).casefold().split()) for each in sheet.headers]
        columns = {
            field: next(at for at, head in enumerate(heads) if head in known)
            for field, known in HEADS.items()
            if known & set(heads)
        }
        if set(columns) >= NEEDED:
            return sheet, columns
    raise NoSuchList


def _read(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Read:
    said = {
        field: normalise_text(cells[at]) if at < len(cells) else "" for field, at in columns.items()
    }
    today = clock.local().date()
    flaws: list[str] = [] if said["name"] else ["name"]
    acts = _acts(said["act"])
    flaws += [] if acts else ["act"]
    flaws += ["not_barred"] if acts and not rules.barred(acts) else []
    decided = _day(said["decided_on"])
    flaws += ["decided_on"] if decided is None or decided > today else []
    flaws += [] if said["insurer"] else ["insurer"]
    until = _until(said.get("until", ""), decided)
    if decided is not None and (until is None or until < decided):
        flaws.append("until")
    elif until is not None and until < today:
        flaws.append("over")
    try:
        number_ = people.id_number(said["id_number"])
    except people.BadNumber:
        number_, flaws = "", [*flaws, "id_number"]
    if flaws or decided is None:
        return Read(number, cells, None, None, flaws)
    kept = Said(said["name"], number_, acts, decided.isoformat(), said["insurer"])
    return Read(number, cells, kept, until, ())


def _acts(written: str) -> list[str]:
    """By code, by name, or by a word that only one of the four has."""
    text = written.casefold()
    found = []
    for each in rules.book().acts.values():
        names = {each.code, each.zh.casefold(), each.en.casefold()}
        if text in names or any(word in text for word in each.words):
            found.append(each.code)
    return found


def _day(written: str) -> date | None:
    for pattern in _WRITTEN:
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _until(written: str, decided: date | None) -> date | None:
    if written:
        return _day(written)
    return rules.term("flag").length.after(decided) if decided else None


def _once(rows: Sequence[Read]) -> list[Read]:
    seen: set[tuple[bytes, str, str]] = set()
    found = []
    for each in rows:
        if each.said is not None:
            key = (matching.digest(each.said.id_number), *_source(each.said))
            if key in seen:
                found.append(Read(each.number, each.cells, None, None, ("twice",)))
                continue
            seen.add(key)
        found.append(each)
    return found


def _source(said: Said) -> tuple[str, str]:
    """Whose decision it is: a later row about the same one is its next version."""
    return normalise_name(said.insurer), said.decided_on


def _kept(row: Read, batch: FlagBatch) -> bool:
    """Whether it stood already as it is; else it is written, as a new entry or the next version."""
    said, until = row.said, row.until
    if said is None or until is None:
        return False
    known = RehireFlag.objects.filter(
        digest=matching.digest(said.id_number), state=flags.State.CURRENT, batch__isnull=False
    )
    for flag in known.select_for_update(of=("self",)):
        before = flags.said_of(flag)
        if _source(before) == _source(said):
            if asdict(before) == asdict(said) and flag.until == until:
                return True
            flags.write(said, until=until, batch=batch, replaces=flag)
            return False
    flags.write(said, until=until, batch=batch)
    return False


def _set_aside(rows: Sequence[Read], batch: FlagBatch) -> None:
    until = rules.term("aside").length.after(clock.local().date())
    made = []
    for each in rows:
        ref = uuid4()
        what = f"row/{ref}"
        sealed = sealing.seal(sealing.ASIDE, batch.ref, what, [str(cell) for cell in each.cells])
        made.append(
            FlagAside(
                ref=ref,
                batch=batch,
                number=each.number,
                reasons=list(each.flaws),
                row_sealed=sealed,
                expires_on=until,
            )
        )
    FlagAside.objects.bulk_create(made)
