"""A list that lay on a laptop and is not ours: held against what other insurers' lists look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from access.actors import Actor
from custodian.demo.officers import Officers
from incidents.tracing import jobs, signatures
from incidents.tracing.layouts import Column
from records.importing import store
from records.importing.readers import Source

ROWS: Final = 60
_HEADS: Final = ("保单号", "投保人", "联系电话", "险种", "保费")


def trace(officers: Officers) -> None:
    """As the pages do, and at once as the worker would."""
    with officers.acting() as officer:
        _known(officer)
        job = jobs.ask(
            store.receive(Source.from_chunks("笔记本上的名单.csv", _file)),
            label="离职人员交还的笔记本上的名单",
            reason="交还设备时发现，查明是谁家的客户",
            since=None,
            until=None,
            actor=officer,
        )
    jobs.work(job.pk)


def _known(officer: Actor) -> None:
    signatures.enter(
        company="平泰人寿 客户系统导出",
        source="行业协会转来的空表",
        columns=[
            Column("保单号", "policy", "PT#{12}"),
            Column("投保人", "name"),
            Column("手机号", "mobile"),
            Column("险种"),
            Column("保费", "money"),
        ],
        separator=",",
        encoding="utf-8",
        why="对方请我们留意其外泄的名单",
        actor=officer,
    )
    signatures.enter(
        company="远山财险 车险平台",
        source="对方来函附的样表",
        columns=[
            Column("车牌号", "plate"),
            Column("车主", "name"),
            Column("手机", "mobile"),
            Column("保单号", "policy", "YS-#{4}-#{8}"),
            Column("到期日", "date"),
        ],
        why="车险到期名单曾在网上出售",
        actor=officer,
    )


def _file() -> Iterator[bytes]:
    """Invented: no network gives out such numbers, and no insurer such policies."""
    yield (",".join(_HEADS) + "\n").encode()
    for at in range(ROWS):
        policy = "无" if at % 30 == 7 else f"PT{20_240_000_000 + at * 7_919:012}"
        name = f"{'冯褚卫蒋沈韩杨朱'[at % 8]}某{'甲乙丙丁'[at % 4]}"
        line = (policy, name, f"1700000{at:04}", "两全保险", f"{1_200 + at * 35}.00")
        yield (",".join(line) + "\n").encode()
