"""The log that attacks are played on, what others hold of it, and a copy of it for each attack."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import extensions

from access import keystore
from access.models import Subject
from access.querylog.leaf import Tagged
from access.sequencer.announce import RefusesToSign
from access.sequencer.archivist import Archivist
from access.sequencer.cosigner import Cosigner
from access.sequencer.process import Sequencer
from access.verification.outside import Outside
from custodian import databases
from custodian.drills import forge, history, scratch, transfer, witness
from custodian.drills.scratch import Impossible, Scratch
from custodian.tlog.archive import Archive
from custodian.tlog.head import Head
from custodian.tlog.log_key import LogKey
from custodian.tlog.notes import Signer
from custodian.tlog.verify import ED25519, TILE, Checkpoint

ORIGIN = "custodian.drill/access-log/1"
Values = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True)
class Original:
    """A whole log in a database of its own, and its copies outside, all signed with the drill's key."""

    database: str
    folder: Path
    signer: Signer
    copied: int

    @property
    def size(self) -> int:
        return Checkpoint.parse(self.head.read_bytes()).size

    @property
    def head(self) -> Path:
        return self.folder / "head"

    @property
    def archive(self) -> Archive:
        return Archive(self.folder / "store")

    @property
    def policy(self) -> Path:
        return self.folder / "policy"

    def sequencer(self, head: Path) -> Sequencer:
        return Sequencer(head=head, keys=[LogKey(self.signer)])


@contextmanager
def original(
    beside: Scratch, *, copied: bool, entries: int, template: str | None = None
) -> Iterator[Original]:
    """This installation's log, if `copied`, with `entries` of the drill's own at its end."""
    with tempfile.TemporaryDirectory(prefix="custodian-drill-") as temporary:
        folder, signer = Path(temporary), Signer.generate(ORIGIN, kind=ED25519)
        database = beside.create("original", template=template or "template1")
        if template is None:
            scratch.migrate(database)
        size = transfer.carry(database) if copied else 0
        found = Original(database, folder, signer, size)
        if copied:
            _sign(found)
        with witness.running(folder / "witness", signer.key) as running:
            found.policy.write_text(f"log {signer.key.vkey}\n{running.policy}")
            with scratch.inside(found.database):
                sequencer = found.sequencer(found.head)
                try:
                    history.live(entries, sequencer)
                finally:
                    sequencer.close()
                _hand_out(found)
            yield found


def _sign(found: Original) -> None:
    """The real log's entries, tree and heads; only the signatures under the heads are the drill's."""
    with closing(scratch.superuser(found.database)) as raw, raw.cursor() as cursor:
        forge.take_off_the_guards(cursor)
        forge.sign_anew(cursor, found.signer)
        forge.put_on_the_guards(cursor)
        cursor.execute("SELECT note FROM querylog.checkpoint ORDER BY size DESC LIMIT 1")
        (note,) = cursor.fetchone() or (None,)
    if note is not None:
        Head(found.head).advance(note.encode(), known=None)


def _hand_out(found: Original) -> None:
    """What the sequencer's other threads do: fill the write-once folder, and ask the witness."""
    with closing(databases.connect("sequencer", application_name="custodian drill")) as connection:
        archivist = Archivist(connection, found.archive)
        while archivist.once():
            pass
        if Cosigner(connection, found.policy, lambda _why: None).once() != 1:
            raise Impossible("no-witness")


@dataclass(frozen=True)
class Copy:
    """One copy of the log for one attack, with the cursor of a superuser in it."""

    original: Original
    database: str
    head: Path
    cursor: extensions.cursor

    def outside(self, *, copies: bool) -> Outside:
        """What verifies it: the log's public key, and with `copies` what others hold."""
        policy = self.original.policy.read_text("utf-8")
        if not copies:
            return Outside(policy=policy)
        return Outside(
            head=self.head, store=self.original.archive.folder, policy=policy, ask_witnesses=True
        )

    def find(self, query: str, values: Values = ()) -> Any:
        """The first row; there must be one to attack."""
        self.cursor.execute(query, values)
        row = self.cursor.fetchone()
        if row is None:
            raise Impossible("nothing-to-attack")
        return row

    def change(self, statement: str, values: Values = (), *, rows: int = 0) -> None:
        """An attack that changes nothing would prove nothing."""
        self.cursor.execute(statement, values)
        if self.cursor.rowcount < 1 or (rows and self.cursor.rowcount != rows):
            raise Impossible("nothing-changed")

    def customers(self) -> list[Tagged]:
        subjects = dict(Subject.objects.order_by("-pk").values_list("pk", "uid")[:8])
        keys = keystore.subject_keys_of(list(subjects))
        return [Tagged(subjects[ordinal], key) for ordinal, key in keys.items()]

    def seal(self) -> None:
        """One turn of the product's sequencer."""
        sequencer = self.original.sequencer(self.head)
        try:
            sequencer.cycle()
        finally:
            sequencer.abandon()

    def refusal(self) -> str:
        """Why the product's sequencer would not start on this database; empty if it would."""
        try:
            self.original.sequencer(self.head).abandon()
        except RefusesToSign as refused:
            return str(refused)
        return ""

    def shows(self, index: int) -> int:
        """Where copies outside show that entry `index` is another one: the folder to the entry."""
        if index // TILE < self.original.archive.blocks():
            return index
        (size,) = self.find("SELECT size FROM querylog.tree")
        return min(int(size), self.original.size - 1)


@contextmanager
def copy(beside: Scratch, found: Original) -> Iterator[Copy]:
    database = beside.create("copy", template=found.database)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="custodian-drill-") as folder,
            closing(scratch.superuser(database)) as raw,
            raw.cursor() as cursor,
            scratch.inside(database),
        ):
            head = Path(shutil.copy(found.head, folder))
            yield Copy(found, database, head, cursor)
    finally:
        beside.drop(database)
