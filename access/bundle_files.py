"""What is filled in for a bundle inside its case, and how its file leaves the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.bundles.criteria import Criteria
from access.models import Bundle, Case, Unit, User


class IsoDate(forms.DateInput):
    """A day as the help text writes it, in both languages."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class BundleForm(forms.Form):
    """Only what the case covers can be chosen; nothing chosen means all of it."""

    since = forms.DateField(label=_("自"), help_text=_("例如 2026-11-01"), widget=IsoDate)
    until = forms.DateField(label=_("至"), help_text=_("例如 2026-11-23"), widget=IsoDate)
    operators = forms.MultipleChoiceField(
        label=_("操作人"), required=False, widget=forms.CheckboxSelectMultiple
    )
    customers = forms.MultipleChoiceField(
        label=_("客户"), required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.MultipleChoiceField(
        label=_("机构"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        super().__init__(data, initial={"since": case.since, "until": case.until})
        self._case = case
        people = User.objects.filter(ref__in=case.operators).order_by("staff_no")
        units = Unit.objects.filter(code__in=case.units).order_by("code")
        known: dict[str, list[tuple[str, str]]] = {
            "operators": [(str(user.ref), str(user)) for user in people],
            "customers": [(str(uid), case.called.get(str(uid), "—")) for uid in case.customers],
            "units": [(unit.code, f"{unit} {unit.code}") for unit in units],
        }
        for name, choices in known.items():
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("“至”早于“自”，请核对"))
        for name, day in (("since", since), ("until", until)):
            if day and not self._case.since <= day <= self._case.until:
                self.add_error(name, _("超出案件的时段，请核对"))
        return cleaned

    def criteria(self) -> Criteria:
        said = self.cleaned_data
        case = self._case
        named = any(said.get(name) for name in ("operators", "customers", "units"))
        if not named and case.everything:
            return Criteria(since=said["since"], until=said["until"], everything=True)
        customers = _uuids(said, "customers", all_of=() if named else case.customers)
        return Criteria(
            since=said["since"],
            until=said["until"],
            operators=_uuids(said, "operators", all_of=() if named else case.operators),
            customers=customers,
            units=tuple(said.get("units") or (() if named else case.units)),
            keys=tuple(uid for uid in case.key_customers if uid in customers),
        )


def _uuids(said: dict[str, Any], name: str, *, all_of: Any) -> tuple[UUID, ...]:
    chosen = said.get(name)
    return tuple(UUID(each) for each in chosen) if chosen else tuple(all_of)


def bundle_of(ref: UUID, actor: Actor, *, purpose: str, channel: str) -> Bundle:
    """The recipient's own bundle; to everybody else it does not exist, and his asking is on record."""
    rows = Bundle.objects.visible_to(actor).filter(ref=ref, recipient=actor.id or 0)
    found: Bundle | None = rows.select_related("case", "recipient").first()
    if found is None:
        gate.refuse_unknown(
            actor, Action.BUNDLE_TAKE, asked=str(ref), purpose=purpose, channel=channel
        )
    return found


def attachment(bundle: Bundle, body: Iterator[bytes]) -> StreamingHttpResponse:
    """The file as a browser saves it; it is opened, piece by piece, only as it is sent."""
    response = StreamingHttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{bundle.name}"'
    response["Content-Length"] = str(bundle.length)
    return response
