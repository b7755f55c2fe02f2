"""The customer corrects her own data: five steps, her word by two ways, and what somebody else raised for her."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access import scopes
from custodian import outbox
from records.models import Correction, CorrectionEvidence, Document, Tombstone
from tests import estate
from tests.corrections import cast as casting
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE, last_code
from tests.portal.people import signed_in

pytestmark = pytest.mark.django_db
NEW = "/portal/corrections/new/"


@pytest.fixture
def client(cast):
    return hers(cast)


def hers(cast, customer=None, **how):
    return signed_in(
        Client(headers={"accept-language": "zh-hans"}), customer or cast.customer, **how
    )


def at(step, correction, **more):
    name = f"correction_{step}" if step else "correction"
    return reverse(f"portal:{name}", kwargs={"ref": correction.ref, **more})


def newest():
    with scopes.acting(estate.system()):
        return Correction.objects.order_by("-pk").first()


def begun(client, group="address"):
    assert client.post(NEW, {"group": group}).status_code == 302
    return newest()


def upload(content=None, name="户口簿.jpg"):
    return SimpleUploadedFile(name, content or casting.photo(), content_type="image/jpeg")


def handed_in(client, group="mobile", **said):
    correction = begun(client, group)
    said = said or {"mobile": NEW_MOBILE}
    assert client.post(at("value", correction), said).status_code == 302
    assert client.post(at("evidence", correction), {"act": "next"}).status_code == 302
    assert client.post(at("confirm", correction), {"act": "submit"}).status_code == 302
    return correction


def test_five_steps_one_question_each(cast, client):
    page = client.get(NEW)
    assert "第 1 步，共 5 步" in page.content.decode()
    assert client.post(NEW, {}).status_code == 422
    correction = begun(client)
    page = client.get(at("value", correction)).content.decode()
    assert "正确的地址是什么？" in page
    assert estate.ZHANG["identity.address"] not in page
    went = client.post(at("value", correction), {"address": NEW_ADDRESS})
    assert went["Location"] == at("evidence", correction)
    page = client.get(at("evidence", correction)).content.decode()
    assert "第 3 步，共 5 步" in page
    assert NEW_ADDRESS in page
    assert "为什么要证明材料" in page
    none = client.post(at("evidence", correction), {"act": "next"})
    assert none.status_code == 422
    assert "请拍照或选择一个文件" in none.content.decode()
    for later in ("check", "confirm"):
        assert client.get(at(later, correction))["Location"] == at("evidence", correction)
    went = client.post(at("evidence", correction), {"act": "next", "paper": upload()})
    assert went["Location"] == at("check", correction)
    page = client.get(at("check", correction)).content.decode()
    assert "请核对改前和改后" in page
    assert NEW_ADDRESS in page
    page = client.get(at("confirm", correction)).content.decode()
    assert "第 5 步，共 5 步" in page
    assert "业务员不能替您确认" in page
    went = client.post(at("confirm", correction), {"act": "submit"})
    # Her session is one way; the other is still missing.
    assert went["Location"] == at("confirm", correction)
    assert cast.now(correction).status == "submitted"


def test_a_draft_waits_for_her_and_is_nobody_elses(cast, client):
    correction = begun(client, "mobile")
    client.post(at("value", correction), {"mobile": NEW_MOBILE})
    page = client.get(NEW).content.decode()
    assert "没填完的" in page
    assert at("value", correction) in page
    assert "有一件没填完" in client.get("/portal/").content.decode()
    # Begun a second time it is the same draft.
    assert begun(client, "mobile").pk == correction.pk
    desk = estate.login(Client(), cast.desk)
    assert desk.get(reverse("desk:correction", args=[correction.ref])).status_code == 404


def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(cast, client):
    correction = begun(client, "mobile")
    wrong = client.post(at("value", correction), {"mobile": "12345"})
    assert wrong.status_code == 422
    assert "手机号码应为 1 开头的 11 位数字" in wrong.content.decode()
    same = client.post(at("value", correction), {"mobile": estate.ZHANG["identity.mobile"]})
    assert "与现在登记的内容相同" in same.content.decode()
    for step in ("evidence", "check", "confirm"):
        assert client.get(at(step, correction)).status_code == 409, step


def test_with_the_session_and_a_code_to_another_contact_it_is_confirmed(cast, client):
    correction = handed_in(client)
    page = client.get(at("confirm", correction)).content.decode()
    assert "验证码发到哪里" in page
    assert estate.ZHANG["identity.email"] not in page
    sent = client.post(at("confirm", correction), {"act": "send", "contact": "identity.email"})
    assert sent.status_code == 302
    page = client.get(at("confirm", correction)).content.decode()
    assert 'name="code"' in page
    assert "重新发送验证码" in page
    code = last_code()
    wrong = client.post(
        at("confirm", correction), {"act": "code", "code": f"{(int(code) + 1) % 10**6:06}"}
    )
    assert wrong.status_code == 422
    assert "验证码不对，或已过期" in wrong.content.decode()
    done = client.post(at("confirm", correction), {"act": "code", "code": code})
    assert done["Location"] == at("", correction)
    page = client.get(at("", correction)).content.decode()
    assert "您用验证码确认了" in page
    assert "等您确认" not in page
    cast.take(correction)
    cast.pass_on(correction)
    assert cast.now(correction).status == "approving"


def test_a_code_is_good_once_and_for_its_correction_alone(cast, client):
    first = handed_in(client)
    second = handed_in(client, "landline", landline="0516-83720001")
    client.post(at("confirm", first), {"act": "send", "contact": "identity.email"})
    code = last_code()
    elsewhere = client.post(at("confirm", second), {"act": "code", "code": code})
    assert elsewhere.status_code == 422
    assert client.post(at("confirm", first), {"act": "code", "code": code}).status_code == 302
    again = client.post(at("confirm", first), {"act": "code", "code": code})
    assert again.status_code in {409, 422}
    still = client.post(at("confirm", second), {"act": "code", "code": code})
    assert still.status_code == 422


def test_no_code_goes_to_the_contact_that_is_to_be_changed(cast, client):
    correction = handed_in(client, "email", email="new@example.com")
    before = len(outbox.messages())
    answer = client.post(at("confirm", correction), {"act": "send", "contact": "identity.email"})
    assert answer.status_code == 422
    assert len(outbox.messages()) == before


def test_a_session_by_a_code_on_paper_is_no_way(cast):
    client = hers(cast, proof="paper")
    correction = handed_in(client)
    with scopes.acting(estate.system()):
        assert not correction.confirmations.exists()
    page = client.get(at("confirm", correction)).content.decode()
    assert "登录本身不算一种" in page


def test_what_an_agent_raised_waits_for_her_word(cast, client):
    correction = cast.raised(cast.agent)
    page = client.get("/portal/").content.decode()
    assert "有 1 件事等您" in page
    assert "业务员替您提出，等您本人确认" in page
    page = client.get(at("confirm", correction)).content.decode()
    assert "不是您要改的，请撤回" in page
    assert NEW_MOBILE in page
    client.post(at("confirm", correction), {"act": "submit"})
    with scopes.acting(estate.system()):
        assert [each.way for each in correction.confirmations.all()] == ["portal"]
    page = client.get("/portal/").content.decode()
    assert "有 1 件事等您" in page


def test_what_she_did_not_want_she_takes_back(cast, client):
    correction = cast.raised(cast.agent)
    assert client.post(at("withdraw", correction)).status_code == 302
    assert cast.now(correction).status == "withdrawn"
    page = client.get(at("", correction)).content.decode()
    assert "已撤回" in page
    assert "撤回这件更正" not in page
    assert "有 1 件事等您" not in client.get("/portal/").content.decode()


def test_it_may_be_taken_back_until_it_is_applied(cast, client):
    correction = cast.raised(cast.customer)
    cast.take(correction)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction)
    assert cast.now(correction).status == "approving"
    with scopes.acting(estate.system()):
        approval = correction.approval
    client.post(at("withdraw", correction))
    assert cast.now(correction).status == "withdrawn"
    with scopes.acting(estate.system()):
        approval.refresh_from_db()
    assert approval.status == "void"
    assert client.post(at("withdraw", correction)).status_code == 409


def test_another_customers_is_absent_in_every_way(cast, client):
    stranger = estate.customer(
        {**estate.ZHANG, "identity.name": "王芳", "identity.id_number": "320311199003070045"},
        of=[cast.other_agent],
    )
    theirs = hers(cast, stranger)
    correction = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    draft = cast.begin(cast.customer, "mobile")
    for each in (correction.ref, draft.ref, "a-0000-0000-000"):
        for step in ("", "value", "evidence", "check", "confirm"):
            name = f"correction_{step}" if step else "correction"
            assert theirs.get(reverse(f"portal:{name}", args=[each])).status_code == 404, step
        assert theirs.post(reverse("portal:correction_withdraw", args=[each])).status_code == 404
        assert theirs.get(reverse("portal:correction_paper", args=[each, 1])).status_code == 404
    assert cast.now(correction).status == "submitted"


def test_papers_are_shown_to_her_and_named_after_the_correction(cast, client):
    correction = begun(client)
    client.post(at("value", correction), {"address": NEW_ADDRESS})
    client.post(at("evidence", correction), {"act": "add", "paper": upload(name="张伟户口.jpg")})
    shown = client.get(at("paper", correction, number=1))
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8\xff")
    assert shown["Content-Disposition"] == f'inline; filename="{correction.ref}-1.jpg"'
    assert shown["Cache-Control"] == "no-store"
    page = client.get(at("evidence", correction)).content.decode()
    assert "张伟户口" not in page
    client.post(at("evidence", correction), {"act": "remove-1"})
    with scopes.acting(estate.system()):
        assert not CorrectionEvidence.objects.exists()
        (paper,) = Document.objects.all()
        assert Tombstone.objects.filter(gone=paper.holding).exists()
        assert paper.name_sealed is None


def test_no_more_than_four_papers(cast, client):
    correction = begun(client)
    client.post(at("value", correction), {"address": NEW_ADDRESS})
    for _number in range(4):
        said = client.post(at("evidence", correction), {"act": "add", "paper": upload()})
        assert said.status_code == 302
    said = client.post(at("evidence", correction), {"act": "add", "paper": upload()})
    assert said.status_code == 422
    assert "最多上传 4 份材料" in said.content.decode()


def test_the_answer_of_no_says_why_and_what_she_can_do(cast, client):
    correction = cast.raised(cast.customer, "address", identity__address=NEW_ADDRESS)
    cast.take(correction)
    words = "照片看不清门牌号"
    from records.corrections import handling

    with cast.acting(cast.desk) as actor:
        handling.refuse(correction, because="evidence", words=words, channel="desk", actor=actor)
    page = client.get(at("", correction)).content.decode()
    assert words in page
    assert "向监管部门反映" in page
    assert "周晓" not in page


def test_a_completion_asks_for_everything_of_a_new_account(cast, client):
    page = client.get(NEW).content.decode()
    assert "添加一个收付费账户" in page
    correction = begun(client, "account:new")
    half = client.post(at("value", correction), {"bank_account": "6222020000006225"})
    assert half.status_code == 422
    both = {"bank_name": "徐州银行", "bank_account": "6222020000006225"}
    assert client.post(at("value", correction), both).status_code == 302
    assert cast.now(correction).kind == "completion"


def test_one_of_each_at_a_time(cast, client):
    handed_in(client)
    again = client.post(NEW, {"group": "mobile"})
    assert again.status_code == 422
    assert "已有一件更正在办理" in again.content.decode()
