"""What people must have learned and promised: courses, attempts, undertakings, signatures, reminders."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.models.approvals import Approval
from access.models.people import User
from access.vocabulary import Role
from custodian import clock


def told(row: Any, name: str) -> str:
    """A text of the row in the reader's language."""
    return str(getattr(row, f"{name}_en" if get_language() == "en" else f"{name}_zh"))


class VersionQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Taught(models.Model):
    """One version of something that roles must have; a change is a new row, the old one keeps its dates."""

    code = models.SlugField(_("代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"), default=1)
    title_zh = models.CharField(_("标题（中文）"), max_length=80)
    title_en = models.CharField(_("标题（英文）"), max_length=120)
    roles = ArrayField(
        models.CharField(max_length=24, choices=Role),
        verbose_name=_("适用岗位"),
        default=list,
        blank=True,
    )  # none: everybody
    law = models.CharField(_("法规条款"), max_length=20, blank=True)
    mark = models.CharField(max_length=2, blank=True)  # how well the clause was checked
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    digest = models.CharField(_("内容指纹"), max_length=64)
    # None for what an installation begins with, and for new contents.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("code", "-version")

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def title(self) -> str:
        return told(self, "title")

    def is_for(self, role: str) -> bool:
        return not self.roles or role in self.roles


class Course(Taught):
    class Field(models.TextChoices):
        LAW = "law", _("法律")
        TECHNIQUE = "technique", _("技术")
        EMERGENCIES = "emergencies", _("应急")

    field = models.CharField(_("类别"), max_length=12, choices=Field)
    pass_mark = models.PositiveSmallIntegerField(_("及格线（%）"), default=80)
    months = models.PositiveSmallIntegerField(_("有效期（月）"), default=12)

    class Meta(Taught.Meta):
        verbose_name = _("课程")
        verbose_name_plural = pgettext_lazy("列表", "课程")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="course_version_is_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(until=None), name="course_has_one_newest_version"
            ),
            models.CheckConstraint(
                name="course_pass_mark_is_a_share",
                condition=Q(pass_mark__gte=1, pass_mark__lte=100),
            ),
            models.CheckConstraint(
                name="course_holds_for_months", condition=Q(months__gte=1, months__lte=60)
            ),
        ]


class Lesson(models.Model):
    """One screen of a course; paragraphs are apart by an empty line, points begin with a dash."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="lessons")
    number = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    body_zh = models.TextField()
    body_en = models.TextField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="lesson_number_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.number}"

    @property
    def title(self) -> str:
        return told(self, "title")

    @property
    def body(self) -> str:
        return told(self, "body")


class Question(models.Model):
    """One question with its choices, of which exactly one is right."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=400)
    choices_zh = ArrayField(models.CharField(max_length=200))
    choices_en = ArrayField(models.CharField(max_length=300))
    right = models.PositiveSmallIntegerField()
    feedback_zh = models.CharField(max_length=300)
    feedback_en = models.CharField(max_length=400)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="question_number_is_unique"),
            models.CheckConstraint(
                name="question_has_a_right_choice", condition=Q(right__lt=F("choices_zh__len"))
            ),
            models.CheckConstraint(
                name="question_has_its_choices_in_both_languages",
                condition=Q(choices_zh__len=F("choices_en__len")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ?{self.number}"

    @property
    def text(self) -> str:
        return told(self, "text")

    @property
    def feedback(self) -> str:
        return told(self, "feedback")

    @property
    def choices(self) -> list[str]:
        return list(self.choices_en if get_language() == "en" else self.choices_zh)


class Attempt(models.Model):
    """What somebody answered, and what came of it; `answers` are places of choices by question number."""

    user = models.ForeignKey(User, models.PROTECT, related_name="attempts")
    course = models.ForeignKey(Course, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField(_("得分（%）"))
    passed = models.BooleanField(_("通过"))
    taken_at = models.DateTimeField(_("时间"), default=clock.now)
    valid_until = models.DateTimeField(_("有效至"), null=True)
    # Over all of it: whoever writes a row by hand cannot make it, and the row counts for nothing.
    mac = models.BinaryField(default=b"")

    class Meta:
        ordering = ("-taken_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course", "number"], name="attempt_is_numbered_once"
            ),
            models.CheckConstraint(
                name="attempt_is_valid_for_a_time_iff_passed",
                condition=Q(passed=True, valid_until__isnull=False)
                | Q(passed=False, valid_until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.course} #{self.number}"


class Undertaking(Taught):
    """A promise in the words of one version of the contract clause that it belongs to."""

    clause_zh = models.CharField(_("合同条款（中文）"), max_length=80)
    clause_en = models.CharField(_("合同条款（英文）"), max_length=120)
    clause_version = models.CharField(_("条款版本"), max_length=20)
    text_zh = models.TextField(_("全文（中文）"))
    text_en = models.TextField(_("全文（英文）"))

    class Meta(Taught.Meta):
        verbose_name = _("保密承诺")
        verbose_name_plural = pgettext_lazy("列表", "保密承诺")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="undertaking_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(until=None), name="undertaking_has_one_newest_version"
            ),
        ]

    @property
    def clause(self) -> str:
        return told(self, "clause")

    @property
    def text(self) -> str:
        return told(self, "text")


class Signature(models.Model):
    """Somebody's word for one version; `digest` is the hash of the text that he saw."""

    user = models.ForeignKey(User, models.PROTECT, related_name="signatures")
    undertaking = models.ForeignKey(Undertaking, models.PROTECT, related_name="signatures")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(_("签署时间"), default=clock.now)
    mac = models.BinaryField(default=b"")

    class Meta:
        ordering = ("-signed_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "undertaking"], name="undertaking_is_signed_once_by_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.undertaking}"


class Reminder(models.Model):
    """One note to one person about one end that comes near, `days` before it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="reminders")
    code = models.SlugField(max_length=40)
    until = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code", "until", "days"], name="reminder_is_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.code} -{self.days}"
