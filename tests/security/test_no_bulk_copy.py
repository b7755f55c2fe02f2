"""Pages show some customers at a time and offer no way to carry them all away; exports are the one way."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from access.vocabulary import Role
from tests import estate
from tests.exports import office
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
# What a page that copies in bulk would be called, in the words and addresses of anybody.
CARRIES = re.compile(
    r"download|export|copy|print|csv|xlsx|select.?all|下载|导出|复制|全选|打印", re.IGNORECASE
)
REFERENCE = re.compile(r"c-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
LISTS = {
    "desk:mine": ("/desk/mine/", Role.AGENT, 20),
    "admin:customers": ("/admin/records/customer/", Role.COMPLIANCE_OFFICER, 50),
}


class Ways(HTMLParser):
    """Everything in the page's own part that somebody could follow or press."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = self._pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within |= tag == "main"
        if self._within and tag in {"a", "button", "form", "input", "select"}:
            self.found.append(f"{tag} " + " ".join(f"{name}={value}" for name, value in attrs))
            self._pressed = tag in {"a", "button"}

    def handle_endtag(self, tag: str) -> None:
        self._within &= tag != "main"
        self._pressed &= tag not in {"a", "button"}

    def handle_data(self, data: str) -> None:
        if self._pressed and data.strip():
            self.found.append(data.strip())


def ways(page: str) -> list[str]:
    read = Ways()
    read.feed(page)
    assert read.found
    # A customer's number is chance letters, CSV among them.
    return [each for each in read.found if CARRIES.search(REFERENCE.sub("", each))]


@pytest.fixture
def agent():
    desk_estate.open_all_day()
    person = estate.user(Role.AGENT)
    office.customers(60, of=[person])
    return person


def browser(person) -> Client:
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person, stepped_up=True)


def people_of(role: Role, agent):
    return agent if role is Role.AGENT else estate.user(role)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_its_fixed_length_and_offers_no_copy(agent, name):
    path, role, size = LISTS[name]
    page = browser(people_of(role, agent)).get(path).content.decode()
    refs = set(REFERENCE.findall(page))
    # The link to the next page names the last row, which is on this page.
    assert len(refs) == size
    assert ways(page) == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "wish",
    ["all=1", "all=", "per_page=500", "page_size=500", "limit=500", "size=500", "n=500",
     "format=csv", "_export=csv", "o=1.2", "list_per_page=500", "p=0&all="],
)  # fmt: skip
def test_no_parameter_makes_it_longer_or_another_thing(agent, name, wish):
    path, role, _size = LISTS[name]
    assert browser(people_of(role, agent)).get(f"{path}?{wish}").status_code == 400


def test_results_of_a_search_offer_no_copy(agent):
    form = {"kind": "mobile", "value": office.mobile(3), "purpose": "follow_up"}
    page = browser(agent).post("/desk/", form).content.decode()
    assert 'id="results"' in page
    assert ways(page) == []


def test_one_customer_is_no_file_either(agent):
    own = office.customers(1, of=[agent], start=90)[0]
    desk_estate.policy(own)
    page = browser(agent).post(f"/desk/customers/{own.ref}/", {"purpose": "follow_up"}, follow=True)
    assert page.status_code == 200
    assert ways(page.content.decode()) == []


@pytest.mark.parametrize("wish", ["limit=1000", "page_size=1000", "format=csv", "all=1"])
def test_the_api_lists_no_more_at_once_than_it_says(agent, wish):
    answer = browser(agent).get(f"/api/v1/customers?purpose=follow_up&{wish}")
    assert answer.status_code in {400, 422}
