"""Somebody calls: which insurer has my policy now? Who has gone or was told gets an answer, nobody else."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.test import Client

from access import scopes
from access.models import Entry
from access.vocabulary import Role
from custodian import clock
from records.models import BlindIndex
from tests import estate
from tests.portal import people
from tests.records import desk_estate
from tests.transfers.choosing.estate import Families
from tests.transfers.choosing.letters import person, proven, says, sent
from transfers.models import Counterparty, Responsible

HERE = "/desk/transferred/"
POLICY = desk_estate.POLICY_VALUES["policy.number"]
SILENT = "没有可以答复的内容"


def text(response):
    return html.unescape(response.content.decode())


def identity(number: int) -> dict[str, str]:
    return {
        **person(number),
        "identity.name": f"张{chr(0x4E00 + number)}",
        "identity.id_number": f"32031119860418{number:04}",
    }


@pytest.fixture
def told(db, monkeypatch):
    """The families, each with numbers of her own: zhang 1, wife 2, wu 3, son 4, sun 5, qian 6."""
    numbers, made = iter(range(1, 50)), estate.customer
    with monkeypatch.context() as patched:
        patched.setattr(estate, "customer", lambda **more: made(identity(next(numbers)), **more))
        found = Families()
    proven(found.zhang, found.wife, found.wu, found.sun)
    Counterparty.objects.update(name_en="Hengxin Life", contact_phone="400-800-1234")
    found.choose()
    return found


@pytest.fixture
def clerk(told):
    return estate.login(
        Client(headers={"accept-language": "zh-hans"}), estate.user(Role.SERVICE_DESK)
    )


def asked(clerk, number, *, policy=POLICY):
    said = {"by": "policy", "policy_number": policy, "id_number": f"32031119860418{number:04}"}
    return text(clerk.post(HERE, said))


def passes(families, customer, *, hours):
    with scopes.acting(estate.system()):
        Responsible.objects.create(
            subject_id=customer.pk, transfer=families.transfer, before="QH", after="HX",
            since=clock.now() + timedelta(hours=hours),
        )  # fmt: skip


def test_who_has_gone_is_named_with_the_insurer_and_the_answer_is_on_record(told, clerk):
    passes(told, told.sun, hours=-1)
    page = asked(clerk, 5)
    for said in (
        "恒信人寿保险有限公司",
        "Hengxin Life",
        "400-800-1234",
        told.transfer.code,
        "已由另一家",
    ):
        assert said in page
    assert "32031119860418" not in page
    assert POLICY not in page
    estate.drain()
    entry = Entry.objects.order_by("-pk")[0]
    assert (entry.act, entry.outcome, entry.subjects) == ("search", "ok", 1)
    name = {"by": "name", "name": "张" + chr(0x4E00 + 5), "birth_date": "1986-04-18"}
    assert "Hengxin Life" in text(clerk.post(HERE, name))


def test_nobody_else_is_told_of_and_all_of_them_alike(told, clerk):
    passes(told, told.sun, hours=-1)
    unknown = asked(clerk, 99)
    assert SILENT in unknown
    assert "恒信" not in unknown
    # Who stays, who is to go and has heard nothing yet, and a wrong policy of somebody who has gone.
    for number, policy in ((6, POLICY), (1, POLICY), (5, "P0000000000")):
        page = asked(clerk, number, policy=policy)
        assert _bare(page) == _bare(unknown)
    estate.drain()
    for entry in Entry.objects.order_by("-pk")[:3]:
        assert (entry.act, entry.subjects) == ("search", 0)


def _bare(page: str) -> list[str]:
    """Without what differs by request: tokens, the entry's number, the second."""
    apart = ("csrfmiddlewaretoken", "#", "本页生成于")
    return [line for line in page.splitlines() if not any(each in line for each in apart)]


def test_who_was_told_that_she_goes_is_told_again_until_she_says_no(told, clerk):
    sent(told)
    assert "时点还没有定" in asked(clerk, 1)
    assert "恒信人寿保险有限公司" in asked(clerk, 1)
    says(told.zhang, "objected")
    assert SILENT in asked(clerk, 1)
    assert SILENT in asked(clerk, 2)  # his wife is joined to him and stays with him


def test_before_the_moment_it_says_when(told, clerk):
    passes(told, told.sun, hours=5)
    page = asked(clerk, 5)
    assert "此前仍由本公司负责" in page
    assert "已由另一家" not in page


def test_once_her_policies_are_destroyed_the_id_number_alone_says_who_she_is(told, clerk):
    passes(told, told.sun, hours=-1)
    with scopes.acting(estate.system()):
        BlindIndex.objects.filter(subject=told.sun.pk, element="policy.number").delete()
    assert "Hengxin Life" in asked(clerk, 5, policy="P0000000000")
    with scopes.acting(estate.system()):
        BlindIndex.objects.filter(subject=told.zhang.pk, element="policy.number").delete()
    assert SILENT in asked(clerk, 1)


def test_a_page_without_numbers_asks_for_them_and_an_agent_is_refused(told, clerk):
    assert (
        clerk.post(HERE, {"by": "policy", "policy_number": "", "id_number": "1"}).status_code == 422
    )
    assert clerk.post(HERE, {"by": "name", "name": "张", "birth_date": "1"}).status_code == 422
    assert clerk.get(f"{HERE}?by=anything").status_code == 400
    agent = estate.login(Client(), estate.user(Role.AGENT))
    assert agent.get(HERE).status_code == 403


def test_she_reads_in_the_portal_where_she_went_and_whom_to_ask(told):
    hers = people.signed_in(Client(headers={"accept-language": "zh-hans"}), told.sun)
    assert "另一家保险公司承接" not in text(hers.get("/portal/"))
    passes(told, told.sun, hours=-1)
    page = text(hers.get("/portal/"))
    assert "您的保单已由另一家保险公司承接" in page
    assert "400-800-1234" in page
    other = people.signed_in(Client(headers={"accept-language": "zh-hans"}), told.zhang)
    assert "另一家保险公司承接" not in text(other.get("/portal/"))
