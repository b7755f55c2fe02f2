"""`manage.py import_staff FILE`: what personnel knows of the staff, kept as fingerprints only."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access import actors, scopes
from access.models import User
from access.vocabulary import Channel
from records import staff_traces
from records.blind_indexes import ADDRESS
from records.staff_traces import EMAIL, ID_NUMBER, MOBILE

HEADS = {
    "staff_no": ("工号", "staff_no"),
    ID_NUMBER: ("证件号码", "身份证号", "id_number"),
    MOBILE: ("手机号码", "手机号", "手机", "mobile"),
    EMAIL: ("电子邮箱", "邮箱", "email"),
    ADDRESS: ("联系地址", "住址", "地址", "address"),
}


class Command(BaseCommand):
    help = "Note of whom the staff's own numbers, phones and homes are, so that audits see looks at kin"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="csv with 工号 and any of 证件号码 手机号码 邮箱 地址"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        kept, refused = 0, list[str]()
        people = {each.staff_no: each for each in User.objects.select_related("unit")}
        actor = actors.system("importer")
        with scopes.acting(actor):
            for line, row in _rows(path):
                user = people.get(row.get("staff_no", ""))
                if user is None:
                    refused.append(_("第 %(line)s 行：没有这个工号的人员") % {"line": line})
                    continue
                staff_traces.note(user, row, channel=Channel.COMMAND, actor=actor)
                kept += 1
        for each in refused:
            self.stderr.write(each)
        self.stdout.write(
            _("读入 %(rows)s = 保留 %(kept)s + 退回 %(refused)s")
            % {"rows": kept + len(refused), "kept": kept, "refused": len(refused)}
        )
        if refused:
            raise CommandError(_("有退回的行，请按工号核对后只补这些行"))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise CommandError(_("读不了这个文件：%(why)s") % {"why": error.strerror}) from None
    reader = csv.reader(text.splitlines())
    names = {head: code for code, heads in HEADS.items() for head in heads}
    columns = [names.get(head.strip(), "") for head in next(reader, [])]
    if "staff_no" not in columns:
        raise CommandError(_("表头里没有“工号”一列，请补上后再导入"))
    for line, row in enumerate(reader, 2):
        if any(cell.strip() for cell in row):
            said = zip(columns, row, strict=False)
            yield line, {code: cell.strip() for code, cell in said if code and cell.strip()}


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")
