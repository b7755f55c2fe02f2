"""The tree over the entries, and its signed heads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from custodian import clock
from custodian.drills import forge
from custodian.drills.attacks.attack import Attack, checkpoint, look, size
from custodian.drills.copy import ORIGIN, Copy
from custodian.drills.witness import NAME
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE, ED25519, HASH, TILE, Checkpoint

_EDIT = (
    "UPDATE querylog.tile SET data = overlay(data PLACING sha256(data) FROM %s FOR 32)"
    " WHERE level = %s AND index = %s"
)


def tile(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    index = look(copy)
    copy.change(_EDIT, [index % TILE * HASH + 1, 0, index // TILE])
    return index


def tiles_swapped(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    copy.change(
        "UPDATE querylog.tile a SET data = b.data FROM querylog.tile b"
        " WHERE a.level = 0 AND b.level = 0 AND (a.index, b.index) IN ((0, 1), (1, 0))",
        rows=2,
    )
    return 0


def upper_tile(copy: Copy) -> int:
    """The second hash of the level above the leaves."""
    forge.take_off_the_guards(copy.cursor)
    copy.change(_EDIT, [HASH + 1, 1, 0])
    return TILE


def upper_tile_deleted(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    copy.change("DELETE FROM querylog.tile WHERE level = 1")
    return 0


def tail(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    first = look(copy, 0.8)
    copy.change("DELETE FROM querylog.entry WHERE id >= %s", [first])
    return first


def newest_checkpoint(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    last = size(copy)
    copy.change(
        "UPDATE querylog.checkpoint SET root = sha256(root) WHERE size = %s", [last], rows=1
    )
    return last - 1


def old_checkpoint(copy: Copy) -> int:
    """Its note claims one entry more."""
    forge.take_off_the_guards(copy.cursor)
    old = checkpoint(copy, 0.3)
    copy.change(
        "UPDATE querylog.checkpoint SET note ="
        " replace(note, chr(10) || size || chr(10), chr(10) || size + 1 || chr(10)) WHERE size = %s",
        [old],
        rows=1,
    )
    return old - 1


def checkpoint_deleted(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    last = size(copy)
    copy.cursor.execute("DELETE FROM querylog.cosignature")
    copy.change("DELETE FROM querylog.checkpoint WHERE size = %s", [last], rows=1)
    return last - 1


def another_key(copy: Copy) -> int:
    forge.take_off_the_guards(copy.cursor)
    forge.sign_anew(copy.cursor, Signer.generate(ORIGIN, kind=ED25519))
    return checkpoint(copy, 0) - 1


def cosignature(copy: Copy) -> int:
    """The witness is said to have seen a head, by a key of its name that is not its own."""
    (said,) = copy.find("SELECT max(size) FROM querylog.cosignature")
    (note,) = copy.find("SELECT note FROM querylog.checkpoint WHERE size = %s", [said])
    text = Checkpoint.parse(note.encode()).note.text
    line = Signer.generate(NAME, kind=COSIGNATURE).cosign(text, at=int(clock.real().timestamp()))
    copy.change("UPDATE querylog.cosignature SET line = %s WHERE size = %s", [line, said], rows=1)
    return int(said) - 1


ATTACKS = (
    Attack("tile", _("改动树中一条的哈希"), tile, "leaf-not-tile"),
    Attack("tiles-swapped", _("对调树的两块"), tiles_swapped, "leaf-not-tile"),
    Attack("upper-tile", _("改动树的上层"), upper_tile, "tile-not-its-leaves"),
    Attack("upper-tile-deleted", _("删除树的上层"), upper_tile_deleted, "tile-not-its-leaves"),
    Attack("tail", _("截去末尾条目，留下检查点"), tail, "entry-missing"),
    Attack(
        "newest-checkpoint", _("改动最新的检查点"), newest_checkpoint, "checkpoint-not-its-entries"
    ),
    Attack("old-checkpoint", _("改动一个旧检查点"), old_checkpoint, "checkpoint-signature"),
    Attack("checkpoint-deleted", _("删除最新的检查点"), checkpoint_deleted, "checkpoint-missing"),
    Attack("cosignature", _("冒充见证方的会签"), cosignature, "cosignature-not-witness"),
    Attack("another-key", _("用自己的密钥重签全部检查点"), another_key, "checkpoint-signature"),
)
