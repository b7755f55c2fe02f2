"""Stored codes of a customer's values as people read them, and where a value came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from custodian.elements import Masked, shown

SEX: Mapping[str, Any] = {"male": _("男"), "female": _("女")}
ID_TYPES: Mapping[str, Any] = {
    "resident_id": _("居民身份证"),
    "hukou": _("户口簿"),
    "passport": _("护照"),
    "hk_macau_permit": _("港澳居民来往内地通行证"),
    "taiwan_permit": _("台湾居民来往大陆通行证"),
    "hmt_residence": _("港澳台居民居住证"),
    "foreign_permanent": _("外国人永久居留证"),
    "military": _("军官证"),
    "birth_certificate": _("出生医学证明"),
    "uscc": _("统一社会信用代码"),
    "other": _("其他"),
}
ORIGINS: Mapping[str, Any] = {
    "api": _("接口登记"),
    "application": _("投保单"),
    "claim": _("报案"),
    "correction": _("客户更正"),
    "desk": _("业务台登记"),
    "doubted": _("业务转让，原保险公司存疑"),
    "import": _("账册导入"),
    "transfer": _("业务转让"),
}
_CODED: Mapping[str, Mapping[str, Any]] = {"identity.sex": SEX, "identity.id_type": ID_TYPES}


def in_words(code: str, text: str) -> str:
    return str(_CODED.get(code, {}).get(text, text))


def masked_in_words(code: str, masked: Masked) -> Masked:
    """A coded value that is shown whole, in words; every other mask as it is."""
    if code not in _CODED or masked.hidden:
        return masked
    return Masked((shown(in_words(code, str(masked))),))


def origin(source: str) -> str:
    return str(ORIGINS.get(source, source))
