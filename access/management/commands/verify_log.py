"""Verifies the query log, or a bundle of it; the exit code is 0 only if everything is whole."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access import actors, gate, scopes
from access.actions import Action
from access.models import Verification
from access.verification import jobs, run
from access.verification.words import sentence
from access.vocabulary import Channel
from custodian.tlog import verify as tlog_verify

CODES = {"whole": 0, "tampered": 1, "malformed": 2, "stale": 3}


class Command(BaseCommand):
    help = "Verify the query log / 核验查询日志"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bundle", type=Path, help="a bundle instead / 改为核验取证包")
        parser.add_argument(
            "--checkpoint", type=Path, help="a checkpoint you kept / 您保存的检查点"
        )
        parser.add_argument(
            "--incremental", action="store_true", help="only what is new / 只核验新增"
        )
        parser.add_argument(
            "--jobs", type=int, default=os.cpu_count() or 1, help="processes / 进程数"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        note = _read(options["checkpoint"])
        if options["bundle"]:
            self._bundle(options["bundle"], note, as_json=options["json"])
        self._log(note, options)

    def _bundle(self, path: Path, note: bytes | None, *, as_json: bool) -> None:
        policy = settings.CUSTODIAN_LOG_POLICY
        found = tlog_verify.verify(
            path, policy=policy.read_text("utf-8") if policy.exists() else None, prior=note
        )
        if as_json:
            body = {"state": found.state, "because": found.because, "index": found.index}
            self.stdout.write(json.dumps({**body, **found.facts}, ensure_ascii=False))
        else:
            self.stdout.write(tlog_verify.tell(found, tlog_verify.language()), ending="")
        sys.exit(CODES[found.state])

    def _log(self, note: bytes | None, options: dict[str, Any]) -> None:
        kind = Verification.Kind.INCREMENTAL if options["incremental"] else Verification.Kind.FULL
        actor = actors.system("verifier")
        with scopes.acting(actor):
            gate.permit(
                actor, Action.LOG_VERIFY, purpose="audit", channel=Channel.COMMAND,
                facts={"kind": kind.value},
            )  # fmt: skip
        row = jobs.carry_out(kind, outside=run.configured(note=note), jobs=max(options["jobs"], 1))
        if row is None:
            raise CommandError(_("另一次核验正在进行，请稍后再试。"))
        if options["json"]:
            self.stdout.write(json.dumps(_facts(row)))
        else:
            self.stdout.write(_told(row))
        sys.exit(0 if row.ok else 1)


def _facts(row: Verification) -> dict[str, Any]:
    return {
        "whole": row.ok,
        "since": row.since,
        "size": row.until,
        "index": row.first_bad,
        "because": row.because,
    }


def _told(row: Verification) -> str:
    if row.ok:
        words = _("完整：%(size)s 条已核验，自 #%(since)s 起。")
        return words % {"size": f"{row.until:,}", "since": f"{row.since:,}"}
    words = _("不完整：第一处在 #%(index)s，%(why)s（%(code)s）。")
    facts = {"index": f"{row.first_bad:,}", "why": sentence(row.because), "code": row.because}
    return words % facts


def _read(path: Path | None) -> bytes | None:
    try:
        return path.read_bytes() if path else None
    except OSError as error:
        raise CommandError(_("不能读取 %(path)s") % {"path": path}) from error
