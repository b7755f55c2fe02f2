"""The drill of the destroyed customer: destroy, bring an old backup back, and try in every way to read her.

Everything is played in a house of the drill's own: other databases, keys, folders, people. What is tried
are the promises (marked so), and beside them what is not promised, so that nobody takes one for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection
from django.utils.translation import gettext_lazy as _
from rich.console import Console

from access import restored
from custodian import clock
from custodian.backup import keeping, reconciling, restoring
from custodian.backup.errors import BackupRefused
from custodian.drills import loot, scratch
from custodian.drills.house import GONE, STAYS, House, built
from custodian.drills.loot import NOTHING, Loot
from custodian.drills.scratch import Scratch
from custodian.drills.steps import Drill, Step
from custodian.errors import CustodianError
from records import documents

NO_FILE: Final = "no-file"


def add_arguments(parser: CommandParser) -> None:
    """Nothing to be asked: it is always the same."""


def drill(_options: Mapping[str, Any], console: Console) -> Drill:
    with scratch.opened(str(connection.settings_dict["NAME"])) as beside, built(beside) as house:
        steps = []
        for step in play(house, beside):
            steps.append(step)
            console.print(f"  {step.does}", style="dim")
    return Drill(steps)


@dataclass
class _Play:
    """What one act hands on to the next."""

    house: House
    backup: Path = field(default_factory=Path)
    older_note: bytes = b""
    loot: Loot = field(default_factory=Loot)
    then: Path = field(default_factory=Path)


def play(house: House, beside: Scratch) -> Iterator[Step]:
    """Every step in its order."""
    acting = _Play(house)
    yield from _before(acting)
    yield from _destroyed(acting)
    database = beside.create("restored", template=house.empty)
    with scratch.inside(database):
        yield from _restored(acting)
        yield from _reconciled(acting)
    yield from _days_later(acting)


def _before(acting: _Play) -> Iterator[Step]:
    house = acting.house
    acting.backup = house.backup()
    acting.older_note = settings.CUSTODIAN_LOG_HEAD.read_bytes()
    acting.then = loot.copied(settings.CUSTODIAN_KEYRING, house.folder / "stolen.json")
    acting.loot = loot.of_backup(acting.backup, house.private)
    yield Step("read", _("备份之前：客户可读"), GONE, _tried(lambda: house.read(house.gone)))
    opened = loot.opened(acting.loot, house.gone.subject_id, acting.then)
    yield Step("all-at-once", _("未承诺：备份、备份私钥与当时的密钥环一并失窃"), GONE, opened)


def _destroyed(acting: _Play) -> Iterator[Step]:
    house, ring = acting.house, settings.CUSTODIAN_KEYRING
    batch = house.destroy()
    certified = "certificate" if batch and batch.certificate else "none"
    yield Step("destroy", _("按批准的批次销毁，出具证明"), "certificate", certified)
    house.seal()
    yield Step("gone", _("销毁之后读取"), "not-found", _tried(lambda: house.read(house.gone)))
    opened = loot.opened(acting.loot, house.gone.subject_id, ring)
    yield Step("day-1", _("未承诺：保留期内的密钥备份配今天的密钥环"), GONE, opened)


def _restored(acting: _Play) -> Iterator[Step]:
    house = acting.house
    spoilt = loot.spoilt(acting.backup, house.folder / "spoilt")
    yield Step("altered", _("恢复被改动的备份"), "file-altered", _restoring(house, spoilt))
    yield Step("restore", _("把昨天的备份恢复到空库"), "restored", _restoring(house, acting.backup))
    for customer, who in ((house.gone, "gone"), (house.stays, "neighbour")):
        yield Step(
            f"unreconciled-{who}",
            _("核对之前读取已销毁的客户") if who == "gone" else _("核对之前读取其他客户"),
            restored.CODE,
            _tried(lambda: house.read(customer)),  # noqa: B023
        )


def _reconciled(acting: _Play) -> Iterator[Step]:
    house, own = acting.house, settings.CUSTODIAN_TOMBSTONES
    nothing = house.folder / "nothing"
    nothing.mkdir()
    newest = settings.CUSTODIAN_LOG_HEAD.read_bytes()
    yield Step(
        "no-tombstones",
        _("不带销毁凭据核对"),
        "tombstones-older",
        _reconciling(nothing, newest),
    )
    yield Step(
        "older-checkpoint",
        _("用旧的检查点核对"),
        "checkpoint-older",
        _reconciling(own, acting.older_note),
    )
    yield Step("hidden-gap", _("不承认缺口"), "gap-not-accepted", _reconciling(own, newest))
    yield Step(
        "reconcile",
        _("凭据齐全、承认缺口后核对"),
        "gap-reported",
        _reconciling(own, newest, why="演练"),
    )
    yield Step(
        "still-gone",
        _("核对之后读取已销毁的客户"),
        "not-found",
        _tried(lambda: house.read(house.gone)),
    )
    yield Step("served", _("核对之后读取其他客户"), STAYS, _tried(lambda: house.read(house.stays)))
    yield from _papers(house)


def _papers(house: House) -> Iterator[Step]:
    """Files came back with the backup as well; whose they are decides whether they stay."""
    gone, stays = house.papers
    left = "there" if documents.path_of(gone).exists() else NO_FILE
    yield Step("paper-gone", _("核对之后：已销毁客户的文件"), NO_FILE, left)
    opened = _tried(lambda: house.paper(stays))
    yield Step("paper-stays", _("核对之后：打开其他客户的文件"), STAYS, opened)


def _days_later(acting: _Play) -> Iterator[Step]:
    """The old KEK is destroyed and the key streams are gone; the thief kept everything but the keyring."""
    house, ring = acting.house, settings.CUSTODIAN_KEYRING
    loot.rotate()
    gone_by = clock.real() + timedelta(days=settings.CUSTODIAN_KEY_DAYS + 1)
    expired = "expired" if keeping.expire(at=gone_by).keys else "there"
    yield Step("expire", _("保留期满：密钥流删除，旧 KEK 销毁"), "expired", expired)
    taken = acting.loot.with_keys_of_now()
    gone = loot.opened(taken, house.gone.subject_id, ring)
    yield Step(
        "day-n", _("期满之后：昔日的全部备份配今天的密钥环，打开已销毁的客户"), NOTHING, gone
    )
    stays = loot.opened(taken, house.stays.subject_id, ring)
    yield Step("control", _("同样的办法打开仍在的客户（证明办法有效）"), STAYS, stays)


def _tried(act: Callable[[], str]) -> str:
    """What was read, or the code of what stood in the way."""
    try:
        return act()
    except CustodianError as error:
        return error.code


def _restoring(house: House, folder: Path) -> str:
    try:
        restoring.restore(folder, private=house.private)
    except BackupRefused as refused:
        return refused.code
    return "restored"


def _reconciling(sheets: Path, note: bytes, *, why: str = "") -> str:
    try:
        done = reconciling.reconcile(sheets_in=sheets, checkpoint=note, accept_gap=why)
    except BackupRefused as refused:
        return refused.code
    return "gap-reported" if done.gaps else "no-gap"
