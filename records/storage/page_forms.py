"""What is filled in about storage places, and to have sealed values checked now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Unit, User
from access.models.people import BACK_OFFICE
from custodian import clock
from records.models import Disposal, Inspection, ScrubRun, StoragePlace
from records.storage import disposals, places
from records.storage.places import BY_HAND, Terms

LONGEST = timedelta(days=1100)


def _day(label: Any, **more: Any) -> forms.DateField:
    """Filled in beforehand as people are told to write it, in either language."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d"),
        help_text=_("例如 2026-11-23"),
        error_messages={
            "required": _("请填写日期"),
            "invalid": _("请按年-月-日填写，例如 2015-03-01"),
        },
        **more,
    )


def _required(words: Any) -> dict[str, Any]:
    return {"required": words}


class ScrubForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("检查范围"),
        choices=ScrubRun.Kind.choices,
        widget=forms.RadioSelect,
        initial="sample",
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("封存在日志里；不要写客户资料"),
        error_messages=_required(_("请写明理由")),
    )


class _ChargeFields(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("责任人"),
        queryset=User.objects.none(),
        to_field_name="ref",
        required=False,
        empty_label=_("未指定"),
    )
    unit = forms.ModelChoiceField(
        label=_("责任机构"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("未指定"),
    )
    interval_days = forms.IntegerField(
        label=_("每几天检查一次"), min_value=1, max_value=1000, initial=90
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(role__in=BACK_OFFICE, is_active=True).order_by("staff_no")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.order_by("path")  # type: ignore[attr-defined]


class ChargeForm(_ChargeFields):
    @classmethod
    def of(cls, place: StoragePlace) -> ChargeForm:
        initial = {
            "owner": place.owner.ref if place.owner else None,
            "unit": place.unit.code if place.unit else None,
            "interval_days": place.interval_days,
        }
        return cls(initial=initial, auto_id="charge_%s")


class PlaceForm(_ChargeFields):
    kind = forms.ChoiceField(
        label=_("类别"), choices=[(kind.value, kind.label) for kind in BY_HAND]
    )
    name = forms.CharField(
        label=_("名称"),
        max_length=80,
        help_text=_("例如 备份硬盘 3 号"),
        error_messages=_required(_("请填写名称")),
    )
    location = forms.CharField(
        label=_("位置"),
        max_length=200,
        help_text=_("例如 总部机房保险柜，第二层"),
        error_messages=_required(_("请填写位置")),
    )
    holds = forms.CharField(
        label=_("存放内容"),
        max_length=200,
        help_text=_("是什么资料；不要写客户资料本身"),
        error_messages=_required(_("请写明存放什么")),
    )
    since = _day(_("启用日"), initial=lambda: clock.local().date())
    field_order = ("kind", "name", "location", "holds", "owner", "unit", "since", "interval_days")

    def clean_since(self) -> Any:
        return _no_later_than_today(self.cleaned_data["since"])

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


class InspectionForm(forms.Form):
    result = forms.ChoiceField(
        label=_("结果"),
        choices=Inspection.Result.choices,
        widget=forms.RadioSelect,
        error_messages=_required(_("请选结果")),
    )
    looked_at = forms.CharField(
        label=_("查看了什么"),
        max_length=200,
        help_text=_("例如 封条、温度、能否读出"),
        error_messages=_required(_("请写明查看了什么")),
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    next_due = _day(_("下次检查"))

    @classmethod
    def of(cls, place: StoragePlace) -> InspectionForm:
        following = clock.local().date() + timedelta(days=place.interval_days)
        return cls(initial={"next_due": following}, auto_id="inspect_%s")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("result") == Inspection.Result.FAULT and not said.get("note"):
            self.add_error("note", _("有异常时请写明是什么"))
        return said

    def clean_next_due(self) -> Any:
        day, today = self.cleaned_data["next_due"], clock.local().date()
        if not today < day <= today + LONGEST:
            raise forms.ValidationError(_("请填今天以后、三年以内的日期"))
        return day


class MaintenanceForm(forms.Form):
    what = forms.CharField(
        label=_("做了什么"),
        max_length=200,
        help_text=_("例如 更换硬盘、升级固件"),
        error_messages=_required(_("请写明做了什么")),
    )
    done_on = _day(_("日期"))

    @classmethod
    def of(cls, _place: StoragePlace) -> MaintenanceForm:
        return cls(initial={"done_on": clock.local().date()}, auto_id="maintain_%s")

    def clean_done_on(self) -> Any:
        return _no_later_than_today(self.cleaned_data["done_on"])


class DisposalForm(forms.Form):
    method = forms.ChoiceField(label=_("销毁方式"), choices=Disposal.Method.choices)
    done_on = _day(_("销毁日期"))
    certificate = forms.CharField(label=_("证书编号"), max_length=80, required=False)
    proof = forms.RegexField(
        r"^[0-9A-Fa-f]{64}$",
        label=_("证明文件的摘要"),
        required=False,
        help_text=_("SHA-256，64 位；用 sha256sum 或 certutil -hashfile 算出，文件请自行保存"),
        error_messages={"invalid": disposals.BadProof.message},
    )

    @classmethod
    def of(cls, _place: StoragePlace) -> DisposalForm:
        return cls(initial={"done_on": clock.local().date()}, auto_id="dispose_%s")

    def clean_done_on(self) -> Any:
        return _no_later_than_today(self.cleaned_data["done_on"])

    def clean_proof(self) -> str:
        return str(self.cleaned_data["proof"]).lower()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not said.get("certificate") and not said.get("proof") and not self.errors:
            self.add_error("certificate", disposals.NoProof.message)
        return said


def _no_later_than_today(day: Any) -> Any:
    if day > clock.local().date():
        raise forms.ValidationError(_("日期不能晚于今天"))
    return day


FORMS = {
    "inspect": InspectionForm,
    "maintain": MaintenanceForm,
    "charge": ChargeForm,
    "dispose": DisposalForm,
}


def forms_of(place: StoragePlace) -> dict[str, Any]:
    """The forms of a place's page; only what was entered by hand can be disposed of."""
    given = FORMS if place.kind in places.BY_HAND else {**FORMS, "dispose": None}
    return {name: form.of(place) for name, form in given.items() if form}  # type: ignore[attr-defined]
