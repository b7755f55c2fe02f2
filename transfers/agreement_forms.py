"""What an officer fills in of an agreement: its terms, its papers, its reviews and its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit
from access.models.rules import CLASSES
from access.vocabulary import Purpose
from custodian import clock, elements
from records.evidence.upload import EvidenceUpload
from records.models import Book, Product
from transfers.agreements import reviewing, terms
from transfers.agreements.reviewing import one_year_after
from transfers.agreements.terms import Sub, Terms
from transfers.models import Agreement, AgreementPaper, AgreementReview

SUBS: Final = 3
_DAY: Final = _("例如 2026-11-23")
_BAD_DAY: Final = {"invalid": _("日期无法识别，请写成 2026-11-23")}
Kind = AgreementPaper.Kind


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=_DAY, error_messages=_BAD_DAY,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def _many(label: Any, hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
    )


def _paper(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False)


class TermsForm(forms.Form):
    """A draft may lack whatever it likes; what it lacks is told before it can be put up."""

    title = forms.CharField(label=_("名称"), max_length=100)
    part = forms.ChoiceField(
        label=pgettext_lazy("协议", "性质"), choices=Agreement.Part, widget=forms.RadioSelect,
        error_messages={"required": _("请选协议的性质")},
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label=_("用途"), choices=[(each.value, each.label) for each in terms.PURPOSES],
        help_text=_("每次提供都按此用途核对客户的同意和异议"),
    )  # fmt: skip
    why = forms.CharField(label=_("处理目的"), max_length=200, help_text=_("照合同写"))
    method = forms.CharField(label=_("处理方式"), max_length=200, help_text=_("照合同写"))
    elements = forms.MultipleChoiceField(
        label=_("信息项"), widget=forms.CheckboxSelectMultiple,
        help_text=_("只选实现目的所必需的"), error_messages={"required": _("请选信息项")},
    )  # fmt: skip
    books = _many(_("账册"), _("不选为全部"))
    products = _many(_("险种"), _("不选为全部"))
    units = _many(_("机构"), _("含下级机构；不选为全部"))
    since = _day(_("期限自"))
    until = _day(_("期限至"))
    contract = _paper(_("合同"))
    assessed_on = _day(_("安全评估日期"), required=False)
    assessed_by = forms.CharField(label=_("评估人"), max_length=60, required=False)
    assessed = forms.ChoiceField(
        label=_("评估结论"), required=False, choices=[("", _("请选择")), *terms.RESULTS.items()]
    )
    assessment = _paper(_("安全评估报告"))
    settled = _many(_("合同约定了"), _("逐项对照合同勾选"))
    tell_hours = forms.IntegerField(
        label=_("事件几小时内告知"), min_value=1, max_value=terms.LONGEST_TELLING, initial=24
    )
    tell_whom = forms.CharField(
        label=_("告知谁"), max_length=80, required=False, help_text=_("岗位和电话，全天有人接")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        of: Terms | None = None,
        papers: Iterable[AgreementPaper] = (),
        part: str = "",
    ) -> None:
        super().__init__(data, initial=_initial(of))
        self.filed = list(papers)
        self._choices("elements", _elements())
        self._choices("books", [(each.code, str(each)) for each in Book.objects.all()])
        self._choices("products", [(p.code, f"{p} {p.code}") for p in Product.objects.all()])
        self._choices("units", [(u.code, f"{u} {u.code}") for u in Unit.objects.all()])
        chosen = str(self.data.get("part") or part or (of.part if of else "") or "entrusted")
        named = chosen if chosen in Agreement.Part.values else "entrusted"
        self.required = terms.required(named)
        self._choices("settled", [(t.code, terms.term_name(t)) for t in self.required])
        self._choices("contract", self._papers(Kind.CONTRACT))
        self._choices("assessment", self._papers(Kind.ASSESSMENT))
        self._add_subs(of)

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _papers(self, kind: str) -> list[tuple[str, Any]]:
        held = [(str(p.ref), p.name) for p in self.filed if p.kind == kind]
        return [("", _("还没有") if not held else _("请选择")), *held]

    def _add_subs(self, of: Terms | None) -> None:
        known = list(of.subs) if of else []
        for number in range(SUBS):
            sub = known[number] if number < len(known) else None
            label = _("第三方 %(n)s") % {"n": number + 1}
            self.fields[f"sub{number}_name"] = forms.CharField(
                label=label, required=False, max_length=100, initial=sub.name if sub else ""
            )
            self.fields[f"sub{number}_work"] = forms.CharField(
                label=_("承担的工作"), required=False, max_length=100,
                initial=sub.work if sub else "",
            )  # fmt: skip
            field = _paper(_("同意转委托的文件"))
            self.fields[f"sub{number}_consent"] = field
            field.initial = sub.consent if sub else ""
            self._choices(f"sub{number}_consent", self._papers(Kind.CONSENT))

    @property
    def sub_rows(self) -> list[list[Any]]:
        parts = ("name", "work", "consent")
        return [[self[f"sub{n}_{part}"] for part in parts] for n in range(SUBS)]

    def terms(self) -> Terms:
        said = dict(self.cleaned_data)
        subs = [
            Sub(
                name=said.pop(f"sub{n}_name"), work=said.pop(f"sub{n}_work"),
                consent=said.pop(f"sub{n}_consent"),
            )
            for n in range(SUBS)
        ]  # fmt: skip
        for name in ("since", "until", "assessed_on"):
            value: date | None = said[name]
            said[name] = value.isoformat() if value else ""
        for name in ("elements", "books", "products", "units", "settled"):
            said[name] = tuple(said[name])
        return Terms(subs=tuple(each for each in subs if each.name), **said)


def _elements() -> list[tuple[str, Any]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for code in terms.offered():
        element = elements.get(code)
        mark = " " + _("敏") if element.sensitive else ""
        words = f"{element.label} L{element.level}{mark}"
        found.setdefault(element.cls.value, []).append((code, words))
    labels = dict(CLASSES)
    return [pair for name in labels for pair in found.get(name, [])]


def _initial(of: Terms | None) -> dict[str, Any]:
    if of is None:
        today = clock.local().date()
        return {
            "since": today.isoformat(),
            "until": one_year_after(today).isoformat(),
            "purpose": Purpose.CLAIM.value,
        }
    said = of.written()
    return {name: value for name, value in said.items() if name not in {"subs", "papers"}}


class PaperForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("种类"),
        choices=[(each.value, each.label) for each in
                 (Kind.CONTRACT, Kind.ASSESSMENT, Kind.CONSENT, Kind.REVIEW)],
    )  # fmt: skip
    paper = forms.FileField(
        label=_("文件"), help_text=_("JPG、PNG、PDF，不超过 10 MB。文件加密保存"),
        error_messages={"required": _("请选择文件")},
    )  # fmt: skip

    def clean_paper(self) -> EvidenceUpload:
        upload = self.cleaned_data["paper"]
        if not isinstance(upload, EvidenceUpload):
            raise forms.ValidationError(_("请选择文件"))
        if upload.too_large:
            raise forms.ValidationError(_("文件超过 10 MB，请压缩或分开"))
        return upload


class ProofForm(PaperForm):
    kind = None  # type: ignore[assignment]
    proven = forms.ChoiceField(
        label=_("资料去向"), choices=Agreement.End, widget=forms.RadioSelect,
        error_messages={"required": _("请选资料的去向")},
    )  # fmt: skip
    field_order = ("proven", "paper")


class ReviewForm(forms.Form):
    result = forms.ChoiceField(
        label=_("结论"), choices=AgreementReview.Result, widget=forms.RadioSelect,
        error_messages={"required": _("请选结论")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("说明"), max_length=200, help_text=_("看了什么、发现什么；不要写客户资料"),
        error_messages={"required": _("请写明看了什么")},
    )  # fmt: skip
    next_on = _day(_("下次复查"))

    def __init__(self, data: Any = None) -> None:
        later = one_year_after(clock.local().date()).isoformat()
        super().__init__(data, initial={"next_on": later})

    def clean_next_on(self) -> date:
        day: date = self.cleaned_data["next_on"]
        try:
            reviewing.require_day(day)
        except reviewing.BadDay as error:
            raise forms.ValidationError(str(error.message)) from None
        return day


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("提前结束的理由"), max_length=200, help_text=_("不要写客户资料"),
        error_messages={"required": _("请写明理由")},
    )  # fmt: skip
