"""The one-time link with which a new member of staff chooses a password; nobody else ever sets one."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from access.models import User


def link_of(user: User) -> str:
    """Valid until it is used or `PASSWORD_RESET_TIMEOUT` has passed; it is stored nowhere."""
    key = default_token_generator.make_token(user)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
    )
