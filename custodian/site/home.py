"""The front page: who comes here, and through which door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Audience:
    """Some of the people who come, what they come for, and the place that is theirs."""

    name: Any
    comes_for: Any
    url_name: str = ""
    address: str = ""  # where programs come in, and nobody clicks

    @property
    def url(self) -> str:
        """Empty while the place is not built."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


AUDIENCES = (
    Audience(
        _("合规官、安全官与审计"), _("信息目录、查询日志、审计发现、导入与隔离区"), "admin:index"
    ),
    Audience(_("代理人、理赔人员与客服"), _("查找客户，先看掩码，注明用途后揭示"), "desk:find"),
    Audience(_("客户"), _("看自己的资料，以及谁看过"), "portal:home"),
    Audience(_("监管"), _("有期限的案件访问，可离线核验的导出"), "regulator:cases"),
    Audience(_("其他系统"), _("接口：有范围、有期限的令牌"), address="/api/v1/"),
)

Cast = Callable[[HttpRequest], Sequence[Any]]


@require_safe
def home(request: HttpRequest, cast: Cast | None = None) -> HttpResponse:
    """`cast` is given in a demo only, by the composition of addresses."""
    context = {"audiences": AUDIENCES, "cast": cast(request) if cast else []}
    return render(request, "home.html", context)
