"""What the pages of risks, controls, assessments and audits have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter
from access.models import User
from incidents.case_forms import text_field
from incidents.remedy_forms import DayField, OwnerField
from transfers.admin_frame import done

__all__ = ["Act", "ActForm", "DayField", "OwnerField", "Page", "template", "text_field"]


class ActForm(forms.Form):
    """One thing that can be done on a page; `act` tells it apart from the others."""

    use_required_attribute = False
    act = ""

    def __init__(self, thing: Any, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.act}-%s", initial=initial)
        self.thing = thing
        self.fill()

    def fill(self) -> None:
        """Choices and first values that depend on the thing."""

    def start(self, name: str, value: Any) -> None:
        self.initial.setdefault(name, value)


@dataclass(frozen=True)
class Act:
    form: type[ActForm]
    needs: Action
    run: Callable[[Any, Mapping[str, Any], Actor], Any]
    says: Any
    at: str = ""  # the field that what stands in the way is told at


class Page:
    """The acts of one page: which one was posted, and how it went."""

    def __init__(self, request: HttpRequest, thing: Any, acts: Sequence[Act]) -> None:
        self.request, self.thing = request, thing
        self.acts = {each.form.act: each for each in acts}
        self.failed: ActForm | None = None
        self.status = 200

    def posted(self) -> bool:
        """Whether something was posted and done; else `failed` and `status` say why not."""
        if self.request.method != "POST":
            return False
        act = self.acts.get(self.request.POST.get("act", ""))
        if act is None:
            self.status = 422
            return False
        actor = actor_of(self.request)
        if not gate.may(actor, act.needs):
            enter(self.request, act.needs)  # which refuses, and that is on record
        form = act.form(self.thing, self.request.POST)
        self.failed, self.status = form, 422
        if not form.is_valid():
            return False
        ok, self.status = done(
            form, lambda: act.run(self.thing, form.cleaned_data, actor), field=act.at
        )
        if ok:
            messages.success(self.request, act.says)
        return ok

    def forms(self) -> dict[str, ActForm]:
        """Those that this person may use; the one that failed keeps what was filled in."""
        actor, failed = actor_of(self.request), self.failed
        return {
            name.replace("-", "_"): failed
            if failed is not None and failed.act == name
            else act.form(self.thing)
            for name, act in self.acts.items()
            if gate.may(actor, act.needs)
        }

    @property
    def context(self) -> dict[str, Any]:
        return {"forms": self.forms(), "failed": self.failed}


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), "marked": True, **context}
    return render(request, f"admin/risks/{name}.html", more, status=status)


def staff_field(label: Any, *, required: bool = True) -> Any:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.filter(is_active=True).order_by("staff_no"),
        to_field_name="ref",
        required=required,
    )
