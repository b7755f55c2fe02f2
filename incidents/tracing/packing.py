"""The evidence pack of a trace: report, figures, the looks by their places in the log, and how to check it.

It is made on demand and kept nowhere. There is no customer in it and no value of the list: the house has
kept neither. What the log shows of it can be proven without trusting the house.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Entry, User
from access.querylog import proofs
from access.querylog.heads import trust
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from custodian.tlog.verify import Checkpoint, Failed, leaf_hash, verify_inclusion
from incidents.models import LeakTrace, TraceTaking
from incidents.reports import facts, kinds, packs
from incidents.reports.packs import Pack
from incidents.tracing import looks, papers, telling
from incidents.tracing.weighing import BARS, FEW, Strength
from transfers import signed

Said = dict[str, Any]
README: Final = Path(__file__).with_name("PACK.txt")
ENTRY: Final = "log/trace-entry.json"
_NAMED: Final = frozenset({Strength.STRONG.value, Strength.MODERATE.value})
# Of the looks that were weighed: place, moment, sign-in, purpose, and how many customers; never whom.
_ENTRIES: Final = """
SELECT id, leaf FROM querylog.entry
WHERE actor = %s AND outcome = 'ok' AND act IN ('reveal', 'export') AND ts >= %s AND ts < %s ORDER BY id
"""
HEADS: Final = ("index", "time", "session", "purpose", "customers", "elements", "entry_hash")


class NotSealed(CustodianError):
    """The trace's own entry is not in a signed head yet, or there is no answer."""

    code = "leak-trace-not-sealed"
    status = 409
    message = _("这次溯源还没有做完，或日志条目尚未封存，请稍后再取")


def take(trace: LeakTrace, *, to: str, actor: Actor) -> Pack:
    """Raises `NotSealed`, `Refused`."""
    if trace.status != JobStatus.DONE or not trace.answer:
        raise NotSealed
    parts = parts_of(trace, to=to)
    if "proof" not in json.loads(parts[ENTRY]):
        raise NotSealed
    said = {"trace": trace.code, "to": to, "made": facts.moment(clock.now())}
    content = packs.zipped(packs.TRACE, said, parts)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        told = {"trace": str(trace.ref), "sha256": digest, "size": len(content)}
        gate.authorise(actor, Action.LEAK_TRACE_TAKE, channel=Channel.ADMIN, facts=told, reason=to)
        TraceTaking.objects.create(
            trace=trace, by_id=actors.person(actor), to=to, sha256=digest, size=len(content)
        )
    return Pack(content, digest, len(parts))


def parts_of(trace: LeakTrace, *, to: str = "") -> dict[str, bytes]:
    """Every file but the manifest, by its path; for a pack of its own, and for that of its case."""
    answer = trace.answer or {}
    parts = {
        "README.txt": README.read_bytes(),
        "report.pdf": papers.report(trace, to=to),
        "trace.json": packs.encoded(_figures(trace)),
        ENTRY: packs.encoded(_entry(answer["log_entry"])),
        **dict(_looks(answer)),
    }
    policy = settings.CUSTODIAN_LOG_POLICY
    return parts | ({"log/policy.txt": policy.read_bytes()} if policy.exists() else {})


def _figures(trace: LeakTrace) -> Said:
    """As they were stored, and again in each language with names and reasons."""
    worded = {}
    for language, tag in kinds.LANGUAGES.items():
        with override(tag):
            worded[language] = telling.worded(trace.answer or {})
    return {
        "trace": trace.code,
        "label": trace.label,
        "figures": trace.answer,
        "in_words": worded,
        "bars": {
            each.value: {"share": bar.share, "lift": bar.lift, "chance": bar.chance}
            for each, bar in BARS.items()
        },
        "least_in_common": FEW,
    }


def _entry(index: int) -> Said:
    """The trace's own entry, and the way from it to a head that the log has signed."""
    entry = Entry.objects.get(pk=index)
    said: Said = {
        "index": index,
        "leaf": entry.leaf,
        "entry_hash": leaf_hash(entry.leaf.encode()).hex(),
    }
    try:
        proof = proofs.inclusion(index)
    except proofs.NoSuchProof:
        return said
    if proof.head is None:
        return said
    path = [each.hex() for each in proof.path]
    return said | {"proof": path, "size": proof.size, "checkpoint": proof.head.note_text}


def _looks(answer: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Of each person who is named: all that was opened for him in clear from his first look to his last."""
    for each in answer["candidates"]:
        if each["kind"] == looks.OPERATOR and each["strength"] in _NAMED:
            person = User.objects.get(pk=each["ref"])
            since, until = _moment(each["first"]), _moment(each["last"]) + timedelta(seconds=1)
            yield f"log/looks-{person.staff_no}.csv", _table(person, since, until)


def _moment(text: str) -> datetime:
    at = parse_datetime(text)
    assert at is not None  # noqa: S101  the house wrote it
    return at


def _table(person: User, since: datetime, until: datetime) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEADS)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [person.ref, since, until])
        for index, leaf in cursor:
            said = json.loads(leaf)
            names = " ".join(said["fields"])
            hashed = leaf_hash(leaf.encode()).hex()
            table.writerow(
                [index, said["ts"], said.get("sid", ""), said["purp"], said["n"], names, hashed]
            )
    return out.getvalue().encode()


def check(content: bytes) -> Said:
    """What the manifest says, if nothing was changed and the log holds it. Raises `signed.BadPaper`."""
    said = packs.check(content, packs.TRACE)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        try:
            leads = _leads(json.loads(pack.read(ENTRY)))
        except (KeyError, ValueError, TypeError, Failed):
            leads = False
    if not leads:
        raise signed.BadPaper
    return said


def _leads(entry: Mapping[str, Any]) -> bool:
    """From the bytes of the entry to the root of a head that the log has signed."""
    head, policy = Checkpoint.parse(entry["checkpoint"].encode()), trust()
    if policy is not None:
        policy.log_time(head)
    path = [bytes.fromhex(each) for each in entry["proof"]]
    leaf = leaf_hash(entry["leaf"].encode())
    return bool(verify_inclusion(leaf, entry["index"], head.size, path, head.root))
