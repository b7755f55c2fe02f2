"""What customers ask for: the request with its words sealed, its steps, its clock, and what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Finding, Subject, Unit, User, WorkItem
from access.vocabulary import Reach, Role
from custodian import clock
from custodian.clocked import Clock, ClockQuerySet
from custodian.jobs import Job
from records import references
from records.models.holdings import Holding

if TYPE_CHECKING:
    from access.actors import Actor


class RequestQuerySet(models.QuerySet[Any]):
    """A complaint may be about the customer's own agent: only offices that reach all, and herself."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.role is Role.CUSTOMER:
            return self.filter(subject__in=actor.subjects)
        return self if actor.reach is Reach.ALL else self.none()

    def open(self) -> Self:
        return self.exclude(status__in=CustomerRequest.ENDED)


class PartQuerySet(models.QuerySet[Any]):
    """Rows that hang on a request."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(request__in=CustomerRequest.objects.visible_to(actor))


class RequestClockQuerySet(ClockQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(request__in=CustomerRequest.objects.visible_to(actor))


class CustomerRequest(Holding):
    """`about` and `details` are codes; whatever anybody wrote is sealed."""

    class Kind(models.TextChoices):
        ACCESS = "access", pgettext_lazy("客户申请", "查阅")
        COPY = "copy", pgettext_lazy("客户申请", "复制")
        CORRECTION = "correction", pgettext_lazy("客户申请", "更正")
        COMPLETION = "completion", pgettext_lazy("客户申请", "补充")
        DELETION = "deletion", pgettext_lazy("客户申请", "删除")
        RESTRICTION = "restriction", pgettext_lazy("客户申请", "限制处理")
        WITHDRAW_CONSENT = "withdraw_consent", pgettext_lazy("客户申请", "撤回同意")
        OBJECT = "object", pgettext_lazy("客户申请", "异议")
        PORTABILITY = "portability", pgettext_lazy("客户申请", "转移")
        COMPLAINT = "complaint", pgettext_lazy("客户申请", "投诉")
        QUESTION = "question", pgettext_lazy("客户申请", "咨询")
        LOOK_QUESTION = "look_question", pgettext_lazy("客户申请", "对一次查看的疑问")
        FEEDBACK = "feedback", pgettext_lazy("客户申请", "意见建议")
        FRAUD_CALL = "fraud_call", pgettext_lazy("客户申请", "诈骗来电")

    class Status(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("客户申请", "已收到")
        ACCEPTED = "accepted", pgettext_lazy("客户申请", "已受理")
        WORKING = "working", pgettext_lazy("客户申请", "办理中")
        ANSWERED = "answered", pgettext_lazy("客户申请", "已答复")
        PARTLY = "partly", pgettext_lazy("客户申请", "部分办理")
        REFUSED = "refused", pgettext_lazy("客户申请", "不予办理")
        WITHDRAWN = "withdrawn", pgettext_lazy("客户申请", "已撤回")

    ENDED = (Status.ANSWERED, Status.PARTLY, Status.REFUSED, Status.WITHDRAWN)

    class CameBy(models.TextChoices):
        PORTAL = "portal", _("客户服务")
        COUNTER = "counter", _("网点")
        LETTER = "letter", _("信函")
        PHONE = "phone", _("电话")
        EMAIL = "email", _("电子邮件")

    class By(models.TextChoices):
        HERSELF = "herself", _("本人")
        REPRESENTATIVE = "representative", _("代表人")

    class Proof(models.TextChoices):
        """How it was made sure who asks."""

        SIGNED_IN = "signed_in", _("登录客户服务")
        IN_PERSON = "in_person", _("当面核对证件原件")
        CALL_BACK = "call_back", _("回拨预留电话并核对")
        SIGNATURE = "signature", _("核对来信签名与证件复印件")
        AUTHORISED = "authorised", _("核对授权文件与双方证件")

    class Office(models.TextChoices):
        SERVICE = "service", _("客服")
        COMPLIANCE = "compliance", pgettext_lazy("办理部门", "合规")

    ref = models.CharField(
        _("申请编号"), max_length=16, unique=True, default=references.new_request
    )
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="requests")
    kind = models.CharField(_("事项"), max_length=18, choices=Kind)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.RECEIVED)
    came_by = models.CharField(_("来源"), max_length=8, choices=CameBy)
    asked_by = models.CharField(_("申请人"), max_length=16, choices=By, default=By.HERSELF)
    # Of a representative: as what, and who he is, as far as he is registered.
    capacity = models.CharField(max_length=12, blank=True)
    asker = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    # What tells two of a kind apart: a purpose, an entry of the log.
    about = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("收到"), default=clock.now)
    # Of the form it was sent with, so that a form sent twice is one request.
    form = models.UUIDField(null=True)
    proof = models.CharField(_("身份核验"), max_length=12, choices=Proof, blank=True)
    proven_at = models.DateTimeField(_("核验时间"), null=True)
    proven_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # One too many of a person's: it is kept and handled, after somebody has sorted it.
    triage = models.BooleanField(default=False)
    office = models.CharField(_("办理部门"), max_length=12, choices=Office)
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("办结"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # that closed it
    # What became of each thing, in codes and dates: told to the customer in her language.
    outcome = models.JSONField(default=dict)
    # A restriction or an objection that was granted and is over again.
    lifted_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(_("满意度"), null=True)
    rated_at = models.DateTimeField(null=True)
    text_sealed = models.BinaryField(null=True)
    insurer_sealed = models.BinaryField(null=True)
    answer_sealed = models.BinaryField(null=True)
    refusal_sealed = models.BinaryField(null=True)
    extension_sealed = models.BinaryField(null=True)
    comment_sealed = models.BinaryField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-pk")
        verbose_name = _("客户申请")
        verbose_name_plural = pgettext_lazy("列表", "客户申请")
        indexes = [
            models.Index(fields=["subject", "received_at"], name="request_of_subject"),
            models.Index(fields=["status", "received_at"], name="request_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "about"],
                condition=Q(proven_at__isnull=False)
                & Q(status__in=("received", "accepted", "working"))
                & ~Q(kind__in=("complaint", "question", "feedback", "fraud_call")),
                name="request_of_a_right_is_open_once",
            ),
            models.UniqueConstraint(fields=["subject", "form"], name="request_form_is_sent_once"),
            models.CheckConstraint(
                name="request_is_proven_before_it_is_accepted",
                condition=Q(proven_at__isnull=False)
                | Q(status__in=("received", "refused", "withdrawn")),
            ),
            models.CheckConstraint(
                name="request_of_herself_names_nobody_else",
                condition=Q(asked_by="representative") | Q(capacity="", asker=None),
            ),
            models.CheckConstraint(
                name="request_proof_is_dated",
                condition=Q(proof="", proven_at=None) | (Q(proven_at__isnull=False) & ~Q(proof="")),
            ),
            models.CheckConstraint(
                name="request_is_closed_when_it_has_ended",
                condition=Q(closed_at=None, status__in=("received", "accepted", "working"))
                | Q(
                    closed_at__isnull=False,
                    status__in=("answered", "partly", "refused", "withdrawn"),
                ),
            ),
            models.CheckConstraint(
                name="request_is_rated_from_one_to_five_after_its_end",
                condition=Q(score=None, rated_at=None)
                | Q(score__gte=1, score__lte=5, rated_at__isnull=False, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def proven(self) -> bool:
        return self.proven_at is not None


class RequestStep(models.Model):
    """What happened, as the customer sees it: what, when, and which unit; nobody's name."""

    class Code(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("办理进度", "收到申请")
        PROVEN = "proven", pgettext_lazy("办理进度", "核验身份")
        ACCEPTED = "accepted", pgettext_lazy("办理进度", "受理")
        WORKING = "working", pgettext_lazy("办理进度", "开始办理")
        ASKED = "asked", pgettext_lazy("办理进度", "请您补充说明")
        SAID = "said", pgettext_lazy("办理进度", "收到您的补充")
        MOVED_ON = "moved_on", pgettext_lazy("办理进度", "转合规部门办理")
        EXTENDED = "extended", pgettext_lazy("办理进度", "延长期限")
        PREPARING = "preparing", pgettext_lazy("办理进度", "正在备副本")
        READY = "ready", pgettext_lazy("办理进度", "副本已备好")
        DONE = "done", pgettext_lazy("办理进度", "已按决定办理")
        ANSWERED = "answered", pgettext_lazy("办理进度", "答复")
        PARTLY = "partly", pgettext_lazy("办理进度", "部分办理")
        REFUSED = "refused", pgettext_lazy("办理进度", "不予办理")
        WITHDRAWN = "withdrawn", pgettext_lazy("办理进度", "您已撤回")
        LIFTED = "lifted", pgettext_lazy("办理进度", "已解除")
        RATED = "rated", pgettext_lazy("办理进度", "收到您的评价")

    request = models.ForeignKey(CustomerRequest, models.PROTECT, related_name="steps")
    code = models.CharField(max_length=10, choices=Code)
    at = models.DateTimeField(default=clock.now)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.request_id} {self.code}"


class RequestMessage(models.Model):
    """Something said on the way, sealed under the key of its request; `slot` tells messages apart."""

    class Author(models.TextChoices):
        CUSTOMER = "customer", _("您")
        INSURER = "insurer", _("本公司")

    request = models.ForeignKey(CustomerRequest, models.PROTECT, related_name="messages")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField()
    author = models.CharField(max_length=8, choices=Author)
    at = models.DateTimeField(default=clock.now)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    message_sealed = models.BinaryField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(
                fields=["request", "slot"], name="request_message_slot_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.slot}"


class RequestClock(Clock):
    """The time within which a request is answered; `rule` and start say all, the rest is reckoned."""

    request = models.OneToOneField(CustomerRequest, models.PROTECT, related_name="clock")
    # What has been told to the officers, so that it is told once: "near" or "late".
    told = models.CharField(max_length=4, blank=True)
    # The approval of a second extension.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = RequestClockQuerySet.as_manager()  # type: ignore[misc]  # a clock's own kind of rows

    def __str__(self) -> str:
        return f"{self.request_id} {self.rule}"


class RequestEffect(Job):
    """What is done for a request once it is decided; tried again until it is done."""

    request = models.ForeignKey(CustomerRequest, models.PROTECT, related_name="effects")
    code = models.CharField(max_length=18)  # the kind of request whose effect it is, or "lift"
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["request", "code"], name="request_effect_is_once")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.code}"
