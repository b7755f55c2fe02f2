"""What the board's second cell says of data rooms: to how many, until when, or that they are destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from custodian import clock
from custodian.jobs import JobStatus
from transfers import board
from transfers.board import Fact
from transfers.models import DataRoom, Stage, Transfer


def facts(transfer: Transfer) -> Iterator[Fact]:
    made = list(DataRoom.objects.filter(transfer=transfer, status=JobStatus.DONE))
    if not made:
        return
    n = sum(each.samples for each in made[-1:])
    yield Fact(ngettext("统计和 %(n)s 份掩码样本", "统计和 %(n)s 份掩码样本", n) % {"n": n})
    kept = [each for each in made if each.removed_at is None]
    if kept:
        last = max(each.expires_at or clock.now() for each in kept)
        yield Fact(_("到期即销毁"), last, quiet=True)
    else:
        gone = max(each.removed_at or clock.now() for each in made)
        yield Fact(_("已连同密钥销毁"), gone, quiet=True)


def ready() -> None:
    board.register_facts(Stage.DATA_ROOM, facts)
