"""The demo's partners: agreements in every state, two shares, and a correction that one of them confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, User
from custodian import clock, pdf
from custodian.crypto import signing
from custodian.demo import assessments
from records.models import Customer
from transfers import identity, registering, signed
from transfers.agreements import drafting, papers, reviewing
from transfers.agreements.papers import Drawn
from transfers.agreements.terms import Terms, required
from transfers.models import Agreement, Counterparty, Share, Telling
from transfers.shares import bearing, handing, jobs, proposing, reading
from transfers.shares.selecting import Choice
from transfers.tellings import receipts, sending

OFFICER, SECOND = "C0217", "C0218"
DAY: Final = timedelta(days=1)
# Kind, name, English name, telephone
GARAGE = ("garage", "连云汽车维修", "Lianyun Motors", "0518-8560 0120")
CALLS = ("call_centre", "云海呼叫中心", "Yunhai Call Centre", "025-8660 7100")
REINSURER = ("insurer", "海岳再保险", "Haiyue Re", "021-5510 2300")
HOSPITAL = ("hospital", "徐州仁和医院", "Renhe Hospital", "0516-8370 4500")
TEXTS = ("processor", "云盾短信服务", "Yundun Messaging", "0571-8820 6600")
BROKER = ("intermediary", "顺达保险经纪", "Shunda Brokers", "0516-8390 1188")
_CARD: Final = {
    "contact": "信息安全部 security@haiyue.example", "insurer": "HY",
    "name_en": "Haiyue Re", "name_zh": "海岳再保险",
}  # fmt: skip


class Partners:
    """As one officer drafts and the other says yes; `steps` are what happened early in the month."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._seal = seal
        self._officer, self._second = people[OFFICER], people[SECOND]
        self.steps: list[tuple[datetime, Callable[[], None]]] = [
            (begin + 4 * DAY + timedelta(hours=10), self._early)
        ]

    def _early(self) -> None:
        """One that has run out since, and one whose review is overdue by now."""
        today = clock.local().date()
        soon = today + 12 * DAY
        self._agree(TEXTS, _terms("短信发送", "policy_service", ("identity.mobile",), until=soon))
        self._broker = self._agree(
            BROKER, _terms("保全代办", "policy_service", ("identity.name", "identity.mobile"))
        )
        with self._as(self._officer) as actor:
            reviewing.review(
                self._broker, result="measures", note="两名离职人员的账号没有及时停用，限期整改",
                next_on=today + 18 * DAY, actor=actor,
            )  # fmt: skip

    def begin(self, hers: Mapping[str, int]) -> None:
        """Before corrections, so that one of them reaches somebody who holds a copy."""
        named = [her for her in (hers.get("customer.mobile"), hers.get("customer.email")) if her]
        with scopes.acting(actors.system("demo")):
            rows = Customer.objects.filter(subject__status="active", subject__honey=False)
            refs = list(rows.filter(pk__in=named).values_list("ref", flat=True))
            others = rows.exclude(pk__in=named).order_by("pk")
            refs += list(others.values_list("ref", flat=True)[:30])
        self._calls(refs)
        self._garage(refs)
        self._reinsurer()
        self._seal()
        self._hospital()

    def _hospital(self) -> None:
        """Assessed as it was first meant, and by now it is meant to be more."""
        agreement = self._draft(
            HOSPITAL, _terms("住院核实", "claim", ("identity.name", "claim.diagnosis"))
        )
        self._assess(agreement)
        more = _terms(
            "住院核实", "claim", ("identity.name", "identity.id_number", "claim.diagnosis")
        )
        with self._as(self._officer) as actor:
            drafting.save_draft(agreement, more, actor=actor)

    def _assess(self, agreement: Agreement) -> None:
        assessments.of_agreement(agreement, first=self._officer, second=self._second)
        self._seal()

    def tell(self) -> None:
        """The call centre was told of what was corrected, and sent its receipt on paper."""
        with scopes.acting(actors.system("demo")):
            if not Telling.objects.filter(counterparty=self._called).exists():
                return
        self._seal()
        with self._as(self._officer) as actor:
            sending.lock_file(self._called, actor=actor)
            handing.take(self._called.ref, actor=actor)
            sent = Telling.objects.filter(counterparty=self._called, status="sent")
            drawn = _paper("更正回执", ["我方已按贵司通知更正下列资料。", "仅供演示，不是证件"])
            refs = [each.ref for each in sent]
            approval = receipts.enter(self._called, refs, drawn, actor=actor)
        self._yes(approval)

    def _calls(self, refs: list[str]) -> None:
        codes = ("identity.name", "identity.mobile", "identity.workplace")
        agreement = self._agree(CALLS, _terms("保全回访", "policy_service", codes))
        self._called = agreement.counterparty
        share = self._share(agreement, form="file", elements=codes, customers=refs, days=20)
        jobs.work(share.pk)
        with self._as(self._officer) as actor:
            share = jobs.fresh(share.pk)
            handing.lock_share(share, actor=actor)
            handing.take(share.ref, actor=actor)

    def _garage(self, refs: list[str]) -> None:
        codes = ("identity.name", "identity.mobile")
        agreement = self._agree(GARAGE, _terms("事故车维修", "claim", codes))
        share = self._share(agreement, form="api", elements=codes, customers=refs[1:9], days=90)
        with self._as(self._officer) as actor:
            bearing.issue(jobs.fresh(share.pk), actor=actor)
        with scopes.acting(actors.system("sharer")):
            share = jobs.fresh(share.pk)
        reading.give(share, share.candidates[:2], channel="api")

    def _reinsurer(self) -> None:
        """Its card and its agreement wait for the second person."""
        codes = ("identity.sex", "identity.birth_date")
        agreement = self._draft(REINSURER, _terms("临分核保", "sharing", codes, part="provided"))
        self._file(agreement)
        with self._as(self._officer) as actor:
            drafting.ask(agreement, actor=actor)
            identity.enter(agreement.counterparty, _card(), actor=actor)

    def _agree(self, whom: tuple[str, str, str, str], terms: Terms) -> Agreement:
        agreement = self._draft(whom, terms)
        self._file(agreement)
        with self._as(self._officer) as actor:
            approval = drafting.ask(agreement, actor=actor)
        self._yes(approval)
        agreement.refresh_from_db()
        return agreement

    def _draft(self, whom: tuple[str, str, str, str], terms: Terms) -> Agreement:
        kind, name, name_en, phone = whom
        with self._as(self._officer) as actor:
            party = registering.register(
                registering.Terms(
                    kind=kind, name=name, name_en=name_en, contact_phone=phone,
                    answers=self._officer,
                ),
                actor=actor,
            )  # fmt: skip
            return drafting.open_draft(party, terms, actor=actor)

    def _file(self, agreement: Agreement) -> None:
        contract = _paper(f"{agreement.title}合同", ["条款略", "仅供演示，不是合同"])
        report = _paper("数据安全评估报告", ["结论：通过", "仅供演示"])
        with self._as(self._officer) as actor:
            first = papers.file(agreement, contract, kind="contract", actor=actor)
            second = papers.file(agreement, report, kind="assessment", actor=actor)
            said = Terms.read(agreement.draft or {})
            named = replace(said, contract=str(first.ref), assessment=str(second.ref))
            drafting.save_draft(agreement, named, actor=actor)
        self._assess(agreement)

    def _share(
        self, agreement: Agreement, *, form: str, elements: Any, customers: list[str], days: int
    ) -> Share:  # fmt: skip
        asked = proposing.Asked(
            form=form, elements=elements, choice=Choice(customers=tuple(customers)),
            reason=agreement.title, expires_at=clock.now() + days * DAY,
        )  # fmt: skip
        with self._as(self._officer) as actor:
            share = proposing.propose(agreement, asked, actor=actor)
        self._yes(share.approval)
        self._seal()
        return share

    def _yes(self, approval: Approval) -> None:
        with self._as(self._second) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    @contextmanager
    def _as(self, person: User) -> Iterator[Actor]:
        actor = actors.staff(person, stepped_up=True)
        with scopes.acting(actor):
            yield actor

    _called: Counterparty
    _broker: Agreement


def _terms(
    title: str, purpose: str, codes: tuple[str, ...], *, part: str = "entrusted",
    until: date | None = None,
) -> Terms:  # fmt: skip
    today = clock.local().date()
    return Terms(
        title=title,
        part=part,
        purpose=purpose,
        why=f"{title}所必需的联系与核对",
        method="按件取得，只在本机构系统内使用",
        elements=codes,
        since=today.isoformat(),
        until=(until or today + timedelta(days=300)).isoformat(),
        assessed_on=(today - 6 * DAY).isoformat(),
        assessed_by="孙磊",
        assessed="passed",
        settled=tuple(each.code for each in required(part)),
        tell_hours=12,
        tell_whom="安全值班 0516-8000 0110",
    )


def _paper(title: str, lines: list[str]) -> Drawn:
    content = pdf.compile_pdf("demo-paper.typ", {"title": title, "lines": lines}, at=clock.now())
    return papers.draw(content, name=f"{title}.pdf")


def _card() -> bytes:
    """Of an installation that the demo does not have; its key is nobody's."""
    key = Ed25519PrivateKey.from_private_bytes(b"a demo's key and nobody's else.."[:32])
    said = {
        **_CARD,
        "issued": clock.local().date().isoformat(),
        "key": signing.public_bytes(key).hex(),
    }
    return signed.write(identity.FORMAT, said, key=key)
