"""Recognition: checksums first, then headers, then shapes; and mappings as TOML."""

from __future__ import annotations

import pytest

from records.identifiers import DateOrder, IdType
from records.importing import mapping
from records.importing.mapping import BookMapping, ColumnRule, MappingInvalid, SourceMapping
from records.importing.readers import Row, Sheet
from records.importing.recognise import mapping_of, recognise, recognise_sheet_kind
from records.importing.targets import TARGETS, Kind

ID = "11010519491231002X"


def sheet(headers: str, *rows: str) -> Sheet:
    numbered = [Row(number, tuple(row.split())) for number, row in enumerate(rows, start=2)]
    return Sheet("表", tuple(headers.split()), lambda: iter(numbered))


def targets(given: Sheet) -> list[str | None]:
    return [guess.target for guess in recognise(given)]


def test_chinese_and_english_headers_are_recognised():
    assert targets(sheet("客户号 姓名 手机号（必填） 出生日期", "C1 张三 13912345679 1990-01-02")) == [
        "customer.key", "identity.name", "identity.mobile", "identity.birth_date",
    ]  # fmt: skip
    assert targets(sheet("Customer_ID Full-Name Date.of.Birth e-mail", "C1 张三 1990-01-02 a@b.cn")) == [
        "customer.key", "identity.name", "identity.birth_date", "identity.email",
    ]  # fmt: skip


def test_checksums_win_over_a_header_that_says_otherwise():
    guesses = recognise(sheet("手机 备注", f"{ID} 13912345679"))
    assert [guess.target for guess in guesses] == ["identity.id_number", "identity.mobile"]
    assert guesses[0].confidence < 0.95


def test_a_header_says_whose_number_a_proved_number_is():
    given = sheet(
        "保单号 投保人 投保人身份证号 被保险人身份证号 生效日期", f"P1 张三 {ID} {ID} 2020-01-01"
    )
    assert targets(given) == [
        "policy.number", "policy.holder_name", "policy.holder_id_number", "policy.insured_id_number",
        "policy.starts_on",
    ]  # fmt: skip


def test_somebody_elses_details_are_not_taken_for_the_customers():
    assert targets(sheet("姓名 投保人手机", "张三 不详"))[1] is None


def test_content_alone_is_recognised_by_its_shape():
    given = sheet("甲 乙 丙 丁", "张三 13912345679 男 a@b.cn", "李四 13812345670 女 c@d.cn")
    assert targets(given) == ["identity.name", "identity.mobile", "identity.sex", "identity.email"]
    assert all(guess.confidence <= 0.8 for guess in recognise(given))


def test_two_columns_do_not_take_one_target():
    assert targets(sheet("姓名 客户姓名", "张三 李四")) == ["identity.name", None]


def test_kinds_of_sheet_are_told_apart():
    policies = sheet("保单号 客户号 险种代码 生效日期 状态", "P1 C1 T1 2020-01-01 有效")
    claims = sheet("赔案号 保单号 报案日期 状态", "L1 P1 2020-01-01 结案")
    mixed = sheet("姓名 证件号码 保单号 生效日期", f"张三 {ID} P1 2020-01-01")
    customers = sheet("姓名 证件号码 保单号", f"张三 {ID} P1")
    found = [recognise_sheet_kind(recognise(s)) for s in (policies, claims, mixed, customers)]
    assert found == [Kind.POLICIES, Kind.CLAIMS, Kind.MIXED, Kind.CUSTOMERS]
    assert targets(policies)[1] == "policy.holder_key"
    assert targets(claims)[1:] == ["claim.policy_key", "claim.reported_on", "claim.status"]


def test_guesses_amount_to_a_mapping_that_survives_toml():
    given = sheet("姓名 证件号码 保单号 生效日期", f"张三 {ID} P1 2020-01-01")
    whole = BookMapping((mapping_of(given, recognise(given), file="book.xlsx"),))
    assert mapping.load(mapping.dump(whole)) == whole
    assert whole.find(file="book.xlsx", sheet="表") is whole.sources[0]


def test_everything_a_mapping_can_say_survives_toml():
    whole = BookMapping((
        SourceMapping(
            name="甲", kind=Kind.CUSTOMERS, file="a*.csv", id_type=IdType.OTHER,
            date_order=DateOrder.DMY, encoding="big5", delimiter="\t",
            columns={"identity.name": ColumnRule(('名"', "姓\\"), " ")},
            constants={"identity.nationality": "中国"},
        ),
        SourceMapping(name="乙", kind=Kind.POLICIES, holders_by_row_of="甲"),
    ))  # fmt: skip
    assert mapping.load(mapping.dump(whole)) == whole


@pytest.mark.parametrize(
    "toml",
    [
        "", "source = 1", "[[source]]\nname = 'a'", "[[source]]\nname = 'a'\nkind = 'people'",
        "[[source]]\nname = 'a'\nkind = 'customers'\nhurry = true",
        "[[source]]\nname = 'a'\nkind = 'customers'\n[source.columns]\n'identity.shoe' = 'x'",
        "[[source]]\nname = 'a'\nkind = 'policies'\nholders_by_row_of = 'b'",
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_followed_is_refused(toml):
    with pytest.raises(MappingInvalid):
        mapping.load(toml)


def test_no_header_belongs_to_two_targets():
    named = [header.lower() for target in TARGETS.values() for header in target.headers]
    assert len(named) == len(set(named))


def test_a_file_is_opened_with_the_encoding_its_mapping_names():
    source = SourceMapping(name="甲", kind=Kind.CUSTOMERS, file="a*.csv", encoding="big5")
    book = BookMapping((source,))
    assert book.for_file("april.csv") is source
    assert book.for_file("b.csv") is None
