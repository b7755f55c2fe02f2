"""Carries out an approved batch of destruction in this process, or goes on with one that was broken off."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from access import actors, scopes
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove
from records.destruction import executing, tombstones
from records.models import DestructionBatch

LANGUAGES = ("zh-hans", "en")


class Command(BaseCommand):
    help = "Carry out an approved batch of destruction / 执行已批准的销毁批次"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", metavar="CODE", help="D-2026-001")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["batch"].upper()
        with scopes.acting(actors.system("destroyer")):
            batch = DestructionBatch.objects.filter(code=code).first()
            if batch is not None:
                executing.retry(batch)
        if batch is None:
            raise CommandError(_both(gettext_noop("没有这个销毁批次：%(code)s"), code=code))
        try:
            done = executing.work(batch.pk, on_progress=self._tell)
        except IllegalMove as error:
            raise CommandError(
                _both(gettext_noop("批次正由另一进程执行，或已由合规官暂停：%(code)s"), code=code)
            ) from error
        except CustodianError as error:
            raise CommandError(_said(error)) from error
        self._end(done)

    def _tell(self, done: int, total: int) -> None:
        words = _("已处理 %(done)s / %(total)s") % {"done": f"{done:,}", "total": f"{total:,}"}
        self.stdout.write(words)
        self.stdout.flush()

    def _end(self, batch: DestructionBatch) -> None:
        digest = hashlib.sha256(bytes(batch.certificate)).hexdigest()
        self.stdout.write(_("批次 %(code)s 已完成并出具凭证。") % {"code": batch.code})
        self.stdout.write(_("凭证：合规后台“销毁批次”中的 %(code)s") % {"code": batch.code})
        self.stdout.write(f"SHA-256 {digest}")
        self.stdout.write(_("销毁标记：%(folder)s") % {"folder": tombstones.folder()})
        if residues := batch.scan.get("residues", []):
            self.stdout.write(_("仍有残留 %(found)s 处，见凭证") % {"found": len(residues)})


def _both(text: str, **facts: str) -> str:
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(_(text) % facts)
    return " / ".join(said)


def _said(error: CustodianError) -> str:
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(str(error.message))
    return f"{' / '.join(said)} ({error.code})"
