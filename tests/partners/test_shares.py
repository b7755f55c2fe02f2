"""Shares: four eyes, never beyond the agreement and never after it, whoever said no left out, and known since."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import struct
import zlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection

from access import scopes
from access.approvals import ContentChanged
from access.gate import Refused, StepUpNeeded
from access.models import Objection, Subject
from custodian import clock
from tests import estate
from tests.consents import saying
from tests.partners.house import House, fresh
from transfers import shares
from transfers.models import Share, SharedCopy
from transfers.shares import handing, holding, jobs, locked, proposing
from transfers.shares.selecting import Choice, OutsideAgreement

pytestmark = pytest.mark.django_db(transaction=True)


def opened(archive: bytes, secret: str) -> bytes:
    """By the format's own description (WinZip, AE-2), without a line of ours."""
    assert archive[:4] == b"PK\x03\x04"
    name, extra = struct.unpack("<2H", archive[26:30])
    (stored,) = struct.unpack("<L", archive[18:22])
    body = archive[30 + name + extra :][:stored]
    salt, check, sealed, mac = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", secret.encode(), salt, 1000, 66)
    assert keys[64:] == check
    assert hmac.new(keys[32:64], sealed, "sha1").digest()[:10] == mac
    block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()
    plain = bytearray()
    for at in range(0, len(sealed), 16):
        stream = block.update((at // 16 + 1).to_bytes(16, "little"))
        plain += bytes(a ^ b for a, b in zip(sealed[at : at + 16], stream, strict=False))
    return zlib.decompress(bytes(plain), -15)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def taken(house: House, share: Share) -> bytes:
    with estate.acting(house.officers[0], stepped_up=True) as actor:
        secret = handing.lock_share(share, actor=actor)
        return opened(handing.take(share.ref, actor=actor), secret)


def copies() -> list[SharedCopy]:
    with scopes.acting(estate.system()):
        return list(SharedCopy.objects.select_related("share").order_by("pk"))


def restrict(customer) -> None:
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=customer.pk).update(status="restricted")


def test_a_file_needs_two_and_holds_what_was_agreed_and_is_known_since(house, entries_since):
    zhang = estate.customer()
    agreement = house.agree()
    share = house.ask_share(agreement)
    with pytest.raises(Refused):
        house.decide(share.approval, by=house.officers[0])
    assert jobs.due() == []
    house.decide(share.approval)
    assert jobs.due() == [share.pk]
    jobs.work(share.pk)
    share = fresh(share)
    content = taken(house, share).decode("utf-8-sig")
    assert "张三丰" in content
    assert "13800138000" in content
    assert "320311198604180014" not in content
    (copy,) = copies()
    assert (copy.subject_id, copy.elements) == (zhang.pk, ["identity.mobile", "identity.name"])
    assert copy.marks["identity.name"] == holding.mark(zhang.pk, "identity.name", ["张三丰"])
    now = clock.now()
    with scopes.acting(estate.system()):
        (delivery,) = shares.given(house.party, now - timedelta(hours=1), now + timedelta(hours=1))
        assert list(shares.given(house.party, now + timedelta(hours=1), now)) == []
    assert (delivery.subject, delivery.share, delivery.entry) == (zhang.pk, share.code, copy.entry)
    leaf = next(json.loads(e.leaf) for e in entries_since() if e.id == copy.entry)
    assert leaf["no"] == f"PARTNER-{house.party.code}"
    assert leaf["actor"] == str(house.party.ref)
    assert (leaf["what"], leaf["act"], leaf["n"]) == ("transfers:share:read", "export", 1)


def test_no_plaintext_lies_in_rows_or_on_the_disk(house, settings):
    estate.customer()
    share = house.share(house.agree())
    with connection.cursor() as cursor, scopes.acting(estate.system()):
        for table in ("transfers_share", "transfers_sharedcopy", "transfers_telling"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            assert not any("张三丰" in row[0] or "13800138000" in row[0] for row in cursor)
    files = [each for each in settings.VAR.rglob("*") if each.is_file()]
    assert files
    assert not any("张三丰".encode() in each.read_bytes() for each in files)
    assert share.length


def test_whoever_said_no_or_is_only_stored_is_left_out_and_counted(house):
    kept, restricted, objecting = (estate.customer() for _each in range(3))
    restrict(restricted)
    agreement = house.agree()
    share = house.ask_share(agreement)
    assert len(share.candidates) == 2  # whoever is restricted is not even a candidate
    with scopes.acting(estate.system()):
        Objection.objects.create(subject_id=objecting.pk, purpose="claim")
    house.decide(share.approval)
    jobs.work(share.pk)
    share = fresh(share)
    assert share.included == [kept.pk]
    assert share.omitted == {"objected": 1}
    assert [each.subject_id for each in copies()] == [kept.pk]


def test_what_is_for_the_partners_own_purposes_needs_each_customers_consent(house):
    silent, willing, gone_back = (estate.customer() for _each in range(3))
    for each in (willing, gone_back):
        saying.says(each, "partners", saying.GIVEN)
    share = house.ask_share(house.agree(part="provided"))
    assert set(share.candidates) == {silent.pk, willing.pk, gone_back.pk}
    saying.says(gone_back, "partners", saying.WITHDRAWN)
    house.decide(share.approval)
    jobs.work(share.pk)
    share = fresh(share)
    assert share.included == [willing.pk]
    assert sum(share.omitted.values()) == 2
    assert share.omitted["not-agreed"] >= 1
    assert silent.pk not in {each.subject_id for each in copies()}


@pytest.mark.parametrize(
    "more",
    [
        {"elements": ("identity.name", "identity.id_number")},
        {"elements": ()},
        {"choice": Choice(books=("LJ",))},
        {"expires_at": None},
        {"rate": 0},
    ],
)
def test_nothing_beyond_the_agreement_can_be_asked_for(house, more):
    estate.customer()
    agreement = house.agree(books=("QH",))
    if "expires_at" in more:
        more = {"expires_at": agreement.over_at + timedelta(seconds=1)}
    with pytest.raises(OutsideAgreement):
        house.ask_share(agreement, **more)


def test_the_agreements_scope_bounds_who_can_be_chosen(house):
    inside = estate.customer()
    outside = estate.customer(book_=estate.book("LJ"))
    agreement = house.agree(books=("QH",))
    assert house.ask_share(agreement).candidates == [inside.pk]
    with pytest.raises(proposing.Nobody):
        house.ask_share(agreement, choice=Choice(customers=(outside.ref,)))


def test_asking_and_taking_want_a_fresh_second_factor(house):
    estate.customer()
    share = house.share(house.agree())
    with estate.acting(house.officers[0]) as actor, pytest.raises(StepUpNeeded):
        handing.lock_share(share, actor=actor)


def test_what_was_edited_under_the_approval_is_not_given(house):
    estate.customer()
    later = estate.customer()
    agreement = house.agree()
    share = house.ask_share(agreement)
    with scopes.acting(estate.system()):
        Share.objects.update(elements=["identity.id_number"])
    with pytest.raises(ContentChanged):
        house.decide(share.approval)
    second = house.ask_share(agreement)
    house.decide(second.approval)
    with scopes.acting(estate.system()):
        Share.objects.filter(pk=second.pk).update(candidates=[later.pk, later.pk + 1])
        with pytest.raises(jobs.NotAsApproved):
            jobs.work(second.pk)
        assert second.approval in list(proposing.altered())
    assert copies() == []


def test_no_share_outlives_its_agreement_by_a_second(house):
    estate.customer()
    agreement = house.agree(until=(clock.local().date() + timedelta(days=3)).isoformat())
    share = house.share(agreement, expires_at=agreement.over_at)
    for moment, is_open in (
        (agreement.over_at - timedelta(seconds=1), True),
        (agreement.over_at, False),
    ):
        with clock.at(moment):
            assert fresh(share).is_open is is_open
    with clock.at(agreement.over_at), pytest.raises(proposing.NotRunning):
        taken(house, share)
    with clock.at(agreement.over_at):
        assert jobs.expire() == 1
    assert fresh(share).removed == "expired"
    assert not jobs.SHELF.path_of(share.ref).exists()


def test_an_early_end_cuts_at_once(house):
    estate.customer()
    agreement = house.agree()
    made, waiting = house.share(agreement), house.ask_share(agreement)
    house.end(agreement)
    assert not fresh(made).is_open
    with pytest.raises(proposing.NotRunning):
        taken(house, fresh(made))
    with pytest.raises(proposing.NotRunning):
        house.decide(waiting.approval)
    with pytest.raises(proposing.NotRunning):
        house.ask_share(agreement)


def test_one_person_stops_a_share_and_the_file_is_gone_with_its_key(house):
    estate.customer()
    share = house.share(house.agree())
    with estate.acting(house.guard) as actor:
        jobs.end(share, actor=actor)
        with pytest.raises(jobs.Over):
            jobs.end(share, actor=actor)
    assert fresh(share).removed == "ended"
    with connection.cursor() as cursor, scopes.acting(estate.system()):
        cursor.execute("SELECT count(*) FROM keys.data_key WHERE holding = %s", [share.holding])
        assert cursor.fetchone() == (0,)


def test_a_locked_file_is_taken_once_by_whom_it_was_locked_for(house):
    estate.customer()
    share = house.share(house.agree())
    with estate.acting(house.officers[0], stepped_up=True) as actor:
        handing.lock_share(share, actor=actor)
        with estate.acting(house.officers[1], stepped_up=True) as other, pytest.raises(jobs.Over):
            handing.take(share.ref, actor=other)
        handing.take(share.ref, actor=actor)
        with pytest.raises(jobs.Over):
            handing.take(share.ref, actor=actor)


def test_a_locked_file_opens_with_its_passphrase_alone():
    secret = locked.passphrase()
    archive = locked.lock(b"x" * 50_000, name="a.csv", secret=secret)
    assert opened(archive, secret) == b"x" * 50_000
    with pytest.raises(AssertionError):
        opened(archive, locked.passphrase())
    at = len(archive) // 2
    with pytest.raises(AssertionError):
        opened(archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :], secret)
