"""The people and counterparties of the tests of transfers, and another installation's card."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access import approvals, scopes
from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from custodian.crypto import signing
from custodian.tlog.verify import canonical
from records.evidence.stripping import Stripped
from records.models import ImpactAssessment
from tests import estate
from tests.records import assessed
from transfers import assessing, identity, registering
from transfers.agreements import drafting, ending, papers
from transfers.agreements.papers import Drawn
from transfers.agreements.terms import Terms, required
from transfers.models import Agreement, AgreementPaper, Counterparty, Share
from transfers.shares import bearing, jobs, proposing
from transfers.shares.selecting import Choice


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

    def draft(self, **more: Any) -> Agreement:
        """Of a garage that works for us, whole but for what `more` says otherwise."""
        party = more.pop("party", None) or self.party
        with_papers, impact = more.pop("with_papers", True), more.pop("impact", True)
        with estate.acting(self.officers[0]) as actor:
            agreement = drafting.open_draft(party, terms(**more), actor=actor)
            if with_papers:
                contract = papers.file(agreement, paper(), kind="contract", actor=actor)
                assessed = papers.file(agreement, paper(), kind="assessment", actor=actor)
                named = {"contract": str(contract.ref), "assessment": str(assessed.ref)}
                drafting.save_draft(agreement, terms(**named, **more), actor=actor)
        if impact and more.get("elements", True):
            self.assess(agreement)
        return agreement

    def assess(self, agreement: Agreement) -> ImpactAssessment:
        """As it is meant to be, by two."""
        occasion = "entrust" if agreement.part == "entrusted" else "provide"
        first, second = self.officers
        return assessed.approved("agreement", agreement.code, occasion, first=first, second=second)

    def change(self, agreement: Agreement, **more: Any) -> Approval:
        """Put a change of what is in force up."""
        said = Terms.read({**(agreement.draft or agreement.terms or {}), **more})
        with estate.acting(self.officers[0]) as actor:
            drafting.save_draft(agreement, said, actor=actor)
        if not assessing.verdict(assessing.of_agreement(agreement, said)).ok:
            self.assess(agreement)
        with estate.acting(self.officers[0]) as actor:
            return drafting.ask(agreement, actor=actor)

    def ask(self, agreement: Agreement) -> Approval:
        with estate.acting(self.officers[0]) as actor:
            return drafting.ask(agreement, actor=actor)

    def agree(self, **more: Any) -> Agreement:
        """An agreement in force."""
        agreement = self.draft(**more)
        self.decide(self.ask(agreement))
        agreement.refresh_from_db()
        return agreement

    def end(self, agreement: Agreement) -> None:
        with estate.acting(self.officers[0]) as actor:
            approval = ending.ask_end(agreement, reason="不再合作", actor=actor)
        self.decide(approval)
        agreement.refresh_from_db()

    def prove(self, agreement: Agreement) -> AgreementPaper:
        with estate.acting(self.officers[0]) as actor:
            return ending.prove(agreement, paper(), proven="deleted", actor=actor)

    def ask_share(self, agreement: Agreement, **more: Any) -> Share:
        asked = {
            "form": "file",
            "elements": ("identity.name", "identity.mobile"),
            "choice": Choice(),
            "reason": "定损",
            "expires_at": clock.now() + timedelta(days=30),
            **more,
        }
        with estate.acting(self.officers[0], stepped_up=True) as actor:
            return proposing.propose(agreement, proposing.Asked(**asked), actor=actor)

    def share(self, agreement: Agreement, **more: Any) -> Share:
        """Approved; a file is made."""
        share = self.ask_share(agreement, **more)
        self.decide(share.approval)
        if share.form == "file":
            jobs.work(share.pk)
        return fresh(share)

    def token(self, share: Share) -> str:
        with estate.acting(self.officers[0], stepped_up=True) as actor:
            return bearing.issue(share, actor=actor)

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
    signature = signing.sign(signs or key, canonical(body).encode(), domain=identity.FORMAT)
    return json.dumps({**body, "signature": signature.hex()}, ensure_ascii=False).encode()


def paper(content: bytes = b"%PDF-1.7 drawn anew") -> Drawn:
    """As the child draws it, without the child."""
    return Drawn("合同.pdf", Stripped("application/pdf", content, 1), "0" * 64)


def terms(**more: Any) -> Terms:
    today = clock.local().date()
    part = more.get("part", "entrusted")
    said = {
        "title": "事故车维修",
        "part": part,
        "purpose": "sharing" if part == "provided" else "claim",
        "why": "定损与维修",
        "method": "按案件取得",
        "elements": ("identity.name", "identity.mobile"),
        "since": today.isoformat(),
        "until": (today + timedelta(days=200)).isoformat(),
        "assessed_on": today.isoformat(),
        "assessed_by": "周正",
        "assessed": "passed",
        "settled": tuple(each.code for each in required(part)),
        "tell_hours": 12,
        "tell_whom": "安全值班 0516-8000110",
        **more,
    }
    return Terms.read(said)


def fresh(share: Share) -> Share:
    with scopes.acting(estate.system()):
        return jobs.fresh(share.pk)
