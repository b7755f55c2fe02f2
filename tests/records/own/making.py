"""One record of each kind, counted from a moment; what it rests on is as old."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from access import approvals, findings, keystore, scopes
from access.models import (
    ApiToken,
    Approval,
    ApprovalRule,
    Assignment,
    Attempt,
    AuditReport,
    AuditRun,
    BreakGlass,
    Bundle,
    Campaign,
    Case,
    Course,
    DelayedLook,
    Export,
    Finding,
    Grant,
    HeldRight,
    Measure,
    Reminder,
    Replay,
    RuleProposal,
    User,
    Verification,
)
from access.querylog import write
from access.sealed_files import Sealing, Shelf
from access.training import evidence
from custodian import clock
from incidents.affected import keeping as affected_lists
from incidents.cases import evidence as incident_evidence
from incidents.fraud import evidence as frauds_evidence
from incidents.models import (
    AffectedList,
    Alert,
    AuditRound,
    ControlCheck,
    Custody,
    DueTelling,
    Exercise,
    FlagAside,
    FlagBatch,
    FlagOverride,
    FlagRelease,
    FraudCase,
    FraudCustody,
    FraudEntry,
    FraudEvidence,
    FraudMember,
    FraudTask,
    Incident,
    IncidentClock,
    IncidentEvidence,
    IncidentNotice,
    IncidentRemedy,
    IncidentReport,
    IncidentReview,
    LeakTrace,
    Member,
    NoticeBatch,
    NoticeExemption,
    OwnTelling,
    RehireFlag,
    Risk,
    RiskAction,
    RiskAssessment,
    RiskEvent,
    SanctionAnswer,
    SanctionCase,
    SanctionEntry,
    SanctionMember,
    SanctionPaper,
    SanctionRuling,
    SanctionSupervisor,
    Screening,
    TimelineEntry,
    TraceTaking,
)
from records.importing import store
from records.models import (
    CertificatePage,
    Consent,
    Customer,
    DataCopy,
    DestructionBatch,
    DestructionItem,
    ImpactAssessment,
    ImportFile,
    ImportRun,
    PublishedText,
    QuarantinedRow,
    TextVersion,
    Tombstone,
)
from tests import estate
from tests.notices import writing

_number = itertools.count(1)


class Maker:
    """Somebody who asks, somebody who decides, and a customer whom it is about."""

    def __init__(self) -> None:
        self.person: User = estate.user(trained=False)
        self.other: User = estate.user(trained=False)
        self.customer: Customer = estate.customer()

    def approval(
        self, at: datetime, *, kind: str = "export", digest: str = "0" * 64, **more: Any
    ) -> Approval:
        made = Approval.objects.create(
            kind=kind, payload=more.pop("payload", {"n": next(_number)}), digest=digest,
            status="approved", requested_by=self.person, requested_at=at, decided_by=self.other,
            decided_at=at, rule=ApprovalRule.objects.in_force().get(kind="export"),
        )  # fmt: skip
        made.decisions.create(decided_by=self.other, approves=True, digest="0" * 64, decided_at=at)
        approvals.seal(made)
        return made

    def finding(self, at: datetime) -> Finding:
        found = findings.raise_finding("honey", severity=Finding.Severity.LOW, summary="x")
        closed = {"status": "closed", "verdict": "justified", "decided_at": at, "found_at": at}
        Finding.objects.filter(pk=found.pk).update(**closed)
        Alert.objects.filter(finding=found).update(raised_at=at)
        return found

    def alert(self, at: datetime) -> Alert:
        return Alert.objects.create(
            source="partner", severity="low", status="false_alarm", raised_at=at
        )

    def trace(self, at: datetime) -> LeakTrace:
        made = LeakTrace.objects.create(label="示例", status="done", answer={}, finished_at=at)
        TraceTaking.objects.create(
            trace=made, by=self.person, to="公安机关", sha256="0" * 64, size=1
        )
        return made

    def fraud(self, at: datetime) -> FraudCase:
        with scopes.acting(estate.system()):
            made = FraudCase.objects.create(
                code=f"F-{next(_number)}", holding=uuid4(), operator=self.person, state="dismissed",
                opened_at=at, triaged_at=at, triaged_by=self.person,
            )  # fmt: skip
            FraudMember.objects.create(case=made, user=self.person, joined_by=self.person)
            FraudEntry.objects.create(case=made, what="dismissed", at=at, by=self.person)
            FraudTask.objects.create(case=made, title="示例")
            return made

    def incident(self, at: datetime) -> Incident:
        with scopes.acting(estate.system()):
            made = Incident.objects.create(
                code=f"I-{next(_number)}", kind="other", title="示例", status="closed", aware_at=at,
                opened_by=self.person, handled_at=at, closed_at=at,
            )  # fmt: skip
            Member.objects.create(
                incident=made, user=self.person, part="lead", joined_by=self.person
            )
            TimelineEntry.objects.create(incident=made, what="note", at=at, text="示例")
            Alert.objects.create(source="staff", severity="low", status="case", incident=made)
            self._reported(made, at)
            self._told(made, at)
            IncidentRemedy.objects.create(
                incident=made, title="示例", kind="training", proposed_by=self.person
            )
            IncidentReview.objects.create(
                incident=made, cause="mistake", approval=self.approval(at, kind="incident-review")
            )
            Exercise.objects.create(incident=made, scenario="lost_device")
            DueTelling.objects.create(
                incident=made,
                thing="task",
                number=made.pk,
                due_at=at,
                step="lead",
                user=self.person,
            )
        return made

    def evidence(self, at: datetime) -> IncidentEvidence:
        """As it came, of a case that was closed at that moment; sealed, with its chain."""
        case = self.incident(at)
        with scopes.acting(estate.system()):
            made = IncidentEvidence.objects.create(
                incident=case, name="示例", origin="示例", media_type="application/octet-stream",
                length=4, sha256="0" * 64, filed_by=self.person,
            )  # fmt: skip
            Custody.objects.create(evidence=made, act="filed", by=self.person)
            sealed(incident_evidence.SHELF, made.ref)
        return made

    def own_telling(self, at: datetime) -> OwnTelling:
        with scopes.acting(estate.system()):
            return OwnTelling.objects.create(
                thing="remedy", about=uuid4(), user=self.person, noted_at=at
            )

    def affected(self, at: datetime) -> AffectedList:
        case = self.incident(at)
        with scopes.acting(estate.system()):
            made = AffectedList.objects.create(incident=case, by="operator", about="T0001")
            sealed(affected_lists.SHELF, made.ref, b"")
        return made

    def fraud_evidence(self, at: datetime) -> FraudEvidence:
        case = self.fraud(at)
        with scopes.acting(estate.system()):
            made = FraudEvidence.objects.create(
                case=case,
                name="示例",
                origin="示例",
                length=4,
                sha256="0" * 64,
                filed_by=self.person,
            )
            FraudCustody.objects.create(evidence=made, act="filed", by=self.person)
            sealed(frauds_evidence.SHELF, made.ref)
        return made

    def _reported(self, incident: Incident, at: datetime) -> None:
        rule = {"incident": incident, "rule": "CN-NFRA-2H"}
        met = IncidentClock.objects.create(**rule, started_at=at, stopped_at=at)
        IncidentReport.objects.create(
            **rule, number=1, stage="filed", body="{}", digest="x", approval=self.approval(at), clock=met,
            begun_by=self.person, filed_by=self.person, filed_at=at, noted_at=at, channel="示例", met="clock",
        )  # fmt: skip

    def _told(self, incident: Incident, at: datetime) -> None:
        batch = NoticeBatch.objects.create(
            incident=incident, stage="approved", parts={}, asked_by=self.person, approved_at=at,
            approval=self.approval(at, kind="incident-notice"), status="done",
        )  # fmt: skip
        her = estate.customer()
        IncidentNotice.objects.create(
            incident=incident, batch=batch, subject_id=her.pk, addressee_id=her.pk, way="none",
            state="failed",
        )  # fmt: skip
        NoticeExemption.objects.create(
            incident=incident, ground="CN-EX-AVERTED", reason="示例",
            approval=self.approval(at, kind="incident-exempt"),
        )  # fmt: skip

    def risk(self, at: datetime) -> Risk:
        made = Risk.objects.create(
            code=f"R-{next(_number)}", title="示例", cause="示例", consequence="示例", kind="leak",
            inherent_likelihood=1, inherent_impact=1, residual_likelihood=1, residual_impact=1,
            owner=self.person, review_on=at.date(), raised_by=self.person, status="closed", closed_at=at,
        )  # fmt: skip
        RiskEvent.objects.create(risk=made, what="raised", at=at)
        RiskAction.objects.create(risk=made, title="示例", due_on=at.date())
        return made

    def assessed(self, at: datetime) -> RiskAssessment:
        return RiskAssessment.objects.create(
            kind="market", version=1, digest="x", since=at.date() - timedelta(days=9), until=at.date(),
            begun_by=self.person, state="signed", signed_at=at, score=1, result="low",
            approval=self.approval(at, kind="risk-assessment"),
        )  # fmt: skip

    def checked(self, at: datetime) -> ControlCheck:
        made = ControlCheck.objects.create(
            control="C-ACCESS-02", due_on=at.date(), at=at, by=self.person, result="failed", note="示例",
            confirmed_at=at, confirmed_by=self.other,
        )  # fmt: skip
        ended = {"state": "dropped", "result": "示例", "ended_at": at, "ended_by": self.person}
        RiskAction.objects.create(check_row=made, title="示例", due_on=at.date(), **ended)
        return made

    def audited(self, at: datetime) -> AuditRound:
        return AuditRound.objects.create(
            rule="CN-NFRA-3Y", due_on=at.date(), state="reported", planned_on=at.date(), lead=self.person,
            auditor="示例", planned_by=self.person, done_on=at.date(), paper="示例",
        )  # fmt: skip

    def assessment(self, at: datetime) -> ImpactAssessment:
        """Whose time is over on that day."""
        return ImpactAssessment.objects.create(
            code=f"IA-{next(_number)}", occasion="sensitive", kind="purpose", about="health", title="x",
            stage="approved", conclusion="go", review_on=at.astimezone(clock.OFFICE).date(), body="{}",
            digest="0" * 64, approval=self.approval(at), approved_at=at, begun_at=at, begun_by=self.person,
        )  # fmt: skip

    def grant(self, at: datetime) -> Grant:
        made = Grant.objects.create(
            user=self.person, customers=["c-0000-0000-000"], purpose="claim", reason="代班", status="ended",
            asked_at=at, until=at, ended_at=at, approval=self.approval(at),
        )  # fmt: skip
        self._lend(at, grant=made)
        return made

    def window(self, at: datetime) -> BreakGlass:
        made = BreakGlass.objects.create(
            user=self.person, purpose="claim", reason="急", opened_at=at, until=at, closed_at=at, due_at=at,
            reviewed_by=self.other, reviewed_at=at, verdict="justified",
        )  # fmt: skip
        self._lend(at, window=made)
        return made

    def _lend(self, at: datetime, **by: Any) -> None:
        lent = {"subject_id": self.customer.pk, "user": self.person, "since": at, "until": at}
        Assignment.objects.create(**lent, purpose="claim", **by)

    def consent(self, moment: datetime) -> Consent:
        """A yes that a no has replaced since."""
        said = {"subject": estate.customer().subject, "purpose": "survey", "channel": "portal"}
        yes, _no = (
            Consent.objects.create(said=word, by="herself", at=at, noted_at=at, **said)
            for word, at in (("given", moment - timedelta(days=1)), ("withdrawn", moment))
        )
        return yes

    def text(self, at: datetime, *, kind: str = "tip", slug: str = "") -> TextVersion:
        """The first version of a text, which the second one has replaced on that day."""
        text, _made = PublishedText.objects.get_or_create(
            slug=slug or f"tip-{next(_number)}", kind=kind, created_by=self.person
        )
        first, _second = (
            self.version(text, number, noon(day))
            for number, day in ((1, at.date() - timedelta(days=400)), (2, at.date()))
        )
        return first

    def version(self, text: PublishedText, number: int, at: datetime) -> TextVersion:
        content = writing.content(text.kind, since=at.date()).dump()
        said = {"ref": str(text.ref), "text": text.slug, "kind": text.kind, "number": number}
        payload = {**said, "content": content}
        digest = approvals.digest_of("notice", payload)
        approval = self.approval(at, kind="notice", digest=digest, payload=payload)
        return TextVersion.objects.create(
            text=text, number=number, content=content, digest=approval.digest, since=at.date(),
            drafted_by=self.person, approved_by=self.other, approval=approval, published_at=at,
        )  # fmt: skip

    def copy(self, at: datetime) -> DataCopy:
        return DataCopy.objects.create(
            subject_id=self.customer.pk, capacity="self", format="pdf", language="en", holding=uuid4(),
            status="done", created_at=at, expires_at=at, removed_at=at, removed="taken",
        )  # fmt: skip

    def delay(self, at: datetime) -> DelayedLook:
        return DelayedLook.objects.create(
            entry=next(_number), asked_by=self.person, asked_at=at - timedelta(hours=1), until=at,
            reason_sealed=b"", status="returned", approval=self.approval(at),
        )  # fmt: skip

    def campaign(self, at: datetime) -> Campaign:
        made = Campaign.objects.create(
            name="2020", due_at=at, status="closed", opened_by=self.person, opened_at=at, closed_at=at,
            approval=self.approval(at),
        )  # fmt: skip
        HeldRight.objects.create(campaign=made, person=self.person, kind="role", target="agent")
        return made

    def proposal(self, at: datetime) -> RuleProposal:
        return RuleProposal.objects.create(
            code="R1",
            terms={},
            reason="试",
            status="withdrawn",
            proposed_by=self.person,
            proposed_at=at,
        )

    def replay(self, at: datetime) -> Replay:
        return Replay.objects.create(
            proposal=self.proposal(clock.now()), since=at.date(), until=at.date(), asked_by=self.person,
            status="done", created_at=at, finished_at=at,
        )  # fmt: skip

    def token(self, at: datetime) -> ApiToken:
        return ApiToken.objects.create(
            name="旧",
            user=self.person,
            digest=uuid4().bytes * 2,
            actions=[],
            purposes=[],
            expires_at=at,
        )

    def case(self, at: datetime) -> Case:
        return Case.objects.create(
            ref=f"K-{next(_number)}", title="询问", office="监管局", status="closed", since=at.date(),
            until=at.date(), everything=True, access_until=at, opened_by=self.person, opened_at=at,
            closed_at=at, approval=self.approval(at),
        )  # fmt: skip

    def bundle(self, at: datetime) -> Bundle:
        return Bundle.objects.create(
            case=self.case(clock.now()), number=1, recipient=self.person, requested_by=self.person,
            criteria={}, status="done", length=0, created_at=at, finished_at=at,
        )  # fmt: skip

    def returned(self, at: datetime) -> DestructionBatch:
        made = DestructionBatch.objects.create(
            code=f"D-R-{next(_number)}", day=at.date(), stage="returned", created_at=at
        )
        self._item(made, "planned")
        return made

    def certificate(self, at: datetime) -> DestructionBatch:
        made = DestructionBatch.objects.create(
            code=f"D-C-{next(_number)}", day=at.date(), stage="done", status="done", certificate=b"{}",
            created_at=at, finished_at=at,
        )  # fmt: skip
        self._item(made, "destroyed")
        CertificatePage.objects.create(batch=made, language="en", body=b"%PDF")
        Tombstone.objects.create(
            gone=uuid4(), kind="identity", subject_id=self.customer.pk, batch=made
        )
        return made

    def _item(self, batch: DestructionBatch, state: str) -> None:
        DestructionItem.objects.create(
            batch=batch, holding=uuid4(), subject_id=self.customer.pk, kind="identity",
            book=self.customer.book, rule="cn-identity", ended_on=batch.day, keep_until=batch.day, state=state,
        )  # fmt: skip

    def verification(self, at: datetime) -> Verification:
        made = Verification.objects.create(kind="full", ok=True, started_at=at, finished_at=at)
        Verification.objects.create(kind="full", ok=True, finished_at=clock.now(), resume=made.pk)
        return made

    def export(self, at: datetime) -> Export:
        made = Export(
            requested_by=self.person, recipient=self.person, purpose="follow_up", reason="名单", elements=[],
            by="own", channel="desk", candidates=[self.customer.pk], approval=self.approval(at),
            approved_at=at, status="done", created_at=at, finished_at=at, holding=uuid4(),
        )  # fmt: skip
        keystore.create({made.holding: None})
        made.save()
        return made

    def run(self, at: datetime) -> ImportRun:
        made = ImportRun.objects.create(
            book=self.customer.book, status="done", finished_at=at, created_at=at
        )
        ImportFile.objects.create(
            run=made, removed_at=at, complete=False, name_sealed=b"", received_at=at
        )
        return made

    def file(self, at: datetime) -> ImportFile:
        run = ImportRun.objects.create(
            book=self.customer.book, status="done", finished_at=at, created_at=at
        )
        with store.Arriving("a.csv") as arriving:
            arriving.take(b"x")
            made = arriving.keep()
        ImportFile.objects.filter(pk=made.pk).update(run=run)
        return made

    def row(self, at: datetime) -> QuarantinedRow:
        run = ImportRun.objects.create(
            book=self.customer.book, status="done", finished_at=clock.now()
        )
        kept = clock.at(at)
        with kept:
            return QuarantinedRow.objects.create(
                run=run, book=run.book, kind="customer", sheet=1, number=next(_number), reasons=[],
                row_digest=uuid4().bytes, row_sealed=b"x",
            )  # fmt: skip

    def attempt(self, at: datetime) -> Attempt:
        course = Course.objects.in_force().first()
        assert course is not None
        terms = {
            "user": self.person.pk,
            "course": course.pk,
            "number": next(_number),
            "score": 90,
            "until": at,
        }
        return Attempt.objects.create(
            user=self.person, course=course, number=terms["number"], answers={}, score=90, passed=True,
            taken_at=at - timedelta(days=365), valid_until=at, mac=evidence.of_attempt(**terms),
        )  # fmt: skip

    def reminder(self, at: datetime) -> Reminder:
        return Reminder.objects.create(user=self.person, code="law", until=at, days=30, made_at=at)

    def audit(self, at: datetime) -> AuditRun:
        day = clock.local(at).date()
        made = AuditRun.objects.create(
            day=day, status="done", finished_at=at, report={"en": "0" * 64}
        )
        AuditReport.objects.create(run=made, language="en", body=b"%PDF", signature=b"x")
        Measure.objects.create(user=self.person, day=day, role="agent", unit_path="1.")
        return made

    def matter(self, at: datetime) -> SanctionCase:
        """With one of everything that goes along."""
        number, person = next(_number), self.person
        made = SanctionCase.objects.create(
            code=f"S-2099-{number}", holding=uuid4(), person=person, kind="agent", acts=["leak"],
            who_sealed=b"x", summary_sealed=b"x", stage="closed", heard="held", opened_by=person,
            hearing_until=at.date(), appeal_until=at.date(), closed_at=at,
        )  # fmt: skip
        approval = self.approval(at)
        common = {"matter": made, "person": person}
        SanctionMember.objects.create(matter=made, user=person, part="lead", joined_by=person)
        SanctionEntry.objects.create(matter=made, what="opened", at=at)
        SanctionPaper.objects.create(
            **common, kind="findings", body_sealed=b"x", sha256="0", issued_by=person
        )
        SanctionAnswer.objects.create(**common, kind="statement", text_sealed=b"x", by=person)
        SanctionSupervisor.objects.create(
            matter=made, user=person, verdict="released", reason_sealed=b"x", by=person
        )
        SanctionRuling.objects.create(
            matter=made, instance="first", measures=["warning"], text_sealed=b"x", approval=approval,
            proposed_by=person,
        )  # fmt: skip
        return made

    def batch_of_flags(self, at: datetime) -> FlagBatch:
        made = FlagBatch.objects.create(
            origin="示例", received_on=at.date(), rows=1, aside=1, made_at=at, made_by=self.person
        )
        FlagAside.objects.create(batch=made, number=2, reasons=["name"], expires_on=at.date())
        return made

    def flag(self, at: datetime) -> RehireFlag:
        return RehireFlag.objects.create(
            code=f"R-2099-{next(_number)}", batch=self.batch_of_flags(at), holding=uuid4(),
            until=at.date(), review_on=at.date(), state="expired", ended_at=at,
        )  # fmt: skip

    def flag_override(self, at: datetime) -> FlagOverride:
        return FlagOverride.objects.create(
            flag=self.flag(at), kind="hire", reason_sealed=b"x", approval=self.approval(at),
            asked_by=self.person,
        )  # fmt: skip

    def flag_release(self, at: datetime) -> FlagRelease:
        return FlagRelease.objects.create(
            kind="list", to="协会", reason="示例", flags={}, approval=self.approval(at),
            asked_by=self.person, asked_at=at,
        )  # fmt: skip

    def screening(self, at: datetime) -> Screening:
        return Screening.objects.create(at=at, by=self.person, position="agent", found=0)


# By kind, for rows that go as a whole.
MAKES: Final[Mapping[str, Callable[[Maker, datetime], Any]]] = {
    "alert": Maker.alert,
    "approval": Maker.approval,
    "break-glass": Maker.window,
    "audit-round": Maker.audited,
    "bundle": Maker.bundle,
    "case": Maker.case,
    "consent": Maker.consent,
    "control-check": Maker.checked,
    "data-copy": Maker.copy,
    "delayed-look": Maker.delay,
    "export": Maker.export,
    "finding": Maker.finding,
    "fraud-case": Maker.fraud,
    "grant": Maker.grant,
    "impact-assessment": Maker.assessment,
    "import-run": Maker.run,
    "flag-batch": Maker.batch_of_flags,
    "flag-override": Maker.flag_override,
    "flag-release": Maker.flag_release,
    "affected-list": Maker.affected,
    "fraud-evidence": Maker.fraud_evidence,
    "incident-case": Maker.incident,
    "incident-evidence": Maker.evidence,
    "leak-trace": Maker.trace,
    "own-telling": Maker.own_telling,
    "published-text": Maker.text,
    "recertification": Maker.campaign,
    "reminder": Maker.reminder,
    "replay": Maker.replay,
    "returned-batch": Maker.returned,
    "rehire-flag": Maker.flag,
    "risk": Maker.risk,
    "risk-assessment": Maker.assessed,
    "rule-proposal": Maker.proposal,
    "sanction-matter": Maker.matter,
    "screening": Maker.screening,
    "token": Maker.token,
    "training": Maker.attempt,
    "verification": Maker.verification,
}


def sealed(shelf: Shelf, ref: UUID, content: bytes = b"1234") -> None:
    out = Sealing(ref, shelf)
    out.write(content)
    out.keep()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.OFFICE)


def reason_of(month: date, text: str) -> bytes:
    """A written reason, sealed as in that month."""
    with clock.at(noon(month)):
        return write.seal_context({"reason": text})
