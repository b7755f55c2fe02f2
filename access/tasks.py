"""Wake-up calls of access: the log is verified again and again, without anybody's asking."""

from __future__ import annotations

from celery import shared_task

from access.models import Verification
from access.verification import jobs


@shared_task(name="access.tasks.verify_log")
def verify_log() -> None:
    """What was added since the last run; once a night, everything."""
    if jobs.due_full():
        jobs.carry_out(Verification.Kind.FULL)
    jobs.carry_out(Verification.Kind.INCREMENTAL)
