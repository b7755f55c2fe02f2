"""The acts of the drill, and the sealing alone that a hand-over is compared with."""

from __future__ import annotations

import time
from uuid import uuid4

from django.db import transaction

from access import keystore
from custodian.drills.handover import people
from custodian.drills.handover.acts import *  # noqa: F403
from custodian.drills.handover.people import here
from records import vault
from transfers import chosen
from transfers.handing_over import building, collecting
from transfers.packages.record import Record


def bare() -> dict[str, float]:
    """Every value and file of those who move, sealed under fresh keys and thrown away: seconds, values."""
    seconds, values = 0.0, 0
    with people.system(building.ACTOR) as actor:
        moving = list(chosen.manifest(here.open()))
        for at in range(0, len(moving), collecting.CHUNK):
            chunk = moving[at : at + collecting.CHUNK]
            found = list(collecting.collect(chunk, facts={}, actor=actor))
            begun = time.perf_counter()
            with transaction.atomic():
                values += sum(_seal(each.subject, each.record) for each in found)
                transaction.set_rollback(True)
            seconds += time.perf_counter() - begun
    return {"seconds": seconds, "values": values}


def _seal(subject: int, record: Record) -> int:
    money = {
        f"{code}/{n}": text for n, each in enumerate(record.accounts) for code, text in each.items()
    }
    parts = [
        record.values, money, *(each.values for each in record.policies),
        *(each.values for each in record.claims),
    ]  # fmt: skip
    holdings = {uuid4(): each for each in parts}
    files = {uuid4(): each.size for each in record.files}
    keys = keystore.create(dict.fromkeys([*holdings, *files], subject))
    for holding, each in holdings.items():
        vault.seal(each, holding=holding, key=keys[holding])
    for holding, size in files.items():
        for _piece in vault.seal_file(
            [bytes(size)], holding=holding, key=keys[holding], element="document.content"
        ):
            pass
    return sum(map(len, parts))
