"""The customer's page of a transfer, and the desk's: what they show, what they take, and what they refuse."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access import scopes
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock
from records.models import Customer, Document
from tests import estate
from tests.corrections import files
from tests.portal import people
from tests.transfers.choosing.estate import fate
from tests.transfers.choosing.letters import notice, over, person, sent
from transfers.models import Freeze

HERE = "/portal/transfer/"


def browser(customer, **more):
    return people.signed_in(Client(headers={"accept-language": "zh-hans"}), customer, **more)


def text(response):
    return html.unescape(response.content.decode())


def at_desk(person_):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person_)


@pytest.fixture
def told(reachable):
    reachable.batch = sent(reachable)
    return reachable


def test_the_first_page_leads_to_the_letter_until_she_has_answered(told):
    hers = browser(told.sun)
    assert "看告知信" in text(hers.get("/portal/"))

    page = text(hers.post(f"{HERE}look/", follow=True))

    assert notice(told.sun).seen_at is not None
    assert told.transfer.counterparty.name in page
    assert "客服 400-800-1234" in page
    assert "不算同意" in page
    assert "去答复" in text(hers.get("/portal/"))
    hers.post(f"{HERE}object/")
    assert "业务转让" not in text(hers.get("/portal/"))


def test_she_answers_without_a_script_and_changes_her_mind(told):
    hers = browser(told.wife)
    for word, button, answer in (
        ("agree", "确认同意", "agreed"), ("object", "确认不同意", "objected"), ("withdraw", "确认收回", ""),
    ):  # fmt: skip
        asked = text(hers.get(f"{HERE}{word}/"))
        assert button in asked
        assert asked.count('<button class="btn btn-primary"') == 1
        done = hers.post(f"{HERE}{word}/", follow=True)
        assert done.redirect_chain == [(HERE, 302)]
        assert notice(told.wife).answer == answer
    assert fate(told.zhang) == "in"


def test_whoever_has_no_letter_reads_that_there_is_none_and_answers_nothing(told):
    his = browser(estate.customer(book_=told.house.book, accounts=()))  # came after the letters
    assert "没有要您答复的业务转让" in text(his.get(HERE))
    assert his.post(f"{HERE}agree/").status_code == 404
    assert his.get(f"{HERE}agree/").status_code == 404


def test_nobody_sees_or_changes_anothers_answer(told):
    browser(told.sun).post(f"{HERE}object/")
    page = text(browser(told.wife).get(HERE))
    assert "您不同意转让" not in page
    assert notice(told.wife).answer == ""


def test_a_child_is_led_to_the_guardian(told):
    with scopes.acting(estate.system()):
        Customer.objects.filter(pk=told.son.pk).update(
            minor_until=clock.local().date() + timedelta(days=900)
        )
    own = browser(told.son)
    page = text(own.get(HERE))
    assert "须由监护人登录办理" in page
    assert f'{HERE}agree/"' not in page
    own.post(f"{HERE}agree/")
    assert notice(told.son).answer == ""
    browser(told.son, capacity="guardian").post(f"{HERE}agree/")
    assert notice(told.son).answer == "agreed"


def test_an_heir_may_object_and_agrees_to_nothing(told):
    heir = browser(told.sun, capacity="heir")
    assert f'{HERE}agree/"' not in text(heir.get(HERE))
    assert "不能代为同意" in text(heir.post(f"{HERE}agree/", follow=True))
    heir.post(f"{HERE}object/")
    assert notice(told.sun).answer == "objected"


def test_after_the_freeze_only_a_no_is_offered(told):
    over(told.batch)
    Freeze.objects.create(transfer=told.transfer, by=told.house.first, holding=told.alone.holding)
    hers = browser(told.sun)
    page = text(hers.get(HERE))
    assert f'{HERE}object/"' in page
    assert f'{HERE}agree/"' not in page
    assert "不能再改" in text(hers.post(f"{HERE}agree/", follow=True))


def test_parameters_of_somebody_elses_letter_are_refused(told):
    other = notice(told.wife)
    hers = browser(told.sun)
    assert hers.get(f"{HERE}?notice={other.ref}").status_code == 400
    assert hers.post(f"{HERE}object/", {"notice": other.ref}).status_code == 400
    assert notice(told.wife).answer == ""


# -- the desk ---------------------------------------------------------------------------------


def place(customer):
    return f"/desk/customers/{customer.ref}/transfer/"


def paper():
    photo = files.photo_of_a_place()
    return SimpleUploadedFile("答复.jpg", photo, "image/jpeg")


def test_the_service_desk_notes_a_yes_with_its_paper(told):
    desk = at_desk(estate.user(Role.SERVICE_DESK))
    refused = desk.post(place(told.sun), {"said": "agreed"})
    assert refused.status_code == 422
    assert "须附客户签名的书面材料" in text(refused)

    done = desk.post(place(told.sun), {"said": "agreed", "paper": paper()}, follow=True)

    assert done.redirect_chain == [(place(told.sun), 302)]
    assert "书面材料" in text(done)
    assert notice(told.sun).answer == "agreed"
    with scopes.acting(estate.system()):
        assert Document.objects.filter(subject=told.sun.pk).count() == 1


def test_a_paper_on_which_nothing_follows_is_not_kept(told):
    over(told.batch)
    Freeze.objects.create(transfer=told.transfer, by=told.house.first, holding=told.alone.holding)
    desk = at_desk(estate.user(Role.SERVICE_DESK))
    late = desk.post(place(told.sun), {"said": "agreed", "paper": paper()})
    assert late.status_code == 422
    with scopes.acting(estate.system()):
        assert not Document.objects.filter(subject=told.sun.pk).exists()


def test_a_no_by_telephone_is_noted_at_once(told):
    desk = at_desk(estate.user(Role.SERVICE_DESK))
    desk.post(place(told.sun), {"said": "objected"})
    assert fate(told.sun) == "objected"
    assert "本公司" not in person(5)["identity.address"]


@pytest.mark.parametrize("office", [Role.AGENT, Role.CLAIMS_HANDLER, Role.AUDITOR])
def test_other_offices_do_not_come_in(told, office):
    clerk = estate.user(office)
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=told.sun.pk, user=clerk)
    desk = at_desk(clerk)
    assert desk.get(place(told.sun)).status_code == 403
    assert desk.post(place(told.sun), {"said": "objected"}).status_code == 403
    assert notice(told.sun).answer == ""


def test_a_clerk_notes_nothing_for_a_customer_of_his_own(told):
    clerk = estate.user(Role.SERVICE_DESK)
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=told.sun.pk, user=clerk)
    assert at_desk(clerk).post(place(told.sun), {"said": "objected"}).status_code == 403
    assert notice(told.sun).answer == ""


def test_the_customers_page_leads_there_while_there_is_a_letter(told):
    from tests.records import desk_estate

    desk_estate.open_all_day()
    desk = at_desk(estate.user(Role.SERVICE_DESK))
    newcomer = estate.customer(book_=told.house.book, accounts=())
    for customer, there in ((told.sun, True), (newcomer, False)):
        desk.post(f"/desk/customers/{customer.ref}/", {"purpose": "complaint"})
        page = text(desk.get(f"/desk/customers/{customer.ref}/"))
        assert (place(customer) in page) is there
