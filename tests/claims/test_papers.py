"""Papers of a claim: she sends them, the time runs on, the handler looks at them, and she sees that he did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access import scopes
from access.models import Entry, User
from access.vocabulary import Role
from custodian import clock
from records import documents, evidence
from records.claim_handling import clocks, examining, papers
from records.claim_handling.examining import Needed
from records.claim_handling.lifecycle import NotNow
from records.claim_handling.papers import Brought
from records.models import Claim, ClaimNeed, ClaimPaper, Document
from tests import estate
from tests.claims.house import House
from tests.claims.test_portal import answers
from tests.corrections.cast import photo
from tests.portal.people import signed_in

pytestmark = pytest.mark.django_db
ZH = {"accept-language": "zh-hans"}
NAME = "张丽病历.jpg"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "store"


@pytest.fixture
def house():
    found = House()
    User.objects.filter(pk__in=[found.second.pk, found.officer.pk]).update(
        role_since=clock.now().replace(year=2025)
    )
    return found


@pytest.fixture
def hers(house):
    return signed_in(Client(headers=ZH), house.customer)


def desk(person, *, fresh: bool = True) -> Client:
    return estate.login(Client(headers=ZH), person, stepped_up=fresh)


def upload(content: bytes = b"", name: str = NAME) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or photo(), content_type="image/jpeg")


def drawn(content: bytes = b""):
    return evidence.draw(content or photo(), name=NAME)


def asked(house: House, *kinds: str) -> Claim:
    claim = house.taken()
    house.do(examining.ask_for, claim, [Needed(kind, "出院小结复印件") for kind in kinds])
    return house.again(claim)


def there(claim: Claim) -> list[ClaimPaper]:
    with scopes.acting(estate.system()):
        return list(ClaimPaper.objects.filter(claim=claim).select_related("document", "need"))


def at(claim: Claim, tail: str = "", *, of: str = "portal") -> str:
    return f"/{of}/claims/{claim.ref}/{tail}"


# -- she sends them -------------------------------------------------------------------------------


def test_she_reports_with_a_photo_and_sees_it_again(house, hers, store):
    check = hers.post("/portal/claims/new/", {**answers(house), "step": "4", "act": "next"})
    assert "照片或单据（可以不交）" in check.content.decode()
    body = {**answers(house), "step": "5", "act": "file", "paper_kind": "medical"}
    done = hers.post("/portal/claims/new/", {**body, "paper": upload()})
    assert done.status_code == 302
    with scopes.acting(estate.system()):
        claim = Claim.objects.get(ref=done.headers["Location"].split("/")[-2])
    (paper,) = there(claim)
    assert (paper.number, paper.kind, paper.need, paper.document.added_by) == (
        1,
        "medical",
        None,
        None,
    )
    assert paper.document.kind == "evidence"
    assert house.steps(claim) == ["reported"]
    page = hers.get(at(claim)).content.decode()
    assert "病历、诊断证明" in page
    assert "您上传的" in page
    assert NAME not in page
    mark = Entry.objects.newest_index()
    shown = hers.get(at(claim, "papers/1/"))
    assert shown.getvalue()[:3] == b"\xff\xd8\xff"
    assert shown.headers["Content-Disposition"] == f'inline; filename="{claim.ref}-1.jpg"'
    assert "张丽" not in str(shown.headers)
    look = Entry.objects.get(id__gt=mark, act="reveal")
    assert (look.staff_no, look.purpose) == ("CUSTOMER", "self")
    # What lies in the store opens with its key only.
    (kept,) = store.iterdir()
    assert b"\xff\xd8\xff" not in kept.read_bytes()[:64]
    assert kept.name == paper.document.ref


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"GIF89a" + b"0" * 400, "只收 JPG、PNG 照片或 PDF"),
        (b"%PDF-1.7 broken", "文件损坏或不完整"),
        (photo((90, 90)), "图片太小"),
        (b"\xff\xd8\xff" + b"0" * (11 << 20), "文件超过 10 MB"),
    ],
)  # fmt: skip
def test_a_bad_file_is_said_in_words_and_the_report_stays_as_it_was(
    house, hers, store, content, says
):
    body = {**answers(house), "step": "5", "act": "file", "paper": upload(content)}
    answer = hers.post("/portal/claims/new/", body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    for name, value in answers(house).items():
        assert f'name="{name}" value="{value}"' in page, name
    with scopes.acting(estate.system()):
        assert not Claim.objects.exists()
        assert not Document.objects.exists()
    assert not store.exists() or not list(store.iterdir())


def test_the_last_missing_paper_lets_the_thirty_days_run_on(house, hers):
    claim = asked(house, "medical", "invoice")
    paused = house.clocks(claim)[clocks.DECISION]
    assert paused.paused_at is not None
    page = hers.get(at(claim)).content.decode()
    assert page.count("拍照或上传") == 2
    ask = hers.get(at(claim, "papers/new/?need=1")).content.decode()
    assert "上传：病历、诊断证明" in ask
    assert "出院小结复印件" in ask
    first = hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()}, follow=True)
    assert "已收到" in first.content.decode()
    assert house.again(claim).status == "waiting"
    assert house.clocks(claim)[clocks.DECISION].paused_at is not None
    last = hers.post(at(claim, "papers/new/"), {"need": "2", "paper": upload()}, follow=True)
    assert "核定时限从现在起继续计算" in last.content.decode()
    claim = house.again(claim)
    runs = house.clocks(claim)[clocks.DECISION]
    assert (claim.status, runs.paused_at) == ("examining", None)
    with scopes.acting(estate.system()):
        came = ClaimNeed.objects.get(claim=claim, slot=2).received_at
    assert runs.waited == came - paused.paused_at > timedelta()
    assert house.steps(claim)[-3:] == ["paper-received", "paper-received", "papers-complete"]
    assert [(each.number, each.need.slot, each.kind) for each in there(claim)] == [
        (1, 1, "medical"), (2, 2, "invoice"),
    ]  # fmt: skip


def test_what_has_come_is_not_asked_for_again_and_more_can_be_sent(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    again = hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()}, follow=True)
    assert "这份材料已经收到" in again.content.decode()
    assert len(there(claim)) == 1
    none = hers.post(at(claim, "papers/new/"), {"kind_of": "accident"})
    assert none.status_code == 422
    assert "请拍照或选择一个文件" in none.content.decode()
    unsaid = hers.post(at(claim, "papers/new/"), {"paper": upload()})
    assert "请选择这是什么材料" in unsaid.content.decode()
    more = {"kind_of": "identity", "paper": upload()}
    assert hers.post(at(claim, "papers/new/"), more).status_code == 302
    assert [(each.kind, each.document.kind) for each in there(claim)] == [
        ("medical", "evidence"), ("identity", "proof"),
    ]  # fmt: skip
    for typed in ("9", "x", "99999"):
        assert hers.get(at(claim, f"papers/new/?need={typed}")).status_code == 400


def test_after_the_decision_no_paper_is_taken(house, hers, store):
    claim = house.taken()
    house.propose(claim)
    page = hers.get(at(claim)).content.decode()
    assert "再交一份材料" not in page
    body = {"kind_of": "other", "paper": upload()}
    said = hers.post(at(claim, "papers/new/"), body, follow=True).content.decode()
    assert "赔案的状态已变" in said
    with estate.acting(house.agent) as actor, pytest.raises(NotNow):
        papers.file(
            house.again(claim), Brought(drawn=drawn()), channel="desk", purpose="claim", actor=actor
        )
    assert there(claim) == []
    assert not store.exists() or not list(store.iterdir())


def test_what_is_decided_while_a_paper_is_on_its_way_keeps_no_file(house, store):
    """The claim was open when it was asked for, and is not when the row is locked."""
    claim = house.taken()
    stale = house.again(claim)
    house.propose(claim)
    assert stale.status == "examining"
    with estate.acting(house.agent) as actor, pytest.raises(NotNow):
        papers.file(stale, Brought(drawn=drawn()), channel="desk", purpose="claim", actor=actor)
    with scopes.acting(estate.system()):
        assert not Document.objects.exists()
    assert list(store.iterdir()) == []


def test_a_claim_takes_so_many_papers_and_no_more(house, hers, monkeypatch):
    monkeypatch.setattr(papers, "MOST", 1)
    claim = house.taken()
    body = {"kind_of": "other", "paper": upload()}
    assert hers.post(at(claim, "papers/new/"), body).status_code == 302
    said = hers.get(at(claim, "papers/new/"), follow=True).content.decode()
    assert "最多收" in said
    assert len(there(claim)) == 1


# -- the desk -------------------------------------------------------------------------------------


def test_the_counter_takes_a_paper_in_and_files_one_with_the_report(house):
    agent = desk(house.agent)
    body = {
        "policy": house.policy.ref, "kind": "accident", "channel": "branch", "paper_kind": "accident",
        "occurred_on": clock.local().date().isoformat(), "description": "下楼时踩空",
    }  # fmt: skip
    here = f"/desk/customers/{house.customer.ref}/claims/new/"
    bad = agent.post(here, {**body, "paper": upload(b"GIF89a" + b"0" * 400)})
    assert bad.status_code == 422
    assert "只收 JPG、PNG 照片或 PDF" in bad.content.decode()
    assert "下楼时踩空" in bad.content.decode()
    done = agent.post(here, {**body, "paper": upload()})
    with scopes.acting(estate.system()):
        claim = Claim.objects.get(ref=done.headers["Location"].split("/")[-2])
    house.do(examining.take, claim)
    house.do(examining.ask_for, claim, [Needed("invoice")])
    page = agent.get(at(claim, of="desk")).content.decode()
    assert "?need=1" in page
    sent = agent.post(
        at(claim, "papers/new/", of="desk"), {"need": "1", "paper": upload()}, follow=True
    )
    assert "核定时限从现在起继续计算" in sent.content.decode()
    assert [(each.kind, each.document.added_by) for each in there(claim)] == [
        ("accident", house.agent), ("invoice", house.agent),
    ]  # fmt: skip
    assert (
        "柜面代收" in signed_in(Client(headers=ZH), house.customer).get(at(claim)).content.decode()
    )


def test_the_handler_looks_at_it_and_she_is_told(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    handler = desk(house.handler)
    page = handler.get(at(claim, of="desk")).content.decode()
    assert "答复补充通知" in page
    assert NAME not in page
    mark = Entry.objects.newest_index()
    shown = handler.get(at(claim, "papers/1/", of="desk"))
    assert shown.status_code == 200
    assert shown.getvalue()[:3] == b"\xff\xd8\xff"
    look = Entry.objects.get(id__gt=mark, act="reveal")
    assert (look.staff_no, look.purpose) == (house.handler.staff_no, "claim")
    estate.drain()
    looks = hers.get("/portal/looks/").content.decode()
    assert "文件内容" in looks or "证明材料" in looks


def test_what_a_health_paper_shows_needs_a_second_factor(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    answer = desk(house.handler, fresh=False).get(at(claim, "papers/1/", of="desk"))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?next={at(claim, of='desk')}")


def test_whoever_has_no_purpose_for_it_is_refused_and_on_record(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    mark = Entry.objects.newest_index()
    refused = desk(house.agent).get(at(claim, "papers/1/", of="desk"))
    assert refused.status_code == 403
    assert Entry.objects.filter(id__gt=mark, outcome="denied").count() == 1
    absent = desk(house.handler).get(at(claim, "papers/7/", of="desk"))
    assert absent.status_code == 404


def test_somebody_elses_papers_look_like_none(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    other = signed_in(Client(headers=ZH), estate.customer(of=[house.agent], unit_=house.unit))
    far = desk(estate.user(Role.AGENT, unit_=estate.unit("NJ"), name="王磊"))
    for client, of in ((other, "portal"), (far, "desk")):
        for tail in ("papers/1/", "papers/new/"):
            assert client.get(at(claim, tail, of=of)).status_code == 404, (of, tail)
        body = {"kind_of": "other", "paper": upload()}
        assert client.post(at(claim, "papers/new/", of=of), body).status_code == 404
    assert len(there(claim)) == 1


def test_a_paper_of_another_claim_answers_no_need_of_this_one(house):
    claim, other = asked(house, "medical"), asked(house, "invoice")
    with scopes.acting(estate.system()):
        ClaimNeed.objects.filter(claim=other).update(slot=2)
    with estate.acting(house.agent) as actor, pytest.raises(papers.NotVisible):
        papers.file(
            claim, Brought(drawn=drawn(), need=2), channel="desk", purpose="claim", actor=actor
        )
    assert there(claim) == there(other) == []


# -- how long ---------------------------------------------------------------------------------------


def test_complete_papers_are_reckoned_from_the_last_that_came(house, hers):
    claim = house.taken()
    now = clock.now()
    hers.post(at(claim, "papers/new/"), {"kind_of": "medical", "paper": upload()})
    with scopes.acting(estate.system()):
        since = examining.complete_since(house.again(claim))
    assert claim.filed_at < now < since <= clock.now()


def test_its_name_is_sealed_and_in_no_row(house, hers):
    claim = asked(house, "medical")
    hers.post(at(claim, "papers/new/"), {"need": "1", "paper": upload()})
    (paper,) = there(claim)
    assert "张丽".encode() not in bytes(paper.document.name_sealed)
    assert documents.path_of(paper.document).parent == conf.VAR / "store"
    leaves = [str(each) for each in Entry.objects.values_list("leaf", flat=True)]
    assert leaves
    assert not [leaf for leaf in leaves if "张丽" in leaf]
