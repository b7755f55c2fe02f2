"""Structured logs to stderr; only listed fields pass, so that personal data has no way in."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

ALLOWED = frozenset(
    "event level timestamp logger request_id user_id code status job task task_id reason port role"
    " seconds count entry table purpose action outcome parent_task_id request".split()
)


def only_listed(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in ALLOWED}


def path_without_query(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if isinstance(request := event.get("request"), str):
        path = request.partition("?")[0]
        # A one-time link is a secret until it is used.
        head, link, _key = path.partition("/password/new/")
        event["request"] = (head + link)[:200]
    return event


def setup(_config: object = None) -> None:
    """Called by Django with `LOGGING`, which stays empty: there is one way to log."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_listed,
        path_without_query,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Tracebacks of requests may carry values in their frames; the request id is enough to find one.
    logging.getLogger("django.request").addFilter(without_traceback)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = record.exc_text = None
    return True
