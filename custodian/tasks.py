"""Wake-up calls of the composition."""

from __future__ import annotations

from celery import shared_task

from custodian.backup import keeping


@shared_task(name="custodian.tasks.expire_backups")
def expire_backups() -> None:
    """Keys, and what physical copies hold of them, go when their days are over."""
    keeping.expire()
