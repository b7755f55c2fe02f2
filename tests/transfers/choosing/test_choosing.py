"""Who moves: by rule, together with whom, and for which reason somebody stays."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from access import scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Unit
from custodian import clock
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records import legal_holds
from records.legal_holds.covering import Draft
from records.models import Correction, CustomerRequest, Representative
from tests import estate
from tests.records import desk_estate
from tests.transfers.choosing.estate import change, fate, mark, product, role
from transfers import chosen
from transfers.choosing import links, rechecking, rules, selecting
from transfers.models import Bar, Chosen, Selection


def test_the_whole_book_moves_and_whoever_policies_join_is_one_group(families):
    selection = families.run()

    assert selection.status == JobStatus.DONE
    assert selection.counts == {
        "moving": 6, "staying": {}, "policies": 3, "in_force": 3, "groups": 4, "largest": 2,
    }  # fmt: skip
    with scopes.acting(estate.system()):
        together = Chosen.objects.get(subject=families.wife.pk).component
    assert together == min(families.zhang.pk, families.wife.pk)


def test_a_manifest_is_in_order_and_only_of_those_who_move(families):
    mark(families.wu, status="destroyed")
    families.choose()

    people = (families.zhang, families.wife, families.sun, families.qian)
    assert list(chosen.manifest(families.transfer)) == sorted(each.pk for each in people)


def _honey(families):
    mark(families.sun, honey=True)
    return "honey"


def _destroyed(families):
    mark(families.sun, status="destroyed")
    return "destroyed"


def _held(families):
    with estate.acting(families.house.first) as actor:
        legal_holds.place(
            Draft("customer", {"customers": [families.sun.ref]}), ground="regulator_order",
            reason="示例监管局来函", review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    return "hold"


def _asks(families):
    with scopes.acting(estate.system()):
        CustomerRequest.objects.create(
            subject_id=families.sun.pk, kind="complaint", came_by="portal", office="compliance",
            proof="signed_in", proven_at="2026-01-05T08:00:00Z", state_mac=b"", holding=families.alone.holding,
        )  # fmt: skip
    return "request"


def _corrects(families):
    with scopes.acting(estate.system()):
        Correction.objects.create(
            subject_id=families.sun.pk, group="mobile", status="checking", channel="portal",
            submitted_at="2026-01-05T08:00:00Z", holding=families.alone.holding,
        )  # fmt: skip
    return "correction"


def _barred(families):
    with estate.acting(families.house.first) as actor:
        chosen.bar(families.transfer, families.sun, "sanctions", reason="名单命中", actor=actor)
    return "barred"


@pytest.mark.parametrize("reason", [_honey, _destroyed, _held, _asks, _corrects, _barred])
def test_whoever_has_a_reason_stays_and_whoever_is_joined_to_her_stays_too(families, reason):
    role(families.alone, families.qian)
    code = reason(families)

    selection = families.run()

    assert fate(families.sun) == code
    assert fate(families.qian) == "connected"
    assert fate(families.zhang) == "in"
    shown = {"connected": 1} if code == "honey" else {code: 1, "connected": 1}
    assert selection.counts["staying"] == shown
    assert selection.counts["moving"] == 4


def test_a_rule_takes_no_policy_along_that_it_does_not_name(families):
    change(families.alone, product=product("HE02"))
    other = desk_estate.policy(families.wife)
    change(other, product=product("HE02"))

    families.run(products=["HE02"])

    assert fate(families.sun) == "in"
    assert fate(families.wife) == "beyond"
    assert fate(families.zhang) == "beyond"  # his own policy is not named either
    assert fate(families.wu) == fate(families.qian) == ""


def test_a_rule_of_states_takes_the_older_policies_of_its_people_along(families):
    old = desk_estate.policy(families.sun)
    change(old, status="terminated")
    change(families.child, status="terminated")

    families.run(statuses=["in_force"])

    assert fate(families.sun) == "in"
    assert fate(families.wu) == ""


def test_a_rule_of_units_counts_those_below(families):
    below = estate.unit("XZ-1", parent=Unit.objects.get(code="XZ"))
    mark(families.sun, unit=below)
    mark(families.wife, unit=estate.unit("NJ"))

    families.run(units=["XZ"])

    assert fate(families.sun) == "in"
    assert fate(families.wife) == "beyond"
    assert fate(families.zhang) == "connected"


@pytest.mark.parametrize("wrong", [{"products": ["NO"]}, {"colour": ["red"]}, {"statuses": "x"}])
def test_a_rule_of_unknown_things_is_refused(families, wrong):
    with pytest.raises(rules.BadRule):
        rules.read(wrong)


def test_a_customer_of_another_book_keeps_everybody_who_is_joined_to_her(families):
    stranger = estate.customer(book_=estate.book("LJ"), accounts=())
    role(families.joint, stranger)

    families.run()

    assert fate(families.zhang) == fate(families.wife) == "beyond"
    assert fate(stranger) == ""


def test_a_representative_moves_with_whom_he_represents(families):
    mark(families.qian, status="destroyed")
    with scopes.acting(estate.system()):
        Representative.objects.create(
            subject_id=families.sun.pk, representative_id=families.qian.pk, kind="guardian"
        )

    families.run()

    assert fate(families.sun) == "connected"


def test_an_open_bar_is_settled_at_once_and_lifted_brings_her_back(families):
    families.choose()
    with estate.acting(families.house.first) as actor:
        held = chosen.bar(families.transfer, families.wife, "dispute", reason="仲裁", actor=actor)
        assert fate(families.zhang) == "connected"
        chosen.lift(held, reason="已撤回", actor=actor)

    assert fate(families.zhang) == fate(families.wife) == "in"


def test_settling_finds_again_what_leads_out_of_the_book(families):
    stranger = estate.customer(book_=estate.book("LJ"), accounts=())
    role(families.alone, stranger)
    families.run()
    with estate.acting(families.house.first) as actor:
        held = chosen.bar(families.transfer, families.sun, "dispute", reason="仲裁", actor=actor)
        assert fate(families.sun) == "barred"
        chosen.lift(held, reason="已撤回", actor=actor)

    assert fate(families.sun) == "beyond"


def test_a_look_again_takes_out_and_never_brings_in(families):
    mark(families.sun, honey=True)
    families.choose()
    mark(families.sun, honey=False)
    mark(families.wu, status="destroyed")
    role(families.joint, families.qian)  # they were apart when they were chosen

    assert chosen.recheck(families.transfer) == 2

    assert fate(families.sun) == "honey"
    assert fate(families.son) == "connected"
    with scopes.acting(estate.system()):
        rows = Chosen.objects.filter(subject__in=[families.qian.pk, families.zhang.pk])
        assert len(set(rows.values_list("component", flat=True))) == 1


def test_whoever_asked_does_not_approve_and_nobody_else_does_after_a_change(families):
    approval = families.submit(families.run())
    with pytest.raises(Refused):
        families.approve(approval, by=families.house.first)
    with estate.acting(families.house.first) as actor:
        chosen.bar(families.transfer, families.sun, "sanctions", reason="名单", actor=actor)
    with pytest.raises(ContentChanged):
        families.approve(approval, by=families.house.second)


def test_while_one_waits_another_one_is_not_begun(families):
    families.submit(families.run())
    with pytest.raises(IllegalMove):
        families.begin()


def test_a_new_run_replaces_the_one_that_stood(families):
    before = families.choose()
    after = families.run(statuses=["suspended"])

    before.refresh_from_db()
    assert before.stage == Selection.Stage.REPLACED
    assert after.counts["moving"] == 0
    assert list(chosen.manifest(families.transfer)) == []
    assert not chosen.is_settled(families.transfer)


def test_an_edited_rule_is_found(families):
    from transfers.choosing import approving

    selection = families.choose()
    assert list(approving.altered()) == []
    Selection.objects.filter(pk=selection.pk).update(rule={"products": []})
    assert [each.pk for each in approving.altered()] == [selection.approval_id]


def test_a_run_that_was_killed_goes_on_after_its_last_page(families, monkeypatch):
    monkeypatch.setattr(selecting, "PAGE", 2)
    selection = families.begin()
    seen = []

    def stop(run):
        seen.append(run.done)
        if run.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        selecting.work(selection.pk, on_progress=stop)
    Selection.objects.filter(pk=selection.pk).update(leased_until="2026-01-01T00:00Z")
    selecting.work(selection.pk, on_progress=stop_never(seen))

    assert seen == [2, 4, 6]
    assert fate(families.wife) == fate(families.qian) == "in"


def stop_never(seen):
    return lambda run: seen.append(run.done)


def test_a_run_goes_on_from_the_beginning_if_other_people_are_joined_by_then(families, monkeypatch):
    monkeypatch.setattr(selecting, "PAGE", 2)
    selection = families.begin()

    def stop(run):
        if run.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        selecting.work(selection.pk, on_progress=stop)
    role(families.joint, families.sun)
    Selection.objects.filter(pk=selection.pk).update(leased_until="2026-01-01T00:00Z")
    selecting.work(selection.pk)

    with scopes.acting(estate.system()):
        rows = Chosen.objects.filter(subject__in=[families.zhang.pk, families.sun.pk])
        assert {each.component for each in rows} == {families.zhang.pk}


def test_links_say_the_same_as_a_search_over_the_graph():
    lot = random.Random(7)
    pairs = [(lot.randint(1, 400), lot.randint(1, 400)) for _ in range(300)]
    found = links.Links(400)
    found.mark(range(1, 401), links.Mark.OURS)
    found.join(pairs)
    found.settle()

    neighbours = {each: {each} for each in range(1, 401)}
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    for each in range(1, 401):
        reached, edge = {each}, [each]
        while edge:
            edge = [n for at in edge for n in neighbours[at] if n not in reached]
            reached |= set(edge)
        assert found.of(each) == min(reached)


def test_nobody_who_does_not_reach_everybody_sees_who_was_chosen(families):
    families.choose()
    agent = estate.user()
    with scopes.acting(estate.system()):
        from access.models import Assignment

        Assignment.objects.create(subject_id=families.sun.pk, user=agent)
    with estate.acting(agent):
        assert not Chosen.objects.exists()
        assert not Bar.objects.exists()


def test_who_stays_has_a_reason_in_every_row(families):
    families.run()
    with (
        pytest.raises(IntegrityError, match="chosen_stays_for_a_reason"),
        transaction.atomic(),
        scopes.acting(estate.system()),
    ):
        Chosen.objects.filter(subject=families.sun.pk).update(state="out")


def test_an_agent_proposes_nothing(families):
    with estate.acting(estate.user()) as actor, pytest.raises(Refused):
        selecting.begin(families.transfer, rules.Rule(), actor=actor)


def test_a_look_again_without_an_approved_selection_changes_nothing(families):
    families.run()
    mark(families.sun, honey=True)
    with scopes.acting(estate.system()):
        assert rechecking.carry_out(families.transfer) == 0
    assert fate(families.sun) == "in"
