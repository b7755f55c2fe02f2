"""What the register of storage places sees of the backups each night: one that is whole and young."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Finding
from custodian.backup import keeping
from records.storage import probes
from records.storage.probes import Probe, Result

PLACE: Final = "backups"
YOUNG: Final = timedelta(hours=36)  # one a day, and a morning to notice that it failed
URGENT: Final = timedelta(days=3)


def look() -> Result:
    """Every byte of the newest is read and compared with its manifest."""
    newest = keeping.latest(deep=True)
    if newest is None:
        wanted = bool(settings.CUSTODIAN_BACKUP_KEY)
        severity = Finding.Severity.URGENT if wanted else Finding.Severity.MEDIUM
        return Result(ok=False, facts={"wanted": wanted}, severity=severity)
    late = newest.age > URGENT
    return Result(
        ok=newest.age <= YOUNG,
        facts={
            "hours": int(newest.age.total_seconds() // 3600),
            "bytes": newest.size,
        },
        severity=Finding.Severity.URGENT if late else Finding.Severity.HIGH,
    )


def words(facts: Mapping[str, Any]) -> str:
    if "hours" not in facts:
        return _("没有完整可用的备份") if facts.get("wanted") else _("还没有设置备份")
    said = {"hours": f"{facts['hours']:,}", "size": filesizeformat(facts["bytes"])}
    return _("最近一份完整的备份在 %(hours)s 小时前（%(size)s）") % said


def register() -> None:
    probes.register(Probe("backup", PLACE, gettext_lazy("最近的备份"), look, words))
    probes.register(
        Probe(
            "backups-disk",
            PLACE,
            gettext_lazy("磁盘"),
            lambda: probes.disk(settings.CUSTODIAN_BACKUPS),
            probes.disk_words,
        )
    )
