"""The people and counterparties of the tests of transfers, and another installation's card."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access import approvals, scopes
from access.models import Approval
from access.vocabulary import Role
from custodian.crypto import signing
from custodian.tlog.verify import canonical
from tests import estate
from transfers import identity, registering
from transfers.models import Counterparty


class House:
    """Two compliance officers, a security officer, and one counterparty."""

    def __init__(self) -> None:
        self.officers = [
            estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")
        ]
        self.guard = estate.user(Role.SECURITY_OFFICER, name="周正")
        self.party = self.register("insurer", "蓝江人寿")

    def register(self, kind: str, name: str, **more: Any) -> Counterparty:
        terms = registering.Terms(
            kind=kind, name=name, contact_phone="0516-8000000", answers=self.officers[0], **more
        )
        with estate.acting(self.officers[0]) as actor:
            return registering.register(terms, actor=actor)

    def decide(self, approval: Approval, *, by: Any = None, yes: bool = True) -> None:
        approval = Approval.objects.get(pk=approval.pk)
        with estate.acting(by or self.officers[1], stepped_up=True) as actor:
            if yes:
                approvals.approve(approval, seen=approval.digest, actor=actor)
            else:
                approvals.send_back(approval, seen=approval.digest, note="不符", actor=actor)

    def enter(self, content: bytes, *, party: Counterparty | None = None) -> Any:
        with estate.acting(self.officers[0]) as actor:
            return identity.enter(party or self.party, content, actor=actor)

    def altered(self) -> list[Approval]:
        with scopes.acting(estate.system()):
            return list(identity.altered())


def card(key: Ed25519PrivateKey | None = None, *, signs: Any = None, **said: Any) -> bytes:
    """As another installation would hand it out."""
    key = key or Ed25519PrivateKey.generate()
    body = {
        "contact": "王敏 dpo@lanjiang.example",
        "format": identity.FORMAT,
        "insurer": "LJ",
        "issued": "2026-11-01",
        "key": signing.public_bytes(key).hex(),
        "name_en": "Lanjiang Life",
        "name_zh": "蓝江人寿",
        **said,
    }
    signature = signing.sign(signs or key, canonical(body).encode(), domain=identity.DOMAIN)
    return json.dumps({**body, "signature": signature.hex()}, ensure_ascii=False).encode()
