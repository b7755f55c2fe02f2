"""Processing purposes otherwise than the register's file: four eyes, dated, kept, and only what fits."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from access import purpose_versions
from access.approvals import ContentChanged
from access.gate import Refused
from access.law import purpose_overriding, purpose_telling
from access.law.purpose_overriding import DoesNotFit, NotAhead, Pending, Unchanged, UnknownPurpose
from access.law.purpose_register import DUTIES
from access.law.reading import today
from access.models import PurposeOverride
from access.querylog import write
from access.vocabulary import OPTIONAL, Role
from custodian.regimes.purposes import Basis, processing_purposes
from custodian.regimes.rows import Mark
from tests import estate
from tests.consents.changing_purposes import DAY, approve, ask, days_later, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def name_of(code, on=None):
    return purpose_versions.register(on or today())[code].name


def test_two_people_change_a_purpose_from_a_day_on(first, second):
    approval = ask(first, "survey", name="服务评价", since=today() + 3 * DAY)
    with pytest.raises(Pending):
        ask(first, "survey", name="回访评价")
    with pytest.raises(Refused):
        approve(first, approval)
    assert not PurposeOverride.objects.exists()
    approve(second, approval)
    assert name_of("survey", today() + 2 * DAY) == "满意度调查"
    assert name_of("survey", today() + 3 * DAY) == "服务评价"
    row = PurposeOverride.objects.get()
    assert (row.approval.requested_by, row.approval.decided_by) == (first, second)


def test_versions_follow_one_another_and_say_what_each_changed(first, second):
    approve(second, ask(first, "survey", name="服务评价", since=today() + 5 * DAY))
    approve(second, ask(first, "survey", drop=["identity.email"], since=today() + 2 * DAY))
    with days_later(6):
        told = purpose_telling.versions("survey", today())
        assert [each.state for each in told] == ["now", "never", "replaced"]
        newest = [(str(what), before, after) for what, before, after in told[0].changes]
        assert newest == [("用到的信息项，去掉", "电子邮箱", "—")]
        assert told[0].reason == "制度修订"
        # The earlier one never came to hold, and what it said is in the later one.
        assert name_of("survey") == "服务评价"


def test_nothing_new_nothing_today_and_nothing_unknown(first):
    with pytest.raises(Unchanged):
        ask(first, "survey")
    with pytest.raises(NotAhead):
        ask(first, "survey", name="服务评价", since=today())
    with pytest.raises(UnknownPurpose), estate.acting(first) as actor:
        purpose_overriding.propose_purpose(
            "lottery", wanted=wanted("survey"), since=today() + DAY, reason="x", actor=actor
        )


def test_an_approval_that_comes_late_takes_nothing_back(first, second):
    approval = ask(first, "survey", name="服务评价", since=today() + DAY)
    with days_later(4):
        approve(second, approval)
        assert PurposeOverride.objects.get().since == today() + DAY
        assert name_of("survey") == processing_purposes()["survey"].name


def refused(person, code, **more):
    with pytest.raises(DoesNotFit) as wrong:
        ask(person, code, **more)
    assert str(wrong.value.message)
    return {each.kind for each in wrong.value.faults}


@pytest.mark.parametrize("look", sorted(DUTIES - {"system"}))
def test_no_duty_is_ever_asked_for(first, look):
    assert "duty" in refused(first, "health", look=[look])


@pytest.mark.parametrize("look", sorted(OPTIONAL))
def test_what_only_consent_allows_stays_among_itself(first, look):
    assert "optional" in refused(first, "account", look=[look])
    assert "optional" in refused(first, "contract", look=[look])


def test_no_element_is_left_without_a_purpose_nor_asked_for_twice(first):
    assert refused(first, "account", offered=False) == {"nobody"}
    assert refused(first, "health", drop=["claim.diagnosis"]) == {"nobody"}
    assert refused(first, "health", add=["financial.income"]) == {"twice"}
    assert refused(first, "survey", look=["marketing"]) == {"twice"}
    assert "nothing" in refused(first, "survey", looks=())


def test_what_is_sensitive_has_a_consent_of_its_own(first):
    assert refused(first, "income", separate=False) == {"separate"}
    assert "separate" in refused(first, "marketing", add=["claim.diagnosis"])


def test_grounds_texts_and_marks_fit_what_they_say(first):
    assert "unasked" in refused(first, "marketing", basis=Basis.CONTRACT)
    assert "without" in refused(first, "marketing", without_en="")
    assert "empty" in refused(first, "claims", says_en=" ")
    assert "clause" in refused(first, "marketing", mark=Mark.READ)
    assert "duty" in refused(
        first, "answering", basis=Basis.CONSENT, without="不办", without_en="Nothing is done."
    )
    assert refused(first, "survey", add=["identity.shoe_size"]) == {"no-element"}


def test_every_fault_is_told_in_both_languages_with_what_to_do(first):
    from django.utils import translation

    from access.law import purpose_words
    from access.purpose_forms import PurposeForm
    from custodian.regimes.purposes import FAULTS, Fault

    assert set(purpose_words.FAULTS) == set(FAULTS)
    places = {
        "separate": "*",
        "empty": "name",
        "nobody": "claim.diagnosis",
        "twice": "identity.name",
    }
    others = {"nobody": "consent", "twice": "survey"}
    for kind in FAULTS:
        fault = Fault(kind, "survey", places.get(kind, "audit"), others.get(kind, ""))
        assert purpose_words.field(fault) in PurposeForm(processing_purposes()["survey"]).fields
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said = purpose_words.fault(fault)
                assert said
                assert "%(" not in said


def test_the_second_of_two_approvals_is_held_against_the_first(first, second):
    """Each fits by itself: together they would leave an element without its purpose."""
    approve(second, ask(first, "claims", add=["document.name"]))
    one = ask(first, "contract", drop=["document.name"])
    two = ask(first, "claims", drop=["document.name"])
    approve(second, one)
    with pytest.raises(DoesNotFit):
        approve(second, two)
    assert PurposeOverride.objects.count() == 2


def test_a_change_is_held_against_what_is_to_come(first, second):
    approve(second, ask(first, "claims", add=["document.name"]))
    approve(second, ask(first, "contract", drop=["document.name"], since=today() + 9 * DAY))
    # For eight days there would still be one.
    assert refused(first, "claims", drop=["document.name"], since=today() + 2 * DAY) == {"nobody"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_purposeoverride SET terms = '{}'",
        "UPDATE access_purposeoverride SET since = since - 30",
        "DELETE FROM access_purposeoverride",
    ],
)
def test_the_database_rewrites_no_version(first, second, sql):
    approve(second, ask(first, "survey", name="服务评价"))
    refused = pytest.raises(Error, match="kept as it was approved")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_proposal_that_was_overtaken_is_not_begun(first, second):
    approval = ask(first, "survey", name="服务评价")
    PurposeOverride.objects.create(
        purpose="survey", version=1, terms=approval.payload["terms"], since=today() + DAY,
        reason="x", approval=ask(first, "marketing", name="推荐"),
    )  # fmt: skip
    with pytest.raises(ContentChanged):
        approve(second, approval)


def test_proposal_and_approval_are_on_record(first, second, monkeypatch):
    drafts, enqueue = [], write.enqueue
    monkeypatch.setattr(write, "enqueue", lambda draft: (drafts.append(draft), enqueue(draft)))
    approve(second, ask(first, "survey", name="服务评价"))
    told = [
        (each.facts["what"], each.facts.get("law-purpose", ""))
        for each in drafts
        if each.facts.get("digest")
    ]
    assert told == [("access:law:propose", "survey"), ("access:law:approve", "")]
