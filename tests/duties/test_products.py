"""Products: filed and sold by four eyes, policies held against that, and reviewed when the law changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import approvals, rechecking, scopes
from access.gate import Refused
from access.law.reading import today
from access.models import Finding, RuleOverride
from access.vocabulary import Role
from custodian.jobs import JobStatus
from records.models import (
    Intermediary,
    Policy,
    Product,
    ProductBreach,
    ProductReview,
    ProductVersion,
)
from records.products import changing, checking, law_parts, reviewing
from records.products.selling import Reason, State, Suspension, Terms
from tests import estate
from tests.importing import books as importing
from tests.records import desk_estate

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
FILED = Terms(
    filed=True, filed_on=date(2020, 3, 1), filing_no="备〔2020〕1号", sold_from=date(2020, 4, 1)
)


class Cast:
    def __init__(self) -> None:
        self.first = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
        self.second = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
        self.auditor = estate.user(Role.AUDITOR, name="钱明")
        self.product = desk_estate.product()
        self.holder = estate.customer()

    def sold(self, *days: date | None, broker: str = "", product: Product | None = None) -> None:
        """One policy for each day."""
        intermediary = None
        if broker:
            intermediary = Intermediary.objects.get_or_create(
                code=broker, defaults={"name": broker}
            )[0]
        with scopes.acting(estate.system()):
            Policy.objects.bulk_create(
                Policy(
                    ref=f"p-{uuid4().hex[:12]}", subject_id=self.holder.pk, book=self.holder.book,
                    product=product or self.product, starts_on=day, intermediary=intermediary,
                    source_digest=uuid4().bytes, holding=uuid4(), epoch=1, state_mac=b"",
                )
                for day in days
            )  # fmt: skip

    def propose(self, terms: Terms, **more: Any) -> Any:
        with estate.acting(self.first, stepped_up=True) as actor:
            said = {"source": "产品部清单", "reason": "补登", **more}
            return changing.propose(self.product, terms, actor=actor, **said)

    def change(self, terms: Terms) -> None:
        self.yes(self.propose(terms))

    def yes(self, asked: Any, by: Any = None) -> None:
        with estate.acting(by or self.second, stepped_up=True) as actor:
            approvals.approve(asked, seen=asked.digest, actor=actor)

    def counts(self) -> dict[str, int]:
        rows = ProductBreach.objects.filter(product=self.product, count__gt=0)
        return dict(rows.values_list("reason", "count"))

    def page(self, person: Any = None) -> Client:
        return estate.login(Client(), person or self.first, stepped_up=True)


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.VAR = tmp_path / "var"
    return Cast()


# -- changes by two, and history ----------------------------------------------------------------


def test_it_takes_two_and_the_newest_version_holds(cast):
    asked = cast.propose(FILED)
    assert changing.terms_of(cast.product) == Terms()
    with pytest.raises(Refused):
        cast.yes(asked, by=cast.first)
    cast.yes(asked)
    cast.product.refresh_from_db()
    assert (cast.product.filed, cast.product.filing_no) == (True, FILED.filing_no)
    assert changing.terms_of(cast.product) == FILED
    later = Terms(**{**vars(FILED), "sold_until": date(2024, 1, 31)})
    cast.change(later)
    assert [each.number for each in cast.product.versions.all()] == [2, 1]
    assert changing.terms_of(cast.product) == later


def test_one_change_waits_at_a_time_and_must_change_something(cast):
    cast.propose(FILED)
    with pytest.raises(changing.Pending):
        cast.propose(Terms(**{**vars(FILED), "filing_no": "别的"}))
    cast.yes(changing.waiting(cast.product))
    with pytest.raises(changing.Unchanged):
        cast.propose(FILED)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"filing_no": ""}, "备案日和备案号"),
        ({"filed_on": None}, "备案日和备案号"),
        ({"filed": False}, "都不填"),
        ({"sold_until": date(2020, 3, 31)}, "停售日早于"),
        ({"suspensions": (Suspension(date(2021, 2, 2), date(2021, 2, 1), "x"),)}, "早于第一天"),
        ({"suspensions": (Suspension(date(2021, 2, 2), None, " "),)}, "写明理由"),
        (
            {
                "suspensions": (
                    Suspension(date(2021, 2, 2), None, "a"),
                    Suspension(date(2022, 1, 1), None, "b"),
                )
            },
            "重叠",
        ),
    ],
)
def test_what_contradicts_itself_is_not_put_up(cast, more, said):
    with pytest.raises(changing.DoesNotFit, match=said):
        cast.propose(Terms(**{**vars(FILED), **more}))


def test_history_is_only_added_to_and_a_hand_in_the_database_is_found(cast):
    cast.change(FILED)
    for sql in (
        "UPDATE records_productversion SET sold_from = '2019-01-01'",
        "DELETE FROM records_productversion",
    ):
        with (
            pytest.raises(InternalError, match="kept as it was"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert rechecking.carry_out() == 0
    Product.objects.filter(pk=cast.product.pk).update(filed=False)
    assert rechecking.carry_out() == 1


def test_the_state_of_a_day():
    held = Suspension(date(2022, 1, 1), date(2022, 1, 31), "整改")
    terms = Terms(**{**vars(FILED), "sold_until": date(2024, 1, 31), "suspensions": (held,)})
    for day, state in (
        (date(2020, 2, 29), State.NOT_FILED),
        (date(2020, 3, 15), State.PENDING),
        (date(2020, 4, 1), State.ON_SALE),
        (date(2022, 1, 31), State.SUSPENDED),
        (date(2022, 2, 1), State.ON_SALE),
        (date(2024, 1, 31), State.ON_SALE),
        (date(2024, 2, 1), State.STOPPED),
    ):
        assert terms.state(day) is state
    assert Terms().state(date(2022, 1, 1)) is State.NOT_FILED


# -- what was sold ------------------------------------------------------------------------------


def test_each_reason_is_counted_with_its_days_units_and_intermediaries(cast):
    held = Suspension(date(2022, 1, 1), date(2022, 1, 31), "整改")
    cast.sold(
        date(2020, 2, 1), date(2020, 3, 15), date(2022, 1, 1), date(2022, 1, 31), date(2022, 2, 1)
    )
    cast.sold(date(2022, 1, 10), None, broker="B1")
    cast.change(Terms(**{**vars(FILED), "suspensions": (held,)}))
    assert cast.counts() == {"not_filed": 1, "early": 2, "suspended": 3}
    row = ProductBreach.objects.get(reason="suspended")
    assert (row.first_on, row.last_on) == (held.since, held.until)
    assert row.by_intermediary == {"": 2, "B1": 1}
    assert row.by_unit == {"XZ": 3}


def test_one_that_is_not_filed_counts_every_policy_also_without_a_day(cast):
    cast.sold(date(2022, 2, 1), None)
    checking.check()
    assert cast.counts() == {"not_filed": 2}
    finding = Finding.objects.get(kind=checking.KIND)
    assert "2 份保单销售时没有备案" in finding.words


def test_a_finding_is_raised_once_grows_and_is_settled(cast):
    cast.sold(date(2022, 2, 1))
    assert checking.check() == 1
    cast.sold(date(2022, 2, 2))
    assert checking.check() == 0
    assert checking.check() == 0
    assert Finding.objects.get(kind=checking.KIND).facts["count"] == 2
    cast.change(FILED)
    assert cast.counts() == {}
    assert Finding.objects.get(kind=checking.KIND).verdict == "settled"


def test_what_an_officer_judged_comes_again_only_for_more(cast):
    cast.sold(date(2022, 2, 1))
    checking.check()
    Finding.objects.update(
        status="closed", verdict="justified", decided_by=cast.first, decided_at="2026-01-01T00:00Z"
    )
    assert checking.check() == 0
    cast.sold(date(2022, 2, 2))
    assert checking.check() == 1
    assert Finding.objects.filter(kind=checking.KIND).count() == 2


def test_the_log_says_how_many_and_only_when_it_changed(cast, entries_since):
    cast.sold(date(2022, 2, 1))
    checking.check()
    checking.check()
    estate.drain()
    leaves = [json.loads(each.leaf) for each in entries_since()]
    said = [each for each in leaves if each["what"] == "records:product:check"]
    assert [(each["product"], each["outcome"], each["count"]) for each in said] == [
        ("WL01", "not_filed", 1)
    ]


days = st.dates(date(2020, 1, 1), date(2020, 1, 12))  # few, so that edges meet


@st.composite
def sale(draw: Any) -> Terms:
    """Any terms that may be put up."""
    filed = draw(st.booleans())
    ends = sorted(draw(st.lists(days, max_size=4, unique=True)))
    spans = [Suspension(a, b, "x") for a, b in zip(ends[::2], ends[1::2], strict=False)]
    if len(ends) % 2:
        spans.append(Suspension(ends[-1], None, "x"))
    begin, end = sorted((draw(days), draw(days)))
    return Terms(
        filed=filed,
        filed_on=draw(days) if filed else None,
        filing_no="1" if filed else "",
        sold_from=draw(st.sampled_from([None, begin])),
        sold_until=draw(st.sampled_from([None, end])),
        suspensions=tuple(spans),
    )


def plainly(terms: Terms, sold: list[date | None]) -> Iterator[str]:
    """As one would reckon it on paper, day by day."""
    for day in sold:
        if not terms.filed or (day is not None and day < terms.filed_on):
            yield "not_filed"
        if day is None:
            continue
        for each in terms.suspensions:
            last = each.until or date.max
            if each.since <= day <= last:
                yield "suspended"
                break
        if terms.sold_from is not None and day < terms.sold_from:
            yield "early"
        if terms.sold_until is not None and day > terms.sold_until:
            yield "late"


def test_the_check_is_what_one_reckons_on_paper(cast):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(terms=sale(), sold=st.lists(st.one_of(st.none(), days), max_size=12))
    def same(terms: Terms, sold: list[date | None]) -> None:
        changing.check(terms)
        with scopes.acting(estate.system()):
            Policy.objects.filter(product=cast.product).delete()
        cast.sold(*sold)
        with scopes.acting(estate.system()):
            found = checking.counted(cast.product, terms)
            wrong = Policy.objects.filter(checking.breaking(terms), product=cast.product).count()
        if terms.filed:  # what the drawing paints red
            assert wrong == sum(bool(list(plainly(terms, [day]))) for day in sold)
        assert {reason.value: each.count for reason, each in found.items()} == dict(
            Counter(plainly(terms, sold))
        )

    same()


def test_an_import_is_checked_and_never_blocked(tmp_path):
    """Nobody has filed any of its products: every row is kept with its warning, and counted."""
    importing.write(tmp_path)
    run = importing.bring_in(importing.files(tmp_path))
    assert run.status == JobStatus.DONE
    assert run.warnings["product-not-filed"] > 0
    with scopes.acting(estate.system()):
        kept = Policy.objects.count()
    assert kept == sum(
        ProductBreach.objects.filter(reason="not_filed").values_list("count", flat=True)
    )
    sold = Policy.objects.order_by().values("product").distinct()
    with scopes.acting(estate.system()):
        assert Finding.objects.filter(kind=checking.KIND).count() == sold.count()


# -- the law changed ----------------------------------------------------------------------------


def override(period: str) -> None:
    RuleOverride.objects.update(until=today())
    RuleOverride.objects.create(
        rule="cn-claim-limitation", version=RuleOverride.objects.count() + 1, period=period, enabled=True,
        since=today(), reason="x", approval=approvals_row(),
    )  # fmt: skip


def approvals_row() -> Any:
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    with estate.acting(officer) as actor:
        return approvals.request("law-override", {"x": str(uuid4())}, actor=actor)


def test_the_first_look_is_a_baseline_and_a_changed_rule_opens_a_review(cast):
    assert reviewing.watch() == 0
    assert reviewing.open_review(cast.product) is None
    override("9y")
    assert reviewing.watch() == 1
    assert reviewing.watch() == 0
    row = reviewing.open_review(cast.product)
    found = law_parts.changed(row.before, row.after)
    assert found == [("retention/cn-claim-limitation", "changed")]
    sort, name, url, how = reviewing.changes_of(row)[0]
    assert (sort, how) == ("保存期限", "有变化")
    assert "cn-claim-limitation" in name
    assert url == reverse("admin:law_rule", args=["cn-claim-limitation"])


def test_it_stays_to_be_reviewed_until_an_officer_says_what_follows(cast):
    reviewing.watch()
    override("9y")
    reviewing.watch()
    row = reviewing.open_review(cast.product)
    with estate.acting(cast.first) as actor:
        with pytest.raises(reviewing.SaysNothing):
            reviewing.review(cast.product, note=" ", seen_as=reviewing.seen(row), actor=actor)
        reviewing.review(cast.product, note="不用改", seen_as=reviewing.seen(row), actor=actor)
        with pytest.raises(reviewing.NothingToReview):
            reviewing.review(cast.product, note="再来", seen_as=reviewing.seen(row), actor=actor)
    done = ProductReview.objects.get(state="done")
    assert (done.note, done.reviewed_by) == ("不用改", cast.first)
    assert reviewing.watch() == 0  # the law of now is the one that was reviewed


def test_nobody_reviews_what_changed_once_more_under_his_eyes(cast):
    reviewing.watch()
    override("9y")
    reviewing.watch()
    seen = reviewing.seen(reviewing.open_review(cast.product))
    override("8y")
    reviewing.watch()
    with estate.acting(cast.first) as actor, pytest.raises(reviewing.NothingToReview):
        reviewing.review(cast.product, note="x", seen_as=seen, actor=actor)


def test_a_short_contract_is_not_touched_by_a_rule_for_long_ones():
    with scopes.acting(estate.system()):
        long, short = law_parts.of_term(over_a_year=True), law_parts.of_term(over_a_year=False)
    assert "retention/cn-claim-long" in long
    assert "retention/cn-claim-long" not in short
    assert "clock/CN-CLAIM-30D" in short
    assert "clock/CN-PIPL-57" not in short


# -- pages --------------------------------------------------------------------------------------


def test_the_pages_show_state_breaches_history_and_review(cast):
    cast.sold(date(2020, 2, 1), date(2022, 5, 1))
    reviewing.watch()
    cast.change(FILED)
    override("9y")
    reviewing.watch()
    officer = cast.page()
    listed = officer.get(reverse("admin:products")).content.decode()
    for word in ("在售", "待复查", "销售时没有备案", "开售之前售出"):
        assert word in listed
    assert officer.get(reverse("admin:products"), {"show": "stopped"}).status_code == 200
    place = reverse("admin:product", args=["WL01"])
    shown = officer.get(place).content.decode()
    assert "<svg" in shown
    assert "2022-05" in shown
    assert "cn-claim-limitation" in shown
    row = reviewing.open_review(cast.product)
    where = reverse("admin:product_review", args=["WL01"])
    assert officer.post(where, {"seen": reviewing.seen(row), "note": ""}).status_code == 422
    assert officer.post(where, {"seen": reviewing.seen(row), "note": "不用改"}).status_code == 302
    assert officer.post(where, {"seen": reviewing.seen(row), "note": "不用改"}).status_code == 409
    assert "不用改" in officer.get(place).content.decode()
    auditor = cast.page(cast.auditor)
    assert auditor.get(place).status_code == 200
    assert auditor.post(where, {"seen": "x", "note": "x"}).status_code == 403
    assert officer.get(reverse("admin:product", args=["NONE"])).status_code == 404


def test_an_officer_puts_a_suspension_up_through_the_page(cast):
    officer, place = cast.page(), reverse("admin:product_change", args=["WL01"])
    said = {
        "filed": "on", "filed_on": "2020-03-01", "filing_no": "备1", "sold_from": "2020-04-01",
        "since0": "2022-01-01", "until0": "2021-01-01", "why0": "整改", "source": "通知", "reason": "补登",
    }  # fmt: skip
    assert "早于第一天" in officer.post(place, said).content.decode()
    assert officer.post(place, {**said, "until0": "2022-01-31"}).status_code == 302
    cast.yes(changing.waiting(cast.product))
    version = ProductVersion.objects.get()
    assert version.suspensions == [{"since": "2022-01-01", "until": "2022-01-31", "reason": "整改"}]


def test_reasons_are_those_of_the_table():
    assert set(Reason) == set(ProductBreach.Reason)
