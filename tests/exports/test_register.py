"""A file that got out, held against every export: by the rows in the database and on the command line."""

from __future__ import annotations

import csv
import io
import json
import random
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command

from access import scopes
from access.exports import jobs, register
from access.exports.register import Answer, Written
from access.vocabulary import Role
from records import leaked_files
from tests import estate
from tests.exports import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def exports(agent, officer):
    """Three of the same customers, for three people."""
    office.customers(30, of=[agent])
    office.honey(4)
    people = [agent, *(estate.user(Role.SERVICE_DESK) for _ in range(2))]
    return [office.made(agent, officer, to=person) for person in people]


def content(export, agent) -> bytes:
    from access.exports.shelf import SHELF

    with scopes.acting(estate.system()):
        return b"".join(SHELF.read(export.ref))


def recognised(written: Written) -> Answer:
    with scopes.acting(None):
        return register.recognise(written, builder="customers", actor=estate.system())


def part(rows: list[list[str]], *, share: float = 0.4, drop: int | None = None, seed: int = 1):
    """Some of the rows in their order, the columns in any."""
    chance = random.Random(seed)
    columns = [at for at in range(len(rows[0])) if at != drop]
    chance.shuffle(columns)
    return [[row[at] for at in columns] for row in rows if chance.random() < share]


def test_some_rows_with_shuffled_columns_name_the_export(exports, agent):
    for export in exports:
        _heads, *rows = office.table(content(export, agent))
        answer = recognised(Written(part(rows)))
        assert [each.code for each in answer.named] == [export.code]
        assert answer.tried == 3


def test_without_the_references_the_values_say_whose_each_row_is(exports, agent):
    _heads, *rows = office.table(content(exports[1], agent))
    answer = recognised(Written(part(rows, drop=0, share=0.6)))
    assert [each.code for each in answer.named] == [exports[1].code]
    assert answer.customers == answer.rows


def test_a_list_of_the_same_customers_from_elsewhere_is_unknown(exports, agent):
    _heads, *rows = office.table(content(exports[1], agent))
    answer = recognised(Written(sorted(rows)))
    assert (answer.named, answer.rows) == ([], len(rows))


def test_a_file_of_nobody_is_unknown(exports):
    answer = recognised(Written([["姓名", "电话"], ["无名氏", "12345"], ["", ""]]))
    assert (answer.customers, answer.candidates) == (0, [])


def test_a_telephone_that_two_share_is_not_enough_to_say_whose_a_row_is(agent):
    values = {**estate.ZHANG, "identity.mobile": office.mobile(77)}
    for name in ("甲某", "乙某"):
        estate.customer({**values, "identity.name": name}, of=[agent], accounts=())
    told = register.builders.of("customers").identify(
        [[office.mobile(77)], [office.mobile(77), "乙某", "1986/04/18"]]
    )
    assert told[0] is None
    assert told[1] is not None


def test_it_is_one_entry_with_a_hash_and_nobody_is_tagged(exports, agent, entries_since):
    rows = office.table(content(exports[0], agent))
    before = len(entries_since())
    recognised(Written(rows))
    (entry,) = entries_since()[before:]
    leaf = json.loads(entry.leaf)
    assert (leaf["what"], leaf["n"], leaf["no"]) == ("access:export:recognise", 0, "SYS-TESTS")


def test_no_value_is_opened_for_it(exports, agent, monkeypatch):
    from records import vault

    rows = office.table(content(exports[0], agent))
    monkeypatch.setattr(vault, "reveal", lambda _permit: pytest.fail("opened"))
    assert recognised(Written(rows)).named


def test_a_file_that_is_gone_is_recognised_all_the_same(exports, agent, officer):
    rows = office.table(content(exports[2], agent))
    with estate.acting(officer) as actor:
        jobs.recall(exports[2], channel="admin", actor=actor)
    assert [each.code for each in recognised(Written(rows)).named] == [exports[2].code]


# Reading the file.


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_cells_and_quotation_marks_are_read_as_they_stand(end, delimiter, quoting):
    rows = [["姓名", "地址"], ["张三", '路1号 "东"'], ["李四", f"a{delimiter}b"], ["", "x\ny"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    written = leaked_files.of_text(out.getvalue())
    assert [list(row) for row in written.rows] == rows
    assert (written.end, set(written.quoted)) == (end, {quoting == csv.QUOTE_ALL})


def test_a_torn_file_is_read_as_far_as_it_goes():
    written = leaked_files.of_text('a,b\n"c,d\n')
    assert [list(row) for row in written.rows] == [["a", "b"], ['"c', "d"]]


def test_the_stroke_of_its_days_is_the_commonest():
    assert leaked_files.of_text("1986/04/18,x\n1990/01/02,2020-01-01\n").stroke == "/"
    assert leaked_files.of_text("a,b\n").stroke == ""


# On the command line.


def run(path, *options) -> tuple[int, str]:
    out = io.StringIO()
    code = 0
    try:
        call_command("recognise_export", str(path), *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_command_names_the_export_or_says_unknown(agent, officer, tmp_path, kind, capsys):
    office.customers(12, of=[agent])
    export = office.made(agent, officer, format=kind)
    path = tmp_path / f"found.{kind}"
    path.write_bytes(content(export, agent))
    code, told = run(path, "--json")
    said = json.loads(told)
    assert (code, said["verdict"]) == (0, [export.code])
    assert said["candidates"][0]["recipient"] == str(agent)
    assert said["candidates"][0]["rows"] == 12
    with suppress(SystemExit):
        call_command("recognise_export", str(path))
    assert export.code in capsys.readouterr().out

    other = tmp_path / "other.csv"
    other.write_text("name,telephone\nnobody,1\n")
    code, told = run(other, "--json")
    assert (code, json.loads(told)["verdict"]) == (1, "unknown")


@pytest.mark.parametrize(
    ("name", "bytes_"), [("x.csv", b"\xff\xfe\xfa\x80"), ("x.doc", b"abc"), ("x.xlsx", b"PK")]
)
def test_what_is_no_table_is_refused_in_words(tmp_path, name, bytes_):
    path = tmp_path / name
    path.write_bytes(bytes_)
    with pytest.raises(CommandError):
        run(path)
    with pytest.raises(CommandError):
        run(tmp_path / "missing.csv")
