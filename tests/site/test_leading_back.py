"""An address that only takes what a form sends is no dead end for whoever opens it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import estate
from tests.portal import people

pytestmark = pytest.mark.django_db
REVEAL = "/portal/data/reveal/"
READ = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def she() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    return people.signed_in(client, estate.customer())


@pytest.mark.parametrize("switch", ["/language/", "/text-size/"])
def test_what_stands_open_after_a_form_is_read_in_the_other_language_or_size(she, switch):
    shown = she.post(REVEAL, {"of": "identity", "element": "identity.mobile"})
    assert f'name="next" value="{REVEAL}"' in shown.content.decode()
    back = she.post(switch, {"language": "en", "next": REVEAL}, headers=READ, follow=True)
    assert back.redirect_chain == [(REVEAL, 302), ("/portal/data/", 302)]
    assert back.status_code == 200
    assert "13800138000" not in back.content.decode()


def test_only_a_reader_is_led(she):
    assert she.get(REVEAL).status_code == 405
    assert she.get(REVEAL, headers={"Accept": "application/json"}).status_code == 405
    assert she.put(REVEAL, headers=READ).status_code == 405


def test_it_goes_up_until_there_is_a_page(she):
    answer = she.get("/portal/sign-out/everywhere/", headers=READ, follow=True)
    assert answer.redirect_chain[0] == ("/portal/sign-out/", 302)
    assert answer.status_code == 200
