"""Papers between two installations: small JSON files, each signed for one kind of paper and no other.

What a paper says is canonical, so that one content has one signature; it is used once the signature holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical

LARGEST: Final = 256 * 1024
Said = dict[str, Any]


class BadPaper(CustodianError):
    """The file is no paper of this kind, or this counterparty did not sign it."""

    code = "paper-bad"
    status = 422
    message = _("这不是对方为这笔转让签发的有效文件，请核对后向对方重新索取")


def write(kind: str, said: Said, *, key: Ed25519PrivateKey) -> bytes:
    """The paper with its signature, as a file to hand out."""
    whole = {**said, "format": kind}
    signature = signing.sign(key, canonical(whole).encode(), domain=kind)
    text = json.dumps(
        {**whole, "signature": signature.hex()}, ensure_ascii=False, indent=1, sort_keys=True
    )
    return f"{text}\n".encode()


def read(
    kind: str,
    content: bytes,
    *,
    key: Ed25519PublicKey | Callable[[Said], Ed25519PublicKey],
    largest: int = LARGEST,
) -> Said:
    """What the paper says, without format and signature. Raises `BadPaper` and tells nothing of why.

    A paper that brings its own key gives it by a function; that it is the right one somebody else confirms.
    """
    if len(content) > largest:
        raise BadPaper
    try:
        said = json.loads(content.decode(), object_pairs_hook=_once)
        signature = bytes.fromhex(said.pop("signature"))
        signer = key if isinstance(key, Ed25519PublicKey) else key(said)
        held = signing.verify(signer, signature, canonical(said).encode(), domain=kind)
        if held and said.pop("format") == kind:
            return dict(said)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise BadPaper


def _once(pairs: Sequence[tuple[str, Any]]) -> Said:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("a name is repeated")
    return said
