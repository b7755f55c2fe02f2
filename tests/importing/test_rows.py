"""Rows become drafts, or rejections whose first flaw is the counted reason."""

from __future__ import annotations

from datetime import date

import pytest

from records.importing.drafts import By, ClaimDraft, CustomerDraft, Outcome, PolicyDraft, Rejected
from records.importing.mapping import ColumnRule, MappingInvalid, SourceMapping
from records.importing.readers import Row
from records.importing.rows import Plan
from records.importing.targets import Kind

TODAY = date(2026, 11, 22)
ID = "11010519491231002X"  # a woman born on 1949-12-31


def read(kind: Kind, *, source: dict[str, object] | None = None, **cells: str) -> Outcome:
    """One row whose columns are written as `identity__name="张三"`."""
    codes = [code.replace("__", ".") for code in cells]
    columns = {code: ColumnRule((code,)) for code in codes}
    mapping = SourceMapping(name="表", kind=kind, columns=columns, **(source or {}))  # type: ignore[arg-type]
    return Plan.of(mapping, codes, today=TODAY).read_row(Row(7, tuple(cells.values())))


def customer(**cells: str) -> CustomerDraft:
    outcome = read(Kind.CUSTOMERS, **cells)
    assert isinstance(outcome, tuple)
    (draft,) = outcome
    assert isinstance(draft, CustomerDraft)
    return draft


def reason(kind: Kind, **cells: str) -> str:
    outcome = read(kind, **cells)
    assert isinstance(outcome, Rejected)
    return outcome.reason


def warned(draft: CustomerDraft | PolicyDraft | ClaimDraft) -> list[str]:
    return [flaw.problem.code for flaw in draft.warnings]


def test_a_customer_is_completed_from_the_resident_number():
    draft = customer(identity__name="张 三", identity__id_number=ID.lower())
    assert draft.values == {
        "identity.name": "张三", "identity.id_number": ID, "identity.id_type": "resident_id",
        "identity.birth_date": "1949-12-31", "identity.sex": "female",
    }  # fmt: skip
    assert set(draft.derived) == {"identity.birth_date", "identity.sex"}
    assert "identity.occupation" in draft.missing
    assert draft.key == ID


def test_contradictions_with_the_number_go_to_the_quarantine():
    told = {"identity__name": "张三", "identity__id_number": ID}
    assert (
        reason(Kind.CUSTOMERS, **told, identity__birth_date="1950-01-01") == "birth-date-against-id"
    )
    assert reason(Kind.CUSTOMERS, **told, identity__sex="男") == "sex-against-id"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"identity__id_number": ID}, "customer-without-name"),
        ({"identity__name": "张三", "identity__address": "上海"}, "customer-unidentifiable"),
        ({"identity__name": "张三", "identity__birth_date": "2020-02-30"}, "date-impossible"),
        ({"identity__name": "张三", "identity__id_number": ID[:-1] + "1"}, "resident-id-checksum"),
        ({"identity__name": "", "identity__mobile": ""}, "row-empty"),
        ({"identity__name": "张三", "identity__mobile": "12345"}, "mobile-shape"),
    ],
)
def test_each_broken_customer_has_its_precise_reason(cells, code):
    assert reason(Kind.CUSTOMERS, **cells) == code


def test_what_stands_for_nothing_is_nothing():
    draft = customer(
        identity__name="张三", identity__mobile="无", identity__id_number=ID, identity__email="-"
    )
    assert "identity.mobile" not in draft.values
    assert draft.warnings == ()


def test_warnings_travel_with_the_draft():
    draft = customer(
        identity__name="张三", identity__mobile="13800000000", identity__birth_date="2020-01-02"
    )
    assert sorted(warned(draft)) == ["minor-without-guardian", "phone-placeholder"]


def test_a_person_without_a_number_of_its_own_gets_a_key_from_what_tells_people_apart():
    first = customer(identity__name="张三", identity__birth_date="1990-01-02")
    same = customer(identity__name="张三", identity__birth_date="1990年1月2日")
    other = customer(identity__name="张三", identity__birth_date="1990-01-03")
    assert first.key == same.key != other.key


def test_organisations_are_known_by_their_code():
    draft = customer(identity__name="青禾贸易有限公司", identity__id_type="营业执照",
                     identity__id_number="91350100M000100Y43")  # fmt: skip
    assert (draft.kind, draft.values["identity.id_type"]) == ("organisation", "uscc")


def test_guarded_cells_come_back_as_they_were():
    draft = customer(
        identity__name="张三", identity__birth_date="1990-01-02", identity__address="'=1+1"
    )
    assert draft.values["identity.address"] == "=1+1"


POLICY = {
    "policy__number": "P1", "policy__holder_key": "C1", "policy__product_code": "T1",
    "policy__starts_on": "2020-02-29", "policy__term_years": "5年",
}  # fmt: skip


def test_a_policy_knows_its_holder_and_its_end():
    (draft,) = read(
        Kind.POLICIES, **POLICY, policy__sum_insured="50万", policy__pay_frequency="月缴"
    )  # type: ignore[misc]
    assert isinstance(draft, PolicyDraft)
    assert (draft.holder.by, draft.holder.value) == (By.KEY, "C1")
    assert (draft.ends_on, draft.status, draft.pay_frequency) == (
        "2025-02-28",
        "terminated",
        "monthly",
    )
    assert draft.values == {"policy.number": "P1", "policy.sum_insured": "500000.00"}
    assert warned(draft) == ["policy-status-assumed"]


@pytest.mark.parametrize(
    ("left_out", "code"),
    [("policy__holder_key", "policy-without-holder"), ("policy__number", "policy-without-number"),
     ("policy__product_code", "policy-without-product"), ("policy__starts_on", "policy-without-start")],
)  # fmt: skip
def test_a_policy_without_a_mandatory_part_says_which(left_out, code):
    assert reason(Kind.POLICIES, **{k: v for k, v in POLICY.items() if k != left_out}) == code


def test_a_policy_that_ends_before_it_starts_is_refused():
    assert (
        reason(Kind.POLICIES, **POLICY, policy__ends_on="2019-01-01") == "policy-ends-before-start"
    )


def test_a_claim_belongs_to_a_policy_and_runs_forwards():
    cells = {"claim__number": "L1", "policy__number": "P1", "claim__reported_on": "2026-01-02"}
    (draft,) = read(Kind.CLAIMS, **cells, claim__status="结案", claim__kind="重疾")  # type: ignore[misc]
    assert isinstance(draft, ClaimDraft)
    assert (draft.policy_key, draft.kind, draft.status) == ("P1", "illness", "paid")
    assert reason(Kind.CLAIMS, claim__number="L1") == "claim-without-policy"
    assert (
        reason(Kind.CLAIMS, **cells, claim__decided_on="2025-01-01")
        == "claim-decided-before-reported"
    )


def test_a_mixed_row_is_kept_or_refused_as_a_whole():
    cells = {"identity__name": "张三", "identity__id_number": ID, **POLICY}
    del cells["policy__holder_key"]
    holder, policy = read(Kind.MIXED, **cells)  # type: ignore[misc]
    assert isinstance(policy, PolicyDraft)
    assert policy.holder.value == holder.key == ID
    assert reason(Kind.MIXED, **{**cells, "identity__name": ""}) == "customer-without-name"


def test_cells_beyond_the_header_are_refused_and_missing_ones_are_empty():
    mapping = SourceMapping(name="表", kind=Kind.CUSTOMERS, columns={"identity.name": ColumnRule(("姓名",))},
                            constants={"identity.birth_date": "1990-01-02"})  # fmt: skip
    plan = Plan.of(mapping, ["姓名", "备注"], today=TODAY)
    assert isinstance(plan.read_row(Row(2, ("张三",))), tuple)
    wide = plan.read_row(Row(3, ("张三", "", "多")))
    assert isinstance(wide, Rejected)
    assert wide.reason == "row-width"


def test_a_mapping_must_fit_its_sheet():
    mapping = SourceMapping(
        name="表", kind=Kind.CUSTOMERS, columns={"identity.name": ColumnRule(("姓名",))}
    )
    with pytest.raises(MappingInvalid, match="姓名"):
        Plan.of(mapping, ["名字"], today=TODAY)


def test_nothing_printed_of_a_draft_or_a_rejection_shows_a_value():
    draft = customer(customer__key="C77", identity__name="张三", identity__id_number=ID)
    rejected = read(Kind.CUSTOMERS, identity__name="李四", identity__mobile="12345")
    shown = repr(draft) + repr(rejected) + str(draft)
    assert not any(value in shown for value in ("张三", "李四", ID, "12345", "C77"))
