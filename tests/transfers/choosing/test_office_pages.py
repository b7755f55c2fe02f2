"""The back office's pages of who moves, of letters and of the freeze."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from access import scopes
from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from records.models import ContactFlag
from tests import estate
from tests.transfers.choosing.estate import fate, mark
from tests.transfers.choosing.letters import notice, person, says, sent
from tests.transfers.house import everything_done
from transfers.choosing import selecting
from transfers.freezing import freezing as freeze_job
from transfers.models import Freeze, LetterBatch, Selection
from transfers.stocktaking import taking


def at_office(person_):
    client = Client(headers={"accept-language": "zh-hans"})
    return estate.login(client, person_, stepped_up=True)


def text(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def office(reachable):
    reachable.office = at_office(reachable.house.first)
    reachable.here = f"/admin/transfer/{reachable.transfer.code}"
    return reachable


def test_a_rule_is_run_looked_at_and_put_up(office):
    place = f"{office.here}/selection/"
    assert "6 名" not in text(office.office.get(place))
    answer = office.office.post(f"{place}run/", {"statuses": ["in_force"]}, follow=True)
    assert "已开始计算" in text(answer)
    selecting.work(Selection.objects.first().pk)

    mark(office.sun, honey=True)
    page = text(office.office.get(place))
    assert "提交复核" in page
    assert office.sun.ref not in page
    office.office.post(f"{place}submit/")

    assert Approval.objects.waiting().filter(kind="transfer-selection").count() == 1


def test_why_customers_stay_is_drawn_and_the_honey_customer_is_in_no_number(office):
    mark(office.sun, honey=True)
    mark(office.wu, status="destroyed")
    office.run()
    page = text(office.office.get(f"{office.here}/selection/"))

    assert "资料已销毁" in page
    assert "与不随转的客户相连" in page
    assert "警戒" not in page
    assert 'class="track' in page or "<svg" in page
    board = text(office.office.get(f"{office.here}/"))
    assert "3 名客户随转" in board


def test_a_wrong_rule_is_answered_with_the_page(office):
    answer = office.office.post(f"{office.here}/selection/run/", {"statuses": ["gone"]})
    assert answer.status_code == 422


def test_an_officer_bars_a_customer_and_lifts_it_again(office):
    place = f"{office.here}/selection/"
    said = {"customer": office.wife.ref.lower(), "ground": "sanctions", "reason": "名单命中"}
    office.office.post(f"{place}bar/", said)
    page = text(office.office.get(place))
    assert office.wife.ref in page
    assert "名单命中" not in page  # why, stands sealed in the log
    assert fate(office.zhang) == "connected"
    assert "已登记为不随转" in text(office.office.post(f"{place}bar/", said, follow=True))

    from transfers.models import Bar

    with scopes.acting(estate.system()):
        ref = Bar.objects.get().ref
    assert "请填写解除理由" in text(office.office.post(f"{place}lift/", {"bar": ref}, follow=True))
    office.office.post(f"{place}lift/", {"bar": ref, "reason": "核对无误"})
    assert fate(office.zhang) == "in"


def test_an_unknown_customer_is_not_barred(office):
    said = {"customer": "c-0000-0000-000", "ground": "sanctions", "reason": "名单命中"}
    answer = office.office.post(f"{office.here}/selection/bar/", said)
    assert answer.status_code == 422
    assert "没有这个客户编号" in text(answer)


def words_of(days=30):
    both = {
        f"{key}_{each}": f"{key} {each}"
        for key in ("recipient", "changes", "rights")
        for each in ("zh", "en")
    }
    day = (clock.local().date() + timedelta(days=days)).isoformat()
    return {
        **both,
        "reply_by": day,
        "contact_zh": "客服 400-800-1234",
        "contact_en": "400-800-1234",
    }


def test_letters_are_drafted_and_put_up_when_they_are_whole(office):
    place = f"{office.here}/letters/"
    assert "6 人还没有告知" in text(office.office.get(place))
    half = {**words_of(), "contact_en": "", "act": "send"}
    answer = office.office.post(place, half)
    assert answer.status_code == 422
    assert "请填写" in text(answer)
    assert LetterBatch.objects.get().stage == "draft"

    office.office.post(place, {**words_of(), "act": "send"})
    assert LetterBatch.objects.get().stage == "waiting"
    assert "四眼复核" in text(office.office.get(place))


def test_how_letters_went_and_what_was_answered_is_drawn(office):
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=office.sun.pk, contact=contact, why="staff")
    sent(office)
    says(office.wu, "agreed")
    says(office.son, "objected")
    page = text(office.office.get(f"{office.here}/letters/"))

    for words in ("待打印", "打印下一叠", "不同意", "未答复"):
        assert words in page
    for value in (person(1)["identity.email"], person(5)["identity.address"]):
        assert value not in page


def test_a_sheet_is_printed_and_printed_again(office):
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=office.sun.pk, contact=contact, why="staff")
    sent(office)
    place = f"{office.here}/letters/print/"
    for said in ({}, {"sheet": "1"}):
        answer = office.office.post(place, said)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
    assert notice(office.sun).state == "printed"
    assert "没有待打印" in text(office.office.post(place, follow=True))
    assert "没有待打印" in text(office.office.post(place, {"sheet": "7"}, follow=True))


def test_who_was_not_reached_is_listed_by_reference_and_tried_again(office):
    from records.models import Identity

    with scopes.acting(estate.system()):
        kept = Identity.objects.get(pk=office.sun.pk).origins
        Identity.objects.filter(pk=office.sun.pk).update(origins={})
    sent(office)
    place = f"{office.here}/letters/"
    page = text(office.office.get(place))
    assert office.sun.ref in page
    assert "通讯地址存疑" in page
    with scopes.acting(estate.system()):
        Identity.objects.filter(pk=office.sun.pk).update(origins=kept)
    assert "重新发送 1 封" in text(office.office.post(f"{place}retry/", follow=True))
    assert notice(office.sun).state in {"waiting", "sent"}


def test_a_freeze_is_begun_at_its_stage_and_shows_what_changed(office, monkeypatch):
    everything_done(monkeypatch)
    place = f"{office.here}/freeze/"
    assert "先完成前面的阶段" in text(office.office.get(place))
    office.house.walk(office.transfer, until="freeze")
    office.office.post(f"{place}begin/")
    freeze_job.work(Freeze.objects.get().pk)
    with scopes.acting(estate.system()):
        from records.models import Policy

        Policy.objects.filter(pk=office.alone.pk).update(ends_on="2031-01-01")
    office.office.post(f"{place}compare/")
    page = text(office.office.get(place))

    assert office.sun.ref in page
    assert "不足 10 名客户，不列合计" in page
    assert "36" not in page.split("冻结时")[1].split("冻结之后")[0].replace("2026", "")


def test_stock_is_taken_shown_and_filed(office):
    place = f"{office.here}/freeze/"
    office.office.post(f"{office.here}/stock/")
    assert "盘点还没有完成" in text(office.office.post(f"{office.here}/stock/file/", follow=True))
    taking.work(taking.newest(office.transfer).pk)
    page = text(office.office.get(place))
    assert "证件号码" in page
    assert estate.ZHANG["identity.id_number"] not in page
    answer = office.office.post(f"{office.here}/stock/file/", follow=True)
    assert "已归档" in text(answer)


POSTS = (
    "selection/run/", "selection/submit/", "selection/bar/", "selection/lift/", "letters/",
    "letters/print/", "letters/retry/", "freeze/begin/", "freeze/compare/", "stock/", "stock/file/",
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER])
def test_watchers_read_and_change_nothing(office, role):
    watcher = at_office(estate.user(role))
    for place in ("selection/", "letters/", "freeze/"):
        page = watcher.get(f"{office.here}/{place}")
        assert page.status_code == 200
        assert 'class="btn btn-primary"' not in text(page)
    for place in POSTS:
        assert watcher.post(f"{office.here}/{place}").status_code == 403


@pytest.mark.parametrize("role", [Role.AGENT, Role.SERVICE_DESK])
def test_the_desk_does_not_come_in(office, role):
    stranger = at_office(estate.user(role))
    for place in ("selection/", "letters/", "freeze/"):
        assert stranger.get(f"{office.here}/{place}").status_code in {403, 404}


@pytest.mark.parametrize(("n", "said"), [(1, "1 customer moves"), (1288, "1,288 customers move")])
def test_how_many_move_is_said_in_english_too(n: int, said: str) -> None:
    panel = {"counts": {"moving": n}, "url": "/", "staying": []}
    with translation.override("en"):
        assert said in render_to_string("admin/transfers/staying_panel.html", {"panel": panel})
