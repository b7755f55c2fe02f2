"""What somebody with SQL or on the disk alters is found by exactly the check that is for it."""

from __future__ import annotations

import os
import time
from uuid import uuid4

import pytest
from django.db import transaction

from access import actors, findings, gate, keystore, scopes
from access.actions import Action
from access.models import Entry, Finding, SubjectAccess
from access.vocabulary import Role
from incidents.models import Alert
from records import blind_indexes, documents, states, vault
from records.models import BlindIndex, Identity, ScrubRun
from records.storage import faults, reading
from tests import estate
from tests.security.looking import permit
from tests.storage.planting import Estate, found, scrubbed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path


def test_a_sound_estate_has_no_fault_and_everything_was_looked_at():
    Estate()
    run = scrubbed()
    assert (run.status, run.faults, run.unlogged) == ("done", 0, 0)
    assert found() == {}
    counts = {
        name: run.counts[name] for name in ("identity", "financial", "policy", "claim", "document")
    }
    assert counts == {"identity": 2, "financial": 2, "policy": 1, "claim": 1, "document": 1}
    with scopes.acting(estate.system()):
        assert run.counts["indexes"] == BlindIndex.objects.count() > 0
    assert run.counts["log"] >= 5
    assert run.counts["files"] == 1
    assert run.values_checked >= 2 * 14


def test_a_sample_checks_the_same_of_some():
    Estate()
    run = scrubbed(ScrubRun.Kind.SAMPLE)
    assert (run.status, run.faults) == ("done", 0)
    assert set(run.counts) == {"identity", "financial", "policy", "claim", "document"}


PLANTED = {
    "value": "UPDATE records_identity SET mobile_sealed = set_byte(mobile_sealed,"
    " length(mobile_sealed) - 3, 255 - get_byte(mobile_sealed, length(mobile_sealed) - 3))"
    " WHERE subject_id = {a}",
    "state": "UPDATE records_identity SET email_sealed = NULL WHERE subject_id = {a}",
    "key": "UPDATE keys.data_key SET wrapped = set_byte(wrapped, length(wrapped) - 3,"
    " 255 - get_byte(wrapped, length(wrapped) - 3)) WHERE holding ="
    " (SELECT holding FROM records_policy WHERE subject_id = {a})",
    "key-missing": "DELETE FROM keys.data_key WHERE holding ="
    " (SELECT holding FROM records_identity WHERE subject_id = {a})",
    "subject-key": "DELETE FROM keys.subject_key WHERE subject = {a}",
    "index-missing": "DELETE FROM records_blindindex WHERE subject_id = {a}"
    " AND element = 'identity.mobile'",
    "index-foreign": "INSERT INTO records_blindindex (element, digest, subject_id, holding, since)"
    " SELECT 'identity.mobile', '\\x00112233445566778899aabbccddeeff', subject_id, holding, now()"
    " FROM records_identity WHERE subject_id = {a}",
}


@pytest.mark.parametrize("check", PLANTED)
def test_each_fault_is_found_by_its_own_check_and_once(check):
    place = Estate()
    place.sql(PLANTED[check])
    assert scrubbed().faults == 1
    assert found() == {check: 1}
    scrubbed()
    assert found() == {check: 1}, "it is told once while it is open"
    finding = Finding.objects.get(kind=faults.KIND)
    assert finding.severity == Finding.Severity.URGENT
    assert Alert.objects.filter(finding=finding).count() == 1
    assert not any(value in finding.words for value in estate.ZHANG.values())
    assert place.first.ref in finding.words


def test_two_customers_values_swapped_are_two_faults():
    place = Estate()
    place.sql(
        "UPDATE records_identity t SET mobile_sealed = o.mobile_sealed FROM records_identity o"
        " WHERE t.subject_id + o.subject_id = {a} + {b} AND t.subject_id IN ({a}, {b})"
    )
    scrubbed()
    assert found() == {"value": 2}


def test_a_key_whose_row_is_gone_is_found_and_so_is_the_row():
    place = Estate()
    place.sql("DELETE FROM records_claim WHERE subject_id = {a}")
    scrubbed()
    # Both are told by one finding: it is one thing that was lost.
    assert sum(found().values()) == 1
    assert set(found()) <= {"key-stray", "row-missing"}
    place.sql(
        "DELETE FROM keys.data_key k WHERE NOT EXISTS (SELECT 1 FROM records_identity i WHERE"
        " i.holding = k.holding) AND k.holding = %(gone)s",
        gone=str(place.claim.holding),
    )
    Finding.objects.filter(kind=faults.KIND).update(kind="seen")
    scrubbed()
    assert found() == {"row-missing": 1}


def test_an_old_row_put_back_whole_is_told_by_the_log():
    place = Estate()
    changed_anew(place)
    assert scrubbed().faults == 0
    put_back(place)
    scrubbed(ScrubRun.Kind.SAMPLE)
    assert found() == {"rolled-back": 1}


def test_what_is_old_is_not_read_until_the_finding_is_judged():
    place = Estate()
    changed_anew(place)
    put_back(place)
    scrubbed()
    with estate.acting(place.agent, stepped_up=True) as actor, pytest.raises(vault.Damaged):
        vault.reveal(permit(actor, place.first))
    with estate.acting(place.agent, stepped_up=True) as actor:
        assert vault.reveal(permit(actor, place.second))
    # Put right, as from a backup; and judged by an officer.
    place.sql(
        "UPDATE records_identity SET mobile_sealed = %(blob)s, epoch = %(epoch)s, state_mac = %(mac)s"
        " WHERE subject_id = {a}",
        **place.new,
    )
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER)) as actor:
        finding = Finding.objects.get(kind=faults.KIND)
        findings.decide(finding, "warning", note="已恢复", channel="admin", actor=actor)
    with estate.acting(place.agent, stepped_up=True) as actor:
        assert vault.reveal(permit(actor, place.first))[0].text == "13700137000"


def test_an_old_row_is_found_though_the_customers_list_of_entries_was_cut_too():
    place = Estate()
    changed_anew(place)
    put_back(place)
    newest = Entry.objects.filter(act="change").newest_index()
    place.sql("DELETE FROM querylog.subject_access WHERE entry_id = %(entry)s", entry=newest)
    assert not SubjectAccess.objects.filter(entry_id=newest).exists()
    scrubbed()
    assert found() == {"rolled-back": 1}


def test_a_list_of_states_that_was_altered_or_removed_is_found():
    place = Estate()
    place.sql("DELETE FROM records_heldstates")
    scrubbed()
    assert set(found()) == {"list"}
    assert found()["list"] >= 5


def test_a_change_without_an_entry_is_found():
    place = Estate()
    changed_anew(place, logged=False)
    scrubbed()
    assert found() == {"unlogged": 1}


def test_files_are_missing_damaged_or_nobodys():
    place = Estate()
    path = documents.path_of(place.document)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    scrubbed()
    assert found() == {"file-damaged": 1}
    Finding.objects.filter(kind=faults.KIND).update(kind="seen")
    path.unlink()
    scrubbed()
    assert found() == {"file-missing": 1}
    path.write_bytes(whole)
    Finding.objects.filter(kind=faults.KIND).update(kind="seen")
    stray = path.with_name("d-NOBODY")
    stray.write_bytes(b"?")
    scrubbed()
    assert found() == {}, "a young file may be about to have a row"
    os.utime(stray, (time.time() - 7200, time.time() - 7200))
    scrubbed()
    assert found() == {"file-stray": 1}


def test_what_was_destroyed_on_purpose_is_no_fault():
    place = Estate()
    place.sql(
        "INSERT INTO records_tombstone (gone, kind, subject_id, at)"
        " SELECT holding, 'policy', subject_id, now() FROM records_policy WHERE subject_id = {a};"
        " DELETE FROM keys.data_key WHERE holding IN (SELECT gone FROM records_tombstone)"
    )
    scrubbed()
    assert found() == {}


def test_a_key_of_an_upload_that_nobody_kept_is_no_fault_and_a_customers_is():
    place = Estate()
    keystore.create({uuid4(): None})
    scrubbed()
    assert found() == {}
    with scopes.acting(estate.system()):
        keystore.create({uuid4(): place.first.pk})
    scrubbed()
    assert found() == {"key-stray": 1}


def test_a_fingerprint_of_a_holding_that_is_not_there_is_found():
    place = Estate()
    place.sql(
        "INSERT INTO records_blindindex (element, digest, subject_id, holding, since, until) SELECT"
        " element, digest, {b}, holding, now(), now() FROM records_blindindex WHERE subject_id = {a}"
        " AND element = 'identity.mobile'"
    )
    scrubbed()
    assert found() == {"index-foreign": 1}


def changed_anew(place, *, logged: bool = True) -> None:
    """A second state of the first customer's identity, as a correction leaves it; the first is put aside."""
    actor = actors.system("tests")
    with scopes.acting(actor), transaction.atomic():
        row = Identity.objects.get(pk=place.first.pk)
        place.old = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields}
        (held,) = reading.again("identity", [row.pk])
        key = keystore.unlock({row.holding: row.pk})[row.holding]
        new = {"identity.mobile": "13700137000"}
        sealed = vault.seal(new, holding=row.holding, key=key, epoch=row.epoch, before=held.blobs)
        row.mobile_sealed = sealed.blobs["identity.mobile"]
        row.epoch, row.state_mac = sealed.epoch, sealed.mac
        row.save()
        place.new = {
            "blob": row.mobile_sealed, "epoch": row.epoch, "mac": row.state_mac
        }  # fmt: skip
        marks = BlindIndex.objects.filter(holding=row.holding, element="identity.mobile")
        place.old_mark = bytes(marks.get().digest)
        marks.update(digest=blind_indexes.digest("identity.mobile", "13700137000"))
        if logged:
            gate.authorise(
                actor, Action.CUSTOMER_CHANGE, channel="desk", purpose="policy_service",
                subjects=gate.tagged(scopes.find([row.pk])), facts={"state": states.keep([sealed]), "held": 1},
            )  # fmt: skip
    estate.drain()


def put_back(place) -> None:
    place.sql(
        "UPDATE records_identity SET mobile_sealed = %(blob)s, epoch = %(epoch)s, state_mac = %(mac)s"
        " WHERE subject_id = {a}",
        blob=bytes(place.old["mobile_sealed"]),
        epoch=place.old["epoch"],
        mac=bytes(place.old["state_mac"]),
    )
    place.sql(
        "UPDATE records_blindindex SET digest = %(mark)s WHERE subject_id = {a}"
        " AND element = 'identity.mobile'",
        mark=place.old_mark,
    )
