"""Agreements: whole before anybody may say yes, four eyes at each turn, reviewed, over to the second, proven."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from access import approvals, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from custodian import clock
from custodian.crypto.errors import OpenFailed
from tests import estate
from tests.partners.house import paper, terms
from transfers.agreements import approving, drafting, ending, papers, reviewing
from transfers.agreements import terms as terms_
from transfers.agreements.terms import Sub
from transfers.models import Agreement, AgreementPaper

pytestmark = pytest.mark.django_db(transaction=True)


def codes(agreement):
    return {each.code for each in drafting.lacking_now(agreement)}


def test_an_agreement_counts_from_the_second_yes_and_not_before(house):
    agreement = house.draft()
    assert codes(agreement) == set()
    approval = house.ask(agreement)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.is_running) == ("asked", False)
    with pytest.raises(Refused):
        house.decide(approval, by=house.officers[0])
    agreement.refresh_from_db()
    assert not agreement.is_running
    house.decide(approval)
    agreement.refresh_from_db()
    assert agreement.is_running
    assert approving.is_as_agreed(agreement)
    assert agreement.review_on == reviewing.one_year_after(agreement.since)


@pytest.mark.parametrize("part", ["entrusted", "provided", "joint"])
def test_each_clause_that_the_law_requires_is_required(house, part):
    for term in terms_.required(part):
        left = tuple(t.code for t in terms_.required(part) if t is not term)
        assert codes(house.draft(part=part, settled=left)) == {term.code}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"elements": ()}, "elements"),
        ({"elements": ("policy.query_password",)}, "never-shown"),
        ({"purpose": "sharing"}, "our-purpose"),
        ({"part": "provided", "purpose": "claim"}, "own-purpose"),
        ({"since": "2026-01-01", "until": "2025-12-31"}, "term"),
        ({"until": "2099-01-01"}, "too-long"),
        ({"assessed_on": ""}, "assessment"),
        ({"assessed_on": "2099-01-01"}, "assessment"),
        ({"assessed": "failed"}, "assessment-failed"),
        ({"impact": False}, "pipia"),
        ({"tell_whom": ""}, "incident"),
        ({"tell_hours": 200}, "incident"),
        ({"subs": [asdict(Sub(name="示例云", work="短信"))]}, "sub-consent"),
    ],
)
def test_what_is_missing_is_named_and_stops_it(house, more, code):
    agreement = house.draft(**more)
    assert code in codes(agreement)
    with pytest.raises(drafting.Incomplete):
        house.ask(agreement)
    agreement.refresh_from_db()
    assert agreement.status == "draft"


def test_without_its_papers_nothing_comes_into_force(house):
    agreement = house.draft(with_papers=False)
    assert codes(agreement) == {"contract", "assessment-paper"}
    with pytest.raises(drafting.Incomplete):
        house.ask(agreement)


def test_a_paper_of_another_agreement_does_not_count(house):
    other = house.draft()
    stolen = terms_.Terms.read(other.draft).contract
    agreement = house.draft(with_papers=False)
    with estate.acting(house.officers[0]) as actor:
        drafting.save_draft(agreement, terms(contract=stolen), actor=actor)
    assert "contract" in codes(agreement)


def test_a_change_counts_with_the_second_yes_and_the_former_terms_until_then(house):
    agreement = house.agree()
    approval = house.change(agreement, elements=("identity.name",))
    agreement.refresh_from_db()
    assert agreement.terms["elements"] == ["identity.name", "identity.mobile"]
    assert agreement.is_running
    house.decide(approval)
    agreement.refresh_from_db()
    assert agreement.terms["elements"] == ["identity.name"]
    assert agreement.versions.count() == 2
    assert approving.is_as_agreed(agreement)


def test_a_draft_that_was_edited_under_the_approval_is_not_agreed_to(house):
    agreement = house.draft()
    approval = house.ask(agreement)
    draft = {**agreement.draft, "elements": ["identity.id_number"]}
    Agreement.objects.update(draft=draft)
    with pytest.raises(ContentChanged):
        house.decide(approval)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: {"until": a.until + timedelta(days=900)},
        lambda a: {"terms": {**a.terms, "elements": ["identity.id_number"]}},
        lambda a: {"part": "joint"},
    ],
)
def test_terms_that_were_edited_by_hand_are_found(house, change):
    agreement = house.agree()
    with scopes.acting(estate.system()):
        assert list(approving.altered()) == []
        Agreement.objects.update(**change(agreement))
        agreement.refresh_from_db()
        assert not approving.is_as_agreed(agreement)
        assert len(list(approving.altered())) == 1


def test_it_is_over_to_the_second(house):
    agreement = house.agree()
    midnight = datetime.combine(agreement.until + timedelta(days=1), time(), tzinfo=clock.OFFICE)
    for moment, running in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        with clock.at(moment):
            assert agreement.is_running is running
            assert Agreement.objects.running().exists() is running
            assert Agreement.objects.unproven().exists() is not running


def test_an_early_end_takes_two_and_counts_at_once(house):
    agreement = house.agree()
    with estate.acting(house.officers[0]) as actor:
        approval = ending.ask_end(agreement, reason="不再合作", actor=actor)
    with pytest.raises(Refused):
        house.decide(approval, by=house.officers[0])
    agreement.refresh_from_db()
    assert agreement.is_running
    house.decide(approval)
    agreement.refresh_from_db()
    assert (agreement.is_running, agreement.is_over) == (False, True)


def test_proof_of_return_or_deletion_comes_after_the_end_and_ends_the_reminder(house):
    agreement = house.agree()
    with pytest.raises(ending.NotOver):
        house.prove(agreement)
    assert AgreementPaper.objects.filter(kind="proof").count() == 0
    house.end(agreement)
    assert list(Agreement.objects.unproven()) == [agreement]
    house.prove(agreement)
    assert not Agreement.objects.unproven().exists()
    with pytest.raises(ending.NotOver):
        house.prove(agreement)


def test_a_review_moves_the_next_one_by_a_year_at_most(house):
    agreement = house.agree()
    today = clock.local().date()
    with estate.acting(house.officers[0]) as actor:
        terms_of = {"result": "good", "note": "看过日志", "actor": actor}
        with pytest.raises(reviewing.BadDay):
            reviewing.review(agreement, next_on=today + timedelta(days=367), **terms_of)
        reviewing.review(agreement, next_on=today + timedelta(days=90), **terms_of)
    assert agreement.review_on == today + timedelta(days=90)
    with clock.at(clock.now() + timedelta(days=91)):
        assert reviewing.is_overdue(agreement)


def test_a_paper_is_kept_sealed_and_opens_only_as_it_was_filed(house):
    agreement = house.draft(with_papers=False)
    with estate.acting(house.officers[0]) as actor:
        filed = papers.file(agreement, paper(b"secret words of the contract"), kind="contract", actor=actor)  # fmt: skip
    filed.refresh_from_db()
    assert b"secret words" not in bytes(filed.body)
    assert b"".join(papers.read(filed)) == b"secret words of the contract"
    filed.body = bytes(filed.body)[:-1] + bytes([bytes(filed.body)[-1] ^ 1])
    with pytest.raises(OpenFailed):
        b"".join(papers.read(filed))


def test_the_log_says_who_agreed_to_which_digest(house, entries_since):
    agreement = house.agree()
    estate.drain()
    leaves = [json.loads(each.leaf) for each in entries_since()]
    asked = [e for e in leaves if e.get("agreement") == agreement.code and e.get("did") == "ask"]
    said = [e for e in leaves if e["what"] == "transfers:agreement:approve"]
    assert asked[0]["digest"] == said[0]["digest"] == agreement.approval.digest
    assert "定损" not in json.dumps(leaves, ensure_ascii=False)


def test_an_officer_drafts_files_and_asks_through_the_pages(house):
    officer = estate.login(Client(), house.officers[0])
    page = reverse("admin:agreement_new", args=[house.party.ref])
    form = officer.get(page).content.decode()
    assert 'name="settled"' in form
    said = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(terms()).items()
        if name not in {"subs", "papers", "contract", "assessment", "pipia"}
    }
    answer = officer.post(page, said)
    assert answer.status_code == 302
    agreement = Agreement.objects.get()
    shown = officer.get(answer["Location"]).content.decode()
    assert "没有归档合同" in shown
    place = reverse("admin:agreement_papers", args=[agreement.ref])
    picture = _png()
    for kind in ("contract", "assessment"):
        file = SimpleUploadedFile("a.png", picture, content_type="image/png")
        assert officer.post(place, {"kind": kind, "paper": file}).status_code == 302
    shown = officer.get(answer["Location"]).content.decode()
    assert "没有归档" not in shown
    assert f"about={agreement.code}" in shown  # the way to its impact assessment
    assert "还没有个人信息保护影响评估" in shown
    house.assess(agreement)
    act = reverse("admin:agreement_act", args=[agreement.ref])
    assert officer.post(act, {"act": "ask"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.status == "asked"
    second = estate.login(Client(), house.officers[1], stepped_up=True)
    described = second.get(reverse("admin:approval", args=[agreement.approval.ref]))
    assert "事故车维修" in described.content.decode()
    approved = second.post(
        reverse("admin:approval", args=[agreement.approval.ref]),
        {"act": "approve", "digest": agreement.approval.digest},
    )
    assert approved.status_code == 302
    agreement.refresh_from_db()
    assert agreement.is_running
    kept = AgreementPaper.objects.first()
    assert officer.get(reverse("admin:agreement_paper", args=[kept.ref])).status_code == 200


def _png() -> bytes:
    picture = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 300, 200), fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_the_rules_of_approval_know_the_kinds():
    for kind in (drafting.KIND, ending.END):
        assert "compliance_officer" in approvals.rule_for(kind).approvers
