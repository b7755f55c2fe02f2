"""Corrections at the desk, through the pages: raised by an agent, confirmed and checked by the service desk."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access import scopes
from records.models import Correction
from tests import estate
from tests.corrections import cast as casting
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE

pytestmark = pytest.mark.django_db


def browser(person, *, stepped_up=True):
    return estate.login(
        Client(headers={"accept-language": "zh-hans"}), person, stepped_up=stepped_up
    )


def newest():
    with scopes.acting(estate.system()):
        return Correction.objects.order_by("-pk").first()


def at(name, correction, **more):
    return reverse(f"desk:correction{name}", kwargs={"ref": correction.ref, **more})


def upload(content=None, name="户口簿.jpg"):
    return SimpleUploadedFile(name, content or casting.photo(), content_type="image/jpeg")


def raised_by_agent(cast, **written):
    agent = browser(cast.agent)
    begin = reverse("desk:correction_begin", kwargs={"ref": cast.customer.ref})
    assert agent.get(begin).status_code == 200
    assert agent.post(begin, {"group": "address"}).status_code == 302
    correction = newest()
    said = {"act": "submit", "address": NEW_ADDRESS, "paper": upload(), **written}
    assert agent.post(at("_edit", correction), said).status_code == 302
    return cast.now(correction)


def test_an_agent_raises_one_for_his_customer_and_follows_it(cast):
    correction = raised_by_agent(cast)
    assert (correction.status, correction.raised_by_id) == ("submitted", cast.agent.pk)
    agent = browser(cast.agent)
    page = agent.get(at("", correction))
    text = page.content.decode()
    assert "更正联系地址" in text
    assert NEW_ADDRESS not in text
    assert "由我核对" not in text
    assert "更正联系地址" in agent.get(reverse("desk:corrections")).content.decode()


def test_the_service_desk_checks_it_with_both_sides_revealed(cast):
    correction = raised_by_agent(cast)
    desk = browser(cast.desk)
    assert correction.ref in desk.get(reverse("desk:corrections")).content.decode()
    assert desk.post(at("_act", correction), {"act": "take"}).status_code == 302
    shown = desk.post(at("_reveal", correction))
    assert shown.status_code == 200
    for value in (NEW_ADDRESS, estate.ZHANG["identity.address"]):
        assert value in shown.content.decode()
    paper = desk.get(at("_paper", correction, number=1))
    assert (paper.status_code, paper["Content-Type"]) == (200, "image/jpeg")
    assert paper["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(paper.streaming_content).startswith(b"\xff\xd8\xff")
    desk.post(at("_act", correction), {"act": "pass"})
    assert cast.now(correction).status == "confirming"


def test_the_customer_at_the_counter_is_put_on_record_by_somebody_else(cast):
    correction = raised_by_agent(cast)
    browser(cast.desk).post(at("_act", correction), {"act": "take"})
    counter = browser(cast.second_desk)
    assert counter.post(at("_confirm", correction), {"way": "branch"}).status_code == 422
    assert (
        counter.post(at("_confirm", correction), {"way": "branch", "seen": "on"}).status_code == 302
    )
    cast.confirm_in_portal(correction)
    browser(cast.desk).post(at("_act", correction), {"act": "pass"})
    assert cast.now(correction).status == "approving"


def test_a_refusal_says_why_and_what_can_be_done(cast):
    correction = raised_by_agent(cast)
    desk = browser(cast.desk)
    desk.post(at("_act", correction), {"act": "take"})
    assert (
        desk.post(at("_refuse", correction), {"because": "evidence", "words": ""}).status_code
        == 422
    )
    words = "照片看不清门牌号，请补一张"
    desk.post(at("_refuse", correction), {"because": "evidence", "words": words})
    assert cast.now(correction).status == "refused"
    page = browser(cast.agent).get(at("", correction)).content.decode()
    assert "证明材料看不清或不足" in page
    assert "也可以投诉" in page
    assert words not in page  # masked, like everything of hers


@pytest.mark.parametrize("act", ["take", "pass", "hand-back"])
def test_an_agent_handles_none(cast, act):
    correction = cast.raised(cast.customer)
    assert browser(cast.agent).post(at("_act", correction), {"act": act}).status_code == 403
    assert cast.now(correction).status == "submitted"


def test_what_is_not_ones_own_customer_is_not_there(cast):
    correction = cast.raised(cast.customer)
    stranger = browser(cast.other_agent)
    absent = stranger.get(reverse("desk:correction", args=["a-0000-0000-000"]))
    other = stranger.get(at("", correction))
    assert (absent.status_code, other.status_code) == (404, 404)
    for name in ("_edit", "_reveal", "_act", "_refuse", "_confirm"):
        posted = stranger.post(at(name, correction), {})
        assert posted.status_code == 404, name
    assert stranger.get(at("_paper", correction, number=1)).status_code == 404


def test_a_draft_is_its_writers_alone(cast):
    correction = cast.begin(cast.agent, "mobile")
    assert browser(cast.desk).get(at("", correction)).status_code == 404
    assert browser(cast.agent).get(at("", correction)).status_code == 302


def test_what_is_wrong_with_a_paper_stands_beside_it(cast):
    agent = browser(cast.agent)
    begin = reverse("desk:correction_begin", kwargs={"ref": cast.customer.ref})
    agent.post(begin, {"group": "address"})
    correction = newest()
    heic = upload(b"\0\0\0\x18ftypheic" + b"\0" * 64, name="IMG_1.HEIC")
    answer = agent.post(at("_edit", correction), {"act": "add", "paper": heic})
    assert answer.status_code == 422
    assert "HEIC" in answer.content.decode()
    none = agent.post(at("_edit", correction), {"act": "submit", "address": NEW_ADDRESS})
    assert none.status_code == 422
    assert "请先上传证明材料" in none.content.decode()


def test_a_number_that_cannot_be_is_not_taken(cast):
    agent = browser(cast.agent)
    begin = reverse("desk:correction_begin", kwargs={"ref": cast.customer.ref})
    agent.post(begin, {"group": "mobile"})
    answer = agent.post(at("_edit", newest()), {"act": "submit", "mobile": "12345"})
    assert answer.status_code == 422
    assert "手机号码应为 1 开头的 11 位数字" in answer.content.decode()
    same = agent.post(
        at("_edit", newest()), {"act": "submit", "mobile": estate.ZHANG["identity.mobile"]}
    )
    assert "与现在登记的内容相同" in same.content.decode()
    assert cast.now(newest()).status == "draft"
    assert NEW_MOBILE not in same.content.decode()
