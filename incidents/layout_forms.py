"""What an officer fills in to enter what another company's lists look like, and to end it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.case_forms import text_field
from incidents.models import ListLayout
from incidents.tracing import layouts, signatures
from incidents.tracing.layout_words import KINDS
from incidents.tracing.layouts import Column

# A layout says what cells look like; digits in a row or an address of mail are somebody's.
_VALUE = re.compile(r"[0-9]{7,}|[^\s|]@[^\s|]+\.")
_HEADING = 40


class LayoutForm(forms.Form):
    use_required_attribute = False
    company = text_field(
        _("公司或产品"), _("例如：某寿险公司客户系统导出；像这份名单的，就是它"), most=60
    )
    source = text_field(
        _("版式的来处"), _("从哪里知道的，例如：对方来函所附的空表、行业通报"), most=200
    )
    columns = forms.CharField(
        label=_("各列，依次一行一列"),
        max_length=2_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        error_messages={"required": _("请写各列")},
    )
    separator = forms.ChoiceField(label=_("分隔符"), required=False)
    encoding = forms.ChoiceField(label=_("编码"), required=False)
    why = text_field(_("理由"), _("为什么登记，例如：对方请我们留意"), most=200)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["separator"].choices = [("", _("不知道")), *ListLayout.Separator.choices]
        fields["encoding"].choices = [("", _("不知道")), *ListLayout.Encoding.choices]
        kinds = gettext("、").join(str(each) for each in KINDS.values())
        fields["columns"].help_text = gettext(
            "写“表头 | 种类 | 写法”，后两项可空，例如：保单号 | 保单号 | PA#{12}。种类：%(kinds)s。"
            "写法中 # 是数字，@ 是字母，汉 是汉字，* 是数字或字母，{12} 或 {8-10} 是几个，其余照写。"
            "不要写客户资料"
        ) % {"kinds": kinds}

    def clean_columns(self) -> list[Column]:
        lines = [each.strip() for each in self.cleaned_data["columns"].splitlines()]
        told = [(at, line) for at, line in enumerate(lines, start=1) if line]
        if len(told) > signatures.MOST:
            raise forms.ValidationError(_("最多三十列"))
        return [_column(at, line) for at, line in told]


def _column(at: int, line: str) -> Column:
    parts = [each.strip() for each in re.split(r"[|｜]", line)]
    heading, kind, shape = [*parts, "", ""][:3]
    if len(parts) > 3 or len(heading) > _HEADING or len(shape) > _HEADING:
        _wrong(at, gettext("每行是“表头 | 种类 | 写法”"))
    if _VALUE.search(line):
        _wrong(at, gettext("像是客户资料；号码请写成写法，例如 #{11}"))
    code = _kind_of(kind)
    if kind and not code:
        _wrong(at, gettext("没有“%(kind)s”这个种类") % {"kind": kind[:12]})
    try:
        if shape:
            layouts.compiled(shape)
    except layouts.BadShape:
        _wrong(at, gettext("写法不对，或超过 64 个字符；变长的 {8-10} 最多两处"))
    return Column(heading, code, shape)


def _wrong(at: int, says: str) -> None:
    raise forms.ValidationError(gettext("第 %(n)s 行：%(says)s") % {"n": at, "says": says})


def _kind_of(said: str) -> str:
    named = {str(label).casefold(): code for code, label in KINDS.items()}
    return said if said in KINDS else named.get(said.casefold(), "")


class EndForm(forms.Form):
    use_required_attribute = False
    why = text_field(_("停用的理由"), _("例如：对方已改版"), most=200)
