"""The addresses of signing in. allauth has more; what is not listed here does not exist."""

from __future__ import annotations

from django.urls import path, re_path

from access import account, questions, recertification_pages
from access.training import pages as learning

urlpatterns = [
    path("login/", account.LoginView.as_view(), name="account_login"),
    path("logout/", account.LogoutView.as_view(), name="account_logout"),
    path("code/", account.CodeView.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", account.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("second-factor/", account.second_step, name="account_second_factor"),
    path("second-factor/activate/", account.activate, name="mfa_activate_totp"),
    path("second-factor/qr.svg", account.qr, name="account_totp_qr"),
    path("recovery-codes/", account.recovery_codes, name="mfa_view_recovery_codes"),
    path("step-up/", account.prove_again, name="step_up"),
    path("password/change/", account.PasswordChangeView.as_view(), name="account_change_password"),
    path("password/forgotten/", account.forgotten, name="account_forgotten"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9a-z]+)/$",
        account.first_password,
        name="account_reset_password_from_key",
    ),
    path("questions/", questions.table, name="own_questions"),
    path("questions/<uuid:ref>/", questions.question, name="own_question"),
    path("recertification/", recertification_pages.review, name="recertify"),
    path("settings/", account.own_settings, name="account_settings"),
    path("learning/", learning.overview, name="account_learning"),
    path("learning/<slug:code>/", learning.course, name="account_course"),
    path("learning/<slug:code>/questions/", learning.questions, name="account_questions"),
    path("learning/<slug:code>/result/", learning.result, name="account_result"),
    path("undertakings/<slug:code>/", learning.undertaking, name="account_undertaking"),
    path("theme/", account.choose_theme, name="account_theme"),
]
