"""What the demo insurer sells, or used to sell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Product:
    code: str
    name: str
    category: str
    years: int  # 0 = for life
    filed: str
    sums: tuple[int, int]  # in 万元
    rate: float
    pay: str
    since: int
    until: int = 9999
    holder: str = "person"

    @property
    def filing(self) -> str:
        return f"青禾〔{self.since}〕{self.filed}号"

    @property
    def term(self) -> str:
        return f"{self.years}年" if self.years else "终身"


# fmt: off
PERSONAL: Final = (
    Product("QHL01", "青禾一生终身寿险", "寿险", 0, "寿险08", (10, 80), 0.03, "年缴", 2016),
    Product("QHL02", "青禾守护定期寿险", "寿险", 20, "寿险03", (20, 90), 0.004, "年缴", 2012),
    Product("QHC01", "青禾安心重疾保险", "健康险", 0, "疾病05", (10, 60), 0.02, "年缴", 2014),
    Product("QHC02", "青禾小苗少儿重疾", "健康险", 25, "疾病11", (20, 60), 0.004, "年缴", 2017),
    Product("QHM01", "青禾百宁医疗保险", "医疗险", 1, "医疗14", (50, 90), 0.001, "月缴", 2019),
    Product("QHA01", "青禾出行意外伤害", "意外险", 1, "意外02", (10, 90), 0.0008, "趸缴", 2010),
    Product("QHP01", "青禾岁悦养老年金", "年金险", 30, "年金06", (5, 40), 0.06, "年缴", 2015),
    Product("QHE01", "青禾学林教育年金", "年金险", 18, "年金04", (3, 15), 0.07, "半年缴", 2013),
    Product("QHX01", "青禾红利两全险", "两全险", 20, "两全01", (2, 20), 0.045, "年缴", 1998, 2012),
)
GROUP: Final = (
    Product("QHG01", "青禾团体意外", "团险", 1, "团意01", (200, 2000), 0.0006, "趸缴", 2011,
            holder="organisation"),
    Product("QHG02", "青禾关键人寿险", "团险", 10, "团寿02", (100, 500), 0.005, "年缴", 2018,
            holder="organisation"),
)
# fmt: on
PRODUCTS: Final = (*PERSONAL, *GROUP)
BIG: Final = PERSONAL[0]
FOR_MINORS: Final = frozenset({"QHC02", "QHE01"})
