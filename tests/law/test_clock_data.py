"""The clocks of the packs: whole, by an existing clause or by the company's own word, refused otherwise."""

from __future__ import annotations

import re

import pytest

from custodian.regimes import tables
from custodian.regimes.clocks import COMPANY, Kind, NotExtendable
from custodian.regimes.lengths import Length
from custodian.regimes.packs import BadPack, Mark, company_clocks, load, read, regimes
from tests.law.test_packs import PACK

CLOCKS = f"""{PACK}
clocks:
- {{code: XX-A, name: 甲, name_en: A, trigger: complaint, start: received, length: 15d, target: 7d, law: true, clause: XX-1, mark: V1,
   extensions: [{{code: complex, to: 30d, name: 复杂, name_en: Complex}}, {{code: special, add: 30d, after: complex, name: 特殊, name_en: Special}}]}}
- {{code: XX-B, name: 乙, name_en: B, trigger: schedule, start: previous, yearly: "01-15", repeats: true, law: true, clause: XX-2, mark: M}}
- {{code: XX-C, name: 丙, name_en: C, trigger: question, start: received, length: 5wd, law: false, mark: "-",
   when: {{people: over_10m}}, note: 注, note_en: a note}}
"""
ALL = [
    *(each for regime in regimes() for each in load(regime).clocks.values()),
    *company_clocks().values(),
]
# What was found in the law that runs against a clock.
STUDIED = {
    "cn": "CN-NFRA-2H CN-NFRA-24H CN-NFRA-2HREP CN-NFRA-5WD CN-CAC-4H CN-CAC-1H CN-CAC-2H CN-CAC-30D"
    " CN-PIPL-57 CN-NDR-10 CN-PBOC-30MIN CN-PBOC-2H CN-RIGHTS-30D CN-ACCT-15WD CN-COMPL-15D"
    " CN-CLAIM-30D CN-CLAIM-10D CN-CLAIM-3D CN-CLAIM-60D CN-AUDIT-2Y CN-AUDIT-FIX CN-PIPO-30WD"
    " CN-NFRA-ANN CN-NFRA-3Y CN-NDR-33-1Y CN-PBOC-RISK-1Y CN-PBOC-AUDIT-1Y CN-PBOC-AUDIT-3Y"
    " CN-PBOC-DRILL-1Y CN-PBOC-DRILL-3Y CN-CRYPTO-1Y CN-CRYPTO-31JAN CN-TRF-PUB CN-TRF-22 CN-82-LETTER",
    "eu": "EU-33 EU-12 EU-14 EU-DORA-4H EU-DORA-72H EU-DORA-1MO EU-S2",
    "uk": "UK-33 UK-SAR UK-CMP UK-P7 UK-P7-6W",
    "us": "US-668 US-NY US-NY-X-24H US-NY-X-30D US-NY-C US-HIP US-HIP-500 US-HIP-ANN",
}


def test_a_small_pack_reads():
    found = read(CLOCKS, "xx").clocks
    assert (found["XX-A"].length, found["XX-A"].target) == (Length.read("15d"), Length.read("7d"))
    assert [found[code].binds for code in ("XX-A", "XX-B", "XX-C")] == [True, False, False]
    assert [str(found["XX-A"].extended(each)) for each in ([], ["complex"], ["complex", "special"])] == [
        "15d", "30d", "60d",
    ]  # fmt: skip


@pytest.mark.parametrize("codes", [["special"], ["complex", "complex"], ["other"]])
def test_an_extension_is_known_comes_in_its_turn_and_once(codes):
    with pytest.raises(NotExtendable):
        read(CLOCKS, "xx").clocks["XX-A"].extended(codes)


@pytest.mark.parametrize(
    ("before", "after", "code", "wrong"),
    [
        ("code: XX-B", "code: XX-A", "XX-A", "twice"),
        ("code: XX-C", "code: YY-C", "YY-C", "begins with XX-"),
        ("length: 15d", "length: 15 days", "XX-A", "15 days"),
        ("trigger: complaint", "trigger: full_moon", "XX-A", "full_moon"),
        ("start: received, length: 15d", "start: never, length: 15d", "XX-A", "never"),
        ("trigger: complaint, ", "", "XX-A", "trigger"),
        ("name_en: A, ", "", "XX-A", "lacks name_en"),
        ("name_en: A,", "name_en: '',", "XX-A", "one language"),
        ("target: 7d", "target: 7d, page: 3", "XX-A", "unknown page"),
        ("target: 7d", "target: 16d", "XX-A", "longer"),
        ("target: 7d", "target: 7wd", "XX-A", "different units"),
        ("to: 30d", "to: 10d", "XX-A", "gives no time"),
        ("to: 30d", "to: 30d, add: 5d", "XX-A", "cannot be read"),
        ("to: 30d", "to: 30wd", "XX-A", "different units"),
        ("after: complex", "after: other", "XX-A", "not there"),
        (
            "code: special, add: 30d, after: complex",
            "code: complex, add: 30d",
            "XX-A",
            "there twice",
        ),
        ("name: 特殊", "name: 特殊, page: 3", "XX-A", "unknown page"),
        ("clause: XX-1, mark: V1,\n   ext", "clause: XX-9, mark: V1,\n   ext", "XX-A", "no clause"),
        ("clause: XX-1, mark: V1,\n   ext", 'mark: "-",\n   ext', "XX-A", "no clause"),
        (
            "clause: XX-1, mark: V1,\n   ext",
            'clause: XX-1, mark: "-",\n   ext',
            "XX-A",
            "company's choice",
        ),
        ("law: true, clause: XX-2, mark: M", "law: true, clause: XX-2, mark: V1", "XX-B", "surer"),
        ('yearly: "01-15"', 'yearly: "02-29"', "XX-B", "day of the year"),
        ('yearly: "01-15"', 'yearly: "01-15", length: 3d', "XX-B", "or both"),
        ('yearly: "01-15", ', "", "XX-B", "neither"),
        ("repeats: true", "repeats: often", "XX-B", "or is not"),
        ("people: over_10m", "people: many", "XX-C", "nobody knows"),
        (", note: 注, note_en: a note", "", "XX-C", "in words"),
        ('law: false, mark: "-"', "law: false, mark: M", "XX-C", "no clause"),
        ("length: 5wd", "length: 5wd, cap: 1d", "XX-C", "half a cap"),
        ("length: 5wd", "length: 5wd, action: Do It", "XX-C", "no code"),
        ("length: 5wd", "length: 5wd, since: soon", "XX-C", "no date"),
    ],
)
def test_a_clock_that_is_wrong_is_refused_by_file_and_code(before, after, code, wrong):
    assert before in CLOCKS
    with pytest.raises(BadPack) as found:
        read(CLOCKS.replace(before, after), "xx")
    said = str(found.value)
    assert [each for each in ("xx.yaml", f" {code}:", wrong) if each not in said] == []


@pytest.mark.parametrize("regime", regimes())
def test_every_studied_clock_is_there_and_no_other(regime):
    assert list(load(regime).clocks) == STUDIED[regime].split()


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
def test_every_clock_names_its_clause_or_is_the_companys_own(rule):
    if rule.regime == COMPANY:
        assert (rule.mark, rule.law) == (Mark.DEFAULT, False)
    else:
        clause = load(rule.regime).clauses[rule.clause]
        assert rule.mark is clause.mark or rule.mark is Mark.DEFAULT
    assert not (rule.binds and rule.mark in {Mark.UNCONFIRMED, Mark.DEFAULT})
    for said, told in ((rule.name, rule.name_en), (rule.to, rule.to_en), (rule.note, rule.note_en)):
        assert bool(said) == bool(told)
        assert not re.search(r"[\u4e00-\u9fff]", told), told


def test_codes_are_told_apart_and_fit_their_column():
    codes = [each.code for each in ALL]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 24


def test_the_numbers_of_customers_are_those_of_the_law():
    china = load("cn").clocks
    told = {
        code: str(each.length) for code, each in china.items() if each.trigger.startswith("claim")
    }
    assert told == {
        "CN-CLAIM-30D": "30d", "CN-CLAIM-10D": "10d", "CN-CLAIM-3D": "3d", "CN-CLAIM-60D": "60d",
    }  # fmt: skip
    complaint = china["CN-COMPL-15D"]
    assert [str(complaint.extended(each)) for each in ((), ("complex",), ("complex", "special"))] == [
        "15d", "30d", "60d",
    ]  # fmt: skip
    assert [each.approval for each in complaint.extensions] == [False, True]
    rights = china["CN-RIGHTS-30D"]
    # A recommended standard does not bind, whoever reads it.
    assert (str(rights.length), str(rights.target), rights.law) == ("30d", "15d", False)
    assert china["CN-TRF-22"].kind is Kind.BEFORE


def test_the_tables_of_the_documentation_are_those_of_the_packs():
    page = tables.PAGE.read_text("utf-8")
    assert tables.written(page) == page, "run python -m custodian.regimes.tables"
