"""Long work as rows: a lease says who is at it, a sweep finds what nobody is at."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Protocol, Self

import structlog
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from custodian import clock
from custodian.workflow import IllegalMove, Workflow

LEASE = timedelta(seconds=60)
_log = structlog.get_logger("custodian")


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("排队")
    RUNNING = "running", _("进行中")
    PAUSED = "paused", _("已暂停")
    FAILED = "failed", _("失败，可续作")
    DONE = "done", _("完成")
    REFUSED = "refused", _("已拒收")


OPEN = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})
JOB = Workflow(
    {
        "finish": (frozenset({JobStatus.RUNNING}), JobStatus.DONE),
        "fail": (frozenset({JobStatus.RUNNING}), JobStatus.FAILED),
        "refuse": (frozenset({JobStatus.QUEUED, JobStatus.RUNNING}), JobStatus.REFUSED),
        "pause": (OPEN, JobStatus.PAUSED),
        "resume": (frozenset({JobStatus.PAUSED, JobStatus.FAILED}), JobStatus.QUEUED),
    }
)


class JobQuerySet(models.QuerySet[Any]):
    def due(self) -> Self:
        """Waiting, or running under a lease that has run out."""
        lapsed = Q(status=JobStatus.RUNNING, leased_until__lt=clock.now())
        return self.filter(Q(status=JobStatus.QUEUED) | lapsed)


class Job(models.Model):
    """Base of every long piece of work; the row is the truth, a message only wakes somebody up."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("状态"), max_length=16, choices=JobStatus, default=JobStatus.QUEUED)
    total = models.PositiveBigIntegerField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("提交时间"), default=clock.now)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    leased_by = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    def claim(self) -> uuid.UUID:
        """Take the lease, or raise `IllegalMove` when somebody else holds it."""
        lease, now = uuid.uuid4(), clock.now()
        rows = type(self).objects.due().filter(pk=self.pk)
        if not rows.update(status=JobStatus.RUNNING, leased_by=lease, leased_until=now + LEASE):
            raise IllegalMove
        type(self).objects.filter(pk=self.pk, started_at=None).update(started_at=now)
        self.refresh_from_db()
        return lease

    def progress(self, lease: uuid.UUID, *, done: int) -> None:
        """Report and renew; raises when the lease was lost or the job was paused."""
        self.keep(lease, done=done)

    def keep(self, lease: uuid.UUID, **changes: Any) -> None:
        """Write what the work has come to, and renew; raises as `progress` does."""
        held = type(self).objects.filter(pk=self.pk, leased_by=lease, status=JobStatus.RUNNING)
        if not held.update(**changes, leased_until=clock.now() + LEASE):
            raise IllegalMove
        for name, value in changes.items():
            setattr(self, name, value)


class Wakeable(Protocol):
    """A Celery task that takes the key of a job's row."""

    name: str

    def delay(self, key: int) -> object: ...


def wake(task: Wakeable, key: int) -> None:
    """Ring the bell once the row is committed; if nobody hears it, the sweep finds the row."""

    def call() -> None:
        try:
            task.delay(key)
        except OperationalError:
            _log.warning("not-woken", task=task.name, job=key)

    transaction.on_commit(call)
