"""The drill of a malicious database administrator: every attack on a copy of its own, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import track

from access import actors, gate, scopes
from access.actions import Action
from access.querylog import writer
from access.verification import run
from access.verification.run import Start
from access.verification.walk import Fault
from access.vocabulary import Channel
from custodian import keys
from custodian.drills import scratch, transfer
from custodian.drills.attacks import ATTACKS, Attack
from custodian.drills.copy import Copy, Original, copy, original
from custodian.drills.scratch import Impossible, Scratch

ENTRIES, LEAST = 3_000, 560  # of a log that is written for the drill; it must fill two tiles
OWN = 720  # of the drill's own, at the end of a copied one
MOST = 20_000  # of a log that is copied; a longer one takes long


@dataclass(frozen=True)
class Outcome:
    """What an attack did, and what showed it: the database alone, copies outside, the sequencer's start."""

    attack: Attack
    index: int
    alone: Fault | None
    outside: Sequence[Fault]
    start: str

    @property
    def first(self) -> Fault | None:
        """What names the first entry that is wrong."""
        return self.alone or min(self.outside, key=lambda fault: fault.index, default=None)

    @property
    def verdict(self) -> str:
        """`alone` or `outside`; `missed`, or `misplaced` at another entry, when the promise broke."""
        if self.first is None:
            return "missed"
        if self.first.index != self.index:
            return "misplaced"
        return "alone" if self.alone else "outside"

    @property
    def kept(self) -> bool:
        return self.verdict in ("alone", "outside")


@dataclass(frozen=True)
class Drill:
    """What was played, and on how many entries, `copied` of them this installation's."""

    outcomes: Sequence[Outcome]
    entries: int
    copied: int

    @property
    def kept(self) -> bool:
        return all(outcome.kept for outcome in self.outcomes)


def play(beside: Scratch, found: Original, attacks: Iterable[Attack]) -> Iterator[Outcome]:
    """Each attack on a copy of its own; before the first one, the untouched copy must be whole."""
    with scopes.acting(actors.system("verifier")):
        with copy(beside, found) as untouched:
            if run.verify(Start(), untouched.outside(copies=True)).faults:
                raise Impossible("not-whole")
        for attack in attacks:
            with copy(beside, found) as attacked:
                yield _outcome(attack, attacked)


def _outcome(attack: Attack, attacked: Copy) -> Outcome:
    index = attack.play(attacked)
    alone = run.verify(Start(), attacked.outside(copies=False)).first
    outside = run.compare(attacked.outside(copies=True))
    return Outcome(attack, index, alone, outside, attacked.refusal())


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--entries", type=int, help="write a log of so many entries instead / 另写一份这么长的日志"
    )


def drill(options: Mapping[str, Any], console: Console) -> Drill:
    """Play everything on a copy of this installation's log, or on one that is written for it."""
    if keys.sealed_because():
        raise Impossible("sealed")
    with scratch.opened(str(connection.settings_dict["NAME"])) as beside:
        size = transfer.size()
        copied = options["entries"] is None and 0 < size <= MOST
        if copied:
            _put_on_record()
        own = OWN if copied else max(options["entries"] or ENTRIES, LEAST)
        with original(beside, copied=copied, entries=own) as found:
            played = play(beside, found, ATTACKS)
            shown = track(
                played,
                _("演练"),
                len(ATTACKS),
                console=console,
                transient=True,
                disable=not console.is_terminal,
            )
            return Drill(list(shown), found.size, found.copied)


def _put_on_record() -> None:
    """Whoever copies the log, even for a drill, is in it."""
    actor = actors.system("verifier")
    with scopes.acting(actor):
        gate.permit(
            actor, Action.LOG_VERIFY, purpose="audit", channel=Channel.COMMAND,
            facts={"kind": "drill"},
        )  # fmt: skip
    writer.stop()
