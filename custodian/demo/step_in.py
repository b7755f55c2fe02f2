"""One click to be one of the cast: the stored password and code, sent through the ordinary sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access import forms, second_factor
from access.models import User
from access.vocabulary import Role
from custodian.demo import mode

FILE = "demo-credentials.json"


@dataclass(frozen=True)
class Person:
    """One of the cast on the front page."""

    username: str
    staff_no: str
    name: str
    role: Any
    does: Any


def cast(request: HttpRequest) -> list[Person]:
    """Whom a newcomer can be, in the order of the file."""
    if not mode.from_here(request):
        return []
    staff = [
        Person(each["username"], each["staff_no"], each["name"], Role(each["role"]).label, "")
        for each in _credentials().values()
    ]
    return [*staff, *(more for source in more_cast for more in source())]


# Who is no member of staff: each source names its people, and steps in as one of them by user name.
more_cast: list[Callable[[], list[Person]]] = []
doors: dict[str, Callable[[HttpRequest], HttpResponse]] = {}


@require_POST
def step_in(request: HttpRequest) -> HttpResponse:
    if (door := doors.get(request.POST.get("username", ""))) and mode.from_here(request):
        _leave(request)
        return door(request)
    person = _credentials().get(request.POST.get("username", ""))
    if person is None or not mode.from_here(request):
        raise Http404
    _leave(request)
    password = forms.LoginForm(
        request=request, data={"login": person["username"], "password": person["password"]}
    )
    if not password.is_valid():
        messages.error(request, _("演示账号的密码已被更改。请用新密码登录，或重新建立演示。"))
        return redirect("account_login")
    password.login(request)
    return _show_code(request)


def current_code(user: User) -> str:
    """What the person's app would show, or the next one if that was used; empty: wait a little."""
    held = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if held is None:
        return ""
    now = second_factor.step_now()
    step = max(now, int(held.data.get("last_step", -1)) + 1)
    if step > now + second_factor.SKEW:
        return ""
    return second_factor.code_at(second_factor.unseal(held.data["secret"]), step)


def _show_code(request: HttpRequest) -> HttpResponse:
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:  # no app yet: the ordinary pages lead on
        return redirect("account_second_factor")
    user = stage.login.user
    code = forms.CodeForm(user=user, data={"code": current_code(user)})
    if not code.is_valid():
        return redirect("mfa_authenticate")
    code.save()
    response: HttpResponse = stage.exit()
    return response


def _leave(request: HttpRequest) -> None:
    """Out of whatever role the newcomer was in."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    clear_login(request)


def _credentials() -> Mapping[str, dict[str, str]]:
    try:
        content = json.loads((settings.VAR / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {each["username"]: each for each in content["users"]}
