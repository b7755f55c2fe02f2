"""Says who may have taken a list that got out, with the arithmetic; nothing of the file is kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from access import actors, scopes
from access.vocabulary import Channel
from custodian import clock
from incidents.tracing import telling, tracing
from records import leaked_files
from records.importing import report
from records.importing.readers import SourceRefused


class Command(BaseCommand):
    help = "Trace a leaked list to its likely sources / 为外泄的名单溯源"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="csv, txt, xlsx, parquet")
        parser.add_argument("--since", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--until", type=date.fromisoformat, help="YYYY-MM-DD, not included")
        parser.add_argument("--json", action="store_true", help="as JSON / JSON 格式")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = leaked_files.read(options["file"])
        except SourceRefused as refused:
            raise CommandError(report.refusal(refused.code, refused.row)) from None
        except OSError as error:
            raise CommandError(str(error.strerror)) from None
        actor = actors.system("tracer")
        trace = tracing.trace(
            written,
            channel=Channel.COMMAND,
            actor=actor,
            since=_midnight(options["since"]),
            until=_midnight(options["until"]),
        )
        with scopes.acting(actor):
            answer = telling.worded(telling.stored(trace))
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            _print(answer)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.OFFICE) if day else None


def _print(answer: Mapping[str, Any]) -> None:
    console = Console(soft_wrap=True)
    numbers = {name: f"{answer[name]:,}" for name in ("rows", "matched", "customers", "not_ours")}
    console.print(
        _("%(rows)s 行；%(matched)s 行是本公司客户（%(customers)s 人），%(not_ours)s 行不是")
        % numbers
    )
    if answer["dated_by"]:
        console.print(_dated(answer))
    for source in answer["sources"]:
        if "layout" in source:
            _print_layout(console, source)
    console.print(_table(answer))
    for each in answer["candidates"][:3]:
        console.print(each["operator"], style="bold")
        for one in each["because"]:
            console.print(f"  {_MARKS[one['speaks']]} {one['words']}")
    for pair in answer["together"]:
        console.print(_together(pair))
    console.print(answer["note"], style="bold")


def _print_layout(console: Console, source: Mapping[str, Any]) -> None:
    said = {"n": f"{source['rows']:,}", "all": source["compared"], "company": source["company"]}
    if "fit" not in source:
        console.print(_("不是本公司的 %(n)s 行：未知（比对了 %(all)s 个名单版式）") % said)
        return
    told = {**said, "word": source["word"]}
    console.print(_("不是本公司的 %(n)s 行：%(word)s“%(company)s”的名单") % told)
    for one in source["because"]:
        console.print(f"  {_MARKS[one['speaks']]} {one['words']}")


_MARKS = {1: "✓", 0: "–", -1: "✗"}


def _dated(answer: Mapping[str, Any]) -> str:
    return _(
        "由 %(n)s 人已变更的值推断：有的行在 %(after)s 之后取得，有的在 %(before)s 之前取得"
    ) % {
        "n": f"{answer['dated_by']:,}",
        "after": (answer["taken_after"] or "—")[:10],
        "before": (answer["taken_before"] or "—")[:10],
    }


def _table(answer: Mapping[str, Any]) -> Table:
    table = Table(title=_("最可能的来源（共比对 %(n)s 个）") % {"n": f"{answer['tried']:,}"})
    table.add_column(_("来源"))
    table.add_column(_("是谁"))
    for head in (_("看过"), _("其中在名单"), _("占名单"), _("随机期望"), _("倍数")):
        table.add_column(head, justify="right")
    table.add_column(_("证据"))
    for each in answer["candidates"]:
        table.add_row(
            str(telling.KINDS[each["kind"]]),
            each["operator"],
            f"{each['seen']:,}",
            f"{each['covered']:,}",
            f"{each['share']:.1%}",
            f"{each['expected']:,.1f}",
            f"{telling.number('lift', each['lift'])}×",
            str(telling.STRENGTHS[each["strength"]]),
        )
    return table


def _together(pair: Mapping[str, Any]) -> str:
    first, second = pair["operators"]
    return _(
        "%(first)s 与 %(second)s 合起来占名单 %(share)s（%(n)s 人），彼此重合 %(common)s 人"
    ) % {
        "first": first,
        "second": second,
        "share": f"{pair['share']:.1%}",
        "n": f"{pair['covered']:,}",
        "common": f"{pair['common']:,}",
    }
