"""A transfer by its number, for commands."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from transfers.models import Transfer


def transfer(code: str, *, side: str) -> Transfer:
    """Raises `CommandError` for one that is not there, or is on the other side."""
    rows = Transfer.objects.select_related("counterparty", "book")
    found = rows.filter(code=code, side=side).first()
    if found is None:
        label = Transfer.Side(side).label
        raise CommandError(_("没有编号为 %(code)s 的%(side)s转让") % {"code": code, "side": label})
    return found
