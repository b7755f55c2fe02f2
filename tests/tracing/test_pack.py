"""The evidence pack of a trace: figures and places in the log, signed, nothing of a customer, and checkable."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction

from access import scopes
from access.models import Entry, Subject
from access.vocabulary import Role
from custodian.tlog.verify import leaf_hash
from incidents.models import LeakTrace, TraceTaking
from incidents.reports import packs
from incidents.tracing import packing
from tests import estate
from tests.pdfs import text as text_of
from tests.sequencer.trees import Place
from tests.tracing import made
from tests.tracing.insurer import Insurer, mobile
from transfers import signed

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "a1b2c3d4e5f6"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.CUSTODIAN_LOG_POLICY = Place(tmp_path / "log").policy


@pytest.fixture
def insurer():
    world = Insurer()
    world.look(world.insider, range(34), session=MARK)
    world.look(world.insider, range(50, 60), masked=True)
    world.look(world.colleague, range(20, 60))
    return world


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def trace(insurer, officer, tmp_path) -> LeakTrace:
    log = Place.make(tmp_path / "log")
    log.seal()
    job = made.traced([f"某,{mobile(each)}" for each in range(30)], by=officer)
    log.seal()
    return job


@pytest.fixture
def office(client, officer):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return estate.login(client, officer, stepped_up=True)


def taken(office, trace, to="徐州市公安局 调证字〔2026〕7 号"):
    return office.post(f"/admin/leak-tracing/{trace.ref}/pack/", {"to": to})


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def test_the_pack_holds_the_figures_and_the_looks_and_no_customer(office, trace, insurer, tmp_path):
    response = taken(office, trace)
    assert response.status_code == 200
    content = response.content
    held = parts(content)
    looks = f"log/looks-{insurer.insider.staff_no}.csv"
    assert held.keys() >= {
        "manifest.json", "README.txt", "report.pdf", "trace.json", "log/trace-entry.json", looks,
        "log/policy.txt",
    }  # fmt: skip
    assert [name for name in held if "looks" in name] == [looks], (
        "weak evidence names nobody's looks"
    )

    said = json.loads(held["trace.json"])
    assert said["figures"] == trace.answer
    assert said["in_words"]["zh"]["candidates"][0]["operator"].startswith("赵某")
    assert said["bars"]["strong"] == {"share": 0.05, "lift": 2.0, "chance": 1e-9}

    rows = list(csv.DictReader(io.StringIO(held[looks].decode())))
    opened = Entry.objects.filter(actor=insurer.insider.ref, act="reveal").order_by("pk")
    assert [int(each["index"]) for each in rows] == [each.pk for each in opened]
    assert {each["session"] for each in rows} == {MARK}
    first = opened[0]
    assert rows[0]["entry_hash"] == leaf_hash(first.leaf.encode()).hex()

    plain = [mobile(each).encode() for each in range(60)]
    refs = [str(each.ref).encode() for each in insurer.customers]
    with scopes.acting(estate.system()):
        ordinals = [each.pk for each in insurer.customers]
        rows = Subject.objects.filter(pk__in=ordinals).values_list("uid", flat=True)
        uids = [str(each).encode() for each in rows]
    assert len(uids) == len(refs) > 0
    held["report.pdf"] = text_of(held["report.pdf"]).encode()
    for name, body in held.items():
        assert not [each for each in (*plain, *refs, *uids, "客户甲".encode()) if each in body], (
            name
        )

    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    call_command("check_trace_pack", str(path))
    taking = TraceTaking.objects.get()
    assert (taking.sha256, taking.size) == (hashlib.sha256(content).hexdigest(), len(content))
    estate.drain()
    leaves = [json.loads(each) for each in Entry.objects.values_list("leaf", flat=True)]
    (said,) = [each for each in leaves if each.get("what") == "incidents:leak-trace:take"]
    assert (said["act"], said["sha256"], said["trace"]) == ("export", taking.sha256, str(trace.ref))
    assert "徐州市公安局" in office.get(f"/admin/leak-tracing/{trace.ref}/pack/").content.decode()


def test_the_report_says_arithmetic_bars_and_what_is_uncertain(office, trace):
    told = text_of(parts(taken(office, trace).content)["report.pdf"])
    flat = "".join(told.split())
    for said in ("30÷30=100.0%", "30÷34", "占名单至少5%", "不是定论", "L-2026-001", "赵某"):
        assert said in flat, said
    assert mobile(3) not in flat


def rezipped(content: bytes, **changed: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, body in (parts(content) | changed).items():
            pack.writestr(name, body)
    return out.getvalue()


def test_a_changed_byte_is_found_in_every_file(office, trace, tmp_path):
    content = taken(office, trace).content
    assert packing.check(rezipped(content))["trace"] == trace.code
    for name, body in parts(content).items():
        at = len(body) // 2
        with pytest.raises(signed.BadPaper):
            packing.check(
                rezipped(content, **{name: body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]})
            )
    with pytest.raises(signed.BadPaper):
        packing.check(rezipped(content, more=b"x"))
    path = tmp_path / "bad.zip"
    path.write_bytes(content[:-50])
    with pytest.raises(CommandError, match="不符"):
        call_command("check_trace_pack", str(path))


def test_an_entry_that_the_log_does_not_hold_is_found_though_it_was_signed(office, trace):
    files = parts(taken(office, trace).content)
    files.pop("manifest.json")
    entry = json.loads(files[packing.ENTRY])
    entry["leaf"] = entry["leaf"].replace('"n":0', '"n":1')
    said = {"trace": trace.code, "to": "x", "made": ""}
    forged = packs.zipped(packs.TRACE, said, files | {packing.ENTRY: packs.encoded(entry)})
    assert packs.check(forged, packs.TRACE)
    with pytest.raises(signed.BadPaper):
        packing.check(forged)
    with pytest.raises(signed.BadPaper):
        packing.check(packs.zipped(packs.INCIDENT, said, files))


def test_a_head_that_another_log_signed_is_found(office, trace, settings, tmp_path):
    content = taken(office, trace).content
    settings.CUSTODIAN_LOG_POLICY = Place.make(tmp_path / "other").policy
    with pytest.raises(signed.BadPaper):
        packing.check(content)


def test_it_waits_until_the_log_has_sealed_the_trace(office, insurer, officer):
    job = made.traced([f"某,{mobile(each)}" for each in range(30)], by=officer)
    page = taken(office, job)
    assert page.status_code == 409
    assert "尚未封存" in page.content.decode()
    assert not TraceTaking.objects.exists()


def test_it_says_to_whom_and_nobody_else_takes_one(office, client, trace):
    assert taken(office, trace, to="").status_code == 422
    for role in (Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR):
        visitor = estate.login(client, estate.user(role), stepped_up=True)
        assert taken(visitor, trace).status_code == 403
    assert not TraceTaking.objects.exists()


def test_that_one_was_taken_is_kept_as_it_was(office, trace):
    taken(office, trace)
    with pytest.raises(Error, match=r"only added to|kept"), transaction.atomic():
        TraceTaking.objects.update(to="别人")
