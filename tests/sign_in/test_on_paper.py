"""Other ways in: a code over the counter, a letter, and people who act for others."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access import approvals, portal_sessions, scopes
from access.models import Approval
from access.vocabulary import Role
from custodian import clock
from records import archiving
from records.models import Document, EntryCode, Representation, Representative
from tests import estate
from tests.corrections.cast import photo
from tests.records import desk_estate
from tests.sign_in import people
from tests.sign_in.people import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    desk_estate.open_all_day()
    return people.customer()


@pytest.fixture
def desk():
    return estate.login(
        Client(headers={"accept-language": "zh-hans"}), estate.user(Role.SERVICE_DESK)
    )


def at(customer) -> str:
    return f"/desk/customers/{customer.ref}/sign-in/"


def printed(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", answer.content.decode())[0]


def test_the_service_desk_hands_out_a_code_that_is_good_once_for_a_day(li, desk):
    code = printed(desk.post(at(li), {"act": "branch", "seen": "resident_id"}))
    late, first, second = Browser("10.0.0.1"), Browser("10.0.0.2"), Browser("10.0.0.3")
    for each in (late, first, second):
        each.ask()
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert first.enter(code.lower().replace("-", " ")).headers["Location"] == "/portal/"
    assert second.enter(code).status_code == 422
    assert first.client.session[portal_sessions.PROOF] == "branch"
    with scopes.acting(estate.system()):
        EntryCode.objects.update(used_at=None, made_at=clock.now())
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        again = Browser("10.0.0.4")
        again.ask()
        assert again.enter(code).status_code == 422


def test_a_newer_slip_ends_the_older_one_and_helps_nobody_else(li, desk):
    older = printed(desk.post(at(li), {"act": "branch", "seen": "resident_id"}))
    newer = printed(desk.post(at(li), {"act": "branch", "seen": "passport"}))
    other = estate.customer(
        {**people.LI, "identity.id_number": people.resident("32031119700101099")}
    )
    people.policy(other, "P5")
    browser, thief = Browser("10.0.0.1"), Browser("10.0.0.2")
    browser.ask()
    assert browser.enter(older).status_code == 422
    thief.ask("P5", people.resident("32031119700101099"))
    assert thief.enter(newer).status_code == 422
    assert browser.enter(newer).headers["Location"] == "/portal/"


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLAIMS_HANDLER])
@pytest.mark.parametrize("act", ["branch", "letter", "flag", "represent", "print"])
def test_agents_and_handlers_have_no_part_in_it(li, role, act, entries_since):
    person = estate.user(role)
    with scopes.acting(estate.system()):
        from access.models import Assignment

        Assignment.objects.create(subject_id=li.pk, user=person)
    client = estate.login(Client(), person)
    assert client.get(at(li)).status_code == 403
    assert client.post(at(li), {"act": act, "seen": "resident_id"}).status_code == 403
    mine = [each for each in entries_since() if each.staff_no == person.staff_no]
    assert [each.outcome for each in mine] == ["denied"] * 2


def test_nobody_hands_out_a_code_for_his_own_customer_or_for_himself(li):
    from access.models import Assignment

    own, kin = estate.user(Role.SERVICE_DESK), estate.user(Role.SERVICE_DESK)
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=li.pk, user=own)
    people.know(kin, mobile=people.MOBILE)
    for person in (own, kin):
        client = estate.login(Client(headers={"accept-language": "zh-hans"}), person)
        answer = client.post(at(li), {"act": "branch", "seen": "resident_id"})
        assert answer.status_code == 403
        assert "由另一人办理" in answer.content.decode()


def agree(kind: str) -> None:
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER), stepped_up=True) as actor:
        approval = Approval.objects.get(kind=kind, status="waiting")
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_a_letter_needs_a_second_person_and_is_printed_once(li, desk):
    assert desk.post(at(li), {"act": "letter"}).status_code == 302
    with scopes.acting(estate.system()):
        letter = EntryCode.objects.get()
    body = {"act": "print", "letter": str(letter.ref)}
    assert desk.post(at(li), body).status_code == 409
    agree("entry-letter")
    answer = desk.post(at(li), body)
    code = printed(answer)
    assert people.LI["identity.address"] in answer.content.decode()
    assert desk.post(at(li), body).status_code == 409
    browser = Browser()
    with clock.at(clock.now() + timedelta(days=5)):
        browser.ask()
        assert browser.enter(code).headers["Location"] == "/portal/"
        assert browser.client.session[portal_sessions.PROOF] == "paper"


def test_no_letter_goes_to_the_home_of_an_agent(li, desk):
    people.know(estate.user(), address=people.LI["identity.address"])
    assert desk.post(at(li), {"act": "letter"}).status_code == 403
    with scopes.acting(estate.system()):
        assert not EntryCode.objects.exists()


# -- representatives ----------------------------------------------------------------------------

CHILD = {
    "identity.name": "李小宝",
    "identity.birth_date": "2016-05-01",
    "identity.id_number": people.resident("32031120160501001"),
}


@pytest.fixture
def child(li):
    """Insured in a policy of the grandmother's, who is not the guardian."""
    made = estate.customer({**people.LI, **CHILD}, accounts=(), minor_until=date(2030, 5, 1))
    grandmother = estate.customer(
        {**people.LI, "identity.id_number": people.resident("32031119500101002")}, accounts=()
    )
    people.policy(grandmother, "P6", insured=made)
    return made


def represent(child, li, kind="guardian"):
    with scopes.acting(estate.system()):
        return Representative.objects.create(
            subject_id=child.pk, representative_id=li.pk, kind=kind, relation="母亲"
        )


def test_a_guardian_comes_in_with_her_own_number_and_chooses_for_whom(li, child, entries_since):
    represent(child, li)
    browser = Browser()
    answer = browser.sign_in(policy_number="P6", id_number=people.ID_NUMBER)
    assert answer.headers["Location"] == people.FOR
    page = browser.get(people.FOR).content.decode()
    assert "母亲" in page
    assert "李小宝" not in page
    assert browser.post(people.FOR, choice="c-0000-0000-000").status_code == 422
    assert browser.post(people.FOR, choice=child.ref).headers["Location"] == "/portal/"
    assert "您以监护人身份办理" in browser.get("/portal/").content.decode()
    opened = [each for each in entries_since() if each.act == "login"][-1]
    assert '"as":"guardian"' in opened.leaf.replace(" ", "")


def test_a_child_has_no_way_in_itself_and_a_stranger_none_by_it(li, child):
    Browser("10.0.0.1").ask("P6", CHILD["identity.id_number"])
    Browser("10.0.0.2").ask("P6", people.ID_NUMBER)
    assert people.notes() == ["nobody", "nobody"]


def test_at_eighteen_the_guardian_acts_no_more(li, child):
    represent(child, li)
    with clock.at(clock.now().replace(year=2034, month=5, day=2)):
        browser = Browser()
        answer = browser.sign_in(policy_number="P6", id_number=people.ID_NUMBER)
        assert answer.headers["Location"] == "/portal/"  # for herself, without a question
        assert browser.client.session[portal_sessions.SUBJECT] == li.pk


def test_whom_nobody_chose_within_minutes_is_asked_anew(li, child):
    represent(child, li)
    browser = Browser()
    browser.sign_in(policy_number="P6", id_number=people.ID_NUMBER)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert browser.post(people.FOR, choice=child.ref).headers["Location"] == people.DOOR


def filed(customer):
    with scopes.acting(estate.system()):
        return archiving.add(
            customer, kind=Document.Kind.EVIDENCE, name="户口簿.jpg", media_type="image/jpeg",
            chunks=[b"x"], channel="desk", actor=estate.system(),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"


def test_a_representative_needs_evidence_and_a_second_person_and_ends_at_once(li, child, desk):
    paper = filed(child)
    body = {
        "act": "represent", "representative": li.ref, "kind": "guardian", "relation": "母亲",
        "evidence": paper.ref,
    }  # fmt: skip
    assert desk.post(at(child), {**body, "evidence": ""}).status_code == 422
    assert desk.post(at(child), {**body, "representative": child.ref}).status_code == 422
    assert desk.post(at(child), {**body, "kind": "authorised"}).status_code == 422
    assert desk.post(at(child), body).status_code == 302
    with scopes.acting(estate.system()):
        assert not Representative.objects.exists()
    agree("representative")
    with scopes.acting(estate.system()):
        assert Representation.objects.get().status == "made"
        row = Representative.objects.get()
    browser = Browser()
    browser.sign_in(policy_number="P6", id_number=people.ID_NUMBER)
    browser.post(people.FOR, choice=child.ref)
    assert browser.is_in
    assert desk.post(at(child), {"act": "end", "row": str(row.pk)}).status_code == 302
    assert not browser.is_in


def test_the_paper_that_was_brought_is_filed_with_it_and_what_is_wrong_with_it_is_said(
    li, child, desk
):
    body = {"act": "represent", "representative": li.ref, "kind": "guardian", "relation": "母亲"}
    none = desk.post(at(child), body)
    assert none.status_code == 422
    assert "请选择已归档的证明材料，或上传一份" in none.content.decode()
    wrong = SimpleUploadedFile("出生证.heic", b"\0\0\0\x18ftypheic" + b"\0" * 64)
    answer = desk.post(at(child), {**body, "paper": wrong})
    assert answer.status_code == 422
    assert "HEIC" in answer.content.decode()
    with scopes.acting(estate.system()):
        assert not Document.objects.exists()
    right = SimpleUploadedFile("出生证.jpg", photo())
    assert desk.post(at(child), {**body, "paper": right}).status_code == 302
    with scopes.acting(estate.system()):
        paper = Document.objects.get()
        assert (paper.subject_id, paper.kind) == (child.pk, "evidence")
        assert Representation.objects.get().evidence_id == paper.pk
    agree("representative")
    with scopes.acting(estate.system()):
        assert Representative.objects.get().representative_id == li.pk


def test_an_organisation_comes_in_by_whom_it_authorised(li):
    from records import intake

    newcomer = intake.NewCustomer(
        kind="organisation", source_key="D1", unit_id=estate.unit().pk,
        values={"identity.name": "徐州示例有限公司", "identity.id_number": "91320300MA1ABCDE0X",
                "identity.mobile": "13700137055"},
    )  # fmt: skip
    firm = intake.register(
        [newcomer], book=estate.book(), channel="command", actor=estate.system()
    )[0]
    people.policy(firm, "P7")
    Browser("10.0.0.1").ask("P7", "91320300MA1ABCDE0X")
    assert people.notes() == ["nobody"]
    represent(firm, li, kind="authorised")
    browser = Browser("10.0.0.2")
    browser.sign_in(policy_number="P7", id_number=people.ID_NUMBER)
    assert "徐州…有限公司" in browser.get(people.FOR).content.decode()  # as its mask leaves it
    browser.post(people.FOR, choice=firm.ref)
    assert "您以授权代表身份办理" in browser.get("/portal/").content.decode()
