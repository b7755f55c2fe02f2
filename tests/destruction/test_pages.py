"""What officers see of retention and destruction, page by page and role by role."""

from __future__ import annotations

import pytest
from django.test import Client

from access.vocabulary import Role
from records.retention import reckoning
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(office):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), office.first, stepped_up=True)


def test_walk(office, browser):
    office.gone(claims=True), office.living(), office.gone(on=None)
    reckoning.carry_out()
    batch = office.propose()
    for address in ("/admin/retention/", "/admin/destruction/", f"/admin/destruction/{batch.code}/"):
        answer = browser.get(address)
        assert answer.status_code == 200, address
    from pathlib import Path
    office.submit(batch)
    office.approve(batch)
    answer = browser.get(address)
    assert answer.status_code == 200
    from records.destruction import executing
    executing.work(batch.pk)
    answer = browser.get(address)
    assert answer.status_code == 200
    Path("/tmp/batch.html").write_text(answer.content.decode())
    for form in ("zh.pdf", "en.pdf", "json", "sig"):
        assert browser.get(f"{address}certificate.{form}").status_code == 200
    assert browser.get(f"{address}certificate.exe").status_code == 404
