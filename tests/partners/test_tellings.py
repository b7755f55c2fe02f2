"""A corrected value reaches every partner that holds it, once, and what shows it is seen by the customer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import Client

from access import actors, scopes
from access.gate import Refused
from access.models import Subject
from custodian.crypto import signing
from records import ports
from records.corrections import applying
from tests import estate
from tests.api.callers import Caller
from tests.corrections.cast import NEW_MOBILE, Cast
from tests.corrections.test_killed import CHILD, approved
from tests.destruction.office import Office
from tests.partners.house import card, paper
from tests.partners.test_shares import opened, rows_of
from transfers.destroying import PartnerStore
from transfers.models import Share, SharedCopy, Telling
from transfers.shares import handing
from transfers.shares.jobs import Over
from transfers.tellings import receipts, sending

pytestmark = pytest.mark.django_db(transaction=True)


class World:
    def __init__(self, house):
        self.house = house
        self.cast = Cast(officer=house.officers[1])
        self.zhang = self.cast.customer
        self.agreement = house.agree()

    def corrected(self):
        correction = approved(self.cast)
        self.cast.apply(correction)
        return correction


@pytest.fixture
def world(house):
    return World(house)


def tellings():
    with scopes.acting(estate.system()):
        return list(Telling.objects.select_related("counterparty", "share").order_by("pk"))


def bearer(house, share):
    return Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {house.token(share)}")


def test_by_interface_from_the_correction_to_the_signed_receipt(world, entries_since):
    key = Ed25519PrivateKey.generate()
    world.house.decide(world.house.enter(card(key)).approval)
    share = world.house.share(world.agreement, form="api")
    caller = bearer(world.house, share)
    assert caller.get(f"partner/customers/{world.zhang.ref}").status_code == 200
    assert caller.get("partner/corrections").json() == {"corrections": []}
    correction = world.corrected()
    (telling,) = tellings()
    assert (telling.status, telling.element) == ("open", "identity.mobile")
    (told,) = ports.partners().told(correction.ref, world.zhang.pk)
    assert (told.name, told.sent_at, told.confirmed_at) == (str(world.house.party), None, None)

    (said,) = caller.get("partner/corrections").json()["corrections"]
    assert (said["customer"], said["value"]) == (world.zhang.ref, NEW_MOBILE)
    assert tellings()[0].status == "sent"
    place = f"partner/corrections/{said['ref']}/receipt"
    assert caller.post(place, {"mark": said["mark"]}).status_code == 422
    wrong = signing.sign(key, b"something else", domain=receipts.DOMAIN).hex()
    assert caller.post(place, {"mark": said["mark"], "signature": wrong}).status_code == 422
    message = receipts.message_of(tellings()[0])
    good = signing.sign(key, message, domain=receipts.DOMAIN).hex()
    assert caller.post(place, {"mark": "0" * 32, "signature": good}).status_code == 422
    for _twice in range(2):
        assert caller.post(place, {"mark": said["mark"], "signature": good}).status_code == 200
    (telling,) = tellings()
    assert (telling.status, telling.receipt) == ("confirmed", "signed")
    assert caller.get("partner/corrections").json() == {"corrections": []}
    (told,) = ports.partners().told(correction.ref, world.zhang.pk)
    assert told.sent_at
    assert told.confirmed_at
    estate.drain()
    leaves = [json.loads(each.leaf) for each in entries_since()]
    assert NEW_MOBILE not in json.dumps(leaves)
    assert sum(each.get("what") == "transfers:telling:confirm" for each in leaves) == 1


def test_every_partner_that_holds_the_element_is_told_and_no_other(world):
    house = world.house
    garage = house.register("garage", "示例维修")
    second = house.agree(party=garage)
    nameless = house.agree(party=house.register("call_centre", "示例呼叫"), elements=("identity.name",))  # fmt: skip
    house.share(world.agreement)
    house.share(second)
    house.share(second)
    house.share(nameless, elements=("identity.name",))
    world.corrected()
    assert sorted(str(each.counterparty) for each in tellings()) == ["示例维修", "蓝江人寿"]


def test_whoever_has_proven_that_it_deleted_is_not_told(world):
    world.house.share(world.agreement)
    world.house.end(world.agreement)
    world.house.prove(world.agreement)
    world.corrected()
    assert tellings() == []


def test_a_file_goes_out_and_its_paper_receipt_takes_two(world):
    house, officer = world.house, world.house.officers[0]
    house.share(world.agreement)
    with estate.acting(officer, stepped_up=True) as actor, pytest.raises(Over):
        sending.lock_file(house.party, actor=actor)
    world.corrected()
    with estate.acting(officer, stepped_up=True) as actor:
        secret, number = sending.lock_file(house.party, actor=actor)
        content = opened(handing.take(house.party.ref, actor=actor), secret)
    assert number == 1
    assert NEW_MOBILE in rows_of(content)[1]
    (telling,) = tellings()
    assert (telling.status, telling.sent_how) == ("sent", "file")
    with estate.acting(officer) as actor:
        approval = receipts.enter(house.party, [telling.ref], paper(), actor=actor)
        with pytest.raises(receipts.NotTold):
            receipts.enter(house.party, [telling.ref], paper(), actor=actor)
    with pytest.raises(Refused):
        house.decide(approval, by=officer)
    assert tellings()[0].status == "sent"
    house.decide(approval)
    assert (tellings()[0].status, tellings()[0].receipt) == ("confirmed", "paper")


def test_what_may_not_be_opened_stays_to_be_told(world):
    share = world.house.share(world.agreement, form="api")
    caller = bearer(world.house, share)
    assert caller.get(f"partner/customers/{world.zhang.ref}").status_code == 200
    world.corrected()
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=world.zhang.pk).update(status="restricted")
    assert caller.get("partner/corrections").json() == {"corrections": []}
    assert [each.status for each in tellings()] == ["open"]


@pytest.mark.parametrize("failpoint", ["tellings-opened", "correction-written"])
def test_killed_in_the_middle_there_is_exactly_one(world, failpoint):
    world.house.share(world.agreement)
    correction = approved(world.cast)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(correction.pk)],
        env={**os.environ, "CUSTODIAN_FAILPOINT": f"{failpoint}:sigkill"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == -9
    assert tellings() == []
    world.cast.apply(correction)
    assert len(tellings()) == 1
    applying.apply(correction.pk)
    assert len(tellings()) == 1


def test_the_customer_is_told_of_each_recipient_and_what_it_got(world):
    world.house.share(world.agreement)
    with scopes.acting(actors.customer(world.zhang.pk)):
        (holder,) = ports.partners().holders(world.zhang.pk)
    assert (holder.name, holder.contact) == ("蓝江人寿", "0516-8000000")
    assert holder.why == "定损与维修"
    assert set(holder.elements) == {"identity.name", "identity.mobile"}


def test_another_customer_sees_nothing_of_it(world):
    world.house.share(world.agreement)
    other = estate.customer()
    for actor in (actors.customer(other.pk), actors.staff(world.cast.other_agent)):
        with scopes.acting(actor):
            assert not SharedCopy.objects.exists()
            assert not Share.objects.exists()
    with scopes.acting(actors.customer(world.zhang.pk)):
        assert SharedCopy.objects.count() == 1


def test_a_destroyed_customer_leaves_only_numbers(house):
    office = Office(first=house.officers[0], second=house.officers[1])
    gone = office.gone()
    agreement = house.agree()
    share = house.share(agreement)
    assert gone.pk in share.included
    with scopes.acting(estate.system()):
        assert SharedCopy.objects.filter(subject=gone.pk).exists()
    office.destroyed()
    with scopes.acting(estate.system()):
        assert not SharedCopy.objects.filter(subject=gone.pk).exists()
        assert not Telling.objects.filter(subject=gone.pk).exists()
        row = Share.objects.get()
    assert (row.removed, row.given) == ("destroyed", 1)
    assert PartnerStore.name == "partners"
