"""Whatever a cell holds, a check answers; it neither raises nor keeps what it refuses."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import identifiers
from records.identifiers import IdType, check_document, guess_id_type
from records.importing.mapping import ColumnRule, SourceMapping
from records.importing.readers import Row
from records.importing.rows import Plan
from records.importing.targets import TARGETS, Kind

TODAY = date(2026, 11, 22)
CELLS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789Xx+-/. :年月日万元，,EeＸ１０٣²〇一十", max_size=24),
)
CHECKS = [
    identifiers.check_account, identifiers.check_amount, identifiers.check_date,
    partial(identifiers.check_birth_date, today=TODAY), identifiers.check_email,
    identifiers.check_id_type, identifiers.check_landline, identifiers.check_mobile,
    identifiers.check_name, identifiers.check_resident_id, identifiers.check_sex,
    identifiers.check_text, identifiers.check_uscc, identifiers.check_valid_until,
]  # fmt: skip


@pytest.mark.parametrize(
    "check", CHECKS, ids=lambda check: getattr(check, "__name__", "check_birth_date")
)
@given(cell=CELLS)
@settings(max_examples=60, deadline=None)
def test_every_check_answers(check, cell):
    found = check(cell)
    assert found.ok or found.value is None
    if found.value is not None:
        assert check(found.value).value == found.value


@given(cell=CELLS, id_type=st.sampled_from(IdType))
@settings(deadline=None)
def test_every_document_answers(cell, id_type):
    found = check_document(cell, id_type=id_type, today=TODAY)
    assert found.ok or found.value is None
    assert guess_id_type(cell) in IdType


# What this insurer changed of its purposes is read from its database.
@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
@given(cells=st.lists(CELLS, min_size=len(TARGETS), max_size=len(TARGETS)))
@settings(max_examples=40, deadline=None)
def test_every_row_has_an_outcome(kind, cells):
    mapping = SourceMapping(
        name="表", kind=kind, columns={code: ColumnRule((code,)) for code in TARGETS}
    )
    outcome = Plan.of(mapping, list(TARGETS), today=TODAY).read_row(Row(2, tuple(cells)))
    assert outcome
