"""Entries that have their place in the signed tree."""

from __future__ import annotations

import psycopg2
from django.utils.translation import gettext_lazy as _

from custodian.drills import forge
from custodian.drills.attacks.attack import Attack, claims, look
from custodian.drills.copy import Copy
from custodian.drills.scratch import Impossible


def bytes_(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    (leaf,) = copy.find("SELECT leaf FROM querylog.entry WHERE id = %s", [index])
    altered = forge.edited(leaf, claims)
    copy.change(
        "UPDATE querylog.entry SET leaf = %s WHERE id = %s AND leaf <> %s",
        [altered, index, altered],
    )
    return index


def column(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.change("UPDATE querylog.entry SET purpose = 'claim' WHERE id = %s", [index])
    return index


def time(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.change("UPDATE querylog.entry SET ts = ts - interval '1 day' WHERE id = %s", [index])
    return index


def unreadable(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.cursor.execute("SET session_replication_role = replica")
    copy.change("UPDATE querylog.entry SET leaf = 'x' WHERE id = %s", [index])
    copy.cursor.execute("RESET session_replication_role")
    return index


def tags(copy: Copy) -> int:
    """The tags of another customer."""
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.change("UPDATE querylog.entry SET tags = sha256(tags)::bytea WHERE id = %s", [index])
    return index


def delete(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.change("DELETE FROM querylog.entry WHERE id = %s", [index])
    return index


def delete_as_replica(copy: Copy) -> int:
    """The triggers hold even so; they have to be taken off, which leaves the entry missing all the same."""
    copy.cursor.execute("SET session_replication_role = replica")
    index = look(copy)
    try:
        copy.cursor.execute("DELETE FROM querylog.entry WHERE id = %s", [index])
    except psycopg2.errors.RaiseException:
        return delete(copy)
    raise Impossible("trigger-silent")


def truncate(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    look(copy)
    copy.cursor.execute("TRUNCATE querylog.entry")
    copy.find("SELECT 1 WHERE NOT EXISTS (SELECT FROM querylog.entry)")
    return 0


def swap(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    first, second = look(copy), look(copy, 0.5)
    copy.change(
        "UPDATE querylog.entry a SET leaf = b.leaf, tags = b.tags, ts = b.ts FROM querylog.entry b"
        " WHERE (a.id, b.id) IN ((%(first)s, %(second)s), (%(second)s, %(first)s))",
        {"first": first, "second": second},
        rows=2,
    )
    return first


ATTACKS = (
    Attack("bytes", _("改动一条已封存条目的原文"), bytes_, "leaf-not-tile"),
    Attack("unreadable", _("把一条已封存条目改成乱码"), unreadable, "leaf-not-tile"),
    Attack("column", _("只改页面上显示的一列"), column, "column-not-leaf"),
    Attack("time", _("只改页面上显示的时间"), time, "column-not-leaf"),
    Attack("tags", _("改动条目的客户记号"), tags, "tags-not-leaf"),
    Attack("delete", _("删除一条已封存条目"), delete, "entry-missing"),
    Attack(
        "delete-as-replica",
        _("以复制身份删除（触发器仍拒绝，只得卸下触发器）"),
        delete_as_replica,
        "entry-missing",
    ),
    Attack("truncate", _("清空整张条目表"), truncate, "entry-missing"),
    Attack("swap", _("对调两条条目"), swap, "leaf-not-tile"),
)
