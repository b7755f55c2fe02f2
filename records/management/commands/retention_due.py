"""Says what is due on a day: customers' holdings as they would be proposed, and the house's own records."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from access import actors, scopes
from custodian import clock
from records.destruction import batches, foreseeing, printing
from records.destruction.foreseeing import Foreseen
from records.retention import own_records
from records.retention.own_records import Row


class Command(BaseCommand):
    help = "Say what is due for destruction; nothing is changed / 列出到期资料，不作任何改动"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=_day, metavar="DATE", help="2026-11-30; today / 默认今天")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["at"] or clock.local().date()
        found = foreseeing.foresee(on=day)
        with scopes.acting(actors.system("keeper")):
            own = own_records.table(day)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(found, own), ensure_ascii=False, indent=1))
            return
        for line in (*_customers(found), "", *_own(own)):
            self.stdout.write(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("请写成 2026-11-01 的样子")) from None


def _facts(found: Foreseen, own: Sequence[Row]) -> dict[str, Any]:
    pairs = sorted({*found.planned, *found.held})
    return {
        "date": found.day.isoformat(),
        "customers": {
            "holdings": found.planned.total(),
            "customers": found.customers,
            "held": found.held.total(),
            "elsewhere": found.elsewhere,
            "excluded": found.excluded,
            "digest": found.digest,
            "by": [
                {
                    "kind": kind,
                    "rule": rule,
                    "holdings": found.planned[kind, rule],
                    "held": found.held[kind, rule],
                }
                for kind, rule in pairs
            ],
        },
        "own": [_row(each) for each in own],
    }


def _row(row: Row) -> Mapping[str, Any]:
    rule = row.rule
    return {
        "kind": row.kind,
        "rule": rule.code if rule else None,
        "period": str(rule.period) if rule else None,
        "clause": rule.clause if rule else None,
        "mark": rule.mark if rule else None,
        "count": row.count,
        "due": row.over,
        "waiting": row.waiting,
        "oldest": row.oldest.isoformat() if row.oldest else None,
        "keeps_from": row.before.isoformat() if row.before else None,
    }


def _customers(found: Foreseen) -> list[str]:
    labels = dict(batches.KINDS)
    lines = [
        _("%(day)s 到期：%(customers)s 名客户的 %(holdings)s 份资料")
        % {
            "day": found.day,
            "customers": f"{found.customers:,}",
            "holdings": f"{found.planned.total():,}",
        }
    ]
    for kind, rule in sorted({*found.planned, *found.held}):
        lines.append(
            "  "
            + _("%(kind)s · %(rule)s：%(holdings)s，另有法律保留 %(held)s")
            % {
                "kind": labels.get(kind, kind),
                "rule": printing.rule_words(rule),
                "holdings": f"{found.planned[kind, rule]:,}",
                "held": f"{found.held[kind, rule]:,}",
            }
        )
    if found.elsewhere or found.excluded:
        lines.append(
            "  "
            + _("已在其他批次 %(elsewhere)s，已排除 %(excluded)s")
            % {"elsewhere": f"{found.elsewhere:,}", "excluded": f"{found.excluded:,}"}
        )
    return [*lines, _("内容指纹 %(digest)s") % {"digest": found.digest}]


def _own(own: Sequence[Row]) -> list[str]:
    lines = [_("本机构记录（到期 / 全部）：")]
    for row in own:
        term = f"{row.rule.code} {row.rule.period}" if row.rule else _("不删除")
        lines.append(f"  {row.label} · {term}: {row.over:,} / {row.count:,}")
    return lines
