"""What is planted among the customers is there, where the manifest says."""

from __future__ import annotations

from collections import Counter

import pytest

from custodian.demo.insurer import words
from custodian.demo.insurer.book import OLD_CUSTOMERS, POLICIES, STAFF
from custodian.demo.insurer.contracts import HIGH_SUM
from custodian.demo.insurer.numbers import fifteen
from custodian.demo.insurer.staff import LI, TAIZHOU, WANG
from tests.demo.conftest import CUSTOMERS, Written
from tests.demo.reading import by_element


@pytest.fixture(scope="session")
def customers(written: Written) -> dict[str, dict[str, str]]:
    found = {}
    for table in written.holding("customers"):
        columns = written.manifest.tables[table].columns
        for row in written.good(table):
            values = by_element(row, columns)
            found[values["customer.key"]] = values
    return found


def test_both_agents_of_the_cast_have_their_share_of_customers(written):
    portfolios = written.manifest.facts.portfolios
    share = CUSTOMERS * 0.06
    assert share - 4 <= len(portfolios[LI]) <= share
    assert share - 4 <= len(portfolios[WANG]) <= share
    assert all(portfolios.values())


def test_the_assignment_file_says_the_same_as_the_portfolios(written):
    rows = written.tables["指派.csv"]
    assigned = {(row["代理人工号"], row["客户号"]) for row in rows}
    portfolios = written.manifest.facts.portfolios
    assert assigned == {(number, key) for number, keys in portfolios.items() for key in keys}
    assert len(rows) + len(written.manifest.facts.unassigned) == CUSTOMERS


def test_targets_belong_to_the_insider_and_alone_are_insured_highly(written):
    facts = written.manifest.facts
    rich, units = set(), set()
    for row in written.good(POLICIES):
        if float(str(row["基本保额"])) >= HIGH_SUM:
            rich.add(row["投保人客户号"])
            units.add((row["投保人客户号"], row["管理机构代码"]))
    assert set(facts.targets) <= set(facts.portfolios[WANG])
    assert rich == {*facts.targets, *facts.honey}
    assert {unit for key, unit in units if key in facts.targets} == {TAIZHOU.code}
    assert len(facts.targets) == pytest.approx(CUSTOMERS * 0.06 * 0.4, abs=2)


def test_honey_customers_are_nobodys(written):
    facts = written.manifest.facts
    assert len(facts.honey) == 5
    assert set(facts.honey) <= set(facts.unassigned)


def test_families_share_an_address(written, customers):
    families = written.manifest.facts.families
    assert len(families) > 100
    for family in families:
        assert len({customers[key]["identity.address"] for key in family}) == 1


def test_shared_phones_are_shared_and_crowded_phones_cross_families(written, customers):
    facts = written.manifest.facts
    for phone, keys in {**facts.shared_phones, **facts.crowded_phones}.items():
        assert {customers[key]["identity.mobile"].replace(" ", "") for key in keys} == {
            phone.replace(" ", "")
        }
    assert max(len(keys) for keys in facts.crowded_phones.values()) >= 10
    members = Counter(key for family in facts.families for key in family)
    assert not any(members[key] for keys in facts.crowded_phones.values() for key in keys)


def test_agents_phones_and_homes_turn_up_among_their_customers(written, customers):
    facts = written.manifest.facts
    staff = {str(row["工号"]): row for row in written.tables[STAFF]}
    assert facts.agent_phones
    assert facts.staff_homes
    for number, keys in facts.agent_phones.items():
        assert {customers[key]["identity.mobile"] for key in keys} == {staff[number]["手机号"]}
    for number, keys in facts.staff_homes.items():
        assert {customers[key]["identity.address"] for key in keys} == {staff[number]["住址"]}


def test_cloned_addresses_are_the_same_to_the_room(written, customers):
    for address, keys in written.manifest.facts.cloned_addresses.items():
        assert len(keys) >= 8
        assert {customers[key]["identity.address"] for key in keys} == {address}


def test_duplicates_are_one_person_under_two_keys(written, customers):
    duplicates = written.manifest.facts.duplicates
    assert duplicates
    for older, newer in duplicates:
        one, two = customers[older], customers[newer]
        assert one["identity.id_number"] == fifteen(two["identity.id_number"])
        assert one["identity.mobile"] == two["identity.mobile"]


def test_formula_like_text_arrives_as_text(written, customers):
    keys = written.manifest.facts.formula_text
    assert keys
    assert all(customers[key]["identity.workplace"][0] in "=+-@" for key in keys)


def test_minors_have_a_guardian_who_is_a_customer(written, customers):
    minors = written.manifest.facts.minors
    assert set(written.manifest.facts.under_14) < set(minors)
    for key in minors:
        guardian = customers[customers[key]["guardian.key"]]
        assert guardian["identity.name"] == customers[key]["guardian.name"]


def test_old_names_keep_the_dragon_in_both_of_its_places(written, customers):
    rare = written.manifest.facts.rare_names
    assert all(customers[key]["identity.name"] == name for key, name in rare.items())
    old = [str(row["客户姓名"]) for row in written.good(OLD_CUSTOMERS)]
    assert any(words.DRAGON in name for name in old)
    assert any(words.DRAGON_PRIVATE in name for name in old)


def test_expired_documents_have_passed(written, customers):
    today = written.manifest.today
    expired = written.manifest.facts.expired_ids
    assert expired
    assert all(customers[key]["identity.id_valid_until"] < today for key in expired)


def test_only_old_policies_carry_a_query_password(written):
    carrying = {
        row["保单号"]: str(row["生效日期"]) for row in written.tables[POLICIES] if row["查询密码"]
    }
    assert set(carrying) == set(written.manifest.facts.passwords)
    assert max(carrying.values()) < "2010"


def test_every_kind_of_document_is_there(written):
    assert set(written.manifest.id_types) >= {
        "居民身份证",
        "户口簿",
        "护照",
        "出生医学证明",
        "统一社会信用代码",
    }


def test_no_customer_is_called_like_a_public_figure(customers):
    assert words.PUBLIC_FIGURES.isdisjoint(values["identity.name"] for values in customers.values())
