"""Which account runs the servers, and a folder that this account can reach."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custodian.embedded.errors import EmbeddedError, belongs_to_someone_else

ACCOUNTS = ("custodian", "postgres", "nobody")
ELSEWHERE = Path("/var/lib/custodian")
POINTER = "embedded.location"


@dataclass(frozen=True)
class Account:
    """The operating system account of the servers."""

    uid: int
    gid: int

    def run(self, argv: Sequence[str | Path], *, timeout: float = 120) -> tuple[int, str]:
        """Run a program as this account, away from the terminal: exit code and what it said."""
        try:
            done = subprocess.run(
                [str(part) for part in argv],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                user=self.uid if os.geteuid() == 0 else None,
                group=self.gid if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
                umask=0o077,
                start_new_session=True,
                timeout=timeout,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return 127, str(error)
        return done.returncode, done.stdout.decode(errors="replace")

    def may_enter(self, folder: Path) -> bool:
        return self.run(["/usr/bin/test", "-x", folder])[0] == 0

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def account(room: Path) -> Account:
    """Whoever owns the data already, else the current user, else an account root can drop to."""
    for data in (room / "postgres", room / "valkey"):
        if data.exists():
            owner = data.stat()
            if owner.st_uid == 0 or os.geteuid() not in (0, owner.st_uid):
                raise belongs_to_someone_else(data)
            return Account(owner.st_uid, owner.st_gid)
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    names = ", ".join(ACCOUNTS)
    raise EmbeddedError(
        f"以 root 运行时需要一个普通账户来运行数据库，但找不到 {names}。请换普通用户运行。",
        f"As root, the database needs an ordinary account, and none of {names} exists. "
        "Run as an ordinary user.",
    )


def room(var: Path) -> Path:
    """The folder of the servers: inside `var`, or where the pointer file in `var` says."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        pointer = var / POINTER
        if pointer.exists():
            return _made(Path(pointer.read_text(encoding="utf-8").strip()))
        inside = _made(var / "embedded")
        if os.geteuid() != 0 or account(inside).may_enter(inside):
            return inside
        # A home of mode 0700 stays as it is: the servers live elsewhere and `var` points there.
        outside = ELSEWHERE / hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]
        _made(ELSEWHERE)
        _made(outside)
        pointer.write_text(f"{outside}\n", encoding="utf-8")
    except PermissionError as error:
        raise belongs_to_someone_else(Path(error.filename or var)) from None
    return outside


def _made(folder: Path) -> Path:
    """The folder, made if it is new: root's must let the servers' account pass through."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def private_folder(folder: Path, owner: Account) -> Path:
    """A folder that only the servers' account can use."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        owner.own(folder)
    return folder


def private_file(path: Path, text: str, *, owner: Account | None = None) -> Path:
    """Write a file of mode 0600 in one step, for the given account or the folder's owner."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    parent = path.parent.stat()
    (owner or Account(parent.st_uid, parent.st_gid)).own(fresh)
    fresh.replace(path)
    return path


def reachable_copy(sources: Sequence[Path], *, into: Path) -> None:
    """Copy folders of programs side by side into a folder, once, readable by everyone."""
    if into.exists():
        return
    fresh = into.with_name(f"{into.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source in sources:
        shutil.copytree(source, fresh / source.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            runs = path.is_dir() or bool(mode & 0o100)
            path.chmod(0o755 if runs else 0o644)
    fresh.replace(into)
