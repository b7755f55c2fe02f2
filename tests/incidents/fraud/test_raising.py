"""A person raises a suspicion: at the desk or in the back office, without learning what else there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.gate import Refused
from access.models import User
from incidents.fraud import raising, standing
from incidents.models import FraudCase
from tests import estate
from tests.incidents.fraud.house import House

pytestmark = pytest.mark.django_db(transaction=True)
DESK, BOARD = "/desk/claim-checks/", "/admin/fraud/"
WHY = "三家医院的发票同一笔迹"


@pytest.fixture
def house() -> House:
    return House()


def client_of(person: User) -> Client:
    return estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), person, stepped_up=True)


def told(house: House, case: FraudCase) -> list[str]:
    with estate.acting(house.lead):
        return [standing.words_of(each) for each in case.entries.order_by("pk")]


def test_a_handler_raises_one_at_the_desk_and_it_waits_for_triage(house: House) -> None:
    claim = house.claim(house.person())
    desk = client_of(house.handler)
    answer = desk.post(DESK, {"claim": claim.ref, "why": WHY})
    assert (answer.status_code, answer.url) == (302, DESK)
    (case,) = house.cases()
    assert (case.state, case.subject_id, case.score) == ("suspected", claim.subject_id, 50)
    assert told(house, case) == [WHY]
    page = client_of(house.lead).get(f"/admin/fraud/case/{case.code}/").content.decode()
    for words in (WHY, "由人提出", claim.ref):
        assert words in page
    assert desk.get(f"/admin/fraud/case/{case.code}/").status_code in {302, 403, 404}


def test_what_is_written_lies_sealed_and_is_in_no_entry_of_the_log(
    house: House, entries_since: Any
) -> None:
    claim = house.claim(house.person())
    client_of(house.lead).post(BOARD, {"claim": claim.ref, "why": WHY})
    (case,) = house.cases()
    with estate.acting(house.lead):
        assert WHY.encode() not in bytes(case.entries.get().text_sealed)
    estate.drain()
    found = [each.leaf for each in entries_since() if "incidents:fraud:raise" in str(each.leaf)]
    assert len(found) == 1
    assert WHY not in str(found)


def test_a_second_word_about_the_same_customer_goes_into_the_case_there_is(house: House) -> None:
    case, claim = house.taken_case()
    before = case.score
    client_of(house.handler).post(DESK, {"claim": claim.ref, "why": WHY})
    assert len([each for each in house.cases() if each.subject_id == claim.subject_id]) == 1
    with estate.acting(house.lead):
        assert FraudCase.objects.get(pk=case.pk).score == before + 50
    assert told(house, case)[-1] == WHY


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"claim": "k-0000-0000-000", "why": WHY}, "没有这个编号的未结赔案"),
        ({"claim": "", "why": WHY}, "请填写赔案编号"),
        ({"claim": "x", "why": ""}, "请写明哪里可疑"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_raised(
    house: House, said: dict[str, str], says: str
) -> None:
    for person, place in ((house.handler, DESK), (house.lead, BOARD)):
        answer = client_of(person).post(place, said)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert house.cases() == []


def test_an_auditor_reads_the_board_and_raises_nothing(house: House) -> None:
    claim = house.claim(house.person())
    auditor = client_of(house.auditor)
    assert "由人提出疑点" not in auditor.get(BOARD).content.decode()
    assert auditor.post(BOARD, {"claim": claim.ref, "why": WHY}).status_code == 403
    with estate.acting(house.auditor) as actor, pytest.raises(Refused):
        raising.raise_by_hand(claim.ref, text=WHY, channel="admin", actor=actor)
    assert house.cases() == []
