"""Whom others generally may not hire: flags, screening, the industry's list, and what leaves the house of it."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from xlsxwriter import Workbook

from access import approvals, keystore, scopes
from access.gate import Refused
from access.models import Approval, Entry, Outbox, User
from access.vocabulary import Role
from custodian import clock
from incidents import tasks
from incidents.models import FlagAside, FlagBatch, FlagRelease, RehireFlag, Screening
from incidents.sanctions import (
    flags,
    importing,
    matching,
    overriding,
    people,
    releasing,
    screening,
    sealing,
)
from records.identifiers.resident import to_eighteen
from tests import estate, pdfs
from tests.incidents.sanctioning import NAME, NUMBER, OLD, Office, later, signed_in, today
from transfers import identity
from transfers.packages.errors import PackageRefused
from transfers.packages.recipient import OwnKey

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = to_eighteen("320102900101002")
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
HEAD = "姓名,证件号码,行为,决定日期,保险公司,限制至"
LISTED = "司空摘星"


@pytest.fixture
def office() -> Office:
    made = Office()
    made.decide("end_agency")
    return made


@pytest.fixture
def officer() -> User:
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def screened(by: User, number: str, name: str = "") -> list[screening.Hit]:
    with estate.acting(by) as actor:
        return screening.screen(number, name, "agent", actor=actor)


def file_of(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *rows)).encode()


def row(
    name: str = LISTED, number: str = OTHER, act: str = "泄露、出售客户信息", **said: Any
) -> str:
    decided = said.get("decided", f"{today() - timedelta(days=90)}")
    return (
        f"{name},{number},{act},{decided},{said.get('insurer', '示例人寿')},{said.get('until', '')}"
    )


def take(by: User, *rows: str, head: str = HEAD) -> FlagBatch:
    with estate.acting(by) as actor:
        return importing.take(
            file_of(*rows, head=head), file_name="list.csv", origin="省行业协会〔2026〕5号",
            received_on=today(), actor=actor,
        )  # fmt: skip


def approve(approval: Approval, by: User) -> None:
    with estate.acting(by, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_a_decision_on_one_of_the_three_acts_sets_a_flag_for_five_years(office: Office) -> None:
    flag = office.flag()
    assert flag.until == today().replace(year=today().year + 5)
    assert flag.review_on == today().replace(year=today().year + 1)
    with estate.acting(office.outside):
        said = flags.said_of(flag)
    assert (said.name, said.id_number, said.acts) == (NAME, NUMBER, ["leak"])


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        OLD,
        NUMBER.translate(FULL),
        f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ",
        OLD.translate(FULL),
    ],
)
def test_screening_finds_by_the_new_and_the_old_number_however_typed(
    office: Office, typed: str
) -> None:
    (hit,) = screened(office.outside, typed)
    assert (hit.flag, hit.name_differs) == (office.flag(), False)


def test_a_letter_at_the_end_is_found_in_either_case() -> None:
    number = next(
        each for n in range(500) if (each := to_eighteen(f"320311860418{n:03}"))[-1] == "X"
    )
    small, cross = number.replace("X", "x"), number.replace("X", "Ｘ")
    assert matching.digest(number) == matching.digest(small) == matching.digest(cross)


def test_a_miss_is_a_miss_and_leaves_an_entry_as_a_hit_does(office: Office) -> None:
    assert screened(office.outside, OTHER) == []
    assert len(screened(office.outside, NUMBER, "张三")) == 1
    with estate.acting(office.outside):
        rows = list(Screening.objects.order_by("pk").values_list("found", flat=True))
    assert rows == [0, 1]
    told = Entry.objects.filter(act="search").count() + Outbox.objects.filter().count()
    assert told >= 2


def test_another_name_is_said_to_differ(office: Office) -> None:
    (hit,) = screened(office.outside, NUMBER, "张三")
    assert hit.name_differs
    (hit,) = screened(office.outside, NUMBER, f" {NAME} ")
    assert not hit.name_differs


def test_who_may_not_screen_is_refused(office: Office) -> None:
    with pytest.raises(people.BadNumber):
        screened(office.outside, "123")
    for role in (Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR):
        person = estate.user(role)
        assert signed_in(person).get("/admin/sanction-screening/").status_code == 403
    before = Screening.objects.count()
    with pytest.raises(Refused):
        screened(office.auditor, NUMBER)
    with estate.acting(office.outside):
        assert Screening.objects.count() == before, "what was refused found nothing out"


def test_nobody_tries_out_numbers(officer: User) -> None:
    for _n in range(20):
        screened(officer, OTHER)
    with pytest.raises(screening.TooManyScreenings):
        screened(officer, OTHER)
    page = signed_in(officer).post("/admin/sanction-screening/", asked(OTHER))
    assert page.status_code == 429
    denied = Entry.objects.filter(outcome="denied")
    assert denied.exists()
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        assert screened(officer, OTHER) == []


def asked(number: str, name: str = "") -> dict[str, str]:
    return {"id_number": number, "name": name, "position": "agent", "told": "on"}


def test_the_page_says_generally_and_shows_no_number_again(office: Office) -> None:
    client = signed_in(office.outside)
    page = client.post("/admin/sanction-screening/", asked(OLD, NAME))
    text = page.content.decode()
    assert page.status_code == 200
    assert "一般不得聘用" in text
    assert "待核" in text, "the term is nobody's law"
    assert NUMBER not in text
    assert OLD not in text
    none = client.post("/admin/sanction-screening/", asked(OTHER)).content.decode()
    assert "没有查到聘用限制" in none
    assert OTHER not in none
    bad = client.post("/admin/sanction-screening/", asked("32031119860418", "某甲"))
    assert bad.status_code == 422
    assert "32031119860418" not in bad.content.decode()
    assert "某甲" not in bad.content.decode()
    untold = {**asked(OTHER), "told": ""}
    assert client.post("/admin/sanction-screening/", untold).status_code == 422


def test_number_and_name_are_in_no_log_url_row_or_error(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """A canary: planted by opening, deciding, screening and an import, and looked for everywhere."""
    caplog.set_level(logging.DEBUG)
    client = signed_in(office.outside)
    for said in (asked(NUMBER, NAME), asked(OTHER, LISTED), asked("32031119860418", NAME)):
        answer = client.post("/admin/sanction-screening/", said)
        assert NUMBER not in answer.get("Location", "")
    bad = row(number=OTHER[:-1])
    upload = SimpleUploadedFile("list.csv", file_of(row(), bad))
    told = {"file": upload, "origin": "省行业协会", "received_on": f"{today()}"}
    answer = client.post("/admin/sanction-list/import/", told)
    assert answer.status_code == 302
    needles = (NUMBER, OLD, OTHER, OTHER[:-1], LISTED)
    for needle in needles:
        assert needle not in caplog.text, needle
        assert needle not in answer["Location"]
    for table, text in _everything():
        for needle in (*needles, NAME):
            if table == "access_user" and needle == NAME:
                continue  # the register of people knows its own
            assert needle not in text, (table, needle)


def _everything() -> list[tuple[str, str]]:
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND (tablename LIKE 'incidents_%%' OR tablename LIKE 'access_%%')"
        )
        tables = [each for (each,) in cursor.fetchall()]
        found = []
        for table in tables:
            try:
                with transaction.atomic():
                    cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
                    found.append((table, cursor.fetchone()[0] or ""))
            except Exception:  # noqa: BLE001  a table that the app may not read
                continue
    return found


def test_an_import_keeps_or_sets_aside_every_row(officer: User) -> None:
    batch = take(
        officer,
        row(),
        row(name="", number=NUMBER),
        row(number=OTHER[:-1] + "0"),
        row(act="迟到"),
        row(act="诱导提供虚假信息"),
        row(decided="2099-01-01"),
        row(insurer=""),
        row(decided="2010-01-01"),
        row(until="2001-01-01"),
        row(decided="前天"),
        "",
        row(),
    )
    assert (batch.rows, batch.kept, batch.aside) == (11, 1, 10)
    with estate.acting(officer):
        rows = list(FlagAside.objects.select_related("batch"))
        reasons = [each.reasons for each in rows]
        assert reasons == [
            ["name"], ["id_number"], ["act"], ["not_barred"], ["decided_on"], ["insurer"], ["over"],
            ["until"], ["decided_on"], ["twice"],
        ]  # fmt: skip
        assert importing.opened(rows[0])[1] == NUMBER
        with pytest.raises(IntegrityError, match="keeps_or_sets_aside"), transaction.atomic():
            FlagBatch.objects.update(kept=2)
    (hit,) = screened(officer, OTHER)
    assert (hit.said.name, hit.said.insurer, hit.flag.batch) == (LISTED, "示例人寿", batch)


def test_a_workbook_is_read_as_well(officer: User) -> None:
    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, [LISTED, OTHER, "伪造", f"{today()}", "示例人寿", ""])
    client = signed_in(officer)
    upload = SimpleUploadedFile("名单.xlsx", out.getvalue())
    said = {"file": upload, "origin": "省行业协会", "received_on": f"{today()}"}
    answer = client.post("/admin/sanction-list/import/", said)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "读入 1 = 保留 1 + 隔离 0" in page
    (hit,) = screened(officer, OTHER)
    assert hit.said.acts == ["forge"]


def test_what_is_no_list_is_refused_whole(officer: User) -> None:
    for head in ("姓名,行为,决定日期,保险公司", "a,b"):
        with pytest.raises(importing.NoSuchList):
            take(officer, "x,y,z,w", head=head)
    with estate.acting(officer):
        assert not FlagBatch.objects.exists()


def test_a_correction_is_a_new_version_and_the_same_again_is_none(officer: User) -> None:
    take(officer, row())
    again = take(officer, row())
    assert (again.kept, again.same) == (1, 1)
    take(officer, row(act="伪造"))
    with estate.acting(officer):
        old, new = RehireFlag.objects.order_by("version")
        assert (old.code, old.version, old.state) == (new.code, 1, "replaced")
        assert (old.said_sealed, old.digest) == (None, None)
        assert (new.version, new.state) == (2, "current")
        with pytest.raises(flags.FlagOver):
            flags.said_of(old)
    (hit,) = screened(officer, OTHER)
    assert hit.said.acts == ["forge"]


def test_two_decisions_about_one_person_are_two_entries(officer: User) -> None:
    take(officer, row(), row(insurer="另一人寿"))
    assert len(screened(officer, OTHER)) == 2


def test_at_the_end_of_its_term_nothing_of_the_person_is_left(officer: User) -> None:
    until = today() + timedelta(days=10)
    take(officer, row(until=f"{until}"), row(number=OTHER[:-1]))
    with estate.acting(officer):
        flag = RehireFlag.objects.get()
        sealed = bytes(flag.said_sealed or b"")
    with later(11):
        assert screened(officer, OTHER) == [], (
            "the day after it finds nobody, whether or not it was swept"
        )
        tasks.end_flags()
    with estate.acting(officer):
        flag.refresh_from_db()
        assert (flag.state, flag.said_sealed, flag.digest) == ("expired", None, None)
        keystore.forget()
        with pytest.raises(keystore.NoKey):
            sealing.opened(sealing.FLAG, flag.ref, "said", sealed)
    with later(31):
        tasks.end_flags()
    with estate.acting(officer):
        (aside,) = FlagAside.objects.select_related("batch")
        assert importing.opened(aside) == []
        assert aside.reasons == ["id_number"]


def test_a_key_stays_while_its_flag_stands(office: Office) -> None:
    flag = office.flag()
    with estate.acting(office.outside):
        sealing.forget(flag.ref)
        sealing.forget(office.matter.ref)
        assert flags.said_of(flag).name == NAME
    with estate.acting(office.lead):
        assert people.who(office.matter).name == NAME


def test_the_yearly_review_lists_what_is_due_and_keeps_it(office: Office) -> None:
    flag = office.flag()
    with later(366):
        page = signed_in(office.outside).get("/admin/sanction-list/").content.decode()
        assert "该复查的" in page
        path = f"/admin/sanction-list/{flag.ref}/"
        said = {"act": "keep", "why": "事由没有变化"}
        assert signed_in(office.outside).post(path, said).status_code == 302
        with estate.acting(office.outside):
            assert flags.due() == []
            flag.refresh_from_db()
            assert flag.reviewed_on == today()


def test_an_override_needs_two_and_leaves_the_flag(office: Office) -> None:
    flag, second = office.flag(), office.second
    with estate.acting(office.outside) as actor:
        made = overriding.ask(flag, "hire", why="岗位不接触客户资料", actor=actor)
        with pytest.raises(overriding.OverrideWaiting):
            overriding.ask(flag, "lift", why="x", actor=actor)
    with pytest.raises(Refused):
        approve(made.approval, office.outside)
    approve(made.approval, second)
    (hit,) = screened(office.outside, NUMBER)
    assert [each.pk for each in hit.hired] == [made.pk]
    page = signed_in(office.outside).post("/admin/sanction-screening/", asked(NUMBER))
    assert "经两人同意" in page.content.decode()


def test_a_flag_is_lifted_by_two(office: Office) -> None:
    with estate.acting(office.outside) as actor:
        made = overriding.ask(office.flag(), "lift", why="期限届满前改正", actor=actor)
    approve(made.approval, office.second)
    assert office.flag().state == "withdrawn"
    assert screened(office.outside, NUMBER) == []
    with estate.acting(office.outside) as actor, pytest.raises(flags.FlagOver):
        overriding.ask(office.flag(), "hire", why="x", actor=actor)


def test_nobody_does_anything_about_his_own_flag_or_his_lines() -> None:
    office = Office(manager=False)
    officer = estate.user(Role.COMPLIANCE_OFFICER, name="当事人")
    office.matter = office.open(person=officer, kind="employee")
    with estate.acting(office.lead) as actor:
        people.let_in(office.matter, office.second, "member", actor=actor)
    office.person = officer
    office.decide("warning", "end_labour")
    flag = office.flag()
    officer.is_active = True
    User.objects.filter(pk=officer.pk).update(is_active=True)
    with estate.acting(officer):
        assert not RehireFlag.objects.exists()
    above = estate.user(Role.COMPLIANCE_OFFICER, name="上级")
    User.objects.filter(pk=officer.pk).update(manager=above)
    with estate.acting(above) as actor:
        mine = RehireFlag.objects.select_related("person").get()
        for act in (
            lambda: flags.keep(mine, why="x", actor=actor),
            lambda: overriding.ask(mine, "lift", why="x", actor=actor),
        ):
            with pytest.raises(flags.OwnFlag):
                act()
    assert flag.person_id == officer.pk


def test_the_list_goes_out_sealed_signed_by_two_and_once(office: Office) -> None:
    take(office.outside, row())
    key = OwnKey(OwnKey.draw())
    with estate.acting(office.outside) as actor:
        with pytest.raises(releasing.BadKey):
            releasing.ask_for_list("协会", "ab", reason="x", actor=actor)
        made = releasing.ask_for_list(
            "省行业协会", key.public.raw.hex(), reason="按季报送", actor=actor
        )
        with pytest.raises(releasing.NotApproved):
            releasing.take(made, actor=actor)
    with pytest.raises(Refused):
        approve(made.approval, office.outside)
    approve(made.approval, office.second)
    answer = signed_in(office.outside).post(f"/admin/sanction-release/{made.ref}/")
    content = answer.content
    assert NAME.encode() not in content
    assert NUMBER.encode() not in content
    signer = identity.own_key().public_key()
    said = releasing.read(content, own_key=key, signer=signer)
    (one,) = said["people"]
    assert (one["name"], one["id_number"], one["acts"]) == (NAME, NUMBER, ["leak"])
    assert LISTED not in str(said), "what others told goes nowhere"
    with pytest.raises(PackageRefused):
        releasing.read(content, own_key=OwnKey(OwnKey.draw()), signer=signer)
    with pytest.raises(PackageRefused):
        releasing.read(content[:-1] + bytes([content[-1] ^ 1]), own_key=key, signer=signer)
    with estate.acting(office.outside) as actor, pytest.raises(releasing.NotApproved):
        releasing.take(made, actor=actor)


def test_what_changed_since_does_not_go_out(office: Office) -> None:
    with estate.acting(office.outside) as actor:
        made = releasing.ask_for_enquiry(
            office.flag(), "示例人寿", reason="函〔2026〕7号", actor=actor
        )
        lift = overriding.ask(office.flag(), "lift", why="x", actor=actor)
    approve(lift.approval, office.second)
    with pytest.raises(flags.FlagOver):
        approve(made.approval, office.second)


def test_another_insurer_gets_a_letter_in_two_languages(office: Office) -> None:
    with estate.acting(office.outside) as actor:
        made = releasing.ask_for_enquiry(
            office.flag(), "示例人寿", reason="函〔2026〕7号", actor=actor
        )
    approve(made.approval, office.second)
    with estate.acting(office.outside) as actor:
        content = releasing.take(FlagRelease.objects.get(pk=made.pk), actor=actor)
    text = "".join(pdfs.text(content).split())
    assert NAME in text
    assert "一般不得聘用" in text
    assert "示例人寿" in text
    assert NUMBER not in text


def test_nothing_goes_out_of_an_empty_list(officer: User) -> None:
    take(officer, row())
    key = OwnKey(OwnKey.draw()).public.raw.hex()
    with estate.acting(officer) as actor:
        with pytest.raises(releasing.NothingToTell):
            releasing.ask_for_list("协会", key, reason="x", actor=actor)
        with pytest.raises(releasing.NothingToTell):
            releasing.ask_for_enquiry(RehireFlag.objects.get(), "某", reason="x", actor=actor)


def test_the_pages_of_the_list(office: Office) -> None:
    take(office.outside, row(), row(number="1"))
    client = signed_in(office.outside)
    for path in ("list/", "list/import/", "releases/", f"list/{office.flag().ref}/"):
        assert client.get(f"/admin/sanction-{path}").status_code == 200, path
    listed = client.get("/admin/sanction-list/").content.decode()
    assert NAME not in listed
    assert LISTED not in listed
    batch = FlagBatch.objects.none()
    with estate.acting(office.outside):
        batch = FlagBatch.objects.get()
    page = client.get(f"/admin/sanction-batch/{batch.ref}/").content.decode()
    assert "读入 2 = 保留 1 + 隔离 1" in page
    security = signed_in(office.second)
    assert security.get("/admin/sanction-list/").status_code == 200
    assert security.get("/admin/sanction-list/import/").status_code == 403
    asks = {"act": "enquiry", "flag": str(office.flag().ref), "to": "示例人寿", "reason": "函"}
    assert client.post("/admin/sanction-releases/", asks).status_code == 302
    assert security.post("/admin/sanction-releases/", asks).status_code == 403
    missing = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    for path in (f"list/{missing}/", f"batch/{missing}/"):
        assert client.get(f"/admin/sanction-{path}").status_code == 404
    assert client.post(f"/admin/sanction-release/{missing}/").status_code == 404
