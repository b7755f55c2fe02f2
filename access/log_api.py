"""The log under /api/v1/: entries by scope, and proofs about them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access import gate
from access.actions import Action
from access.api import ActorView
from access.querylog import proofs
from access.querylog.guests import entries_for
from access.vocabulary import Channel, Purpose, Role
from custodian.api import StrictSerializer
from custodian.api_views import Shape

MOST = 100
LARGEST = 2**62
PURPOSES = {Role.REGULATOR: Purpose.REGULATION, Role.SECURITY_OFFICER: Purpose.SECURITY}
DEFAULT_PURPOSE = Purpose.AUDIT


class EntriesQuery(StrictSerializer):
    first = serializers.IntegerField(default=0, min_value=0, max_value=LARGEST)
    count = serializers.IntegerField(default=50, min_value=1, max_value=MOST)


class EntryAnswer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    leaf = serializers.CharField(help_text="The exact bytes that are hashed, as UTF-8.")
    tags = serializers.CharField(help_text="Base64: sixteen bytes for each customer.")
    sealed = serializers.BooleanField(help_text="Whether it lies under an announced head.")


class EntriesAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    entries = EntryAnswer(many=True)
    next = serializers.IntegerField(allow_null=True)


class InclusionQuery(StrictSerializer):
    index = serializers.IntegerField(min_value=0, max_value=LARGEST)
    size = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class InclusionAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    hashes = serializers.ListField(child=serializers.CharField())
    root_hash = serializers.CharField()
    checkpoint = serializers.CharField(allow_null=True)


class ConsistencyQuery(StrictSerializer):
    first = serializers.IntegerField(min_value=1, max_value=LARGEST)
    second = serializers.IntegerField(min_value=1, max_value=LARGEST)


class ConsistencyAnswer(serializers.Serializer[Any]):
    entry = serializers.IntegerField()
    first = serializers.IntegerField()
    second = serializers.IntegerField()
    hashes = serializers.ListField(child=serializers.CharField())


class LogView(ActorView):
    """Reading the log is a look like any other."""

    tag = "log"

    def enter(self, **facts: Any) -> int:
        permit = gate.permit(
            self.actor,
            Action.LOG_ENTRIES_READ,
            purpose=PURPOSES.get(self.actor.role, DEFAULT_PURPOSE),
            channel=Channel.API,
            facts={"page": self.request.path, **facts},
        )
        return permit.entry


class Entries(LogView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listLogEntries",
            query=EntriesQuery,
            answer=EntriesAnswer,
            about="Entries from an index upwards: all of them for auditors and officers, those of"
            " the open cases for a supervising office. `next` goes on; null at the end.",
        )
    }

    def get(self, request: Request) -> Response:
        entry = self.enter(**self.asked)
        count = self.asked["count"]
        rows = entries_for(self.actor).filter(id__gte=self.asked["first"]).order_by("id")
        found = list(rows.filter(id__lt=entry)[: count + 1])
        announced = proofs.announced()
        return self.answer(
            {
                "entry": entry,
                "entries": [
                    {
                        "index": row.id,
                        "leaf": row.leaf,
                        "tags": base64.b64encode(bytes(row.tags)).decode(),
                        "sealed": row.id < announced,
                    }
                    for row in found[:count]
                ],
                "next": found[count].id if len(found) > count else None,
            }
        )


class Inclusion(LogView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="proveInclusion",
            query=InclusionQuery,
            answer=InclusionAnswer,
            problems=("404",),
            about="The path from one entry to the root of a size (RFC 9162, 2.1.3), hashes in"
            " base64 from the leaf upwards; without `size`, of the newest head.",
        )
    }

    def get(self, request: Request) -> Response:
        entry = self.enter(**self.asked)
        index = self.asked["index"]
        if not entries_for(self.actor).filter(id=index).exists():
            gate.refuse_unknown(
                self.actor,
                Action.LOG_ENTRIES_READ,
                asked=f"#{index}",
                purpose=PURPOSES.get(self.actor.role, DEFAULT_PURPOSE),
                channel=Channel.API,
            )
        proof = proofs.inclusion(index, size=self.asked.get("size"))
        return self.answer(
            {
                "entry": entry,
                "index": proof.index,
                "size": proof.size,
                "leaf_hash": _text(proof.leaf),
                "hashes": _texts(proof.path),
                "root_hash": _text(proof.root),
                "checkpoint": proof.head.note.decode() if proof.head else None,
            }
        )


class Consistency(LogView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="proveConsistency",
            query=ConsistencyQuery,
            answer=ConsistencyAnswer,
            about="What leads from the root of one size to that of a larger one (RFC 9162, 2.1.4).",
        )
    }

    def get(self, request: Request) -> Response:
        entry = self.enter(**self.asked)
        path = proofs.consistency(self.asked["first"], self.asked["second"])
        return self.answer({"entry": entry, **self.asked, "hashes": _texts(path)})


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _texts(values: Sequence[bytes]) -> list[str]:
    return [_text(value) for value in values]
