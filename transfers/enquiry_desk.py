"""The desk's page for whoever calls and asks which insurer has her policy now."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import clock
from records import search
from records.desk_forms import LONGEST
from records.desk_pages import CHANNEL, UnknownParameter, desk_page, frame
from records.identifiers import check_birth_date
from records.search import Kind
from transfers import enquiring
from transfers.enquiring import Answered

ACT: Final = Action.TRANSFER_ENQUIRE
_QUIET: Final = {
    "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "autocorrect": "off",
}  # fmt: skip


def _text(label: Any, missing: Any) -> forms.CharField:
    """Nothing that is typed is remembered by the browser."""
    widget = forms.TextInput(attrs={**_QUIET, "maxlength": str(LONGEST)})
    return forms.CharField(
        label=label, max_length=LONGEST, widget=widget, error_messages={"required": missing}
    )


class PolicyForm(forms.Form):
    """By what only she and her insurer know together."""

    by = forms.CharField(widget=forms.HiddenInput, initial="policy")
    policy_number = _text(gettext_lazy("保单号"), gettext_lazy("请填写完整的保单号"))
    id_number = _text(gettext_lazy("证件号码"), gettext_lazy("请填写完整的证件号码"))

    def clean_policy_number(self) -> str:
        return _whole(self, "policy_number", Kind.POLICY_NUMBER)

    def clean_id_number(self) -> str:
        return _whole(self, "id_number", Kind.ID_NUMBER)

    def ask(self, *, actor: Actor) -> Answered:
        said = self.cleaned_data
        return enquiring.by_policy(
            said["policy_number"], said["id_number"], channel=CHANNEL, actor=actor
        )


class NameForm(forms.Form):
    """Where she has no number at hand."""

    by = forms.CharField(widget=forms.HiddenInput, initial="name")
    name = _text(gettext_lazy("姓名"), gettext_lazy("请填写完整的姓名"))
    birth_date = _text(gettext_lazy("出生日期"), gettext_lazy("请填写出生日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].help_text = gettext_lazy("例如 1986-04-18")

    def clean_birth_date(self) -> str:
        checked = check_birth_date(self.cleaned_data["birth_date"], today=clock.local().date())
        if checked.value is None:
            raise forms.ValidationError(str(checked.problems[0].message))
        return checked.value

    def ask(self, *, actor: Actor) -> Answered:
        said = self.cleaned_data
        return enquiring.by_name(said["name"], said["birth_date"], channel=CHANNEL, actor=actor)


FORMS: Final[dict[str, type[PolicyForm | NameForm]]] = {"policy": PolicyForm, "name": NameForm}


def _whole(form: forms.Form, name: str, kind: Kind) -> str:
    """A value of which nothing is left once it is normalised finds nobody."""
    typed = str(form.cleaned_data[name])
    if not search.normalised(kind, [typed])[0]:
        raise forms.ValidationError(str(form.fields[name].error_messages["required"]))
    return typed


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=("by",), body=("by", "policy_number", "id_number", "name", "birth_date"))
def enquiry(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The answer to a POST names an insurer or nothing; what was typed does not come back."""
    if not gate.may(actor, ACT):
        gate.permit(actor, ACT, purpose="", channel=CHANNEL)
    posted = request.method == "POST"
    by = (request.POST if posted else request.GET).get("by", "policy")
    if by not in FORMS:
        raise UnknownParameter
    form = FORMS[by](request.POST) if posted else FORMS[by]()
    answered = form.ask(actor=actor) if posted and form.is_valid() else None
    context = {
        "title": _("保单转到哪里"),
        "by": by,
        "ways": [
            ("policy", _("保单号与证件号码")),
            ("name", _("姓名与出生日期")),
        ],
        "form": FORMS[by]() if answered else form,
        "answered": answered,
        **frame(actor),
    }
    status = 422 if posted and answered is None else 200
    return render(request, "desk/transfer/enquiry.html", context, status=status)
