"""A transfer whose seller has no installation, and the steps of the buyer's two officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from access import actors, scopes
from access.models import Approval
from records.importing import engine, runs, saved, surveying
from records.importing import mapping as mappings
from records.models import Book, Customer, FileSurvey, ImportRun, Product
from tests import estate
from tests.transfers.house import PDF, House
from tests.transfers.legacy import files
from transfers.legacy import counting, loading, releasing, stating, taking
from transfers.legacy.sealing import Sum
from transfers.models import Transfer
from transfers.receipts import accepting

NAME = "恒信旧系统"


@dataclass
class Buyer:
    house: House = field(default_factory=House)
    into: str = "XH"

    def __post_init__(self) -> None:
        book = Book.objects.get_or_create(code=self.into, defaults={"name": self.into})[0]
        self.transfer: Transfer = self.house.transfer(side="buyer", book=book)
        for code, kind in (("NEW-A", "life"), ("NEW-B", "health")):
            said = {"name": code, "kind": kind, "filed": True}
            Product.objects.get_or_create(code=code, defaults=said)
        with scopes.acting(actors.system("importer")):
            saved.save(NAME, mappings.load(files.MAPPING), actor=actors.system("importer"))

    def upload(self, paths: list[Path], *, name: str = NAME) -> ImportRun:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return taking.take(
                self.transfer, runs.receive(paths), unit=estate.unit(), name=name,
                channel="admin", actor=actor,
            )  # fmt: skip

    def survey(self, run: ImportRun) -> list[FileSurvey]:
        found = FileSurvey.objects.filter(file__run=run).order_by("pk")
        return [surveying.work(each.pk) for each in found]

    def rehearse(self, run: ImportRun) -> ImportRun:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            taking.rehearse(self.transfer, run, mappings.load(run.mapping["toml"]), actor=actor)
        return engine.work(run.pk)

    def order(self, rehearsal: ImportRun) -> ImportRun:
        """Two officers let it in; the run waits for a worker."""
        with estate.acting(self.house.first, stepped_up=True) as actor:
            approval = loading.ask(self.transfer, rehearsal, actor=actor)
        self.house.approve(approval)
        return self.transfer.files_loads.get(approval=approval).run

    def load(self, paths: list[Path]) -> ImportRun:
        run = engine.work(self.order(self.rehearse(self.upload(paths))).pk)
        self.count()
        return run

    def count(self) -> None:
        job = counting.begin(self.transfer)
        if job is not None:
            counting.work(job.pk)

    def state(
        self,
        *,
        more_premium: int = 0,
        policies: int = files.POLICIES + files.BAD_POLICIES,
        **more: int,
    ) -> None:
        premium, cover = files.premium(), files.cover()
        counts = {
            "customers": files.CUSTOMERS + files.BAD_CUSTOMERS,
            "policies": policies,
            "claims": 0,
            **more,
        }
        sums = {
            "life": Sum(premium["A"] + more_premium, cover["A"]),
            "health": Sum(premium["B"], cover["B"]),
        }
        with estate.acting(self.house.first, stepped_up=True) as actor:
            stating.enter(self.transfer, counts, sums, PDF, actor=actor)

    def accept(self) -> None:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            approval = accepting.ask(self.transfer, actor=actor)
        self.house.approve(approval)

    def ask_release(self, live_at: datetime) -> Approval:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return releasing.ask(self.transfer, PDF, live_at=live_at, actor=actor)

    def seen(self) -> int:
        """How many customers of the book somebody who reaches everything sees."""
        with scopes.acting(estate.system()):
            return Customer.objects.filter(book=self.transfer.book).count()

    def there(self) -> int:
        with scopes.acting(estate.system()), scopes.arrivals():
            return Customer.objects.filter(book=self.transfer.book).count()
