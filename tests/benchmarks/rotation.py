"""How fast keys change the KEK that wraps them, beside a plain UPDATE of the same rows."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from django.db import connection

from access import actors, keystore, scopes
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.vocabulary import Channel
from tests import estate as people
from tests.benchmarks import estate, premises, report

BLANK = "custodian_rotation"
CUSTOMERS = 40_000  # each has two holdings and a log key
GOAL = 20_000  # keys a second
_PLAIN = """
CREATE TABLE keys.plain_holding (LIKE keys.data_key INCLUDING ALL);
CREATE TABLE keys.plain_subject (LIKE keys.subject_key INCLUDING ALL);
INSERT INTO keys.plain_holding SELECT * FROM keys.data_key;
INSERT INTO keys.plain_subject SELECT * FROM keys.subject_key;
VACUUM ANALYZE keys.plain_holding, keys.plain_subject, keys.data_key, keys.subject_key;
"""


def measure(*, quick: bool) -> None:
    jobs.SETTLE = timedelta(0)  # type: ignore[misc]  it is waiting, and nobody else is here
    customers = 4_000 if quick else CUSTOMERS
    premises.copy(BLANK)
    premises.use(BLANK)
    built = estate.build(customers)
    report.heading(f"rotation of the KEK: the keys of {customers:,} customers")
    plain = _plain()
    for who, meanwhile in (("nobody works", None), ("while one reads", built)):
        rate, count, reads = _rotated(meanwhile)
        told = "reached" if rate >= GOAL else "NOT reached"
        report.line(
            f"{who}: {count:,} keys, {rate:,.0f} a second (goal ≥ {GOAL:,}: {told});"
            f" {rate / plain:.2f} × a plain UPDATE of the same rows ({plain:,.0f} a second)"
            + (f"; {reads} reads, none failed" if meanwhile else "")
        )
    premises.use(premises.DATABASE)


def _plain() -> float:
    """Rows a second when the database alone changes them, in one statement and one transaction."""
    with premises.superuser(BLANK) as cursor:
        for statement in _PLAIN.strip().split(";\n"):
            cursor.execute(statement)
        begun, rows = time.perf_counter(), 0
        for table in ("plain_holding", "plain_subject"):
            cursor.execute(f"UPDATE keys.{table} SET kek = 2, wrapped = wrapped || ''::bytea")
            rows += cursor.rowcount
        return rows / (time.perf_counter() - begun)


def _rotated(meanwhile: object | None) -> tuple[float, int, int]:
    with scopes.acting(actors.system("key-rotator")) as actor:
        row = jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    reads = _Reads() if meanwhile else None
    begun = time.perf_counter()
    done = jobs.work(row.pk)
    took = time.perf_counter() - begun
    return done.done / took, done.done, reads.stop() if reads else 0


class _Reads(threading.Thread):
    """Unlocks keys, some at a time, for as long as it lasts; one that fails ends the run."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.failed, self._stop_it = 0, "", False
        with connection.cursor() as cursor, scopes.acting(people.system()):
            cursor.execute("SELECT holding, subject_id FROM records_identity LIMIT 20")
            self._owners = dict(cursor.fetchall())
        self.start()

    def run(self) -> None:
        try:
            while not self._stop_it:
                found = len(keystore.unlock(self._owners))
                self.failed = self.failed or ("" if found == len(self._owners) else "a key is gone")
                self.count += 1
                time.sleep(0.05)
        except Exception as error:  # noqa: BLE001
            self.failed = repr(error)
        finally:
            connection.close()

    def stop(self) -> int:
        self._stop_it = True
        self.join()
        if self.failed:
            raise RuntimeError(self.failed)
        return self.count
