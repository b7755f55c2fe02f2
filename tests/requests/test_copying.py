"""Requests of access, copy and portability are answered by a copy that is made, told, and taken by whoever asked."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4
from zipfile import ZipFile

import jsonschema
import pytest
from django.urls import reverse

from access import actors, scopes
from access.models import Approval, ApprovalRule, Export, Finding
from custodian import clock
from records import copy_requests
from records.models import DataCopy, Representative, RequestEffect
from records.own_data import asking, copies
from records.requests import effects, handling, opening
from records.requests.effects import copying, telling
from tests import estate
from tests.portal.test_copies import SCHEMA
from tests.requests.office import done, everything, made, refreshed, steps
from tests.sign_in import people as numbers

pytestmark = pytest.mark.django_db
COPY = "/portal/data/copy/"


def of(request):
    with everything():
        return list(DataCopy.objects.filter(request=request).order_by("pk"))


def take(browser, copy):
    return browser.post(f"{COPY}{copy.ref}/")


def page(browser, asked):
    return browser.get(reverse("portal:request", args=[asked.ref])).content.decode()


# -- by itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "formats"), [("access", ["pdf"]), ("copy", ["pdf", "json"])])
def test_asked_for_without_words_it_is_prepared_told_and_answered(office, kind, formats):
    asked = office.ask(kind, text="")
    assert [each.format for each in of(asked)] == formats
    assert asked.status == "accepted"
    assert made(asked).status == "answered"
    assert steps(asked) == ["received", "accepted", "preparing", "ready", "done", "answered"]
    (words,) = telling.sentences(asked.outcome)
    assert "副本已备好" in words
    browser = office.browser()
    assert "您要的副本已备好" in browser.get("/portal/").content.decode()
    assert words in page(browser, asked)
    assert take(browser, of(asked)[0]).status_code == 200
    assert take(browser, of(asked)[0]).status_code == 302
    assert "您对这次答复满意吗" in page(browser, asked)


def test_with_several_files_it_is_answered_by_the_last(office):
    asked = office.ask("copy", text="")
    first, second = of(asked)
    copies.work(first.pk)
    assert refreshed(asked).status == "accepted"
    copies.work(second.pk)
    assert refreshed(asked).status == "answered"


def test_her_own_words_are_read_by_a_person_first(office):
    asked = office.ask("access")
    assert of(asked) == []
    office.answer(asked, details={"formats": ["pdf"], "outcome": "partly"})
    assert (asked.status, [each.format for each in of(asked)]) == ("partly", ["pdf"])
    assert asked.closed_by == office.first


def test_words_alone_may_be_the_answer(office):
    asked = office.ask("access")
    office.answer(asked, details={"formats": [], "outcome": "answered"})
    assert asked.status == "answered"
    assert of(asked) == []


def test_a_letter_is_prepared_once_it_is_known_who_wrote_it(office):
    asked = office.enter("copy")
    assert of(asked) == []
    with estate.acting(office.desk) as actor:
        opening.prove(asked, proof="in_person", channel="desk", actor=actor)
    assert len(of(asked)) == 2
    assert made(asked).status == "answered"
    assert take(office.browser(), of(asked)[0]).status_code == 200


def test_more_files_than_a_day_has_are_left_to_a_person(office, settings):
    settings.CUSTODIAN_COPIES_A_DAY = 1
    asked = office.ask("copy", text="")
    assert of(asked) == []
    office.answer(asked)
    assert asked.status == "answered"


def test_in_the_portal_a_second_format_joins_the_open_request(office):
    with office.she() as actor:
        first = copy_requests.ask(office.customer, ["pdf"], language="en", actor=actor)
        again = copy_requests.ask(office.customer, ["pdf", "json"], language="en", actor=actor)
        none = copy_requests.ask(office.customer, ["json"], language="en", actor=actor)
    assert (again, none) == (first, None)
    assert [each.format for each in of(first)] == ["pdf", "json"]
    assert made(first).status == "answered"


# -- what fails --------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    held = {"is": True}
    real = copies.files.content

    def content(*args, **more):
        if held["is"]:
            raise RuntimeError("a secret of 张三丰")
        return real(*args, **more)

    monkeypatch.setattr(copies.files, "content", content)
    return held


def try_once(copy):
    with pytest.raises(RuntimeError):
        copies.work(copy.pk)


def test_what_fails_is_tried_again_by_itself_with_growing_pauses(office, broken):
    asked = office.ask("access", text="")
    (copy,) = of(asked)
    try_once(copy)
    assert copies.due() == []
    with pytest.raises(handling.Ended):
        office.answer(asked)  # it goes on by itself
    broken["is"] = False
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert copies.due() == [copy.pk]
        copies.work(copy.pk)
    assert refreshed(asked).status == "answered"


def test_what_fails_for_good_is_a_finding_stands_on_the_page_and_is_tried_by_hand(office, broken):
    asked = office.ask("access", text="")
    (copy,) = of(asked)
    for attempt in range(copies.ATTEMPTS):
        with clock.at(clock.now() + timedelta(hours=attempt)):
            assert copies.due() == [copy.pk]
            try_once(copy)
    with clock.at(clock.now() + timedelta(days=1)):
        assert copies.due() == []
    assert asked.ref in Finding.objects.get(kind=effects.FAILED).words
    browser = office.at_desk()
    place = reverse("desk:request", args=[asked.ref])
    text = browser.get(place).content.decode()
    assert "副本没有备好" in text
    assert "RuntimeError" in text
    assert "张三丰" not in text
    broken["is"] = False
    browser.post(place, {"act": "again"})
    assert made(asked).status == "answered"


def test_one_that_could_not_be_made_after_a_decision_is_not_decided_twice(office, broken):
    asked = office.ask("access")
    with estate.acting(office.first) as actor:
        handling.answer(asked, "给您副本。", channel="admin", actor=actor)
    with everything():
        effects.carry_out(RequestEffect.objects.get(request=asked).pk)
    (copy,) = of(asked)
    with everything():
        DataCopy.objects.filter(pk=copy.pk).update(status="failed", attempts=copies.ATTEMPTS)
    with pytest.raises(handling.Ended):
        office.answer(asked)
    text = office.at_desk().get(reverse("desk:request", args=[asked.ref])).content.decode()
    assert 'value="again"' in text
    assert 'value="answer"' not in text


# -- whoever asks for somebody else -------------------------------------------------------------------


@pytest.fixture
def guardian(office):
    other = estate.customer(numbers.LI, of=[office.agent])
    with everything():
        Representative.objects.create(
            subject_id=office.customer.pk, representative_id=other.pk, kind="guardian"
        )
        type(office.customer).objects.filter(pk=office.customer.pk).update(minor_until="2099-01-01")
    return other


def as_guardian(office, guardian):
    return actors.customer(office.customer.pk, capacity="guardian", by=guardian.pk)


def asked_by(office, guardian):
    with scopes.acting(as_guardian(office, guardian)) as actor:
        return opening.open_request(
            office.customer.pk, kind="copy", text="", channel="portal", actor=actor
        )


def test_a_guardian_gets_the_childs_copy_and_nobody_else_sees_it(office, guardian):
    asked = made(asked_by(office, guardian))
    assert asked.status == "answered"
    copy = of(asked)[0]
    assert copy.capacity == "guardian"
    with scopes.acting(as_guardian(office, guardian)) as actor:
        assert copies.find(copy.ref, office.customer, actor=actor) == copy
    elsewhere = actors.customer(office.customer.pk, capacity="guardian", by=office.other.pk)
    for actor in (actors.customer(office.customer.pk), elsewhere):
        with scopes.acting(actor):
            assert copies.find(copy.ref, office.customer, actor=actor) is None
            assert copies.of(office.customer, actor=actor) == []
    assert take(office.browser(), copy).status_code == 404


def test_whoever_acts_for_her_no_more_gets_nothing(office, guardian):
    asked = asked_by(office, guardian)
    with everything():
        Representative.objects.update(until=clock.now() - timedelta(minutes=1))
    for copy in of(asked):
        with pytest.raises(copies.NoLongerActing):
            copies.work(copy.pk)
    assert refreshed(asked).status == "accepted"
    assert not copying.reachable(asked)


def test_for_somebody_who_is_not_registered_nothing_is_prepared(office):
    asked = office.enter("copy", asked_by="representative", proof="authorised")
    assert of(asked) == []
    text = office.at_desk().get(reverse("desk:request", args=[asked.ref])).content.decode()
    assert "副本交不到申请人手上" in text
    assert 'name="formats"' not in text
    office.answer(asked, details={"formats": [], "outcome": "answered"})
    assert asked.status == "answered"


def test_an_organisations_authorised_person_gets_its_copy(office):
    firm = office.other
    with everything():
        type(firm).objects.filter(pk=firm.pk).update(kind="organisation")
        Representative.objects.create(
            subject_id=firm.pk, representative_id=office.customer.pk, kind="authorised"
        )
    actor = actors.customer(firm.pk, capacity="authorised", by=office.customer.pk)
    with scopes.acting(actor):
        asked = copy_requests.ask(firm, ["json"], language="zh-hans", actor=actor)
    assert made(asked).status == "answered"
    with scopes.acting(actor):
        said = json.loads(copies.take(of(asked)[0], actor=actor))
    assert (said["asked_as"], said["kind"]) == ("authorised", "organisation")


# -- portability --------------------------------------------------------------------------------------

ALL = ["identity", "basis", "feasible", "harmless"]
FORM = {"act": "answer", "outcome": "answered", "text": "已备好", "conditions": ALL}


def test_a_transfer_is_an_archive_for_her_that_names_the_insurer(office):
    asked = office.ask("portability", text="", insurer="示例人寿保险有限公司")
    assert of(asked) == []
    browser = office.at_desk(office.first)
    place = reverse("admin:request", args=[asked.ref])
    text = browser.get(place).content.decode()
    assert "转移的条件" in text
    assert "第二十五条" in text
    assert browser.post(place, {**FORM, "handover": "her"}).status_code == 422
    browser.post(place, {**FORM, "handover": "her", "formats": ["zip"]})
    assert done(asked).status == "answered"
    (copy,) = of(asked)
    body = take(office.browser(), copy).content
    with ZipFile(io.BytesIO(body)) as archive:
        said = json.loads(archive.read("my-data.json"))
    jsonschema.validate(said, SCHEMA)
    assert said["addressed_to"] == "示例人寿保险有限公司"


def test_a_copy_of_her_own_is_addressed_to_nobody(office):
    asked = made(office.ask("copy", text="", details={"formats": ["json"]}))
    said = json.loads(take(office.browser(), of(asked)[0]).content)
    assert "addressed_to" not in said
    jsonschema.validate(said, SCHEMA)


def export(office, *, inside=False, **more):
    if inside:
        more |= {"recipient": office.second, "outside_name": "", "outside_office": ""}
    with everything():
        approval = Approval.objects.create(
            kind="export",
            payload={},
            digest="0" * 64,
            requested_by=office.second,
            rule=ApprovalRule.objects.first(),
        )
        return Export.objects.create(
            **{
                "requested_by": office.second, "outside_name": "王", "outside_office": "示例人寿",
                "purpose": "compliance", "reason": "转移", "elements": ["identity.name"],
                "by": "list", "channel": "admin", "candidates": [office.customer.pk],
                "downloads": 1, "approved_at": clock.now(), "taken_at": clock.now(),
                "holding": uuid4(), "approval": approval, **more,
            }
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"approved_at": None}, {"downloads": 0}, {"candidates": [1]}, {"inside": True}]
)
def test_what_the_register_has_not_handed_over_is_no_delivery(office, wrong):
    asked = office.ask("portability", text="", insurer="示例人寿")
    out = export(office, **wrong)
    browser, place = office.at_desk(office.first), reverse("admin:request", args=[asked.ref])
    answer = browser.post(place, {**FORM, "handover": "export", "export": out.code})
    assert answer.status_code == 422
    assert refreshed(asked).status == "accepted"


def test_a_delivery_by_the_register_is_told_with_its_day_and_number(office):
    asked = office.ask("portability", text="", insurer="示例人寿")
    out = export(office)
    browser, place = office.at_desk(office.first), reverse("admin:request", args=[asked.ref])
    browser.post(place, {**FORM, "handover": "export", "export": out.code})
    assert done(asked).status == "answered"
    assert of(asked) == []
    (words,) = telling.sentences(asked.outcome)
    assert out.code in words


# -- what is on record ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_each_copy_stands_in_the_log_with_its_request_and_no_value(office, entries_since):
    asked = made(office.ask("copy", text="", details={"formats": ["json"]}))
    estate.drain()
    leaves = [each.leaf for each in entries_since()]
    (one,) = [each for each in leaves if "records:own-copy:ask" in each]
    assert asked.ref in one
    assert not [each for each in leaves if estate.ZHANG["identity.mobile"] in each]


def test_the_day_has_room_for_so_many(office, settings):
    settings.CUSTODIAN_COPIES_A_DAY = 3
    office.ask("copy", text="")
    with office.she() as actor:
        assert asking.room(office.customer.pk, actor=actor) == 1
