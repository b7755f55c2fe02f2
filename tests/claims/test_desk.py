"""The desk's claims through the real pages: a journey from report to payment, scopes, and what nobody reads."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.models import Entry, User
from access.vocabulary import Role
from custodian import clock
from records import references
from records.models import Claim, ClaimDecision
from tests import estate
from tests.claims.house import House

pytestmark = pytest.mark.django_db
STORY = "下楼时踩空，左腕着地"
REASON = "属于意外医疗责任，按约定给付"


@pytest.fixture
def house():
    found = House()
    # Long enough in their posts today as well.
    User.objects.filter(pk__in=[found.second.pk, found.officer.pk]).update(
        role_since=clock.now().replace(year=2025)
    )
    return found


def browser(person, *, fresh: bool = True) -> Client:
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person, stepped_up=fresh)


def page_of(claim: Claim) -> str:
    return reverse("desk:claim", args=[claim.ref])


def report(house: House, client: Client, **more: str) -> Claim:
    body = {
        "policy": house.policy.ref, "kind": "accident", "channel": "branch",
        "occurred_on": clock.local().date().isoformat(), "description": STORY,
        "diagnosis": "桡骨骨折", **more,
    }  # fmt: skip
    answer = client.post(f"/desk/customers/{house.customer.ref}/claims/new/", body)
    assert answer.status_code == 302, answer.content.decode()
    with scopes.acting(estate.system()):
        return Claim.objects.select_related("policy__product").get(
            ref=answer.headers["Location"].split("/")[-2]
        )


def act(client: Client, claim: Claim, name: str, **more: str) -> str:
    answer = client.post(page_of(claim), {"act": name, **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_claim_from_report_to_payment(house):
    agent, handler, second = (browser(each) for each in (house.agent, house.handler, house.second))
    claim = report(house, agent)
    listed = handler.get("/desk/claims/").content.decode()
    assert claim.ref in listed
    assert "理赔核定" in listed or "补充理赔材料的通知" in listed
    assert STORY not in listed
    assert "已由您接办" in act(handler, claim, "take")

    ask = handler.post(
        f"{page_of(claim)}ask/", {"kinds": ["medical", "invoice"], "words": "住院病历"}
    )
    assert ask.status_code == 302
    said = handler.get(page_of(claim)).content.decode()
    assert "待补材料" in said
    assert "暂停计时" in said
    act(handler, claim, "receive", need="1")
    assert "材料已齐" in act(handler, claim, "waive", need="2")

    decide = f"{page_of(claim)}decide/"
    assert (
        handler.post(decide, {"kind": "approve", "amount": "0", "reasons": REASON}).status_code
        == 422
    )
    part = handler.post(decide, {"kind": "approve", "amount": "1000.555", "reasons": REASON})
    assert "金额最多两位小数" in part.content.decode()  # nothing is rounded in silence
    answer = handler.post(decide, {"kind": "approve", "amount": "6万", "reasons": REASON})
    assert answer.status_code == 302
    assert "由另一人复核" in handler.get(page_of(claim)).content.decode()

    assert claim.ref in second.get("/desk/claims/").content.decode()
    before = second.get(page_of(claim)).content.decode()
    assert "先揭示金额与理由，再复核" in before
    assert "60000" not in before
    shown = second.post(
        f"{page_of(claim)}reveal/",
        {"element": ["claim.decided_amount", "claim.decision_reasons"], "purpose": "claim"},
    ).content.decode()
    assert "60,000.00" in shown
    assert REASON in shown
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', shown)[1]
    # The lit page lies at another address than the one where its forms are heard.
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', shown.partition("<main")[2])
    assert forms
    assert [each for each in forms if f'action="{page_of(claim)}"' not in each] == []
    assert "已批准并生效" in act(second, claim, "approve", decision="1", digest=digest)

    pay = handler.get(f"{page_of(claim)}pay/").content.decode()
    assert "6222020000006217" not in pay
    body = {"account": "1", "paid_on": clock.local().date().isoformat(), "reference": "FT-0042"}
    assert handler.post(f"{page_of(claim)}pay/", body).status_code == 302
    done = handler.get(page_of(claim)).content.decode()
    assert "已给付" in done
    for value in (STORY, REASON, "60000", "FT-0042", "住院病历"):
        assert value not in done


def test_the_proposer_cannot_approve_by_hand_made_requests(house):
    """A22: the form is not shown to him, and a request without it is refused and on record."""
    handler = browser(house.handler)
    claim = report(house, browser(house.agent))
    act(handler, claim, "take")
    handler.post(
        f"{page_of(claim)}decide/", {"kind": "reject", "ground": "excluded", "reasons": REASON}
    )
    with scopes.acting(estate.system()):
        decision = ClaimDecision.objects.select_related("approval").get(claim=claim)
    mark = Entry.objects.newest_index()
    answer = handler.post(
        page_of(claim), {"act": "approve", "decision": "1", "digest": decision.approval.digest}
    )
    assert answer.status_code == 403
    entry = Entry.objects.filter(id__gt=mark, outcome="denied").get()
    assert "own-request" in entry.leaf
    with scopes.acting(estate.system()):
        assert Claim.objects.get(pk=claim.pk).status == "examining"


def test_without_a_fresh_code_nobody_approves(house):
    handler, second = browser(house.handler), browser(house.second, fresh=False)
    claim = report(house, browser(house.agent))
    act(handler, claim, "take")
    handler.post(
        f"{page_of(claim)}decide/", {"kind": "approve", "amount": "60000", "reasons": REASON}
    )
    with scopes.acting(estate.system()):
        digest = ClaimDecision.objects.select_related("approval").get(claim=claim).approval.digest
    answer = second.post(page_of(claim), {"act": "approve", "decision": "1", "digest": digest})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (
        302, "/accounts/step-up/",
    )  # fmt: skip


def test_a_claim_of_somebody_out_of_reach_looks_like_none(house):
    far = estate.user(Role.CLAIMS_HANDLER, unit_=estate.unit("NJ"))
    client = browser(far)
    claim = report(house, browser(house.agent))
    mark = Entry.objects.newest_index()
    for place in ("", "ask/", "decide/", "pay/", "reveal/"):
        there = client.get(f"{page_of(claim)}{place}")
        nowhere = client.get(f"/desk/claims/{references.new_claim()}/{place}")
        assert (there.status_code, nowhere.status_code) == (404, 404), place
    assert client.post(page_of(claim), {"act": "take"}).status_code == 404
    assert Entry.objects.filter(id__gt=mark, outcome="denied").count() == 11
    assert claim.ref not in client.get("/desk/claims/").content.decode()


def test_an_agent_follows_her_customers_claims_and_does_nothing_to_them(house):
    agent = browser(house.agent)
    claim = report(house, agent, channel="agent")
    assert claim.ref in agent.get("/desk/claims/").content.decode()
    assert agent.get(page_of(claim)).status_code == 200
    for name in ("take", "complete", "notice"):
        assert agent.post(page_of(claim), {"act": name}).status_code == 403
    for place in ("ask/", "decide/", "pay/"):
        assert agent.get(f"{page_of(claim)}{place}").status_code == 403
    other = browser(estate.user(Role.AGENT, unit_=house.unit, name="王磊"))
    assert other.get(page_of(claim)).status_code == 404


def test_unknown_acts_and_parameters_are_refused(house):
    handler = browser(house.handler)
    claim = report(house, browser(house.agent))
    assert handler.post(page_of(claim), {"act": "delete"}).status_code == 400
    assert handler.post(page_of(claim), {"act": "take", "x": "1"}).status_code == 400
    assert handler.get(f"{page_of(claim)}?show=all").status_code == 400
    assert handler.post(page_of(claim), {"act": "receive", "need": "1"}).status_code in {302, 400}


def test_what_is_written_is_text_and_nothing_else(house):
    """A14: markup, line breaks and direction marks in what people write stay what they are."""
    story = "<script>alert(1)</script>\r\n\u202e{{ 7*7 }}"
    claim = report(house, browser(house.agent), description=story)
    handler = browser(house.handler)
    act(handler, claim, "take")
    shown = handler.post(
        f"{page_of(claim)}reveal/", {"element": ["claim.description"], "purpose": "claim"}
    ).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "{{ 7*7 }}" in shown


def test_the_look_of_a_handler_is_explained_by_the_claim(house):
    from access.audits.explaining import NOTHING, WORK
    from access.models import WorkItem
    from records.claim_handling import filing

    claim = report(house, browser(house.agent))
    handler = browser(house.handler)
    act(handler, claim, "take")
    with scopes.acting(estate.system()):
        item = WorkItem.objects.get(pk=Claim.objects.get(pk=claim.pk).item_id)
    assert (item.kind, item.user, item.opened_by) == ("claim", house.handler, None)
    assert (WORK, NOTHING, filing.SYSTEM) == ("work", "", "claims")
