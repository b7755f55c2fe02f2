"""Structured logs to stderr; only listed fields pass, so that personal data has no way in."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

ALLOWED = frozenset(
    "event level timestamp logger request_id user_id code status job task task_id reason port role"
    " seconds count entry table purpose action outcome parent_task_id request copy cycles size"
    " witness".split()
)
# The formatter's own, which it takes out again.
_FORMATTERS = frozenset({"_record", "_from_structlog"})
# Words of our own addresses and public references; whatever else people type there is not logged.
_KNOWN = re.compile(r"|v\d|[a-z][a-z_-]{1,24}|[a-z]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")


def only_listed(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in ALLOWED or key in _FORMATTERS}


def foreign(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What a library says in its own words may hold a value: only who said it stays, and when."""
    event["event"] = event["_record"].name
    return event


def path_without_query(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if isinstance(request := event.get("request"), str):
        path = request.partition("?")[0]
        # A one-time link is a secret until it is used.
        head, link, _key = path.partition("/password/new/")
        method, space, rest = (head + link)[:200].partition(" ")
        known = (part if _KNOWN.fullmatch(part) else "*" for part in rest.split("/"))
        event["request"] = method + space + "/".join(known)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    only_listed,
    path_without_query,
]
# One list for good: a logger that is in use keeps the one it met first.
_CHAIN: list[Processor] = [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def setup(_config: object = None) -> None:
    """Called by Django with `LOGGING`, which says nothing more: there is one way to log."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[foreign, *_SHARED],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    # Or a record that cannot be formatted would be told to stderr with everything around it.
    logging.raiseExceptions = False
    handler.addFilter(without_traceback)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=_CHAIN,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def without_traceback(record: logging.LogRecord) -> bool:
    """Tracebacks may carry values in what was raised; the request id is enough to find one."""
    record.exc_info = record.exc_text = None
    return True
