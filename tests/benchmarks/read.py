"""The governed detail read beside the same view on plaintext, and beside a do-it-yourself stack."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from access.models import Entry
from tests.benchmarks import estate, load, premises, report, sealed, web
from tests.benchmarks.estate import Estate
from tests.benchmarks.load import Target

CLIENTS = (1, 8, 16)
GOAL_PLAIN, GOAL_DIY = 0.85, 1.5


@dataclass
class Rates:
    """Requests a second by stack and round, for one number of clients."""

    of: dict[str, list[float]] = field(default_factory=dict)
    p99: dict[str, list[float]] = field(default_factory=dict)

    def ratios(self, stack: str) -> list[float]:
        return [a / b for a, b in zip(self.of["governed"], self.of[stack], strict=True)]


def measure(built: Estate, *, var: Path, peers: bool, quick: bool) -> None:
    stacks = ["governed", "plain", *(["diy"] if peers else [])]
    for stack in stacks[1:]:
        estate.beside(f"bench_{stack}")
    file = var / "refs.txt"
    file.write_text("\n".join(built.refs))
    seconds, rounds = (2, 3) if quick else (3, 5)
    for threads in (4,) if quick else (4, 8):
        with (
            sealed.sequencing(premises.DATABASE, var=var),
            web.serving(stacks, threads=threads, logs=var) as ports,
        ):
            targets = {
                stack: Target(port, built.token, built.refs, file) for stack, port in ports.items()
            }
            _same_answer(targets)
            for each in targets.values():
                load.run(each, clients=8, seconds=2)  # every thread has its connection
            report.heading(f"read: gunicorn {web.WORKERS} × {threads} threads")
            for clients in CLIENTS:
                _tell(clients, _rounds(targets, clients, seconds, rounds))


def _rounds(targets: Mapping[str, Target], clients: int, seconds: int, rounds: int) -> Rates:
    rates = Rates()
    for number in range(rounds):
        before = _entries()
        order = list(targets) if number % 2 else list(reversed(targets))
        for stack in order:
            result = load.run(targets[stack], clients=clients, seconds=seconds)
            rates.of.setdefault(stack, []).append(result.rate)
            rates.p99.setdefault(stack, []).append(result.p99)
            if stack == "governed" and _entries() - before < result.answers:
                raise RuntimeError("an answer without its entry")
    return rates


def _tell(clients: int, rates: Rates) -> None:
    report.line(f"{clients} clients, requests/s min / median / max, p99 ms (median)")
    for stack, values in rates.of.items():
        p99 = sorted(rates.p99[stack])[len(values) // 2]
        report.line(f"  {stack:9} {report.spread(values, digits=0):20} {p99:6.1f}")
    _ratio(clients, "plain", rates.ratios("plain"), GOAL_PLAIN)
    if "diy" in rates.of:
        _ratio(clients, "diy", rates.ratios("diy"), GOAL_DIY)


def _ratio(clients: int, stack: str, ratios: Sequence[float], goal: float) -> None:
    counts = f"(goal ≥ {goal}: {report.verdict(ratios, goal=goal)})" if clients >= 8 else ""
    report.line(f"  governed ÷ {stack}: {report.spread(ratios)} {counts}")


def _entries() -> int:
    return Entry.objects.newest_index()


def _same_answer(targets: Mapping[str, Target]) -> None:
    """The stacks are compared only if they say the same of the same customer."""
    told = {}
    for stack, target in targets.items():
        request = urllib.request.Request(
            f"http://127.0.0.1:{target.port}/api/v1/customers/{target.refs[0]}?purpose=follow_up",
            headers={"Authorization": f"Bearer {target.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            said = json.load(answer)
        said["elements"].sort(key=lambda each: each["element"])
        told[stack] = {name: value for name, value in said.items() if name != "entry"}
    if any(each != told["governed"] for each in told.values()):
        raise RuntimeError(f"the stacks do not give the same answer: {told}")
