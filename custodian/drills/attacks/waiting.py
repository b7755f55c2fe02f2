"""Entries that are written and not sealed yet, and entries that nobody wrote."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.actors import system
from access.querylog.leaf import stamp
from custodian import clock
from custodian.drills import forge, history
from custodian.drills.attacks.attack import Attack, claims, look
from custodian.drills.copy import Copy

_NOBODY = hashlib.sha256().hexdigest()
_APPEND = "SELECT querylog.append(ARRAY[%s], ARRAY[''::bytea], ARRAY[NULL::bytea], '{}', '{}')"


def delete(copy: Copy) -> int:
    """Of three looks the middle one, with its row in the customer's list, before the next turn."""
    _, wrong, after = history.Writer(copy.customers()).look(3)
    forge.take_off_the_guards(copy.cursor)
    copy.change("DELETE FROM querylog.entry WHERE id = %s", [wrong], rows=1)
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [wrong], rows=1)
    copy.seal()
    return after


def rewrite(copy: Copy) -> int:
    _, wrong, *_after = history.Writer(copy.customers()).look(4)
    forge.take_off_the_guards(copy.cursor)
    forge.rewrite(copy.cursor, wrong, claims)
    copy.find("SELECT 1 FROM querylog.entry WHERE id = %s AND purpose = 'claim'", [wrong])
    copy.seal()
    return wrong


def back_dated(copy: Copy) -> int:
    """Appended in order, with a time of yesterday."""
    return _forged(copy, ts=stamp(clock.now() - timedelta(days=1)))


def forged(copy: Copy) -> int:
    """A look that never was, in a colleague's name."""
    return _forged(copy, ts=stamp(clock.now()))


def forged_erasure(copy: Copy) -> int:
    """Rows of a customer's list go, and an entry in the sequencer's name says that they were erased."""
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [look(copy)], rows=1)
    sequencer = system("sequencer")
    about = {"actor": str(sequencer.ref), "no": sequencer.staff_no, "act": "erase", "rows": 1}
    return _forged(copy, ts=stamp(clock.now()), **about)


def before_the_first(copy: Copy) -> int:
    copy.cursor.execute(
        "CREATE TABLE querylog.entry_before PARTITION OF querylog.entry FOR VALUES FROM (-9) TO (0)"
    )
    copy.change(
        "INSERT INTO querylog.entry (id, ts, leaf, tags) SELECT -1, ts, leaf, tags"
        " FROM querylog.entry WHERE id = 0"
    )
    return -1


def outbox(copy: Copy) -> int:
    """A change is given another purpose while it waits for its entry."""
    history.change(copy.customers()[:1])
    (row, body) = copy.find("SELECT id, body FROM querylog.outbox ORDER BY id DESC LIMIT 1")
    copy.change(
        "UPDATE querylog.outbox SET body = %s WHERE id = %s", [forge.edited(body, claims), row]
    )
    copy.seal()
    (index,) = copy.find("SELECT max(id) FROM querylog.entry WHERE act = 'change'")
    return int(index)


def _forged(copy: Copy, **about: Any) -> int:
    """An entry of a session of its own, like a real look in everything but the mark."""
    (like,) = copy.find("SELECT leaf FROM querylog.entry WHERE id = %s", [look(copy)])
    said = {name: it for name, it in json.loads(like).items() if name not in ("wm", "om", "at")}
    said |= {"w": "0badc0de", "ws": 0, "wp": "0" * 16, "n": 0, "subj": _NOBODY, "ctx": None}
    leaf = forge.edited(json.dumps(said), lambda it: it.update(about))
    (ids,) = copy.find(_APPEND, [leaf])
    copy.seal()
    return int(ids[0])


ATTACKS = (
    Attack("delete-waiting", _("在封存之前删除一条"), delete, "writer-gap"),
    Attack("rewrite-waiting", _("在封存之前改写一条，并重编其后各条"), rewrite, "mark-not-leaf"),
    Attack("outbox", _("在发件箱中改动一项变更"), outbox, "mark-not-leaf"),
    Attack("back-dated", _("追加一条倒签的条目"), back_dated, "time-regression"),
    Attack(
        "before-the-first", _("在第一条之前插入一条"), before_the_first, "entry-before-the-first"
    ),
    Attack("forged", _("以同事之名伪造一次查询"), forged, "mark-not-leaf"),
    Attack(
        "forged-erasure", _("删去客户名单一行，并伪造注销条目"), forged_erasure, "mark-not-leaf"
    ),
)
