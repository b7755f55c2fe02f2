"""What an officer fills in about a transfer: opening it, papers, records, its announcement, a data room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Case
from custodian.regimes.routes import Gate
from records.correction_forms import PaperForm
from records.models import Book
from records.notices import checking
from records.notices.contents import LANGUAGES, TAGS
from transfers import announcing, papers, recording, routes
from transfers.data_room.rooms import MOST_DAYS, MOST_SAMPLES
from transfers.models import Counterparty, Publication, Stage, Transfer, TransferSight

DAY_HELP: Final = _("例如 2026-11-23；不能晚于今天")
PROOF_HELP: Final = _("PDF 或照片，不超过 10 MB；按原样加密保存，不改动")
TONGUES: Final = {tongue: (checking.SAID_IN[tongue], TAGS[tongue]) for tongue in LANGUAGES}


class OpenForm(forms.Form):
    side = forms.ChoiceField(
        label=_("方向"), choices=Transfer.Side.choices, widget=forms.RadioSelect
    )
    counterparty = forms.ModelChoiceField(
        label=_("对方"), queryset=Counterparty.objects.none(), empty_label=None
    )
    route = forms.ChoiceField(label=_("路径"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("名称"), max_length=100, help_text=_("例如 徐汇账册转让；不要写客户资料")
    )
    book = forms.ModelChoiceField(
        label=_("账册"), required=False, queryset=Book.objects.none(), empty_label=_("新开一本（转入方）"),
        help_text=_("转出方必选：转出的账册；转入方不选，就为这笔转让新开一本空账册"),
    )  # fmt: skip
    ref = forms.UUIDField(
        label=_("转让标识"), required=False, help_text=_("转入方填写转出方给的标识，两边相同")
    )
    important_data = forms.BooleanField(
        label=_("含重要数据"),
        required=False,
        help_text=_("勾选后须向省级以上主管部门报告处置方案"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"side": Transfer.Side.SELLER})
        insurers = Counterparty.objects.filter(kind=Counterparty.Kind.INSURER, until=None)
        self.fields["counterparty"].queryset = insurers  # type: ignore[attr-defined]
        self.fields["book"].queryset = Book.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            (code, f"{routes.name(each)} · {routes.says(each)}")
            for code, each in routes.offered().items()
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("side") == Transfer.Side.SELLER and not said.get("book"):
            self.add_error("book", _("请选择要转出的账册"))
        return said


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("留在复核记录里；不要写客户资料")
    )


class SightForm(forms.Form):
    case = forms.ModelChoiceField(
        label=_("案件"), queryset=Case.objects.none(), empty_label=None,
        help_text=_("该案件的人员在案件开放期间可以看到这项转让的看板"),
    )  # fmt: skip

    def __init__(self, transfer: Transfer, data: Any = None) -> None:
        super().__init__(data)
        seen = TransferSight.objects.filter(transfer=transfer).values("case")
        self.fields["case"].queryset = Case.objects.open().exclude(pk__in=seen)  # type: ignore[attr-defined]


class _ProofForm(PaperForm):
    """A file as it came. Whoever files it sees what is wrong with it beside the field."""

    def __init__(self, *args: Any, needed: bool = True, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            *args, needed=needed, label=label or pgettext_lazy("转让", "凭证"), **kwargs
        )
        self.fields["paper"].help_text = PROOF_HELP

    @property
    def content(self) -> bytes | None:
        return self.upload.content if self.upload else None


class FileForm(_ProofForm):
    """One paper of a stage that is not over."""

    what = forms.ChoiceField(label=_("这是什么文件"))
    name = forms.CharField(
        label=_("其他文件的名称"),
        max_length=100,
        required=False,
        help_text=_("只在选“其他文件”时填写"),
    )
    field_order = ("what", "name", "paper")

    def __init__(self, transfer: Transfer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("选择文件"), **kwargs)
        self.fields["what"].choices = list(_fileable(transfer))  # type: ignore[attr-defined]

    @property
    def terms(self) -> dict[str, str]:
        stage, _slash, code = self.cleaned_data["what"].partition("/")
        return {"stage": stage, "code": code, "name": self.cleaned_data["name"]}


def _fileable(transfer: Transfer) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    """By stage, those that still take papers."""
    closed = {papers.State.DONE, papers.State.NOT_NEEDED}
    for row in transfer.stages.all():
        if row.state not in closed:
            found = routes.stage_of(transfer, row.stage)
            named = [
                (f"{row.stage}/{each.code}", routes.name(each))
                for each in found.papers
                if not each.assessed
            ]
            other = (f"{row.stage}/{papers.OTHER}", _("其他文件"))
            yield Stage(row.stage).label, [*named, other]


class ActForm(_ProofForm):
    """A decision of an authority, or the day on which a waiting time begins."""

    gate = forms.ChoiceField(label=_("事项"), widget=forms.RadioSelect)
    day = forms.DateField(label=_("日期"), help_text=DAY_HELP)
    number = forms.CharField(
        label=_("文号"), max_length=60, required=False, help_text=_("决定须写明文号并附凭证")
    )
    refused = forms.BooleanField(label=_("未获准"), required=False)
    field_order = ("gate", "day", "number", "refused", "paper")

    def __init__(self, transfer: Transfer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needed=False, **kwargs)
        known = recording.gates_of(transfer, Gate.DECISION, Gate.CLOCK)
        self.fields["gate"].choices = [(each.code, _named(each)) for each in known]  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "day": said["day"],
            "number": said["number"],
            "granted": not said["refused"],
            "proof": self.content,
        }


def _named(gate: Any) -> str:
    by = routes.by(gate)
    return f"{routes.name(gate)} · {by}" if by else routes.name(gate)


class PublishForm(_ProofForm):
    """A notice in print, or on the other party's website."""

    medium = forms.ChoiceField(label=_("媒体"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("报刊或网站名称"), max_length=100, help_text=_("例如 金融时报；同一天只算一次")
    )
    day = forms.DateField(label=_("刊登日"), help_text=DAY_HELP)
    until = forms.DateField(
        label=_("至"), required=False, help_text=_("网站公告撤下的，写最后一天；仍在展示的不填")
    )
    field_order = ("medium", "name", "day", "until", "paper")

    def __init__(self, transfer: Transfer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._other = next(each for each in Transfer.Side.values if each != transfer.side)
        words = dict(Publication.Medium.choices)
        known = {each.medium for each in recording.gates_of(transfer, Gate.PRINTED)}
        choices = [(each, words[each]) for each in Publication.Medium.values if each in known]
        if recording.gates_of(transfer, Gate.ONLINE):
            choices.append((Publication.Medium.WEBSITE.value, _("对方的网站")))
        self.fields["medium"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        day, until = said.get("day"), said.get("until")
        if day and until and until < day:
            self.add_error("until", _("“至”早于“自”，请核对"))
        return said

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        website = said["medium"] == Publication.Medium.WEBSITE
        return {
            "medium": said["medium"],
            "name": said["name"],
            "day": said["day"],
            "until": said["until"] if website else None,
            "side": self._other if website else "",
            "proof": self.content,
        }


@dataclass(frozen=True)
class Pair:
    """One part in both languages."""

    title: Any
    fields: list[BoundField]


class AnnouncementForm(forms.Form):
    answer_by = forms.DateField(
        label=_("答复期限"),
        required=False,
        help_text=_("例如 2026-11-23；客户须在何日前答复，没有即不填"),
    )

    def __init__(self, content: dict[str, Any], data: Any = None) -> None:
        initial = {f"{key}_{tongue}": content[key][tongue] for key in content for tongue in TONGUES}
        super().__init__(data, initial=initial)
        for key in ("title", *announcing.PARTS):
            for tongue, (label, tag) in TONGUES.items():
                widget: Any = forms.TextInput() if key == "title" else forms.Textarea({"rows": 4})
                widget.attrs["lang"] = tag
                self.fields[f"{key}_{tongue}"] = forms.CharField(
                    label=label, max_length=announcing.LONGEST, widget=widget
                )

    def pairs(self) -> Iterator[Pair]:
        labels = {"title": _("标题"), **announcing.PARTS}
        for key, label in labels.items():
            yield Pair(label, [self[f"{key}_{tongue}"] for tongue in TONGUES])

    def content(self) -> dict[str, dict[str, str]]:
        said = self.cleaned_data
        return {
            key: {tongue: said[f"{key}_{tongue}"] for tongue in TONGUES}
            for key in ("title", *announcing.PARTS)
        }


class RoomForm(forms.Form):
    recipient = forms.CharField(
        label=_("接收人"), max_length=60, help_text=_("对方一人的姓名；每页都印着他的名字")
    )
    samples = forms.IntegerField(
        label=_("样本数"), min_value=0, max_value=MOST_SAMPLES, initial=20,
        help_text=_("只给掩码；拒绝提供给合作方的、重点名单上的、儿童和少见险种的不抽"),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=MOST_DAYS, initial=30,
        help_text=_("到期自动销毁；转让结束后按保存规则提前销毁"),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("文件的语言"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
