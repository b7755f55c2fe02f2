"""A case that nobody leads any more gets a new lead by two people."""

import datetime

from django.db import migrations

WORKERS = ["compliance_officer", "security_officer"]
KIND = "incident-adopt"


def seed(apps, schema_editor):
    """A new installation's own way of approving it: company default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
        excluded=["line", "target", "target-line"],
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_round_off_incidents")]

    operations = [migrations.RunPython(seed, unseed)]
