"""PostgreSQL and Valkey shared by processes: who starts them, who stops them, what survives."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from custodian.embedded import processes
from tests.foundation.processes import Process, joined, pid_of, reachable_folder

AT_ONCE = Retry(NoBackoff(), 0)


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One data folder for this file; every test begins and ends with nothing running."""
    with reachable_folder() as folder:
        yield folder / "var"
        leftover = Process(folder / "var")
        leftover.facts()
        leftover.finish()


def database_answers(url: str) -> bool:
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def valkey_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, retry=AT_ONCE) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def everything_answers(facts: dict[str, Any]) -> bool:
    return database_answers(facts["url"]) and valkey_answers(facts["redis"])


def nothing_answers(facts: dict[str, Any]) -> bool:
    return not database_answers(facts["url"]) and not valkey_answers(facts["redis"])


def kill(server: int) -> None:
    """Kill a server and wait for its end, which comes a moment after the signal."""
    home = Path(f"/proc/{server}/cwd").resolve()
    os.kill(server, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.alive(server, home), seconds=10)


def test_processes_racing_a_cold_start_share_one_cluster(var: Path) -> None:
    racers = [Process(var) for _ in range(3)]
    facts = [racer.facts() for racer in racers]
    assert facts[0] == facts[1] == facts[2]
    assert everything_answers(facts[0])
    assert [racer.finish() for racer in racers] == [(0, "")] * 3
    assert nothing_answers(facts[0])


def test_the_last_one_out_stops_the_servers_and_not_before(var: Path) -> None:
    with joined(var) as (_, facts):
        with joined(var) as (_, other):
            assert other == facts
        assert everything_answers(facts)
    assert nothing_answers(facts)


def test_servers_outlive_a_killed_user_and_the_next_adopts_them(var: Path) -> None:
    process = Process(var)
    facts = process.facts()
    postmaster = pid_of(facts, "postgres")
    process.kill(signal.SIGKILL)
    assert everything_answers(facts)
    with joined(var) as (_, adopted):
        assert pid_of(adopted, "postgres") == postmaster
    assert nothing_answers(facts)


def test_sigterm_leaves_in_order(var: Path) -> None:
    process = Process(var)
    facts = process.facts()
    assert process.kill(signal.SIGTERM) == 128 + signal.SIGTERM
    assert nothing_answers(facts)


def test_a_forked_child_does_not_stop_the_servers(var: Path) -> None:
    fork = (
        "import os\n"
        "if (child := os.fork()) == 0:\n"
        "    embedded.release(); sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
    )
    with joined(var, after=fork) as (_, facts):
        assert everything_answers(facts)


def test_a_child_that_outlives_its_parent_does_not_keep_the_next_out(var: Path) -> None:
    linger = (
        "import os, time\n"
        "if (child := os.fork()) == 0:\n"
        "    for handle in (0, 1, 2): os.close(handle)\n"
        "    time.sleep(60); os._exit(0)\n"
        "report(child=child)\n"
    )
    with joined(var, after=linger) as (_, facts):
        child = facts["child"]
    try:
        with joined(var) as (_, facts):
            assert everything_answers(facts)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_killed_server_comes_back_at_the_same_address(var: Path) -> None:
    with joined(var) as (process, facts):
        for server in ("postgres", "valkey"):
            kill(pid_of(facts, server))
        assert process.again() == facts
        assert everything_answers(facts)


def test_a_server_whose_starter_died_half_way_is_prepared_by_the_next(var: Path) -> None:
    with joined(var) as (process, facts):
        (Path(facts["room"]) / "postgres/ready").unlink()
        server = psycopg2.connect(facts["super"].rpartition("/")[0] + "/postgres")
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute("DROP DATABASE custodian")
        server.close()
        assert process.again() == facts
        assert database_answers(facts["url"])


def test_a_pid_file_naming_a_stranger_is_stale(var: Path) -> None:
    with joined(var) as (_, facts):
        room = Path(facts["room"])
    data = room / "postgres/data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n")
    (room / "valkey/valkey.pid").write_text(f"{os.getpid()}\n")
    with joined(var) as (_, facts):
        assert everything_answers(facts)


def test_ctrl_c_in_the_terminal_does_not_reach_the_servers(var: Path) -> None:
    with joined(var) as (process, facts):
        for server in ("postgres", "valkey"):
            assert os.getsid(pid_of(facts, server)) != os.getsid(process.popen.pid)


def test_passwords_lie_in_files_of_their_owner_only(var: Path) -> None:
    with joined(var) as (_, facts):
        room = Path(facts["room"])
        for name in ("secrets.json", "valkey/valkey.conf", "postgres/port"):
            assert (room / name).stat().st_mode & 0o777 == 0o600, name
        for name in ("postgres", "postgres/data", "valkey"):
            assert (room / name).stat().st_mode & 0o777 == 0o700, name
        assert not (room / "postgres/password").exists()


def test_a_wrong_or_missing_password_is_refused(var: Path) -> None:
    with joined(var) as (_, facts):
        host = facts["url"].rpartition("@")[2]
        for login in ("custodian_app:wrong", "custodian_super:wrong", "custodian_app"):
            with pytest.raises(psycopg2.OperationalError, match=r"password|no password supplied"):
                psycopg2.connect(f"postgresql://{login}@{host}", passfile="/dev/null")
        port = facts["redis"].rpartition(":")[2].removesuffix("/0")
        for password in (None, "wrong"):
            client = redis.Redis(port=int(port), password=password, retry=AT_ONCE)
            with pytest.raises(redis.AuthenticationError), client:
                client.ping()


def test_the_server_keeps_values_out_of_its_log_and_itself_on_loopback(var: Path) -> None:
    wanted = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "password_encryption": "scram-sha-256",
        "fsync": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
    }
    with joined(var) as (_, facts):
        database = psycopg2.connect(facts["super"])
        with database.cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings")
            settings = dict(cursor.fetchall())
            cursor.execute(
                "SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%'"
            )
            assert cursor.fetchone() == (7,)
        database.close()
        assert {name: settings[name] for name in wanted} == wanted
        with redis.Redis.from_url(facts["redis"]) as client:
            kept = client.config_get("append*") | client.config_get("maxmemory-policy")
        assert (kept["appendonly"], kept["maxmemory-policy"]) == ("yes", "noeviction")


def test_the_roles_have_exactly_the_attributes_they_need(var: Path) -> None:
    with joined(var) as (_, facts):
        database = psycopg2.connect(facts["super"])
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname LIKE 'custodian%' AND NOT"
                " (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication)"
            )
            bypasses = dict(cursor.fetchall())
            cursor.execute("SELECT pg_get_userbyid(datdba), datacl::text FROM pg_database"
                           " WHERE datname = 'custodian'")  # fmt: skip
            owner, rights = cursor.fetchone()
        database.close()
    assert bypasses.pop("custodian_backup")
    assert list(bypasses.values()) == [False] * 5
    assert owner == "custodian_owner"
    assert not re.search(r"[{,]=", rights)  # nothing for PUBLIC


def test_attaching_is_quick(var: Path) -> None:
    with joined(var):
        timed = "import time; begun = time.monotonic()"
        with joined(var, before=timed, after="report(took=time.monotonic() - begun)") as (_, facts):
            assert facts["took"] < 1


def test_a_number_used_again_by_another_program_is_not_alive(tmp_path: Path) -> None:
    assert processes.alive(os.getpid(), Path.cwd())
    assert not processes.alive(os.getpid(), tmp_path)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert not processes.alive(child, Path.cwd())  # ended, not yet reaped
    os.waitpid(child, 0)
