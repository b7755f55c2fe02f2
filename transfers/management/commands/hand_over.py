"""Makes the package that two officers approved, or goes on with it, and copies it to where it is taken."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from transfers import finding
from transfers.handing_over import building
from transfers.models import HandOver, Transfer
from transfers.packages import shelf


class Command(BaseCommand):
    help = "Make the package of a transfer / 打包移交的账册"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transfer", help="T-2026-001")
        parser.add_argument("--out", type=Path, required=True, help="file or folder / 文件或目录")

    def handle(self, *args: Any, **options: Any) -> None:
        transfer = finding.transfer(options["transfer"], side=Transfer.Side.SELLER)
        job = transfer.hand_overs.order_by("-number").first()
        if job is None:
            raise CommandError(_("还没有经批准的移交包，请先在转让看板提交并复核。"))
        try:
            made = job if job.status == JobStatus.DONE else building.work(job.pk, on_progress=_tell)
        except IllegalMove:
            raise CommandError(_("另一个进程正在打包，请稍后再取。")) from None
        except CustodianError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_hand_out(made, options["out"]))


def _tell(job: HandOver) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{job.done}/{job.total}")
        sys.stderr.flush()


def _hand_out(job: HandOver, out: Path) -> str:
    """Never over another file; whole, or not at all."""
    source = shelf.path_of(shelf.OUT, job.ref)
    target = out / f"{job.transfer.code}-{job.number}.book" if out.is_dir() else out
    fresh = target.with_name(f".{target.name}.fresh")
    if not source.exists():
        raise CommandError(_("移交包已按期清除，请提交补发。"))
    try:
        shutil.copyfile(source, fresh)
        fresh.chmod(0o600)
        target.hardlink_to(fresh)
    except FileExistsError:
        raise CommandError(_("%(path)s 已存在，没有覆盖") % {"path": target}) from None
    except OSError as error:
        raise CommandError(_("无法写入 %(path)s") % {"path": target}) from error
    finally:
        fresh.unlink(missing_ok=True)
    said = {"path": target, "n": (job.manifest or {}).get("records", 0), "root": job.root}
    return _("移交包 %(path)s：%(n)s 名客户，根值 %(root)s") % said
