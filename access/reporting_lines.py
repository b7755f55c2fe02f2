"""Takes over from a file who reports to whom: every row is either kept, or refused with its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian.errors import CustodianError

ENCODINGS = ("utf-8-sig", "gb18030")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "person": ("staff_no", "工号"),
    "manager": ("manager", "上级工号", "直接上级"),
}
MOST = 100_000
REASONS: Mapping[str, Any] = {
    "empty": _("没有填工号"),
    "unknown-person": _("没有这个工号"),
    "unknown-manager": _("没有这个上级工号"),
    "manager-left": _("上级已停用"),
    "own-manager": _("自己不能是自己的上级"),
    "twice": _("同一工号在文件里出现两次"),
    "circle": _("会使上下级关系成环"),
}


class Unreadable(CustodianError):
    """The file is no table with the two columns; `why` is said to whoever brought it."""

    code = "reporting-lines-unreadable"
    message = _("读不了这个文件：请用 UTF-8 或 GB18030 的 csv，首行有“工号”和“上级工号”两列")


@dataclass(frozen=True)
class Row:
    """One line of the file; without a manager the person is at the top."""

    number: int
    person: str
    manager: str


@dataclass(frozen=True)
class Refusal:
    row: Row
    because: str

    @property
    def why(self) -> Any:
        return REASONS[self.because]


@dataclass
class Report:
    """Rows in = kept (`changed` and `same`) + refused."""

    changed: int = 0
    same: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.changed + self.same + len(self.refused)


def decoded(data: bytes) -> str:
    """The text of a file; raises `Unreadable`."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable


def read(text: str) -> list[Row]:
    """The rows of a csv file, or of a table copied from a spreadsheet; raises `Unreadable`."""
    copied = "\t" in text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text), delimiter="\t" if copied else ",")
    try:
        head = [cell.strip().lower() for cell in next(lines, [])]
        person, manager = (_place(head, names) for names in COLUMNS.values())
        rows = [
            Row(number, _cell(cells, person), _cell(cells, manager))
            for number, cells in enumerate(lines, 2)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        raise Unreadable from None
    if len(rows) > MOST:
        raise Unreadable
    return rows


def take_over(rows: Sequence[Row], *, channel: str, actor: Actor) -> Report:
    """Set each person's manager, all that can be kept in one transaction; each change has its entry."""
    with transaction.atomic():
        numbers = {row.person for row in rows} | {row.manager for row in rows}
        people = {user.staff_no.upper(): user for user in User.objects.filter(staff_no__in=numbers)}
        report, wanted = Report(), dict[int, tuple[Row, User | None]]()
        for row in rows:
            if because := _against(row, people, wanted):
                report.refused.append(Refusal(row, because))
            else:
                wanted[people[row.person].pk] = (row, people.get(row.manager))
        managers = {key: above.pk if above else None for key, (_row, above) in wanted.items()}
        for key in _in_circles(managers):
            report.refused.append(Refusal(wanted.pop(key)[0], "circle"))
        for row, above in wanted.values():
            _set(people[row.person], above, report, channel=channel, actor=actor)
    report.refused.sort(key=lambda each: each.row.number)
    return report


def _place(head: Sequence[str], names: Iterable[str]) -> int:
    found = [head.index(name) for name in names if name in head]
    if not found:
        raise Unreadable
    return found[0]


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip().upper() if place < len(cells) else ""


def _against(row: Row, people: Mapping[str, User], wanted: Mapping[int, Any]) -> str:
    """Why the row is refused by itself, as a code; empty if it is not."""
    person, manager = people.get(row.person), people.get(row.manager)
    if person is None:
        return "unknown-person" if row.person else "empty"
    if person.pk in wanted:
        return "twice"
    if row.manager and manager is None:
        return "unknown-manager"
    if manager == person:
        return "own-manager"
    return "manager-left" if manager and not manager.is_active else ""


def _in_circles(wanted: Mapping[int, int | None]) -> Iterator[int]:
    """People whose new manager would close a circle, once those of all others are as wanted."""
    before: dict[int, int | None] = dict(User.objects.values_list("pk", "manager_id"))
    after, left = {**before, **wanted}, set(wanted)
    while circle := _circle(after, left):
        for key in circle & left:
            after[key] = before[key]
            left.discard(key)
            yield key


def _circle(managers: Mapping[int, int | None], changed: set[int]) -> set[int]:
    """One circle in which somebody changed has a part; empty if there is none."""
    done: set[int] = set()
    for start in sorted(changed):
        path: list[int] = []
        at: int | None = start
        while at is not None and at not in done and at not in path:
            path.append(at)
            at = managers.get(at)
        if at is not None and at in path and (circle := set(path[path.index(at) :])) & changed:
            return circle
        done.update(path)
    return set()


def _set(person: User, manager: User | None, report: Report, *, channel: str, actor: Actor) -> None:
    if person.manager_id == (manager.pk if manager else None):
        report.same += 1
        return
    facts = {
        "target": str(person.ref),
        "changed": ["manager"],
        "manager": manager.staff_no if manager else "",
    }
    gate.authorise(actor, Action.USER_CHANGE, channel=channel, facts=facts)
    person.manager = manager
    person.save(update_fields=["manager"])
    report.changed += 1
