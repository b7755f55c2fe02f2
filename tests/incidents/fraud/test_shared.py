"""Shared fraud data: what came row by row, why and until when; what is given by two; and its end with proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from access import keystore, scopes
from access.gate import Refused
from access.models import Entry
from custodian import clock
from incidents.fraud import expiring, giving, register, sealing
from incidents.fraud.expiring import NotNow
from incidents.fraud.giving import Asked, NotOfTheCase
from incidents.fraud.register import BadDays, Terms, TooLarge, Unreadable
from incidents.models import FraudShared, FraudSharedBad, FraudSharedIndex, FraudSharedRow
from incidents.tasks import end_fraud_data
from records.models import Claim
from tests import estate
from tests.incidents.fraud.house import House
from tests.partners.house import House as Partners
from transfers.models import Share, SharedCopy
from transfers.shares import handing, jobs

pytestmark = pytest.mark.django_db
ID, MOBILE, ACCOUNT = "identity.id_number", "identity.mobile", "financial.bank_account"
FILE = (
    "证件号码,手机号码\n"
    "320311198604180011,13655550001\n"
    ",13655550002\n"
    "320311198604180012,13655550003\n"  # the last character is wrong
    "320311198604180011,13655550001\n"  # twice
    ",123\n"
    ",\n"
    "320311198604180011\n"
    ",13655550004\n"
).encode()


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def partners() -> Partners:
    return Partners()


@pytest.fixture
def house(partners: Partners) -> House:
    found = House()
    found.lead = partners.officers[0]
    return found


def terms(partners: Partners, **more: Any) -> Terms:
    today = clock.local().date()
    said = {
        "partner": partners.party, "elements": [ID, MOBILE], "purpose": "prevent", "ground": "duty",
        "at_on": today, "use_by": today + timedelta(days=30),
    }  # fmt: skip
    return Terms(**{**said, **more})


def receive(house: House, partners: Partners, content: bytes = FILE, **more: Any) -> FraudShared:
    with estate.acting(house.lead) as actor:
        return register.receive(terms(partners, **more), content, actor=actor)


def kept() -> dict[str, int]:
    with scopes.acting(estate.system()):
        tables = (FraudSharedRow, FraudSharedIndex, FraudSharedBad)
        return {each.__name__: each.objects.count() for each in tables}


def fresh(row: FraudShared) -> FraudShared:
    with scopes.acting(estate.system()):
        return FraudShared.objects.select_related("share").get(pk=row.pk)


# -- what came ------------------------------------------------------------------------------------


def test_bad_rows_are_set_aside_with_their_reason_and_the_counts_add_up(
    house: House, partners: Partners
) -> None:
    row = receive(house, partners)
    assert (row.total, row.kept, row.quarantined) == (8, 3, 5)
    with estate.acting(house.lead):
        bad = dict(row.bad.values_list("number", "why"))
    assert bad == {4: "id_number", 5: "double", 6: "mobile", 7: "empty", 8: "columns"}
    with scopes.acting(estate.system()), pytest.raises(IntegrityError), transaction.atomic():
        FraudShared.objects.filter(pk=row.pk).update(kept=9)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xff\xfe", Unreadable),
        (b"", Unreadable),
        ("证件号码,姓名\n1,2\n".encode(), Unreadable),
        ("手机号码\n13655550001\n".encode(), Unreadable),  # not what was declared
        (("证件号码,手机号码\n" + ",13655550001\n" * 20_001).encode(), TooLarge),
    ],
)
def test_a_file_that_is_not_what_was_declared_is_refused_whole(
    house: House, partners: Partners, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        receive(house, partners, content)
    assert kept() == {"FraudSharedRow": 0, "FraudSharedIndex": 0, "FraudSharedBad": 0}


@pytest.mark.parametrize(("came", "until"), [(1, 30), (0, -1), (0, 2000)])
def test_it_came_by_today_and_has_an_end(
    house: House, partners: Partners, came: int, until: int
) -> None:
    today = clock.local().date()
    days = {"at_on": today + timedelta(days=came), "use_by": today + timedelta(days=until)}
    with pytest.raises(BadDays):
        receive(house, partners, **days)


def test_no_value_lies_in_clear_and_the_house_alone_reads_the_rows(
    house: House, partners: Partners
) -> None:
    """The canary of a list."""
    receive(house, partners)
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        for table in ("fraudshared", "fraudsharedrow", "fraudsharedindex", "fraudsharedbad"):
            cursor.execute(f"SELECT t::text FROM incidents_{table} t")
            told = str(cursor.fetchall())
            for value in ("13655550001", "13655550002", "320311198604180011"):
                assert value not in told
                assert value.encode().hex() not in told
    leaves = " ".join(str(each) for each in Entry.objects.values_list("leaf", flat=True))
    assert "13655550001" not in leaves
    for person in (house.lead, house.auditor):
        with estate.acting(person):
            assert FraudShared.objects.count() == 1
            assert not FraudSharedRow.objects.exists()
            assert not FraudSharedIndex.objects.exists()
    with estate.acting(house.handler):
        assert not FraudShared.objects.exists()


def test_a_claimant_on_a_list_is_a_signal_while_it_may_be_used(
    house: House, partners: Partners
) -> None:
    receive(house, partners)
    on_it = house.claim(house.person(mobile="13655550002"))
    house.claim(house.person(mobile="13655550003"))  # of a row that was set aside
    house.screen()
    assert house.found("shared-list") == {on_it.ref}
    with clock.at(clock.now() + timedelta(days=31)):
        late = house.claim(house.person(mobile="13655550004"))
        house.screen()
    assert late.ref not in house.found("shared-list")


def test_fingerprints_follow_a_new_root(house: House, partners: Partners, monkeypatch: Any) -> None:
    row = receive(house, partners)
    with scopes.acting(estate.system()):
        FraudSharedIndex.objects.update(version=99)
        assert register.index_anew(fresh(row))
        assert not register.index_anew(fresh(row))
        assert set(FraudSharedIndex.objects.values_list("version", flat=True)) == {1}
        assert FraudSharedIndex.objects.count() == 4


# -- its end --------------------------------------------------------------------------------------


def test_on_the_day_after_its_last_rows_fingerprints_and_key_go(
    house: House, partners: Partners
) -> None:
    row = receive(house, partners)
    end_fraud_data()
    assert fresh(row).state == "held"
    with scopes.acting(estate.system()):
        sealed = row.rows.first()
    with clock.at(clock.now() + timedelta(days=30)):
        end_fraud_data()
    assert fresh(row).state == "held"  # its last day
    with clock.at(clock.now() + timedelta(days=31)):
        end_fraud_data()
        end_fraud_data()
    ended = fresh(row)
    assert ended.state == "ended"
    assert ended.proof["destroyed"] == {"rows": 3, "indexes": 4, "bad": 5}
    assert ended.proof["left"] == {"rows": 0, "indexes": 0, "key": False}
    assert kept() == {"FraudSharedRow": 0, "FraudSharedIndex": 0, "FraudSharedBad": 0}
    assert row.holding not in keystore.held([row.holding])
    # What a backup would still have of it opens no more.
    assert sealing.opened(row.ref, f"row/{sealed.number}", sealed.values_sealed) == ""
    assert (ended.total, ended.kept, ended.quarantined) == (8, 3, 5)  # what it was stays on record


def test_an_officer_ends_it_sooner_and_once(house: House, partners: Partners) -> None:
    row = receive(house, partners)
    with estate.acting(house.lead) as actor:
        expiring.end(row, actor=actor)
    with estate.acting(house.lead) as actor, pytest.raises(NotNow):
        expiring.end(fresh(row), actor=actor)
    with scopes.acting(estate.system()), pytest.raises(IntegrityError), transaction.atomic():
        FraudShared.objects.filter(pk=row.pk).update(proof={})


# -- what is given --------------------------------------------------------------------------------


def given(house: House, partners: Partners, **more: Any) -> tuple[Any, FraudShared]:
    case, claim = house.taken_case()
    elements = ("identity.name", "identity.mobile")
    agreement = partners.agree(part="provided", title="反欺诈共享", purpose="sharing")
    asked = Asked(
        **{
            "agreement": agreement, "customers": [_ref(claim)], "elements": elements,
            "purpose": "prevent", "ground": "duty", "use_by": clock.local().date() + timedelta(days=60),
            "reason": "平台查询", **more,
        }
    )  # fmt: skip
    with estate.acting(house.lead, stepped_up=True) as actor:
        return case, giving.ask(case, asked, actor=actor)


def _ref(claim: Claim) -> str:
    with scopes.acting(estate.system()):
        return str(claim.subject.customer.ref)


def test_giving_takes_a_second_person_and_goes_locked(house: House, partners: Partners) -> None:
    case, row = given(house, partners)
    share = fresh(row).share
    assert (row.way, row.total, share.form) == ("given", 1, Share.Form.FILE)
    with pytest.raises(Refused) as refused:
        partners.decide(share.approval, by=house.lead)
    assert refused.value.decision.because == ("own-request",)
    partners.decide(share.approval)
    jobs.work(share.pk)
    with scopes.acting(estate.system()):
        share = jobs.fresh(share.pk)
    with estate.acting(house.lead, stepped_up=True) as actor:
        secret = handing.lock_share(share, actor=actor)
        archive = handing.take(share.ref, actor=actor)
    assert len(secret) > 30
    assert archive[:2] == b"PK"
    assert b"13800138000" not in archive
    with estate.acting(house.lead):
        assert case.entries.filter(what="shared", facts__shared=row.code).exists()
        assert [each.code for each in case.shared.all()] == [row.code]


def test_only_customers_of_the_case_are_given(house: House, partners: Partners) -> None:
    with pytest.raises(NotOfTheCase):
        given(house, partners, customers=[_ref(house.claim(house.person()))])
    assert not SharedCopy.objects.exists()


def test_what_was_sent_back_was_never_given(house: House, partners: Partners) -> None:
    _case, row = given(house, partners)
    with scopes.acting(estate.system()):
        approval = fresh(row).share.approval
    partners.decide(approval, yes=False)
    end_fraud_data()
    assert fresh(row).state == "dropped"


def test_the_end_of_what_was_given_is_the_partners_word(house: House, partners: Partners) -> None:
    _case, row = given(house, partners)
    with estate.acting(house.lead) as actor, pytest.raises(NotNow):  # nothing was given yet
        expiring.note_deleted(fresh(row), reference="回函 7", actor=actor)
    partners.decide(fresh(row).share.approval)
    with estate.acting(house.lead) as actor:
        expiring.note_deleted(fresh(row), reference="回函 7", actor=actor)
    ended = fresh(row)
    assert (ended.state, ended.proof["reference"]) == ("ended", "回函 7")
    with estate.acting(house.lead) as actor, pytest.raises(NotNow):
        expiring.end(ended, actor=actor)
