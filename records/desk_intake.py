"""Registering one customer at the desk: what due diligence asks for, checked as in an import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from custodian import clock
from custodian.elements import get as element_of
from records import purposes, registration, visits, words
from records.desk_pages import CHANNEL, UnknownParameter, desk_page, frame
from records.importing.drafts import Flaw
from records.models import Customer

LONGEST = 200
Rows = Sequence[tuple[Any, str]]
PERSON: Rows = (
    (_("身份"), "name sex"),
    ("", "birth_date nationality occupation"),
    (_("证件"), "id_type id_number id_valid_until"),
    (_("联系方式"), "mobile landline email"),
    ("", "address workplace"),
)
ORGANISATION: Rows = (
    (_("身份"), "name legal_representative"),
    (_("证件"), "id_type id_number id_valid_until"),
    (_("联系方式"), "mobile landline email"),
    ("", "address"),
)
NAMES = frozenset(name for _head, names in (*PERSON, *ORGANISATION) for name in names.split())
OPTIONAL = frozenset({"landline", "email", "workplace", "birth_date", "sex"})
PERSONAL_IDS = [each for each in words.ID_TYPES if each != "uscc"]
ORGANISATION_IDS = ["uscc", "other"]
HINTS = {
    "birth_date": _("例如 1986-04-18；居民身份证可留空，由号码得出"),
    "sex": _("居民身份证可留空，由号码得出"),
    "id_number": _("居民身份证 18 位，最后一位可以是 X"),
    "id_valid_until": _("例如 2036-05-20，或“长期”"),
    "mobile": _("11 位；没有手机请填写固定电话"),
    "landline": _("例如 0516-12345678"),
    "address": _("住所地或经常居住地，写到门牌号"),
}
_REQUIRED = _("请填写%(label)s")


class IntakeForm(forms.Form):
    """One field for each element, made from the catalogue; the import's checks decide."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.registration: registration.Registration | None = None
        self.plan = PERSON if kind == Customer.Kind.PERSON else ORGANISATION
        for _heading, names in self.plan:
            for name in names.split():
                self.fields[name] = self._field(name)

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields as they stand on the page, side by side under their headings."""
        return [(heading, [self[name] for name in names.split()]) for heading, names in self.plan]

    def _field(self, name: str) -> forms.Field:
        label = element_of(f"identity.{name}").label
        if name == "name" and self.kind == Customer.Kind.ORGANISATION:
            label = _("单位名称")
        required = name not in OPTIONAL and name != "mobile"
        errors = {"required": _REQUIRED % {"label": label}}
        if name in {"sex", "id_type"}:
            return forms.ChoiceField(
                label=label,
                choices=[("", _("请选择")), *self._codes(name)],
                required=required,
                help_text=HINTS.get(name, ""),
                error_messages={"required": _("请选择%(label)s") % {"label": label}},
            )
        return forms.CharField(
            label=label,
            max_length=LONGEST,
            required=required,
            help_text=HINTS.get(name, "") if self.kind == Customer.Kind.PERSON else "",
            initial="中国" if name == "nationality" else "",
            error_messages={**errors, "max_length": _("内容过长，请核对")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )

    def _codes(self, name: str) -> list[tuple[str, Any]]:
        if name == "sex":
            return list(words.SEX.items())
        personal = self.kind == Customer.Kind.PERSON
        return [
            (code, words.ID_TYPES[code])
            for code in (PERSONAL_IDS if personal else ORGANISATION_IDS)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            not cleaned.get("mobile")
            and not cleaned.get("landline")
            and "mobile" not in self.errors
        ):
            self.add_error("mobile", _("请填写手机号码或固定电话"))
        written = {f"identity.{name}": text for name, text in cleaned.items() if text}
        self.registration = registration.check(written, kind=self.kind, today=clock.local().date())
        self._show(self.registration.flaws)
        if not self.errors:
            self._ask_what_no_number_told(self.registration.draft.values)
        return cleaned

    def _show(self, flaws: Sequence[Flaw]) -> None:
        for flaw in flaws:
            name = (flaw.target or "").partition(".")[2]
            if not flaw.problem.hard or name in self.errors:
                continue
            if flaw.target is not None or not self.errors:
                self.add_error(name if name in self.fields else None, str(flaw.problem.message))

    def _ask_what_no_number_told(self, values: dict[str, str]) -> None:
        for name in ("birth_date", "sex"):
            if name in self.fields and f"identity.{name}" not in values:
                label = self.fields[name].label
                self.add_error(name, _REQUIRED % {"label": label})

    @property
    def doubts(self) -> list[str]:
        """What is worth a second look once the customer is registered."""
        flaws = self.registration.flaws if self.registration else ()
        return [str(each.problem.message) for each in flaws if not each.problem.hard]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=("kind",), body=("kind", *NAMES))
def intake(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    kind = request.POST.get("kind") or request.GET.get("kind") or Customer.Kind.PERSON.value
    if kind not in Customer.Kind:
        raise UnknownParameter
    if not gate.may(actor, Action.CUSTOMER_CREATE):
        gate.permit(actor, Action.CUSTOMER_CREATE, purpose="", channel=CHANNEL)
    if request.method != "POST":
        return _page(request, actor, IntakeForm(kind=kind))
    form = IntakeForm(request.POST, kind=kind)
    if not form.is_valid() or form.registration is None:
        return _page(request, actor, form, status=422)
    customer = registration.register(form.registration, channel=CHANNEL, actor=actor)
    return _registered(request, actor, customer, form.doubts)


def _registered(
    request: HttpRequest, actor: Actor, customer: Customer, doubts: list[str]
) -> HttpResponse:
    offered = purposes.offered(actor, channel=CHANNEL)
    if Purpose.POLICY_SERVICE in offered:
        visits.choose(request, Purpose.POLICY_SERVICE.value)
    messages.success(request, _("已登记，客户编号 %(ref)s，指派给您") % {"ref": customer.ref})
    for doubt in doubts:
        messages.warning(request, doubt)
    return redirect("desk:customer", ref=customer.ref)


def _page(request: HttpRequest, actor: Actor, form: IntakeForm, status: int = 200) -> HttpResponse:
    kinds = [(kind.value, kind.label, kind.value == form.kind) for kind in Customer.Kind]
    context = {"title": _("登记客户"), "form": form, "kinds": kinds, **frame(actor)}
    return render(request, "desk/intake.html", context, status=status)
