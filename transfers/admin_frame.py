"""What the back office's pages of transfers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.actions import Action
from access.admin_pages import row_of
from custodian.errors import CustodianError
from transfers.models import Transfer

READ: Final = Action.TRANSFER_READ
# What is answered with the page again and a sentence, and not with an error page.
TOLD: Final = frozenset({400, 409, 410, 422})


def transfer_of(request: HttpRequest, code: str, action: Action = READ) -> Transfer:
    rows = Transfer.objects.filter(code=code).select_related(
        "counterparty", "book", "opened_by", "opening", "stopping"
    )
    return row_of(request, action, rows, asked=code)


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/transfers/{name}.html", more, status=status)


def done(form: BaseForm | None, act: Callable[[], Any], *, field: str = "") -> tuple[bool, int]:
    """Whether it was done; else what stood in the way, at the form, with the status of the answer."""
    try:
        act()
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        if form is None:
            raise
        form.add_error(field if field in form.fields else None, str(error.message))
        return False, error.status if error.status == 409 else 422
    return True, 200
