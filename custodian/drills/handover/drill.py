"""A book goes to another insurer and comes back: two throw-away installations, and files between them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from custodian import clock
from custodian.drills import scratch, steps
from custodian.drills.handover import play
from custodian.drills.handover.houses import House, addresses, standing
from custodian.drills.handover.parties import Clock, Parties
from custodian.drills.scratch import Scratch
from custodian.drills.steps import Drill, Step

HOUSES: Final = {"QH": "演练甲保险", "HX": "演练乙保险"}
HERE, THERE, RETURNED = "XH", "QH-XH", "XH-RE"
OWN, KNOWN = "HX", 5  # a customer whom the buyer has already


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--customers", type=int, default=200, help="how many / 客户数")
    parser.add_argument("--one-way", action="store_true", help="they do not return / 不走返程")


def drill(options: Mapping[str, Any], console: Console) -> Drill:
    customers = max(options["customers"], play.LEAST)
    done = []
    with (
        scratch.opened(str(connection.settings_dict["NAME"])) as beside,
        tempfile.TemporaryDirectory(prefix="custodian-drill-") as temporary,
        two(beside, Path(temporary)) as houses,
    ):
        for step in played(houses, customers, Path(temporary), one_way=options["one_way"]):
            done.append(step)
            console.print(f"  {step.does} … {_words(step.found)}", style="dim")
    return Drill(done)


@contextmanager
def two(beside: Scratch, folder: Path) -> Iterator[tuple[House, House]]:
    """Two installations, each with its own database, keyring and folder."""
    empty = beside.create("empty")
    scratch.migrate(empty)

    def database(code: str) -> str:
        return beside.create(code.lower(), template=empty)

    with ExitStack() as stack:
        first, second = (
            stack.enter_context(standing(folder / code, code, name, addresses(database(code))))
            for code, name in HOUSES.items()
        )
        yield first, second


def played(
    houses: tuple[House, House], customers: int, folder: Path, *, one_way: bool = False
) -> Iterator[Step]:
    """Every step in its order."""
    first, second = houses
    now = Clock(clock.now())
    over = Parties(first, second, now, book=HERE, into=THERE)
    over.later()
    yield from _introduced(over, customers)
    before = first.plaintext()
    sealed, known = set(first.ciphertext()), second.ciphertext(book=OWN)
    yield from play.there(over, customers, folder)
    yield from _known_before(second, known)
    if one_way:
        return
    here = first.ciphertext()
    returned = Parties(second, first, now, book=THERE, into=RETURNED)
    yield from play.back(returned, customers - 1)
    yield from _home_again(first, second, before, sealed, here)


def _introduced(over: Parties, customers: int) -> Iterator[Step]:
    first, second = over.seller, over.buyer
    first.begin(book=HERE)
    second.begin(book=THERE)
    made = first.populate(count=customers, book=HERE)
    second.meet(number=KNOWN, book=OWN)
    yield Step("houses", _("两家机构，各有数据库与密钥环；甲有客户"), str(customers), str(made))
    seen_there = first.know(card=second.card(), name=HOUSES["HX"])
    seen_here = second.know(card=first.card(), name=HOUSES["QH"])
    apart = "apart" if seen_here != seen_there else "same"
    yield Step("keys", _("交换身份名片，双人核对指纹"), "apart", apart)


def _known_before(second: House, known: list[str]) -> Iterator[Step]:
    """Whom the buyer had already is a case for two people to look at, and stays as she was."""
    yield Step("pairs", _("与现有客户疑似同一人，逐对交合规核对"), "1", str(second.merge_cases()))
    kept = "kept" if second.ciphertext(book=OWN) == known else "changed"
    yield Step("known", _("接收方原有客户的资料"), "kept", kept)


def _home_again(
    first: House, second: House, before: list[str], sealed: set[str], here: list[str]
) -> Iterator[Step]:
    """The values are what they were, nothing that seals them is, and what was here was not touched."""
    after = first.plaintext(book=RETURNED)
    lost = len(set(after) - set(before))
    yield Step("home-equal", _("往返之后的明文与出发时不同的客户"), "1", str(lost))
    fresh = set(first.ciphertext(book=RETURNED))
    common = len(fresh & (sealed | set(second.ciphertext())))
    yield Step("home-keys", _("往返之后与先前相同的密文或密钥"), "0", str(common))
    kept = "kept" if first.ciphertext(book=HERE) == here else "changed"
    yield Step("home-untouched", _("原先留存的副本"), "kept", kept)
    first.open_transfer(side="seller", book=HERE)
    again = first.choose()["moving"]
    yield Step("once-only", _("再转一次原账册：可转的只有当初留下的客户"), "1", str(again))


_FOUND: Final[Mapping[str, Any]] = {
    "again": gettext_lazy("拒收：已收过"),
    "apart": gettext_lazy("各有各的指纹"),
    "certificate": gettext_lazy("已销毁，有证明"),
    "changed": gettext_lazy("被改动"),
    "different": gettext_lazy("不同"),
    "done": gettext_lazy("完成"),
    "equal": gettext_lazy("相同"),
    "kept": gettext_lazy("未改动"),
    "killed": gettext_lazy("进程被杀"),
    "named": gettext_lazy("指名报告"),
    "none": gettext_lazy("无一破坏"),
    "not-a-package": gettext_lazy("拒收：不是完整的移交包"),
    "not-named": gettext_lazy("没有发现"),
    "not-reconciled": gettext_lazy("拒绝：有差异"),
    "nothing": gettext_lazy("没有"),
    "one-each": gettext_lazy("恰有一家"),
    "read": gettext_lazy("可读"),
    "refused": gettext_lazy("拒绝"),
    "signature": gettext_lazy("拒收：签名不符"),
    "something": gettext_lazy("还有"),
    "unknown-sender": gettext_lazy("拒收：没有这笔转让"),
    "whole": gettext_lazy("完整"),
}


def as_table(drill: Drill, console: Console) -> None:
    heading = _("演练用自造的两家机构与客户，各有数据库、密钥环与人员；真正的数据没有动用。")
    steps.as_table(drill, console, heading=heading, words=_words)


def _words(found: str) -> str:
    """A count is said as it is."""
    return str(_FOUND.get(found, found))
