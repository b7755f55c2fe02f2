"""Who says yes and no, on what evidence, and that no row is ever edited."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.utils import InternalError

from access import actors, own_looks, scopes
from access.gate import Refused
from access.models import Choice, Subject
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from records.consents import changing, standing
from records.consents.changing import GuardianNeeded, NotAsked, NotHersToGive, PaperNeeded
from records.destruction import stores
from records.models import Consent, RetentionEvent, Tombstone
from records.retention import own_records, reckoning, rules
from tests import estate
from tests.consents.saying import GIVEN, REFUSED, WITHDRAWN, imported, notes, paper, purpose, says
from tests.notices import writing
from tests.records import desk_estate
from tests.requests.office import everything

pytestmark = pytest.mark.django_db


def rows(customer):
    with everything():
        return [
            (each.purpose, each.said, each.by) for each in customer.subject.consents.order_by("pk")
        ]


def state(office, code, customer=None):
    whose = customer or office.customer
    with scopes.acting(actors.customer(whose.pk)) as actor:
        return standing.of_purpose(whose, purpose(code), actor=actor).state


def test_each_word_is_a_row_and_the_last_one_stands(office):
    assert state(office, "marketing") == "not-recorded"
    for said, stands in ((GIVEN, GIVEN), (WITHDRAWN, WITHDRAWN), (GIVEN, GIVEN)):
        says(office.customer, "marketing", said)
        assert state(office, "marketing") == stands
    assert [each[1] for each in rows(office.customer)] == [GIVEN, WITHDRAWN, GIVEN]


def test_a_no_without_a_yes_before_is_a_refusal(office):
    says(office.customer, "survey", WITHDRAWN)
    assert rows(office.customer) == [("survey", REFUSED, "herself")]


def test_the_same_word_twice_is_one_row(office):
    assert says(office.customer, "survey", GIVEN)
    assert says(office.customer, "survey", GIVEN) is None
    assert len(rows(office.customer)) == 1


@pytest.mark.django_db(transaction=True)
def test_every_word_is_an_entry_under_her_tag(entries_since):
    desk_estate.open_all_day()
    customer = estate.customer()
    says(customer, "partners", GIVEN)
    estate.drain()
    (leaf,) = [
        leaf
        for leaf in (json.loads(each.leaf) for each in entries_since())
        if leaf["what"] == "records:consent:choose"
    ]
    facts = (leaf["consent"], leaf["consent-said"], leaf["consent-by"])
    assert facts == ("partners", "given", "herself")
    assert (leaf["n"], leaf["as"]) == (1, "self")
    imported(customer, "survey", GIVEN)
    estate.drain()
    with everything():
        page = own_looks.page(customer.subject)
    told = {visit.what for day in page.days for visit in day.visits}
    assert "records:consent:record" in told


def test_nobody_says_anything_for_another(office):
    with scopes.acting(actors.customer(office.other.pk)) as actor, pytest.raises(NotVisible):
        changing.choose(office.customer, purpose("survey"), GIVEN, channel="portal", actor=actor)
    with estate.acting(office.agent) as actor, pytest.raises(NotVisible):
        changing.choose(office.customer, purpose("survey"), GIVEN, channel="portal", actor=actor)
    assert rows(office.customer) == []


def test_an_old_paper_opens_nothing_that_she_has_shut_since(office):
    """Whatever turns up later: of two words the later one stands, and its paper may be added."""
    customer, look = office.customer, purpose("survey")
    long_ago = clock.now() - timedelta(days=30)
    says(customer, "survey", GIVEN)
    says(customer, "survey", WITHDRAWN)
    document, old = paper(customer, office.agent), {"at": long_ago, "channel": "desk"}
    with estate.acting(office.agent) as actor:
        with pytest.raises(changing.SaidSince):
            changing.record(customer, look, GIVEN, evidence=document, actor=actor, **old)
        assert changing.record(customer, look, WITHDRAWN, evidence=document, actor=actor, **old)
        # The confirming paper is older, and makes nothing before it the later word.
        with pytest.raises(changing.SaidSince):
            changing.record(customer, look, GIVEN, evidence=document, actor=actor, **old)
    assert state(office, "survey") != GIVEN
    assert not Choice.objects.filter(subject=customer.pk, purpose="survey", agreed=True).exists()


# -- children ----------------------------------------------------------------------------------------


@pytest.fixture
def child(office):
    until = clock.local().date() + timedelta(days=400)
    return estate.customer({**estate.ZHANG, "identity.mobile": "13700137000"}, minor_until=until)


def test_for_a_child_the_guardian_speaks_and_not_the_child(child):
    for said in (GIVEN, WITHDRAWN):
        with pytest.raises(GuardianNeeded):
            says(child, "child", said)
    says(child, "child", GIVEN, capacity="guardian")
    says(child, "child", WITHDRAWN, capacity="guardian")
    assert rows(child) == [("child", GIVEN, "guardian"), ("child", WITHDRAWN, "guardian")]


def test_a_childs_consent_is_asked_of_children_only(office):
    with pytest.raises(NotAsked):
        says(office.customer, "child", GIVEN)


def test_an_heir_takes_back_and_gives_nothing(office):
    with pytest.raises(NotHersToGive):
        says(office.customer, "marketing", GIVEN, capacity="heir")
    imported(office.customer, "marketing", GIVEN)
    says(office.customer, "marketing", WITHDRAWN, capacity="heir")
    assert rows(office.customer)[-1] == ("marketing", WITHDRAWN, "heir")


# -- staff -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [GIVEN, REFUSED, WITHDRAWN])
@pytest.mark.parametrize("code", ["marketing", "partners", "survey", "health", "account", "income"])
def test_no_consent_is_changed_by_an_agent_without_paper(office, code, said):
    imported(office.customer, code, WITHDRAWN if said == GIVEN else GIVEN)
    before = rows(office.customer)
    with pytest.raises(PaperNeeded):
        notes(office.agent, office.customer, code, said)
    foreign = paper(office.other, office.agent)
    with pytest.raises(PaperNeeded):
        notes(office.agent, office.customer, code, said, foreign)
    assert rows(office.customer) == before


def test_the_paper_stays_with_the_word(office):
    document = paper(office.customer, office.agent)
    row = notes(office.agent, office.customer, "marketing", GIVEN, document)
    assert (row.by, row.evidence_id, row.noted_by_id) == ("paper", document.pk, office.agent.pk)


def test_the_service_desk_ends_at_once_and_gives_only_on_paper(office):
    imported(office.customer, "marketing", GIVEN)
    notes(office.desk, office.customer, "marketing", WITHDRAWN)
    assert rows(office.customer)[-1] == ("marketing", WITHDRAWN, "counter")
    with pytest.raises(PaperNeeded):
        notes(office.desk, office.customer, "marketing", GIVEN)


@pytest.mark.parametrize("role", [Role.CLAIMS_HANDLER, Role.AUDITOR, Role.SECURITY_OFFICER])
def test_other_roles_note_nothing(office, role):
    with pytest.raises(Refused):
        notes(
            estate.user(role),
            office.customer,
            "marketing",
            WITHDRAWN,
            paper(office.customer, office.agent),
        )


def test_an_agent_notes_nothing_of_anothers_customer(office):
    document = paper(office.customer, office.agent)
    with pytest.raises(NotVisible):
        notes(estate.user(), office.customer, "marketing", WITHDRAWN, document)


# -- rows --------------------------------------------------------------------------------------------


def test_no_row_is_edited_or_taken_away_while_it_stands(office):
    says(office.customer, "marketing", GIVEN)
    with everything():
        with (
            pytest.raises((InternalError, ProgrammingError), match="never edited"),
            transaction.atomic(),
        ):
            Consent.objects.update(said=WITHDRAWN)
        with (
            pytest.raises((InternalError, ProgrammingError), match="not deleted"),
            transaction.atomic(),
        ):
            Consent.objects.all().delete()
    assert rows(office.customer) == [("marketing", GIVEN, "herself")]


@pytest.mark.parametrize(
    ("said", "by", "constraint"),
    [
        (GIVEN, "paper", "consent_on_paper_has_its_paper"),
        (GIVEN, "counter", "consent_noted_by_staff_is_no_gift"),
        (GIVEN, "herself", "consent_noted_by_staff_is_no_gift"),
        (GIVEN, "import", "consent_imported_says_from_where"),
    ],
)
def test_the_database_holds_it_too(office, said, by, constraint):
    noted_by = None if by == "import" else office.agent
    with everything(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Consent.objects.create(
            subject_id=office.customer.pk, purpose="survey", said=said, by=by, channel="desk",
            noted_by=noted_by,
        )  # fmt: skip


def test_nobody_writes_a_row_past_the_capability(office):
    with estate.acting(office.agent), pytest.raises(ProgrammingError), transaction.atomic():
        Consent.objects.create(
            subject_id=office.customer.pk,
            purpose="survey",
            said=GIVEN,
            by="herself",
            channel="desk",
        )
    with office.she(), pytest.raises(ProgrammingError), transaction.atomic():
        Consent.objects.create(
            subject_id=office.customer.pk,
            purpose="survey",
            said=GIVEN,
            by="herself",
            channel="portal",
        )


def test_rows_are_seen_by_whoever_sees_the_customer(office):
    says(office.customer, "survey", GIVEN)
    for person, seen in ((office.agent, 1), (office.desk, 1), (estate.user(), 0)):
        with estate.acting(person):
            assert Consent.objects.count() == seen
    with office.she(office.other):
        assert not Consent.objects.exists()


# -- retention ---------------------------------------------------------------------------------------


def events(customer):
    with everything():
        return list(
            RetentionEvent.objects.filter(subject=customer.pk)
            .counting()
            .values_list("trigger", flat=True)
        )


def test_the_last_yes_of_somebody_without_a_contract_ends_her_time():
    prospect = estate.customer()
    says(prospect, "marketing", GIVEN)
    says(prospect, "survey", GIVEN)
    says(prospect, "survey", WITHDRAWN)
    assert events(prospect) == []
    says(prospect, "marketing", WITHDRAWN)
    assert events(prospect) == ["consent_withdrawn"]
    says(prospect, "marketing", GIVEN)
    assert events(prospect) == ["last_contact"]
    today = clock.local().date()
    with everything():
        found = list(reckoning.answers([prospect.pk], on=today, by=rules.on(today)))
    assert {each.answer.state.value for each in found if each.kind == "identity"} == {"in_use"}


def test_a_contract_is_a_basis_of_its_own(office):
    says(office.customer, "marketing", GIVEN)
    says(office.customer, "marketing", WITHDRAWN)
    assert events(office.customer) == []


def test_what_decides_looks_goes_with_her_and_what_was_said_stays_for_its_time(office):
    says(office.customer, "marketing", GIVEN)
    says(office.other, "marketing", GIVEN)
    store = next(each for each in stores.stores if each.name == "consents")
    with everything():
        subject = office.customer.subject
        gone = stores.Gone(holdings={}, subjects=[subject.pk], whole=[subject])
        assert [each.what for each in store.scan(gone)]
        store.purge(gone)
        assert [each.what for each in store.scan(gone)] == []
        assert [each.subject_id for each in Choice.objects.all()] == [office.other.pk]
        Subject.objects.filter(pk=office.customer.pk).update(status="destroyed")
        Tombstone.objects.create(gone=subject.uid, kind="subject", subject_id=office.customer.pk)
    assert rows(office.customer) == [("marketing", GIVEN, "herself")]
    kind = next(each for each in own_records.declaring.records if each.kind == "consent")
    today = clock.local().date()
    with everything():
        assert kind.expire(today, 100) == 0
        assert kind.expire(today + timedelta(days=1), 100) == 1
    assert rows(office.customer) == []


def test_what_was_replaced_goes_after_its_time_and_what_stands_stays(office):
    with clock.at(clock.now() - timedelta(days=1_500)):
        says(office.customer, "marketing", GIVEN)
        says(office.customer, "marketing", WITHDRAWN)
    kind = next(each for each in own_records.declaring.records if each.kind == "consent")
    with everything():
        today = clock.local().date()
        assert kind.expire(today - timedelta(days=3 * 366), 100) == 1
        assert Subject.objects.filter(pk=office.customer.pk).exists()
    assert rows(office.customer) == [("marketing", WITHDRAWN, "herself")]


def test_a_word_keeps_which_rules_counted_that_day(office):
    """PIPL art. 14 and 17: consent is given by somebody who was told, so what she was told is kept."""
    assert imported(office.customer, "survey", GIVEN).notice == ""
    writing.publish()
    assert says(office.customer, "marketing", GIVEN).notice == "processing-1"
    assert imported(office.customer, "partners", GIVEN).notice == ""  # long before there were any
