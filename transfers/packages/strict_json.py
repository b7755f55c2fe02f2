"""JSON from another installation: one spelling for each content, and nothing that exhausts the reader."""

from __future__ import annotations

import json
from typing import Any

from custodian.tlog.verify import canonical
from transfers.packages.errors import PackageRefused


def read(raw: bytes, *, otherwise: str) -> dict[str, Any]:
    """An object in its canonical spelling. Raises `PackageRefused` with the reason `otherwise`."""
    try:
        said = json.loads(raw)
        if not isinstance(said, dict) or canonical(said).encode() != raw:
            raise PackageRefused(otherwise)
    except (ValueError, TypeError, RecursionError):
        raise PackageRefused(otherwise) from None
    return said
