"""Whose each holding is, for whoever moves keys from under one KEK to under another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from records import index_roots, reindexing
from records.destruction import certifying, tombstones
from records.integrity import HOLDINGS

_OWNERS = " UNION ALL ".join(
    f"SELECT holding::text, subject_id FROM {model._meta.db_table} WHERE holding = ANY (%(held)s::uuid[])"  # noqa: S608
    for model in HOLDINGS.values()
)


# What signs documents, by the name of its key; the apps to the right put theirs in.
SIGNERS: dict[str, Any] = {certifying.KEY: _("销毁证书"), tombstones.KEY: _("销毁名册")}


class Holders:
    """The port through which a rotation of keys asks."""

    def owners_of(self, holdings: Sequence[str]) -> Mapping[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(_OWNERS, {"held": "{" + ",".join(holdings) + "}"})
            return dict(cursor.fetchall())

    def index_counts(self) -> Mapping[int, int]:
        return index_roots.counts()

    def signers(self) -> Mapping[str, Any]:
        return SIGNERS

    def staff_apart(self, version: int) -> int:
        return reindexing.unmet(version)
