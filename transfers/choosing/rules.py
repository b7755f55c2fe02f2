"""The rule as data: codes only, so that what was approved reads the same whatever the names become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.models import Unit
from custodian.errors import CustodianError
from records.models import Intermediary, Policy, Product

Named = list[tuple[Any, Sequence[Any]]]


class BadRule(CustodianError):
    """The rule names something that there is not, or asks for something that no rule asks."""

    code = "bad-rule"
    status = 422
    message = _("选定规则中有不认识的险种、机构、渠道或状态，请重新选择")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Of the transfer's book. What is empty asks nothing.

    `products`, `channels` and `units` (with those below them) say what may move; `statuses` asks for one
    policy in such a state at least, and the older ones of its people go with it.
    """

    products: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()  # kinds of intermediaries
    statuses: tuple[str, ...] = ()

    @property
    def data(self) -> dict[str, list[str]]:
        return {each.name: sorted(getattr(self, each.name)) for each in fields(self)}


def read(data: Mapping[str, Any]) -> Rule:
    """Raises `BadRule`."""
    known = {each.name for each in fields(Rule)}
    if not isinstance(data, Mapping) or not known.issuperset(data):
        raise BadRule
    if not all(isinstance(each, list | tuple) for each in data.values()):
        raise BadRule
    rule = Rule(**{name: tuple(sorted(set(values))) for name, values in data.items()})
    _require(rule.products, Product.objects.filter(code__in=rule.products).count())
    _require(rule.units, Unit.objects.filter(code__in=rule.units).count())
    if not set(rule.channels) <= set(Intermediary.Kind.values):
        raise BadRule
    if not set(rule.statuses) <= set(Policy.Status.values):
        raise BadRule
    return rule


def _require(codes: Sequence[str], found: int) -> None:
    if len(codes) != found:
        raise BadRule


def terms(rule: Rule) -> dict[str, Any]:
    """What the statements take: keys of the database, None where the rule asks nothing."""
    products = Product.objects.filter(code__in=rule.products).values_list("pk", flat=True)
    units = {
        pk
        for unit in Unit.objects.filter(code__in=rule.units)
        for pk in Unit.objects.under(unit).values_list("pk", flat=True)
    }
    return {
        "products": sorted(products) if rule.products else None,
        "units": sorted(units) if rule.units else None,
        "channels": list(rule.channels) or None,
        "statuses": list(rule.statuses) or None,
        "any_policy": not (rule.products or rule.channels or rule.statuses),
    }


def in_words(data: Mapping[str, Sequence[str]]) -> Named:
    """Each kind of condition with the names of what it lets through."""
    rule = Rule(**{name: tuple(values) for name, values in data.items()})
    products = Product.objects.filter(code__in=rule.products)
    units = Unit.objects.filter(code__in=rule.units)
    everything = [_("全部")]
    return [
        (_("险种"), [str(each) for each in products] or everything),
        (_("服务机构"), [each.name for each in units] or everything),
        (_("渠道"), [Intermediary.Kind(each).label for each in rule.channels] or everything),
        (_("保单状态"), [Policy.Status(each).label for each in rule.statuses] or everything),
    ]
