"""What every API answer shares: problem+json and throttling by actor."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import exception_handler


class ActorThrottle(UserRateThrottle):
    scope = "actor"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    return exception_handler(error, context)
