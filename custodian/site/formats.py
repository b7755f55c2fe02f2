"""Numbers, dates and references as people read them, in both languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import get_language

from custodian import clock
from custodian.regimes import deadlines

_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_GROUPS = {"mobile": (3, 4, 4), "id_number": (6, 8, 4)}
_MONEY = frozenset({"amount", "decided_amount", "income", "paid_amount", "premium", "sum_insured"})


def english() -> bool:
    return (get_language() or "").startswith("en")


def due_day(moment: datetime) -> date:
    """The day on whose clock a deadline lies: midnight belongs to the day that ends with it."""
    return clock.local(moment - timedelta(microseconds=1)).date()


def thousands(value: object) -> str:
    """1204316 becomes 1,204,316; a minus is a real minus."""
    try:
        return f"{int(str(value)):,}".replace("-", "−")
    except ValueError:
        return str(value)


def share(value: float, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f}%"


def log_index(value: object) -> str:
    return f"#{thousands(value)}"


def hash_groups(value: object, groups: int = 0) -> str:
    """Groups of four; with `groups`, only that many and the tail."""
    text = value.hex() if isinstance(value, bytes | memoryview) else str(value)
    runs = [text[at : at + 4] for at in range(0, len(text), 4)]
    if groups and len(runs) > groups + 1:
        return f"{' '.join(runs[:groups])} … {runs[-1]}"
    return " ".join(runs)


def ref(value: object) -> str:
    """A public reference of 11 or 12 characters in groups of four, with its prefix letter kept."""
    text = str(value)
    prefix, _, body = text.rpartition("-") if text.count("-") == 1 else ("", "", text)
    if "-" in body or len(body) != 11:
        return text
    head = f"{prefix}-" if prefix else ""
    return f"{head}{body[:4]}-{body[4:8]}-{body[8:]}"


def _day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def zh_date(value: date | datetime | None, style: str = "long") -> str:
    """Styles: long, weekday, table (this year without its number), iso (with it), time, moment, seconds."""
    if value is None:
        return "—"
    if style in {"time", "moment", "seconds"} and isinstance(value, datetime):
        return _moment(value, style)
    day = _day(value)
    if style == "iso":
        return _table(day) if english() else day.isoformat()
    if style == "table":
        return _table(day)
    return _long(day, weekday=style == "weekday")


def _moment(value: datetime, style: str) -> str:
    local = clock.local(value)
    if style == "time":
        return local.strftime("%H:%M")
    if style == "seconds":
        return local.strftime("%Y-%m-%d %H:%M:%S")
    return f"{_table(local.date())} {local:%H:%M}"


def _table(day: date) -> str:
    if english():
        return f"{day.day} {day:%b} {day.year}"
    return day.strftime("%m-%d") if day.year == clock.local().year else day.isoformat()


def deadline(due_at: datetime, style: str = "moment") -> str:
    """When something is due; midnight is 24:00 of the day that ends with it. Styles: moment, long."""
    day = deadlines.last_day(due_at)
    hour = "24:00" if deadlines.ends_a_day(due_at) else f"{clock.local(due_at):%H:%M}"
    said = _long(day, weekday=False) if style == "long" else _table(day)
    return f"{said} {hour}"


def _long(day: date, *, weekday: bool) -> str:
    if english():
        name = f"{day:%A} " if weekday else ""
        return f"{name}{day.day} {day:%B}" + ("" if weekday else f" {day.year}")
    name = f" {_WEEKDAYS[day.weekday()]}" if weekday else ""
    return f"{day.year}年{day.month}月{day.day}日{name}"


def grouped(value: str, kind: str) -> str:
    """Digits of a number in the runs people read aloud; other values as they are."""
    name = kind.rpartition(".")[2]
    if name == "bank_account":
        return " ".join(value[at : at + 4] for at in range(0, len(value), 4))
    whole, _dot, cents = value.partition(".")
    if name in _MONEY and whole.isdecimal():
        return f"{int(whole):,}.{cents}" if cents else f"{int(whole):,}"
    runs = _GROUPS.get(name)
    if not runs or len(value) != sum(runs):
        return value
    out, at = [], 0
    for run in runs:
        out.append(value[at : at + run])
        at += run
    return " ".join(out)
