"""What became of every row, in words: for the command line, the page and machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from custodian.jobs import JobStatus
from records.identifiers.checked import known_problems
from records.importing import (  # noqa: F401  their problems have words here
    consent_rows,
    consenting,
    known,
    on_its_way,
    relations,
    work_rows,
    working,
)
from records.importing.readers import REFUSALS
from records.importing.targets import TARGETS
from records.models import ImportRun

if TYPE_CHECKING:
    from records.importing import engine
    from records.importing.runs import Recognised


@dataclass(frozen=True)
class Line:
    code: str
    words: str
    count: int


@dataclass(frozen=True)
class Report:
    """The account of one run: rows in = kept + unchanged + quarantined."""

    run: ImportRun
    reasons: Sequence[Line]
    warnings: Sequence[Line]
    skips: Sequence[Line] = ()

    @classmethod
    def of(cls, run: ImportRun) -> Report:
        ordered = sorted(run.skips.items(), key=lambda item: -item[1])
        skips = [Line("", reason, count) for reason, count in ordered]
        return cls(run, _lines(run.reasons), _lines(run.warnings), skips)

    @property
    def seconds(self) -> float:
        if not (self.run.started_at and self.run.finished_at):
            return 0.0
        return float((self.run.finished_at - self.run.started_at).total_seconds())

    @property
    def verdict(self) -> str:
        """One sentence on how the run ended."""
        run = self.run
        if run.status == JobStatus.REFUSED:
            return refusal(run.note, None)
        if run.status != JobStatus.DONE:
            return _("导入中断，可续作")
        if not run.rows_in:
            return _("文件中没有可读取的行")
        return _("试运行完成，没有改动任何数据") if run.dry_run else _("导入完成")

    def as_data(self) -> dict[str, Any]:
        run = self.run
        return {
            "run": str(run.ref),
            "book": run.book.code,
            "status": run.status,
            "note": run.note,
            "dry_run": run.dry_run,
            "rows_in": run.rows_in,
            "kept": run.kept,
            "unchanged": run.unchanged,
            "quarantined": run.quarantined,
            "skipped": run.skipped,
            "skips": run.skips,
            "sources": run.sources,
            "reasons": run.reasons,
            "warnings": run.warnings,
            "seconds": round(self.seconds, 1),
        }


def words_of(code: str) -> str:
    """The sentence of a stored reason."""
    found = next((problem for problem in known_problems() if problem.code == code), None)
    return str(found.message) if found else code


def refusal(code: str, row: int | None) -> str:
    if code == "not-allowed":
        return _("提交人已不能导入，请由在岗的合规官重新提交")
    if code == "mapping-invalid":
        return _("对应关系与文件不符，请核对列名")
    if code == "no-unit":
        return _("没有任何机构，请先建立机构")
    message = str(REFUSALS.get(code, REFUSALS["unreadable"]))
    return _("第 %(row)s 行：%(message)s") % {"row": row, "message": message} if row else message


def columns(console: Console, found: Sequence[Recognised]) -> None:
    """The columns as they were recognised, for a person to confirm."""
    for each in found:
        table = Table(
            title=f"{each.file} · {each.sheet.name}", box=box.SIMPLE, title_justify="left"
        )
        for heading in (_("列名"), _("对应"), _("把握"), _("判断依据")):
            table.add_column(heading)
        for guess in each.guesses:
            target = str(TARGETS[guess.target].label) if guess.target else "—"
            share = f"{guess.confidence:.0%}" if guess.target else ""
            table.add_row(guess.header, target, share, str(guess.because))
        console.print(table)


def show(console: Console, report: Report) -> None:
    run = report.run
    text = _("读入 %(rows_in)s = 保留 %(kept)s + 未变 %(unchanged)s + 隔离 %(quarantined)s")
    if run.skipped:
        text = _(
            "读入 %(rows_in)s = 保留 %(kept)s + 未变 %(unchanged)s + 隔离 %(quarantined)s"
            " + 按规则略过 %(skipped)s"
        )
    console.print(
        text
        % {
            "skipped": f"{run.skipped:,}",
            "rows_in": f"{run.rows_in:,}",
            "kept": f"{run.kept:,}",
            "unchanged": f"{run.unchanged:,}",
            "quarantined": f"{run.quarantined:,}",
        },
        highlight=False,
    )
    parts = (
        (_("隔离原因"), report.reasons),
        (_("按规则略过"), report.skips),
        (_("提示"), report.warnings),
    )
    for heading, lines in parts:
        if lines:
            console.print(f"{heading}:")
        for line in lines:
            code = f" [{line.code}]" if line.code else ""
            console.print(f"  {line.count:>9,}  {line.words}{code}", markup=False, highlight=False)
    if report.seconds and run.rows_in:
        console.print(
            _("用时 %(seconds)s 秒，每秒 %(rate)s 行")
            % {"seconds": f"{report.seconds:.1f}", "rate": f"{run.rows_in / report.seconds:,.0f}"},
            highlight=False,
        )
    console.print(report.verdict)


@contextmanager
def progress(console: Console, *, quiet: bool) -> Iterator[engine.Progress]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
    )
    task = bar.add_task(_("导入"), total=None)
    with bar:
        yield lambda run: bar.update(task, completed=run.done, total=run.total)


def _lines(counts: Mapping[str, int]) -> list[Line]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Line(code, words_of(code), count) for code, count in ordered]
