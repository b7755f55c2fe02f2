"""Invented persons by number, cheap to make and the same in every run."""

from __future__ import annotations

from datetime import date, timedelta

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋勇艳杰涛明"
_JOBS = ("教师", "工程师", "农民", "会计", "护士", "司机")


def person(number: int) -> dict[str, str]:
    birth = date(1950, 1, 1) + timedelta(days=number * 7919 % 18_000)
    return {
        "identity.name": _name(number),
        "identity.sex": "female" if number % 2 else "male",
        "identity.birth_date": birth.isoformat(),
        "identity.nationality": "中国",
        "identity.occupation": _JOBS[number % len(_JOBS)],
        "identity.id_type": "resident_id",
        "identity.id_number": _resident_id(birth, number),
        "identity.id_valid_until": "2036-05-20",
        "identity.mobile": f"13{number:09}",
        "identity.landline": f"0516-{80_000_000 + number}",
        "identity.email": f"person{number}@example.com",
        "identity.address": f"江苏省徐州市云龙区和平路{number}号",
        "identity.workplace": f"徐州第{number % 97}公司",
        "financial.income": str(60_000 + number % 50 * 4_000),
    }


def account(number: int) -> dict[str, str]:
    return {
        "financial.bank_name": "示例银行徐州分行",
        "financial.bank_account": f"622202{number:013}",
    }


def _name(number: int) -> str:
    given = _GIVEN[number // 10 % 15] + _GIVEN[number // 150 % 15]
    return _FAMILY[number % 10] + given


def _resident_id(birth: date, number: int) -> str:
    digits = f"{320_300 + number // 1000 % 12}{birth:%Y%m%d}{number % 1000:03}"
    check = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11
    return digits + "10X98765432"[check]
