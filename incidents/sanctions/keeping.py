"""How long what sanctions leave is kept: matters from their closing, and then their keys go with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.models import (
    FlagAside,
    FlagBatch,
    FlagOverride,
    FlagRelease,
    RehireFlag,
    SanctionAnswer,
    SanctionCase,
    SanctionEntry,
    SanctionMember,
    SanctionPaper,
    SanctionRuling,
    SanctionSupervisor,
    Screening,
)
from incidents.sanctions import sealing
from records.retention import own_records

ABOUT: Final = "sanction"
_OF_A_MATTER: Final = (
    SanctionPaper,
    SanctionAnswer,
    SanctionSupervisor,
    SanctionRuling,
    SanctionEntry,
    SanctionMember,
)


class Matters(own_records.Rows):
    """Those that nothing rests on; a flag that still stands keeps its matter."""

    def part(self, gone: Sequence[int]) -> None:
        for ref in self.rows().filter(pk__in=gone).values_list("ref", flat=True):
            sealing.forget(ref)


def _closed() -> QuerySet[SanctionCase]:
    return SanctionCase.objects.filter(stage=SanctionCase.Stage.CLOSED)


def _ended() -> QuerySet[RehireFlag]:
    return RehireFlag.objects.exclude(state=RehireFlag.State.CURRENT)


def declared() -> list[Any]:
    """Matters last: what is told here rests on them."""
    return [
        own_records.Rows(
            "flag-override",
            _("聘用限制的例外与解除"),
            ABOUT,
            _("删除记录"),
            lambda: FlagOverride.objects.exclude(flag__state=RehireFlag.State.CURRENT),
            F("flag__ended_at"),
            everything=FlagOverride.objects.all,
        ),
        own_records.Rows(
            "rehire-flag",
            _("聘用限制"),
            ABOUT,
            _("删除记录；到期时姓名和证件号码已随密钥销毁"),
            _ended,
            F("ended_at"),
            everything=RehireFlag.objects.all,
        ),
        own_records.Rows(
            "flag-batch",
            _("行业名单的导入"),
            ABOUT,
            _("删除记录；还有限制的不删"),
            FlagBatch.objects.all,
            F("made_at"),
            along=((FlagAside, "batch"),),
            everything=FlagBatch.objects.all,
        ),
        own_records.Rows(
            "screening",
            _("聘用前查询"),
            ABOUT,
            _("删除记录"),
            Screening.objects.all,
            F("at"),
            everything=Screening.objects.all,
        ),
        own_records.Rows(
            "flag-release",
            _("对外提供聘用限制"),
            ABOUT,
            _("删除记录"),
            FlagRelease.objects.all,
            F("asked_at"),
            everything=FlagRelease.objects.all,
        ),
        Matters(
            "sanction-matter",
            _("责任追究"),
            ABOUT,
            _("删除记录，密钥一并销毁；还有聘用限制的不删"),
            _closed,
            F("closed_at"),
            along=tuple((model, "matter") for model in _OF_A_MATTER),
            everything=SanctionCase.objects.all,
        ),
    ]
