"""Lists of the customers whom an incident hits: how each was found, its counts, and its fingerprint."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian.jobs import Job, JobQuerySet
from incidents.models.cases import Incident
from incidents.models.shelved import Shelved


class AffectedList(Shelved, Job):
    """The customers and elements stand sealed on a shelf under `ref`; what is here are numbers."""

    KIND = "affected-list"

    class By(models.TextChoices):
        OPERATOR = "operator", _("操作人的查询")
        SESSION = "session", _("一次登录的查询")
        EXPORT = "export", _("导出文件")
        PARTNER = "partner", _("合作方持有的资料")
        TRANSFER = "transfer", _("移交包")
        TRACE = "trace", _("外泄名单")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="affected")
    by = models.CharField(_("依据"), max_length=8, choices=By)
    about = models.CharField(
        _("编号"), max_length=40
    )  # staff number, code of export, partner, transfer
    since = models.DateTimeField(_("起"), null=True)
    until = models.DateTimeField(_("止"), null=True)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    customers = models.PositiveIntegerField(_("受影响客户"), null=True)
    clear = models.PositiveIntegerField(_("其中看到明文"), null=True)
    elements = models.JSONField(
        default=dict
    )  # code to how many had it returned in clear, and masked
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    entry = models.BigIntegerField(null=True)  # of the query log
    # Reckoned anew from the log: when, and whether it came out the same.
    checked_at = models.DateTimeField(_("复算时间"), null=True)
    same = models.BooleanField(_("复算一致"), null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("受影响名单")
        verbose_name_plural = pgettext_lazy("列表", "受影响名单")
        constraints = [
            models.CheckConstraint(
                name="affected_list_that_is_done_has_numbers",
                condition=~Q(status="done")
                | (Q(customers__isnull=False, clear__isnull=False) & ~Q(digest="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_by_display()} {self.about}"
