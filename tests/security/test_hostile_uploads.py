"""Hostile workbooks through the officer's upload page: refused in seconds, and nothing of them stays (A29)."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from access.vocabulary import Role
from records.models import ImportFile
from tests import estate
from tests.importing import books
from tests.importing.test_hostile_files import workbook
from tests.importing.test_pages import upload

pytestmark = pytest.mark.django_db(transaction=True)
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
HOSTILE = {
    "inflates to 80 MB": {SHEET: [b" " * (1 << 20)] * 80},
    "entities": {SHEET: ENTITIES},
    "an archive inside": {"xl/media/more.zip": b"PK\x03\x04" + b"\x00" * 200},
    "leaves its folder": {"../../outside.xml": b"<x/>"},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_workbook_is_refused_in_seconds_and_not_kept(tmp_path, what):
    books.unit()
    books.book()
    officer = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER), stepped_up=True)
    content = workbook(tmp_path, HOSTILE[what]).read_bytes()
    begun = time.monotonic()
    answer = upload(officer, ("customers.xlsx", content))
    assert time.monotonic() - begun < 5
    assert answer.status_code == 422
    assert not ImportFile.objects.exists()
    assert not list(tmp_path.parent.glob("outside.xml"))
