"""A portfolio transfer as one of its two parties sees it, and the stages that it goes through."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from records.models import Book
from transfers.models.counterparties import Counterparty


class Stage(models.TextChoices):
    """In their order; a route says which of them it has, and what each of them waits for."""

    BOARD = "board", _("董事会文件")
    DATA_ROOM = "data_room", _("尽调资料室")
    APPROVAL = "approval", _("监管批准")
    NOTICE = "notice", _("告知与同意")
    FREEZE = "freeze", _("选定与冻结")
    PACKAGE = "package", _("打包交付")
    RECEIVE = "receive", _("接收")
    RECONCILE = "reconcile", _("对账")
    GO_LIVE = "go_live", _("受让方启用")
    END = "end", _("限制与销毁")


class Transfer(models.Model):
    """`ref` is the same at both parties; everything else is this party's own view of it."""

    class Side(models.TextChoices):
        SELLER = "seller", _("转出")
        BUYER = "buyer", _("转入")

    class Status(models.TextChoices):
        OPEN = "open", _("进行中")
        ENDED = "ended", _("已完成")
        STOPPED = "stopped", _("已终止")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True)  # T-2026-002
    side = models.CharField(_("方向"), max_length=8, choices=Side)
    counterparty = models.ForeignKey(Counterparty, models.PROTECT, verbose_name=_("对方"))
    route = models.CharField(_("路径"), max_length=40)  # of the regime packs
    title = models.CharField(_("名称"), max_length=100)
    # The seller's customers come from it, the buyer's come into it.
    book = models.ForeignKey(Book, models.PROTECT, null=True, verbose_name=_("账册"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    # As the opener declares it: with it, a report of what becomes of the data is owed.
    important_data = models.BooleanField(_("含重要数据"), default=False)
    opening = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    stopping = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("建立时间"), default=clock.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("建立人"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("业务转让")
        verbose_name_plural = pgettext_lazy("列表", "业务转让")

    def __str__(self) -> str:
        return self.code

    @property
    def is_sellers(self) -> bool:
        return self.side == self.Side.SELLER


class TransferStage(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("未开始")
        NOW = "now", _("进行中")
        DONE = "done", _("已完成")
        NOT_NEEDED = "not_needed", _("不需要")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="stages")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    begun_at = models.DateTimeField(_("开始"), null=True)
    done_at = models.DateTimeField(_("完成"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["transfer", "stage"], name="transfer_has_a_stage_once"),
            models.UniqueConstraint(
                fields=["transfer"],
                condition=models.Q(state="now"),
                name="transfer_is_at_one_stage",
            ),
            models.CheckConstraint(
                name="transfer_stage_done_says_when",
                condition=~models.Q(state="done") | models.Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.stage}"
