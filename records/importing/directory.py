"""Codes of a book turned into rows: units, agents, intermediaries and products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from access.models import Unit, User
from records.identifiers.checked import warning
from records.importing.drafts import Flaw
from records.models import Intermediary, Product

AGENT_UNKNOWN = warning("row-agent-unknown", _("没有这个工号的在岗人员，未指派，请核对"))
UNIT_UNKNOWN = warning("row-unit-unknown", _("没有这个机构代码，已归入默认机构，请核对"))
INTERMEDIARY_UNKNOWN = warning(
    "row-intermediary-unknown", _("没有这个中介机构代码，未收录，请核对")
)
PRODUCT_NOT_FILED = warning("product-not-filed", _("险种没有备案记录，请在险种资料中补充"))

_CODE = 30
_NAME = 100


class Directory:
    """The codes as they stand when a run begins; small tables, read once."""

    def __init__(self, *, unit: Unit) -> None:
        self._unit = unit
        self._units = dict(Unit.objects.values_list("code", "pk"))
        people = list(User.objects.values_list("staff_no", "pk", "unit_id", "is_active"))
        self._everybody = {number: pk for number, pk, _unit, _here in people}
        self._agents = {number: (pk, unit_id) for number, pk, unit_id, here in people if here}
        self._intermediaries = dict(Intermediary.objects.values_list("code", "pk"))
        self._products: dict[str, Product] = {}
        for product in Product.objects.order_by("-pk"):
            self._products[product.name] = self._products[product.code] = product

    def unit(self, code: str | None, agent: str | None, warnings: list[Flaw]) -> int:
        """The unit that a row names, else the agent's, else the run's own."""
        if code and code in self._units:
            return self._units[code]
        if code:
            warnings.append(Flaw("unit.code", UNIT_UNKNOWN))
        if agent in self._agents:
            return self._agents[agent][1]
        return int(self._unit.pk)

    def agent(self, staff_no: str | None, warnings: list[Flaw]) -> int | None:
        if staff_no and staff_no not in self._agents:
            warnings.append(Flaw("agent.staff_no", AGENT_UNKNOWN))
        return self._agents[staff_no][0] if staff_no in self._agents else None

    def person(self, staff_no: str) -> int | None:
        """Whoever has the number, also if he has left: what he did is told all the same."""
        return self._everybody.get(staff_no)

    def unit_of(self, code: str) -> int | None:
        return self._units.get(code)

    def intermediary(self, code: str | None, warnings: list[Flaw]) -> int | None:
        if code and code not in self._intermediaries:
            warnings.append(Flaw("intermediary.code", INTERMEDIARY_UNKNOWN))
        return self._intermediaries.get(code) if code else None

    def product(self, code: str | None, name: str | None, warnings: list[Flaw]) -> int:
        """A product that nobody knows is written down, and marked as not filed."""
        product = self._products.get(code or name or "")
        if product is None:
            product, _created = Product.objects.get_or_create(
                code=(code or name or "")[:_CODE],
                defaults={"name": (name or code or "")[:_NAME], "filed": False},
            )
            for known_as in filter(None, (code, name)):
                self._products.setdefault(known_as, product)
        if not product.filed:
            warnings.append(Flaw("policy.product_code", PRODUCT_NOT_FILED))
        return int(product.pk)
