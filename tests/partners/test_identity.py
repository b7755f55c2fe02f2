"""Keys of other installations: only from a whole card, only with a second person, and never altered unseen."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from access.approvals import ContentChanged
from access.gate import Refused
from custodian import clock
from custodian.crypto import signing
from tests import estate
from tests.partners.house import card
from transfers import identity
from transfers.models import IdentityKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_counts_once_a_second_person_confirmed_it(house):
    key = Ed25519PrivateKey.generate()
    entered = house.enter(card(key))
    with pytest.raises(identity.NoConfirmedKey):
        identity.key_of(house.party)
    house.decide(entered.approval)
    assert signing.public_bytes(identity.key_of(house.party)) == signing.public_bytes(key)


def test_whoever_entered_it_never_confirms_it(house):
    entered = house.enter(card())
    with pytest.raises(Refused):
        house.decide(entered.approval, by=house.officers[0])
    with pytest.raises(identity.NoConfirmedKey):
        identity.key_of(house.party)


def test_the_second_person_sees_the_fingerprint_that_the_other_side_reads_out(house):
    key = Ed25519PrivateKey.generate()
    entered = house.enter(card(key))
    client = estate.login(Client(), house.officers[1], stepped_up=True)
    shown = client.get(reverse("admin:approval", args=[entered.approval.ref])).content.decode()
    assert identity.fingerprint(key) in shown


def test_a_returned_card_counts_for_nothing_and_the_next_one_does(house):
    house.decide(house.enter(card()).approval, yes=False)
    key = Ed25519PrivateKey.generate()
    house.decide(house.enter(card(key)).approval)
    assert signing.public_bytes(identity.key_of(house.party)) == signing.public_bytes(key)


def test_a_new_key_takes_the_place_of_the_former_one(house):
    house.decide(house.enter(card()).approval)
    key = Ed25519PrivateKey.generate()
    house.decide(house.enter(card(key)).approval)
    assert signing.public_bytes(identity.key_of(house.party)) == signing.public_bytes(key)
    assert house.party.identities.filter(status="ended").count() == 1


def test_an_ended_key_is_trusted_no_more(house):
    house.decide(house.enter(card()).approval)
    with estate.acting(house.officers[0]) as actor:
        identity.end(house.party.identities.get(), actor=actor)
    with pytest.raises(identity.NoConfirmedKey):
        identity.key_of(house.party)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: {**said, "name_zh": "青禾人寿"},
        lambda said: {**said, "key": signing.public_bytes(Ed25519PrivateKey.generate()).hex()},
        lambda said: {**said, "signature": "00" * 64},
        lambda said: {**said, "more": 1},
        lambda said: {name: each for name, each in said.items() if name != "contact"},
        lambda said: {**said, "format": "custodian-identity-2"},
    ],
)
def test_a_card_that_was_changed_is_none(change):
    said = change(json.loads(card()))
    with pytest.raises(identity.BadCard):
        identity.read(json.dumps(said).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff", b"9" * 20_000, b"[" * 9_000,
        card(format="custodian-identity-2"), card(name_zh=""), card(contact="\x1b[31m"),
        card(signs=Ed25519PrivateKey.generate()),
        card().replace(b'"insurer"', b'"insurer": "X", "insurer"'),
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused(content):
    with pytest.raises(identity.BadCard):
        identity.read(content)


def test_the_own_card_reads_as_what_this_installation_is(settings):
    own = identity.read(identity.own_card())
    assert own.insurer == settings.CUSTODIAN_INSURER
    assert own.fingerprint == identity.fingerprint(identity.own_key())


def test_the_own_card_is_nobody_elses(house):
    with pytest.raises(identity.OwnCard):
        house.enter(identity.own_card())
    with pytest.raises(identity.OwnCard):
        house.enter(card(identity.own_key()))


def test_one_key_is_one_counterpartys(house):
    content = card()
    house.decide(house.enter(content).approval)
    other = house.register("insurer", "另一家")
    with pytest.raises(identity.KeyTaken):
        house.enter(content, party=other)


def test_one_card_waits_at_a_time(house):
    house.enter(card())
    with pytest.raises(identity.CardWaiting):
        house.enter(card())


def test_a_key_that_was_put_in_by_hand_is_not_used_and_is_found(house):
    house.decide(house.enter(card()).approval)
    assert house.altered() == []
    forged = signing.public_bytes(Ed25519PrivateKey.generate())
    IdentityKey.objects.update(public=forged)
    with pytest.raises(identity.NoConfirmedKey):
        identity.key_of(house.party)
    assert len(house.altered()) == 1


def test_a_card_that_was_changed_before_the_yes_is_not_confirmed(house):
    entered = house.enter(card())
    IdentityKey.objects.update(insurer="ZZ")
    with pytest.raises(ContentChanged):
        house.decide(entered.approval)


def test_the_database_holds_one_confirmed_key_of_each(house):
    house.decide(house.enter(card()).approval)
    house.enter(card())
    with (
        pytest.raises(IntegrityError, match="counterparty_has_one_key"),
        transaction.atomic(),
    ):
        IdentityKey.objects.filter(status="asked").update(
            status="confirmed", confirmed_at=clock.now()
        )


def test_each_step_is_in_the_log_by_code_and_digest(house, entries_since):
    entered = house.enter(card())
    house.decide(entered.approval)
    estate.drain()
    leaves = [json.loads(each.leaf) for each in entries_since()]
    said = [each for each in leaves if each.get("partner") == house.party.code]
    assert {each["what"] for each in said} >= {"transfers:counterparty:change"}
    approved = [each for each in leaves if each["what"] == "transfers:counterparty:approve"]
    assert [each["digest"] for each in approved] == [entered.approval.digest]


def test_cards_come_and_go_through_the_pages(house):
    officer = estate.login(Client(), house.officers[0])
    page = reverse("admin:partner", args=[house.party.ref])
    assert identity.fingerprint(identity.own_key()) in officer.get(page).content.decode()
    handed = officer.get(reverse("admin:partner_own_card"))
    assert identity.read(handed.content).insurer == "QH"

    def upload(content):
        file = SimpleUploadedFile("card.json", content, content_type="application/json")
        return officer.post(reverse("admin:partner_card", args=[house.party.ref]), {"card": file})

    refused = upload(b"{}")
    assert refused.status_code == 422
    assert "这不是有效的身份卡" in refused.content.decode()
    assert upload(identity.own_card()).status_code == 422
    key = Ed25519PrivateKey.generate()
    assert upload(card(key)).status_code == 302
    shown = officer.get(page).content.decode()
    assert identity.fingerprint(key) in shown
    assert "待核对" in shown
    house.decide(house.party.identities.get().approval)
    assert (
        officer.post(reverse("admin:partner_card_end", args=[house.party.ref])).status_code == 302
    )
    assert house.party.identities.get().status == "ended"
