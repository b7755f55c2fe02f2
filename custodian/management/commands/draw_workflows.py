"""Draws every lifecycle of the house from its table, as docs/workflows.md has them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from custodian.workflow import Workflow

HEAD: Final = """# Lifecycles

Drawn from the tables that the code goes by (`manage.py draw_workflows --write`).
A move that is not in a table is refused, and a page that asks for it answers 409.
"""
# What has no lifecycles and does things when it is read.
APART: Final = frozenset({"migrations", "management", "demo", "drills", "settings"})
PAGE: Final = "docs/workflows.md"


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"write {PAGE}")

    def handle(self, *args: Any, **options: Any) -> None:
        text = page()
        if options["write"]:
            (Path(settings.BASE_DIR) / PAGE).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")


def page() -> str:
    parts = [HEAD]
    of_app = ""
    for place, name, flow, says in workflows():
        app = place.partition(".")[0]
        if app != of_app:
            of_app = app
            parts.append(f"## {app}\n")
        parts.append(f"### `{place}.{name}`\n\n{says}\n\n{drawn(flow)}")
    return "\n".join(parts)


def workflows() -> Iterator[tuple[str, str, Workflow, str]]:
    """Module, name, table, and what the module says of itself, in the order of the house."""
    for app in ("custodian", "access", "records", "transfers", "incidents"):
        for place in sorted(_modules(app)):
            module = import_module(place)
            for name, found in sorted(vars(module).items()):
                if isinstance(found, Workflow) and _is_made_in(module, name):
                    says = (module.__doc__ or "").strip().partition("\n")[0]
                    yield place, name, found, says


def _modules(app: str) -> Iterator[str]:
    root = Path(apps.get_app_config(app).path)
    for found in pkgutil.walk_packages([str(root)], f"{app}."):
        if not APART & set(found.name.split(".")):
            yield found.name


def _is_made_in(module: Any, name: str) -> bool:
    """Not only taken over from another module."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    return f"\n{name} = Workflow(" in source or f"\n{name}: Final = Workflow(" in source


def drawn(flow: Workflow) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    targets = {move.target for move in flow.moves.values()}
    sources = {each for move in flow.moves.values() for each in move.sources}
    lines += [f"    [*] --> {_state(each)}" for each in sorted(sources - targets)]
    for name, move in flow.moves.items():
        lines += [
            f"    {_state(each)} --> {_state(move.target)}: {name}" for each in sorted(move.sources)
        ]
    lines += [f"    {_state(each)} --> [*]" for each in sorted(targets - sources)]
    return "\n".join([*lines, "```", ""])


def _state(name: str) -> str:
    return name.replace("-", "_") or "none"
