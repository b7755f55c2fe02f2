"""E-mail addresses: enough shape to be deliverable, no more."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused
from records.identifiers.text import compact

SHAPE = hard("email-shape", _("电子邮箱应写成 name@example.com 的样式，请核对"))

_ADDRESS: Final = re.compile(
    r"^[^\s@,;<>()\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,61}$"
)


def check_email(value: str) -> Checked:
    address = compact(value)
    if len(address) > 254 or not _ADDRESS.match(address) or ".." in address:
        return refused(SHAPE)
    local, _at, domain = address.rpartition("@")
    return Checked(f"{local}@{domain.lower()}")
