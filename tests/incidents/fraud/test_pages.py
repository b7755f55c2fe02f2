"""The pages of fraud suspicion, through HTTP: what they show, refuse and do, and to whom they are not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access import scopes
from access.models import User
from custodian import clock
from incidents.fraud import board, triage
from incidents.models import FraudAsk, FraudShared
from records.claim_handling import examining
from records.models import Claim, ContactFlag
from tests import estate
from tests.incidents.fraud.house import House
from tests.portal.people import signed_in

pytestmark = pytest.mark.django_db
ZH = {"accept-language": "zh-hans"}


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def house() -> House:
    found = House(now=clock.now())
    long_ago = clock.now() - timedelta(days=60)
    User.objects.filter(pk__in=[each.pk for each in (found.second, found.lead, found.mate)]).update(
        role_since=long_ago
    )
    return found


def office(person: User) -> Client:
    return estate.login(Client(headers=ZH), person, stepped_up=True)


def at(case: Any, tail: str = "") -> str:
    return f"/admin/fraud/case/{case.code}/{tail}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_shows_the_arithmetic_the_clocks_and_the_provenance(house: House) -> None:
    case, claim = house.suspicion()
    page = text(office(house.lead).get(at(case)))
    assert "40 + 20 = 60" in page
    assert claim.ref in page
    assert "第 30 天出险" in page
    assert "保险法" in page or "核定" in page
    rules = text(office(house.auditor).get("/admin/fraud/rules/"))
    assert rules.count("本公司默认") >= 10
    assert "生效不久即出险" in rules


def test_triage_through_the_page_and_back_is_409(house: House) -> None:
    case, _claim = house.suspicion()
    client = office(house.lead)
    assert client.post(at(case), {"act": "take", "text": " "}).status_code == 422
    for act in ({"act": "note", "text": "x"}, {"act": "close", "text": "x"}):
        assert client.post(at(case), act).status_code == 409
    skipped = client.post(
        at(case), {"act": "outcome", "outcome": "founded", "measures": ["police"], "text": "x"}
    )
    assert skipped.status_code == 409
    assert client.post(at(case), {"act": "take", "text": "账号相同"}).status_code == 302
    assert client.post(at(case), {"act": "take", "text": "账号相同"}).status_code == 409
    assert client.post(at(case), {"act": "dismiss", "text": "x"}).status_code == 409
    assert client.post(at(case, "referral/"), {"to": "x", "note": "x"}).status_code == 409


def test_a_case_through_its_pages_to_the_end(house: House) -> None:
    case, claim = house.suspicion()
    lead, mate = office(house.lead), office(house.mate)
    lead.post(at(case), {"act": "take", "text": "账号相同"})
    assert lead.post(at(case), {"act": "join", "person": str(house.mate.ref)}).status_code == 302
    assert lead.post(at(case), {"act": "task", "title": "调取病历"}).status_code == 302
    assert mate.post(at(case), {"act": "note", "text": "病历编号不存在"}).status_code == 302
    page = text(mate.get(at(case)))
    assert "病历编号不存在" in page
    with estate.acting(house.lead):
        task = case.tasks.get()
    done = {"act": "settle", "task": task.pk, "status": "done", "note": ""}
    assert mate.post(at(case), done).status_code == 302
    assert mate.post(at(case), done).status_code == 409
    house.do(examining.take, claim)
    asked = lead.post(at(case), {"act": "ask", "claim": claim.ref, "text": "请核对签名"})
    assert asked.status_code == 302
    said = {"act": "outcome", "outcome": "founded", "measures": ["police"], "text": "伪造病历"}
    assert lead.post(at(case), said).status_code == 302
    assert lead.post(at(case), said).status_code == 409
    with estate.acting(house.lead):
        from incidents.fraud import deciding

        (approval,) = deciding.waiting(case)
    house.agree(approval, house.mate)
    assert lead.post(at(case), {"act": "close", "text": "完成"}).status_code == 409
    assert "还没有取出报案材料" in text(lead.get(at(case)))
    pack = lead.post(at(case, "referral/"), {"to": "鼓楼分局", "note": "受案回执 7"})
    assert pack["Content-Type"] == "application/zip"
    assert "鼓楼分局" in text(lead.get(at(case, "referral/")))
    assert lead.post(at(case), {"act": "close", "text": "完成"}).status_code == 302


@pytest.mark.parametrize("who", ["outside", "auditor", "handler", "agent"])
def test_an_investigation_is_not_there_for_anybody_else(house: House, who: str) -> None:
    """The same answer as for a number that nobody has."""
    case, _claim = house.taken_case()
    client = office(getattr(house, who))
    answers = [client.get(at(case)), client.get("/admin/fraud/case/F-2000-999/")]
    answers += [client.post(at(case), {"act": "note", "text": "x"})]
    answers += [client.get(at(case, "referral/"))]
    assert len({each.status_code for each in answers}) == 1
    assert answers[0].status_code in {403, 404}
    if who in {"outside", "auditor"}:
        assert answers[0].status_code == 404
        overview = text(client.get("/admin/fraud/"))
        assert case.code not in overview
        assert case.code not in text(client.get("/admin/"))


def test_the_handlers_and_the_customers_surfaces_say_nothing_of_it(house: House) -> None:
    case, claim = house.taken_case()
    house.do(examining.take, claim)
    handler = office(house.handler)
    pages = [handler.get(f"/desk/claims/{claim.ref}/"), handler.get("/desk/claims/")]
    with scopes.acting(estate.system()):
        customer = Claim.objects.get(pk=claim.pk).subject.customer
    hers = signed_in(Client(headers=ZH), customer)
    pages += [
        hers.get(each)
        for each in ("/portal/", "/portal/claims/", "/portal/looks/", "/portal/data/")
    ]
    pages += [hers.get(f"/portal/claims/{claim.ref}/")]
    for each in pages:
        assert each.status_code == 200
        for word in (case.code, "欺诈", "疑点", "理赔核实"):
            assert word not in text(each).replace("防骗", "").replace("诈骗", "")


def test_the_handler_finds_the_question_answers_it_and_decides_on(house: House) -> None:
    case, claim = house.taken_case()
    house.do(examining.take, claim)
    house.ask(case, house.again(claim))
    handler = office(house.handler)
    assert "/desk/claim-checks/" in text(handler.get("/desk/claims/"))
    page = text(handler.get("/desk/claim-checks/"))
    assert "请核对收款人的签名" in page
    assert case.code not in page
    with scopes.acting(estate.system()):
        ref = str(FraudAsk.objects.get().ref)
    assert handler.post("/desk/claim-checks/", {"ask": ref, "text": ""}).status_code == 422
    answer = {"ask": ref, "text": "签名一致"}
    assert office(house.second).post("/desk/claim-checks/", answer).status_code == 404
    assert handler.post("/desk/claim-checks/", answer).status_code == 302
    assert handler.post("/desk/claim-checks/", answer).status_code == 409
    assert "签名一致" in text(office(house.lead).get(at(case)))


def test_a_late_claim_beside_a_suspicion_leads_the_morning(house: House) -> None:
    case, claim = house.suspicion()
    with clock.at(clock.now() + timedelta(days=31)):
        client = office(house.lead)
        morning = text(client.get("/admin/"))
        assert "欺诈疑点旁边超过时限的赔案" in morning
        assert claim.ref in morning
        assert "久未办理" in text(client.get("/admin/fraud/"))
        assert "赔案已超过时限" in text(client.get(at(case)))
        assert "欺诈疑点旁边" not in text(office(house.auditor).get("/admin/"))


def test_rates_have_their_denominator(house: House) -> None:
    house.concluded("police")
    other, _claim = house.suspicion()
    with estate.acting(house.lead) as actor:
        triage.dismiss(other, text="已说明", actor=actor)
    house.suspicion()
    rates = {each.rule.code: each for each in board.rates()}
    account = rates["shared-account"]
    assert (account.cases, account.looked_at, account.founded, account.share) == (3, 2, 1, 0.5)
    assert (rates["own-agent"].looked_at, rates["own-agent"].share) == (0, 0.0)
    states = {str(each.label): each.total for each in board.by_state()}
    assert (states["待甄别"], states["甄别不成立"], states["已定论"]) == (1, 1, 1)
    page = text(office(house.auditor).get("/admin/fraud/"))
    assert "1 / 2" in page
    assert "50.0%" in page  # drawn as well as listed


def test_a_list_is_taken_in_shown_without_values_and_destroyed_by_its_page(house: House) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.partners.house import House as Partners

    partner = Partners().party
    client = office(house.lead)
    today = clock.local().date()
    said = {
        "partner": partner.code, "elements": ["identity.mobile"], "purpose": "prevent", "ground": "duty",
        "at_on": today.isoformat(), "use_by": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    file = SimpleUploadedFile(
        "名单.csv", "手机号码\n13655550001\n12\n".encode(), content_type="text/csv"
    )
    assert client.post("/admin/fraud/shared/", said).status_code == 422
    assert office(house.auditor).post("/admin/fraud/shared/", said).status_code == 403
    done = client.post("/admin/fraud/shared/", {**said, "file": file})
    assert done.status_code == 302
    page = text(client.get(done["Location"]))
    assert "1 行保存 + 1 行隔离 = 2 行" in page
    assert "手机号码不正确" in page
    assert "13655550001" not in page
    assert client.post(done["Location"]).status_code == 302
    assert client.post(done["Location"]).status_code == 409
    assert "已销毁" in text(client.get(done["Location"]))
    with scopes.acting(estate.system()):
        assert FraudShared.objects.get().state == "ended"


def test_a_signal_is_put_to_sleep_with_reason_and_day(house: House) -> None:
    case, claim = house.suspicion()
    client = office(house.lead)
    until = (clock.local().date() + timedelta(days=20)).isoformat()
    said = {"act": "suppress", "rule": "early-claim", "reason": "团体保单转入", "until": until}
    assert client.post(at(case), {**said, "until": "2020-01-01"}).status_code == 422
    assert client.post(at(case), {**said, "rule": "own-agent"}).status_code == 422
    assert client.post(at(case), said).status_code == 302
    page = text(client.get(at(case)))
    assert "团体保单转入" in page
    with scopes.acting(estate.system()):
        assert not ContactFlag.objects.filter(subject=claim.subject_id).exists()


def test_evidence_comes_out_for_investigators_alone(house: House) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case, _claim = house.taken_case()
    client = office(house.lead)
    both = {"act": "evidence", "name": "病历", "origin": "医院"}
    assert client.post(at(case), both).status_code == 422
    upload = SimpleUploadedFile("x.pdf", b"%PDF secret")
    assert client.post(at(case), {**both, "file": upload}).status_code == 302
    with estate.acting(house.lead):
        row = case.evidence.get()
    place = f"/admin/fraud/evidence/{row.ref}/"
    assert client.post(place).content == b"%PDF secret"
    assert client.post(f"{place}check/").status_code == 302
    assert office(house.outside).post(place).status_code == 404
    assert office(house.auditor).post(place).status_code == 403
