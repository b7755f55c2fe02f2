"""A list that is not ours is held against the layouts of others; what fits is said with its base, or unknown."""

from __future__ import annotations

import json
import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, transaction

from access.models import Entry
from access.vocabulary import Role
from incidents.models import LeakTrace, ListLayout
from incidents.tracing import layouts, signatures
from incidents.tracing.layouts import BadShape, Column, Grade, Layout
from tests import estate
from tests.sequencer.trees import Place
from tests.tracing import made
from tests.tracing.insurer import Insurer, mobile

PAGE = "/admin/leak-tracing/layouts/"
COLUMNS = "保单号 | 保单号 | PA#{12}\n投保人 | 姓名\n手机 | 手机号\n险种\n保费 | 金额"
PARTS = (
    Column("保单号", "policy", "PA#{12}"),
    Column("投保人", "name"),
    Column("手机", "mobile"),
    Column("险种"),
    Column("保费", "money"),
)
THEIRS = Layout("theirs", PARTS, ",", "utf-8")


def rows(number: int, *, prefix: str = "PA", wrong: int = 0) -> list[list[str]]:
    dice = random.Random(number)
    return [
        [
            f"{prefix}{dice.randrange(10**12):012}" if at >= wrong else "无",
            f"王{'甲乙丙丁'[at % 4]}",
            f"138{dice.randrange(10**8):08}",
            "两全险",
            f"{dice.randrange(100, 9_999)}.00",
        ]
        for at in range(number)
    ]


HEADS = ["保单号", "投保人", "手机", "险种", "保费"]


def test_headings_and_shapes_are_counted_with_their_base():
    (fit,) = layouts.compare(
        [["保单号 ", "投保人", "电话", "险种", "保费"], *rows(200, wrong=4)],
        [THEIRS],
        separator=",",
        encoding="gb18030",
    )
    assert (fit.grade, fit.found, fit.headings, fit.ordered) == (Grade.WELL, 4, 5, 4)
    said = {each.column.heading: (each.fits, each.cells, each.rows) for each in fit.columns}
    assert said["保单号"] == (196, 200, 200)
    assert said["手机"] == (0, 0, 200), "its heading is not there"
    assert (fit.separator, fit.encoding) == (True, False)


def test_without_headings_columns_are_told_by_place_and_shape():
    (fit,) = layouts.compare(rows(50), [THEIRS])
    assert (fit.grade, fit.found, fit.held) == (Grade.WELL, 0, 4)
    assert layouts.compare(rows(50, prefix="TK"), [THEIRS]) == [], "another company's numbers"


def test_names_and_telephones_alone_make_no_fit():
    plain = Layout("plain", (Column("姓名", "name"), Column("手机", "mobile"), Column("", "money")))
    assert layouts.compare([[each[1], each[2], each[4]] for each in rows(50)], [plain]) == []


def test_few_rows_say_nothing_of_shapes():
    assert layouts.compare(rows(19), [THEIRS]) == []


def test_rows_that_are_ours_are_left_out():
    mixed = [*rows(60, prefix="QH"), *rows(40)]
    (fit,) = layouts.compare(mixed, [THEIRS], ours=[True] * 60)
    assert {each.rows for each in fit.columns} == {40}
    assert fit.grade is Grade.WELL


def test_the_better_fit_is_first_and_a_large_file_is_looked_at_evenly():
    other = Layout("other", (*PARTS[:1], Column("客户"), Column("地址"), Column("备注")))
    many = [HEADS, *rows(layouts.SAMPLE * 2)]
    first, second = layouts.compare(many, [other, THEIRS])
    assert (first.ref, second.ref) == ("theirs", "other")
    assert first.columns[0].rows in {layouts.SAMPLE, layouts.SAMPLE - 1}


@pytest.mark.parametrize(
    ("shape", "fits", "not_"),
    [
        ("PA#{12}", "PA123456789012", "PA12345678901"),
        ("@{2}-*{3-5}", "ab-1X2", "a1-1X2"),
        ("汉{2}.#", "两全.1", "两全x1"),
        ("(#)+", "(7)+", "77"),
    ],
)
def test_a_shape_is_what_it_says_and_no_expression(shape, fits, not_):
    assert layouts.compiled(shape).fullmatch(fits)
    assert not layouts.compiled(shape).fullmatch(not_)


@pytest.mark.parametrize(
    "shape", ["", "#{0}", "#{9-3}", "#{99}", "{3}", "#{1-9}#{1-9}#{1-9}", "#{"]
)
def test_what_is_no_shape_is_refused(shape):
    with pytest.raises(BadShape):
        layouts.compiled(shape)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def office(client, officer):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return estate.login(client, officer, stepped_up=True)


@pytest.fixture
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    Insurer()
    Place.make(tmp_path / "log").seal()


FORM = {"company": "平泰人寿客户导出", "source": "来函附表", "columns": COLUMNS, "why": "行业通报"}


def entered(officer, **said):
    with estate.acting(officer) as actor:
        return signatures.enter(
            **{"company": "平泰人寿", "source": "来函", "columns": PARTS, "why": "通报"} | said,
            actor=actor,
        )


@pytest.mark.django_db(transaction=True)
def test_a_layout_is_entered_compared_and_ended_through_the_pages(office, officer, own_store):
    assert office.post(PAGE, FORM).status_code == 302
    row = ListLayout.objects.get()
    assert row.columns[0] == ["保单号", "policy", "PA#{12}"]
    estate.drain()
    read = [json.loads(each) for each in Entry.objects.values_list("leaf", flat=True)]
    said = [each for each in read if each.get("what") == "incidents:list-layout:keep"]
    assert [(each["outcome"], each["list-layout"]) for each in said] == [("entered", str(row.ref))]
    assert "平泰人寿" in office.get(PAGE).content.decode()
    assert "PA#{12}" in office.get(f"{PAGE}{row.ref}/").content.decode()

    file = [",".join(each) for each in rows(60)]
    job = made.traced(file, by=officer)
    text = office.get(f"/admin/leak-tracing/{job.ref}/").content.decode()
    assert "平泰人寿客户导出" in text
    assert "61 个值中有 60 个（98%）合乎写法 PA#{12}" in text
    held = json.dumps(job.answer, ensure_ascii=False)
    assert not [cell for each in rows(60) for cell in each if len(cell) > 6 and cell in held]

    assert office.post(f"{PAGE}{row.ref}/", {"why": "已改版"}).status_code == 302
    assert office.post(f"{PAGE}{row.ref}/", {"why": "再停"}).status_code == 409
    job = made.traced(file, by=officer)
    assert job.answer["sources"] == [{"layout": "unknown", "rows": 61, "compared": 0}]
    assert "未知" in office.get(f"/admin/leak-tracing/{job.ref}/").content.decode()
    assert "已停用的版式" in office.get(f"{PAGE}?show=ended").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_mostly_ours_is_not_compared(officer, own_store):
    entered(officer)
    job = made.traced([f"某,{mobile(each)}" for each in range(30)], by=officer)
    assert [each for each in job.answer["sources"] if "layout" in each] == []


@pytest.mark.django_db(transaction=True)
def test_the_command_says_whose_it_looks_like(officer, own_store, tmp_path):
    row = entered(officer)
    path = tmp_path / "x.csv"
    path.write_text("\n".join(",".join(each) for each in [HEADS, *rows(50, wrong=1)]))
    out = StringIO()
    call_command("trace_leak", str(path), "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert {"rows", "matched", "sources", "candidates"} <= said.keys()
    (source,) = said["sources"]
    assert (source["layout"], source["company"], source["fit"]) == (
        str(row.ref),
        "平泰人寿",
        "well",
    )
    assert (source["found"], source["headings"], source["rows"]) == (5, 5, 51)
    assert source["columns"][0] | {"fits": 49, "cells": 50} == source["columns"][0]
    assert any("98%" in each["words"] for each in source["because"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("", "请写各列"),
        ("姓名\n手机", "至少写三列"),
        ("姓名 | 人名\n手机\n地址", "没有“人名”这个种类"),
        ("号 | | #{0}", "写法不对"),
        ("a | b | c | d", "每行是"),
        ("13912345678\n姓名\n手机", "第 1 行：像是客户资料"),
        ("\n".join(f"列{each}" for each in range(31)), "最多三十列"),
    ],
)
def test_a_form_that_is_wrong_says_what_to_do(office, columns, says):
    page = office.post(PAGE, {**FORM, "columns": columns})
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not ListLayout.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_else_enters_or_ends_one(client, officer):
    row = entered(officer)
    for role in (Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR):
        visitor = estate.login(client, estate.user(role), stepped_up=True)
        assert visitor.get(PAGE).status_code == 403
        assert visitor.post(PAGE, FORM).status_code == 403
        assert visitor.post(f"{PAGE}{row.ref}/", {"why": "x"}).status_code == 403
    assert ListLayout.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_a_layout_as_it_was_entered(officer):
    row = entered(officer)
    rows_ = ListLayout.objects.filter(pk=row.pk)
    for change in ({"company": "别家"}, {"columns": []}, {"entered_by": estate.user(Role.AUDITOR)}):
        with pytest.raises(Error, match="kept as it was"), transaction.atomic():
            rows_.update(**change)
    with pytest.raises(IntegrityError, match="that_ended_says"), transaction.atomic():
        rows_.update(ended_why="无人")
    assert not LeakTrace.objects.exists()
