"""Problem details (RFC 9457): how the API says no, in the reader's language and without a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import bind_contextvars, get_contextvars

from custodian.errors import CustodianError

MEDIA_TYPE: Final = "application/problem+json"
CHALLENGE: Final = 'Bearer realm="custodian"'
RETRY_SECONDS: Final = 30

TITLES: Final[Mapping[str, Any]] = {
    "damaged": _("资料未能通过完整性检查，没有显示"),
    "error": _("没有办成，请稍后再试"),
    "forbidden": _("此请求未被允许"),
    "idempotency-conflict": _("此幂等键已用于另一份内容，请换一个键"),
    "invalid": _("有几项未填对，请按各项说明更正"),
    "log-unavailable": _("查询日志暂时无法写入，因此没有显示任何资料"),
    "malformed": _("请求正文不是有效的 JSON 对象，请核对"),
    "method-not-allowed": _("此地址不支持该方法"),
    "not-acceptable": _("此接口只提供 JSON"),
    "not-authenticated": _("请先登录，或出示有效的令牌"),
    "not-found": _("没有找到，或不在您的范围之内"),
    "refused": _("查询被拒绝"),
    "restored-not-reconciled": _("系统刚从备份恢复，核对完毕之前不提供服务"),
    "step-up-needed": _("须先完成二次验证；令牌须持有在期的授权"),
    "throttled": _("请求过于频繁，请稍后再试"),
    "token-refused": _("令牌无效"),
    "too-much": _("查询超出限额，没有显示"),
    "too-large": _("请求正文过大，上限为 1 MB"),
    "unavailable": _("服务暂时不可用，没有显示任何资料，请稍后再试"),
    "unknown-parameter": _("含有此接口不认识的参数，请删去"),
    "unsupported-media-type": _("请求正文须为 application/json"),
}
_GENERAL: Final = {
    400: "malformed",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "idempotency-conflict",
    413: "too-large",
    415: "unsupported-media-type",
    429: "throttled",
    503: "unavailable",
}


def body(
    code: str, status: int, *, detail: str = "", members: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The members of one problem. What is not found never says more than that."""
    told = {"detail": detail, **(members or {})} if status != 404 else {}
    return {
        "type": f"urn:custodian:{code}",
        "title": str(TITLES.get(code, TITLES[_GENERAL.get(status, "error")])),
        "status": status,
        "instance": instance(),
        **{name: value for name, value in told.items() if value},
    }


def of_status(status: int) -> dict[str, Any]:
    return body(_GENERAL.get(status, "error"), status)


def of_error(error: CustodianError) -> dict[str, Any]:
    """A refusal tells its reason codes and under which entry of the log it stands."""
    decision = getattr(error, "decision", None)
    members = {
        "because": list(decision.because) if decision else [],
        "entry": getattr(error, "entry", None),
    }
    if wait := getattr(error, "wait", 0):
        members["retry_after"] = wait
    return body(error.code, error.status, detail=str(error.message), members=members)


def headers(status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    return {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}


def response(members: Mapping[str, Any]) -> JsonResponse:
    """The answer outside of any API view: from a middleware, or for an address nobody knows."""
    status = int(members["status"])
    return JsonResponse(
        dict(members),
        status=status,
        content_type=MEDIA_TYPE,
        headers=headers(status),
        json_dumps_params={"ensure_ascii": False},
    )


def instance() -> str:
    """The request's id in the server's logs; a header's text is never echoed unless it is a UUID."""
    try:
        known = UUID(str(get_contextvars().get("request_id", "")))
    except ValueError:
        known = uuid4()
        bind_contextvars(request_id=str(known))
    return known.urn
