"""No valid training and no signed undertaking, no sensitive data; and both are had at the next request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from access import tokens
from access.actions import Action
from access.gate import Refused, StepUpNeeded
from access.models import Attempt, Course, Entry, PolicyRule, Question, Signature, Undertaking
from access.training import attempts, courses, files, standing, undertakings
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access import people
from tests.access.training import (
    ACCOUNT,
    ALL,
    LAW,
    LEAKS,
    LOOKS,
    MOBILE,
    SECRECY,
    YEAR,
    browser,
    forged,
    lacking,
    learn,
    look,
    newcomer,
    reword,
    right,
    sign,
    wrong,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent():
    return newcomer()


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def law():
    return Course.objects.in_force().get(code=LAW)


# At the door


def test_somebody_new_is_told_all_that_he_lacks(agent, own):
    assert lacking(agent, own) == tuple(sorted((*ALL, SECRECY)))


def test_the_refusal_names_course_and_rule_and_is_on_record(agent, own):
    learn(agent, LAW, LOOKS)
    sign(agent)
    with pytest.raises(Refused, match="《出了事怎么办》") as refused:
        look(agent, own, ACCOUNT)
    entry = Entry.objects.get(pk=refused.value.entry)
    assert (entry.act, entry.outcome, entry.subjects) == ("denied", "denied", 0)
    assert '"why":["training-not-covered"]' in entry.leaf.replace(" ", "")


def test_whoever_has_everything_sees_level_four(agent, own):
    learn(agent, *ALL)
    sign(agent)
    assert lacking(agent, own) == ()


@pytest.mark.parametrize("code", ALL)
def test_each_course_is_needed(agent, own, code):
    learn(agent, *(each for each in ALL if each != code))
    sign(agent)
    assert lacking(agent, own) == (code,)


def test_a_course_that_lapsed_closes_again_until_it_is_passed_anew(agent, own):
    learn(agent, LAW, LOOKS)
    learn(agent, LEAKS, ago=YEAR)
    sign(agent)
    assert lacking(agent, own) == (LEAKS,)
    learn(agent, LEAKS)
    assert lacking(agent, own) == ()


def test_a_course_holds_to_the_end_of_its_last_day(agent, own):
    learn(agent, *ALL)
    sign(agent)
    end = attempts.after_months(clock.now(), 12)
    with clock.at(end - timedelta(seconds=1)):
        assert lacking(agent, own) == ()
    with clock.at(end + timedelta(seconds=1)):
        assert lacking(agent, own) == tuple(sorted(ALL))


def test_masks_and_lower_levels_stay_open(agent, own):
    assert lacking(agent, own, ACCOUNT, masked=True) == ()
    assert lacking(agent, own, MOBILE, purpose="follow_up") == ()


def test_only_rules_of_the_highest_levels_ask_for_training():
    for rule in PolicyRule.objects.in_force().exclude(role=Role.CUSTOMER):
        assert bool(rule.training) == (rule.max_level >= 4), rule


def test_an_undertaking_counts_until_its_clause_has_other_words(agent, own, officers):
    learn(agent, *ALL)
    assert lacking(agent, own) == (SECRECY,)
    sign(agent)
    assert lacking(agent, own) == ()
    reword(officers)
    assert lacking(agent, own) == (SECRECY,)
    sign(agent)
    assert lacking(agent, own) == ()
    assert list(Signature.objects.filter(user=agent).values_list("undertaking__version", flat=True))


def test_a_token_sees_what_its_owner_has_learned_for(agent, own, client):
    secret = tokens.issue(
        agent, name="core", actions=[Action.CUSTOMER_REVEAL, Action.CUSTOMER_VIEW],
        purposes=["underwriting"], days=1, actor=estate.system(),
    )[1]  # fmt: skip
    asked = {"purpose": "underwriting", "elements": ["financial.bank_name"], "reason": "核保"}

    def reveal():
        standing.forget()
        return client.post(
            f"/api/v1/customers/{own.ref}/reveal", asked, content_type="application/json",
            headers={"authorization": f"Bearer {secret}", "accept-language": "zh-hans"},
        )  # fmt: skip

    PolicyRule.objects.filter(role="agent", purpose="underwriting").update(training=[LAW])
    refused = reveal()
    assert refused.status_code == 403, refused.content
    assert refused.json()["because"] == ["training-not-covered"]
    assert "《客户信息与法律》" in refused.json()["detail"]
    learn(agent, LAW)
    assert reveal().status_code == 200


def test_rows_that_somebody_wrote_by_hand_open_nothing(agent, own, law):
    learn(agent, LOOKS, LEAKS)
    sign(agent)
    forged(agent, law)
    assert lacking(agent, own) == (LAW,)


def test_what_was_learned_or_signed_is_not_changed_by_the_app(agent, law):
    learn(agent, LAW)
    sign(agent)
    for rows in (Attempt.objects.all(), Signature.objects.all()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(user=agent)
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows._raw_delete(rows.db)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"passed": True, "valid_until": None}, "attempt_is_valid_for_a_time_iff_passed"),
        ({"number": 1}, "attempt_is_numbered_once"),
    ],
)
def test_the_database_holds_attempts_together(agent, law, changes, constraint):
    learn(agent, LAW)
    terms = {"user": agent, "course": law, "number": 2, "answers": {}, "score": 0, "passed": False}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attempt.objects.create(**{**terms, **changes})


# The questions


def sheet_of(client, code=LAW):
    return client.get(reverse("account_questions", args=[code]))


def hand_in(client, course, answers, number=1):
    data = {f"q{key}": value for key, value in answers.items()}
    return client.post(
        reverse("account_questions", args=[course.code]), {**data, "number": number}, follow=True
    )


@pytest.mark.parametrize(
    ("but", "score", "passed"), [(6, 100, True), (5, 83, True), (4, 66, False)]
)
def test_answers_are_scored_against_the_pass_mark(agent, law, but, score, passed):
    page = hand_in(browser(agent), law, wrong(law, but=but))
    attempt = Attempt.objects.get(user=agent)
    assert (attempt.score, attempt.passed) == (score, passed)
    assert page.context["attempt"] == attempt
    assert standing.valid(agent.pk) == ({LAW} if passed else set())


def test_a_failed_attempt_explains_each_question_and_may_be_repeated(agent, law):
    client = browser(agent)
    body = hand_in(client, law, wrong(law)).content.decode()
    assert "还没有通过" in body
    assert all(each.feedback_zh in body for each in law.questions.all())
    assert "通过" in hand_in(client, law, right(law), number=2).content.decode()
    assert standing.valid(agent.pk) == {LAW}


def test_the_questions_come_in_another_order_each_time(agent, law):
    orders = {
        tuple(each.number for each, _places in attempts.sheet(law, person=agent.pk, number=number))
        for number in range(1, 6)
    }
    assert len(orders) > 1


def test_the_sheet_does_not_tell_which_choice_is_right(agent, law):
    def shown():
        return re.sub(
            r'csrfmiddlewaretoken" value="\w+|\d\d:\d\d:\d\d', "", sheet_of(client).content.decode()
        )

    client = browser(agent)
    before = shown()
    assert before.count('type="radio"') == sum(len(each.choices_zh) for each in law.questions.all())
    for each in law.questions.all():
        Question.objects.filter(pk=each.pk).update(right=(each.right + 1) % len(each.choices_zh))
    assert shown() == before
    assert all(each.feedback_zh not in before for each in law.questions.all())


def test_a_question_left_out_is_asked_for_and_the_others_are_kept(agent, law):
    answers = right(law)
    answers.pop(3)
    page = hand_in(browser(agent), law, answers)
    assert page.status_code == 422
    assert len(re.findall(r'type="radio"[^>]* checked', page.content.decode())) == len(answers)
    assert not Attempt.objects.exists()


def test_a_sheet_handed_in_twice_counts_once(agent, law):
    client = browser(agent)
    hand_in(client, law, right(law))
    hand_in(client, law, wrong(law))
    assert [each.passed for each in Attempt.objects.filter(user=agent)] == [True]
    with estate.acting(agent) as actor, pytest.raises(attempts.Answered):
        attempts.take(law, right(law), number=1, channel="desk", actor=actor)


def test_taking_a_course_is_on_record_with_its_version_and_score(agent, law, entries_since):
    hand_in(browser(agent), law, right(law))
    estate.drain()
    leaf = entries_since()[-1].leaf.replace(" ", "")
    assert '"what":"access:training:take"' in leaf
    assert all(each in leaf for each in (f'"course":"{LAW}"', '"version":1', '"score":100'))


def test_lessons_are_read_one_by_one_in_both_languages(agent, law):
    for language in ("zh", "en"):
        client = browser(agent, language={"zh": "zh-hans", "en": "en"}[language])
        for number, lesson in enumerate(law.lessons.all(), 1):
            body = client.get(reverse("account_course", args=[LAW]) + f"?page={number}").content
            assert getattr(lesson, f"title_{language}") in body.decode()
            assert (b'?page=%d"' % (number + 1) in body) == (number < 4)


# The undertaking


def put_name(client, **said):
    held = Undertaking.objects.in_force().get(code=SECRECY)
    data = {"seen": held.digest, "read": "on", **said}
    return client.post(reverse("account_undertaking", args=[SECRECY]), data)


def test_signing_takes_a_code_of_this_moment():
    cache.clear()
    agent = people.person(trained=False)
    client = browser(agent)
    assert put_name(client).status_code == 422
    assert put_name(client, code="000000").status_code == 422
    assert not Signature.objects.exists()
    assert put_name(client, code=people.code()).status_code == 302
    held = Signature.objects.get(user=agent)
    assert held.digest == held.undertaking.digest
    assert standing.valid(agent.pk) == {SECRECY}


def test_the_capability_itself_wants_the_step_up(agent):
    held = undertakings.in_force(SECRECY)
    with estate.acting(agent) as actor, pytest.raises(StepUpNeeded):
        undertakings.sign(held, seen=held.digest, channel="desk", actor=actor)


def test_nobody_signs_words_that_he_did_not_see(agent, officers):
    before = undertakings.in_force(SECRECY).digest
    reword(officers)
    page = put_name(browser(agent, fresh=True), seen=before)
    assert page.status_code == 422
    assert not Signature.objects.filter(user=agent).exists()


def test_the_box_must_be_ticked(agent):
    assert put_name(browser(agent, fresh=True), read="").status_code == 422


def test_the_signature_is_on_record_and_shown(agent, entries_since):
    client = browser(agent, fresh=True)
    put_name(client)
    estate.drain()
    assert '"undertaking":"secrecy"' in entries_since()[-1].leaf.replace(" ", "")
    assert "您已签署" in client.get(reverse("account_undertaking", args=[SECRECY])).content.decode()


def test_other_words_need_another_version_of_the_clause(officers):
    with pytest.raises(undertakings.SameVersion):
        reword(officers, version="2026-1")


def test_other_roles_with_the_same_words_are_not_signed_anew(agent, own, officers):
    learn(agent, *ALL)
    sign(agent)
    base = undertakings.in_force(SECRECY)
    with estate.acting(officers[0]) as actor:
        asked = undertakings.propose(
            undertakings.texts_of(base),
            roles=["agent"],
            base=base,
            reason="只限代理人",
            actor=actor,
        )
    approve(officers[1], asked)
    assert undertakings.in_force(SECRECY).version == 2
    assert lacking(agent, own) == ()


# Courses in versions


def approve(person, approval):
    from access import approvals

    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    standing.forget()


def test_other_terms_are_a_new_version_with_the_same_contents(agent, own, officers, law):
    learn(agent, *ALL)
    sign(agent)
    with estate.acting(officers[0]) as actor:
        terms = {**courses.terms_of(law), "pass_mark": 100, "months": 6}
        asked = courses.propose(terms, base=law, reason="从严", actor=actor)
        with pytest.raises(courses.Pending):
            courses.propose(terms, base=law, reason="再来", actor=actor)
    assert courses.in_force(LAW).version == 1
    approve(officers[1], asked)
    newest = courses.in_force(LAW)
    assert (newest.version, newest.pass_mark, newest.months, newest.digest) == (
        2,
        100,
        6,
        law.digest,
    )
    assert [each.text for each in newest.questions.all()] == [
        each.text for each in law.questions.all()
    ]
    assert newest.lessons.count() == law.lessons.count()
    assert lacking(agent, own) == ()
    assert not hand_in(browser(agent), newest, wrong(newest, but=5)).context["attempt"].passed


def test_what_the_product_brings_along_is_in_force_and_nothing_new_to_load():
    assert [courses.load(said, actor=estate.system()) for said in files.read(files.COURSES)] == [
        None
    ] * 3
    for said in files.read(files.UNDERTAKINGS):
        assert undertakings.in_force(said["code"]).digest == files.digest_of_undertaking(said)
        held = undertakings.in_force(said["code"])
        title = {"zh": held.title_zh, "en": held.title_en}
        assert undertakings.digest_of(title, undertakings.texts_of(held)) == held.digest


def test_new_contents_are_a_new_version_that_keeps_the_houses_terms(law, entries_since):
    Course.objects.filter(pk=law.pk).update(months=24)
    said = next(each for each in files.read(files.COURSES) if each["code"] == LAW)
    said["questions"][0]["feedback"]["zh"] = "改过的解释"
    with estate.scopes.acting(estate.system()):
        newest = courses.load(said, actor=estate.system())
    assert (newest.version, newest.months, Course.objects.get(pk=law.pk).until is None) == (
        2,
        24,
        False,
    )
    assert newest.questions.get(number=1).feedback_zh == "改过的解释"
    estate.drain()
    assert '"what":"access:training:load"' in entries_since()[-1].leaf.replace(" ", "")


def test_the_command_loads_what_is_new_and_says_so(law, capsys):
    call_command("load_courses")
    assert "课程没有新内容" in capsys.readouterr().out
    Course.objects.filter(pk=law.pk).update(digest="0" * 64)
    call_command("load_courses")
    assert "《客户信息与法律》第 2 版" in capsys.readouterr().out


def test_every_course_is_whole_in_both_languages():
    assert {each.field for each in Course.objects.in_force()} == set(Course.Field)
    for course in Course.objects.in_force():
        assert 3 <= course.lessons.count() <= 5
        assert 5 <= course.questions.count() <= 8
        places = {each.right for each in course.questions.all()}
        assert len(places) > 1
        for lesson in course.lessons.all():
            assert lesson.title_zh
            assert lesson.title_en
            assert len(lesson.body_zh) > 100
            assert len(lesson.body_en) > 100


# The desk


def test_the_desk_says_why_it_is_shut_and_where_to_learn(agent, own):
    learn(agent, *ALL)
    client = browser(agent, fresh=True)
    asked = {"element": ACCOUNT, "purpose": "payment", "reason": "核对账号"}
    refused = client.post(reverse("desk:reveal", args=[own.ref]), asked)
    body = refused.content.decode()
    assert refused.status_code == 403
    assert "《客户信息保密承诺》未完成或已失效" in body
    assert reverse("desk:learning") in body
    assert estate.ACCOUNT[ACCOUNT] not in body
    put_name(client)
    shown = client.post(reverse("desk:reveal", args=[own.ref]), asked)
    assert shown.status_code == 200
    assert "6222 0200 0000 6217" in shown.content.decode()


def test_the_customers_page_says_why_the_account_cannot_be_revealed(agent, own):
    client = browser(agent)
    client.post(reverse("desk:customer", args=[own.ref]), {"purpose": "payment"})
    body = client.get(reverse("desk:customer", args=[own.ref])).content.decode()
    assert "《安全地使用客户信息》未完成或已失效" in body
    assert "没有可揭示这些信息的用途" not in body.split("财务信息")[2]


def test_my_learning_lists_what_is_lacking_first_and_what_it_closes(agent):
    learn(agent, LAW)
    page = browser(agent).get(reverse("desk:learning"))
    rows = [(each.part.code, each.part.state) for each in page.context["rows"]]
    assert rows[-1] == (LAW, "valid")
    assert {state for _code, state in rows[:3]} == {"missing"}
    assert page.context["closed"] == "财务信息、保单信息"
    assert "有 3 项未完成或已失效" in page.content.decode()


def test_the_menu_counts_what_is_lacking_or_ends_soon(agent):
    learn(agent, *ALL, ago=timedelta(days=350))
    client = browser(agent)
    assert 'count-urgent">4<' in re.sub(r"\s", "", client.get("/desk/").content.decode())
    put_name(browser(agent, fresh=True))
    assert 'count">3<' in re.sub(r"\s", "", client.get("/desk/").content.decode())


@pytest.mark.parametrize("role", [Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR, Role.REGULATOR])
def test_everybody_learns_in_the_frame_of_his_own_place(role):
    page = browser(newcomer(role)).get(reverse("account_learning"))
    frames = {
        Role.COMPLIANCE_OFFICER: "frames/admin.html",
        Role.ADMINISTRATOR: "frames/admin.html",
        Role.REGULATOR: "frames/regulator.html",
    }
    assert frames[role] in [each.name for each in page.templates]
    assert len(page.context["rows"]) == (0 if role is Role.REGULATOR else 4)


def test_an_officer_without_training_opens_no_sensitive_data(own):
    officer = newcomer(Role.COMPLIANCE_OFFICER)
    assert lacking(officer, own, ACCOUNT, purpose="compliance")
