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


def test_walk2(office, browser):
    gone = office.gone(claims=True)
    part = office.gone(on=None)
    from tests.records import desk_estate
    desk_estate.policy(part)
    reckoning.carry_out()
    from pathlib import Path
    for c in (gone, part):
        answer = browser.get(f"/admin/records/customer/{c.ref}/change/")
        assert answer.status_code == 200
        Path(f"/tmp/c{c.pk}.html").write_text(answer.content.decode())
        answer = browser.get(f"/admin/retention/events/{c.ref}/")
        assert answer.status_code == 200
    office.destroyed()
    assert browser.get(f"/admin/records/customer/{gone.ref}/change/").status_code == 200
    assert browser.get(f"/admin/records/customer/").status_code == 200
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), office.agent)
    for c in (gone, part):
        desk.post(f"/desk/customers/{c.ref}/", {"purpose": "follow_up"})
        answer = desk.get(f"/desk/customers/{c.ref}/")
        assert answer.status_code == 200
        Path(f"/tmp/d{c.pk}.html").write_text(answer.content.decode())
