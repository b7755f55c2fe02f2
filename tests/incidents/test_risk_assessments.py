"""Assessments: the arithmetic adds up, counts are those that were planted, and two sign what was asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from access import gate, scopes
from access.models import Finding, Subject, Unit
from custodian import clock
from incidents.models import Incident, RiskAssessment
from incidents.risks import assessing, counting, questionnaires, scoring
from incidents.risks.counting import Scope
from incidents.risks.questionnaires import MOST, parsed
from incidents.risks.scoring import Line
from incidents.risks.wording import FileRefused
from records.models import (
    Book,
    Claim,
    ContactFlag,
    Customer,
    CustomerRequest,
    MergeCase,
    Policy,
    Product,
    QuarantinedRow,
)
from tests import estate
from tests.incidents.risk_office import DAY, Office, today

FORM = questionnaires.newest("customers")
KINDS = ("customers", "products", "market")

# Arithmetic


@given(
    st.lists(st.tuples(st.integers(0, MOST), st.integers(1, 9)), min_size=1, max_size=20),
)
def test_the_score_is_the_weighted_mean_of_its_lines(pairs: list[tuple[int, int]]) -> None:
    lines = [Line(str(n), "", points, weight) for n, (points, weight) in enumerate(pairs)]
    found = scoring.total(FORM, lines)
    mean = sum(points * weight for points, weight in pairs) / sum(weight for _p, weight in pairs)
    assert abs(float(found.score) - mean / MOST * 100) <= 0.005 + 1e-9
    assert 0 <= found.score <= 100
    assert found.points == sum(each.product for each in found.lines)
    assert found.most == sum(each.most for each in found.lines)
    ends = {each.code: each.upto for each in FORM.classes}
    lower = [upto for upto in ends.values() if upto < ends[found.result]]
    assert max(lower, default=-1) < found.score <= ends[found.result]


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_in_percent_with_two_decimals(number: int, base: int) -> None:
    found = scoring.value_of(number, base)
    assert found is not None
    assert abs(found - Decimal(number) * 100 / base) <= Decimal("0.005")


def test_of_nothing_there_is_no_share_and_it_weighs_nothing() -> None:
    assert scoring.value_of(0, 0) is None
    assert scoring.value_of(7, None) == 7
    assert all(each.points(None) == 0 for each in FORM.indicators)


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_more_is_never_less_points(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for each in FORM.indicators:
        assert each.points(low) <= each.points(high) <= MOST


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_of_every_questionnaire_can_be_reckoned(kind: str) -> None:
    form = questionnaires.newest(kind)
    worst = {
        each.code: max(each.options, key=lambda one: one.points).code for each in form.questions
    }
    values = {each.code: each.steps[-1] for each in form.indicators}
    assert scoring.outcome(form, worst, values).score > 90
    assert set(values) <= set(counting.WORDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 2", "weight: 0"),
        ("upto: 100", "upto: 99"),
        ("points: 4", "points: 5"),
        ("steps: [1, 3, 6, 10]", "steps: [1, 3, 3, 10]"),
        ("{code: restricted,", "{code: unheard_of,"),
        ("code: vulnerable", "code: channel"),
    ],
)
def test_a_file_that_is_wrong_is_refused(old: str, new: str) -> None:
    text = (questionnaires._FOLDER / "customers-2.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(FileRefused):
        parsed(text.replace(old, new, 1), "customers", 2)


# Counts

pytestmark = pytest.mark.django_db(transaction=True)


def planted(count: int, unit: Unit, book: Book, **more: Any) -> list[Customer]:
    """Bare rows: nothing of them is looked at but that they are there."""
    made = []
    for number in range(count):
        subject = Subject.objects.create(unit=unit, **more)
        digest = f"{book.pk}-{subject.pk}-{number}".encode()[:16]
        made.append(Customer.objects.create(subject=subject, book=book, source_digest=digest))
    return made


class Estate:
    """Sixty customers of one book and unit, ten of another; of each thing a known number."""

    def __init__(self) -> None:
        self.here, self.there = estate.unit("XZ"), estate.unit("SZ")
        self.book, self.other = estate.book("QH"), estate.book("LJ")
        self.product = Product.objects.create(code="Z1", name="重疾险")
        with scopes.acting(estate.system()):
            self.customers = planted(57, self.here, self.book)
            self.customers += planted(3, self.here, self.book, status="restricted")
            self.few = planted(10, self.there, self.other)
            planted(5, self.here, self.book, status="destroyed")
            planted(2, self.here, self.book, honey=True)
            self.requests()
            self.doubts()
            self.policies()

    def requests(self) -> None:
        inside, outside = clock.now() - 10 * DAY, clock.now() - 500 * DAY
        for person, kind, at in (
            (self.customers[0], "complaint", inside), (self.customers[1], "complaint", inside),
            (self.customers[2], "complaint", outside), (self.few[0], "complaint", inside),
            (self.customers[3], "fraud_call", inside),
        ):  # fmt: skip
            CustomerRequest.objects.create(
                subject=person.subject, kind=kind, came_by="phone", office="service", received_at=at
            )

    def doubts(self) -> None:
        """Five people: a pair, another one of whom is flagged as well, and one who is flagged alone."""
        one, two, three, four, five = self.customers[10:15]
        pair = {"agrees": ["identity.name"], "source": "QH"}
        MergeCase.objects.create(subject=one.subject, other=two.subject, **pair)
        MergeCase.objects.create(subject=three.subject, other=four.subject, **pair)
        for person in (four, five):
            ContactFlag.objects.create(subject=person.subject, contact="mobile", why="staff")
        over = {"until": clock.now(), "why": "staff", "contact": "mobile"}
        ContactFlag.objects.create(subject=self.customers[15].subject, **over)

    def policies(self) -> None:
        self.held = [
            Policy.objects.create(
                subject=person.subject, book=self.book, product=self.product,
                status="terminated" if number < 4 else "in_force", source_digest=f"p{number}".encode(),
            )
            for number, person in enumerate(self.customers[:20])
        ]  # fmt: skip
        for number, (reported, decided, status) in enumerate(
            [(5, 2, "paid"), (30, 9, "rejected"), (40, None, "examining"), (700, 690, "rejected")]
        ):
            Claim.objects.create(
                subject=self.held[number].subject, policy=self.held[number], status=status,
                reported_on=today() - reported * DAY, source_digest=b"c",
                decided_on=today() - decided * DAY if decided else None,
            )  # fmt: skip

    def scope(self, **more: Any) -> Scope:
        return Scope(today() - 365 * DAY, today(), **more)


@pytest.fixture
def planted_estate() -> Estate:
    return Estate()


@pytest.fixture
def office() -> Office:
    return Office()


def numbers(kind: str, scope: Scope) -> dict[str, tuple[int, int | None]]:
    found = counting.count(questionnaires.newest(kind), scope)
    return {each.code: (each.number, each.base) for each in found}


def test_counts_of_customers_are_those_that_were_planted(planted_estate: Estate) -> None:
    found = numbers("customers", planted_estate.scope(book=planted_estate.book))
    assert found == {
        "restricted": (3, 60),
        "complaints": (2, 60),
        "corrections": (0, 60),
        "doubts": (5, 60),
        "quarantined": (0, 60 + 5 + 2 + 20),
    }


def test_the_whole_is_counted_where_no_segment_is_named(planted_estate: Estate) -> None:
    found = numbers("customers", planted_estate.scope())
    assert (found["restricted"], found["complaints"]) == ((3, 70), (3, 70))


def test_counts_of_a_product_are_those_that_were_planted(planted_estate: Estate) -> None:
    found = numbers("products", planted_estate.scope(product=planted_estate.product))
    assert found == {"claims": (3, 20), "rejected": (1, 2), "terminated": (4, 20)}


def test_counts_of_the_market_are_those_that_were_planted(
    planted_estate: Estate, office: Office
) -> None:
    Finding.objects.create(kind="honey", severity="low", summary="x")
    with scopes.acting(estate.system()):
        for number, (status, at) in enumerate([("closed", 3), ("closed", 900), ("open", 0)]):
            moment = clock.now() - at * DAY
            ended = {"handled_at": moment, "closed_at": moment} if status == "closed" else {}
            Incident.objects.create(
                code=f"I-2026-{number:03}", kind="other", title="示例", status=status, aware_at=moment,
                opened_by=office.officer, **ended,
            )  # fmt: skip
    found = numbers("market", planted_estate.scope())
    assert found["incidents"] == (1, None), "an open case is for its group to know"
    assert found["findings"] == (1, None)
    assert found["fraud_calls"] == (1, 70)


def test_quarantined_rows_of_the_book_are_counted(planted_estate: Estate) -> None:
    from records.models import ImportRun

    with scopes.acting(estate.system()):
        run = ImportRun.objects.create(book=planted_estate.book)
        for number, status in enumerate(("open", "open", "fixed")):
            QuarantinedRow.objects.create(
                run=run, book=planted_estate.book, kind="customer", sheet=1, number=number, reasons=[],
                row_digest=f"r{number}".encode(), row_sealed=b"x", status=status,
            )  # fmt: skip
    found = numbers("customers", planted_estate.scope(book=planted_estate.book))
    assert found["quarantined"] == (2, 2 + 67 + 20)


def test_a_segment_of_few_is_refused(planted_estate: Estate) -> None:
    for segment in ({"book": planted_estate.other}, {"unit": planted_estate.there}):
        with pytest.raises(counting.SegmentTooSmall):
            numbers("customers", planted_estate.scope(**segment))


# Signing


def begin(office: Office, **more: Any) -> RiskAssessment:
    said = {"kind": "market", "since": today() - 365 * DAY, "until": today(), **more}
    with estate.acting(office.officer) as actor:
        return assessing.begin(said.pop("kind"), **said, actor=actor)


def answers(row: RiskAssessment) -> dict[str, str]:
    return {each.code: each.options[0].code for each in assessing.form_of(row).questions}


def put_up(office: Office, row: RiskAssessment) -> Any:
    with estate.acting(office.officer) as actor:
        assessing.answer(row, answers(row), summary="平稳", actor=actor)
        return assessing.put_up(row, actor=actor)


def test_somebody_else_signs_what_was_reckoned(office: Office) -> None:
    row = begin(office)
    asked = put_up(office, row)
    with pytest.raises(gate.Refused):
        office.approve(asked, office.officer)
    office.approve(asked, office.auditor)
    row.refresh_from_db()
    assert row.state == "signed"
    assert row.signed_at is not None
    found = scoring.total(assessing.form_of(row), assessing.lines(row))
    assert (found.score, found.result) == (row.score, row.result)


def test_what_is_signed_or_counted_is_kept(office: Office) -> None:
    row = begin(office)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        RiskAssessment.objects.filter(pk=row.pk).update(numbers=[])
    office.approve(put_up(office, row), office.second)
    with pytest.raises(DatabaseError, match="kept as it was"), transaction.atomic():
        RiskAssessment.objects.filter(pk=row.pk).update(summary="x")
    with estate.acting(office.officer) as actor, pytest.raises(assessing.PutUp):
        assessing.answer(row, {}, summary="", actor=actor)


def test_it_is_not_put_up_before_every_question_is_answered(office: Office) -> None:
    row = begin(office)
    with estate.acting(office.officer) as actor:
        assessing.answer(row, {"law": "some", "made_up": "x"}, summary="", actor=actor)
        with pytest.raises(assessing.Unanswered):
            assessing.put_up(row, actor=actor)
    row.refresh_from_db()
    assert (row.state, row.answers) == ("draft", {"law": "some"})


def test_what_changed_after_it_was_put_up_is_not_signed(office: Office) -> None:
    row = begin(office)
    asked = put_up(office, row)
    RiskAssessment.objects.filter(pk=row.pk).update(summary="改过")
    with pytest.raises(assessing.Altered):
        office.approve(asked, office.second)


def test_what_was_returned_is_filled_in_again(office: Office) -> None:
    from access import approvals

    row = begin(office)
    asked = put_up(office, row)
    with estate.acting(office.second, stepped_up=True) as actor:
        approvals.send_back(asked, seen=asked.digest, note="说明太短", actor=actor)
    row.refresh_from_db()
    assert (row.state, row.approval) == ("draft", None)
    office.approve(put_up(office, row), office.second)


def test_an_old_one_keeps_its_version_and_is_compared(office: Office, monkeypatch: Any) -> None:
    planted_estate = Estate()
    old_form = questionnaires.of("customers", 1)
    with monkeypatch.context() as then:
        then.setattr(questionnaires, "newest", lambda _kind: old_form)
        with clock.at(clock.now() - timedelta(days=20)):
            old = begin(
                office, kind="customers", book=planted_estate.book, until=today(),
                since=today() - 90 * DAY,
            )  # fmt: skip
            office.approve(put_up(office, old), office.second)
    new = begin(office, kind="customers", book=planted_estate.book)
    assert (old.version, new.version) == (1, 2)
    assert list(assessing.earlier(new)) == [old]
    assert list(assessing.earlier(begin(office, kind="customers"))) == []
    assert assessing.form_of(old) == old_form
    assert assessing.is_as_asked(old)
    RiskAssessment.objects.filter(pk=new.pk).update(answers={"channel": "own"})
    old.digest = "0" * 64
    assert not assessing.is_as_asked(old)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "products"},
        {"kind": "market", "unit": "XZ"},
        {"kind": "customers", "product": "Z1"},
    ],
)
def test_each_kind_is_of_its_own_thing(office: Office, wrong: dict[str, Any]) -> None:
    things = {
        "unit": lambda: estate.unit("XZ"),
        "product": lambda: Product.objects.create(code="Z1", name="重疾险"),
    }
    more = {name: things[name]() for name in wrong if name != "kind"}
    with pytest.raises(assessing.BadScope):
        begin(office, kind=wrong["kind"], **more)


def test_the_window_looks_back(office: Office) -> None:
    for since, until in ((today(), today()), (today() - DAY, today() + DAY)):
        with pytest.raises(assessing.BadWindow):
            begin(office, since=since, until=until)
    row = begin(office)
    with pytest.raises(IntegrityError, match="looks_back"), transaction.atomic():
        RiskAssessment.objects.bulk_create([RiskAssessment(
            kind="market", version=1, digest="x", since=row.until, until=row.since, begun_by=office.officer,
        )])  # fmt: skip


def test_it_is_filled_in_and_signed_on_its_pages(office: Office, client: Client) -> None:
    estate.login(client, office.officer)
    said = {"kind": "market", "since": f"{today() - 300 * DAY}", "until": f"{today()}"}
    answer = client.post("/admin/risk/assessment/", {**said, "until": f"{today() + DAY}"})
    assert answer.status_code == 422
    answer = client.post("/admin/risk/assessment/", said)
    assert answer.status_code == 302
    row = RiskAssessment.objects.get()
    address = f"/admin/risk/assessment/{row.ref}/"
    assert "还有问题没有作答" in client.post(address, {"act": "put-up"}).content.decode()
    answer = client.post(address, {"act": "put-up", **answers(row)})
    assert answer.status_code == 302
    page = client.get(address).content.decode()
    row.refresh_from_db()
    assert f"= {row.score}" in page
    estate.login(client, office.auditor)
    assert client.post(address, {"act": "put-up"}).status_code == 403
    assert client.get(address).status_code == 200
    estate.login(client, office.owner)
    assert client.get(address).status_code in {302, 403, 404}
