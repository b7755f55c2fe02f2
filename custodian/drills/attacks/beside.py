"""What lies beside the entries: customers' lists and keys, sealed reasons, rolls and counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from custodian.drills import forge
from custodian.drills.attacks.attack import Attack, look
from custodian.drills.copy import Copy

_COUNT_DOWN = """
UPDATE querylog.hourly SET count = count - 1
WHERE (hour, actor, unit, act, purpose, outcome, channel) =
  (SELECT date_trunc('hour', ts), actor, unit, act, purpose, outcome, channel
   FROM querylog.entry WHERE id = %(index)s)
"""
_FIRST_COUNTED = """
SELECT min(e.id) FROM querylog.entry e JOIN querylog.entry l ON l.id = %(index)s
 AND (date_trunc('hour', e.ts), e.actor, e.unit, e.act, e.purpose, e.outcome, e.channel)
   = (date_trunc('hour', l.ts), l.actor, l.unit, l.act, l.purpose, l.outcome, l.channel)
"""
_ROLL = "SELECT upto, leaf FROM querylog.roll ORDER BY upto LIMIT 1"


def row_deleted(copy: Copy) -> int:
    index = look(copy)
    copy.change("DELETE FROM querylog.subject_access WHERE entry_id = %s", [index], rows=1)
    return index


def row_altered(copy: Copy) -> int:
    """The look is moved into another customer's list."""
    index = look(copy)
    copy.change(
        "UPDATE querylog.subject_access SET subject ="
        " (SELECT s.uid FROM access_subject s WHERE s.uid <> subject ORDER BY s.id DESC LIMIT 1)"
        " WHERE entry_id = %s",
        [index],
        rows=1,
    )
    return index


def row_inserted(copy: Copy) -> int:
    index = look(copy)
    copy.change("INSERT INTO querylog.subject_access VALUES (gen_random_uuid(), %s)", [index])
    return index


def context(copy: Copy) -> int:
    index = look(copy, with_context=True)
    copy.change(
        "UPDATE querylog.context SET body_sealed = sha256(body_sealed) WHERE entry_id = %s", [index]
    )
    return index


def key(copy: Copy) -> int:
    """A customer's log key is destroyed, without a word in the log."""
    _uid, ordinal, first = _customer(copy)
    copy.change("DELETE FROM keys.subject_key WHERE subject = %s", [ordinal], rows=1)
    return first


def key_and_rows(copy: Copy) -> int:
    """The product's own erasure, without the entry that belongs to it."""
    uid, ordinal, first = _customer(copy)
    (rows,) = copy.find("SELECT querylog.forget_subject(%s, %s)", [uid, ordinal])
    copy.find("SELECT 1 WHERE %s > 0", [rows])
    return first


def roll_record(copy: Copy) -> int:
    """An operator has one entry less, which then could be left out of what he hands over."""
    forge.take_off_the_guards(copy.cursor)
    upto, leaf = copy.find(_ROLL)
    copy.change(
        "UPDATE querylog.roll_record SET count = count - 1, chain = sha256(chain) WHERE upto = %s"
        " AND actor = (SELECT min(actor::text)::uuid FROM querylog.roll_record WHERE upto = %s)",
        [upto, upto],
        rows=1,
    )
    return int(leaf)


def roll_deleted(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    upto, leaf = copy.find(_ROLL.replace("upto LIMIT", "upto DESC LIMIT"))
    copy.change("DELETE FROM querylog.roll_record WHERE upto = %s", [upto])
    copy.change("DELETE FROM querylog.roll WHERE upto = %s", [upto], rows=1)
    return int(leaf)


def count(copy: Copy) -> int:
    """One look less in the hour's count of an operator."""
    group = {"index": look(copy)}
    copy.change(_COUNT_DOWN, group, rows=1)
    (first,) = copy.find(_FIRST_COUNTED, group)
    return int(first)


def _customer(copy: Copy) -> tuple[str, int, int]:
    """Who was looked at, the ordinal of the log key, and the first entry that showed anything."""
    uid, ordinal = copy.find(
        "SELECT s.uid::text, s.id FROM access_subject s JOIN querylog.subject_access a"
        " ON a.subject = s.uid WHERE a.entry_id = %s",
        [look(copy)],
    )
    (first,) = copy.find(
        "SELECT min(entry_id) FROM querylog.subject_access WHERE subject = %s", [uid]
    )
    return uid, int(ordinal), int(first)


ATTACKS = (
    Attack("row-deleted", _("从客户名单中删去一行"), row_deleted, "looks-missing"),
    Attack("row-altered", _("把名单中的一行移给另一客户"), row_altered, "look-altered"),
    Attack("row-inserted", _("在客户名单中添一行"), row_inserted, "look-altered"),
    Attack("context", _("改动一份密封的理由"), context, "context-not-leaf"),
    Attack("key", _("销毁客户的记号密钥而不留条目"), key, "key-missing"),
    Attack("key-and-rows", _("连同名单一并销毁而不留条目"), key_and_rows, "looks-missing"),
    Attack("roll-record", _("改动名册，好漏列操作人的条目"), roll_record, "roll-not-its-entries"),
    Attack("roll-deleted", _("删除一次名册"), roll_deleted, "roll-not-its-entries"),
    Attack("count", _("改动按小时的统计"), count, "count-not-entries"),
)
