"""The pages of a person's own sign-in: allauth's views where they do the work, ours where they decide."""

from __future__ import annotations

from functools import wraps
from typing import Any

import qrcode  # type: ignore[import-untyped]
from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import default_token_generator
from allauth.account.utils import url_str_to_user_pk
from allauth.decorators import rate_limit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from access import actors, code_hints, forms, gate, login, second_factor, sign_ins, step_up
from access.actions import Action
from access.middleware import second_factor_at, stepped_up
from access.models import User
from access.vocabulary import Role

Unprocessable = 422
TooMany = 429
SECRET = "custodian.enrolment"  # noqa: S105  a name
LEFT = '"cache", "storage"'


def next_of(request: HttpRequest) -> str:
    """The local page to go on to, or nothing: an address elsewhere is not followed."""
    asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    local = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if local and asked.startswith("/") else ""


# A form that is put would be taken like one that is posted.
FORM = ["get", "head", "post"]


class LoginView(account_views.LoginView):  # type: ignore[misc]
    http_method_names = FORM

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = Unprocessable
        return response


class LogoutView(account_views.LogoutView):  # type: ignore[misc]
    http_method_names = FORM

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = LEFT
        return response


class CodeView(mfa_views.AuthenticateView):  # type: ignore[misc]
    """The step between password and session."""

    http_method_names = FORM
    template_name = "account/code.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        many = form.has_error("code", "too_many_login_attempts")
        response.status_code = TooMany if many else Unprocessable
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hint = code_hints.hint_for(self.stage.login.user)
        return {**super().get_context_data(**kwargs), "code_hint": hint}


class ReauthenticateView(account_views.ReauthenticateView):  # type: ignore[misc]
    http_method_names = FORM

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = Unprocessable
        return response


def signed_in(view: Any) -> Any:
    """The person behind the session; anybody else is sent to sign in."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(request.user, User):
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return view(request, *args, **kwargs)

    return inner


def freshly(view: Any) -> Any:
    """Only with a fresh second factor; otherwise the person is asked for one first."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not stepped_up(request):
            return redirect(f"{reverse('step_up')}?next={request.path}")
        return view(request, *args, **kwargs)

    return signed_in(inner)


@method_decorator([freshly, sensitive_post_parameters()], name="dispatch")
@method_decorator(rate_limit(action="change_password"), name="dispatch")
class PasswordChangeView(account_views.PasswordChangeView):  # type: ignore[misc]
    http_method_names = FORM

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            _authorise(self.request.user, Action.PASSWORD_CHANGE)
            response: HttpResponse = super().form_valid(form)
        messages.success(self.request, _("密码已更改，所有登录都已退出。请用新密码登录。"))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = Unprocessable
        return response


@require_GET
@signed_in
def second_step(request: HttpRequest) -> HttpResponse:
    """Where a session without a second factor goes on: to the code, or to getting an app."""
    user = _person(request)
    if second_factor_at(request) is not None:
        return redirect(login.workplace(user))
    return redirect("step_up" if second_factor.enrolled(user) else "mfa_activate_totp")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def activate(request: HttpRequest) -> HttpResponse:
    """Binding an authenticator app, once; the code that proves it also opens the session."""
    user = _person(request)
    if second_factor.enrolled(user):
        return redirect("account_second_factor")
    secret = _enrolment_secret(request)
    form = forms.EnrolForm(request.POST or None, secret=secret)
    if request.method != "POST" or not form.is_valid():
        groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        status = Unprocessable if form.is_bound else 200
        context = {"form": form, "groups": groups}
        return render(request, "account/activate.html", context, status=status)

    with transaction.atomic():
        _authorise(user, Action.SECOND_FACTOR_ENROL)
        authenticator = second_factor.enrol(user, secret=secret, step=form.step)
    sign_ins.record(request, Action.SECOND_FACTOR_SHOW, why=("totp",), user=user)
    request.session.pop(SECRET, None)
    request.session.cycle_key()
    second_factor.mark(request, authenticator, again=True)
    return redirect("mfa_view_recovery_codes")


@require_GET
@signed_in
def qr(request: HttpRequest) -> HttpResponse:
    """The picture of the secret, from our own address: the pages' policy allows no data: picture."""
    sealed = request.session.get(SECRET)
    if not sealed or second_factor.enrolled(_person(request)):
        raise Http404
    adapter = get_adapter()
    address = adapter.build_totp_url(request.user, second_factor.unseal(sealed))
    picture = qrcode.make(address, image_factory=SvgPathFillImage, border=3)
    return HttpResponse(picture.to_string(), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
@freshly
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if request.method == "POST":
        with transaction.atomic():
            _authorise(user, Action.SECOND_FACTOR_ENROL)
            second_factor.new_recovery_codes(user)
        return redirect("mfa_view_recovery_codes")
    context = {"codes": second_factor.recovery_codes(user), "workplace": login.workplace(user)}
    return render(request, "account/recovery_codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prove_again(request: HttpRequest) -> HttpResponse:
    """The code page of a session that runs already: a page of its own, or in a dialog."""
    user = _person(request)
    if not second_factor.enrolled(user):
        return redirect("mfa_activate_totp")
    onward = next_of(request)
    form = forms.StepUpForm(request.POST or None)
    if form.is_valid():
        if step_up.verify(request, form.cleaned_data["code"]):
            return HttpResponseRedirect(onward or login.workplace(user))
        form.add_error("code", login.AccountAdapter.error_messages["incorrect_code"])
    context = {"form": form, "next": onward, "code_hint": code_hints.hint_for(user)}
    context["half"] = second_factor_at(request) is None
    status = Unprocessable if form.is_bound else 200
    return render(request, "account/step_up.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def first_password(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """Behind an administrator's one-time link: choose a password. The second factor stays as it is."""
    user = _invited(uidb36, key)
    if user is None:
        return render(request, "account/link_spent.html", status=404)
    form = forms.FirstPasswordForm(request.POST or None, user=user)
    if not form.is_valid():
        status = Unprocessable if form.is_bound else 200
        return render(request, "account/first_password.html", {"form": form}, status=status)
    with transaction.atomic():
        _authorise(user, Action.PASSWORD_CHANGE)
        user.set_password(form.cleaned_data["password1"])
        user.save(update_fields=["password"])
    messages.success(request, _("密码已设置。请用它登录。"))
    return redirect("account_login")


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "account/forgotten.html")


@require_GET
@signed_in
def own_settings(request: HttpRequest) -> HttpResponse:
    form = forms.ThemeForm(instance=_person(request))
    return render(request, "account/settings.html", {"form": form})


@require_POST
@signed_in
def choose_theme(request: HttpRequest) -> HttpResponse:
    form = forms.ThemeForm(request.POST, instance=_person(request))
    if form.is_valid():
        User.objects.filter(pk=_person(request).pk).update(theme=form.cleaned_data["theme"])
    return HttpResponseRedirect(next_of(request) or reverse("account_settings"))


def _person(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def _authorise(user: User, action: Action) -> None:
    actor = actors.staff(user)
    gate.authorise(actor, action, channel=sign_ins.channel_of(Role(user.role)))


def _enrolment_secret(request: HttpRequest) -> str:
    """The secret on offer, the same until it is taken; sealed, because sessions lie in the database."""
    sealed = request.session.get(SECRET)
    if sealed:
        return second_factor.unseal(sealed)
    secret: str = generate_totp_secret()
    request.session[SECRET] = second_factor.seal(secret)
    return secret


def _invited(uidb36: str, key: str) -> User | None:
    """Whom the link invites; None for anybody, and for nobody, once it is spent."""
    try:
        key_of_user = int(url_str_to_user_pk(uidb36) or 0)
        user = User.objects.filter(pk=key_of_user, is_active=True).first()
    except ValueError:
        return None
    return user if user and default_token_generator.check_token(user, key) else None
