"""PostgreSQL and Valkey under `CUSTODIAN_VAR`, unless the environment names others."""

from __future__ import annotations

import atexit
import json
import secrets
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from custodian import env
from custodian.embedded import reachability
from custodian.embedded.errors import EmbeddedError, belongs_to_someone_else
from custodian.embedded.lease import Lease, gate
from custodian.embedded.postgres import ROLES, PostgreSQL, Role
from custodian.embedded.valkey import Valkey

__all__ = ["ROLES", "EmbeddedError", "Role", "Services", "active", "ensure", "release", "secret"]

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Services:
    """What this process uses; a part is absent when the environment gives its address instead."""

    var: Path
    room: Path
    postgres: PostgreSQL | None
    valkey: Valkey | None
    valkey_password: str

    def url(self, role: Role) -> str:
        if self.postgres is None:
            raise EmbeddedError(
                "数据库由 DATABASE_URL 给出，不是内置的。",
                "The database is given by DATABASE_URL, it is not the embedded one.",
            )
        return self.postgres.url(role)

    @property
    def redis_url(self) -> str:
        if self.valkey is None:
            return env.text("REDIS_URL")
        return f"redis://:{self.valkey_password}@127.0.0.1:{self.valkey.port}/0"

    def __repr__(self) -> str:
        return f"Services(var={str(self.var)!r})"


@dataclass
class _Process:
    """What this process holds."""

    services: Services | None = None
    lease: Lease | None = None


_process = _Process()
_guard = threading.RLock()


def ensure() -> None:
    """Join the services running in `var`, or start them; calling it again revives what died."""
    with _guard:
        if _process.services is not None:
            _start(_process.services)
            return
        postgres, valkey = _wanted()
        if not (postgres or valkey):
            return
        _refuse_production()
        _leave_on_signals()
        var = Path(env.text("CUSTODIAN_VAR", default="") or REPOSITORY / "var").absolute()
        try:
            _start(_join(var, postgres=postgres, valkey=valkey))
        except OSError as error:
            release()
            raise EmbeddedError(
                f"无法使用 {error.filename or var}：{error.strerror}。"
                "请检查磁盘与权限，或把 CUSTODIAN_VAR 指向别处。",
                f"Cannot use {error.filename or var}: {error.strerror}. "
                "Check disk and permissions, or set CUSTODIAN_VAR to another folder.",
            ) from None
        except BaseException:
            release()
            raise


def active() -> Services | None:
    """The embedded services of this process, if it uses any."""
    return _process.services


def secret(name: str) -> str:
    """A random value of this installation, the same in every process, kept in a 0600 file."""
    if _process.services is None:
        raise EmbeddedError("内置服务没有启动。", "The embedded services are not running.")
    room = _process.services.room
    with gate(room):
        return _secrets(room, {f"secret:{name}"})[f"secret:{name}"]


def release() -> None:
    """Leave the services; the last to leave stops them. A forked child leaves nothing."""
    with _guard:
        services, lease = _process.services, _process.lease
        if services is None or lease is None or not lease.mine:
            return
        _process.services = _process.lease = None
        with gate(services.room):
            if lease.is_last():
                for server in _all_servers(services):
                    server.stop()
            lease.leave()


def _wanted() -> tuple[bool, bool]:
    return not env.text("DATABASE_URL", default=""), not env.text("REDIS_URL", default="")


def _join(var: Path, *, postgres: bool, valkey: bool) -> Services:
    room = reachability.room(var)
    with gate(room):
        services = _services(var, room, postgres=postgres, valkey=valkey)
        _process.services, _process.lease = services, Lease(room)
    return services


def _start(services: Services) -> None:
    servers = [server for server in (services.valkey, services.postgres) if server is not None]
    if all(server.ready() for server in servers):
        return
    with gate(services.room):
        for server in servers:
            if not server.ready():
                server.start()


def _services(var: Path, room: Path, *, postgres: bool, valkey: bool) -> Services:
    account = reachability.account(room)
    passwords = _secrets(room, {*ROLES, "valkey"})
    return Services(
        var=var,
        room=room,
        postgres=PostgreSQL(room, account, {role: passwords[role] for role in ROLES})
        if postgres
        else None,
        valkey=Valkey(room, account, passwords["valkey"]) if valkey else None,
        valkey_password=passwords["valkey"],
    )


def _all_servers(services: Services) -> list[PostgreSQL | Valkey]:
    """Both, even those this process did not use: others may have left them running."""
    every = _services(services.var, services.room, postgres=True, valkey=True)
    return [server for server in (every.postgres, every.valkey) if server is not None]


def _secrets(room: Path, names: set[str]) -> dict[str, str]:
    path = room / "secrets.json"
    try:
        known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except PermissionError:
        raise belongs_to_someone_else(path) from None
    if missing := names - known.keys():
        known |= {name: secrets.token_hex(24) for name in missing}
        reachability.private_file(path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return known


def _refuse_production() -> None:
    if env.text("CUSTODIAN_ENV", default="") == "production":
        names = ("DATABASE_URL", "REDIS_URL")
        missing = " + ".join(name for name in names if not env.text(name, default=""))
        raise EmbeddedError(
            f"生产环境不使用内置数据库。请设置 {missing}。",
            f"Production does not use the embedded services. Set {missing}.",
        )


def _leave_on_signals() -> None:
    """Let a plain SIGTERM or a closed terminal end the process in order, so that `atexit` runs."""
    atexit.unregister(release)
    atexit.register(release)
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
