"""Exports through the pages: at the desk, in the back office, and what a page never tells or offers."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from access import second_factor
from access.exports import jobs
from access.models import Approval, Export
from access.vocabulary import Role
from records import references
from tests import estate
from tests.access import people
from tests.exports import office

pytestmark = pytest.mark.django_db
FORM = {
    "by": "own",
    "identity": list(office.CODES),
    "purpose": "follow_up",
    "recipient": "self",
    "format": "csv",
    "reason": "九月回访名单",
}


@pytest.fixture(autouse=True)
def _made_at_once(monkeypatch):
    """What an approval wakes is done by the tests themselves."""
    from access import tasks

    monkeypatch.setattr(tasks.build_export, "delay", lambda _key: None)


def browser(person, *, fresh: bool = True) -> Client:
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person, stepped_up=fresh)


def text(answer) -> str:
    return answer.content.decode()


def only() -> Export:
    with estate.scopes.acting(estate.system()):
        return Export.objects.select_related("approval").get()


def test_an_agent_asks_an_officer_approves_and_the_agent_takes_the_file(agent, officer, own):
    desk, back = browser(agent), browser(officer)
    assert desk.post(reverse("desk:exports"), FORM).status_code == 302
    export = only()
    waiting = text(desk.get(reverse("desk:exports")))
    assert (export.code in waiting, "待复核" in waiting, "撤回申请" in waiting) == (True,) * 3

    address = reverse("admin:approval", args=[export.approval.ref])
    shown = text(back.get(address))
    assert all(each in shown for each in (export.code, "姓名 L2", "九月回访名单", str(agent)))
    back.post(address, {"act": "approve", "digest": export.approval.digest})
    jobs.work(export.pk)

    ready = text(desk.get(reverse("desk:exports")))
    assert ("可下载" in ready, "还可下载 3 次" in ready) == (True, True)
    answer = desk.post(reverse("desk:export_download", args=[export.ref]))
    content = answer.getvalue()
    assert sorted(office.refs(content)) == sorted(each.ref for each in own)
    assert answer["Content-Disposition"] == f'attachment; filename="custodian-{export.code}.csv"'
    assert answer["Cache-Control"] == "no-store"
    assert "还可下载 2 次" in text(desk.get(reverse("desk:exports")))


def test_the_register_says_for_whom_by_whom_what_and_how_often(agent, officer, own):
    office.honey(3)
    export = office.made(agent, officer)
    office.take(agent, export)
    for person in (officer, estate.user(Role.AUDITOR), estate.user(Role.SECURITY_OFFICER)):
        page = text(browser(person).get(reverse("admin:exports")))
        assert all(each in page for each in (export.code, str(agent), str(officer), "1 / 3"))
        assert export.fingerprint[:4] in page
    detail = text(browser(officer).get(reverse("admin:export", args=[export.ref])))
    assert re.search(r"批准客户数</dt><dd>4.*导出客户数</dt><dd>4", detail)
    assert "掺入 1 名，共有 3 名可选" in detail
    assert "收回文件" in detail


def test_its_page_says_how_many_are_left_out_and_why(agent, officer, own):
    from tests.records import desk_estate
    from tests.security.test_reassigned import move

    export = office.ask(agent)
    office.approve(officer, export)
    move(own[0], to=estate.user(Role.AGENT))
    desk_estate.status(own[1], "restricted")
    jobs.work(export.pk)
    detail = text(browser(officer).get(reverse("admin:export", args=[export.ref])))
    assert re.search(r"批准客户数</dt><dd>4.*导出客户数</dt><dd>2", detail)
    assert "已不在申请人范围内</dt><dd>1" in detail
    assert "已限制处理</dt><dd>1" in detail
    assert "没有可用的诱饵客户，未掺入" in detail


def test_which_customers_are_honey_is_on_no_page(agent, officer, own):
    honey = office.honey(3)
    export = office.made(agent, officer)
    pages = [
        text(browser(officer).get(reverse("admin:exports"))),
        text(browser(officer).get(reverse("admin:export", args=[export.ref]))),
        text(browser(agent).get(reverse("desk:exports"))),
    ]
    assert not [page for page in pages for each in (*honey, *own) if each.ref in page]
    assert "诱饵" not in pages[-1]


# Step-up.


def test_without_a_second_factor_the_form_asks_for_a_code_and_loses_nothing(own, agent):
    person = people.person(Role.AGENT)
    office.customers(1, of=[person], start=30)
    desk = browser(person, fresh=False)
    page = text(desk.get(reverse("desk:exports")))
    assert "二次验证码" in page
    answer = desk.post(reverse("desk:exports"), FORM)
    assert (answer.status_code, "请填身份验证器上现在显示的 6 位数字" in text(answer)) == (
        422,
        True,
    )
    answer = desk.post(reverse("desk:exports"), {**FORM, "code": "000000"})
    again = text(answer)
    assert (answer.status_code, "验证码不符或已过期" in again) == (422, True)
    assert ('value="九月回访名单"' in again, "000000" in again) == (True, False)
    code = second_factor.code_at(people.SECRET, second_factor.step_now())
    assert desk.post(reverse("desk:exports"), {**FORM, "code": code}).status_code == 302


@pytest.mark.parametrize("surface", ["desk", "admin"])
def test_taking_a_file_asks_for_a_second_factor_first(agent, officer, own, surface):
    recipient = officer if surface == "admin" else agent
    other = estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")
    export = office.made(agent, other, to=recipient)
    answer = browser(recipient, fresh=False).post(
        reverse(f"{surface}:export_download", args=[export.ref])
    )
    assert (answer.status_code, "/step-up/" in answer["Location"]) == (302, True)
    assert only().downloads == 0
    answer = browser(recipient).post(reverse(f"{surface}:export_download", args=[export.ref]))
    assert len(office.refs(answer.getvalue())) == 4


# What a wrong form is told.

WRONG = {
    "nothing chosen": ({"identity": []}, "请至少选一个信息项"),
    "no purpose": ({"purpose": ""}, "请选择用途"),
    "no reason": ({"reason": ""}, "请写明理由"),
    "beyond the purpose": (
        {"financial": ["financial.bank_account"]},
        "收付费账户：所选用途不含此类信息",
    ),
    "beyond the level": ({"policy": ["policy.beneficiaries"]}, "受益人：所选用途不含此等级的信息"),
    "misspelt": ({"by": "list", "customers": "c-0000-0000-001"}, "编号写得不对：c-0000-0000-001"),
    "nobody written out": ({"by": "list"}, "请写明客户编号"),
    "no such person": ({"recipient": "staff", "staff_no": "X9"}, "没有这个工号"),
    "no number": ({"recipient": "staff"}, "请填接收人的工号"),
    "nobody outside": ({"recipient": "outside"}, "交给公司外部时必填"),
    "a unit's": ({"by": "unit"}, "请从列出的选项中选择"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_form_is_told(agent, own, wrong):
    changes, words = WRONG[wrong]
    answer = browser(agent).post(reverse("desk:exports"), {**FORM, **changes})
    assert (answer.status_code, words in text(answer)) == (422, True)
    assert not Approval.objects.exists()


def test_too_many_are_told_in_the_form(agent, own, monkeypatch):
    from access.exports import requests

    monkeypatch.setattr(requests, "MOST", 3)
    answer = browser(agent).post(reverse("desk:exports"), FORM)
    assert (answer.status_code, "一次最多导出 5,000 名客户" in text(answer)) == (422, True)


def test_who_has_no_customers_is_told(agent):
    answer = browser(agent).post(reverse("desk:exports"), FORM)
    assert (answer.status_code, "其中没有可导出的客户，请另选" in text(answer)) == (422, True)


def test_an_unknown_parameter_is_refused(agent, own):
    assert browser(agent).post(reverse("desk:exports"), {**FORM, "all": "1"}).status_code == 400
    assert browser(agent).get(f"{reverse('desk:exports')}?by=all").status_code == 400


def test_whoever_asks_is_not_told_who_exists(agent, own):
    foreign = office.customers(1, of=[estate.user(Role.AGENT)], start=40)[0]
    desk = browser(agent)
    pages = []
    for ref in (foreign.ref, references.new_customer()):
        answer = desk.post(
            reverse("desk:exports"), {**FORM, "by": "list", "customers": ref}, follow=True
        )
        pages.append(
            re.sub(r"E-\w{4}-\w{4}|[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:\d\d(:\d\d)?", "", text(answer))
        )
    newest = [re.search(r'<tr><th scope="row".*?</tr>', page, re.DOTALL)[0] for page in pages]
    assert [re.sub(r'value="[^"]+"', "", row) for row in newest] == [
        re.sub(r'value="[^"]+"', "", newest[0])
    ] * 2


# In the back office.


def test_an_officer_asks_for_a_units_customers_and_another_decides():
    first, second = (estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏"))
    office.customers(3)
    form = {**FORM, "by": "unit", "unit": "XZ", "purpose": "compliance", "format": "xlsx"}
    answer = browser(first).post(reverse("admin:export_new"), form)
    export = only()
    assert answer["Location"] == reverse("admin:export", args=[export.ref])
    assert len(export.candidates) == 3
    page = text(browser(first).get(answer["Location"]))
    assert ("撤回申请" in page, "批准之前不读取任何客户资料" in page) == (True, True)
    office.approve(second, export)
    jobs.work(export.pk)
    file = browser(first).post(reverse("admin:export_download", args=[export.ref])).getvalue()
    assert len(office.refs(file, "xlsx")) == 3


def test_an_officer_takes_back_tries_again_and_recalls(agent, officer, own, monkeypatch):
    back = browser(officer)
    export = office.made(agent, officer)
    page = reverse("admin:export", args=[export.ref])
    answers = [
        text(back.post(reverse(f"admin:export_{name}", args=[export.ref]), follow=True))
        for name in ("again", "recall", "recall")
    ]
    assert "它没有失败，无须再次生成。" in answers[0]
    assert "文件已收回，从现在起不能再下载。" in answers[1]
    assert "没有可收回的文件。" in answers[2]
    assert "已收回" in text(back.get(page))
    assert back.post(reverse("admin:export_withdraw", args=[export.ref])).status_code == 403


def test_at_the_desk_one_takes_back_and_tries_again(agent, officer, own):
    desk = browser(agent)
    desk.post(reverse("desk:exports"), FORM)
    export = only()
    there = reverse("desk:export", args=[export.ref])
    assert "已撤回。" in text(desk.post(there, {"act": "withdraw"}, follow=True))
    assert "已有人处理" in text(desk.post(there, {"act": "again"}, follow=True))
    assert desk.post(there, {"act": "approve"}).status_code == 400
    assert browser(estate.user(Role.AGENT)).post(there, {"act": "withdraw"}).status_code == 404


def test_what_failed_is_on_the_morning_page(agent, officer, own, monkeypatch):
    from access import export_admin
    from access.exports import building

    export = office.ask(agent)
    office.approve(officer, export)
    monkeypatch.setattr(building, "build", lambda *_a, **_m: 1 / 0)
    request = browser(officer).get("/admin/").wsgi_request
    with estate.acting(officer):
        assert export_admin.failed(request) is None
    with pytest.raises(ZeroDivisionError):
        jobs.work(export.pk)
    with estate.acting(officer):
        assert str(export_admin.failed(request).sentence) == "1 个已批准的导出没有生成。"
    page = text(browser(officer).get(reverse("admin:export", args=[export.ref])))
    assert ("再次生成" in page, "ZeroDivisionError" in page) == (True, True)


def test_a_long_register_is_read_page_by_page(agent, officer, own, monkeypatch):
    from access import export_admin

    monkeypatch.setattr(export_admin, "SHOWN", 2)
    codes = [office.ask(agent).code for _ in range(3)][::-1]
    back = browser(officer)
    first = text(back.get(reverse("admin:exports")))
    assert [f">{code}<" in first for code in codes] == [True, True, False]
    second = text(back.get(f"{reverse('admin:exports')}?after={codes[1]}"))
    assert [f">{code}<" in second for code in codes] == [False, False, True]
