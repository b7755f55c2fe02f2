"""Districts by area code, and invented addresses in them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from custodian.demo.insurer import words


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    dialling: str

    @property
    def city(self) -> str:
        return self.name[self.name.find("省") + 1 :].partition("市")[0]


def _places(dialling: str, text: str) -> tuple[Place, ...]:
    pairs = (item.split(":") for item in text.split())
    return tuple(Place(code, name, dialling) for code, name in pairs)


XUZHOU = _places(
    "0516",
    "320302:江苏省徐州市鼓楼区 320303:江苏省徐州市云龙区 320311:江苏省徐州市泉山区 "
    "320312:江苏省徐州市铜山区 320322:江苏省徐州市沛县 320324:江苏省徐州市睢宁县 "
    "320381:江苏省徐州市新沂市 320382:江苏省徐州市邳州市",
)
TAIZHOU = _places(
    "0523",
    "321202:江苏省泰州市海陵区 321203:江苏省泰州市高港区 321204:江苏省泰州市姜堰区 "
    "321281:江苏省泰州市兴化市 321282:江苏省泰州市靖江市 321283:江苏省泰州市泰兴市",
)
ELSEWHERE = (
    *_places(
        "025", "320102:江苏省南京市玄武区 320106:江苏省南京市鼓楼区 320115:江苏省南京市江宁区"
    ),
    *_places("0510", "320211:江苏省无锡市滨湖区 320281:江苏省无锡市江阴市"),
    *_places("0519", "320412:江苏省常州市武进区"),
    *_places("0512", "320508:江苏省苏州市姑苏区 320583:江苏省苏州市昆山市"),
    *_places("0513", "320602:江苏省南通市崇川区"),
    *_places("0514", "321002:江苏省扬州市广陵区"),
    *_places("0511", "321102:江苏省镇江市京口区"),
    *_places("0527", "321302:江苏省宿迁市宿城区"),
    *_places("0551", "340104:安徽省合肥市蜀山区"),
    *_places("0557", "341302:安徽省宿州市埇桥区"),
    *_places("0531", "370102:山东省济南市历下区"),
    *_places("0571", "330106:浙江省杭州市西湖区"),
    *_places("0371", "410105:河南省郑州市金水区"),
    *_places("021", "310104:上海市徐汇区 310115:上海市浦东新区"),
)
ALL = (*XUZHOU, *TAIZHOU, *ELSEWHERE)


def address(place: Place, random: Random) -> str:
    estate, street = random.choice(words.ESTATES), random.choice(words.STREETS)
    number, building = random.randint(1, 988), random.randint(1, 46)
    room = f"{random.randint(1, 18)}{random.randint(1, 6):02d}"
    if random.random() < 0.7:
        flat = f"{building}幢{random.randint(1, 4)}单元{room}室"
        return f"{place.name}{street}{number}号{estate}{flat}"
    return f"{place.name}{street}{number}号{room}室"


def premises(place: Place, random: Random) -> str:
    storey = random.randint(1, 12)
    return f"{place.name}{random.choice(words.STREETS)}{random.randint(1, 988)}号{storey}层"
