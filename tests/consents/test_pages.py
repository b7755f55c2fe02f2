"""The pages of consents: the customer's own, the desk's, the back office's, and what else speaks of them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.models import Choice
from custodian import clock
from records.models import Consent, CustomerRequest, Document
from tests import estate
from tests.consents.saying import GIVEN, REFUSED, WITHDRAWN, imported, notes, paper, says
from tests.corrections import files
from tests.requests.office import everything, refreshed

pytestmark = pytest.mark.django_db
HERE = "/portal/consents/"


def text(page):
    return page.content.decode()


def states(customer):
    with everything():
        last = customer.subject.consents.order_by("purpose", "-pk").distinct("purpose")
        return {each.purpose: each.said for each in last}


# -- portal ------------------------------------------------------------------------------------------


def test_one_card_for_each_purpose_with_ground_and_clause(office):
    page = text(office.browser().get(HERE))
    for said in (
        "介绍其他产品",
        "提供给合作方",
        "满意度调查",
        "健康信息用于核保和理赔",
        "第二十三条",
    ):
        assert said in page
    assert "不满十四周岁未成年人的资料" not in page
    assert page.count("未记录") >= 6
    assert "反洗钱客户身份识别" in page
    assert "checked" not in page  # nothing is chosen for her


def test_both_ways_are_as_many_steps(office):
    browser = office.browser()
    for code, way, said in (("marketing", "yes", GIVEN), ("marketing", "no", WITHDRAWN)):
        assert f'href="{HERE}{code}/{way}/"' in text(browser.get(HERE))
        asked = text(browser.get(f"{HERE}{code}/{way}/"))
        assert asked.count('<button class="btn btn-primary"') == 1
        done = browser.post(f"{HERE}{code}/{way}/", follow=True)
        assert done.redirect_chain == [(HERE, 302)]
        assert states(office.customer) == {code: said}


def test_after_a_clear_no_nobody_asks_again(office):
    says(office.customer, "survey", REFUSED)
    page = text(office.browser().get(HERE))
    assert f'href="{HERE}survey/no/"' not in page
    assert page.count(f'href="{HERE}survey/yes/"') == 1
    home = text(office.browser().get("/portal/"))
    assert "满意度调查" not in home
    assert "我的同意" in home


def test_a_word_said_already_changes_nothing(office):
    browser = office.browser()
    says(office.customer, "survey", GIVEN)
    assert "确认同意" not in text(browser.get(f"{HERE}survey/yes/"))
    browser.post(f"{HERE}survey/yes/")
    with everything():
        assert Consent.objects.count() == 1


@pytest.mark.parametrize("code", ["nothing", "child", "contract"])
def test_what_nobody_asks_her_is_not_there(office, code):
    for way in ("yes", "no"):
        assert office.browser().get(f"{HERE}{code}/{way}/").status_code == 404
        assert office.browser().post(f"{HERE}{code}/{way}/").status_code == 404


def test_a_child_is_led_to_the_guardian_who_speaks(office):
    from datetime import timedelta

    from django.test import Client

    from custodian import clock
    from tests.portal import people

    child = estate.customer(minor_until=clock.local().date() + timedelta(days=90))
    own = office.browser(child)
    page = text(own.get(HERE))
    assert "须由监护人办理" in page
    assert f"{HERE}child/yes/" not in page
    assert "须由监护人登录办理" in text(own.post(f"{HERE}child/yes/", follow=True))
    assert states(child) == {}
    guardian = people.signed_in(
        Client(headers={"accept-language": "zh-hans"}), child, capacity="guardian"
    )
    guardian.post(f"{HERE}child/yes/")
    assert states(child) == {"child": GIVEN}


def test_what_was_not_hers_becomes_a_complaint(office):
    row = notes(
        office.agent, office.customer, "marketing", GIVEN, paper(office.customer, office.agent)
    )
    browser = office.browser()
    page = text(browser.get(HERE))
    (link,) = re.findall(r'href="([^"]+\?consent=[^"]+)"', page)
    assert str(row.ref) in link
    assert "介绍其他产品：已同意”不是我的意思" in text(browser.get(link))
    foreign = text(office.browser(office.other).get(link))
    assert "不是我的意思" not in foreign
    says(office.customer, "survey", GIVEN)
    assert len(re.findall(r"\?consent=", text(browser.get(HERE)))) == 1


def test_my_data_says_what_rests_on_which_consent(office):
    page = text(office.browser().get("/portal/data/"))
    assert "收付费账户用于交费和给付" in page
    assert "健康信息用于核保和理赔" in page


# -- desk --------------------------------------------------------------------------------------------


def desk(office):
    return f"/desk/customers/{office.customer.ref}/consents/"


def test_an_agent_notes_a_paper_and_nothing_without(office):
    browser = office.at_desk(office.agent)
    body = {"purpose": "marketing", "said": GIVEN, "day": ""}
    bare = browser.post(desk(office), body)
    assert bare.status_code == 422
    assert "请附上客户签名的书面材料" in text(bare)
    no = browser.post(desk(office), {**body, "said": WITHDRAWN})
    assert no.status_code == 422
    assert states(office.customer) == {}
    file = SimpleUploadedFile("1.jpg", files.photo_of_a_place(), "image/jpeg")
    done = browser.post(desk(office), {**body, "paper": file})
    assert done.status_code == 302
    assert states(office.customer) == {"marketing": GIVEN}
    page = text(browser.get(desk(office)))
    with everything():
        assert Consent.objects.get().evidence.ref in page


def test_an_old_paper_is_turned_away_at_its_day_and_not_kept(office):
    says(office.customer, "marketing", GIVEN)
    says(office.customer, "marketing", WITHDRAWN)
    day = clock.local().date() - timedelta(days=40)
    paper = SimpleUploadedFile("1.jpg", files.photo_of_a_place(), "image/jpeg")
    body = {"purpose": "marketing", "said": GIVEN, "day": day.isoformat(), "paper": paper}
    answer = office.at_desk(office.agent).post(desk(office), body)
    assert answer.status_code == 422
    assert "客户在那之后另有表示" in text(answer)
    assert states(office.customer) == {"marketing": WITHDRAWN}
    with everything():
        assert not Document.objects.filter(subject=office.customer.pk).exists()


def test_the_service_desk_ends_one_by_telephone_at_once(office):
    imported(office.customer, "marketing", GIVEN)
    done = office.at_desk().post(
        desk(office), {"purpose": "marketing", "said": WITHDRAWN, "day": ""}
    )
    assert done.status_code == 302
    assert states(office.customer) == {"marketing": WITHDRAWN}
    with everything():
        assert not Choice.objects.get().agreed


@pytest.mark.parametrize("day", ["2999-01-01", "gestern"])
def test_a_day_that_cannot_be_is_said_so(office, day):
    page = office.at_desk().post(
        desk(office), {"purpose": "marketing", "said": WITHDRAWN, "day": day}
    )
    assert page.status_code == 422
    assert "日期" in text(page)
    assert states(office.customer) == {}


def test_the_customers_page_shows_states_and_why_a_value_is_shut(office):
    says(office.customer, "account", WITHDRAWN)
    browser = office.at_desk(office.agent)
    place = f"/desk/customers/{office.customer.ref}/"
    browser.post(place, {"purpose": "payment"})
    page = text(browser.get(place))
    assert "所缺的同意：收付费账户用于交费和给付" in page
    assert "客户已撤回或拒绝此用途所依据的同意" in page


def test_a_refused_reveal_says_which_consent_is_lacking(office):
    browser = office.at_desk(office.agent)
    place = f"/desk/customers/{office.customer.ref}/"
    browser.post(place, {"purpose": "marketing"})
    page = browser.post(
        f"{place}reveal/", {"element": "identity.mobile", "purpose": "marketing", "reason": ""}
    )
    assert page.status_code == 403
    assert "客户没有同意将资料用于此用途" in text(page)
    assert "所缺的同意：介绍其他产品" in text(page)
    assert "13800138000" not in text(page)


# -- back office -------------------------------------------------------------------------------------


def test_the_back_office_counts_and_lists(office):
    says(office.customer, "marketing", GIVEN)
    says(office.other, "marketing", REFUSED)
    says(office.customer, "survey", GIVEN)
    says(office.customer, "survey", WITHDRAWN)
    from records.consents import counting

    with estate.acting(office.first):
        found = {
            each.purpose.code: [share.count for share in each.shares] for each in counting.lines()
        }
    assert found["marketing"] == [1, 1, 0, 0]
    assert found["survey"] == [0, 0, 1, 1]
    assert found["child"] == [0, 0, 0, 0]
    assert found["money_laundering"] == []
    page = text(office.at_desk(office.first).get("/admin/consents/"))
    assert "介绍其他产品" in page
    assert "CN-PIPL-23" in page
    assert "<title>50.0%</title>" in page  # one of the two customers
    assert office.customer.ref in page
    detail = text(
        office.at_desk(office.first).get(f"/admin/records/customer/{office.customer.ref}/change/")
    )
    assert "客户的同意" in detail


# -- requests ----------------------------------------------------------------------------------------


def test_a_request_withdraws_what_was_chosen(office):
    imported(office.customer, "marketing", GIVEN)
    imported(office.customer, "survey", GIVEN)
    asked = office.ask("withdraw_consent", details={"consents": ["marketing"]})
    office.answer(asked)
    assert states(office.customer) == {"marketing": WITHDRAWN, "survey": GIVEN}
    assert refreshed(asked).outcome["consents"] == ["marketing"]
    page = text(office.browser().get(f"/portal/requests/{asked.ref}/"))
    assert "撤回的是：介绍其他产品。" in page


def test_a_request_without_a_choice_withdraws_all_that_was_given(office):
    imported(office.customer, "marketing", GIVEN)
    imported(office.customer, "survey", REFUSED)
    office.answer(office.ask("withdraw_consent"))
    assert states(office.customer) == {"marketing": WITHDRAWN, "survey": REFUSED}


def test_the_form_of_that_request_offers_what_may_be_withdrawn(office):
    says(office.customer, "survey", REFUSED)
    browser = office.browser()
    page = browser.get("/portal/requests/new/withdraw_consent/")
    assert 'value="marketing"' in text(page)
    assert 'value="survey"' not in text(page)
    form = re.search(r'name="form" value="([^"]+)"', text(page))[1]
    browser.post(
        "/portal/requests/new/withdraw_consent/", {"form": form, "consents": ["health"], "text": ""}
    )
    with everything():
        assert CustomerRequest.objects.get().details == {"consents": ["health"]}


# -- copy --------------------------------------------------------------------------------------------


def test_the_copy_of_her_data_tells_them(office):
    from records.own_data import agreed

    says(office.customer, "partners", GIVEN)
    with office.she() as actor:
        told = {each["code"]: each for each in agreed.told(office.customer, actor=actor)}
    assert told["partners"]["state"]["code"] == GIVEN
    assert told["partners"]["lawful_basis"]["clause"] == "CN-PIPL-23"
    assert told["survey"]["state"]["code"] == "not-recorded"
    assert json.dumps(told)


def test_an_export_for_marketing_holds_whoever_agreed_and_counts_the_others(office):
    from tests.exports import office as exports

    nobodys = exports.honey(3)
    says(office.customer, "marketing", GIVEN)
    export = exports.made(office.agent, office.first, purpose="marketing")
    assert set(export.included) - {each.pk for each in nobodys} == {office.customer.pk}
    assert export.omitted == {"not-agreed": 1}


def test_what_is_left_out_for_want_of_consent_has_a_name():
    from access.exports.building import NOT_AGREED, omitted_words

    assert {str(words): n for words, n in omitted_words({NOT_AGREED: 2})} == {"没有客户的同意": 2}
