"""A relative of somebody who died: on his phone from his number to his paper, and the desk that reads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access import scopes
from access.vocabulary import Role
from custodian import outbox
from records.models import SignInCode
from records.relatives import looking
from tests import estate
from tests.corrections.cast import photo
from tests.relatives import kin
from tests.sign_in import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def paper(office, tmp_path, monkeypatch):
    monkeypatch.setattr("django.conf.settings.CUSTODIAN_OUTBOX", tmp_path / "outbox")
    with scopes.acting(estate.system()):
        SignInCode.objects.all().delete()
    made = tmp_path / "proof.jpg"
    made.write_bytes(photo())
    return made


def send(page):
    page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize(
    ("language", "script"),
    [("zh-hans", False), ("en", True)],
    ids=["chinese, no script", "english"],
)
def test_from_his_number_to_his_paper_and_the_desk_reads_it(visit, office, paper, language, script):
    visitor = visit(width=390, java_script_enabled=script)
    visitor.carry("django_language", language)
    page, found = visitor.page, []

    def look(where):
        if script:
            found.extend(visitor.barriers(where) + visitor.too_wide(where, (390, 320)))

    page.goto(kin.DOOR)
    page.locator("#id_address").fill(kin.MOBILE)
    send(page)
    expect(page.locator("#id_code")).to_be_visible()
    look("code")
    people.deliver()
    page.locator("#id_code").fill(people.code_in(outbox.messages()[0].text))
    send(page)
    expect(page.locator("#id_paper")).to_be_visible()
    look("ask")
    send(page)  # nothing is filled in, and no file chosen
    expect(page.locator("#error-summary a")).to_have_count(6)
    look("empty")
    page.locator("#id_policy_number").fill("P20990000000001")
    page.locator("#id_id_number").fill(people.ID_NUMBER)
    page.locator("#id_name").fill(kin.NAME)
    page.locator("#id_relation").select_option("child")
    page.locator("#id_wants_0").check()
    page.locator("#id_paper").set_input_files(paper)
    send(page)
    expect(page).to_have_url(re.compile(f"{kin.DONE}$"))
    look("done")
    if script:
        kept = visitor.kept()
        assert [each for each in (kin.MOBILE, kin.NAME, "P20990000000001") if each in kept] == []
    looking.work(kin.newest().pk)
    desk = visit(estate.user(Role.SERVICE_DESK))
    desk.page.goto("/desk/relatives/")
    desk.page.locator("table a").first.click()
    expect(desk.page.locator("main")).to_contain_text(kin.NAME)
    found += desk.barriers("desk") + desk.too_wide("desk", (390, 1440))
    desk.page.locator("button[value=nobody]").click()
    expect(desk.page.locator("button[value=nobody]")).to_have_count(0)
    assert "\n".join(found) == ""
