"""Callers of the API: JSON in and out, with a session or a bearer token."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from access import tokens
from access.actions import Action
from access.vocabulary import Channel, Purpose
from tests import estate

BASE = "/api/v1/"
FOR = {"purpose": "follow_up"}
ACTIONS = [
    Action.CUSTOMER_CREATE,
    Action.CUSTOMER_LIST,
    Action.CUSTOMER_REVEAL,
    Action.CUSTOMER_SEARCH,
    Action.CUSTOMER_VIEW,
]
PURPOSES = [Purpose.FOLLOW_UP, Purpose.POLICY_SERVICE, Purpose.PAYMENT]


class Caller:
    def __init__(self, client: Client, **headers: str) -> None:
        self.client = client
        self.headers = headers

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(BASE + path, query, **self.headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.generic(
            method, BASE + path, text, "application/json", **self.headers, **headers
        )


def issue(user, *, actions=ACTIONS, purposes=PURPOSES, **more):
    return tokens.issue(
        user,
        name="test",
        actions=[each.value for each in actions],
        purposes=[each.value for each in purposes],
        days=1,
        channel=Channel.COMMAND,
        actor=estate.system(),
        **more,
    )
