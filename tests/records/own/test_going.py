"""Each kind of the house's own records goes the day after its time, and not on its last day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from access import approvals, cases, rechecking
from access.audits import reports
from access.models import (
    Approval,
    Assignment,
    Attempt,
    AuditReport,
    AuditRun,
    Case,
    Export,
    Finding,
    HeldRight,
    Measure,
    Signature,
)
from custodian import clock, failpoints, invariants
from custodian.invariants import Options
from custodian.regimes.periods import Period
from incidents.models import Alert
from records.importing import expiry
from records.legal_holds import selectors
from records.models import (
    CertificatePage,
    DestructionItem,
    ExpiryRun,
    ImportFile,
    LegalHold,
    Tombstone,
)
from records.retention import rules
from records.retention.own_records import declaring, expiring, telling
from records.retention.own_records.telling import term_of
from records.retention.own_records.terms import first_kept
from tests import estate
from tests.destruction.office import everything
from tests.records.holds import House
from tests.records.own.making import MAKES, Maker, noon

pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = timedelta(days=1)
# These are not rows that go as a whole, and have their tests below or elsewhere.
OTHERWISE = {
    "audit-report", "certificate", "import-file", "log-entry", "log-reasons", "log-searches", "quarantined-row",
    "tombstone", "transfer-ledger", "product-version",
    # Of partners, which have their own test; two of them are never let go.
    "counterparty", "partner-agreement", "partner-copy", "partner-key", "partner-telling", "share",
}  # fmt: skip


@pytest.fixture
def maker():
    with everything():
        yield Maker()


def first_day(kind):
    """The first day of which records of the kind are kept today."""
    today = clock.local().date()
    record = next(each for each in declaring.records if each.kind == kind)
    term = term_of(record, rules.on(today), today)
    return first_kept(term.period, today=today)


def row(kind, today=None):
    return telling.row(kind, today or clock.local().date())


def test_every_kind_is_tried():
    assert {each.kind for each in declaring.records} == {*MAKES, *OTHERWISE}


@pytest.mark.parametrize("kind", sorted(MAKES))
def test_a_day_over_goes_and_a_day_too_young_stays(kind, maker):
    first = first_day(kind)
    before = row(kind).over
    old, young = MAKES[kind](maker, noon(first - A_DAY)), MAKES[kind](maker, noon(first))
    assert row(kind).over == before + 1
    run = expiring.carry_out()
    assert not type(old).objects.filter(pk=old.pk).exists()
    assert type(young).objects.filter(pk=young.pk).exists()
    assert run.gone[kind] == before + 1
    assert row(kind).over == 0


@pytest.mark.parametrize("years", [1, 5])
def test_the_last_day_of_a_period_is_kept(years):
    period = Period.read(f"{years}y")
    for today in (
        noon(clock.local().date()).date(),
        *(Period(days=n).after(LEAP) for n in range(4)),
    ):
        first = first_kept(period, today=today)
        assert period.after(first) >= today > period.after(first - A_DAY)


LEAP = clock.local().date().replace(year=2028, month=2, day=27)


def test_what_hangs_on_a_record_goes_with_it(maker):
    grant = maker.grant(noon(first_day("grant") - A_DAY))
    campaign = maker.campaign(noon(first_day("recertification") - A_DAY))
    approvals_of = {grant.approval_id, campaign.approval_id}
    expiring.carry_out()
    assert not Assignment.objects.filter(grant=grant.pk).exists()
    assert not HeldRight.objects.filter(campaign=campaign.pk).exists()
    assert not Approval.objects.filter(pk__in=approvals_of).exists()


def test_what_something_still_rests_on_stays(maker):
    """An export lives for three years and its approval for five; here the export is young."""
    old = noon(first_day("approval") - A_DAY)
    export = maker.export(clock.now())
    Approval.objects.filter(pk=export.approval_id).update(requested_at=old, decided_at=old)
    approvals.seal(Approval.objects.get(pk=export.approval_id))
    assert row("approval").waiting == 1
    expiring.carry_out()
    assert Approval.objects.filter(pk=export.approval_id).exists()


def test_the_release_of_a_key_stays_as_long_as_its_case(maker):
    old = noon(first_day("approval") - A_DAY)
    case = maker.case(clock.now())
    released = maker.approval(old, kind=cases.KEY, payload={"case": case.ref, "customer": "x"})
    expiring.carry_out()
    assert Approval.objects.filter(pk=released.pk).exists()
    Case.objects.filter(pk=case.pk).delete()
    ExpiryRun.objects.all().delete()
    expiring.carry_out()
    assert not Approval.objects.filter(pk=released.pk).exists()


def test_an_open_finding_stays_however_old(maker):
    found = maker.finding(noon(first_day("finding") - A_DAY))
    Finding.objects.filter(pk=found.pk).update(status="open", verdict="", decided_at=None)
    expiring.carry_out()
    assert Finding.objects.filter(pk=found.pk).exists()


def test_an_alert_that_became_a_case_keeps_its_finding(maker):
    found = maker.finding(noon(first_day("finding") - A_DAY))
    case = maker.incident(clock.now())
    Alert.objects.filter(finding=found).update(status="case", incident=case)
    expiring.carry_out()
    assert Finding.objects.filter(pk=found.pk).exists()


def test_the_key_of_an_export_goes_with_its_row(maker):
    export = maker.export(noon(first_day("export") - A_DAY))
    expiring.carry_out()
    assert not Export.objects.filter(pk=export.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM keys.data_key WHERE holding = %s", [str(export.holding)])
        assert cursor.fetchone() is None


def test_an_audit_keeps_its_day_and_its_report_is_not_made_anew(maker):
    first = first_day("audit-report")
    old, young = maker.audit(noon(first - A_DAY)), maker.audit(noon(first))
    expiring.carry_out()
    assert list(AuditReport.objects.values_list("run", flat=True)) == [young.pk]
    assert [each.day for each in Measure.objects.all()] == [young.day]
    assert set(AuditRun.objects.values_list("pk", flat=True)) == {old.pk, young.pk}
    assert old.pk not in reports.owed()
    assert AuditRun.objects.get(pk=old.pk).report["en"] == "0" * 64


def test_a_certificate_keeps_its_signed_sheet_and_its_stones(maker):
    first = first_day("certificate")
    old, young = maker.certificate(noon(first - A_DAY)), maker.certificate(noon(first))
    expiring.carry_out()
    assert [each.batch_id for each in DestructionItem.objects.all()] == [young.pk]
    assert [each.batch_id for each in CertificatePage.objects.all()] == [young.pk]
    assert Tombstone.objects.filter(batch=old).exists()
    old.refresh_from_db()
    assert bytes(old.certificate) == b"{}"


def test_import_files_are_counted_as_they_are_swept(maker):
    first = first_day("import-file")
    maker.file(noon(first - A_DAY)), maker.file(noon(first + A_DAY))
    assert (row("import-file").count, row("import-file").over) == (2, 1)
    expiring.carry_out()
    assert ImportFile.objects.filter(removed_at=None).count() == 1
    assert expiry.late().count() == 0


def test_rows_that_were_set_aside_are_counted_as_they_are_swept(maker):
    first = first_day("quarantined-row")
    old, young = maker.row(noon(first - A_DAY)), maker.row(noon(first + A_DAY))
    assert (row("quarantined-row").count, row("quarantined-row").over) == (2, 1)
    expiring.carry_out()
    assert not type(old).objects.filter(pk=old.pk).exists()
    assert type(young).objects.filter(pk=young.pk).exists()


def test_what_is_valid_stays_however_old(maker):
    person = estate.user()
    Signature.objects.filter(user=person).exists()
    signed = Signature.objects.filter(user=person).count()
    with clock.at(clock.now() + timedelta(days=3 * 365)):
        expiring.carry_out()
    assert Signature.objects.filter(user=person).count() == signed > 0


def test_the_app_cannot_let_young_training_go(maker):
    attempt = maker.attempt(clock.now() - timedelta(days=600))
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_training(%s, 100)", [clock.now()])
        assert cursor.fetchone() == (0,)
    assert Attempt.objects.filter(pk=attempt.pk).exists()


def test_another_attempt_gets_a_number_that_is_free(maker):
    from access.training import attempts

    maker.attempt(noon(first_day("training") - A_DAY))
    young = maker.attempt(clock.now())
    expiring.carry_out()
    number = attempts.next_number(young.course, maker.person.pk)
    assert number == young.number + 1


def test_each_kind_has_one_entry_and_a_second_run_changes_nothing(maker, entries_since):
    for _ in range(3):
        maker.finding(noon(first_day("finding") - A_DAY))
    run = expiring.carry_out()
    again = expiring.carry_out()
    estate.drain()
    told = [each.leaf for each in entries_since() if "records:own-records:expire" in each.leaf]
    assert len([leaf for leaf in told if '"records":"finding"' in leaf and '"gone":3' in leaf]) == 1
    assert len(told) == len(run.gone)
    assert (again.pk, again.gone, again.status) == (run.pk, run.gone, "done")


def test_a_run_that_broke_off_goes_on(maker, monkeypatch):
    for _ in range(3):
        maker.finding(noon(first_day("finding") - A_DAY))
    monkeypatch.setattr(expiring, "CHUNK", 1)
    hits = []

    def breaks(name):
        hits.append(name)
        if len(hits) == 2:
            raise RuntimeError

    monkeypatch.setattr(failpoints, "hit", breaks)
    with pytest.raises(RuntimeError):
        expiring.carry_out()
    assert ExpiryRun.objects.get().status == "failed"
    run = expiring.carry_out()
    assert (run.status, run.gone["finding"]) == ("done", 3)
    assert not Finding.objects.exists()


def test_the_house_is_still_as_it_must_be(maker):
    for kind, make in MAKES.items():
        make(maker, noon(first_day(kind) - A_DAY))
    expiring.carry_out()
    assert rechecking.carry_out() == 0
    wanted = (
        "approvals",
        "cases",
        "grants",
        "recertifications",
        "exports",
        "destruction",
        "training",
        "imports",
    )
    found = invariants.broken(Options())
    assert {name: found[name] for name in wanted} == dict.fromkeys(wanted, "ok")


def test_a_held_case_stays_and_so_does_the_export_of_a_held_customer(maker):
    house = House()
    case = maker.case(noon(first_day("case") - A_DAY))
    Case.objects.filter(pk=case.pk).update(customers=[house.sun.subject.uid])
    export = maker.export(noon(first_day("export") - A_DAY))
    Export.objects.filter(pk=export.pk).update(included=[maker.customer.pk, house.zhang.pk])
    of_case = house.place(selectors.of_case(case.ref))
    of_zhang = house.place(selectors.of_customers([house.zhang.ref]))
    assert (row("case").over, row("export").over) == (0, 0)
    expiring.carry_out()
    assert Case.objects.filter(pk=case.pk).exists()
    assert Export.objects.filter(pk=export.pk).exists()
    LegalHold.objects.filter(pk__in=[of_case.pk, of_zhang.pk]).update(status="returned")
    ExpiryRun.objects.all().delete()
    expiring.carry_out()
    assert not Case.objects.filter(pk=case.pk).exists()
    assert not Export.objects.filter(pk=export.pk).exists()


def test_files_of_a_held_book_stay(maker):
    house = House()
    file = maker.file(noon(first_day("import-file") - A_DAY))
    hold = house.place(selectors.of_book(maker.customer.book.code))
    assert row("import-file").over == 0
    assert expiry.expire() == 0
    LegalHold.objects.filter(pk=hold.pk).update(status="returned")
    assert row("import-file").over == 1
    assert expiry.expire() == 1
    file.refresh_from_db()
    assert file.removed_at is not None
