"""Papers between two installations: small JSON files, each signed for one kind of paper and no other.

What a paper says is canonical, so that one content has one signature; it is read once the signature holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from transfers import identity

LARGEST: Final = 256 * 1024


class BadPaper(CustodianError):
    """The file is no paper of this kind, or this counterparty did not sign it."""

    code = "paper-bad"
    status = 422
    message = _("这不是对方为这笔转让签发的有效文件，请核对后向对方重新索取")


def write(kind: str, said: dict[str, Any]) -> bytes:
    """The paper with our signature, as a file to hand out."""
    whole = {**said, "format": kind}
    signature = signing.sign(identity.own_key(), canonical(whole).encode(), domain=kind)
    text = json.dumps(
        {**whole, "signature": signature.hex()}, ensure_ascii=False, indent=1, sort_keys=True
    )
    return f"{text}\n".encode()


def read(kind: str, content: bytes, *, key: Ed25519PublicKey) -> dict[str, Any]:
    """What the paper says, without format and signature. Raises `BadPaper` and tells nothing of why."""
    if len(content) > LARGEST:
        raise BadPaper
    try:
        said = json.loads(content.decode(), object_pairs_hook=_once)
        signature = bytes.fromhex(said.pop("signature"))
        held = signing.verify(key, signature, canonical(said).encode(), domain=kind)
        if held and said.pop("format") == kind:
            return dict(said)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise BadPaper


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("a name is repeated")
    return said
