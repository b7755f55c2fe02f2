"""The door for relatives: alike for known and unknown, and nothing kept before a contact has answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from custodian import clock, outbox
from records.evidence.stripping import LIMITS
from records.models import RelativePaper, SignInCode
from records.relatives import limits
from records.relatives.sealing import SHELF
from tests import estate
from tests.corrections.cast import photo
from tests.relatives import kin as kins
from tests.relatives.kin import ASK, CODE, DONE, DOOR, MOBILE, NAME, TEXT, Kin
from tests.sign_in import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    return people.customer()


def papers():
    with estate.scopes.acting(estate.system()):
        return list(RelativePaper.objects.all())


# -- the way ---------------------------------------------------------------------------------------


def test_he_proves_his_contact_asks_and_is_told_nothing_of_anybody(li):
    kin = Kin()
    assert kin.get(DOOR).status_code == 200
    assert kin.prove().headers["Location"] == ASK
    assert kin.get(ASK).status_code == 200
    answer = kin.ask()
    assert answer.headers["Location"] == DONE
    ask = kins.looked()
    assert (ask.state, ask.subject_id) == ("found", li.pk)
    done = kin.get(DONE).content.decode()
    for value in (li.ref, people.POLICY, people.ID_NUMBER, people.LI["identity.name"], "找到"):
        assert value not in done


def test_whoever_is_not_known_is_nobody_to_the_staff_and_the_same_to_him(li):
    known, unknown = Kin("10.0.0.1"), Kin("10.0.0.2")
    pages = []
    for each, number in (
        (known, people.ID_NUMBER),
        (unknown, people.resident("32031119550307002")),
    ):
        each.prove("13912345678" if each is known else "13912345679")
        answer = each.ask(id_number=number)
        state = kins.looked().state
        page = each.get(DONE)
        pages.append((answer.status_code, answer.headers["Location"], page.status_code, state))
    assert [each[:3] for each in pages] == [(302, DONE, 200)] * 2
    assert [each[3] for each in pages] == ["found", "nobody"]


def test_known_and_unknown_take_the_same_statements(li):
    """Nothing of the customers is touched before the worker's turn."""
    said = []
    for number, contact in ((people.ID_NUMBER, "13912345670"), ("E99999999", "13912345671")):
        kin = Kin(f"10.0.1.{contact[-1]}")
        kin.prove(contact)
        with CaptureQueriesContext(connection) as caught:
            assert kin.ask(id_number=number).status_code == 302
        said.append(
            [each["sql"].split("(")[0].split('"s')[0][:60] for each in caught.captured_queries]
        )
    assert said[0] == said[1]
    assert not [each for each in said[0] if "records_customer" in each or "blindindex" in each]


# -- nothing before the code -----------------------------------------------------------------------


@pytest.mark.parametrize("place", [CODE, ASK, DONE])
def test_no_page_is_reached_out_of_turn(place):
    assert Kin().get(place).headers["Location"] == DOOR


def test_without_a_proven_contact_no_file_is_read_and_nothing_is_kept(li, monkeypatch):
    from records import evidence

    monkeypatch.setattr(evidence, "draw", lambda *_args, **_more: pytest.fail("was drawn"))
    kin = Kin()
    kin.begin()
    assert kin.ask().status_code in {302, 400}
    assert kins.count() == 0
    assert papers() == []


def test_a_wrong_code_proves_nothing_and_counts(li):
    kin = Kin()
    kin.begin()
    for _ in range(6):
        assert kin.post(CODE, code="000000").status_code == 422
    right = people.code_in(outbox.messages()[0].text)
    assert kin.post(CODE, code=right).status_code == 422
    assert kin.get(ASK).status_code == 302


def test_a_code_of_the_sign_in_opens_nothing_here_and_the_other_way_round(li):
    kin = Kin()
    kin.post(people.DOOR, policy_number=people.POLICY, id_number=people.ID_NUMBER)
    people.deliver()
    kin.post(people.CODE, code=people.code_in(outbox.messages()[0].text))
    assert kin.get(ASK).status_code == 302
    stranger = Kin("10.0.0.9")
    stranger.prove()
    assert not stranger.is_in


def test_what_was_proven_is_good_for_half_an_hour_and_for_one_ask(li):
    kin = Kin()
    kin.prove()
    with clock.at(clock.now() + limits.PROVEN_LASTS + timedelta(minutes=1)):
        assert kin.get(ASK).status_code == 302
    again = Kin("10.0.0.3")
    again.prove("13912345676")
    assert again.ask().status_code == 302
    assert again.ask().headers["Location"] == DONE  # which is there already
    assert kins.count() == 1


# -- floods ----------------------------------------------------------------------------------------


def test_one_address_is_slowed_and_another_is_not():
    for number in range(limits.OF_ADDRESS):
        assert Kin("10.6.6.6").begin(f"139000000{number:02}").status_code == 302
    assert Kin("10.6.6.6").begin("13900000099").status_code == 429
    assert Kin("10.6.6.7").begin("13900000099").status_code == 302


def test_a_strangers_telephone_is_not_rung_all_day():
    for number in range(limits.A_DAY + 4):
        with clock.at(clock.now() + timedelta(hours=2 * number)):
            assert Kin(f"10.6.7.{number}").begin().status_code == 302
    sent = [each for each in people.notes() if each == "sent"]
    assert len(sent) <= limits.A_DAY + 1  # the tenth is of another day
    assert "too-many" in people.notes()


def test_asking_here_uses_up_nothing_of_the_customers_sign_in(li):
    for number in range(limits.OF_ADDRESS + 2):
        Kin("10.0.0.1").begin(f"139000001{number:02}")
    assert people.Browser("10.0.0.1").sign_in().headers["Location"] == "/portal/"


def test_one_contact_has_so_many_open_asks_and_no_more(li):
    for number in range(limits.OPEN + 1):
        with clock.at(clock.now() + timedelta(hours=3 * number)):
            kin = Kin(f"10.6.8.{number}")
            kin.prove()
            answer = kin.ask()
    assert answer.status_code == 429
    assert kins.count() == limits.OPEN


def test_one_ask_takes_so_many_papers_and_no_more(li):
    kin = Kin()
    kin.prove()
    kin.ask()
    for _ in range(limits.PAPERS - 1):
        assert kin.upload(DONE).status_code == 302
    assert kin.upload(DONE).status_code == 429
    assert len(papers()) == limits.PAPERS


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8\xff" + b"0" * LIMITS.largest, "10 MB"),
        (b"MZ" + b"\x00" * 200, "JPG"),
        (b"<svg onload=alert(1)>", "JPG"),
        (b"", "空"),
    ],
    ids=["too large", "a program", "svg", "empty"],
)
def test_what_is_no_paper_is_not_taken(li, content, words):
    kin = Kin()
    kin.prove()
    answer = kin.ask(content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert kins.count() == 0
    assert people.ID_NUMBER not in answer.content.decode()  # no number comes back in a page


def test_a_file_lies_drawn_anew_and_sealed(li):
    kin = Kin()
    kin.prove()
    kin.ask(photo() + b"SECRET-TAIL")
    (paper,) = papers()
    body = SHELF.path_of(paper.ref).read_bytes()
    assert b"\xff\xd8\xff" not in body[:64]
    assert b"SECRET-TAIL" not in body


def test_what_he_typed_stands_nowhere_in_clear(li, entries_since):
    kins.filed()
    with estate.scopes.acting(estate.system()), connection.cursor() as cursor:
        rows = []
        for table in ("records_relativeask", "records_relativepaper", "records_signincode"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [str(row[0]) for row in cursor.fetchall()]
    leaves = [each.leaf for each in entries_since()]
    for value in (NAME, MOBILE, TEXT, people.ID_NUMBER, people.POLICY):
        assert not [each for each in (*rows, *leaves) if value in each]
    with estate.scopes.acting(estate.system()):
        assert not SignInCode.objects.exclude(to_sealed=None).exists()


# -- what a browser does ---------------------------------------------------------------------------


def test_without_a_file_he_is_told_so_at_its_field(li):
    """A browser sends the field of a file that was not chosen as an empty text."""
    kin = Kin()
    kin.prove()
    answer = kin.client.post(ASK, {"paper": ""}, REMOTE_ADDR=kin.address)
    assert answer.status_code == 422
    assert "请拍照或选择一个文件" in answer.content.decode()
    kin.ask()
    answer = kin.client.post(DONE, {"paper": ""}, REMOTE_ADDR=kin.address)
    assert answer.status_code == 422


def test_a_second_press_leads_to_what_the_first_one_filed(li, monkeypatch):
    kin = Kin()
    kin.prove()
    with estate.scopes.acting(estate.system()):
        before = SignInCode.objects.latest("pk")
    kin.ask()
    shown = kin.get(DONE).content.decode()
    assert f"已收到，编号 {str(kins.newest().ref)[:8]}。" in shown
    assert kin.get(ASK).headers["Location"] == DONE
    # Both were on their way: the second had read the code before the first one used it up.
    monkeypatch.setattr("records.relatives.door._proven_code", lambda _request: before)
    assert kin.ask().headers["Location"] == DONE
    assert kin.get(DONE).content.decode().count(str(kins.newest().ref)[:8]) == 1
    assert kins.count() == 1
