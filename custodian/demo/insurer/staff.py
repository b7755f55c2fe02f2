"""The insurer's units, staff, intermediaries and products."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Final

from custodian.demo.insurer import places, words
from custodian.demo.insurer.numbers import Supply

INSURER: Final = "青禾人寿"
INSURER_CODE: Final = "QH"
CUSTOMERS_PER_AGENT: Final = 400


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    parent: str
    kind: str
    seat: str
    series: str  # the four digits that policy numbers of this unit carry


@dataclass(frozen=True, slots=True)
class Staff:
    staff_no: str
    name: str
    username: str
    role: str
    unit: str
    mobile: str = ""
    address: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Intermediary:
    code: str
    name: str
    channel: str
    licence: str
    status: str = "合作中"


HEAD_OFFICE: Final = Unit("QH01", "青禾人寿总公司", "", "总公司", "江苏省南京市", "3201")
UNITS: Final = (
    HEAD_OFFICE,
    Unit("QH0103", "徐州中支", "QH01", "中心支公司", "江苏省徐州市", "3203"),
    Unit("QH0112", "泰州中支", "QH01", "中心支公司", "江苏省泰州市", "3212"),
    Unit("QH0195", "电销三部", "QH01", "电话销售中心", "江苏省南京市", "3295"),
)
XUZHOU, TAIZHOU, TELESALES = UNITS[1:]
PLACES_OF: Final = {
    HEAD_OFFICE.code: places.ELSEWHERE,
    XUZHOU.code: places.XUZHOU,
    TAIZHOU.code: places.TAIZHOU,
    TELESALES.code: places.ALL,
}
UNIT_BY_CODE: Final = {unit.code: unit for unit in UNITS}

LI, WANG = "A0196", "A0197"
AGENT = "代理人"
CAST: Final = (
    Staff(LI, "李娜", "agent.li", AGENT, XUZHOU.code),
    Staff(WANG, "王磊", "agent.wang", AGENT, TAIZHOU.code),
    Staff("L0301", "赵敏", "claims.zhao", "理赔人员", HEAD_OFFICE.code),
    Staff("C0217", "陈静", "officer.chen", "合规官", HEAD_OFFICE.code),
    Staff("C0218", "刘敏", "officer.liu", "合规官", HEAD_OFFICE.code),
    Staff("S0088", "孙强", "security.sun", "安全官", HEAD_OFFICE.code),
    Staff("U0012", "钱进", "auditor.qian", "审计", HEAD_OFFICE.code),
    Staff("R0001", "周正", "regulator.zhou", "监管", HEAD_OFFICE.code),
    Staff("T0003", "吴刚", "admin.wu", "系统管理员", HEAD_OFFICE.code),
    Staff("K0501", "沈悦", "desk.shen", "客服", HEAD_OFFICE.code),
)
OTHERS: Final = (
    Staff("K0502", "唐宁", "desk.tang", "客服", HEAD_OFFICE.code),
    Staff("L0302", "顾诚", "claims.gu", "理赔人员", HEAD_OFFICE.code),
)
AGENT_NAMES: Final = tuple(
    "何倩 罗志强 谢雪 韩明 邓芳 许健 曾丽 彭松 苏霞 蒋岩松 贾岚 欧阳毅".split()
)
AGENT_UNITS: Final = (XUZHOU, TAIZHOU, TELESALES)
# Who leads the agents of a unit; the people of the head office are named one by one.
HEADS: Final = {XUZHOU.code: LI, TAIZHOU.code: WANG, TELESALES.code: "A0200"}
MANAGERS: Final = {"K0502": "K0501", "L0302": "L0301"}

INTERMEDIARIES: Final = (
    Intermediary("ZJ01", "禾田保险代理有限公司", "专业代理", "QH-ZJ-2014-0001"),
    Intermediary("ZJ02", "江左银行", "银保", "QH-ZJ-2009-0002"),
    Intermediary("ZJ03", "梧桐储蓄银行", "银保", "QH-ZJ-2011-0003"),
    Intermediary("ZJ04", "长堤保险经纪有限公司", "保险经纪", "QH-ZJ-2016-0004"),
    Intermediary("ZJ05", "青禾人寿官方网站", "自营网络", "QH-ZJ-2018-0005"),
    Intermediary("ZJ06", "云桥车险服务平台", "兼业代理", "QH-ZJ-2020-0006", "已停止"),
)


def engage(customers: int, *, random: Random, supply: Supply) -> tuple[Staff, ...]:
    """Everybody the insurer employs, with phone and address; agents grow with the book."""
    wanted = max(len(AGENT_NAMES), math.ceil((customers - 600) / CUSTOMERS_PER_AGENT))
    people = [*CAST, *OTHERS]
    for place in range(wanted):
        name = AGENT_NAMES[place] if place < len(AGENT_NAMES) else _agent_name(random)
        number, unit = f"A{198 + place:04d}", AGENT_UNITS[place % len(AGENT_UNITS)]
        people.append(Staff(number, name, f"agent.{number.lower()}", AGENT, unit.code))
    return tuple(_settle(person, random=random, supply=supply) for person in people)


def _agent_name(random: Random) -> str:
    return random.choice(list(words.SURNAMES)) + random.choice(words.GIVEN[random.choice("男女")])


def _settle(person: Staff, *, random: Random, supply: Supply) -> Staff:
    joined = f"{random.randint(2005, 2023)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    home = places.address(random.choice(PLACES_OF[person.unit]), random)
    fields = (person.staff_no, person.name, person.username, person.role, person.unit)
    return Staff(*fields, mobile=supply.mobile(), address=home, joined=joined)
