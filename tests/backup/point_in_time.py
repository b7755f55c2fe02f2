"""The server's own means: a base backup, its write-ahead log as an archive, and a second server at a moment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from access import keystore, restored
from access.querylog import writer
from custodian import databases, embedded
from custodian.embedded import processes
from custodian.embedded.postgres import CONFIGURATION, ROLES, PostgreSQL, _reachable
from tests.workers import eventually


def _superuser() -> closing[Any]:
    return closing(databases.connect("superuser", application_name="test"))


def asked(statement: str) -> Any:
    with _superuser() as raw, raw.cursor() as cursor:
        cursor.execute(statement)
        return (cursor.fetchone() or (None,))[0]


@dataclass
class Archive:
    """A folder with `base`, as pg_basebackup wrote it, and `wal`, which is written on all the time."""

    folder: Path
    programs: Path
    server: PostgreSQL

    def finish(self) -> None:
        """Everything that was written until now is in it."""
        segment = asked("SELECT pg_walfile_name(pg_current_wal_lsn())")
        asked("SELECT pg_switch_wal()::text")
        assert eventually((self.folder / "wal" / segment).exists, seconds=30)

    @contextmanager
    def put_back(self, moment: datetime | None) -> Iterator[None]:
        """A second server that replayed to that moment or the end; all roles of this process work on it."""
        data, port = self.folder / "base", processes.free_port(None)
        account = self.server._account
        said = CONFIGURATION.format(port=port)
        said += f'restore_command = \'cp "{self.folder}/wal/%f" "%p"\'\n'
        if moment is not None:
            said += f"recovery_target_time = '{moment.isoformat()}'\n"
            said += "recovery_target_action = 'promote'\n"
        for name, text in (("custodian.conf", said), ("recovery.signal", "")):
            (data / name).write_text(text)
            account.own(data / name)
        started = [self.programs / "pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "start"]
        code, words = account.run(started)
        assert code == 0, words + (self.folder / "log").read_text()
        try:
            with _working_on(port):
                assert eventually(lambda: asked("SELECT NOT pg_is_in_recovery()"), seconds=60)
                yield
        finally:
            account.run([self.programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])


@contextmanager
def archived() -> Iterator[Archive]:
    """A base backup of the cluster that the tests use, and its log from then on."""
    services = embedded.active()
    assert services is not None
    server = services.postgres
    assert server is not None
    programs = _reachable(server._room, server._account)
    # In the server's own room: its account may not enter pytest's folders.
    folder = services.room / f"point-in-time-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    for path in (folder, folder / "wal"):
        path.mkdir(mode=0o700)
        server._account.own(path)
    address = server.url("superuser", database="postgres")
    with _superuser() as keeper, keeper.cursor() as cursor:
        # What the archive has not got yet is not recycled; the slot goes with its connection.
        cursor.execute(
            "SELECT pg_create_physical_replication_slot(%s, true, temporary => true)",
            [folder.name.replace("-", "_")],
        )
        receiving = subprocess.Popen(
            [programs / "pg_receivewal", "-d", address, "-D", folder / "wal", "--no-loop"],
            user=server._account.uid if os.geteuid() == 0 else None,
            group=server._account.gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert eventually(lambda: any((folder / "wal").iterdir()), seconds=30)
            taken = [programs / "pg_basebackup", "-d", address, "-D", folder / "base"]
            code, words = server._account.run([*taken, "-X", "none", "-c", "fast"])
            assert code == 0, words
            yield Archive(folder, programs, server)
        finally:
            receiving.send_signal(signal.SIGINT)
            receiving.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _working_on(port: int) -> Iterator[None]:
    """The same roles, passwords and database on another port."""
    addresses = {databases.VARIABLES[role]: _at(databases.url(role), port) for role in ROLES}
    before = {name: os.environ.get(name) for name in addresses}
    settled = connection.settings_dict["PORT"]
    _let_go()
    os.environ.update(addresses)
    connection.settings_dict["PORT"] = port
    try:
        yield
    finally:
        _let_go()
        connection.settings_dict["PORT"] = settled
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _let_go() -> None:
    writer.stop()
    connection.close()
    keystore.forget()
    restored.forget()


def _at(address: str, port: int) -> str:
    parts = urlsplit(address)
    who, _at, _where = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{port}"))
