"""Customers: a bare row that may be listed, and their sealed identity and money apart from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, Unit
from custodian import clock
from records import references
from records.models.books import Book, Intermediary
from records.models.holdings import Holding, ScopedQuerySet


class Customer(models.Model):
    """A person or organisation. Nothing sealed is here, so nothing sealed can be listed by accident."""

    class Kind(models.TextChoices):
        PERSON = "person", _("个人客户")
        ORGANISATION = "organisation", _("单位客户")

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    ref = models.CharField(
        _("客户编号"), max_length=16, unique=True, default=references.new_customer
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind, default=Kind.PERSON)
    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("账册"))
    intermediary = models.ForeignKey(
        Intermediary, models.PROTECT, null=True, verbose_name=_("中介机构")
    )
    # Keyed fingerprint of the customer's number in the book, so that the same file changes nothing.
    source_digest = models.BinaryField(max_length=16)
    row_digest = models.BinaryField(max_length=16, default=b"")  # keyed, of what the file said
    minor_until = models.DateField(null=True)  # the fourteenth birthday of a child, while it is one
    created_at = models.DateTimeField(_("登记时间"), default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("subject_id",)
        verbose_name = _("客户")
        verbose_name_plural = pgettext_lazy("列表", "客户")
        constraints = [
            models.UniqueConstraint(
                fields=["book", "source_digest"], name="customer_is_once_in_a_book"
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_child(self) -> bool:
        """Under fourteen: everything about the child is sensitive (PIPL art. 28)."""
        return self.minor_until is not None and clock.local().date() < self.minor_until


class Identity(Holding):
    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    name_sealed = models.BinaryField(null=True)
    sex_sealed = models.BinaryField(null=True)
    birth_date_sealed = models.BinaryField(null=True)
    nationality_sealed = models.BinaryField(null=True)
    occupation_sealed = models.BinaryField(null=True)
    id_type_sealed = models.BinaryField(null=True)
    id_number_sealed = models.BinaryField(null=True)
    id_valid_until_sealed = models.BinaryField(null=True)
    mobile_sealed = models.BinaryField(null=True)
    landline_sealed = models.BinaryField(null=True)
    email_sealed = models.BinaryField(null=True)
    address_sealed = models.BinaryField(null=True)
    workplace_sealed = models.BinaryField(null=True)
    legal_representative_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"#{self.subject_id}"


class Finances(Holding):
    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True)
    income_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"#{self.subject_id}"


class Account(models.Model):
    """A bank account, sealed under the key of its owner's finances; `slot` tells two accounts apart."""

    subject = models.ForeignKey(Subject, models.PROTECT)
    slot = models.PositiveSmallIntegerField(default=1)
    bank_name_sealed = models.BinaryField(null=True)
    bank_account_sealed = models.BinaryField(null=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "slot"], name="account_slot_is_unique")
        ]

    def __str__(self) -> str:
        return f"#{self.subject_id}/{self.slot}"


class Representative(models.Model):
    """Somebody who acts for a customer: a guardian, an heir, an organisation's authorised person."""

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", _("监护人")
        HEIR = "heir", _("继承人")
        AUTHORISED = "authorised", _("授权代表")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="represented_by")
    representative = models.ForeignKey(Subject, models.PROTECT, related_name="represents")
    kind = models.CharField(_("身份"), max_length=12, choices=Kind)
    relation = models.CharField(_("关系"), max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nobody_represents_himself",
                condition=~Q(subject=models.F("representative")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.subject_id}"
