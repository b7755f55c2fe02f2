"""What of the demo's log lies outside its database: key, policy, head, write-once folder and a witness.

The witness is a process with a key and a folder of its own, as the group's data-protection officer would
run it on another machine.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from django.conf import settings

from custodian.embedded.processes import free_port
from custodian.tlog import durable, log_key, witness_state

NAME = "witness.qinghe.example/dpo"
NICKNAME = "dpo"  # what the policy calls it
_LINE = re.compile(rf"^witness {NICKNAME} \S+ http://127\.0\.0\.1:(\d+)$", re.MULTILINE)


def folder() -> Path:
    return Path(settings.VAR) / "witness"


def prepare() -> None:
    """Make the log's key and the witness's once, and name both in the policy."""
    policy = Path(settings.CUSTODIAN_LOG_POLICY)
    if not settings.CUSTODIAN_LOG_KEY.exists():
        signer = log_key.create(settings.CUSTODIAN_LOG_KEY, origin=settings.CUSTODIAN_LOG_ORIGIN)
        log_key.add_to_policy(policy, signer)
    if not (folder() / witness_state.KEY).exists():
        witness_state.create_key(folder(), name=NAME)
    if _LINE.search(policy.read_text("utf-8")) is None:
        key = witness_state.load_key(folder(), name=NAME).key
        logs = [line for line in policy.read_text("utf-8").splitlines() if line.startswith("log ")]
        lines = [
            *logs,
            f"witness {NICKNAME} {key.vkey} {_url(free_port(None))}",
            f"quorum {NICKNAME}",
        ]
        durable.replace(policy, ("\n".join(lines) + "\n").encode())


def forget() -> None:
    """A database that begins anew is another log: what was told of the old one would contradict it."""
    for path in (settings.CUSTODIAN_LOG_KEY, settings.CUSTODIAN_LOG_POLICY):
        path.unlink(missing_ok=True)
    told = (settings.CUSTODIAN_LOG_HEAD.parent, settings.CUSTODIAN_LOG_STORE, folder())
    for place in (*told, settings.CUSTODIAN_TOMBSTONES, settings.CUSTODIAN_TRANSFER_LEDGER):
        shutil.rmtree(place, ignore_errors=True)


def command() -> list[str]:
    """How to run it, at the port that the policy names or, if that is taken, another one."""
    policy = Path(settings.CUSTODIAN_LOG_POLICY)
    text = policy.read_text("utf-8")
    found = _LINE.search(text)
    known = int(found.group(1)) if found else None
    port = free_port(known)
    if found and port != known:
        durable.replace(policy, text.replace(_url(known or 0), _url(port)).encode())
    return [
        *(sys.executable, "manage.py", "witness", "--folder", str(folder()), "--name", NAME),
        *("--logs", str(policy), "--bind", f"127.0.0.1:{port}"),
    ]


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
