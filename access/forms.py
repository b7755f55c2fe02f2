"""The forms of signing in, in our own words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from access import second_factor, sign_ins
from access.actions import Action
from access.models import User

CODE_LENGTH = 32
_NEW_PASSWORD = _("至少 12 个字符，不要用常见的密码。可以是一句话，也可以从密码管理器粘贴。")


def _code_field(label: Any, help_text: Any) -> forms.CharField:
    attrs = {
        "autocomplete": "one-time-code",
        "autocapitalize": "off",
        "spellcheck": "false",
        "autofocus": True,
    }
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, help_text=help_text, max_length=CODE_LENGTH, widget=widget)


def _reword(field: forms.Field, label: Any, help_text: Any = "") -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["login"], _("登录名或工号"))
        _reword(self.fields["password"], _("密码"))
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "off"}


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the app, or a recovery code."""

    code = _code_field(_("验证码"), _("验证器应用显示的 6 位数字。也可以输入一个恢复码。"))

    def clean_code(self) -> str:
        clear = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        shown = second_factor.use_code(self.user, code)
        shown = shown or second_factor.use_recovery_code(self.user, code)
        action = Action.SECOND_FACTOR_SHOW
        if shown is None:
            sign_ins.record_failure(context.request, action, why=("bad-code",), user=self.user)
            raise get_adapter().validation_error("incorrect_code")
        sign_ins.record(context.request, action, why=(str(shown.type),), user=self.user)
        self.authenticator = shown
        clear()
        return code

    def save(self) -> None:
        second_factor.mark(context.request, self.authenticator, again=False)


class StepUpForm(forms.Form):
    """Only a code of the app: a recovery code brings a person in, and no further."""

    code = _code_field(_("验证码"), _("验证器应用显示的 6 位数字。"))


class EnrolForm(forms.Form):
    code = _code_field(_("验证码"), _("扫描后，验证器应用显示的 6 位数字。"))

    def __init__(self, *args: Any, secret: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret
        self.step = -1

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        step = second_factor.matching_step(self.secret, code, after=-1)
        if step is None:
            raise get_adapter().validation_error("incorrect_code")
        self.step = step
        return code


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["password"], _("密码"))


class _NewPassword(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["password1"], _("新密码"), _NEW_PASSWORD)
        _reword(self.fields["password2"], _("再输入一次新密码"))


class ChangePasswordForm(_NewPassword, account_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self.fields["oldpassword"], _("当前密码"))


class FirstPasswordForm(forms.Form):
    """The password behind a one-time link; it opens nothing without the second factor."""

    password1 = forms.CharField(
        label=_("新密码"),
        help_text=_NEW_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    password2 = forms.CharField(
        label=_("再输入一次新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("password1") and cleaned["password1"] != cleaned.get("password2"):
            self.add_error("password2", _("两次输入的新密码不一样。请重新输入。"))
        return cleaned


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("theme",)
        widgets = {"theme": forms.RadioSelect(attrs={"data-theme-choice": True})}
