"""What the system looks at by itself in a storage place each night. Others register theirs.

A place without any probe of its kind that it needs is a finding as well: nobody knows how it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Finding

Severity = Finding.Severity


@dataclass(frozen=True)
class Result:
    """What a probe saw; `facts` are JSON, and its `words` tell them. `severity` counts when it is not ok."""

    ok: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: Finding.Severity = Severity.HIGH


@dataclass(frozen=True)
class Probe:
    """`place` is the code of the storage place that it looks at."""

    name: str
    place: str
    label: Promise | str
    look: Callable[[], Result]
    words: Callable[[Mapping[str, Any]], str]


_registered: dict[str, Probe] = {}


def register(probe: Probe) -> None:
    """Later ones of the same name take the place of earlier ones."""
    _registered[probe.name] = probe


def forget(name: str) -> None:
    _registered.pop(name, None)


def at(place: str) -> list[Probe]:
    """The probes of a place; a place that has none gets the one that says so."""
    found = [probe for probe in _registered.values() if probe.place == place]
    return found or [_nothing_set_up(place)]


def named(name: str) -> Probe | None:
    return _registered.get(name) or (
        _nothing_set_up(name.removeprefix(NOTHING)) if name.startswith(NOTHING) else None
    )


NOTHING: Final = "nothing-"


def _nothing_set_up(place: str) -> Probe:
    return Probe(
        name=f"{NOTHING}{place}",
        place=place,
        label=gettext_lazy("设置"),
        look=lambda: Result(ok=False, severity=Severity.MEDIUM),
        words=lambda _facts: _("还没有设置备份") if place == "backups" else _("没有自动检查"),
    )


FOLDERS: Final[Mapping[str, Callable[[], Path]]] = {
    "exports": lambda: Path(settings.VAR) / "store" / "exports",
    "imports": lambda: Path(settings.VAR) / "store",
    "evidence": lambda: Path(settings.VAR) / "store" / "bundles",
}


def disk(path: Path) -> Result:
    """How much is free where the folder lies; for the folders of others too."""
    there = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(there)
    free = 100 * usage.free / usage.total if usage.total else 0.0
    urgent = free < settings.CUSTODIAN_DISK_URGENT
    return Result(
        ok=free >= settings.CUSTODIAN_DISK_WARN,
        facts={"free": round(free, 1), "bytes": usage.free},
        severity=Severity.URGENT if urgent else Severity.HIGH,
    )


def disk_words(facts: Mapping[str, Any]) -> str:
    said = {"free": facts["free"], "size": filesizeformat(facts["bytes"])}
    return _("磁盘剩余 %(free)s%%（%(size)s）") % said


def _folder(path: Path) -> Result:
    """A folder that was never needed is not there yet."""
    if not path.exists():
        return Result(ok=True, facts={"there": False})
    usable = os.access(path, os.R_OK | os.W_OK | os.X_OK)
    return Result(ok=usable, facts={"usable": usable})


def _folder_words(facts: Mapping[str, Any]) -> str:
    if not facts.get("there", True):
        return _("文件夹尚未使用")
    return _("文件夹可读写") if facts["usable"] else _("文件夹不可读写")


def _database() -> Result:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return Result(ok=True, facts={"bytes": size})


def _database_words(facts: Mapping[str, Any]) -> str:
    return _("可连接，占用 %(size)s") % {"size": filesizeformat(facts["bytes"])}


def _register_own() -> None:
    label = gettext_lazy("数据库")
    register(Probe("database", "database", label, _database, _database_words))
    for code, path in FOLDERS.items():
        register(
            Probe(
                f"disk-{code}",
                code,
                gettext_lazy("磁盘"),
                lambda path=path: disk(path()),  # type: ignore[misc]
                disk_words,
            )
        )
        register(
            Probe(
                f"folder-{code}",
                code,
                gettext_lazy("文件夹"),
                lambda path=path: _folder(path()),  # type: ignore[misc]
                _folder_words,
            )
        )


_register_own()
