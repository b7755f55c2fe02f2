"""Who reports to whom, from a file: every row is kept or refused with its reason, and no circle comes of it."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from access import reporting, reporting_lines
from access.models import User
from access.reporting_lines import Unreadable
from access.vocabulary import Role
from tests import estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {number: estate.user(Role.AGENT, staff_no=number) for number in ("A1", "A2", "A3", "A4")}


def take_over(*rows):
    text = "\n".join(["工号,上级工号", *(",".join(row) for row in rows)])
    with estate.scopes.acting(estate.system()) as actor:
        return reporting_lines.take_over(reporting_lines.read(text), channel="command", actor=actor)


def manager(number):
    above = User.objects.get(staff_no=number).manager
    return above.staff_no if above else ""


def refused(report):
    return [(each.row.number, each.because) for each in report.refused]


def test_every_row_is_kept_or_refused_with_its_reason(people):
    User.objects.filter(staff_no="A4").update(is_active=False)
    report = take_over(
        ("A1", "A2"), ("A9", "A2"), ("A2", "B7"), ("A3", "A3"), ("A1", "A3"), ("", "A1"), ("A3", "A4"),
        ("A2", ""),
    )  # fmt: skip
    assert refused(report) == [
        (3, "unknown-person"), (4, "unknown-manager"), (5, "own-manager"), (6, "twice"),
        (7, "empty"), (8, "manager-left"),
    ]  # fmt: skip
    assert (report.changed, report.same, report.rows) == (1, 1, 8)
    assert manager("A1") == "A2"


def test_a_second_time_changes_nothing(people, entries_since):
    take_over(("A1", "A2"), ("A3", "A2"))
    report = take_over(("a1", "a2"), ("A3", "A2"))
    assert (report.changed, report.same) == (0, 2)


def test_an_empty_manager_is_one_who_is_at_the_top(people):
    take_over(("A1", "A2"))
    assert take_over(("A1", "")).changed == 1
    assert manager("A1") == ""


@pytest.mark.parametrize(
    ("before", "rows", "wrong"),
    [
        ((), [("A1", "A2"), ("A2", "A1")], [2, 3]),
        ((), [("A1", "A2"), ("A2", "A3"), ("A3", "A1"), ("A4", "A1")], [2, 3, 4]),
        ([("A1", "A2")], [("A2", "A1")], [2]),
        # What would be a circle with the lines of yesterday is none with those of today.
        ([("A1", "A2")], [("A2", "A1"), ("A1", "A3")], []),
        # A row that is refused leaves its old line, with which another one closes a circle.
        ([("A3", "A4")], [("A3", "A2"), ("A2", "A3"), ("A4", "A3")], [2, 3, 4]),
    ],
)
def test_rows_that_close_a_circle_are_refused_and_the_rest_is_kept(people, before, rows, wrong):
    take_over(*before)
    report = take_over(*rows)
    assert refused(report) == [(number, "circle") for number in wrong]
    for person in User.objects.all():
        assert person.pk not in reporting.above(person.pk)


def test_a_circle_that_was_there_before_is_not_the_files_fault(people):
    User.objects.filter(staff_no="A1").update(manager=people["A2"])
    User.objects.filter(staff_no="A2").update(manager=people["A1"])
    assert refused(take_over(("A3", "A1"))) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_command_reads_both_encodings_and_says_what_became_of_each_row(
    people, tmp_path, capsys, encoding
):
    path = tmp_path / "lines.csv"
    path.write_bytes("工号,姓名,上级工号\nA1,李娜,A2\nA8,王伟,A2\n".encode(encoding))
    with translation.override("zh-hans"):
        call_command("import_reporting_lines", path)
    told = capsys.readouterr().out
    assert "第 3 行 A8：没有这个工号" in told
    assert "读入 2 = 变更 1 + 未变 0 + 拒绝 1" in told
    assert manager("A1") == "A2"


@pytest.mark.parametrize("text", ["", "工号\nA1", "staff_no;manager\nA1;A2", "\x00"])
def test_what_is_no_such_table_is_refused_as_a_whole(text):
    with pytest.raises(Unreadable):
        reporting_lines.read(text)


def test_bytes_of_no_known_encoding_are_told(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_bytes(b"\xff\xff\xff")
    with pytest.raises(CommandError):
        call_command("import_reporting_lines", path)
    with pytest.raises(CommandError):
        call_command("import_reporting_lines", tmp_path / "none.csv")


def test_an_administrator_pastes_it_and_each_change_is_on_record(people, entries_since):
    admin = estate.user(Role.ADMINISTRATOR)
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), admin)
    assert "导入上下级关系" in client.get("/admin/access/user/").content.decode()
    estate.drain()
    pasted = {"table": "staff_no\tmanager\nA1\tA2\nA7\tA2"}
    page = client.post("/admin/people/reporting-lines/", pasted).content.decode()
    assert ("读入 2 = 变更 1 + 未变 0 + 拒绝 1" in page, "没有这个工号" in page) == (True, True)
    assert manager("A1") == "A2"


def test_what_cannot_be_read_stays_in_the_form(people):
    client = estate.login(
        Client(headers={"accept-language": "zh-hans"}), estate.user(Role.ADMINISTRATOR)
    )
    answer = client.post("/admin/people/reporting-lines/", {"table": "谁,归谁\nA1,A2"})
    assert (answer.status_code, "谁,归谁" in answer.content.decode()) == (422, True)


@pytest.mark.django_db(transaction=True)
def test_each_change_has_its_entry(people, entries_since):
    take_over(("A1", "A2"), ("A3", "A2"), ("A9", "A2"))
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    changes = [each for each in told if each["what"] == "access:user:change"]
    assert [(each["changed"], each["manager"]) for each in changes] == [(["manager"], "A2")] * 2
