"""Keyed fingerprints of what is compared and never kept: numbers typed, addresses, browsers, codes."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from itertools import pairwise
from typing import Final
from uuid import UUID

from custodian import elements
from custodian.crypto.normalise import normalise_text
from custodian.keys import source_key

DIGITS: Final = 6
# Of a printed code: no letter that reads as a figure. 60 bits in three groups.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS: Final = (4, 4, 4)
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LENGTH: Final = 16
_NETWORK: Final = 64  # bits of an IPv6 address that are one line's


def of_person(id_number: str) -> bytes:
    return _of("sign-in/person", elements.get("identity.id_number").normalise(id_number))


def of_contact(address: str) -> bytes:
    return _of("sign-in/contact", address)


def of_address(address: str) -> bytes:
    """IPv6 neighbours of one line count as one."""
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return _of("sign-in/address", "")
    if here.version == 6:
        return _of("sign-in/address", str(ipaddress.ip_network((here, _NETWORK), strict=False)))
    return _of("sign-in/address", str(here))


def of_browser(token: str) -> bytes:
    return _of("sign-in/browser", token)


def of_code(ref: UUID, code: str) -> bytes:
    """32 bytes; the same code asked for twice has two."""
    return hmac.digest(source_key("sign-in/code"), f"{ref}/{code}".encode(), "sha256")


def new_token() -> str:
    return secrets.token_urlsafe(16)


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def new_printed_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(sum(GROUPS)))


def grouped(code: str) -> str:
    """As it is printed."""
    places = [sum(GROUPS[:number]) for number in range(len(GROUPS) + 1)]
    return "-".join(code[a:b] for a, b in pairwise(places))


def typed(code: str) -> str:
    """What was meant: full-width figures, spaces, dashes and small letters are no mistakes."""
    text = "".join(c for c in normalise_text(code).upper() if c.isalnum())
    return text if text.isdecimal() else text.translate(_LOOKALIKES)


def is_printed(code: str) -> bool:
    return len(code) == sum(GROUPS)


def _of(name: str, text: str) -> bytes:
    return hmac.digest(source_key(name), text.encode(), "sha256")[:_LENGTH]
