"""Customers are told of an incident: the six things, in words of two people, once, and with proof."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from access import actors, gate, scopes
from access.models import Approval, Subject
from access.vocabulary import Role
from custodian import clock
from custodian.workflow import IllegalMove
from incidents.cases import group, opening
from incidents.cases.decisions import NotOfTheGroup, Pending
from incidents.cases.standing import Observes
from incidents.models import IncidentNotice, NoticeBatch, NoticeExemption
from incidents.notices import drafting, exempting, hers, printing, sending, texts
from incidents.notices.recipients import ListGone
from records.letters import posting
from records.models import ContactFlag
from records.notices.contents import Both
from tests import estate
from tests.incidents.telling import NAME, NUMBER, Telling
from tests.portal import people
from tests.transfers.choosing.letters import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


@pytest.fixture
def house() -> Telling:
    return Telling()


def texts_to(number: int) -> list[str]:
    to = person(number)["identity.email"]
    return [each.body for each in mail.outbox if each.to == [to]]


def page(response: Any) -> str:
    return html.unescape(response.content.decode())


# -- what she reads -------------------------------------------------------------------------------


def test_each_reads_which_of_her_data_and_the_six_things_in_both_languages(house: Telling) -> None:
    house.sent()
    [zhang], [sun] = texts_to(1), texts_to(2)
    for label in (*map(str, texts.PARTS.values()), "涉及您的哪些信息", "Which of your data"):
        assert label in zhang
    assert "姓名" in zhang
    assert "手机号码" in zhang
    assert "证件号码" not in zhang
    assert "其余遮住的：证件号码" in sun
    assert "姓名" not in sun.split("发生了什么")[0]
    assert "发生时间还不清楚" in zhang
    assert "客服 400-800-1234" in zhang
    assert "Service desk 400-800-1234" in zhang
    for body in (zhang, sun):
        assert "http" not in body
        assert estate.ZHANG["identity.name"] not in body
    assert not texts_to(3)


def test_a_letter_is_not_put_up_before_both_languages_are_whole(house: Telling) -> None:
    with pytest.raises(texts.Incomplete) as refused:
        house.submitted(contact=Both("客服 400-800-1234", ""), done=Both(" ", "Cut."))
    assert refused.value.missing == ["done_zh", "contact_en"]
    assert not mail.outbox


# -- two people, and only of the group ------------------------------------------------------------


def test_nothing_is_sent_before_another_member_approved_it(house: Telling) -> None:
    approval = house.submitted()
    with pytest.raises(IllegalMove), scopes.acting(estate.system()):
        sending.work(NoticeBatch.objects.get(approval=approval).pk)
    with pytest.raises(gate.Refused):
        house.approve(approval, by=house.lead)
    with pytest.raises(NotOfTheGroup):
        house.approve(approval, by=house.outside)
    assert not mail.outbox
    house.approve(approval)
    assert Approval.objects.get(pk=approval.pk).status == "approved"


def test_whoever_is_not_in_the_group_reads_no_word_of_it(house: Telling) -> None:
    approval = house.submitted()
    with estate.acting(house.outside):
        said = drafting._Kind().describe(approval.payload)
        assert [list(map(str, values)) for _label, values in said] == [
            ["只有事件工作组的成员可以阅看"]
        ]
        assert not NoticeBatch.objects.exists()
        assert not IncidentNotice.objects.exists()
    with estate.acting(house.second):
        assert "已停止该人员的访问。" in str(drafting._Kind().describe(approval.payload))


def test_words_times_or_lists_that_changed_since_are_not_sent(house: Telling) -> None:
    approval = house.submitted()
    with estate.acting(house.lead, stepped_up=True) as actor:
        before = house.case.aware_at
        opening.settle_times(
            house.case, occurred_at=before, aware_at=before, why="查明", actor=actor
        )
    with pytest.raises(drafting.FactsChanged):
        house.approve(approval)
    assert not mail.outbox


def test_an_observer_writes_nothing(house: Telling) -> None:
    watcher = estate.user(Role.AUDITOR, name="钱进")
    with estate.acting(house.lead) as actor:
        group.let_in(house.case, watcher, "observer", actor=actor)
    with estate.acting(watcher) as actor, pytest.raises(Observes):
        drafting.draft(house.case, house.words(), public=False, actor=actor)


# -- whom, how, and once --------------------------------------------------------------------------


def test_everybody_on_the_lists_is_told_and_nobody_invented_or_twice(house: Telling) -> None:
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=house.sun.pk).update(honey=True)
    house.sent()
    assert len(mail.outbox) == 1
    with pytest.raises(drafting.NobodyToTell):
        house.submitted()
    house.listed({house.zhang: ({NAME}, set()), house.qian: ({NAME}, {NUMBER})})
    house.sent()
    assert (len(texts_to(1)), len(texts_to(3))) == (1, 1)


def test_who_turns_out_to_be_hit_worse_is_told_what_is_new(house: Telling) -> None:
    house.sent()
    house.listed({house.sun: ({NUMBER}, set())})
    house.sent()
    assert len(texts_to(2)) == 2
    assert "遮住" not in texts_to(2)[1].split("发生了什么")[0]
    assert len(texts_to(1)) == 1


def test_sending_that_was_killed_writes_to_nobody_twice(
    house: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PAGE", 1)
    monkeypatch.setattr(sending, "PAGE", 1)
    house.listed({house.qian: ({NAME}, set())})
    batch = house.approved()

    def dies(name: str) -> None:
        if name == "notices-page":
            raise RuntimeError(name)

    with monkeypatch.context() as broken:
        broken.setattr(sending.failpoints, "hit", dies)
        with pytest.raises(RuntimeError):
            sending.work(batch.pk)
    assert len(mail.outbox) == 1
    with scopes.acting(estate.system()):
        NoticeBatch.objects.filter(pk=batch.pk).update(status="queued", leased_until=None)
    sending.work(batch.pk)
    assert sorted(each.to[0] for each in mail.outbox) == [
        person(n)["identity.email"] for n in (1, 2, 3)
    ]


def test_a_list_that_does_not_open_leaves_nobody_out_in_silence(house: Telling) -> None:
    from incidents.affected import keeping

    keeping.SHELF.remove(house.list.ref)
    with pytest.raises(ListGone):
        house.submitted()


def test_paper_comes_where_no_message_may_go_and_is_on_record_as_a_look(house: Telling) -> None:
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=house.zhang.pk, contact=contact, why="staff")
    house.sent()
    assert house.notice(house.zhang).state == "to_print"
    with estate.acting(house.lead, stepped_up=True) as actor:
        number, body = printing.print_next(house.case, actor=actor)
    assert number == 1
    assert body.startswith(b"%PDF-")
    assert house.notice(house.zhang).state == "printed"
    with estate.acting(house.outside, stepped_up=True) as actor, pytest.raises(Observes):
        printing.print_again(house.case, 1, actor=actor)


def test_what_came_back_goes_another_way_and_after_paper_is_listed(house: Telling) -> None:
    house.sent()
    with estate.acting(house.lead, stepped_up=True) as actor:
        for wrong in ("", "zzzzzzzz", "%%%%%%%%", house.notice(house.zhang).number[:7]):
            with pytest.raises(sending.NoSuchLetter):
                sending.came_back(house.case, wrong, actor=actor)
        number = house.notice(house.zhang).number
        sending.came_back(house.case, number, actor=actor)
        assert house.notice(house.zhang).state == "to_print"
        printing.print_next(house.case, actor=actor)
        sending.came_back(house.case, number.lower(), actor=actor)
    found = house.notice(house.zhang)
    assert (found.state, found.note, found.sent_at) == ("failed", "returned", None)
    with estate.acting(house.lead, stepped_up=True) as actor:
        assert sending.again(house.case, actor=actor) == 1


# -- not telling ----------------------------------------------------------------------------------


def test_nobody_is_spared_but_on_a_ground_of_the_law_and_by_two(house: Telling) -> None:
    with estate.acting(house.lead, stepped_up=True) as actor:
        with pytest.raises(exempting.NoSuchGround):
            exempting.ask(house.case, "CN-EX-BUSY", "太忙", actor=actor)
        asked = exempting.ask(house.case, "CN-EX-AVERTED", "文件打开前已收回", actor=actor)
        with pytest.raises(Pending):
            exempting.ask(house.case, "CN-EX-AVERTED", "再提", actor=actor)
    with estate.acting(house.second):
        assert not house.case.exemptions.exists()
    house.approve(asked)
    with estate.acting(house.second):
        assert house.case.exemptions.get().reason == "文件打开前已收回"
        assert house.case.timeline.filter(what="notice").exists()
    house.sent()  # the authority may demand it all the same
    assert texts_to(1)
    assert NoticeExemption.objects.count() == 0, "outside the group it is not there"


# -- the portal and the public page ---------------------------------------------------------------


def test_she_finds_it_in_the_portal_and_that_she_opened_it_is_kept(house: Telling) -> None:
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=house.zhang.pk, contact=contact, why="staff")
    house.sent()
    browser = people.signed_in(Client(headers={"accept-language": "zh-hans"}), house.zhang)
    assert "您的部分个人信息可能泄露" in page(browser.get("/portal/"))
    assert house.notice(house.zhang).seen_at is None
    answer = browser.post("/portal/incident/look/", follow=True)
    assert "姓名" in page(answer)
    assert "手机号码" in page(answer)
    assert house.notice(house.zhang).seen_at is not None
    assert "您的部分个人信息可能泄露" not in page(browser.get("/portal/"))
    other = people.signed_in(Client(headers={"accept-language": "zh-hans"}), house.qian)
    assert "没有涉及您的信息安全事件" in page(other.get("/portal/incident/"))


def test_row_level_security_shows_a_customer_her_own_letter_alone(house: Telling) -> None:
    house.sent()
    with scopes.acting(actors.customer(house.sun.pk)) as actor:
        assert set(IncidentNotice.objects.values_list("subject_id", flat=True)) == {house.sun.pk}
        assert len(hers.of(house.sun, actor=actor)) == 1
        assert not NoticeBatch.objects.exists()
        assert IncidentNotice.objects.update(seen_at=clock.now()) == 0
    agent = estate.user(Role.AGENT)
    with estate.acting(agent):
        assert not IncidentNotice.objects.exists()


def test_the_public_page_has_what_was_approved_for_it_until_it_is_taken_down(
    house: Telling,
) -> None:
    anybody = Client(headers={"accept-language": "zh-hans"})
    house.submitted(public=True)
    assert "现在没有个人信息安全公告" in page(anybody.get("/incidents/"))
    with scopes.acting(estate.system()):
        approval = NoticeBatch.objects.get().approval
    assert approval is not None
    house.approve(approval)
    with scopes.acting(estate.system()):
        batch = NoticeBatch.objects.get()
    sending.work(batch.pk)
    answer = anybody.get(f"/incidents/{batch.ref}/")
    assert "手机号码" in page(answer)
    assert not answer.cookies
    for never in (house.case.code, house.case.title, house.zhang.ref, "陈静"):
        assert never not in page(answer)
    with estate.acting(house.lead, stepped_up=True) as actor:
        drafting.take_down(batch, actor=actor)
    assert anybody.get(f"/incidents/{batch.ref}/").status_code == 404


# -- the page of the back office ------------------------------------------------------------------


def office_of(person: Any) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    return estate.login(client, person, stepped_up=True)


def typed(house: Telling, **more: str) -> dict[str, str]:
    said = {
        f"{key}_{tongue}": both[tongue]
        for key, both in house.words().items()
        for tongue in ("zh", "en")
    }
    return {**said, **more}


def test_the_page_takes_words_puts_them_up_and_draws_how_they_went(house: Telling) -> None:
    place = f"/admin/incident/{house.case.code}/notices/"
    lead = office_of(house.lead)
    assert "2 人还没有告知" in page(lead.get(place))
    half = lead.post(place, {**typed(house, contact_en=""), "act": "send"})
    assert half.status_code == 422
    assert "请填写" in page(half)
    assert lead.post(place, {**typed(house), "act": "send"}).status_code == 302
    waits = page(lead.get(place))
    assert "四眼复核" in waits
    assert 'name="act" value="send"' not in waits
    with scopes.acting(estate.system()):
        batch = NoticeBatch.objects.get()
    assert batch.approval is not None
    house.approve(batch.approval)
    sending.work(batch.pk)
    done = page(lead.get(place))
    for words in ("已发送", "没有免于告知的决定", "退回的信"):
        assert words in done
    for value in (person(1)["identity.email"], estate.ZHANG["identity.name"]):
        assert value not in done
    assert "已发送" in page(lead.get(f"/admin/incident/{house.case.code}/"))


def test_what_is_wrong_on_the_page_is_said_and_nothing_happens(house: Telling) -> None:
    place = f"/admin/incident/{house.case.code}/notices/"
    lead = office_of(house.lead)
    for act, said, words in (
        ("exempt", {"ground": "CN-EX-BUSY", "reason": "x"}, "没有这项依据，请从列表中选择"),
        ("exempt", {"ground": "CN-EX-AVERTED", "reason": ""}, "请写明理由"),
        ("returned", {"number": ""}, "请填写信上的编号"),
        ("returned", {"number": "00000000"}, "没有这个编号的已送出信件"),
        ("print", {}, "没有待打印的告知信"),
        ("print", {"sheet": "9"}, "没有待打印的告知信"),
    ):
        answer = lead.post(f"{place}{act}/", said, follow=True)
        assert answer.status_code == 200
        assert words in page(answer), (act, said)
    other = office_of(house.outside)
    for act in ("", "exempt/", "returned/", "retry/", "take-down/", "print/"):
        assert other.post(f"{place}{act}", {"number": "00000000"}).status_code == 404
    assert not mail.outbox
