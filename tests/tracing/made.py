"""A trace as the pages show it: a list of these values, uploaded, sealed, and traced by the job."""

from __future__ import annotations

from collections.abc import Sequence

from access.models import User
from incidents.models import LeakTrace, ListLayout
from incidents.tracing import jobs, signatures
from incidents.tracing.layouts import Column
from records.importing import store
from records.importing.readers import Source
from tests import estate


def uploaded(rows: Sequence[str], *, name: str = "名单.csv"):
    content = "\n".join(["姓名,电话", *rows]).encode()
    return store.receive(Source.from_chunks(name, lambda: iter([content])))


def traced(rows: Sequence[str], *, by: User, label: str = "网上出售的名单") -> LeakTrace:
    file = uploaded(rows)
    job = LeakTrace.objects.create(label=label, file=file, size=file.size, requested_by=by)
    return jobs.work(job.pk)


def layout(*, by: User) -> ListLayout:
    """What the lists of another insurer look like."""
    columns = (
        Column("保单号", "policy", "PA#{12}"),
        Column("投保人", "name"),
        Column("手机", "mobile"),
    )
    with estate.acting(by) as actor:
        return signatures.enter(
            company="平泰人寿", source="来函附表", columns=columns, why="行业通报", actor=actor
        )


def things(officer: User) -> dict[str, str]:
    """What the routes of tracing name."""
    return {
        "leak_trace": str(traced([], by=officer).ref),
        "list_layout": str(layout(by=officer).ref),
    }
