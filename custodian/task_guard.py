"""What every task does first: nothing, while a restored database waits to be reconciled."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Task as Plain

_log = structlog.get_logger("custodian")


class Task(Plain):  # type: ignore[misc]
    """Whatever is left undone stands in the rows, and the sweep finds it there."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Celery is set up before there are models.
        from access import restored

        if restored.waits():
            _log.warning("not-served", task=self.name, reason=restored.CODE)
            return None
        return super().__call__(*args, **kwargs)
