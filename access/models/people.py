"""Units in a tree, and the people who work in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.vocabulary import STAFF_ROLES, Role
from custodian import clock


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, unit: Unit) -> Self:
        """The unit itself and everything below it."""
        return self.filter(path__startswith=unit.path)

    def over(self, code: str) -> Self:
        """The unit of this code itself and everything above it."""
        own = self.model.objects.filter(code=code).values("path")[:1]
        return self.annotate(its=models.Subquery(own)).filter(its__startswith=models.F("path"))


class Unit(models.Model):
    code = models.CharField(_("机构代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("上级机构")
    )
    # Ids from the root, each followed by a dot, so that a subtree is a prefix.
    path = models.CharField(max_length=200, editable=False, db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        verbose_name = _("机构")
        verbose_name_plural = pgettext_lazy("列表", "机构")

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else ''}{self.pk}."
        if path != self.path:
            self.path = path
            Unit.objects.filter(pk=self.pk).update(path=path)


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        username: str,
        *,
        staff_no: str,
        name: str,
        role: Role,
        unit: Unit,
        password: str | None,
    ) -> User:
        user = User(username=username, staff_no=staff_no, name=name, role=role, unit=unit)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A member of staff, or a person of the supervising office. Customers are no users."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("跟随系统")
        LIGHT = "light", _("浅色")
        DARK = "dark", _("深色")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(_("登录名"), max_length=60, unique=True)
    staff_no = models.CharField(_("工号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("工作邮箱"), blank=True)
    role = models.CharField(_("岗位"), max_length=24, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("机构"))
    manager = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("直接上级")
    )
    is_active = models.BooleanField(_("在岗"), default=True)
    theme = models.CharField(_("外观"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    notice_on = models.DateField(_("离职通知日"), null=True, blank=True)
    leaves_on = models.DateField(_("离职日"), null=True, blank=True)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    # The database sets it anew when role or employment change.
    role_since = models.DateTimeField(_("任现岗自"), default=clock.now, editable=False)
    # The database counts up when password, role, unit or employment change, and every session
    # names the count it began with.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["staff_no", "name"]

    class Meta:
        ordering = ("staff_no",)
        verbose_name = _("人员")
        verbose_name_plural = pgettext_lazy("列表", "人员")
        constraints = [
            models.CheckConstraint(
                name="user_role_is_a_staff_role", condition=models.Q(role__in=STAFF_ROLES)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.staff_no}"

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        bound = f"{self.password}\x00{self.role}\x00{self.session_epoch}"
        return salted_hmac("custodian.session", bound, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """No earlier SECRET_KEY keeps a session alive."""
        return iter(())

    @property
    def is_staff(self) -> bool:
        """May open the compliance back office; agents and desks have their own place."""
        return self.is_active and self.role in BACK_OFFICE

    # The admin asks these two; every admin page decides by its own action instead.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


BACK_OFFICE = frozenset(
    {Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
)
