"""Letters: who is told and how, what may be answered by whom and until when, and how silence is read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail, serializers
from django.db import IntegrityError, ProgrammingError, transaction

from access import actors, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Assignment, Restriction
from access.querylog import write
from access.vocabulary import Role
from custodian import clock, texting
from custodian.errors import NotVisible
from custodian.workflow import IllegalMove
from records.consents.changing import GuardianNeeded
from records.letters import posting
from records.letters import printing as sheets
from records.models import ContactFlag, Customer, Document, Identity, Representative
from tests import estate
from tests.records import desk_estate
from tests.transfers.choosing.estate import fate, role
from tests.transfers.choosing.letters import (
    drafted,
    notice,
    over,
    person,
    proven,
    says,
    sent,
    submitted,
    words,
)
from tests.transfers.house import everything_done
from transfers import chosen, freezing
from transfers.choosing.selecting import NotOurs
from transfers.freezing import freezing as freeze_job
from transfers.letters import answering, closing, drafting, printing, sending, texts
from transfers.models import LetterBatch, TransferAnswer, TransferNotice

REFUSED = (Refused, NotVisible)


@pytest.fixture
def families(reachable):
    return reachable


@pytest.fixture
def drafts(monkeypatch):
    """Entries of changes on their way into the log; the app itself may not read the outbox."""
    noted, real = [], write.enqueue

    def enqueue(draft):
        noted.append(draft)
        real(draft)

    monkeypatch.setattr(write, "enqueue", enqueue)
    return noted


# -- whom, and how ----------------------------------------------------------------------------


def test_every_policyholder_and_insured_has_one_letter_and_nobody_else(families):
    role(families.joint, families.sun, "insured")  # a second role is no second letter
    role(families.alone, families.qian)  # a beneficiary alone is not asked
    batch = sent(families)

    assert batch.status == "done"
    with scopes.acting(estate.system()):
        rows = {each.subject_id: each for each in TransferNotice.objects.all()}
    assert set(rows) == {
        each.pk for each in (families.zhang, families.wife, families.wu, families.son, families.sun)
    }
    assert rows[families.sun.pk].roles == "insured policyholder"
    assert all(each.asks for each in rows.values())
    assert len(mail.outbox) == 5


def test_who_has_no_policy_is_told_and_not_asked(families):
    sent(families)
    with scopes.acting(estate.system()):
        row = TransferNotice.objects.get(subject=families.qian.pk)
    assert (row.roles, row.asks, row.state) == ("", False, "sent")


def test_a_letter_tells_the_recipients_name_and_contact_and_until_when_in_both_languages(families):
    batch = sent(families)
    body = mail.outbox[0].body

    assert families.transfer.counterparty.name in body
    assert "客服 400-800-1234" in body
    assert "Service desk 400-800-1234" in body
    assert body.count(f"{batch.reply_by:%Y-%m-%d}") == 2
    assert "http" not in body
    assert estate.ZHANG["identity.name"] not in body


def test_a_mobile_is_written_to_where_there_is_no_email(families, monkeypatch):
    went = []
    monkeypatch.setattr(texting, "send", lambda number, text, reference: went.append(number))
    with scopes.acting(estate.system()):
        Identity.objects.filter(pk=families.sun.pk).update(email_sealed=None)
    sent(families)

    assert went == [person(5)["identity.mobile"]]
    assert (notice(families.sun).way, notice(families.sun).state) == ("mobile", "sent")


def test_contacts_that_are_doubted_are_not_used_and_her_letter_goes_on_paper(families):
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=families.sun.pk, contact=contact, why="staff")
    sent(families)

    found = notice(families.sun)
    assert (found.way, found.state, found.note) == ("letter", "to_print", "flagged")
    assert len(mail.outbox) == 5


def test_without_any_address_it_is_listed_as_not_delivered(families):
    with scopes.acting(estate.system()):
        Identity.objects.filter(pk=families.sun.pk).update(origins={})
    sent(families)

    assert (notice(families.sun).way, notice(families.sun).state) == ("none", "failed")


def test_whose_data_are_stored_only_is_written_to_by_no_way(families):
    with scopes.acting(estate.system()):
        held = Identity.objects.get(pk=families.sun.pk)
        Restriction.objects.create(
            subject_id=families.sun.pk, kind="identity", holding=held.holding
        )
    sent(families)

    assert (notice(families.sun).state, notice(families.sun).note) == ("failed", "restricted")
    assert person(5)["identity.email"] not in [each.to[0] for each in mail.outbox]


def test_a_letter_that_waits_is_not_printed_once_her_data_are_stored_only(families):
    _doubted(families, families.sun, families.wu)
    sent(families)
    with scopes.acting(estate.system()):
        held = Identity.objects.get(pk=families.sun.pk)
        Restriction.objects.create(
            subject_id=families.sun.pk, kind="identity", holding=held.holding
        )
    with estate.acting(families.house.first, stepped_up=True) as actor:
        printing.print_next(families.transfer, actor=actor)
    assert notice(families.wu).state == "printed"
    assert (notice(families.sun).state, notice(families.sun).note) == ("failed", "restricted")


def test_a_message_that_nobody_takes_is_tried_and_then_printed(families, monkeypatch):
    monkeypatch.setattr("records.notices.delivering.mail.send", lambda *_a: False)
    sent(families)

    found = notice(families.sun)
    assert (found.state, found.way, found.turns, found.note) == (
        "to_print",
        "letter",
        3,
        "not-taken",
    )


def test_a_childs_letter_goes_to_the_guardian(families):
    with scopes.acting(estate.system()):
        Customer.objects.filter(pk=families.son.pk).update(
            minor_until=clock.local().date() + timedelta(days=900)
        )
        Representative.objects.create(
            subject_id=families.son.pk, representative_id=families.wu.pk, kind="guardian"
        )
    sent(families)

    assert notice(families.son).addressee_id == families.wu.pk
    to = [each.to[0] for each in mail.outbox]
    assert to.count(person(3)["identity.email"]) == 2


def test_one_entry_stands_for_a_page_of_addresses_and_tags_nobody(families, entries_since):
    sent(families)
    read = [each for each in entries_since() if each.act == "machine"]
    sends = [each for each in read if "transfers:letters:send" in each.leaf]

    assert len(sends) == 1
    assert json.loads(sends[0].leaf)["fields"] == ["identity.email"]


def test_sending_that_was_killed_writes_to_nobody_twice(families, monkeypatch):
    monkeypatch.setattr(posting, "PAGE", 2)
    approval = submitted(families)
    families.house.approve(approval)
    batch = LetterBatch.objects.get(approval=approval)

    def stop(run):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sending.work(batch.pk, on_progress=stop)
    assert len(mail.outbox) == 2
    LetterBatch.objects.filter(pk=batch.pk).update(leased_until="2026-01-01T00:00Z")
    sending.work(batch.pk)

    to = [each.to[0] for each in mail.outbox]
    assert len(to) == len(set(to)) == 6


def test_those_who_are_chosen_later_get_a_letter_of_the_next_batch(families):
    sent(families)
    late = estate.customer(person(40), book_=families.house.book, accounts=())
    proven(late)
    desk_estate.policy(late)
    families.choose()
    mail.outbox.clear()
    sent(families)

    assert [each.to[0] for each in mail.outbox] == [person(40)["identity.email"]]


# -- four eyes --------------------------------------------------------------------------------


def test_letters_go_out_only_after_somebody_else_has_read_them(families):
    approval = submitted(families)
    with pytest.raises(IllegalMove):
        sending.work(LetterBatch.objects.get(approval=approval).pk)
    with pytest.raises(Refused):
        families.approve(approval, by=families.house.first)
    assert mail.outbox == []


def test_words_that_were_edited_afterwards_are_not_sent(families):
    approval = submitted(families)
    changed = words(families.transfer).dump() | {"recipient": {"zh": "某某", "en": "Somebody"}}
    LetterBatch.objects.filter(approval=approval).update(content=changed)
    with pytest.raises(ContentChanged):
        families.house.approve(approval)
    assert [each.pk for each in drafting.altered()] == [approval.pk]


def test_a_letter_without_the_recipients_contact_is_not_put_up(families):
    day = clock.local().date() + timedelta(days=9)
    with estate.acting(families.house.first) as actor:
        batch = drafting.draft(
            families.transfer, texts.proposed(families.transfer), reply_by=day, actor=actor
        )
        with pytest.raises(texts.Incomplete) as raised:
            drafting.submit(batch, actor=actor)
    assert raised.value.missing == ["contact_zh", "contact_en"]


def test_a_day_that_is_over_and_an_unapproved_selection_are_refused(families):
    with estate.acting(families.house.first) as actor:
        batch = drafted(families, days=0)
        with pytest.raises(drafting.TooSoon):
            drafting.submit(batch, actor=actor)
    families.run()
    with pytest.raises(drafting.NobodyToTell):
        submitted(families)


# -- answers ----------------------------------------------------------------------------------


def test_a_no_takes_out_everybody_who_is_joined_to_her_and_taking_it_back_brings_them_in(families):
    sent(families)

    assert says(families.wife, "objected")
    assert fate(families.wife) == "objected"
    assert fate(families.zhang) == "connected"
    assert not says(families.wife, "objected")

    says(families.wife, "withdrawn")
    assert fate(families.zhang) == fate(families.wife) == "in"
    with scopes.acting(estate.system()):
        said = list(TransferAnswer.objects.order_by("pk").values_list("said", "by"))
    assert said == [("objected", "herself"), ("withdrawn", "herself")]


def test_an_answer_is_on_record_and_she_finds_it_among_the_looks_at_her(families, drafts):
    sent(families)
    says(families.wife, "objected")

    (entry,) = [each for each in drafts if each.facts["what"] == "transfers:answer:choose"]
    assert (entry.facts["answer"], entry.facts["answer-by"]) == ("objected", "herself")
    with scopes.acting(estate.system()):
        assert [each.uid for each in entry.subjects] == [families.wife.subject.uid]


def test_nobody_answers_for_another_customer(families):
    sent(families)
    actor = actors.customer(families.sun.pk)
    with scopes.acting(actor), pytest.raises(NotVisible):
        answering.choose(notice(families.wife), "objected", channel="portal", actor=actor)
    with scopes.acting(actor):
        assert answering.of(families.wife, actor=actor) is None
        assert not TransferNotice.objects.exclude(subject=families.sun.pk).exists()


def test_staff_do_not_answer_in_a_customers_name(families):
    sent(families)
    found = notice(families.sun)
    for each in (Role.AGENT, Role.SERVICE_DESK, Role.COMPLIANCE_OFFICER):
        with estate.acting(estate.user(each)) as actor, pytest.raises(NotVisible):
            answering.choose(found, "agreed", channel="desk", actor=actor)


@pytest.mark.parametrize("said", ["agreed", "objected"])
def test_an_agent_notes_no_answer_not_even_with_a_paper(families, said):
    sent(families)
    agent = estate.user()
    with scopes.acting(estate.system()):
        Assignment.objects.create(subject_id=families.sun.pk, user=agent)
    paper = _paper(families.sun)
    with estate.acting(agent) as actor, pytest.raises(Refused):
        answering.record(
            notice(families.sun), families.sun, said, evidence=paper, channel="desk", actor=actor
        )
    assert notice(families.sun).answer == ""


def _paper(customer):
    with scopes.acting(estate.system()):
        return Document.objects.create(
            subject_id=customer.pk,
            kind="evidence",
            media_type="application/pdf",
            size=1,
            digest=b"1",
        )


def test_the_service_desk_notes_a_no_by_telephone_and_a_yes_only_from_a_paper_of_hers(families):
    sent(families)
    found, clerk = notice(families.sun), estate.user(Role.SERVICE_DESK)
    with estate.acting(clerk) as actor:
        with pytest.raises(answering.PaperNeeded):
            answering.record(
                found, families.sun, "agreed", evidence=None, channel="desk", actor=actor
            )
        with pytest.raises(NotVisible):
            answering.record(
                found,
                families.sun,
                "agreed",
                evidence=_paper(families.wu),
                channel="desk",
                actor=actor,
            )
        answering.record(
            found, families.sun, "objected", evidence=None, channel="desk", actor=actor
        )
        assert fate(families.sun) == "objected"
        paper = _paper(families.sun)
        answering.record(found, families.sun, "agreed", evidence=paper, channel="desk", actor=actor)
    assert fate(families.sun) == "in"
    with scopes.acting(estate.system()):
        row = TransferAnswer.objects.first()
        assert (row.by, row.noted_by, row.evidence) == ("paper", clerk, paper)


def test_the_database_takes_no_yes_from_staff_without_its_paper(families):
    sent(families)
    found, clerk = notice(families.sun), estate.user(Role.SERVICE_DESK)
    for by, name in (("paper", "on_paper_has_its_paper"), ("counter", "is_no_gift")):
        with (
            scopes.acting(estate.system()),
            pytest.raises(IntegrityError, match=name),
            transaction.atomic(),
        ):
            TransferAnswer.objects.create(
                notice=found, subject_id=families.sun.pk, said="agreed", by=by, noted_by=clerk
            )


def test_an_answer_is_neither_edited_nor_deleted(families):
    sent(families)
    says(families.sun, "objected")
    with scopes.acting(estate.system()):
        for act in (lambda rows: rows.update(said="agreed"), lambda rows: rows.delete()):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                act(TransferAnswer.objects.all())


def test_a_child_answers_by_the_guardian_alone(families):
    sent(families)
    with scopes.acting(estate.system()):
        Customer.objects.filter(pk=families.son.pk).update(
            minor_until=clock.local().date() + timedelta(days=900)
        )
    with pytest.raises(GuardianNeeded):
        says(families.son, "objected")
    says(families.son, "objected", capacity="guardian")
    assert fate(families.wu) == "connected"
    with scopes.acting(estate.system()):
        assert TransferAnswer.objects.get().by == "guardian"


def test_her_opening_it_is_kept_once(families, drafts):
    sent(families)
    actor = actors.customer(families.sun.pk)
    for _time in range(2):
        with scopes.acting(actor):
            answering.see(answering.of(families.sun, actor=actor), channel="portal", actor=actor)
    assert notice(families.sun).seen_at is not None
    assert sum(each.facts["what"] == "transfers:notice:see" for each in drafts) == 1


# -- silence ----------------------------------------------------------------------------------


def test_silence_is_no_consent_where_the_route_asks_for_it(families):
    batch = sent(families)
    says(families.sun, "agreed")
    over(batch)
    closing.carry_out()

    assert fate(families.sun) == "in"
    assert fate(families.qian) == "in"  # who has no part in any policy is not asked
    assert fate(families.zhang) == fate(families.wife) == "silent"

    says(families.wife, "agreed")
    assert fate(families.wife) == "connected"  # he has not said yes
    says(families.zhang, "agreed")  # late, and before the freeze
    assert fate(families.zhang) == fate(families.wife) == "in"


def test_silence_lets_go_where_the_route_only_tells(families):
    type(families.transfer).objects.filter(pk=families.transfer.pk).update(route="cn-merger")
    families.transfer.refresh_from_db()
    batch = sent(families)
    says(families.sun, "objected")
    over(batch)
    closing.carry_out()

    assert not notice(families.zhang).asks
    assert fate(families.zhang) == "in"
    assert fate(families.sun) == "objected"


def test_silence_is_read_once(families, monkeypatch):
    batch = sent(families)
    over(batch)
    closing.carry_out()
    looked = []
    monkeypatch.setattr(chosen, "recheck", looked.append)
    closing.carry_out()
    assert looked == []


def test_the_stage_waits_for_letters_and_for_the_day(families):
    def lacks():
        return [each.code for each in closing.missing(families.transfer)]

    assert lacks() == ["letters"]
    with scopes.acting(estate.system()):
        for contact in ("email", "mobile"):
            ContactFlag.objects.create(subject_id=families.sun.pk, contact=contact, why="staff")
    batch = sent(families)
    assert lacks() == ["unsent", "answers"]
    with estate.acting(families.house.first, stepped_up=True) as actor:
        printing.print_next(families.transfer, actor=actor)
    over(batch)
    assert lacks() == []


def test_who_moves_untold_holds_up_the_stage_where_silence_lets_go(families):
    type(families.transfer).objects.filter(pk=families.transfer.pk).update(route="cn-merger")
    families.transfer.refresh_from_db()
    with scopes.acting(estate.system()):
        Identity.objects.filter(pk=families.sun.pk).update(origins={})
    over(sent(families))
    assert [each.code for each in closing.missing(families.transfer)] == ["untold"]
    says(families.sun, "objected")
    assert closing.missing(families.transfer) == []


# -- after the freeze -------------------------------------------------------------------------


@pytest.fixture
def frozen(families, monkeypatch):
    everything_done(monkeypatch)
    batch = sent(families)
    for each in (families.zhang, families.wife, families.wu, families.son, families.sun):
        says(each, "agreed")
    over(batch)
    families.house.walk(families.transfer, until="freeze")
    with estate.acting(families.house.first, stepped_up=True) as actor:
        freeze_job.work(freezing.begin(families.transfer, actor=actor).pk)
    return families


def test_a_no_after_the_freeze_takes_her_out_of_the_next_package(frozen):
    assert families_moving(frozen) == 6
    says(frozen.wife, "objected")

    assert families_moving(frozen) == 4
    left = {each.ref for each in freezing.changed(frozen.transfer) if each.left}
    assert left == {frozen.zhang.ref, frozen.wife.ref}


def families_moving(families):
    return len(list(chosen.manifest(families.transfer)))


def test_after_the_freeze_nothing_is_taken_back_and_no_letters_are_drafted(frozen):
    says(frozen.wife, "objected")
    for said in ("withdrawn", "agreed"):
        with pytest.raises(answering.TooLate):
            says(frozen.wife, said)
    with pytest.raises(NotOurs):
        drafted(frozen)


def test_when_the_package_has_left_a_no_changes_nothing(frozen):
    frozen.house.walk(frozen.transfer, until="receive")
    with pytest.raises(answering.TooLate):
        says(frozen.wife, "objected")
    assert fate(frozen.wife) == "in"


# -- paper ------------------------------------------------------------------------------------


def _doubted(families, *people):
    with scopes.acting(estate.system()):
        for each in people:
            for contact in ("email", "mobile"):
                ContactFlag.objects.create(subject_id=each.pk, contact=contact, why="staff")


def test_a_sheet_has_her_name_and_address_and_both_languages_for_everybody_on_it(
    families, monkeypatch
):
    made = []
    whole = sheets.compile_pdf

    def noted(template, content, *, at):
        made.append(content)
        return whole(template, content, at=at)

    monkeypatch.setattr(sheets, "compile_pdf", noted)
    _doubted(families, families.sun, families.wu)
    sent(families)
    with estate.acting(families.house.first, stepped_up=True) as actor:
        number, body = printing.print_next(families.transfer, actor=actor)
        with pytest.raises(printing.NothingToPrint):
            printing.print_next(families.transfer, actor=actor)
        again = printing.print_again(families.transfer, number, actor=actor)

    assert number == 1
    assert body.startswith(b"%PDF-")
    assert again.startswith(b"%PDF-")
    assert made[0] == made[1]
    wu, sun = made[0]["letters"]
    assert (wu["address"], sun["address"]) == (
        person(3)["identity.address"], person(5)["identity.address"],
    )  # fmt: skip
    assert [each["lang"] for each in sun["sides"]] == ["zh", "en"]
    assert notice(families.sun).state == "printed"
    assert notice(families.sun).sheet == 1


def test_a_printed_address_is_a_look_that_she_finds(families, entries_since):
    _doubted(families, families.sun)
    sent(families)
    with estate.acting(families.house.first, stepped_up=True) as actor:
        printing.print_next(families.transfer, actor=actor)
    entry = next(each for each in entries_since() if "transfers:letters:print" in each.leaf)
    assert (entry.act, entry.subjects) == ("export", 1)


@pytest.mark.parametrize("office", [Role.AUDITOR, Role.SERVICE_DESK, Role.AGENT])
def test_nobody_but_an_officer_prints(families, office):
    _doubted(families, families.sun)
    sent(families)
    with estate.acting(estate.user(office), stepped_up=True) as actor, pytest.raises(REFUSED):
        printing.print_next(families.transfer, actor=actor)
    assert notice(families.sun).state == "to_print"


# -- nothing in clear -------------------------------------------------------------------------


def test_no_value_of_hers_stands_in_any_row_or_entry(families, entries_since, drafts):
    _doubted(families, families.wu)
    sent(families)
    says(families.sun, "objected")
    with estate.acting(families.house.first, stepped_up=True) as actor:
        printing.print_next(families.transfer, actor=actor)

    with scopes.acting(estate.system()):
        rows = [
            *TransferNotice.objects.all(),
            *TransferAnswer.objects.all(),
            *LetterBatch.objects.all(),
        ]
        kept = serializers.serialize("json", rows) + "".join(each.leaf for each in entries_since())
    kept += str([(each.facts, each.purpose, each.channel) for each in drafts])
    for number in range(1, 7):
        for value in person(number).values():
            if len(value) > 6:
                assert value not in kept
