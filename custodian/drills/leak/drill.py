"""Plays the sale of customer lists on a throw-away insurer, and tells who is named for each list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandParser
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from access import actors
from access.vocabulary import Channel
from custodian.drills import cast, scratch, steps
from custodian.drills.house import installed
from custodian.drills.leak import world as worlds
from custodian.drills.leak.world import World, values_of
from custodian.drills.steps import Drill, Step
from incidents.tracing import looks, tracing
from incidents.tracing.tracing import Trace
from incidents.tracing.weighing import Strength
from records import leaked_files

CUSTOMERS, SEED, EACH, CONTROLS = 2_000, 7, 120, 20
FOUND, NOBODY, NOTHING = "found", "nobody-strong", "nothing"
MOBILE, NAME, BORN = "identity.mobile", "identity.name", "identity.birth_date"


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seed", type=int, default=SEED)


def drill(options: Mapping[str, Any], console: Console) -> Drill:
    done = []
    name = str(connection.settings_dict["NAME"])
    with scratch.opened(name) as beside, installed(beside) as premises:
        world = worlds.populate(
            premises.folder, customers=options["customers"], seed=options["seed"]
        )
        world.work()
        for step in play(world):
            done.append(step)
            console.print(f"  {step.does} … {_words(step.found)}", style="dim")
    return Drill(done)


def play(world: World) -> Iterator[Step]:
    """Every list in its turn."""
    sold = world.steal(number=2, each=min(EACH, len(world.customers) // 10))
    world.live()
    cast.seal_log()
    yield from _sold(world, sold)
    yield from _others(world)
    yield Step("kept", gettext_lazy("磁盘上找名单里的号码"), NOTHING, _left(world, sold))


def _sold(world: World, sold: Sequence[Sequence[int]]) -> Iterator[Step]:
    """The same two sales, as they might turn up."""
    both = [number for each in sold for number in each]
    mobiles: list[worlds.Row] = [(values_of(n)[NAME], values_of(n)[MOBILE]) for n in both]
    births: list[worlds.Row] = [(values_of(n)[NAME], values_of(n)[BORN]) for n in both]
    kinds: Mapping[str, tuple[Any, list[worlds.Row]]] = {
        "mobiles": (gettext_lazy("姓名与手机"), mobiles),
        "no-headings": (gettext_lazy("只有手机，没有表头"), [(each[1],) for each in mobiles]),
        "births": (gettext_lazy("姓名与出生日期"), births),
        "noise": (
            gettext_lazy("混入同样多的外人"), [*mobiles, *world.strangers(len(mobiles))],
        ),
        "part": (gettext_lazy("只流出三成"), mobiles[::3]),
    }  # fmt: skip
    for name, (words, rows) in kinds.items():
        trace = _trace(world.list_of(f"{name}.csv", rows))
        yield Step(name, words, FOUND, _insiders(world, trace))
    trace = _trace(world.list_of("pair.csv", mobiles))
    named = {each.source.ref for pair in trace.together[:1] for each in (pair.first, pair.second)}
    refs = {str(each.pk) for each in world.insiders}
    yield Step("pair", gettext_lazy("两人合起来"), FOUND, FOUND if named == refs else "not-found")


def _others(world: World) -> Iterator[Step]:
    """Lists that nobody's looks made."""
    strong = 0
    for number in range(CONTROLS):
        chosen = world.dice.sample(range(len(world.customers)), len(world.customers) // 10)
        rows = [(values_of(n)[NAME], values_of(n)[MOBILE]) for n in chosen]
        trace = _trace(world.list_of(f"control-{number}.csv", rows))
        strong += any(each.strength is Strength.STRONG for each in trace.candidates)
    found = NOBODY if not strong else f"{strong}-strong"
    yield Step("controls", gettext_lazy("二十份没人看过的名单"), NOBODY, found)
    trace = _trace(world.list_of("strangers.csv", world.strangers(300)))
    matched = NOTHING if not trace.the_list.matched and not trace.candidates else "matched"
    yield Step("strangers", gettext_lazy("别家公司的名单"), NOTHING, matched)
    rows = [(values_of(n)[NAME], values_of(n)[MOBILE]) for n in range(50)]
    path = world.list_of("before.csv", rows)
    written = leaked_files.read(path)
    trace = tracing.trace(
        written, channel=Channel.COMMAND, actor=actors.system("tracer"), until=world.begin
    )
    found = NOTHING if not trace.candidates else "matched"
    yield Step("before", gettext_lazy("查看都在期限之后"), NOTHING, found)


def _trace(path: Path) -> Trace:
    written = leaked_files.read(path)
    return tracing.trace(written, channel=Channel.COMMAND, actor=actors.system("tracer"))


def _insiders(world: World, trace: Trace) -> str:
    """All of them first, and all of them strong."""
    first = trace.candidates[: len(world.insiders)]
    named = {each.source.ref for each in first if each.source.kind == looks.OPERATOR}
    strong = all(each.strength is Strength.STRONG for each in first)
    if named != {str(each.pk) for each in world.insiders}:
        return "not-found"
    return FOUND if strong else "found-not-strong"


def _left(world: World, sold: Sequence[Sequence[int]]) -> str:
    """Whether a mobile of the lists lies anywhere in the house, but in the drill's own lists."""
    wanted = [values_of(n)[MOBILE].encode() for each in sold for n in each[:20]]
    mine = world.folder / "elsewhere"
    for path in world.folder.rglob("*"):
        if path.is_file() and mine not in path.parents:
            content = path.read_bytes()
            if any(each in content for each in wanted):
                return "plaintext"
    return NOTHING


_FOUND: Final[Mapping[str, Promise | str]] = {
    FOUND: gettext_lazy("内部人员排在最前，证据强"),
    "found-not-strong": gettext_lazy("排在最前，证据不强"),
    "not-found": gettext_lazy("没有找到"),
    NOBODY: gettext_lazy("没有人被判为强"),
    NOTHING: gettext_lazy("什么也没有"),
    "matched": gettext_lazy("有人被列出"),
    "plaintext": gettext_lazy("有明文"),
}


def _words(found: str) -> str:
    return str(_FOUND.get(found, found))


def as_table(played: Drill, console: Console) -> None:
    heading = _("演练用自造的数据库、密钥、人员与客户；真正的数据库与密钥没有动用。")
    steps.as_table(played, console, heading=heading, words=_words)
