"""Staff login through allauth."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from rest_framework.authentication import SessionAuthentication


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: object) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):
    pass


class StaffSessionAuthentication(SessionAuthentication):
    pass
