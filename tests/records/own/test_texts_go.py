"""Old versions of what was published go in their time, and stay as long as something of a customer names them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from access import actors, scopes
from access.models import Approval
from access.vocabulary import Reach, Role
from custodian import clock
from custodian.regimes.periods import Period
from records.models import (
    Consent,
    ExpiryRun,
    NoticeSeen,
    PublishedText,
    TextVersion,
    TextWithdrawal,
)
from records.notices import drafting, publishing, withdrawing
from records.retention.own_records import declaring, expiring
from records.retention.own_records.terms import Term, first_kept
from tests import estate
from tests.destruction.office import everything
from tests.notices import writing
from tests.records.own.making import Maker, noon
from tests.records.own.test_going import A_DAY, first_day, row

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "published-text"


@pytest.fixture
def maker():
    with everything():
        yield Maker()


def old(maker, **more):
    return maker.text(noon(first_day(KIND) - A_DAY), **more)


def there(version) -> bool:
    return TextVersion.objects.filter(pk=version.pk).exists()


def again():
    ExpiryRun.objects.all().delete()
    return expiring.carry_out()


def consent(maker, notice, said="given", **more):
    return Consent.objects.create(
        subject=maker.customer.subject, purpose="survey", said=said, by="herself", channel="portal",
        notice=notice, **more,
    )  # fmt: skip


def test_the_rule_is_the_companys_own_and_what_is_in_force_never_goes(maker):
    first = old(maker)
    found = row(KIND)
    assert (found.rule.code, found.rule.binding, found.rule.mark) == ("cn-published", False, "-")
    assert (found.count, found.over, found.waiting) == (2, 1, 0)
    expiring.carry_out()
    (second,) = TextVersion.objects.filter(text=first.text)
    assert second.number == 2
    assert row(KIND).over == 0


def test_a_version_that_a_consent_names_stays_as_long_as_that(maker):
    first = old(maker, kind="processing", slug="processing")
    consent(maker, first.code)
    assert (row(KIND).over, row(KIND).waiting) == (0, 1)
    expiring.carry_out()
    assert there(first)
    # Another word takes its place, and the row that named the version goes.
    consent(maker, "", said="withdrawn")
    Consent.objects.filter(notice=first.code).delete()
    assert (row(KIND).over, row(KIND).waiting) == (1, 0)
    again()
    assert not there(first)


def test_what_goes_in_the_same_night_holds_nothing(maker):
    first = old(maker, kind="processing", slug="processing")
    long_ago = noon(first_day("consent") - A_DAY)
    consent(maker, first.code, at=long_ago, noted_at=long_ago)
    consent(maker, "", said="withdrawn", at=long_ago, noted_at=long_ago)
    assert row(KIND).over == 1
    expiring.carry_out()
    assert not there(first)


def test_a_version_that_somebody_was_shown_stays_as_long_as_that(maker):
    first = old(maker, kind="processing", slug="processing")
    seen = NoticeSeen.objects.create(subject=maker.customer.subject, version=first, capacity="self")
    assert (row(KIND).over, row(KIND).waiting) == (0, 1)
    expiring.carry_out()
    assert there(first)
    seen.delete()
    again()
    assert not there(first)


def test_what_was_withdrawn_counts_from_then_and_its_withdrawal_goes_along(maker):
    first = old(maker)
    last = first.text.versions.get(number=2)
    payload = {
        "ref": str(first.text.ref),
        "version": last.code,
        "digest": last.digest,
        "reason": "x",
    }
    day = first_day(KIND)
    asked = maker.approval(noon(day), kind=withdrawing.KIND, payload=payload)
    gone = TextWithdrawal.objects.create(version=last, on=day, reason="x", approval=asked)
    expiring.carry_out()
    assert (there(first), there(last)) == (False, True)
    with clock.at(clock.now() + A_DAY):
        again()
    assert not there(last)
    assert not TextWithdrawal.objects.filter(pk=gone.pk).exists()
    text = PublishedText.objects.get(pk=first.text_id)
    assert text.gone == [1, 2]
    # Its name and its numbers are not given again.
    assert drafting.next_number(text) == 3
    with pytest.raises(drafting.BadSlug):
        writing.send(writing.content("tip"), kind="tip", slug=text.slug, by=writing.officers()[0])


def test_an_approval_whose_version_went_is_no_sign_of_tampering(maker):
    first = old(maker)
    expiring.carry_out()
    kept = Approval.objects.filter(pk=first.approval_id)
    assert not kept.exists()  # as old as its version, and nothing rests on it
    said = {"ref": str(first.text.ref), "text": first.text.slug, "number": 1}
    # One whose own time is longer than the version's.
    maker.approval(clock.now(), kind="notice", payload=said)
    maker.approval(
        clock.now(), kind=withdrawing.KIND, payload={"version": first.code, "reason": "x"}
    )
    assert [each for each in publishing.altered() if each.payload["number"] == 1] == []
    assert list(withdrawing.altered()) == []
    maker.approval(clock.now(), kind="notice", payload={**said, "number": 7})
    assert [each.payload["number"] for each in publishing.altered()][-1:] == [7]


def test_a_shorter_term_of_the_house_lets_nothing_go_before_two_years(maker, monkeypatch):
    short = Term("own-published", Period(months=1))
    record = next(each for each in declaring.records if each.kind == KIND)
    kinds = [replace(each, own=short) if each is record else each for each in declaring.records]
    monkeypatch.setattr(declaring, "records", kinds)
    day = first_kept(Period(months=24), today=clock.local().date())
    first, second = maker.text(noon(day)), maker.text(noon(day - A_DAY))
    assert row(KIND).over == 1
    assert expiring.carry_out().status == "done"
    assert (there(first), there(second)) == (True, False)


@pytest.mark.parametrize("young", [False, True])
def test_the_database_lets_nothing_go_that_is_young_or_named(maker, young):
    first = maker.text(clock.now() - timedelta(days=600)) if young else old(maker)
    if not young:
        consent(maker, first.code)
    rows = PublishedText.objects.filter(pk=first.text_id)
    for attempt in (
        lambda: rows.update(gone=[1]),
        lambda: rows.update(gone=[9]),
        lambda: TextVersion.objects.filter(pk=first.pk).delete(),
        lambda: rows.update(slug="other"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_only_whoever_sees_every_consent_may_put_a_number_down(maker):
    first = old(maker)
    rows = PublishedText.objects.filter(pk=first.text_id)
    with scopes.acting(actors.staff(estate.user(Role.AGENT))) as actor:
        assert actor.reach is not Reach.ALL
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(gone=[1])
    assert rows.update(gone=[1]) == 1


def test_the_pages_of_own_records_and_of_the_text_say_so(maker):
    first = old(maker, slug="fraud-calls")
    browser = estate.login(
        Client(headers={"accept-language": "zh-hans"}), estate.user(Role.COMPLIANCE_OFFICER)
    )
    page = browser.get("/admin/retention/records/").content.decode()
    line = page[page.index("公开文本（规则、提示、公告）的旧版") :].partition("</tr>")[0]
    assert "编号保留" in line
    assert "cn-published" in line or "本公司默认" in line
    expiring.carry_out()
    page = browser.get(f"/admin/notices/{first.text.ref}/").content.decode()
    assert "到期删除的版本：第 1 版。编号不再使用。" in page
    assert browser.get(f"/admin/notices/{first.text.ref}/1/").status_code == 404
