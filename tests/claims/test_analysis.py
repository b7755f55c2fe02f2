"""The analysis: right numbers, no small ones, no values; and the officer's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from access import scopes
from access.models import Approval
from custodian import clock
from records.claim_handling import analysis, drawing, examining, small_numbers
from records.claim_handling.analysis import Case
from records.models import Claim
from tests import estate
from tests.claims.house import REASONS, STORY, House
from tests.records import desk_estate

pytestmark = pytest.mark.django_db

CASE = Case("k-1", "medical", 1, 1, False, "", 10.0, 0.0, False, 0, False)


def many(count: int, **more) -> list[Case]:
    return [replace(CASE, ref=f"k-{at}", **more) for at in range(count)]


# -- small numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], []),
        ([0, 12, 30], [0, 12, 30]),
        ([3, 5, 30], [None, None, 30]),
        ([3, 12, 30], [None, None, 30]),
        ([3, 0, 0], [None, 0, 0]),
        ([9, 10], [None, None]),
    ],
)
def test_a_small_count_is_hidden_and_cannot_be_worked_out(counts, told):
    assert small_numbers.told(counts) == told


def test_shares_and_grounds_of_few_are_not_told():
    found = [
        *many(40, unit=1), *many(3, unit=1, refused=True, ground="excluded"),
        *many(20, unit=2), *many(20, unit=2, refused=True, ground="not-covered"),
        *many(4, unit=3),
    ]  # fmt: skip
    few, large, tiny = (
        analysis.by_unit(found)[0],
        analysis.by_unit(found)[1],
        analysis.by_unit(found)[2],
    )
    assert (few.decided_told, few.refused_told, few.share, few.ground_words) == (43, None, None, [])
    # The one whose share could be told goes with it: the total would tell the small one.
    assert (large.refused_told, large.share) == (None, None)
    assert (tiny.decided_told, tiny.refused_told) == (None, 0)


def test_a_unit_that_refuses_far_more_than_the_house_is_marked():
    found = [
        *many(200, unit=1), *many(12, unit=1, refused=True, ground="excluded"),
        *many(10, unit=2), *many(30, unit=2, refused=True, ground="not-covered"),
    ]  # fmt: skip
    first, second = analysis.by_unit(found)
    assert (first.unusual, second.unusual) == (False, True)
    assert second.share == 0.75
    assert [count for _words, count in second.ground_words] == [30]


# -- durations ----------------------------------------------------------------------------------


def test_slow_ones_are_named_with_why():
    found = [*many(20, days=4.0), replace(CASE, ref="k-slow", days=20.0, waited=7.0, handed_on=2),
             replace(CASE, ref="k-late", days=31.0, imported=True)]  # fmt: skip
    late, slow = analysis.outliers(found, 30)
    assert (late.ref, slow.ref) == ("k-late", "k-slow")
    assert any("法定的 30 天" in each for each in late.why)
    assert any("只知日期" in each for each in late.why)
    assert [
        any(word in each for each in slow.why) for word in ("一般 4 天", "等材料 7 天", "转办 2 次")
    ] == [True] * 3


def test_a_contracts_own_days_are_the_measure_of_its_claims():
    assert analysis.outliers([replace(CASE, days=40.0, contract_days=45)], 30) == []
    (found,) = analysis.outliers([replace(CASE, days=50.0, contract_days=45)], 30)
    assert "合同约定的 45 天" in found.why[0]


def test_what_is_drawn_stays_on_the_paper():
    spread = analysis.Spread("R", "核定", 30, 10, 1, 0.1, 0.4, 0.9, 7.0)
    (band,) = drawing.bands([spread])
    assert drawing.LEFT < band.box_x < band.middle_x < band.most_x < drawing.WIDTH
    assert (spread.middle_days, round(spread.on_time, 1)) == ("12.0", 0.9)


def test_handled_and_imported_claims_are_counted_with_their_days():
    house = House()
    claim = house.taken(occurred_on=None)
    with clock.at(clock.now() + timedelta(days=6)):
        house.propose(claim)
    old = desk_estate.claim(house.customer, house.policy)
    with scopes.acting(estate.system()):
        today = clock.local().date()
        Claim.objects.filter(pk=old.pk).update(
            status="rejected",
            reported_on=today - timedelta(days=50),
            decided_on=today - timedelta(days=10),
        )
        with clock.at(clock.now() + timedelta(days=7)):
            found = {each.ref: each for each in analysis.cases(12)}
            spreads = analysis.spreads(
                list(found.values()),
                lambda rule: (rule, 30),
                since=clock.now() - timedelta(days=365),
            )
    assert round(found[claim.ref].days or 0) == 6
    assert (found[old.ref].days, found[old.ref].refused, found[old.ref].imported) == (
        40,
        True,
        True,
    )
    decision = next(each for each in spreads if each.rule == "CN-CLAIM-30D")
    assert (decision.count, decision.late) == (2, 1)


# -- pages --------------------------------------------------------------------------------------


@pytest.fixture
def office():
    house = House()
    house.client = estate.login(
        Client(headers={"accept-language": "zh-hans"}), house.officer, stepped_up=True
    )
    return house


def test_the_officers_pages_show_clocks_and_no_value(office):
    claim = office.taken(occurred_on=None)
    office.reject(claim)
    for place in (
        "/admin/claims/",
        "/admin/claims/analysis/",
        "/admin/claims/analysis/?months=36",
        "/admin/claims/terms/",
        "/admin/",
    ):
        answer = office.client.get(place)
        assert answer.status_code == 200, place
        text = answer.content.decode()
        for value in (STORY, REASONS, "张三丰", estate.ZHANG["identity.id_number"]):
            assert value not in text
    assert claim.ref in office.client.get("/admin/claims/").content.decode()
    with clock.at(clock.now() + timedelta(days=40)):
        # The browser's session is over by then; the rows are asked for as the page does.
        from records.claim_handling import worklist

        with estate.acting(office.officer) as actor:
            assert [each.ref for each in worklist.by_urgency(worklist.open_ones(actor))] == [
                claim.ref
            ]


def test_the_morning_says_what_is_late(office):
    claim = office.taken(occurred_on=None)
    with scopes.acting(estate.system()):
        from records.models import ClaimStep

        assert ClaimStep.objects.filter(claim=claim).exists()
    assert "没有临近或逾期的赔案" in office.client.get("/admin/").content.decode()


def test_the_limit_is_changed_on_its_page_by_two(office):
    place = "/admin/claims/terms/house/"
    assert "50000.00" in office.client.get(place).content.decode()
    wrong = office.client.post(place, {"limit": "viel", "reason": "收紧"})
    assert wrong.status_code == 422
    same = office.client.post(place, {"limit": "50000", "refusals": "on", "reason": "收紧"})
    assert "与现行规定没有不同" in same.content.decode()
    done = office.client.post(place, {"limit": "2万", "refusals": "on", "reason": "收紧"})
    assert done.status_code == 302
    approval = Approval.objects.get(kind="claim-terms")
    assert approval.payload["terms"]["limit"] == "20000.00"
    shown = office.client.get(done.headers["Location"]).content.decode()
    assert "50,000.00 元 → 20,000.00 元" in shown
    assert office.client.get("/admin/claims/terms/none/").status_code == 404


def test_the_officer_reads_before_he_approves(office):
    claim = office.taken(occurred_on=None)
    decision = office.reject(claim)
    page = office.client.get(f"/admin/approvals/{decision.approval.ref}/").content.decode()
    assert "不予给付的一律由第二人复核" in page
    assert f"/desk/claims/{claim.ref}/" in page
    shown = office.client.post(
        f"/desk/claims/{claim.ref}/reveal/",
        {"element": ["claim.decision_reasons"], "purpose": "compliance"},
    ).content.decode()
    assert REASONS in shown
    assert 'name="digest"' in shown
    assert date.today()
    assert examining.PURPOSE == "claim"
