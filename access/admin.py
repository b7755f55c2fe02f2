"""The back office's lists of access: units, people, rules, tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from access import (
    approval_admin,
    approval_rule_admin,
    audit_admin,
    audit_panels,
    back_office,
    break_glass_admin,
    bundle_admin,
    case_admin,
    export_admin,
    finding_admin,
    finding_list,
    gate,
    grant_admin,
    invitations,
    key_admin,
    law_admin,
    log_proof_pages,
    log_state,
    look_delay_admin,
    morning,
    person_admin,
    quota_admin,
    recertification_admin,
    reporting_line_admin,
    scorecard_admin,
    training_admin,
    unit_page,
)
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of
from access.admin_scope import ScopedAdmin, drawn, link_to
from access.models import ApiToken, PolicyRule, Unit, User
from access.rule_admin import open_proposals
from access.rule_sentences import by_role
from access.vocabulary import Purpose
from custodian import clock

# Each registers its own pages, lists and panels.
ROOMS = (
    *(approval_admin, approval_rule_admin, back_office, bundle_admin, case_admin, key_admin),
    *(
        log_proof_pages,
        log_state,
        morning,
        law_admin,
        look_delay_admin,
        quota_admin,
        grant_admin,
        break_glass_admin,
        export_admin,
        person_admin,
        finding_admin,
        finding_list,
        audit_admin,
        audit_panels,
        scorecard_admin,
        unit_page,
        recertification_admin,
        reporting_line_admin,
        training_admin,
    ),
)


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    read_action = Action.USER_READ
    add_action = change_action = Action.UNIT_CHANGE
    slug, key = "code", "path"
    columns = ("code", "name", "name_en", "path", "parent__name", "parent__name_en")
    list_select_related = ("parent",)
    list_display = ("name", "code", "parent", "people")
    list_per_page = 200
    fields = ("code", "name", "name_en", "parent")
    facts = ("name", "code", "name_en", "parent", "people")
    lede = _("机构是一棵树；理赔人员能看到本机构及下级的客户")
    nothing = _("还没有机构。")

    def address(self, row: Any) -> str:
        return link_to("admin:unit", row.code)

    def get_queryset(self, request: HttpRequest) -> Any:
        active = models.Count("user", filter=models.Q(user__is_active=True))
        return super().get_queryset(request).annotate(active=active)

    @admin.display(description=_("在岗人员"))
    def people(self, unit: Any) -> int:
        return int(unit.active)

    people.number = True  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        # A code is in every entry of the log; it is given once. So is the place in the tree.
        return ("code", "parent") if obj else ()

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:  # noqa: FBT001
        with transaction.atomic():
            facts = {"tounit": obj.code, "changed": sorted(form.changed_data)}
            gate.authorise(actor_of(request), Action.UNIT_CHANGE, channel=CHANNEL, facts=facts)
            obj.save()


# Audits weigh the looks of somebody who leaves by these two.
LEAVING = {
    "notice_on": _("提出或被通知离职的日期，例如 2026-11-20；此后的查看另行审计"),
    "leaves_on": _("最后工作日，例如 2026-12-20"),
}


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        notice, leaves = cleaned.get("notice_on"), cleaned.get("leaves_on")
        if notice and leaves and leaves < notice:
            self.add_error("leaves_on", _("离职日早于离职通知日，请核对"))
        return cleaned


@admin.register(User)
class UserAdmin(ScopedAdmin):
    form = PersonForm
    read_action = Action.USER_READ
    add_action = change_action = Action.USER_CHANGE
    key = "staff_no"
    columns = (
        "ref",
        "staff_no",
        "username",
        "name",
        "role",
        "is_active",
        "unit__name",
        "unit__name_en",
    )
    list_select_related = ("unit",)
    list_display = ("person", "staff_no", "role", "unit", "is_active")
    list_filter = ("role", "is_active")
    facts = ("name", "staff_no", "username", "role", "unit", "is_active")
    change_form_template = "admin/person_form.html"
    change_list_template = "admin/people.html"
    lede = _("岗位决定能看什么；每次变更都记入查询日志")
    nothing = _("没有符合条件的人员。")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        # The change form tells whether a password exists, and shows nothing of it.
        return rows.defer(None).only(*self.columns, "password", "unit__code", *LEAVING)

    def address(self, row: Any) -> str:
        return link_to("admin:person", row.ref)

    @admin.display(description=_("姓名"))
    def person(self, user: User) -> str:
        return user.name

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("staff_no", "username", "name", "role", "unit", "manager")})]
        fields = ("staff_no", "name", "role", "unit", "manager", "is_active", *LEAVING)
        return [(None, {"fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("staff_no",) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in LEAVING:
            attrs = {"autocomplete": "off"}
            hint = {"help_text": LEAVING[db_field.name], "widget": forms.TextInput(attrs=attrs)}
            return db_field.formfield(**hint)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "manager":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Two thousand people are no list to choose from.
        return forms.ModelChoiceField(
            User.objects.filter(is_active=True),
            label=_("直接上级"),
            help_text=_("填工号；有上下级关系的人不能互相复核"),
            to_field_name="staff_no",
            required=False,
            widget=forms.TextInput,
            error_messages={"invalid_choice": _("没有这个工号")},
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        with transaction.atomic():
            facts = {
                "target": str(obj.ref),
                "changed": sorted(form.changed_data),
                "role": obj.role,
                "tounit": obj.unit.code,
                "manager": obj.manager.staff_no if obj.manager else "",
                "active": int(obj.is_active),
                "notice": obj.notice_on.isoformat() if obj.notice_on else "",
                "leaves": obj.leaves_on.isoformat() if obj.leaves_on else "",
            }
            gate.authorise(actor_of(request), Action.USER_CHANGE, channel=CHANNEL, facts=facts)
            if not change:
                obj.set_unusable_password()
            obj.save()

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: Any = None
    ) -> HttpResponse:
        messages.info(request, gettext("已登记。此人还没有密码，请发出一次性激活链接。"))
        return HttpResponseRedirect(self.address(obj))

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        messages.info(request, gettext("已保存，变更已记入查询日志。"))
        return HttpResponseRedirect(self.address(obj))

    def get_urls(self) -> list[URLPattern]:
        invite = path(
            "<path:object_id>/invite/",
            self.admin_site.admin_view(self.invite),
            name="access_user_invite",
        )
        return [invite, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        more = {"person": user, "has_password": user.has_usable_password()} if user else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @method_decorator(require_POST)
    def invite(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A link, shown once, with which the person chooses a password; nobody chooses it for him."""
        user = self.get_object(request, object_id)
        if user is None:
            self.refuse(request, object_id)
        if user.has_usable_password() or not user.is_active:
            raise PermissionDenied
        with transaction.atomic():
            facts = {"target": str(user.ref)}
            gate.authorise(
                actor_of(request), Action.PASSWORD_LINK_ISSUE, channel=CHANNEL, facts=facts
            )
        more = {"link": request.build_absolute_uri(invitations.link_of(user)), "person": user}
        return self.render(request, "admin/invitation.html", user, more)


@admin.register(PolicyRule)
class PolicyRuleAdmin(ScopedAdmin):
    read_action = Action.POLICY_RULE_READ
    slug = "pk"
    columns = (
        "code", "version", "role", "purpose", "element_class", "max_level", "reach", "channel",
        "networks", "hour_from", "hour_until", "step_up_level", "training", "daily",
        "since", "until", "approval_id",
    )  # fmt: skip
    list_display = ("code",)
    list_filter = ("role",)
    list_per_page = 500
    opens = False
    change_list_template = "admin/rules.html"
    lede = _("没有一条规则允许的，就是不允许。掩码列表不看用途和等级，明文要看")

    def table(self, request: HttpRequest, ledger: Any) -> dict[str, Any]:
        return {
            **super().table(request, ledger),
            "groups": by_role(ledger.result_list),
            "proposals": open_proposals(),
            "may_propose": gate.may(actor_of(request), Action.POLICY_RULE_PROPOSE),
        }


@admin.register(ApiToken)
class ApiTokenAdmin(ScopedAdmin):
    read_action = Action.API_TOKEN_READ
    newest_first = True
    columns = (
        "ref", "name", "actions", "purposes", "networks", "created_at", "expires_at", "revoked_at",
        "user__name", "user__staff_no",
    )  # fmt: skip
    list_select_related = ("user",)
    list_display = ("name", "user", "state", "created_at", "expires_at")
    facts = (
        "name",
        "user",
        "state",
        "actions_",
        "purposes_",
        "networks_",
        "created_at",
        "expires_at",
        "revoked_at",
    )
    lede = _("令牌只保存指纹；等级 4 以上另需在期的授权")
    nothing = _("还没有签发过令牌。")

    @admin.display(description=_("状态"))
    def state(self, token: ApiToken) -> str:
        if token.revoked_at and token.revoked_at <= clock.now():
            return drawn("tag", gettext("已吊销"), tone="", icon="cross")
        if token.expires_at <= clock.now():
            return drawn("tag", gettext("已到期"), tone="", icon="clock")
        return drawn("tag", gettext("在期"), tone="ok", icon="check")

    @admin.display(description=_("动作"))
    def actions_(self, token: ApiToken) -> str:
        return gettext("、").join(token.actions) or "—"

    @admin.display(description=_("用途"))
    def purposes_(self, token: ApiToken) -> str:
        words = dict(Purpose.choices)
        return gettext("、").join(str(words.get(code, code)) for code in token.purposes) or "—"

    @admin.display(description=_("网段"))
    def networks_(self, token: ApiToken) -> str:
        return gettext("、").join(token.networks) or gettext("不限")

    def get_urls(self) -> list[URLPattern]:
        revoke = path(
            "<path:object_id>/revoke/",
            self.admin_site.admin_view(self.revoke),
            name="access_apitoken_revoke",
        )
        return [revoke, *super().get_urls()]

    def render(
        self, request: HttpRequest, template: str, row: Any, more: Any = None
    ) -> HttpResponse:
        live = row.revoked_at is None and self._may(request, Action.API_TOKEN_REVOKE)
        url = reverse("admin:access_apitoken_revoke", args=[row.ref]) if live else ""
        deed = {
            "url": url,
            "words": gettext("吊销令牌"),
            "note": gettext("吊销后立即失效，之后无法恢复。"),
        }
        return super().render(
            request, template, row, {"deed": deed if live else None, **(more or {})}
        )

    @method_decorator(require_POST)
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        token = self.get_object(request, object_id)
        if token is None:
            self.refuse(request, object_id)
        with transaction.atomic():
            facts = {"token": str(token.ref)}
            gate.authorise(actor_of(request), Action.API_TOKEN_REVOKE, channel=CHANNEL, facts=facts)
            ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
        messages.info(request, gettext("令牌已吊销，变更已记入查询日志。"))
        return HttpResponseRedirect(self.address(token))
