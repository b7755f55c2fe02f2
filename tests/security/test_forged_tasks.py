"""Messages put straight into the broker: a task does what its row says and nothing that a message says."""

from __future__ import annotations

import inspect
import json
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist

from access.audits import running
from access.models import AuditRun, Bundle, Case, Export, Finding, Replay, User
from custodian import clock
from custodian.celery import app
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records.models import ImportRun
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
# It takes no notice of what it is told, and notes that it ran.
VERIFYING = "access.tasks.verify_log"
OWN = ("access.", "records.", "transfers.", "incidents.", "custodian.")


def own_tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.startswith(OWN)}


def takes(task: Any) -> list[str]:
    return [each for each in inspect.signature(task.run).parameters if each != "self"]


def test_a_task_takes_nothing_but_the_key_of_a_row():
    for name, task in own_tasks().items():
        assert len(takes(task)) <= 1, name
        for each in takes(task):
            assert inspect.signature(task.run).parameters[each].annotation in {int, "int"}, name


def test_nothing_but_plain_json_is_read_from_the_broker():
    assert app.conf.accept_content == ["json"]
    assert (app.conf.task_serializer, app.conf.result_backend) == ("json", None)


@pytest.mark.parametrize("forged", [0, -1, 987654321])
def test_a_message_about_a_row_that_does_not_exist_does_nothing(forged):
    before = whole()
    for name, task in own_tasks().items():
        if takes(task) and name != VERIFYING:
            with suppress(ObjectDoesNotExist):
                task.run(forged)
    assert whole() == before


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.PAUSED, JobStatus.REFUSED])
def test_a_message_wakes_no_job_that_is_not_due(status):
    """Done, paused or refused: however often its message comes again."""
    with estate.scopes.acting(estate.system()):
        imported = ImportRun.objects.create(book=estate.book(), status=status)
        audited = AuditRun.objects.create(day=clock.local().date(), status=status)
    own_tasks()["records.tasks.run_import"].run(imported.pk)
    with pytest.raises(IllegalMove):
        running.work(audited.pk)
    with estate.scopes.acting(estate.system()):
        for row in (imported, audited):
            row.refresh_from_db()
            assert (row.status, row.started_at) == (status, None)


def test_ringing_every_bell_again_and_again_changes_nothing_that_is_not_due():
    """The clock's own tasks, as somebody with the broker could send them a hundred times."""
    estate.user()
    ring()
    before = whole()
    for _ in range(3):
        ring()
    assert whole() == before


def ring() -> None:
    for name in {each["task"] for each in app.conf.beat_schedule.values()}:
        if name != VERIFYING:
            own_tasks()[name].run()


def whole() -> str:
    """What somebody could want to change by a message."""
    with estate.scopes.acting(estate.system()):
        counted = {
            model.__name__: list(model.objects.order_by("pk").values_list("pk", flat=True))
            for model in (AuditRun, Bundle, Case, Export, Finding, ImportRun, Replay)
        }
        people = list(User.objects.order_by("pk").values_list("pk", "is_active", "role"))
    return json.dumps([counted, people], default=str)
