"""Whatever somebody with SQL moves, cuts or puts back: an error and a finding, never another plaintext."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.actions import Action
from access.findings import raise_finding
from access.models import Finding
from access.vocabulary import Role
from custodian.errors import CustodianError
from custodian.keys import Sealed
from incidents.models import Alert
from records import damage, integrity, listing, vault
from records.models import Customer, Identity, Withheld
from records.storage import faults
from records.vault import Damaged
from tests import estate
from tests.security.looking import logged_in, permit

SECOND = {**estate.ZHANG, "identity.mobile": "13900139000", "identity.name": "李四光"}
TWO_ACCOUNTS = [estate.ACCOUNT, {**estate.ACCOUNT, "financial.bank_account": "6222020000006225"}]
A, B = "{a}", "{b}"
BETWEEN = "FROM {table} o WHERE t.subject_id = {a} AND o.subject_id = {b}"

# Each is one statement by somebody with all rights; A's value of `element` is then asked for.
MOVES: dict[str, tuple[str, str]] = {
    "between fields": (
        "UPDATE records_identity SET mobile_sealed = landline_sealed WHERE subject_id = {a}",
        "identity.mobile",
    ),
    "between customers": (
        (
            "UPDATE records_identity t SET mobile_sealed = o.mobile_sealed FROM records_identity o"
            " WHERE t.subject_id = {a} AND o.subject_id = {b}"
        ),
        "identity.mobile",
    ),
    "with its key": (
        (
            "UPDATE keys.data_key t SET wrapped = o.wrapped FROM keys.data_key o"
            " WHERE t.holding = (SELECT holding FROM records_identity WHERE subject_id = {a})"
            " AND o.holding = (SELECT holding FROM records_identity WHERE subject_id = {b})"
        ),
        "identity.mobile",
    ),
    "with its key and its values": (
        (
            "UPDATE keys.data_key t SET wrapped = o.wrapped FROM keys.data_key o"
            " WHERE t.holding = (SELECT holding FROM records_identity WHERE subject_id = {a})"
            " AND o.holding = (SELECT holding FROM records_identity WHERE subject_id = {b});"
            " UPDATE records_identity t SET mobile_sealed = o.mobile_sealed FROM records_identity o"
            " WHERE t.subject_id = {a} AND o.subject_id = {b}"
        ),
        "identity.mobile",
    ),
    "the whole row": (
        (
            "DELETE FROM records_identity WHERE subject_id = {a};"
            " UPDATE records_identity SET subject_id = {a} WHERE subject_id = {b}"
        ),
        "identity.mobile",
    ),
    "between accounts": (
        (
            "UPDATE records_account SET slot = 3 - slot + 10 WHERE subject_id = {a};"
            " UPDATE records_account SET slot = slot - 10 WHERE subject_id = {a}"
        ),
        "financial.bank_account",
    ),
    "one bit": (
        (
            "UPDATE records_identity SET mobile_sealed = set_bit(mobile_sealed,"
            " 8 * length(mobile_sealed) - 9, 1 - get_bit(mobile_sealed, 8 * length(mobile_sealed) - 9))"
            " WHERE subject_id = {a}"
        ),
        "identity.mobile",
    ),
    "its version": (
        (
            "UPDATE records_identity SET mobile_sealed = set_byte(mobile_sealed, 5, 2)"
            " WHERE subject_id = {a}"
        ),
        "identity.mobile",
    ),
    "cut short": (
        (
            "UPDATE records_identity SET mobile_sealed = substr(mobile_sealed, 1, 40)"
            " WHERE subject_id = {a}"
        ),
        "identity.mobile",
    ),
    "nothing left": (
        "UPDATE records_identity SET mobile_sealed = '' WHERE subject_id = {a}",
        "identity.mobile",
    ),
    "its key cut short": (
        (
            "UPDATE keys.data_key SET wrapped = substr(wrapped, 1, 3)"
            " WHERE holding = (SELECT holding FROM records_identity WHERE subject_id = {a})"
        ),
        "identity.mobile",
    ),
    "another holding's number": (
        (
            "UPDATE records_identity t SET holding = gen_random_uuid() WHERE subject_id = {b};"
            " UPDATE records_identity t SET holding = k.holding FROM keys.data_key k"
            " WHERE t.subject_id = {a} AND NOT EXISTS"
            " (SELECT 1 FROM records_identity i WHERE i.holding = k.holding)"
            " AND k.holding NOT IN (SELECT holding FROM records_finances)"
        ),
        "identity.mobile",
    ),
}


def two_customers() -> tuple[Any, Customer, Customer]:
    agent = estate.user(Role.AGENT)
    own = {**estate.ZHANG, "identity.landline": "0516-83800000"}
    first = estate.customer(own, of=[agent], accounts=TWO_ACCOUNTS)
    return agent, first, estate.customer(SECOND, of=[agent])


def tamper(statement: str, first: Customer, second: Customer) -> None:
    with logged_in("superuser") as cursor:
        for each in statement.split(";"):
            cursor.execute(each.replace(A, str(first.pk)).replace(B, str(second.pk)))
            assert cursor.rowcount >= 1, each


def revealed(agent: Any, customer: Customer, element: str) -> list[str]:
    with estate.acting(agent, stepped_up=True) as actor:
        purpose = "payment" if element.startswith("financial") else "follow_up"
        given = permit(actor, customer, element, purpose=purpose)
        return [plain.text for plain in vault.reveal(given)]


@pytest.mark.django_db(transaction=True)
def test_whatever_is_moved_is_damaged_and_raises_one_finding() -> None:
    for name, (statement, element) in MOVES.items():
        agent, first, second = two_customers()
        revealed(agent, first, element)
        before = Finding.objects.count()
        tamper(statement, first, second)
        for _ in range(2):
            with pytest.raises(Damaged):
                pytest.fail(f"{name}: {revealed(agent, first, element)}")
        assert Finding.objects.count() == before + 1, name
        finding = Finding.objects.order_by("-pk")[0]
        assert (finding.kind, finding.severity, len(finding.entries)) == (
            damage.DAMAGED,
            Finding.Severity.URGENT,
            1,
        )
        assert Alert.objects.filter(finding=finding).count() == 1
        assert not any(value in finding.words for value in estate.ZHANG.values())


@pytest.mark.django_db(transaction=True)
def test_a_finding_outlives_the_rollback_of_the_request_that_came_upon_it() -> None:
    from django.db import transaction

    agent, first, second = two_customers()
    tamper(*MOVES["between customers"][:1], first, second)
    with pytest.raises(Damaged), transaction.atomic():
        revealed(agent, first, "identity.mobile")
    assert Finding.objects.filter(kind=damage.DAMAGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_of_a_key_that_nobody_has_seals_and_shows_nothing() -> None:
    agent, first, second = two_customers()
    tamper("UPDATE keys.data_key SET kek = 77", first, second)
    with pytest.raises((Sealed, CustodianError)):
        revealed(agent, first, "identity.mobile")


@pytest.mark.django_db(transaction=True)
def test_an_old_value_put_back_is_found_by_the_holdings_fingerprint() -> None:
    agent, first, second = two_customers()
    with estate.acting(agent):
        assert list(integrity.altered("identity")) == list(integrity.altered("financial")) == []
    for statement, kind in (
        ("UPDATE records_identity SET email_sealed = NULL WHERE subject_id = {a}", "identity"),
        ("UPDATE records_identity SET epoch = epoch + 1 WHERE subject_id = {b}", "identity"),
        ("DELETE FROM records_account WHERE subject_id = {a} AND slot = 2", "financial"),
    ):
        tamper(statement, first, second)
        with estate.acting(agent):
            assert len(list(integrity.altered(kind))) >= 1
    with estate.acting(agent):
        assert len(list(integrity.altered("identity"))) == 2


MARK = "未通过完整性检查"
SECRETS = {estate.ZHANG["identity.mobile"], SECOND["identity.mobile"]}


def withhold(customer: Customer) -> None:
    """As a scrub does with what is old."""
    with estate.scopes.acting(estate.system()):
        holding = Identity.objects.get(subject=customer.pk).holding
        facts = {"check": "state", "kind": "identity", "holding": str(holding)}
        finding = raise_finding(faults.KIND, severity=Finding.Severity.URGENT, facts=facts)
        Withheld.objects.create(holding=holding, finding=finding)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["altered", "withheld"])
def test_one_damaged_customer_takes_no_list_away(how: str) -> None:
    """The others stand in it as before; of the damaged one nothing is shown, and each value says so."""
    agent, first, second = two_customers()
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    if how == "altered":
        tamper(MOVES["one bit"][0], first, second)
    else:
        withhold(first)
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), officer)
    page = client.get("/admin/records/customer/")
    text = page.content.decode()
    assert page.status_code == 200
    rows = {ref: text.split(ref)[-1].split("</tr>")[0] for ref in (first.ref, second.ref)}
    assert MARK in rows[first.ref]
    assert MARK not in rows[second.ref]
    own = client.get(f"/admin/records/customer/{first.ref}/change/")
    assert (own.status_code, MARK in own.content.decode()) == (200, True)
    assert not any(value in own.content.decode() for value in SECRETS)
    assert Finding.objects.filter(kind=damage.DAMAGED).count() == (how == "altered")
    with pytest.raises(Damaged):
        revealed(agent, first, "identity.mobile")


@pytest.mark.django_db(transaction=True)
def test_what_does_not_open_is_refused_in_words_to_whoever_asks_for_it() -> None:
    agent, first, second = two_customers()
    tamper(MOVES["one bit"][0], first, second)
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    page = client.post(
        f"/desk/customers/{first.ref}/reveal/",
        {"element": "identity.mobile", "purpose": "follow_up"},
    )
    assert page.status_code == 500
    assert "没有通过完整性检查" in page.content.decode()
    assert "请求不完整" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_machine_is_refused_the_list_and_given_no_words_for_a_value() -> None:
    agent, first, second = two_customers()
    tamper(MOVES["one bit"][0], first, second)
    with estate.acting(agent) as actor:
        rows = listing.rows_of(actor).filter(pk=first.pk)
        with pytest.raises(Damaged):
            listing.show(
                list(rows),
                action=Action.CUSTOMER_LIST,
                purpose="follow_up",
                channel="api",
                actor=actor,
            )
