"""The supervising office's front page: honest about what is not opened yet."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.vocabulary import Role


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """No case is open, so there is nothing to show and nothing to log."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    if actor.role not in {Role.REGULATOR, Role.AUDITOR}:
        raise PermissionDenied
    return render(request, "regulator/cases.html", {"title": _("案件")})
