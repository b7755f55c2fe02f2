"""What the office sees of training: units, gaps, forms; and reminders that come once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access import tasks
from access.models import Approval, Reminder, User
from access.training import completion, reminders
from access.training.attempts import after_months
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access.training import (
    ALL,
    LAW,
    LEAKS,
    LOOKS,
    SECRECY,
    YEAR,
    browser,
    learn,
    newcomer,
    sign,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, unit_=estate.unit("HQ"))


@pytest.fixture
def staff(officer):
    """Head office, with a branch under it and an office under that; one of each kind of gap."""
    head = estate.unit("HQ")
    branch = estate.unit("XZ", parent=head)
    office = estate.unit("XZ1", parent=branch)
    ready = estate.user(Role.AGENT, unit_=office, name="齐全")
    lapsed = newcomer(unit_=office, name="失效")
    learn(lapsed, LAW, LOOKS)
    learn(lapsed, LEAKS, ago=YEAR)
    sign(lapsed)
    unsigned = newcomer(unit_=branch, name="未签")
    learn(unsigned, *ALL)
    regulator = newcomer(Role.REGULATOR, unit_=head, name="监管")
    left = newcomer(unit_=branch, name="离职")
    User.objects.filter(pk=left.pk).update(is_active=False)
    return {"ready": ready, "lapsed": lapsed, "unsigned": unsigned, "regulator": regulator}


# Units and gaps


def test_a_unit_counts_itself_and_everything_below_it(staff):
    rows = completion.by_unit(completion.everybody())
    told = [(e.of.code, e.people, e.valid, e.gaps, e.expired, e.depth) for e in rows]
    assert told == [("HQ", 4, 2, 2, 1, 0), ("XZ", 3, 1, 2, 1, 1), ("XZ1", 2, 1, 1, 1, 2)]


def test_each_course_counts_those_who_are_due(staff):
    tallies = completion.by_code(completion.everybody())
    told = {code: (each.people, each.valid) for code, each in tallies.items()}
    assert told == {LAW: (4, 4), LOOKS: (4, 4), LEAKS: (4, 3), SECRECY: (4, 3)}


def test_the_office_reads_units_and_gaps_and_narrows_them_to_one_unit(officer, staff):
    client = browser(officer)
    page = client.get(reverse("admin:training"))
    body = page.content.decode()
    assert "4 人应学应签，2 人齐全" in body
    assert [row["user"].name for row in page.context["behind"]] == ["失效", "未签"]
    assert "出了事怎么办（已失效）" in body
    narrow = client.get(reverse("admin:training") + "?unit=XZ1")
    assert [row["user"].name for row in narrow.context["behind"]] == ["失效"]
    assert narrow.context["people"] == 2


def test_a_default_never_looks_like_law(officer):
    body = browser(officer).get(reverse("admin:training")).content.decode()
    assert body.count("prov-default") == 3
    assert "《个人信息保护法》第五十一条" in body
    assert "原文已核" in body


def test_the_morning_tells_how_many_are_behind_and_where(officer, staff):
    page = browser(officer).get(reverse("admin:index"))
    body = page.content.decode()
    assert "2 / 4 人" in body
    assert "XZ1中支" in body


def test_a_persons_page_tells_how_each_part_stands(officer, staff):
    page = browser(officer).get(reverse("admin:person", args=[staff["lapsed"].ref]))
    states = {row["part"].code: row["part"].state for row in page.context["training"]}
    assert states == {LAW: "valid", LOOKS: "valid", LEAKS: "expired", SECRECY: "valid"}


def test_an_administrator_sees_no_training_of_others(staff):
    client = browser(estate.user(Role.ADMINISTRATOR))
    assert client.get(reverse("admin:training")).status_code == 403
    assert "training" not in client.get(reverse("admin:person", args=[staff["lapsed"].ref])).context


# Forms


def asked(client, name, code, **said):
    return client.post(reverse(f"admin:{name}", args=[code]), said)


def test_a_course_changes_when_a_second_officer_agrees(officer):
    client = browser(officer)
    terms = {"pass_mark": 90, "months": 6, "roles": ["agent"], "reason": "从严"}
    answer = asked(client, "training_course", LAW, **terms)
    waiting = Approval.objects.get(kind="course")
    assert answer.headers["Location"] == reverse("admin:approval", args=[waiting.ref])
    body = client.get(answer.headers["Location"]).content.decode()
    assert all(each in body for each in ("80% → 90%", "12 个月 → 6 个月", "从严"))
    again = asked(client, "training_course", LAW, **terms)
    assert "这门课程已有一项修改待复核" in again.content.decode()


def test_a_form_that_changes_nothing_says_so(officer):
    client = browser(officer)
    start = client.get(reverse("admin:training_course", args=[LAW])).context["form"].initial
    answer = asked(client, "training_course", LAW, **start, reason="无")
    assert "与现行课程没有不同" in answer.content.decode()
    held = client.get(reverse("admin:training_undertaking", args=[SECRECY])).context["form"].initial
    # As a browser sends what stood in the text areas.
    said = {**held, "text_zh": held["text_zh"].replace("\n", "\r\n"), "reason": "无"}
    answer = asked(client, "training_undertaking", SECRECY, **said)
    assert "与现行承诺没有不同" in answer.content.decode()
    changed = {**said, "text_zh": "只为工作查看。"}
    answer = asked(client, "training_undertaking", SECRECY, **changed)
    assert answer.status_code == 422
    assert "条款版本也要改" in answer.content.decode()
    answer = asked(
        client, "training_undertaking", SECRECY, **{**changed, "clause_version": "2027-1"}
    )
    assert answer.status_code == 302
    assert "2026-1 → 2027-1" in client.get(answer.headers["Location"]).content.decode()


# Reminders


@pytest.fixture
def wang():
    """One course ends in ten days; the rest is fresh."""
    person = newcomer(name="王磊")
    User.objects.filter(pk=person.pk).update(email="wang@qinghe.example")
    learn(person, LAW, LOOKS)
    learn(person, LEAKS, ago=timedelta(days=355))
    sign(person)
    return person


def given(person):
    return list(Reminder.objects.filter(user=person).order_by("-days").values_list("code", "days"))


def test_each_step_is_told_once_however_often_the_bell_rings(wang):
    end = after_months(clock.now() - timedelta(days=355), 12)
    for before, steps in (
        (40, []),
        (30, [30]),
        (20, [30]),
        (7, [30, 7]),
        (3, [30, 7]),
        (0, [30, 7, 0]),
    ):
        with clock.at(end - timedelta(days=before, hours=3)):
            tasks.remind()
            tasks.remind()
        assert given(wang) == [(LEAKS, step) for step in steps]
        assert len(mail.outbox) == len(steps)


def test_two_beats_at_once_send_one_mail(wang):
    def ring():
        try:
            tasks.remind()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: ring(), range(4)))
    assert (given(wang), len(mail.outbox)) == ([(LEAKS, 30)], 1)


def test_a_reminder_that_another_worker_has_taken_is_not_mailed_again(wang):
    tasks.remind()
    taken = Reminder.objects.get(user=wang)
    taken.mailed_at = None  # as a worker that read it a moment earlier still holds it
    reminders._mail(taken)
    assert len(mail.outbox) == 1


def test_the_mail_says_what_ends_and_when_in_both_languages_and_nothing_else(wang):
    tasks.remind()
    (letter,) = mail.outbox
    assert letter.to == ["wang@qinghe.example"]
    assert letter.subject.startswith("培训或承诺在 30 天内到期 / ")
    day = clock.local(after_months(clock.now() - timedelta(days=355), 12)).date().isoformat()
    assert letter.body.count(day) == 2
    assert "《出了事怎么办》" in letter.body
    assert "When something goes wrong" in letter.body
    assert "王磊" not in letter.subject + letter.body


def test_a_mail_that_did_not_go_out_goes_out_the_next_time(wang, monkeypatch):
    def broken(*_args):
        raise OSError("no server")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", broken)
        tasks.remind()
    assert mail.outbox == []
    tasks.remind()
    tasks.remind()
    assert (len(mail.outbox), given(wang)) == (1, [(LEAKS, 30)])


def test_whoever_passes_again_hears_no_more(wang):
    learn(wang, LEAKS)
    tasks.remind()
    assert given(wang) == []


def test_a_clause_with_other_words_is_told_at_once(wang, officer):
    from tests.access.training import reword

    learn(wang, LEAKS)
    reword([officer, estate.user(Role.COMPLIANCE_OFFICER)])
    tasks.remind()
    assert given(wang) == [(SECRECY, 0)]


def test_whoever_has_no_address_is_noted_and_nobody_is_mailed(wang):
    User.objects.filter(pk=wang.pk).update(email="")
    tasks.remind()
    assert (given(wang), mail.outbox) == ([(LEAKS, 30)], [])


def test_the_database_gives_no_reminder_twice(wang):
    reminders.carry_out()
    held = Reminder.objects.get(user=wang)
    with pytest.raises(IntegrityError, match="reminder_is_given_once"), transaction.atomic():
        Reminder.objects.create(user=wang, code=held.code, until=held.until, days=held.days)


def test_reading_the_offices_page_is_on_record(officer, entries_since):
    browser(officer).get(reverse("admin:training"))
    mine = [each.act for each in entries_since() if each.staff_no == officer.staff_no]
    assert mine == ["admin"]
