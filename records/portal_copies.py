"""Asking for a copy of one's own data, and taking it: once, in one's own session."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from access.actions import Action
from access.actors import Actor
from records import copy_requests, portal_home
from records.models import Customer, CustomerRequest, DataCopy
from records.own_data import asking, copies
from records.portal_home import Panel
from records.portal_pages import not_found, portal_page
from records.requests.opening import AlreadyOpen, TooMany

TYPES = {"pdf": "application/pdf", "json": "application/json", "zip": "application/zip"}


class CopyForm(forms.Form):
    format = forms.MultipleChoiceField(
        label=gettext_lazy("格式"),
        choices=DataCopy.Format,
        widget=forms.CheckboxSelectMultiple,
        initial=[DataCopy.Format.PDF],
        error_messages={"required": gettext_lazy("请至少选一种格式")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("语言"),
        choices=DataCopy.Language,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选语言")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("format", "language"))
def ask(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    language = "en" if str(getattr(request, "LANGUAGE_CODE", "")).startswith("en") else "zh-hans"
    form = CopyForm(
        request.POST if request.method == "POST" else None, initial={"language": language}
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            asked = copy_requests.ask(
                customer, said["format"], language=said["language"], actor=actor
            )
        except (asking.TooOften, TooMany) as error:
            form.add_error(None, str(error.message))
            return _page(request, form, actor=actor, customer=customer, status=error.status)
        except AlreadyOpen as same:
            messages.warning(request, str(same.message))
            return redirect("portal:request", ref=same.request.ref)
        _tell(request, asked)
        return redirect("portal:copy")
    status = 422 if form.is_bound else 200
    return _page(request, form, actor=actor, customer=customer, status=status)


def _tell(request: HttpRequest, asked: CustomerRequest | None) -> None:
    if asked is None:
        messages.info(request, _("同样的副本已经在下面，不必再索取。"))
        return
    words = _("已收到，编号 %(ref)s。通常一分钟内备好，备好后在下面下载。")
    messages.success(request, words % {"ref": asked.ref})


def _page(
    request: HttpRequest, form: CopyForm, *, actor: Actor, customer: Customer, status: int
) -> HttpResponse:
    context = {
        "title": _("我的资料副本"),
        "form": form,
        "copies": copies.of(customer, actor=actor),
        "here": "portal:data",
    }
    return render(request, "portal/copy.html", context, status=status)


def ready() -> None:
    portal_home.register_panel("copies", 25, panel)


def panel(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page: what can be downloaded."""
    ready_ones = [each for each in copies.of(customer, actor=actor) if each.takable]
    return Panel("portal/panels/copies.html", {"copies": ready_ones}) if ready_ones else None


@require_POST
@portal_page()
def take(request: HttpRequest, *, ref: UUID, actor: Actor, customer: Customer) -> HttpResponse:
    copy = copies.find(ref, customer, actor=actor)
    if copy is None:
        return not_found(str(ref), action=Action.OWN_COPY_TAKE, actor=actor)  # type: ignore[no-any-return]
    try:
        body = copies.take(copy, actor=actor)
    except copies.NotThere as error:
        messages.error(request, str(error.message))
        return redirect("portal:copy")
    response = HttpResponse(body, content_type=TYPES[copy.format])
    response["Content-Disposition"] = f'attachment; filename="{copy.name}"'
    response["Content-Length"] = str(len(body))
    return response
