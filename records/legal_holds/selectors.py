"""What a hold names, as data: checked against what there is before it is asked for, and said in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access.models import Case, Unit, WorkItem
from custodian.errors import CustodianError
from records import references
from records.legal_holds.covering import Draft
from records.models import Book, Claim, Customer, Intermediary, LegalHold, Policy, Product

MOST = 200
CUSTOMERS, POLICIES = "customers", "policies"
OF = [(CUSTOMERS, _("整个客户的资料")), (POLICIES, _("保单及其赔案，连同相关人的身份信息与文件"))]
Scope = LegalHold.Scope
# In the order in which a rule is read.
RULE: Mapping[str, Any] = {
    "book": _("账册"),
    "product": _("险种"),
    "intermediary": _("中介机构"),
    "unit": _("机构"),
    "status": _("保单状态"),
    "ends_from": _("满期日自"),
    "ends_until": _("满期日至"),
    "claim": _("赔案类别"),
}
NAMED: Mapping[str, type[Model]] = {
    "book": Book,
    "product": Product,
    "intermediary": Intermediary,
    "unit": Unit,
}
_CHOICES: Mapping[str, Any] = {
    "status": dict(Policy.Status.choices),
    "claim": dict(Claim.Kind.choices),
}


class NothingNamed(CustodianError):
    """A hold says what it holds."""

    code = "hold-names-nothing"
    message = _("请写明保留什么；按条件保留时至少填一个条件")


class NotKnown(CustodianError):
    """Something that the hold names is not there."""

    code = "hold-names-unknown"

    def __init__(self, asked: str) -> None:
        super().__init__(_("没有这个编号或代码：%(asked)s。请核对") % {"asked": asked[:40]})


class NobodyInCase(CustodianError):
    """The case names operators, units or a period, and no customer."""

    code = "hold-of-case-without-customers"
    message = _("这个案件没有指明客户。请改为按客户或按条件保留")


def of_customers(refs: Sequence[str]) -> Draft:
    known = _known(Customer, refs, kind="c")
    return Draft(Scope.CUSTOMER, {"customers": known})


def of_policies(refs: Sequence[str]) -> Draft:
    return Draft(Scope.POLICY, {"policies": _known(Policy, refs, kind="p")})


def of_book(code: str) -> Draft:
    return Draft(Scope.BOOK, _with_keys({"book": _coded("book", code)}))


def of_case(number: str) -> Draft:
    """A supervising office's case, or a piece of work such as a complaint: whom it names is kept with it."""
    asked = number.strip()
    case = Case.objects.filter(ref__iexact=asked).first()
    if case is not None:
        refs = Customer.objects.filter(subject__uid__in=case.customers).values_list(
            "ref", flat=True
        )
        if not refs:
            raise NobodyInCase
        return Draft(Scope.CASE, {"case": case.ref, "customers": sorted(refs)})
    items = WorkItem.objects.filter(number=asked) if asked else WorkItem.objects.none()
    subjects = items.values_list("subject_id", flat=True)
    held = Customer.objects.filter(pk__in=subjects).values_list("ref", flat=True)
    if not held:
        raise NotKnown(asked)
    return Draft(Scope.CASE, {"item": asked, "customers": sorted(held)})


def of_rule(of: str, rule: Mapping[str, Any]) -> Draft:
    """Keys as in `RULE`; days as dates or ISO text, everything else as codes; blank ones do not count."""
    said = {key: _checked(key, rule[key]) for key in RULE if rule.get(key)}
    if not said or of not in dict(OF):
        raise NothingNamed
    return Draft(Scope.QUERY, {"of": of, **_with_keys(said)})


def in_words(scope: str, selector: Mapping[str, Any]) -> list[tuple[Any, list[str]]]:
    """Each label with what stands under it."""
    if scope == Scope.QUERY:
        head: list[tuple[Any, list[str]]] = [(_("保留"), [str(dict(OF)[selector["of"]])])]
        return head + [
            (label, [_called(key, selector)]) for key, label in RULE.items() if key in selector
        ]
    if scope == Scope.BOOK:
        return [(_("账册"), [_called("book", selector)])]
    if scope == Scope.POLICY:
        return [(_("保单编号"), list(selector["policies"]))]
    head = [(_("客户编号"), list(selector["customers"]))]
    if "case" in selector:
        return [(_("案件"), [selector["case"]]), *head]
    return [(_("事项编号"), [selector["item"]]), *head] if "item" in selector else head


def in_short(scope: str, selector: Mapping[str, Any]) -> str:
    """One line, for a list."""
    parts = in_words(scope, selector)
    if scope == Scope.QUERY:
        return " · ".join(str(value) for _label, values in parts for value in values)
    first = parts[0][1]
    return first[0] if len(first) == 1 else f"{first[0]} +{len(first) - 1}"


def _known(model: type[Customer | Policy], typed: Iterable[str], *, kind: str) -> list[str]:
    wanted = {each: references.read(each, kind=kind) for each in typed}
    if not 0 < len(wanted) <= MOST:
        raise NothingNamed
    found = set(
        model.objects.filter(ref__in=filter(None, wanted.values())).values_list("ref", flat=True)
    )
    for asked, ref in wanted.items():
        if ref not in found:
            raise NotKnown(asked)
    return sorted(found)


def _checked(key: str, value: Any) -> str:
    if key in NAMED:
        return _coded(key, str(value))
    if key in _CHOICES:
        if value not in _CHOICES[key]:
            raise NotKnown(str(value))
        return str(value)
    return value.isoformat() if isinstance(value, date) else date.fromisoformat(value).isoformat()


def _with_keys(said: Mapping[str, str]) -> dict[str, Any]:
    """A code is for people and may be changed, which must not end a hold; a row's key stays."""
    ids = {
        key: model._default_manager.values_list("pk", flat=True).get(code=said[key])
        for key, model in NAMED.items()
        if key in said
    }
    return {**said, "ids": ids} if ids else dict(said)


def _coded(key: str, code: str) -> str:
    found = NAMED[key]._default_manager.filter(code=code.strip()).values_list("code", flat=True)
    if not found:
        raise NotKnown(code)
    return str(found[0])


def _called(key: str, selector: Mapping[str, Any]) -> str:
    value = str(selector[key])
    if key in NAMED:
        found = NAMED[key]._default_manager.filter(pk=selector["ids"][key]).first()
        name = str(found) if found else value
        return name if value in name else f"{name} {value}"
    return str(_CHOICES[key].get(value, value)) if key in _CHOICES else value
