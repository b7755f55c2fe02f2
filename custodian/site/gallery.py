"""The component sheet: every part in every state, with invented data, for eyes and for tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from custodian.elements import Masked, hidden, shown

MOBILE = Masked((shown("138"), hidden(4), shown("8000")))
ID_NUMBER = Masked((shown("3"), hidden(16), shown("4")))
NAME = Masked((shown("张"), hidden(1)))
ACCOUNT = Masked((hidden(10), shown("6217")))
COLOURS = (
    ("page", _("页面")),
    ("surface", _("表面")),
    ("sunken", _("凹面")),
    ("rule", _("细线")),
    ("line", _("控件边")),
    ("ink", _("正文")),
    ("ink2", _("次要")),
    ("ink3", _("弱")),
    ("accent", _("墨青")),
    ("soft", _("墨青浅")),
    ("danger", _("绛")),
    ("danger-bg", _("绛浅")),
    ("warn", _("赭")),
    ("warn-bg", _("赭浅")),
    ("ok", _("松绿")),
    ("ok-bg", _("松绿浅")),
    ("info", _("靛")),
    ("info-bg", _("靛浅")),
    ("seal", _("印泥")),
    ("lamp", _("明文")),
    ("lamp-bg", _("明文底")),
    ("focus", _("焦点")),
    ("mask-bg", _("掩码底")),
    ("mask-stripe", _("掩码纹")),
)
ICONS = (
    "alert",
    "bell",
    "book",
    "calendar",
    "check",
    "clock",
    "cross",
    "double-check",
    "download",
    "edit",
    "external",
    "eye",
    "eye-off",
    "file",
    "filter",
    "home",
    "info",
    "key",
    "list",
    "lock",
    "menu",
    "moon",
    "person",
    "plus",
    "print",
    "question",
    "search",
    "shield",
    "sun",
    "trash",
    "up",
    "down",
    "upload",
    "back",
    "forward",
)


class SampleForm(forms.Form):
    id_number = forms.CharField(label=_("证件号码"), help_text=_("18 位，最后一位可以是 X"))
    purpose = forms.ChoiceField(
        label=_("用途"),
        choices=[("", _("请选择")), ("follow_up", _("回访")), ("policy_service", _("保全"))],
        error_messages={"required": _("请选择用途")},
    )
    way = forms.ChoiceField(
        label=_("方式"),
        widget=forms.RadioSelect,
        choices=[("phone", _("电话")), ("visit", _("上门"))],
        initial="phone",
    )
    checked = forms.BooleanField(label=_("我已核对客户身份"), required=False)
    note = forms.CharField(label=_("备注"), required=False)

    def clean_id_number(self) -> str:
        raise forms.ValidationError(_("证件号码最后一位不符，请核对"))


def _reason(heading: Any, tone: str, *facts: tuple[str, Any, Any]) -> SimpleNamespace:
    return SimpleNamespace(heading=heading, tone=tone, facts=facts)


def _reasons() -> list[SimpleNamespace]:
    return [
        _reason(
            _("为什么允许"),
            "allow",
            ("ok", _("用途“回访”可看 L3 及以下"), (_("规则 R-018"), "#rule")),
            ("ok", _("客户在您名下"), ""),
        ),
        _reason(
            _("为什么不允许"), "refuse", ("no", _("培训已于 11-20 到期"), (_("去学习"), "#learn"))
        ),
        _reason(
            _("为什么还保存着"),
            "plain",
            ("dash", _("反洗钱法：关系终止后 10 年，至 2034-06-12"), ""),
            ("dash", _("保险法：合同终止后 10 年，至 2034-06-12"), ""),
            ("dash", _("无法律保留"), ""),
        ),
    ]


def _jobs() -> list[SimpleNamespace]:
    job = SimpleNamespace
    return [
        job(status="running", done=12480, total=20000, note=_("每秒 2,140 · 约剩 4 秒 · 可暂停")),
        job(status="awaiting", done=0, total=1318, note=_("须由刘敏或孙强复核后开始")),
        job(
            status="failed",
            done=9003,
            total=20000,
            note=_("第 9,004 行：密钥不可用。已做的不会重做"),
        ),
        job(status="done", done=20000, total=20000, note=_("保留 19,986 · 隔离 14")),
    ]


def _clock(
    name: Any, left: Any, state: str, text: Any, percent: float, **facts: Any
) -> SimpleNamespace:
    blank = {"to": "", "start": "", "due": "", "source": "", "mark": ""}
    return SimpleNamespace(
        name=name, left=left, state=state, state_text=text, percent=percent, **{**blank, **facts}
    )


def _clocks() -> list[SimpleNamespace]:
    office = _("监管局")
    return [
        _clock(
            _("首次报告"),
            "01:12:20",
            "near",
            _("剩余 · 临近"),
            40,
            to=office,
            start=_("发生 07:52"),
            due=_("到期 09:52"),
            source="金规〔2024〕24号",
            mark="V1",
        ),
        _clock(
            _("书面报告"),
            "23:12:20",
            "running",
            _("剩余"),
            8,
            to=office,
            start=_("发生 07:52"),
            due="11-24 07:52",
        ),
        _clock(
            _("拒赔通知"),
            _("逾期 2 天"),
            "late",
            _("已逾期，须写明原因"),
            100,
            start=_("决定 11-17"),
            due=_("到期 11-20"),
            source=_("保险法第 24 条"),
            mark="V1",
        ),
        _clock(
            _("首次报告"),
            _("已报"),
            "done",
            _("09:31 按时"),
            82,
            to=office,
            start="07:52",
            due="09:52",
        ),
    ]


def _week() -> list[dict[str, Any]]:
    busy = {9: 24, 10: 62, 11: 41, 12: 12, 13: 10, 14: 42, 15: 61, 16: 24, 17: 12}
    cells: list[dict[str, Any]] = [
        {"day": day, "hour": hour, "count": max(0, count - day * 3)}
        for day in range(5)
        for hour, count in busy.items()
    ]
    late = [{"day": day, "hour": 19, "count": 8 - day, "outside": True} for day in range(5)]
    odd = {"day": 5, "hour": 23, "count": 131, "unusual": True}
    return [*cells, *late, {"day": 1, "hour": 1, "count": 1, "outside": True}, odd]


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.TESTING or settings.CUSTODIAN_DEMO_REQUESTED):
        raise Http404
    theme = request.GET.get("theme", "")
    form = SampleForm({"id_number": "32031119860418002", "way": "phone", "checked": "on"})
    sheet = {
        "title": _("Custodian 组件表"),
        "colours": COLOURS,
        "icons": ICONS,
        "form": form,
        "mobile": MOBILE,
        "id_number": ID_NUMBER,
        "name": NAME,
        "account": ACCOUNT,
        "reasons": _reasons(),
        "jobs": _jobs(),
        "clocks": _clocks(),
        "week": _week(),
        "calm": [5.0, 4.9, 4.8, 4.9, 4.6, 4.3, 4.2, 4.1],
        "rising": [8.0, 9.0, 9.5, 10.0, 12.0, 13.5, 14.0, 15.3],
    }
    if theme in {"light", "dark"}:
        sheet["theme"] = theme
    return render(request, "site/gallery.html", sheet)
