"""A batch from the proposal to the certificate: what goes is gone everywhere, and nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from access import approvals, gate
from access.actions import Action
from custodian import clock, invariants
from custodian.errors import NotVisible
from custodian.invariants import Options
from records import legal_holds, lookup, vault
from records.destruction import batches, certifying, executing, stores, tombstones
from records.destruction.batches import Fate, NothingDue, Stage
from records.legal_holds.covering import Draft
from records.models import (
    BlindIndex,
    CertificatePage,
    DestructionBatch,
    DestructionItem,
    Identity,
    Keeping,
    Policy,
    Tombstone,
)
from records.retention import reckoning
from tests import estate, pdfs
from tests.destruction.office import everything, status

pytestmark = pytest.mark.django_db(transaction=True)


def keys_of(customer):
    with everything(), connection.cursor() as cursor:
        holdings = [str(Identity.objects.get(pk=customer.pk).holding)]
        cursor.execute(
            "SELECT count(*) FROM keys.data_key WHERE holding = ANY (%s::uuid[])", [holdings]
        )
        data = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM keys.subject_key WHERE subject = %s", [customer.pk])
        return data, cursor.fetchone()[0]


def reads(person, customer):
    with estate.acting(person) as actor:
        permit = gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=["identity.mobile"],
            purpose="policy_service", channel="desk",
        )  # fmt: skip
        return [each.text for each in vault.reveal(permit)]


def test_nothing_due_is_no_batch(office):
    office.living()
    assert batches.propose() is None


def test_the_dry_run_is_what_is_proposed(office):
    office.gone(claims=True), office.living()
    with everything():
        dry = {
            each.kept.holding
            for page in batches.due(on=batches.clock.local().date())
            for each in page
        }
        batch = office.propose()
        assert set(batch.items.values_list("holding", flat=True)) == dry
        assert len(dry) == 4


def test_what_is_approved_is_gone_and_the_neighbour_is_not(office):
    gone, neighbour = office.gone(claims=True), office.living()
    reckoning.refresh([gone.pk, neighbour.pk])
    assert status(gone) == "restricted"
    batch = office.destroyed()
    assert (batch.stage, batch.status, status(gone), status(neighbour)) == (
        Stage.DONE, "done", "destroyed", "active",
    )  # fmt: skip
    assert keys_of(gone) == (0, 0)
    assert keys_of(neighbour) == (1, 1)
    with everything():
        assert not BlindIndex.objects.filter(subject=gone.pk).exists()
        assert not Keeping.objects.filter(subject=gone.pk).exists()
        identity = Identity.objects.get(pk=gone.pk)
        assert (identity.name_sealed, bytes(identity.state_mac), identity.origins) == (
            None,
            b"",
            {},
        )
    with pytest.raises(NotVisible):
        reads(office.agent, gone)
    assert reads(office.agent, neighbour) == ["13800138000"]
    with estate.acting(office.agent) as actor:
        assert lookup.customer(gone.ref, actor=actor) is None


def test_the_certificate_says_what_went_by_whom_and_is_signed(office):
    office.gone(claims=True)
    batch = office.destroyed()
    said = json.loads(bytes(batch.certificate))
    assert certifying.is_ours(bytes(batch.certificate), bytes(batch.signature))
    assert not certifying.is_ours(bytes(batch.certificate) + b" ", bytes(batch.signature))
    assert (said["batch"], said["approved-holdings"], said["customers-destroyed"]) == (
        batch.code,
        4,
        1,
    )
    assert [(row["kind"], row["rule"], row["holdings"]) for row in said["destroyed"]] == [
        ("claim", "cn-claim-long", 1), ("financial", "cn-transaction", 1),
        ("identity", "cn-policy-long", 1), ("policy", "cn-policy-long", 1),
    ]  # fmt: skip
    assert (said["requested"]["no"], said["approved"][0]["no"]) == (
        office.first.staff_no, office.second.staff_no,
    )  # fmt: skip
    assert said["scan"]["residues"] == []
    assert {row["store"] for row in said["scan"]["looked"]} >= {
        "keys",
        "values",
        "indexes",
        "cache",
    }
    pages = {
        each.language: bytes(each.body) for each in CertificatePage.objects.filter(batch=batch)
    }
    assert set(pages) == {"zh-hans", "en"}
    assert all(page.startswith(b"%PDF") for page in pages.values())
    assert batch.pages["en"] == hashlib.sha256(pages["en"]).hexdigest()


def test_on_paper_it_is_one_sheet_with_the_hash_of_what_was_signed(office, monkeypatch):
    """With a customer who keeps something, one who is held, one left out, and a place that is away."""
    monkeypatch.setattr(stores, "stores", [*stores.stores, _Away()])
    for claims in (True, False):
        office.gone(claims=claims)
    held, left_out = office.gone(), office.gone()
    batch = office.propose()
    with estate.acting(office.first, stepped_up=True) as actor:
        batches.exclude(batch, of={"subject": left_out.pk}, reason="投诉未结", actor=actor)
    office.submit(batch)
    batch.refresh_from_db()
    office.approve(batch)
    with estate.acting(office.first) as actor:
        legal_holds.place(
            Draft("customer", {"customers": [held.ref]}), ground="regulator_order", reason="来函",
            review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    batch = executing.work(batch.pk)
    signed = hashlib.sha256(bytes(batch.certificate)).hexdigest()
    words = {
        "zh-hans": ("未能查找", "提交前已排除", "亲属申请", "LH-"),
        "en": ("Evidence files", "Legal hold"),
    }
    for printed in CertificatePage.objects.filter(batch=batch):
        (sheet,) = pdfs.pages(bytes(printed.body))
        assert signed in sheet
        for each in words[printed.language]:
            assert each in sheet


def test_its_hash_stands_in_the_log(office, entries_since):
    office.gone()
    batch = office.destroyed()
    estate.drain()
    told = hashlib.sha256(bytes(batch.certificate)).hexdigest()
    assert [each for each in entries_since() if told in each.leaf]
    acts = [json.loads(each.leaf)["act"] for each in entries_since()]
    assert (acts.count("destroy"), acts.count("erase")) == (2, 1)


def test_a_second_run_gives_the_same_certificate(office):
    office.gone()
    batch = office.destroyed()
    before = bytes(batch.certificate)
    again = executing.work(batch.pk)
    assert bytes(again.certificate) == before
    assert CertificatePage.objects.count() == 2


def test_nobody_approves_what_he_put_up(office):
    office.gone()
    batch = office.propose()
    approval = office.submit(batch)
    with estate.acting(office.first, stepped_up=True) as actor, pytest.raises(gate.Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    batch.refresh_from_db()
    assert batch.stage == Stage.WAITING
    with pytest.raises(executing.NotAsApproved):
        executing.work(batch.pk)


ALTERED = {
    "one more": "INSERT INTO records_destructionitem (batch_id, holding, subject_id, kind, book_id, rule,"
    " ended_on, keep_until, state, because) SELECT %(batch)s, i.holding, i.subject_id, 'identity', 1 * c.book_id,"
    " 'cn-identity', '2010-01-01', '2020-01-01', 'planned', '' FROM records_identity i"
    " JOIN records_customer c ON c.subject_id = i.subject_id WHERE i.subject_id = %(other)s",
    "one less": "DELETE FROM records_destructionitem WHERE id = (SELECT min(id) FROM records_destructionitem)",
    "another day": "UPDATE records_destructionbatch SET day = day + 1",
    "another set": "UPDATE records_destructionbatch SET digest = repeat('0', 64)",
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_batch_that_was_changed_by_hand_destroys_nothing_and_is_found(office, what):
    gone, other = office.gone(), office.living()
    batch = office.approved()
    assert invariants.broken(Options())["destruction"] == "ok"
    with everything(), connection.cursor() as cursor:
        cursor.execute(ALTERED[what], {"batch": batch.pk, "other": other.pk})
    with pytest.raises(executing.NotAsApproved):
        executing.work(batch.pk)
    assert status(gone) == "active"
    assert batch.code in invariants.broken(Options())["destruction"]


def test_what_came_back_into_use_is_left_out_and_the_certificate_says_so(office):
    back, gone = office.gone(), office.gone()
    batch = office.approved()
    from tests.records import desk_estate

    desk_estate.policy(back)
    batch = executing.work(batch.pk)
    assert (status(back), status(gone)) == ("active", "destroyed")
    assert reads(office.agent, back) == ["13800138000"]
    said = json.loads(bytes(batch.certificate))
    # The old policy's own time is over all the same; her identity and money are needed again.
    assert said["left-out"] == [{"because": "", "holdings": 2, "state": "in_use"}]
    assert said["customers-kept-in-part"]["customers"] == 1


def test_an_officer_leaves_some_out_with_a_reason(office):
    kept, gone = office.gone(), office.gone()
    batch = office.propose()
    with estate.acting(office.first) as actor:
        assert batches.exclude(batch, of={"subject": kept.pk}, reason="核对中", actor=actor) == 3
        assert batches.propose().items.filter(state=Fate.EXCLUDED).count() == 3
    office.submit(batch)
    office.approve(batch)
    executing.work(batch.pk)
    assert (status(kept), status(gone)) == ("active", "destroyed")


def test_a_batch_of_nothing_is_not_put_up(office):
    kept = office.gone()
    batch = office.propose()
    with estate.acting(office.first, stepped_up=True) as actor:
        batches.exclude(batch, of={"subject": kept.pk}, reason="核对中", actor=actor)
        with pytest.raises(NothingDue):
            batches.submit(batch, actor=actor)


def test_what_is_in_hand_is_not_proposed_twice(office):
    office.gone()
    office.submit(office.propose())
    assert batches.propose() is None


def test_money_goes_while_the_policy_stays(office):
    """An insurer that keeps its policies longer than the law: each holding follows its own rule."""
    gone = office.gone()
    from records.retention import rules

    longer = [
        rule
        if "policy" not in rule.about
        else type(rule)(**{**vars(rule), "period": rules.Period(months=240)})
        for rule in rules.on(batches.clock.local().date())
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "on", lambda _day: tuple(longer))
        batch = office.destroyed()
    with everything():
        assert list(batch.items.values_list("kind", "state")) == [("financial", "destroyed")]
    assert status(gone) == "active"
    assert reads(office.agent, gone) == ["13800138000"]
    said = json.loads(bytes(batch.certificate))
    assert said["customers-destroyed"] == 0
    with everything():
        assert Policy.objects.get(subject=gone.pk).number_sealed is not None


def test_tombstones_stand_outside_numbered_and_signed(office, outside):
    gone = office.gone()
    office.destroyed()
    sheets = tombstones.read(outside)
    assert [each.number for each in sheets] == [1]
    with everything():
        assert set(sheets[0].subjects) == {gone.subject.uid}
        stones = Tombstone.objects.exclude(kind="subject").values_list("gone", flat=True)
        assert set(sheets[0].holdings) == set(stones)
    office.gone()
    office.destroyed()
    assert [each.number for each in tombstones.read(outside)] == [1, 2]
    (outside / "00000001.json").unlink()
    with pytest.raises(tombstones.TombstonesBroken):
        tombstones.read(outside)
    with everything():
        assert tombstones.publish() == 1
    assert len(tombstones.read(outside)) == 2
    path = outside / "00000002.json"
    path.write_text(path.read_text().replace('"batch"', '"batsh"'))
    with pytest.raises(tombstones.TombstonesBroken):
        tombstones.read(outside)


def test_no_key_goes_without_its_stone(office):
    gone = office.gone()
    with everything(), connection.cursor() as cursor:
        holding = str(Identity.objects.get(pk=gone.pk).holding)
        cursor.execute("SELECT records_forget_holdings(%s::uuid[])", [[holding]])
        assert cursor.fetchone() == (0,)
    assert keys_of(gone) == (1, 1)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM records_tombstone", "UPDATE records_tombstone SET kind = 'x'"]
)
def test_no_stone_is_taken_away(office, sql):
    office.gone()
    office.destroyed()
    from django.db import ProgrammingError

    with everything(), connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(sql)


def test_the_estate_is_whole_afterwards(office):
    office.gone(claims=True), office.living()
    office.destroyed()
    estate.drain()
    broken = {
        name: said
        for name, said in invariants.broken(Options(everything=True)).items()
        if said != "ok"
    }
    assert broken == {}


class _Forgetful(stores.Store):
    """A place that keeps what it should not."""

    name, label = "forgetful", "Forgetful"

    def purge(self, gone):
        pass

    def scan(self, gone):
        yield stores.Residue(self.name, f"{len(gone.all)} copies")

    def scan_whole(self, ordinals):
        return ()


class _Away(_Forgetful):
    """One that cannot be asked afterwards."""

    name = "away"

    def scan(self, gone):
        raise stores.Unreached


def test_what_is_still_somewhere_stands_on_the_certificate_and_is_a_finding(office, monkeypatch):
    from access.models import Finding

    monkeypatch.setattr(stores, "stores", [*stores.stores, _Forgetful()])
    office.gone()
    batch = office.destroyed()
    said = json.loads(bytes(batch.certificate))
    assert said["scan"]["residues"] == ["forgetful: 3 copies"]
    assert Finding.objects.get(kind="destruction.residue").severity == "urgent"


def test_a_hundred_customers_go_in_several_chunks(office, monkeypatch):
    monkeypatch.setattr(executing, "CUSTOMERS", 2)
    everybody = [office.gone() for _ in range(5)]
    batch = office.destroyed()
    assert {status(each) for each in everybody} == {"destroyed"}
    assert (batch.done, batch.total) == (15, 15)
    assert DestructionBatch.objects.count() == 1
    with everything():
        assert DestructionItem.objects.filter(state=Fate.DESTROYED).count() == batch.total


def test_every_process_knows_every_place(django_db_blocker):
    """A command or a page destroys and scans as the worker does, whatever else it has not loaded."""
    listing = (
        "from records.destruction import stores; print(*sorted(s.name for s in stores.stores))"
    )
    alone, whole = (
        subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {first}{listing}"],
            capture_output=True, text=True, check=True,
        ).stdout
        for first in ("", "import records.tasks, transfers.tasks, access.tasks, custodian.urls; ")
    )  # fmt: skip
    assert alone == whole
    assert "relatives" in alone.split()
