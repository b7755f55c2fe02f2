"""The packs: whole, in both languages, and refused by file and code where something is wrong."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from access.models import Quota
from custodian.regimes.packs import CONFIRMED, BadPack, Mark, load, read, regimes
from custodian.regimes.periods import Period

ROOT = Path(__file__).resolve().parents[2]
PACK = """
title: 某国
title_en: Somewhere
laws:
  act: {law: 某法, law_en: Some Act, source: 法律文本, source_en: its text, since: 2020-01-01}
clauses:
- {code: XX-1, law: act, article: 第一条, article_en: art. 1, mark: V1, says: 至少五年。, says_en: Five years.}
- {code: XX-2, law: act, article: 第二条, article_en: art. 2, mark: "M?", says: 三年。, says_en: Three years.}
retention:
- {code: xx-a, about: [policy], trigger: created, period: 5y, binding: true, clause: XX-1, mark: V1}
- {code: xx-b, about: [claim], trigger: created, period: 3y, binding: false, clause: XX-2, mark: M}
"""


def test_a_small_pack_reads():
    pack = read(PACK, "xx")
    assert pack.clauses["XX-2"].mark is Mark.UNCONFIRMED
    assert (pack.clauses["XX-1"].law, pack.clauses["XX-1"].since) == ("某法", date(2020, 1, 1))
    assert pack.retention["xx-a"].period == Period(months=60)


@pytest.mark.parametrize(
    ("before", "after", "code", "wrong"),
    [
        ("code: XX-1,", "code: YY-1,", "YY-1", "begins with XX-"),
        ("code: xx-b", "code: xx-a", "xx-a", "twice"),
        ("code: XX-2", "code: XX-1", "XX-1", "twice"),
        ("law: act, article: 第一条", "law: other, article: 第一条", "XX-1", "no law"),
        ("says_en: Five years.", 'says_en: " "', "XX-1", "says_en"),
        (", says_en: Five years.", "", "XX-1", "lacks says_en"),
        ("mark: V1, says", "mark: V9, says", "XX-1", "V9 is no mark"),
        ("mark: V1, says", 'mark: "-", says', "XX-1", "a mark of a source"),
        ("article_en: art. 1", "article_en: art. 1, page: 3", "XX-1", "unknown page"),
        ("since: 2020-01-01", "since: soon", "XX-1", "soon is no date"),
        ("since: 2020-01-01", "since: 2020-01-01, until: 2019-01-01", "XX-1", "before it begins"),
        ("period: 5y", "period: 5 years", "xx-a", "5 years"),
        ("trigger: created, period: 3y", "trigger: never, period: 3y", "xx-b", "never"),
        ("about: [policy]", "about: [polcy]", "xx-a", "unknown"),
        ("about: [policy]", "about: []", "xx-a", "unknown"),
        ("binding: false", "binding: false, when: {term: eternal}", "xx-b", "condition"),
        ("binding: false", "binding: perhaps", "xx-b", "binds or does not"),
        ("clause: XX-1", "clause: XX-9", "xx-a", "no clause"),
        ("clause: XX-1", 'clause: ""', "xx-a", "no clause"),
        ("binding: false", "binding: true", "xx-b", "nobody has confirmed"),
        ("clause: XX-2, mark: M", "clause: XX-2, mark: V1", "xx-b", "surer than its clause"),
        ("title_en: Somewhere", "name: Somewhere", "file", "title_en"),
        ("title: 某国", "title: [", "file", "no YAML"),
    ],
)
def test_a_pack_that_is_wrong_is_refused_by_file_and_code(before, after, code, wrong):
    assert before in PACK
    with pytest.raises(BadPack) as found:
        read(PACK.replace(before, after), "xx")
    said = str(found.value)
    assert [each for each in ("xx.yaml", f" {code}:", wrong) if each not in said] == []


def test_what_stands_on_an_unconfirmed_clause_binds_nobody():
    upside_down = PACK.replace("clause: XX-1, mark: V1", "clause: XX-2, mark: V1")
    with pytest.raises(BadPack, match="xx-a: binds by what nobody has confirmed"):
        read(upside_down, "xx")


@pytest.mark.parametrize("regime", regimes())
def test_each_pack_is_whole_and_no_unconfirmed_rule_binds(regime):
    pack = load(regime)
    assert pack.clauses
    assert pack.retention
    for each in pack.clauses.values():
        assert re.search(r"[\u4e00-\u9fff]", each.says), each.code
        assert not re.search(r"[\u4e00-\u9fff]", each.says_en + each.law_en + each.article_en), each
        assert len(each.says_en) > 15, each.code
    binding = [each for each in pack.retention.values() if each.binding]
    assert [each.code for each in binding if each.mark not in CONFIRMED] == []
    assert [each.code for each in binding if pack.clauses[each.clause].mark not in CONFIRMED] == []


def test_the_packs_are_those_of_four_legal_orders():
    assert regimes() == ["cn", "eu", "uk", "us"]
    assert len(load("cn").clauses) > 100


NAMED = re.compile(r"(?<![A-Za-z0-9-])(?:CN|EU|UK|US)-[A-Z0-9]+(?:-[A-Z0-9]+)*(?![A-Za-z0-9-])")
FOLDERS = ("custodian", "access", "records", "transfers", "incidents", "templates")


def test_every_clause_that_the_product_names_stands_in_a_pack():
    packs = [load(regime) for regime in regimes()]
    known = {code for pack in packs for code in (*pack.clauses, *pack.clocks, *pack.circumstances)}
    named = {
        code: path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yaml", ".html"} and "regimes" not in path.parts
        for code in NAMED.findall(path.read_text("utf-8"))
    }
    assert {"CN-CRIM", "CN-PIPL-51", "CN-NFRA-CUST"} <= set(named)
    assert {code: path for code, path in named.items() if code not in known} == {}


@pytest.mark.django_db
def test_every_clause_that_a_row_names_stands_in_a_pack():
    known = {code for regime in regimes() for code in load(regime).clauses}
    named = set(Quota.objects.exclude(law="").values_list("law", flat=True))
    assert named
    assert named <= known


@pytest.mark.parametrize(
    ("period", "other", "reaches"),
    [
        ("10y", "5y", True),
        ("5y", "10y", False),
        ("5y", "60mo", True),
        ("1y", "365d", True),
        ("365d", "1y", False),
        ("366d", "1y", True),
        ("30d", "1mo", False),
        ("31d", "1mo", True),
        ("400d", "6mo", True),
        ("0d", "0d", True),
    ],
)
def test_a_period_reaches_another_only_where_it_never_ends_before_it(period, other, reaches):
    assert Period.read(period).reaches(Period.read(other)) is reaches


def test_periods_of_different_units_are_ordered_by_their_length():
    written = ["200d", "5y", "0d", "400d", "30d", "61mo", "6mo", "1y", "1mo"]
    ordered = [str(each) for each in sorted(Period.read(each) for each in written)]
    assert ordered == ["0y", "30d", "1mo", "6mo", "200d", "1y", "400d", "5y", "61mo"]
    assert max(Period.read("200d"), Period.read("6mo")) == Period.read("200d")
