"""Builds the demo insurer once: its files, its people, the import of its books, and a month of looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from access import actors, keystore, scopes
from access.bundles import dictionary
from access.models import Entry, Installation, Outbox, Unit, User
from access.querylog import sealing, writer
from access.sequencer.process import PERIOD, Sequencer
from custodian import clock, embedded
from custodian.demo import (
    assessments,
    audits,
    cast,
    claims,
    consents,
    copies,
    corrections,
    diary,
    foreign_list,
    fraud,
    history,
    holds,
    insurer,
    keeping,
    leak,
    letters,
    notices,
    outside,
    partners,
    portal,
    products,
    recertification,
    reference,
    requests,
    risks,
    sanctions,
    supervision,
    traffic,
    training,
    transfers,
    work,
)
from custodian.demo.insurer import Manifest
from custodian.demo.moving import other_house
from custodian.demo.moving.books import Books
from custodian.demo.officers import Officers
from custodian.demo.traffic import PlannedLook
from custodian.demo.work import Task
from custodian.drills.handover.houses import House
from custodian.tlog import log_key
from records.importing import runs
from records.models import Book, ImportRun

SEED = 20260101
MONTH = timedelta(days=30)
PATIENCE = (600, 600)  # seconds, for reveals and for everything


class NotADemo(Exception):
    """The database holds something that no demo put there; it stays as it is."""


def ensure(*, customers: int, console: Console) -> None:
    """Build the demo unless it stands already; one that was broken off is built anew.

    Raises `NotADemo` when the database belongs to somebody else.
    """
    if Installation.objects.filter(demo=True).exists():
        return
    if Entry.objects.filter(act=history.BEGIN).exists():
        _begin_anew(console)
    elif User.objects.exists() or Unit.objects.exists():
        raise NotADemo
    with scopes.acting(actors.system("demo")):
        _build(customers, console)


def _begin_anew(console: Console) -> None:
    console.print(_("上次未建完，重新建立 / The last build was broken off; beginning anew"))
    services = embedded.active()
    if services is None or services.postgres is None:
        raise NotADemo
    writer.stop()
    connection.close()
    services.postgres.renew()
    keystore.forget()
    outside.forget()
    outside.prepare()
    call_command("migrate", verbosity=0, interactive=False)


def _build(customers: int, console: Console) -> None:
    with other_house.standing() as buyer:
        _live_in(customers, console, buyer)


def _live_in(customers: int, console: Console, buyer: House) -> None:
    now = clock.now()
    begin = (now - MONTH).replace(hour=0, minute=0, second=0, microsecond=0)
    with _step(console, _("写出演示公司的表格文件 / Writing the insurer's files")):
        manifest = insurer.write(
            settings.VAR / "demo-files",
            customers=customers,
            seed=SEED,
            today=clock.local(begin).date(),
        )
    with clock.at(begin):
        history.begin()
    with _sealing(begin) as seal:
        folder = settings.VAR / "demo-files"
        with clock.at(begin):
            with _step(console, _("建立机构、人员与险种 / Units, people and products")):
                book = reference.register(manifest)
                people = cast.create(manifest)
                training.learn(people, begin=begin, now=now)
            _import(manifest, book, console, seal)
            with _step(console, _("指派客户 / Assigning customers")):
                _assign(folder, manifest, book, people, today=clock.local(now).date())
            with _step(console, _("另两本账册的文件 / The files of two more books")):
                moving = Books(people, begin, manifest=manifest, folder=folder, buyer=buyer)
            seal()
            looks = _planned(
                manifest, people, (begin + timedelta(hours=6), now - timedelta(minutes=5))
            )
            staff = cast.staff(people)
            _import_work(work.plan(looks, manifest.facts, staff, now=now, seed=SEED), book, console)
            seal()
        reviews = recertification.Recertifications(people, begin)
        kept = keeping.Keeping(people, begin, seal)
        cases = claims.Claims(people, begin, seal)
        suspected = fraud.Fraud(people, begin, seal)
        hers = _hers(manifest, book)
        told = notices.Notices(people, begin, hers.get("customer.mobile"))
        sold = transfers.Transfers(people, begin)
        others = partners.Partners(people, begin, seal)
        moved = letters.Letters(people, begin, hers)
        weighed, duties = risks.Risks(people, begin), _duties(people, begin, seal)
        plans = (
            reviews,
            kept,
            cases,
            told,
            sold,
            others,
            moved,
            moving,
            suspected,
            weighed,
            *duties,
        )
        steps = (each.steps for each in plans)
        month_of = diary.Diary(*steps, seal=seal)
        _live(looks, _customers(manifest, book), people, console, seal, between=month_of.turn)
        _watch(people, sold, moving)
        _agree(manifest, book, hers, console)
        _ask(people, hers, others, seal)
        with _step(console, _("核算保存期限 / Reckoning how long everything is kept")):
            kept.end()
        cases.end()
        _end(duties, seal)
        _trace(people, folder)
        _weigh(weighed, seal)
        writer.stop()
    # Last, so that a build that was broken off is known by its absence.
    Installation.objects.create(demo=True, begun_at=begin)


def _assign(
    folder: Path, manifest: Manifest, book: Book, people: dict[str, User], *, today: date
) -> None:
    reference.assign(folder, manifest, book=book, people=people)
    reference.know_staff(folder)
    reference.single_out(manifest, book=book, today=today)
    cast.add_customers(portal.find(manifest, book=book))


def _trace(people: dict[str, User], folder: Path) -> None:
    """The list for sale is traced, and who sold it is called to account; another list is not ours."""
    officers = Officers(people)
    sanctions.begin(officers, people, leak.trace(officers, people, folder))
    foreign_list.trace(officers)


def _weigh(weighed: risks.Risks, seal: Callable[[], None]) -> None:
    seal()
    weighed.end()
    seal()


Duties = tuple[assessments.Assessments, products.Products]


def _duties(people: dict[str, User], begin: datetime, seal: Callable[[], None]) -> Duties:
    return assessments.Assessments(people, begin, seal), products.Products(people, begin, seal)


def _end(duties: Duties, seal: Callable[[], None]) -> None:
    for each in duties:
        each.end()
    audits.end(seal)


def _hers(manifest: Manifest, book: Book) -> dict[str, Any]:
    return {name: her for name, her, _number in portal.who(manifest, book)}


def _watch(people: dict[str, User], sold: transfers.Transfers, moving: Books) -> None:
    supervision.begin(people)
    sold.end()
    moving.end()
    holds.begin(people)


def _agree(manifest: Manifest, book: Book, hers: dict[str, Any], console: Console) -> None:
    with _step(console, _("导入同意记录 / Importing what customers agreed to")):
        brought = consents.bring(manifest, book, settings.VAR / "demo-files")
    _account(brought, console)
    consents.begin(hers)


def _ask(
    people: dict[str, User],
    hers: dict[str, Any],
    others: partners.Partners,
    seal: Callable[[], None],
) -> None:
    requests.begin(people, hers)
    copies.begin(people, hers, seal)
    others.begin(hers)
    corrections.begin(people, hers)
    others.tell()


def _import(manifest: Manifest, book: Book, console: Console, seal: Callable[[], None]) -> None:
    folder = settings.VAR / "demo-files"
    total = sum(manifest.rows(kind) for kind in ("customers", "policies", "claims"))
    with _bar(console) as bar:
        task = bar.add_task(_("导入 / Importing"), total=total)

        def told(run: ImportRun) -> None:
            bar.update(task, completed=run.done)
            seal()

        run = runs.run_files(
            [folder / name for name in manifest.importable],
            book=book,
            actor=actors.system("importer"),
            on_progress=told,
        )
    _account(run, console)


def _import_work(tasks: list[Task], book: Book, console: Console) -> None:
    """The reasons for the looks, as the other systems tell them: before anybody looks."""
    with _step(console, _("导入工作事项 / Importing the work behind the looks")):
        path = work.write(settings.VAR / "demo-files", tasks)
        run = runs.run_files([path], book=book, actor=actors.system("importer"))
    _account(run, console)


def _account(run: ImportRun, console: Console) -> None:
    console.print(
        _("  读入 %(rows)s = 保留 %(kept)s + 未变 %(same)s + 隔离 %(aside)s")
        % {"rows": run.rows_in, "kept": run.kept, "same": run.unchanged, "aside": run.quarantined}
    )


def _planned(
    manifest: Manifest, people: dict[str, User], month: tuple[datetime, datetime]
) -> list[PlannedLook]:
    days = (clock.local(month[0]).date(), clock.local(month[1]).date())
    planned = traffic.plan(manifest.facts, cast.staff(people), days, SEED)
    return [look for look in planned if month[0] < look.at < month[1]]


def _customers(manifest: Manifest, book: Book) -> Mapping[str, int]:
    facts = manifest.facts
    keys = {key for keys in facts.portfolios.values() for key in keys} | set(facts.claimants)
    return reference.by_key(book, keys)


def _live(
    looks: list[PlannedLook],
    customers: Mapping[str, int],
    people: dict[str, User],
    console: Console,
    seal: Callable[[], None],
    *,
    between: Callable[[datetime], None],
) -> None:
    lived = history.live_through(looks, customers=customers, people=people)
    nights = audits.Nights(looks[0].at if looks else clock.now())
    after = [look.at for look in looks[1:]] + [clock.now()]
    between(looks[0].at if looks else clock.now())
    with _bar(console) as bar:
        task = bar.add_task(_("一个月的查询与审计 / A month of looks and audits"), total=len(looks))
        for look, until, _lived in zip(looks, after, lived, strict=True):
            bar.advance(task)
            # The log's own entries tell the time of the looks around them.
            with clock.at(look.at):
                seal()
            nights.pass_until(until, between=between)
            with clock.at(until):
                seal()


@contextmanager
def _sealing(begin: datetime) -> Iterator[Callable[[], None]]:
    """A sequencer in this process: half a second after its last turn, and at once for what was changed.

    What comes next may be told hours later, and would stand before the change in the log. It turns between
    steps and not within one, which takes long on a busy machine: nobody else reads meanwhile.
    """
    keys = log_key.load(settings.CUSTODIAN_LOG_KEY)
    with clock.at(begin):
        sequencer = Sequencer(
            head=settings.CUSTODIAN_LOG_HEAD, keys=keys, codes=dictionary.digest()
        )
    last = 0.0

    def turn() -> None:
        nonlocal last
        writer.tell(clock.now())
        if time.monotonic() - last >= PERIOD or Outbox.objects.exists():
            sequencer.cycle()
            sealing.forget()  # what was known of the wait is over, and a long step may just have ended
            last = time.monotonic()

    allowed, settings.CUSTODIAN_SEAL_SECONDS = settings.CUSTODIAN_SEAL_SECONDS, PATIENCE
    try:
        yield turn
    finally:
        settings.CUSTODIAN_SEAL_SECONDS = allowed
        sequencer.close()


@contextmanager
def _step(console: Console, words: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    console.print(f"{words}  {time.monotonic() - begun:.1f} s")


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield progress
