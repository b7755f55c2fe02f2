"""Identity documents by type: which shape each number has, and which type a bare number shows."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, Problem, hard, refused, warning
from records.identifiers.organisations import check_uscc
from records.identifiers.resident import check_residence_permit, check_resident_id
from records.identifiers.text import DIGITS_LOST, compact, is_scientific


class IdType(StrEnum):
    BIRTH_CERTIFICATE = "birth_certificate"
    FOREIGN_PERMANENT = "foreign_permanent"
    HK_MACAU_PERMIT = "hk_macau_permit"
    HMT_RESIDENCE = "hmt_residence"
    HUKOU = "hukou"
    MILITARY = "military"
    OTHER = "other"
    PASSPORT = "passport"
    RESIDENT_ID = "resident_id"
    TAIWAN_PERMIT = "taiwan_permit"
    USCC = "uscc"


ID_TYPE_UNREADABLE = warning("id-type-unreadable", _("证件类型无法识别，已按号码判断，请核对"))
ID_TYPE_ASSUMED = warning("id-type-assumed", _("没有证件类型，已按号码判断，请核对"))
PASSPORT = hard("passport-shape", _("护照号码应为 5 至 12 位字母和数字，请核对"))
HK_MACAU = hard(
    "hk-macau-permit-shape", _("港澳居民来往内地通行证号码应为 H 或 M 加 8 或 10 位数字，请核对")
)
TAIWAN = hard("taiwan-permit-shape", _("台湾居民来往大陆通行证号码应为 8 或 10 位数字，请核对"))
FOREIGN_PERMANENT = hard("foreign-permanent-shape", _("外国人永久居留证号码的位数不符，请核对"))
MILITARY = warning("military-shape", _("军官证号码的样式少见，请核对"))
BIRTH_CERTIFICATE = warning(
    "birth-certificate-shape", _("出生医学证明编号应为一个字母加 9 位数字，请核对")
)
OTHER_EMPTY = hard("id-number-empty", _("证件号码中没有字母或数字，请核对"))

_PASSPORT: Final = re.compile(r"^(?=.*\d)[A-Z0-9]{5,12}$")
_CN_PASSPORT: Final = re.compile(r"^(?:[EGDSP]\d{8}|E[A-HJ-NP-Z]\d{7}|[DSP]E\d{7}|1[45]\d{7})$")
_HK_MACAU: Final = re.compile(r"^[HM](?:\d{8}|\d{10})$")
_TAIWAN: Final = re.compile(r"^\d{8}(?:\d{2}(?:[A-Z])?)?$|^\d{10}\([A-Z0-9]\)$")
_FOREIGN_PERMANENT: Final = re.compile(r"^(?:[A-Z]{3}\d{12}|9\d{16}[\dX])$")
_MILITARY: Final = re.compile(r"^[\u4e00-\u9fff]{1,4}字?第?\d{4,12}号?$|^\d{6,12}$")
_BIRTH_CERTIFICATE: Final = re.compile(r"^[A-Z]\d{9}$")
_SOMETHING: Final = re.compile(r"[^\W_]")

_WORDS: Final = {
    IdType.RESIDENT_ID: "居民身份证 身份证 二代身份证 第二代居民身份证 临时身份证 residentid",
    IdType.HUKOU: "户口簿 户口本 居民户口簿 hukou",
    IdType.PASSPORT: "护照 中国护照 外国护照 普通护照 passport",
    IdType.HK_MACAU_PERMIT: "港澳居民来往内地通行证 回乡证 港澳通行证 港澳居民通行证 hkmacaupermit",
    IdType.TAIWAN_PERMIT: "台湾居民来往大陆通行证 台胞证 台湾通行证 台湾居民通行证 taiwanpermit",
    IdType.HMT_RESIDENCE: "港澳台居民居住证 港澳居民居住证 台湾居民居住证 居住证 hmtresidence",
    IdType.FOREIGN_PERMANENT: "外国人永久居留证 外国人永久居留身份证 永久居留证 foreignpermanent",
    IdType.MILITARY: "军官证 士兵证 军人证 军人身份证件 警官证 文职干部证 military",
    IdType.BIRTH_CERTIFICATE: "出生医学证明 出生证 出生证明 birthcertificate",
    IdType.USCC: "统一社会信用代码 统一社会信用代码证 营业执照 组织机构代码证 组织机构代码 uscc",
    IdType.OTHER: "其他 其它 其他证件 other",
}
_TYPES: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_SHAPES: Final[dict[IdType, tuple[re.Pattern[str], Problem]]] = {
    IdType.PASSPORT: (_PASSPORT, PASSPORT),
    IdType.HK_MACAU_PERMIT: (_HK_MACAU, HK_MACAU),
    IdType.TAIWAN_PERMIT: (_TAIWAN, TAIWAN),
    IdType.FOREIGN_PERMANENT: (_FOREIGN_PERMANENT, FOREIGN_PERMANENT),
    IdType.MILITARY: (_MILITARY, MILITARY),
    IdType.BIRTH_CERTIFICATE: (_BIRTH_CERTIFICATE, BIRTH_CERTIFICATE),
}
_NUMBERED_AS_RESIDENTS: Final = frozenset({IdType.RESIDENT_ID, IdType.HUKOU})


def check_id_type(value: str) -> Checked:
    word = compact(value).lower().replace("_", "").replace("-", "")
    kind = _TYPES.get(word)
    return Checked(kind.value) if kind else refused(ID_TYPE_UNREADABLE)


def check_document(value: str, *, id_type: IdType, today: date | None = None) -> Checked:
    if id_type in _NUMBERED_AS_RESIDENTS:
        return check_resident_id(value, today=today)
    if id_type is IdType.HMT_RESIDENCE:
        return check_residence_permit(value, today=today)
    if id_type is IdType.USCC:
        return check_uscc(value)
    number = compact(value).upper()
    if is_scientific(number):
        return refused(DIGITS_LOST)
    return _check_shape(number, id_type)


def _check_shape(number: str, id_type: IdType) -> Checked:
    if id_type not in _SHAPES:
        return Checked(number) if _SOMETHING.search(number) else refused(OTHER_EMPTY)
    shape, problem = _SHAPES[id_type]
    if shape.match(number):
        return Checked(number)
    return refused(problem) if problem.hard else Checked(number, (problem,))


def guess_id_type(value: str, *, organisation: bool = False) -> IdType:
    """The type a number most likely has when its file does not say."""
    number = compact(value).upper()
    if organisation:
        return IdType.USCC
    if len(number) in (15, 18) and number[:-1].isdigit():
        permit = number[:2] in ("81", "82", "83") and number[2:6] == "0000"
        return IdType.HMT_RESIDENCE if permit else IdType.RESIDENT_ID
    if _HK_MACAU.match(number):
        return IdType.HK_MACAU_PERMIT
    if _FOREIGN_PERMANENT.match(number):
        return IdType.FOREIGN_PERMANENT
    if _CN_PASSPORT.match(number):
        return IdType.PASSPORT
    return IdType.OTHER
