"""The insurer that the journeys visit, and a visitor who hears what the browser complains of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from access import actors, approvals, findings, scopes, second_factor
from access.models import AuditRun, Campaign, Finding, Measure, User
from access.recertification import campaigns
from access.vocabulary import Role
from custodian import clock
from incidents import triage
from incidents.affected import jobs as affected
from incidents.cases import evidence as incident_evidence
from incidents.cases import exercising, group, links, remedying
from incidents.cases import opening as incidents
from incidents.fraud import evidence as fraud_evidence
from incidents.fraud import investigating
from incidents.fraud import register as fraud_register
from incidents.reports import writing as reports
from incidents.risks import actions as risk_actions
from incidents.risks import assessing, register
from incidents.sanctions import flags, importing, serving
from incidents.sanctions import opening as sanctions
from incidents.sanctions import people as sanctioned
from records import evidence
from records.claim_handling import examining, papers
from records.claim_handling.examining import Needed
from records.claim_handling.filing import Report
from records.corrections import handling
from records.models import (
    Claim,
    CustomerRequest,
    DestructionBatch,
    DestructionItem,
    Identity,
    ImpactAssessment,
    MergeCase,
    PublishedText,
    RetentionEvent,
)
from records.notices import seen
from records.requests import opening
from records.retention import noting
from tests import estate
from tests.access import people
from tests.claims.house import contract
from tests.corrections.cast import Cast, photo
from tests.exports import office as exports
from tests.incidents.fraud import house as fraud
from tests.notices import writing as notices
from tests.partners.house import House
from tests.records import desk_estate
from tests.tracing import made as tracing
from tests.transfers import house as transfers
from tests.transfers.incoming import Arrived
from transfers.models import Counterparty, Transfer

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOBILE, MOBILE_SHOWN = estate.ZHANG["identity.mobile"], "138 0013 8000"
ACCOUNT_SHOWN = "6222 0200 0000 6217"
# Whole values and the parts of them that no mask shows.
PLAIN = [
    MOBILE, MOBILE_SHOWN, "0013", estate.ZHANG["identity.id_number"], "张三丰", "和平路1号",
    ACCOUNT_SHOWN, estate.ACCOUNT["financial.bank_account"],
]  # fmt: skip
_LISTEN = """
addEventListener('securitypolicyviolation',
  e => console.error(`refused by policy: ${e.violatedDirective} ${e.blockedURI}`))
"""
_KEPT = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await indexedDB.databases(), document.cookie,
  location.href, document.title, document.referrer, history.length, history.state, name])"""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None: ...


class Office:
    """An agent with one customer, a colleague with another, and an officer."""

    def __init__(self, address: str) -> None:
        self.address = address
        desk_estate.open_all_day()
        self.agent = people.person(Role.AGENT)
        self.officer = people.person(Role.COMPLIANCE_OFFICER)
        self.second = people.person(Role.COMPLIANCE_OFFICER)
        self.handler = people.person(Role.CLAIMS_HANDLER)
        self.own = estate.customer(of=[self.agent])
        desk_estate.claim(self.own, desk_estate.policy(self.own))
        values = {**estate.ZHANG, "identity.mobile": "13912345678"}
        self.campaign = self._campaign()
        self.finding = self._finding()
        self.foreign = estate.customer(values, of=[people.person(Role.AGENT)])
        self.export = exports.made(self.agent, people.person(Role.COMPLIANCE_OFFICER))
        exports.ask(self.agent)
        self.batch = self._batch()
        self.note = self._note()
        self.claim = self._claim()
        self.asked = self._asked()
        self.corrections = self._corrections()
        self.rules, self.announced = self._published()
        self.partners = self._partners()
        self.merge_case = self._merge_case()
        self.trace = tracing.traced([f"张,{estate.ZHANG['identity.mobile']}"], by=self.agent)
        self.layout = tracing.layout(by=self.officer)
        self.incident = {**self._incident(), **self._fraud()}
        self.transfer = self._transfer()
        self.incoming = self._incoming()

    def _incident(self) -> dict[str, str]:
        """A case with something in each of its panels, and an alert that waits."""
        with estate.acting(self.officer) as actor:
            alert, _new = triage.raise_alert("staff", "设备遗失", actor=actor)
            case = incidents.open_case(
                kind="device", title="设备遗失", occurred_at=None, aware_at=clock.now(), actor=actor
            )
            group.let_in(case, self.second, "member", actor=actor)
            incident_evidence.file(case, b"x", name="登记表", origin="门卫", actor=actor)
            links.link(case, "customer", self.own.ref, actor=actor)
            job = affected.ask(
                case, "operator", self.agent.staff_no, since=None, until=None, actor=actor
            )
            report = reports.begin(case, "CN-NFRA-2H", actor=actor)
            remedy = remedying.propose(
                case, title="为全部笔记本启用全盘加密", kind="technical", note="查验每台", owner=self.agent,
                due_on=clock.local().date() + timedelta(days=30), actor=actor,
            )  # fmt: skip
            risk = register.raise_risk(
                {"title": "名单经合作方流出", "cause": "保存期过长", "consequence": "客户被骗", "kind": "partner"},
                levels=[4, 4, 3, 4], controls=["C-PARTNER-01", "C-LOG-01"], owner=self.officer,
                review_on=clock.local().date(), actor=actor,
            )  # fmt: skip
            today = clock.local().date()
            risk_actions.propose(
                risk,
                title="缩短保存期",
                owner=self.agent,
                due_on=today + timedelta(days=30),
                actor=actor,
            )
            judged = assessing.begin(
                "market", since=today - timedelta(days=365), until=today, actor=actor
            )
            played, ended = (exercising.begin("insider_sale", actor=actor) for _n in range(2))
            exercising.end(ended, actor=actor)
        affected.work(job.pk)
        return {
            **self._sanction(),
            "exercise": played.code,
            "exercise_ended": ended.code,
            "incident": case.code,
            "affected": str(job.ref),
            "alert": str(alert.ref),
            "remedy": str(remedy.ref),
            "report": str(report.ref),
            "risk": risk.code,
            "judged": str(judged.ref),
        }

    def _sanction(self) -> dict[str, str]:
        """About the agent, whom the findings have reached; a flag, and a file with a row set aside."""
        with estate.acting(self.officer) as actor:
            matter = sanctions.open_matter(
                person=self.agent, kind="agent", intermediary=None, name="", acts=["access", "leak"],
                id_number="320311198604180011", summary="名单在网上出售", actor=actor,
            )  # fmt: skip
            sanctioned.let_in(matter, self.second, "member", actor=actor)
            said = {
                "zh": "查明：三天内查看 412 名非名下客户。",
                "en": "Looked at 412 customers not his own.",
            }
            letter = serving.issue_findings(matter, said, actor=actor)
            serving.note_service(letter, clock.local().date(), "own_page", note="", actor=actor)
            flag = flags.set_by(matter)
            rows = "姓名,证件号码,行为,决定日期,保险公司\n司空示例,1,伪造,2026-01-05,示例人寿\n"
            batch = importing.take(
                rows.encode(), file_name="list.csv", origin="省行业协会", received_on=clock.local().date(),
                actor=actor,
            )  # fmt: skip
        return {
            "letter": str(letter.ref),
            "rehire_batch": str(batch.ref),
            "rehire_flag": str(flag.ref),
            "sanction": matter.code,
        }

    def _fraud(self) -> dict[str, str]:
        """A case with something in each of its panels, one that waits, and a list that came."""
        house = fraud.House(unit=self.agent.unit, now=clock.now())
        waits, _claim = house.suspicion()
        case, claim = house.taken_case()
        house.do(examining.take, claim)
        house.ask(case, house.again(claim))
        with estate.acting(house.lead) as actor:
            investigating.add_task(case, title="调取病历原件", owner=None, due_on=None, actor=actor)
            fraud_evidence.file(case, b"x", name="病历", origin="医院", actor=actor)
            investigating.let_in(case, self.officer, actor=actor)
            party = Counterparty.objects.first()
            today = clock.local().date()
            terms = fraud_register.Terms(
                partner=party, elements=["identity.mobile"], purpose="prevent", ground="duty",
                at_on=today, use_by=today + timedelta(days=90),
            )  # fmt: skip
            shared = fraud_register.receive(
                terms, "手机号码\n13655550001\n12\n".encode(), actor=actor
            )
        return {"fraud": case.code, "fraud_waits": waits.code, "fraud_shared": shared.code}

    def _merge_case(self) -> MergeCase:
        with scopes.acting(estate.system()):
            return MergeCase.objects.create(
                subject_id=self.own.pk, other_id=estate.customer().pk,
                agrees=["identity.id_number", "identity.name+identity.birth_date"], source="T-2026-001",
            )  # fmt: skip

    def _partners(self) -> dict[str, str]:
        """A garage with an agreement in force, and a share that was asked for."""
        house = House()
        agreement = house.agree(party=house.register("garage", "示例汽车维修"))
        share = house.ask_share(agreement, form="api")
        return {
            "partner": str(agreement.counterparty.ref),
            "agreement": str(agreement.ref),
            "assessment": str(ImpactAssessment.objects.get(about=agreement.code).ref),
            "share": str(share.ref),
        }

    def _claim(self) -> Claim:
        """One of the agent's customer that waits for papers, with one that has come."""
        report = Report(
            policy=contract(self.own), kind="accident", channel="branch",
            occurred_on=clock.local().date(), values={"claim.description": "示例"},
        )  # fmt: skip
        paper = papers.Brought(drawn=evidence.draw(photo(), name="1.jpg"), kind="medical")
        how = {"channel": "desk", "purpose": "claim"}
        with estate.acting(self.agent) as actor:
            claim = papers.report(self.own.pk, report, [paper], actor=actor, **how)
        with estate.acting(self.handler) as actor:
            examining.take(claim, channel="desk", actor=actor)
            needed = [Needed("invoice", "示例"), Needed("account")]
            examining.ask_for(claim, needed, channel="desk", actor=actor)
        return claim

    def _transfer(self) -> Transfer:
        """One in announcement, with a paper of its board and a data room that is ready."""
        house = transfers.House()
        found = house.transfer()
        house.file(found, "board", "confidentiality")
        transfers.ready_room(found, asker=self.officer)
        transfers.jump(found, "notice")
        house.publish_ours(found)
        return found

    def _incoming(self) -> str:
        """A book that came in and was counted, with something that has to be put right."""
        book = Arrived()
        book.lose(book.child, id_valid_until_sealed=None)
        book.count()
        book.remedy()
        return str(book.transfer.code)

    def _asked(self) -> CustomerRequest:
        with scopes.acting(actors.customer(self.own.pk)) as actor:
            return opening.open_request(
                self.own.pk, kind="question", text="保单还要交几期？", channel="portal", actor=actor
            )

    def _corrections(self) -> dict[str, str]:
        """By name the reference: one that waits for her word, one with an answer of no, and two drafts."""
        cast = Cast(agent=self.agent, officer=self.officer, customer=self.own)
        waiting = cast.raised(self.agent, "landline", identity__landline="0516-83720001")
        refused = cast.raised(self.own, "occupation", identity__occupation="工程师")
        for each in (waiting, refused):
            cast.take(each)
        cast.pass_on(waiting)
        with estate.acting(cast.desk) as actor:
            handling.refuse(
                refused, because="right", words="在职证明上写的是教师", channel="desk", actor=actor
            )
        draft, agents = cast.begin(self.own, "email"), cast.begin(self.agent, "workplace")
        cast.propose(self.own, draft, identity__email="new@example.com")
        return {
            "waiting": waiting.ref, "refused": refused.ref, "draft": draft.ref,
            "agents_draft": agents.ref,
        }  # fmt: skip

    def _published(self) -> tuple[PublishedText, str]:
        """Rules with two versions and a draft, a tip and an announcement; she has seen the first rules."""
        pair = notices.officers()
        text = notices.publish(people=pair).text
        with scopes.acting(actors.customer(self.own.pk)) as she:
            seen.see(self.own, text.versions.get(), actor=she)
        said = notices.changed(
            notices.content(), "rights", "一般十五天内答复。", "Within fifteen days."
        )
        notices.publish(said, text=text, people=pair)
        notices.send(notices.changed(said, "retention", "存十年。"), text=text, by=pair[0])
        tip = notices.content("tip", places=("home", "sign-in", "looks"))
        notices.publish(tip, kind="tip", slug="fraud-calls", people=pair)
        announced = notices.publish(kind="announcement", people=pair)
        return text, announced.text.slug

    def _note(self) -> RetentionEvent:
        with estate.acting(self.officer) as actor:
            return noting.note(
                self.own,
                trigger="last_contact",
                on=clock.local().date(),
                reason="示例",
                actor=actor,
            )

    def _batch(self) -> DestructionBatch:
        """A batch that waits to be put up; the customer in it is another than the agent's."""
        with scopes.acting(estate.system()):
            batch = DestructionBatch.objects.create(code="D-2026-001", day=clock.local().date())
            DestructionItem.objects.create(
                batch=batch, holding=Identity.objects.get(pk=self.foreign.pk).holding,
                subject_id=self.foreign.pk, kind="identity", book=self.foreign.book,
                rule="cn-identity", ended_on=date(2012, 5, 1), keep_until=date(2022, 5, 1),
            )  # fmt: skip
            return batch

    def _finding(self) -> Finding:
        """About the agent, who was asked; from a day that was audited."""
        day = clock.local().date() - timedelta(days=1)
        with scopes.acting(estate.system()):
            run = AuditRun.objects.create(day=day, status="done", sights=40, unexplained=10)
            Measure.objects.create(
                user=self.agent, day=day, role=self.agent.role, unit_path=self.agent.unit.path,
                sights=40, unexplained=10,
            )  # fmt: skip
            return findings.raise_finding(
                "audit-harvest", severity=Finding.Severity.HIGH, operator=self.agent, run=run,
                facts={"customers": 56, "days": 30, "peers": 14, "version": 1},
                asked_at=clock.now(),
            )  # fmt: skip

    def _campaign(self) -> Campaign:
        """Both have somebody to decide about: the agent a colleague, the officer whoever has no manager."""
        estate.user(Role.AGENT, name="韩明", manager=self.agent)
        second = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        with estate.acting(self.officer) as actor:
            campaign = campaigns.propose(
                "2026 年下半年", unit=None, roles=[], due_at=clock.now() + timedelta(days=14),
                repeat_months=6, actor=actor,
            )  # fmt: skip
        with estate.acting(second, stepped_up=True) as actor:
            approvals.approve(campaign.approval, seen=campaign.approval.digest, actor=actor)
        return campaign

    def session(self, person: User) -> str:
        client = estate.login(Client(), person)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def code(self, person: User) -> str:
        """What the person's app shows; the same code again, as if thirty seconds had passed."""
        cache.clear()
        held = Authenticator.objects.get(user=person, type="totp")
        held.data["last_step"] = -1
        held.save(update_fields=["data"])
        return second_factor.code_at(people.SECRET, second_factor.step_now())


class Visitor:
    def __init__(
        self,
        browser: Browser,
        office: Office,
        person: User | None,
        *,
        width: int = 1440,
        **options: Any,
    ) -> None:
        self.office, self.complaints = office, []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            base_url=office.address,
            **{"locale": "zh-CN", "reduced_motion": "reduce", **options},
        )
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(_LISTEN)
        self.context.on("console", lambda message: self._hear(message.type, message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        if person is not None:
            self.carry(settings.SESSION_COOKIE_NAME, office.session(person))
        self.page = self.context.new_page()

    def carry(self, name: str, value: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": self.office.address}])

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself writes a line for every answer that is not a 200.
        if kind in {"error", "warning"} and "responded with a status of" not in text:
            self.complaints.append(text)

    def sign_in(self, person: User) -> Page:
        page = self.page
        page.goto("/accounts/login/")
        page.get_by_label("登录名或工号").fill(person.username)
        page.get_by_label("密码", exact=True).fill(people.PASSWORD)
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("验证码").fill(self.office.code(person))
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("输入验证码")
        return page

    def find(self, mobile: str = MOBILE) -> Page:
        page = self.page
        page.goto("/desk/")
        page.get_by_label("手机号码", exact=True).fill(mobile)
        page.get_by_label("用途", exact=True).select_option("follow_up")
        page.get_by_role("button", name="查找").click()
        return page

    def open_own(self) -> Page:
        page = self.find()
        page.get_by_role("link", name=f"客户 {self.office.own.ref}").click()
        expect(page.get_by_role("heading", name="身份信息")).to_be_visible()
        return page

    def barriers(self, where: str = "", themes: Sequence[str] = ("light", "dark")) -> list[str]:
        """What axe finds; the viewer mark is no text to be read."""
        found = []
        for theme in themes:
            self.page.emulate_media(color_scheme=theme)
            self.page.evaluate("document.querySelector('.viewer-mark')?.remove()")
            self.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE})
            told = self.page.evaluate(
                f"axe.run({{runOnly: {json.dumps(RULES)}}}).then(r => r.violations)"
            )
            found += [
                f"{where} {theme} {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in told
            ]
        return found

    def too_wide(self, where: str, widths: Sequence[int]) -> list[str]:
        """The widths at which the page scrolls sideways; the last of them stays."""
        found = []
        self.page.wait_for_load_state()
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            whole = self.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{where} {width}: {whole} wide"] if whole > width else []
        return found

    def kept(self) -> str:
        """Everything that the browser keeps once the page is gone."""
        return self.page.evaluate(_KEPT) + json.dumps(self.context.cookies(), ensure_ascii=False)
