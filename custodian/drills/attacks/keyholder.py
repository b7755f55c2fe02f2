"""Whoever also holds the log's key leaves a whole and signed log behind; only who kept a copy sees it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from custodian import clock
from custodian.drills import forge, history
from custodian.drills.attacks.attack import Attack, checkpoint
from custodian.drills.copy import Copy

_SESSION = """
SELECT leaf::jsonb ->> 'w', min(id) FROM querylog.entry WHERE leaf LIKE '%%"wm":%%'
GROUP BY 1 HAVING min((leaf::jsonb ->> 'ws')::int) = 0
   AND min(id) > (SELECT coalesce(max(leaf), 0) FROM querylog.roll)
ORDER BY 2 LIMIT 1
"""


def cut(copy: Copy) -> int:
    """The end of the log goes with its tiles and heads: the same as a backup put back."""
    forge.take_off_the_guards(copy.cursor)
    at = checkpoint(copy, 0.6)
    before = copy.find("SELECT max(id) + 1 FROM querylog.entry")
    forge.put_back(copy.cursor, at)
    copy.find("SELECT 1 FROM querylog.tree WHERE size = %s AND size < %s", [at, *before])
    return at


def yesterday(copy: Copy) -> int:
    """A backup is put back, and the log goes on from there until it is longer than it was."""
    (before,) = copy.find("SELECT size FROM querylog.tree")
    at = cut(copy)
    history.Writer(copy.customers()).look(before - at + 8)
    (made_at,) = copy.find("SELECT max(made_at) FROM querylog.checkpoint")
    size = forge.grow(copy.cursor)
    copy.find("SELECT 1 WHERE %s > %s", [size, before])
    moment = max(clock.real(), made_at + timedelta(seconds=1))
    forge.sign(copy.cursor, copy.original.signer, size=size, made_at=moment)
    return copy.shows(at)


def fork(copy: Copy) -> int:
    """A whole session was never there: everything after it moves up and is signed anew."""
    forge.take_off_the_guards(copy.cursor)
    session, first = copy.find(_SESSION)
    forge.leave_out(copy.cursor, session, first=first, signer=copy.original.signer)
    copy.find(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM querylog.entry WHERE leaf::jsonb ->> 'w' = %s)",
        [session],
    )
    return copy.shows(first)


ATTACKS = (
    Attack("cut", _("截去末尾，连同其检查点与树"), cut, outside="head-ahead"),
    Attack(
        "yesterday", _("恢复昨天的备份，用窃得的密钥继续签署"), yesterday, outside="archive-differs"
    ),
    Attack("fork", _("抽去一段历史，用窃得的密钥重签全部"), fork, outside="archive-differs"),
)
