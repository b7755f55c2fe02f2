"""A customer's own copy says to whom something of hers was given, and what (PIPL art. 23, 45)."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings as project
from django.test import Client

from access import scopes
from records.models import DataCopy
from records.own_data import copies
from tests import estate, pdfs
from tests.partners.test_tellings import World
from tests.portal.people import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
COPY = "/portal/data/copy/"
SCHEMA = json.loads((Path(project.BASE_DIR) / "docs/data-copy.schema.json").read_text())


@pytest.fixture
def world(house):
    return World(house)


def copy_of(customer, form: str, language: str = "zh-hans") -> bytes:
    client = signed_in(Client(headers={"accept-language": language}), customer)
    client.post(COPY, {"format": [form], "language": language})
    with scopes.acting(estate.system()):
        copy = DataCopy.objects.order_by("-pk").first()
    return client.post(f"{COPY}{copies.work(copy.pk).ref}/").content


def recipients_of(customer):
    said = json.loads(copy_of(customer, "json"))
    jsonschema.validate(said, SCHEMA)
    return said["recipients"]


def test_a_copy_names_each_recipient_with_what_it_was_given_and_why(world):
    assert recipients_of(world.zhang) == []
    world.house.share(world.agreement)
    (found,) = recipients_of(world.zhang)
    assert (found["name"], found["contact"]) == ("蓝江人寿", "0516-8000000")
    assert found["purpose"]["words"] == "定损与维修"
    codes = {each["code"] for each in found["elements"]}
    assert codes == {"identity.name", "identity.mobile"}
    assert found["returned_or_deleted"] is False
    assert recipients_of(estate.customer()) == []


@pytest.mark.parametrize(
    ("language", "heading"),
    [("zh-hans", "我们把您的资料给了谁"), ("en", "Who received your data from us")],
)
def test_it_is_printed_in_either_language(world, language, heading):
    world.house.share(world.agreement)
    text = pdfs.text(copy_of(world.zhang, "pdf", language))
    assert heading.replace(" ", "") in text.replace(" ", "").replace("\n", "")
    assert "蓝江人寿" in text
