"""Template filters of the customer's own data: why an element is held, and facts as people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _

from custodian.elements import Element
from custodian.site import formats
from records.own_data import sheet

register = template.Library()


@register.filter
def reasons(element: Element) -> sheet.Reasons:
    return sheet.reasons(element)


@register.filter
def fact(value: Any) -> str:
    if isinstance(value, date):
        return formats.zh_date(value)
    if isinstance(value, list):
        return _("、").join(map(str, value))
    return str(value)
