"""Staff sign-in through allauth: the same answer and the same work, whoever is asked for."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from access import second_factor, sessions, sign_ins
from access.actions import Action
from access.models import User
from access.models.people import BACK_OFFICE
from access.vocabulary import Role

WORKPLACES = {
    **dict.fromkeys(BACK_OFFICE, "admin:index"),
    Role.REGULATOR: "regulator:cases",
    Role.AGENT: "desk:find",
    Role.CLAIMS_HANDLER: "desk:find",
    Role.SERVICE_DESK: "desk:find",
}


def workplace(user: User) -> str:
    """Where this person works; the front page until that place is built."""
    try:
        return reverse(WORKPLACES[Role(user.role)])
    except NoReverseMatch:
        return reverse("home")


def named(login: str) -> User | None:
    """Whom a user name or a staff number means: one query, whether anybody or nobody."""
    name, number = Q(username=login.lower()), Q(staff_no=login.upper())
    found = list(User.objects.filter(name | number).order_by("pk")[:2])
    by_name = [user for user in found if user.username == login.lower()]
    return next(iter(by_name or found), None)


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """User name or staff number. A person who may not come in is answered like a wrong password."""

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = self._check_password(named(username), password)
        return user

    def _stash_user(self, user: AbstractBaseUser | None) -> None:
        """No word to a person who left that the password was right."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("登录名或密码不对。请检查后重试。"),
        "incorrect_password": _("密码不对。请检查后重试。"),
        "enter_current_password": _("当前密码不对。请检查后重试。"),
        "too_many_login_attempts": _("尝试次数太多。请五分钟后再试。"),
        "rate_limited": _("尝试次数太多。请五分钟后再试。"),
        "incorrect_code": _("验证码不对，或已经用过。请等下一个验证码，再试一次。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        return workplace(user) if isinstance(user, User) else reverse("home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """Only by password, and only until there is a second factor to ask for instead."""
        if not user.is_authenticated:
            return []
        description = _("输入密码")
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": description, "url": url}]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened; allauth's own messages are not in our words."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Staff are told by their own mail, not by allauth's."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt against address *and* name, so that nobody is locked out from afar."""
        key = f"{sign_ins.address(request)}\x00{credentials.get('username', '').lower()}"
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=key
        )
        if not self._login_failed_rl_usage:
            raise ImmediateHttpResponse(ratelimit.respond_429(request))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        if user is None:
            self.authentication_failed(request, **credentials)
        else:
            self._rollback_login_failed_rl_usage()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        typed = str(credentials.get("username", ""))
        user = named(typed)
        sign_ins.record_stranger(request, typed=typed, account=user.staff_no if user else "")

    def login(self, request: HttpRequest, user: User) -> None:
        """The entry first: a session that is not on record does not begin."""
        mark = sessions.new_mark()
        sign_ins.record(request, Action.AUTHENTICATE, session=mark, user=user)
        # A better hash may just have replaced the password's, and the session is bound to it.
        user.refresh_from_db(fields=["password", "session_epoch"])
        super().login(request, user)
        sessions.begin(request, mark)

    def logout(self, request: HttpRequest) -> None:
        """Out first, then the entry: nobody is held in because the log cannot be written."""
        user, mark = request.user, sessions.mark_of(request)
        logout(request)
        if isinstance(user, User):
            sign_ins.record(request, Action.SESSION_CLOSE, session=mark, user=user)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets and recovery seeds lie sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return second_factor.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: object) -> bool:
        return False


class StaffSessionAuthentication(SessionAuthentication):
    """The browser's session in the API: with CSRF, and only after the second factor."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        actor = getattr(request, "actor", None)
        if actor is None or actor.token is not None:
            return None
        return super().authenticate(request)
