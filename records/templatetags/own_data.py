"""A template filter of the customer's own data: why an element is held."""

from __future__ import annotations

from django import template

from custodian.elements import Element
from records.own_data import sheet

register = template.Library()


@register.filter
def reasons(element: Element, page: sheet.Sheet) -> sheet.Reasons:
    return sheet.reasons(element, page.purposes)
