"""Who among the customers is near to whom on the staff, found by fingerprints alone."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access import ports, scopes
from access.actors import system
from access.vocabulary import Role
from records import blind_indexes, staff_traces
from records.models import Policy, PolicyRole, StaffTrace
from tests import estate
from tests.estate import ZHANG
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
HOME = "江苏省徐州市云龙区和平路1号"


def near(person):
    with scopes.acting(system("audits")):
        return ports.relations().near([person.pk]).get(person.pk, ports.Nearness())


def known(person, **values):
    codes = {f"identity.{name}": value for name, value in values.items()}
    with scopes.acting(system("importer")) as actor:
        staff_traces.note(person, codes, channel="command", actor=actor)


def customer(**values):
    return estate.customer({**ZHANG, **{f"identity.{k}": v for k, v in values.items()}})


@pytest.fixture
def agent():
    return estate.user(Role.AGENT, name="张伟")


def test_her_own_record_is_known_by_the_id_number(agent):
    own = customer()
    known(agent, id_number=ZHANG["identity.id_number"])
    assert near(agent).own == {own.pk}


@pytest.mark.parametrize(
    ("values", "of_staff"),
    [
        ({"address": "江苏省徐州市云龙区 和平路 1 号"}, {"address": HOME}),
        ({"mobile": "+86 138 0013 8999"}, {"mobile": "13800138999"}),
    ],
)
def test_family_is_who_shares_a_home_or_a_phone_however_it_is_written(agent, values, of_staff):
    relative = customer(id_number="E10000001", id_type="passport", **values)
    known(agent, **of_staff)
    assert relative.pk in near(agent).family
    assert near(agent).own == set()


def test_family_is_who_stands_in_the_same_policy(agent):
    own, insured = customer(), customer(id_number="E10000002", id_type="passport")
    known(agent, id_number=ZHANG["identity.id_number"])
    with scopes.acting(estate.system()):
        policy = Policy.objects.create(
            subject=own.subject, book=estate.book(), product=desk_estate.product(),
            source_digest=b"p" * 16,
        )  # fmt: skip
        for each, role in ((own, "policyholder"), (insured, "insured")):
            PolicyRole.objects.create(policy=policy, subject=each.subject, role=role)
    assert near(agent).family == {insured.pk}


def test_kin_is_the_same_surname_in_the_same_street_and_not_the_same_town(agent):
    neighbour = customer(address="江苏省徐州市云龙区和平路208号", mobile="13800138001")
    customer(address="江苏省徐州市云龙区解放路1号", mobile="13800138002")
    customer(name="李四", address="江苏省徐州市云龙区和平路77号", mobile="13800138003")
    known(agent, address=HOME)
    assert near(agent).kin == {neighbour.pk}


def test_a_dormitory_is_nobodys_family(agent):
    for number in range(staff_traces.CROWD + 1):
        customer(mobile=f"138001390{number:02}", id_number=f"E2{number:07}", id_type="passport")
    known(agent, address=HOME)
    assert near(agent).family == set()


@pytest.mark.parametrize(
    ("name", "surname"), [("欧阳毅", "欧阳"), ("张伟", "张"), ("Ａnna", "a"), ("", "")]
)
def test_a_surname_may_have_two_characters(name, surname):
    assert blind_indexes.surname_of(name) == surname


def test_an_address_without_a_house_has_no_street():
    assert blind_indexes.kin("张伟", "徐州") is None
    assert blind_indexes.kin("张伟", "江苏省徐州市云龙区") is None


def test_nothing_of_the_file_is_kept_in_clear(agent):
    known(agent, id_number=ZHANG["identity.id_number"], mobile="13800138999", address=HOME)
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_stafftrace")
        kept = repr([[bytes(v) if isinstance(v, memoryview) else v for v in r] for r in cursor])
    assert not any(value in kept for value in ("13800138999", "和平路", "320311198604180014"))


def test_the_file_of_personnel_is_kept_line_by_line_or_returned_with_its_reason(agent, tmp_path):
    file = tmp_path / "人员.csv"
    rows = ["工号,姓名,手机号,住址", f"{agent.staff_no},张伟,13800138999,{HOME}", "X9,无人,,"]
    file.write_bytes("\n".join(rows).encode("gb18030"))
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_staff", file, stdout=out, stderr=err)
    assert "= 保留 1 + 退回 1" in out.getvalue()
    assert "第 3 行" in err.getvalue()
    with scopes.acting(estate.system()):
        assert StaffTrace.objects.filter(user=agent).count() == 3
    # Once more: the same is known, not twice as much.
    rows.pop()
    file.write_text("\n".join(rows), encoding="utf-8")
    call_command("import_staff", file, stdout=out, stderr=err)
    with scopes.acting(estate.system()):
        assert StaffTrace.objects.filter(user=agent).count() == 3


def test_a_file_without_staff_numbers_is_refused(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("姓名\n张伟\n")
    with pytest.raises(CommandError, match="工号"):
        call_command("import_staff", file)
