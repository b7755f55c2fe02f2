"""The whole of a destruction through the surfaces people use: from the night to the certificate in hand."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from access.vocabulary import Role
from custodian import clock, invariants
from custodian.invariants import Options
from records import tasks
from records.destruction import executing, tombstones
from records.models import DestructionBatch
from tests import estate
from tests.destruction.office import Office, everything, status
from tests.records import desk_estate
from tests.security import chains, looking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def office(settings, tmp_path):
    settings.CUSTODIAN_TOMBSTONES = tmp_path / "tombstones"
    desk_estate.open_all_day()
    return Office()


def signed_in(person):
    client = Client(headers={"accept-language": "zh-hans"})
    return estate.login(client, person, stepped_up=True)


@pytest.fixture(autouse=True)
def own_log(transactional_db, django_db_blocker):
    """What others wrote at days to come would stand before what is written here."""
    from tests import databases

    with django_db_blocker.unblock():
        databases.renew()


def text_of(client, address):
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_due_is_put_up_approved_destroyed_and_certified(office, tmp_path):
    gone, kept, living = office.gone(claims=True), office.gone(), office.living()

    # In the night everything is reckoned, restricted, and what is due is put into a batch.
    tasks.reckon()
    batch = DestructionBatch.objects.get()
    first, second = signed_in(office.first), signed_in(office.second)
    home = text_of(first, "/admin/")
    address = f"/admin/destruction/{batch.code}/"
    assert f'href="{address}"' in home
    assert "7 份" in home

    # The first officer reads, sees why, leaves one customer out, and puts the rest up.
    page = text_of(first, address)
    assert "销毁 2 名客户的 7 份资料。之后无法恢复。" in page
    why = text_of(first, f"/admin/records/customer/{gone.ref}/change/")
    assert "到期待销毁" in why
    said = {"customer": kept.ref, "reason": "核对中"}
    assert first.post(f"{address}exclude/", said).status_code == 302
    assert "销毁 1 名客户的 4 份资料。之后无法恢复。" in text_of(first, address)
    assert first.post(f"{address}submit/").status_code == 302

    # She cannot approve it; the second officer does, on what she saw.
    approval = re.search(r"/admin/approvals/[0-9a-f-]+/", text_of(second, address)).group()
    seen = re.search(r'name="digest" value="([0-9a-f]{64})"', text_of(second, approval)).group(1)
    decision = {"act": "approve", "digest": seen}
    assert first.post(approval, decision).status_code == 403
    assert status(gone) == "restricted"
    assert second.post(approval, decision).status_code == 302

    # The worker carries it out.
    for each in executing.due_jobs():
        tasks.destroy_batch(each)
    assert [status(each) for each in (gone, kept, living)] == ["destroyed", "restricted", "active"]

    # What is left of her: a stone, a certificate that checks, and every proof of the log.
    page = text_of(first, address)
    assert "批准的全部销毁" in page
    for form in ("json", "sig"):
        answer = first.get(f"{address}certificate/?as={form}")
        (tmp_path / form).write_bytes(answer.content)
    told = StringIO()
    call_command("check_certificate", tmp_path / "json", tmp_path / "sig", stdout=told)
    said = json.loads((tmp_path / "json").read_bytes())
    assert (said["approved-holdings"], said["customers-destroyed"], said["excluded-before"]) == (
        4,
        1,
        3,
    )
    assert said["scan"]["residues"] == []
    assert "这位客户的资料已依法销毁" in text_of(
        first, f"/admin/records/customer/{gone.ref}/change/"
    )
    agent = signed_in(office.agent)
    assert agent.get(f"/desk/customers/{gone.ref}/").status_code == 404
    with everything():
        sheets = tombstones.read(tmp_path / "tombstones")
        assert [each.subjects for each in sheets] == [[gone.subject.uid]]

    # The next night lists what was left out in another batch, and the estate is whole.
    with clock.at(clock.now() + timedelta(days=1)):
        tasks.reckon()
    with everything():
        fresh = DestructionBatch.objects.get(stage="proposed")
        assert set(fresh.items.values_list("subject", "state")) == {(kept.pk, "planned")}
    auditor = signed_in(estate.user(Role.AUDITOR))
    listed = text_of(auditor, "/admin/destruction/")
    assert [each.code for each in (batch, fresh) if each.code not in listed] == []
    estate.drain()
    assert chains.verify(looking.log()).faults == []
    broken = {
        name: why
        for name, why in invariants.broken(Options(everything=True)).items()
        if why != "ok"
    }
    assert broken == {}
