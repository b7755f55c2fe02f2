"""Says which export a file that got out was made from, with the evidence, or that it is none of them."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console

from access import actors, scopes
from access.exports import register
from access.exports.recognising import Candidate
from access.exports.register import Answer
from access.models import Export
from records import leaked_files
from records.importing import report
from records.importing.readers import SourceRefused

SHOWN = 5


class Command(BaseCommand):
    help = "Recognise a leaked export / 比对外泄的导出文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="csv, xlsx, parquet")
        parser.add_argument("--json", action="store_true", help="as JSON / JSON 格式")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 when it names an export, 1 when it names none."""
        actor = actors.system("exporter")
        try:
            written = leaked_files.read(options["file"])
        except SourceRefused as refused:
            raise CommandError(report.refusal(refused.code, refused.row)) from None
        except OSError as error:
            raise CommandError(str(error.strerror)) from None
        with scopes.acting(actor):
            answer = register.recognise(written, builder="customers", actor=actor)
            shown = [(each, _export(each.code)) for each in answer.candidates[:SHOWN]]
            if options["json"]:
                self.stdout.write(json.dumps(_told(answer, shown), ensure_ascii=False, indent=1))
            else:
                _print(answer, shown)
        sys.exit(0 if answer.named else 1)


Shown = list[tuple[Candidate, Export]]


def _export(code: str) -> Export:
    found: Export = Export.objects.select_related("requested_by", "recipient").get(code=code)
    return found


def _told(answer: Answer, shown: Shown) -> dict[str, Any]:
    return {
        "rows": answer.rows,
        "customers": answer.customers,
        "tried": answer.tried,
        "verdict": [each.code for each in answer.named] or "unknown",
        "candidates": [
            {
                "export": each.code,
                "recipient": export.recipient_words,
                "requested_by": export.requested_by.staff_no,
                "rows": each.rows,
                "chance": each.chance,
                "named": each.named,
                "pairs_in_order": each.agreeing,
                "honey": each.canaries,
                "honey_of_others": each.foreign,
                "evidence": dict(each.evidence),
            }
            for each, export in shown
        ],
    }


def _print(answer: Answer, shown: Shown) -> None:
    console = Console(soft_wrap=True)
    console.print(
        _("%(rows)s 行，认出 %(n)s 名客户；比对了 %(tried)s 次导出")
        % {"rows": f"{answer.rows:,}", "n": f"{answer.customers:,}", "tried": answer.tried}
    )
    if answer.named:
        codes = _("、").join(each.code for each in answer.named)
        console.print(_("结论：来自 %(codes)s") % {"codes": codes}, style="bold")
    else:
        console.print(_("结论：未知，与任何一次导出都不足以吻合"), style="bold")
    for each, export in shown:
        console.print(
            _("%(code)s · 接收人 %(who)s · 其中 %(rows)s 行 · 出于巧合的机会 %(chance)s")
            % {
                "code": each.code,
                "who": export.recipient_words,
                "rows": f"{each.rows:,}",
                "chance": _chance(each.chance),
            }
        )
        console.print("    " + _evidence(each))


def _evidence(candidate: Candidate) -> str:
    """Each kind of evidence, and the chance of that alone."""
    alone = {kind: _chance(chance) for kind, chance in candidate.evidence.items()}
    pairs = "—" if candidate.agreeing is None else f"{candidate.agreeing:.0%}"
    parts = [
        _("行序吻合 %(share)s（%(chance)s）") % {"share": pairs, "chance": alone["order"]},
        _("诱饵客户 %(n)s 名（%(chance)s）")
        % {"n": candidate.canaries, "chance": alone["canaries"]},
        _("引号（%(chance)s）") % {"chance": alone["quotes"]},
        _("写法（%(chance)s）") % {"chance": alone["writing"]},
    ]
    if candidate.foreign:
        parts.append(_("另有 %(n)s 名诱饵客户不在其中") % {"n": candidate.foreign})
    return _("，").join(parts)


def _chance(chance: float) -> str:
    return f"{chance:.3f}" if chance >= 0.001 else f"{chance:.0e}"
