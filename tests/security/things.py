"""One of each kind of thing that an address can name, made as the house makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from access import actors, approvals, cases, findings, grants, rules, scopes
from access.actors import Actor
from access.bundles import store
from access.bundles.criteria import Criteria
from access.cases import Terms
from access.exports import requests as exports
from access.models import (
    ApiToken,
    Approval,
    ApprovalRule,
    AuditReport,
    AuditRun,
    BreakGlass,
    Bundle,
    Campaign,
    Case,
    DelayedLook,
    Export,
    Grant,
    PolicyRule,
    RuleProposal,
    User,
    WorkItem,
)
from access.own_looks import delays
from access.recertification import campaigns
from access.vocabulary import Role
from custodian import clock
from incidents.affected import jobs as incident_affected
from incidents.cases import evidence as incident_evidence
from incidents.cases import exercising, remedying
from incidents.cases import group as incident_group
from incidents.cases import opening as incident_opening
from incidents.fraud import evidence as fraud_evidence
from incidents.fraud import sealing as fraud_sealing
from incidents.models import (
    Alert,
    FraudCase,
    FraudMember,
    FraudShared,
    Incident,
    NoticeBatch,
)
from incidents.reports import writing as incident_reports
from incidents.risks import actions as risk_actions
from incidents.risks import assessing as risk_assessing
from incidents.risks import register as risk_register
from incidents.sanctions import flags, importing, releasing, serving
from incidents.sanctions import opening as sanction_opening
from incidents.sanctions import people as sanction_people
from records import copy_requests, evidence, legal_holds
from records.corrections import drafting
from records.corrections.groups import GROUPS
from records.legal_holds.covering import Draft
from records.models import (
    Correction,
    Customer,
    DataCopy,
    DestructionBatch,
    DestructionItem,
    Identity,
    ImpactAssessment,
    ImportRun,
    Intermediary,
    LegalHold,
    MergeCase,
    QuarantinedRow,
    RelativeAsk,
    RetentionEvent,
    SignInCode,
    StoragePlace,
)
from records.notices import contents
from records.notices import drafting as drafting_notices
from records.relatives import filing
from records.relatives import looking as looking_up
from records.requests import opening
from records.retention import noting
from records.sign_in import codes
from records.sign_in.codes import Whence
from tests import estate
from tests.corrections.cast import photo
from tests.notices import writing as notices
from tests.partners import house as partners
from tests.portal import looking as looking_at
from tests.records import desk_estate
from tests.security import looking
from tests.tracing import made
from tests.transfers import house as transfers
from transfers import sight
from transfers.models import Counterparty, Remedy, Transfer

# What each role comes for; those who may see nothing of customers ask all the same.
PURPOSES: Mapping[str, str] = {
    "agent": "follow_up",
    "claims_handler": "claim",
    "service_desk": "follow_up",
    "compliance_officer": "compliance",
    "security_officer": "security",
    "auditor": "audit",
    "regulator": "follow_up",
    "administrator": "follow_up",
}
# The reach of each role, written down once more and not read from the code.
OWN, FOREIGN, COLLEAGUES, ABSENT = "own", "foreign", "colleague's", "absent"
BUNDLES = {"bundle": "regulator", "officers_bundle": "compliance_officer"}


class Things:
    """Of these customers, by these people; `stranger` serves the customer who is foreign to the rest."""

    def __init__(
        self, people: Mapping[str, User], customers: Mapping[str, Customer], stranger: User
    ) -> None:
        self.people, self.customers, self.stranger = people, customers, stranger

    def _case(self) -> dict[str, str]:
        """A case for the office and the auditor, an approval that waits, and a bundle for each of two."""
        officers = [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]
        terms = Terms(
            title="示例", office="示例监管局", letter="", since=date(2026, 11, 1),
            until=date(2026, 11, 30), everything=False, operators=[self.people["agent"]],
            customers=[self.customers[OWN].subject.uid], units=[],
            guests=[self.people["regulator"], self.people["auditor"]],
            access_until=clock.now() + timedelta(days=9),
        )  # fmt: skip
        first, second = (actors.staff(each, stepped_up=True) for each in officers)
        with scopes.acting(first):
            case = cases.open_case(terms, actor=first)
        with scopes.acting(second):
            approvals.approve(case.approval, seen=case.approval.digest, actor=second)
        with scopes.acting(first):
            waiting = cases.ask_for_key(case, case.customers[0], actor=first)
        bundles = {
            name: str(self._bundle(case, number, self.people[role], officers[0]).ref)
            for number, (name, role) in enumerate(BUNDLES.items(), 1)
        }
        return {"case": case.ref, "approval": str(waiting.ref), **bundles}

    def _grant(self) -> Grant:
        agent = actors.staff(self.people["agent"])
        with scopes.acting(agent):
            return grants.request(
                [self.customers[COLLEAGUES].ref], purpose="claim", reason="示例",
                until=clock.now() + timedelta(days=3), actor=agent,
            )  # fmt: skip

    def _items(self, agent: User) -> dict[str, str]:
        """Work of the agent's own, and work that waits for whoever of the unit takes it."""
        subject = self.customers[OWN].pk
        own = WorkItem(kind="follow_up", source="import", subject_id=subject, user=agent)
        free = WorkItem(kind="follow_up", source="import", subject_id=subject, unit=agent.unit)
        for each in (own, free):
            each.save()
        return {"item": str(own.ref), "waiting_item": str(free.ref)}

    def _window(self) -> BreakGlass:
        now = clock.now()
        return BreakGlass.objects.create(
            user=self.stranger, purpose="claim", reason="示例", until=now + timedelta(minutes=30),
            due_at=now + timedelta(days=3),
        )  # fmt: skip

    def _proposal(self) -> RuleProposal:
        rule = PolicyRule.objects.get(code="R-010", version=1)
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return rules.propose(
                {**rules.terms_of(rule), "max_level": 2}, base=rule, reason="示例", actor=officer
            )

    def _campaign(self) -> Campaign:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return campaigns.propose(
                "示例", unit=None, roles=["agent"], due_at=clock.now() + timedelta(days=14),
                repeat_months=6, actor=officer,
            )  # fmt: skip

    def _look_delay(self, entry: int) -> DelayedLook:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return delays.ask(
                delays.Scope(entry=entry), until=clock.now() + timedelta(days=9), reason="示例",
                actor=officer,
            )  # fmt: skip

    def _relative(self) -> RelativeAsk:
        """Somebody's ask about a customer whom nobody knows, with a paper."""
        code = codes.ask_of_stranger(
            "email", "kin@example.com", whence=Whence("10.9.9.9", "a browser")
        )
        SignInCode.objects.filter(pk=code.pk).update(
            sent_at=clock.now(), sent_to="email", used_at=clock.now()
        )
        said = filing.Asked(
            policy_number="P1", id_number="E12345678", name="示例", relation="child",
            wants="copy", text="示例",
        )  # fmt: skip
        with scopes.acting(actors.system("portal")) as portal:
            paper = evidence.draw(photo(), name="示例.jpg")
            made = filing.file(code, said, paper, actor=portal)
        looking_up.work(made.pk)
        return made

    def _portal_things(self, agent: User) -> dict[str, str]:
        """A look at each of two customers, and what each asked for: a copy, and an answer."""
        # A child's consent is nothing that a grown-up is asked for.
        things = {"request_kind": "question", "consent": "survey", "foreign's consent": "child"}
        for which, person in ((OWN, agent), (FOREIGN, self.stranger)):
            customer, whose = self.customers[which], "" if which == OWN else f"{which}'s "
            with scopes.acting(actors.customer(customer.pk)) as actor:
                held = copy_requests.ask(customer, ["json"], language="en", actor=actor)
                copy = DataCopy.objects.get(request=held)
                asked = opening.open_request(
                    customer.pk, kind="complaint", text="示例", channel="portal", actor=actor
                )
            things[f"{whose}copy"] = str(copy.ref)
            things[f"{whose}request"] = asked.ref
            things[f"{whose}look"] = str(looking_at.look(person, customer))
        return things

    def _corrections(self, agent: User) -> dict[str, str]:
        """Of each of two customers one that was handed in and one she has begun; and one of the agent's."""
        things = {}
        for which, person in ((OWN, agent), (FOREIGN, self.stranger)):
            customer, whose = self.customers[which], "" if which == OWN else f"{which}'s "
            staff = {"channel": "desk", "purpose": "policy_service"}
            with scopes.acting(actors.staff(person)) as actor:
                raised = self._begun(customer, "address", actor, **staff)
                drafting.attach(raised, photo(), name="1.jpg", actor=actor, **staff)
                drafting.hand_in(raised, actor=actor, **staff)
                if which == OWN:
                    draft = self._begun(customer, "landline", actor, **staff)
                    things["agents_draft"] = draft.ref
            with scopes.acting(actors.customer(customer.pk)) as actor:
                own = self._begun(customer, "email", actor, channel="portal", purpose="self")
            things |= {f"{whose}correction": raised.ref, f"{whose}own_draft": own.ref}
        return things

    def _begun(self, customer: Customer, group: str, actor: Actor, **how: str) -> Correction:
        said = {
            "address": "江苏省徐州市云龙区和平路2号",
            "landline": "0516-83001122",
            "email": "zhang.new@example.com",
        }
        draft = drafting.begin(customer, GROUPS[group], slot=0, actor=actor, **how)
        written = {f"identity.{group}": said[group]}
        assert drafting.propose(draft, written, actor=actor, **how).sound
        return draft

    def _published(self) -> dict[str, str]:
        """Rules, a tip and an announcement in force; the tip with a draft of its next version."""
        pair = notices.officers()
        kinds = {"processing": "", "tip": "fraud-calls", "announcement": ""}
        texts = {
            kind: notices.publish(kind=kind, slug=slug, people=pair) for kind, slug in kinds.items()
        }
        tip = texts["tip"]
        later = notices.changed(contents.read(tip.content), "body", "新的正文。")
        with scopes.acting(actors.staff(pair[0])) as actor:
            drafting_notices.edit(tip.text, later, actor=actor)
        return {"notice": str(tip.text.ref), "notice_kind": "tip"}

    def _legal_hold(self) -> LegalHold:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return legal_holds.place(
                Draft("customer", {"customers": [self.customers[OWN].ref]}),
                ground="regulator_order", reason="示例",
                review_on=clock.local().date() + timedelta(days=90), actor=officer,
            )  # fmt: skip

    def _incident(self) -> dict[str, str]:
        """Whose working group everybody is in who can be."""
        actor = actors.staff(self.people["security_officer"])
        with scopes.acting(actor):
            made = incident_opening.open_case(
                kind="other", title="演练", occurred_at=None, aware_at=clock.now(), actor=actor
            )
            for role in ("compliance_officer", "auditor", "administrator"):
                incident_group.let_in(made, self.people[role], "member", actor=actor)
            affected = incident_affected.ask(
                made, "operator", self.people["agent"].staff_no, since=None, until=None, actor=actor
            )
            piece = incident_evidence.file(made, b"x", name="截图", origin="安全官", actor=actor)
            report = incident_reports.begin(made, "CN-NFRA-2H", actor=actor)
            remedy = remedying.propose(
                made, title="演练", kind="training", note="", owner=self.people["agent"],
                due_on=clock.local().date() + timedelta(days=9), actor=actor,
            )  # fmt: skip
        incident_affected.work(affected.pk)
        self._public_notice(made)
        return {
            "affected": str(affected.ref),
            "incident": made.code,
            "incident_evidence": str(piece.ref),
            "incident_report": str(report.ref),
            "incident_remedy": str(remedy.ref),
            **self._exercises(actor),
            **self._sanction(),
        }

    def _sanction(self) -> dict[str, str]:
        """About the agent, in whose group everybody is who can be; with a list and what waits to go out."""
        words, today = {"zh": "示例", "en": ""}, clock.local().date()
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            made = sanction_opening.open_matter(
                person=self.people["agent"], kind="agent", intermediary=None, name="", acts=["leak"],
                id_number="320311198604180011", summary="示例", actor=officer,
            )  # fmt: skip
            for role in ("security_officer", "auditor"):
                sanction_people.let_in(made, self.people[role], "member", actor=officer)
            letter = serving.issue_findings(made, words, actor=officer)
            serving.note_service(letter, today, "own_page", note="", actor=officer)
            flag = flags.set_by(made)
            release = releasing.ask_for_enquiry(flag, "示例人寿", reason="示例", actor=officer)
            rows = f"姓名,证件号码,行为,决定日期,保险公司\n李示例,1,伪造,{today},示例人寿\n"
            batch = importing.take(
                rows.encode(), file_name="list.csv", origin="协会", received_on=today, actor=officer
            )
        return {
            "own_letter": str(letter.ref),
            "rehire_batch": str(batch.ref),
            "rehire_flag": str(flag.ref),
            "rehire_release": str(release.ref),
            "sanction": made.code,
            "sanction_paper": str(letter.ref),
        }

    def _public_notice(self, case: Incident) -> None:
        """As if two people had approved it for the public page, at the address of `routes`."""
        with scopes.acting(estate.system()):
            rule = ApprovalRule.objects.in_force().get(kind="incident-notice")
            approval = Approval.objects.create(
                kind="incident-notice", payload={"incident": case.code}, digest="0" * 64, status="approved",
                requested_by=self.people["compliance_officer"], requested_at=clock.now(), rule=rule,
                decided_by=self.people["security_officer"], decided_at=clock.now(),
            )  # fmt: skip
            approvals.seal(approval)
            NoticeBatch.objects.create(
                ref="1b4e28ba-2fa1-41d2-883f-0016d3cca427", incident=case, stage="approved", public=True, status="done", approval=approval,
                approved_at=clock.now(), asked_by=self.people["compliance_officer"],
                parts={}, facts={"occurred": None, "aware": clock.now().isoformat(), "lists": {}},
            )  # fmt: skip

    def _risks(self) -> dict[str, str]:
        """A risk with an action of the agent's, and an assessment that is filled in."""
        officer, today = self.people["security_officer"], clock.local().date()
        told = {"title": "示例", "cause": "示例", "consequence": "示例", "kind": "leak"}
        with scopes.acting(actors.staff(officer)) as actor:
            risk = risk_register.raise_risk(
                told, levels=[4, 4, 3, 3], controls=["C-ACCESS-02"], owner=officer, review_on=None,
                actor=actor,
            )  # fmt: skip
            action = risk_actions.propose(
                risk, title="示例", owner=self.people["agent"], due_on=today, actor=actor
            )
            assessment = risk_assessing.begin(
                "market", since=today - timedelta(days=90), until=today, actor=actor
            )
        return {
            "control": "C-ACCESS-02",
            "duty": "CN-NFRA-ANN",
            "risk": risk.code,
            "risk_action": str(action.ref),
            "risk_assessment": str(assessment.ref),
        }

    def _exercises(self, actor: Actor) -> dict[str, str]:
        """One that is played, and one that has ended."""
        with scopes.acting(actor):
            played, ended = (exercising.begin("lost_device", actor=actor) for _n in range(2))
            for case in (played, ended):
                for role in ("compliance_officer", "auditor", "administrator"):
                    incident_group.let_in(case, self.people[role], "member", actor=actor)
            exercising.end(ended, actor=actor)
        return {"incident_exercise": played.code, "incident_exercise_ended": ended.code}

    def _fraud(self, party: Counterparty) -> dict[str, str]:
        """A case that officer and security officer investigate, and a list that is still in use."""
        officer, guard = self.people["compliance_officer"], self.people["security_officer"]
        today = clock.local().date()
        with scopes.acting(estate.system()):
            case = FraudCase(
                code="F-2026-900", state="open", subject_id=self.customers[OWN].pk, triaged_at=clock.now(),
                triaged_by=officer,
            )  # fmt: skip
            case.holding = fraud_sealing.holding_of(case.ref)
            case.save()
            for each in (officer, guard):
                FraudMember.objects.create(case=case, user=each, joined_by=officer)
            shared = FraudShared(
                code="Q-2026-900", way="received", partner=party, elements=["identity.mobile"],
                purpose="prevent", ground="duty", at_on=today, use_by=today + timedelta(days=9), noted_by=officer,
            )  # fmt: skip
            shared.holding = fraud_sealing.holding_of(shared.ref)
            shared.save()
        actor = actors.staff(officer)
        with scopes.acting(actor):
            piece = fraud_evidence.file(case, b"x", name="病历", origin="医院", actor=actor)
        return {
            "fraud_case": case.code,
            "fraud_evidence": str(piece.ref),
            "fraud_shared": shared.code,
        }

    def _merge_case(self) -> MergeCase:
        with scopes.acting(actors.system("importer")):
            return MergeCase.objects.create(
                subject_id=self.customers[OWN].pk, other_id=self.customers[FOREIGN].pk,
                agrees=["identity.id_number"], source="示例",
            )  # fmt: skip

    def _note(self) -> RetentionEvent:
        officer = actors.staff(self.people["compliance_officer"])
        with scopes.acting(officer):
            return noting.note(
                self.customers[OWN], trigger="last_contact", on=clock.local().date(),
                reason="示例", actor=officer,
            )  # fmt: skip

    def _destructions(self) -> dict[str, str]:
        """A batch that waits to be put up, with somebody in it, and one that is done."""
        day, customer = clock.local().date(), self.customers[OWN]
        proposed = DestructionBatch.objects.create(code="D-2026-001", day=day)
        DestructionItem.objects.create(
            batch=proposed, holding=Identity.objects.get(pk=customer.pk).holding,
            subject_id=customer.pk, kind="identity", book=customer.book, rule="cn-identity",
            ended_on=date(2012, 5, 1), keep_until=date(2022, 5, 1),
        )  # fmt: skip
        done = DestructionBatch.objects.create(
            code="D-2026-002", day=day, stage="done", status="done", certificate=b"{}"
        )
        return {"batch": proposed.code, "done_batch": done.code}

    def _exports(self) -> dict[str, str]:
        """One that the agent asked for, one that an officer did, and one that is ready for her."""
        asked = {
            "export": self._export("agent", by="own"),
            "asked_export": self._export("compliance_officer", by="list"),
            "officers_export": self._export("compliance_officer", by="list"),
        }
        with scopes.acting(estate.system()):
            now = clock.now()
            Export.objects.filter(pk=asked["officers_export"].pk).update(
                status="done", approved_at=now, expires_at=now + timedelta(days=1), length=3
            )
        return {name: str(each.ref) for name, each in asked.items()}

    def _export(self, role: str, *, by: str) -> Export:
        person = self.people[role]
        actor = actors.staff(person, stepped_up=True)
        terms = exports.Terms(
            elements=["identity.name"], purpose=PURPOSES[role], reason="示例",
            selection=exports.Selection(by=by, customers=[self.customers[OWN].ref]),
            recipient=exports.Recipient(person=person),
        )  # fmt: skip
        with scopes.acting(actor):
            return exports.request(terms, channel="desk", actor=actor)

    def _bundle(self, case: Case, number: int, recipient: User, asker: User) -> Bundle:
        with scopes.acting(estate.system()):
            bundle = Bundle.objects.create(
                case=case, number=number, recipient=recipient, requested_by=asker,
                criteria=Criteria.of_case(case).dump(), status="done", entries=1, size=1,
                length=3, sha256="0" * 64, expires_at=clock.now() + timedelta(days=1),
            )  # fmt: skip
            sealing = store.Sealing(bundle.ref)
            sealing.write(b"zip")
            sealing.keep()
        return bundle

    def _partners(self, party: Counterparty) -> dict[str, str]:
        """An agreement in force with its papers, and a share that was asked for."""
        house = partners.House()
        agreement = house.agree(party=party)
        share = house.ask_share(agreement, form="api")
        paper = agreement.papers.order_by("pk")[0]
        return {
            "agreement": str(agreement.ref),
            "assessment": str(ImpactAssessment.objects.get(about=agreement.code).ref),
            "agreement_paper": str(paper.ref),
            "share": str(share.ref),
        }

    def _transfer(self, case: str) -> dict[str, str]:
        """One in announcement that the case sees, with a paper, and a data room that is ready."""
        house = transfers.House()
        found = house.transfer()
        paper = house.file(found, "board", "confidentiality")
        officer = self.people["compliance_officer"]
        room = transfers.ready_room(found, asker=officer)
        transfers.jump(found, "notice")
        house.publish_ours(found)
        with estate.acting(house.first, stepped_up=True) as actor:
            asked = sight.ask(found, Case.objects.get(ref=case), actor=actor)
        house.approve(asked)
        remedy = Remedy.objects.create(
            transfer=found, what="other", says="补齐证件有效期", owner=house.first,
            due_on=clock.local().date(), opened_by=house.first,
        )  # fmt: skip
        return {
            "remedy": str(remedy.ref),
            "transfer": found.code,
            "transfer_files": self._files_of_a_seller(),
            "transfer_paper": str(paper.ref),
            "transfer_room": str(room.ref),
        }

    def _files_of_a_seller(self) -> str:
        """A rehearsal of a book that comes as files."""
        mine = Transfer.objects.create(
            code="T-2020-009", side="buyer", title="徐汇账册转让", route="cn-voluntary",
            counterparty=Counterparty.objects.create(kind="insurer", name="恒信人寿"),
            opened_by=self.people["compliance_officer"],
        )  # fmt: skip
        run = ImportRun.objects.create(
            book=estate.book(), status="done", dry_run=True, arriving=mine.ref, mapping={"toml": ""}
        )
        return str(run.ref)

    def all(self, agent: User) -> dict[str, str]:
        """One of each kind that an address can name."""
        entry = looking.look(agent, self.customers[OWN])
        newcomer = estate.user(Role.SERVICE_DESK, name="新人")
        with scopes.acting(estate.system()):
            book = estate.book()
            imported = ImportRun.objects.create(book=book, status="done")
            row = QuarantinedRow.objects.create(
                run=imported, book=book, kind="customer", sheet=1, number=7,
                reasons=[["id-check-digit", "identity.id_number"]],
                row_digest=b"r" * 16, row_sealed=b"sealed",
            )  # fmt: skip
            raised = findings.raise_finding(
                "bulk", severity="high", summary="五分钟内揭示 40 名客户"
            )
            asked = findings.raise_finding(
                "bulk", severity="high", operator=agent, asked_at=clock.now()
            )
            run = AuditRun.objects.create(day=clock.local().date(), status="done")
            report = AuditReport.objects.create(
                run=run, language="en", body=b"%PDF", signature=b"s"
            )
            alert = Alert.objects.filter(finding=raised).first() or Alert.objects.create(
                source="external", severity="high", summary="外部通报"
            )
            party = Counterparty.objects.create(kind="insurer", name="示例保险")
            Intermediary.objects.create(code="J01", name="示例中介", kind="agency")
            desk_estate.product()
            token = ApiToken.objects.create(
                name="核心系统", user=agent, digest=b"d" * 32, actions=[], purposes=[],
                expires_at=clock.now() + timedelta(days=1),
            )  # fmt: skip
            place = StoragePlace.objects.get(code="database")
            things = self._case()
            return things | {
                **self._transfer(things["case"]),
                "place": str(place.ref),
                "alert": str(alert.ref),
                "audit_report": str(report.ref),
                "audit_rule": "drip",
                "approval_kind": "case-scope",
                "book": book.code,
                "counterparty": str(party.ref),
                **self._partners(party),
                "course": "personal-data-law",
                "entry": str(entry),
                **self._destructions(),
                "finding": str(raised.ref),
                "intermediary": "J01",
                "law_clause": "CN-INS-87",
                "law_count": "CN-TRF-PAPERS",
                "law_clock": "CN-COMPL-15D",
                "law_purpose": "marketing",
                "law_rule": "cn-identity",
                "law_year": "2027",
                "legal_hold": str(self._legal_hold().ref),
                "merge_case": str(self._merge_case().ref),
                **self._incident(),
                **self._fraud(party),
                **self._risks(),
                **made.things(self.people["security_officer"]),
                "newcomer": str(newcomer.ref),
                "product": "WL01",
                "retention_note": str(self._note().ref),
                "quarantined": str(row.ref),
                "grant": str(self._grant().ref),
                "question": str(asked.ref),
                **self._exports(),
                "proposal": str(self._proposal().ref),
                "quota": "Q-01",
                "relative": str(self._relative().ref),
                "rule": "1",
                "rule_code": "R-010",
                "run": str(imported.ref),
                "token": str(token.ref),
                "undertaking": "secrecy",
                "unit": "XZ",
                "campaign": str(self._campaign().ref),
                "window": str(self._window().ref),
                "look_delay": str(self._look_delay(entry).ref),
                **self._portal_things(agent),
                **self._corrections(agent),
                "user": str(self.stranger.ref),
                **self._items(agent),
                **self._published(),
            }
