"""One entry's proof as a file, and the check on a click: what each says when all is well, and when it is not."""

from __future__ import annotations

import base64
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings

from access import tasks
from access.models import Entry, Tree, Verification
from access.querylog import heads
from custodian import clock
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import Checkpoint, leaf_hash, verify_inclusion
from tests import estate
from tests.access.houses import LANGUAGES, nameless, said, whats, written
from tests.security.looking import look
from tests.sequencer.trees import superuser

pytestmark = pytest.mark.xdist_group("proofs")
BEYOND = "没有这样的证明：序号或大小超出已公布的范围"
WELL, WRONG, EARLY = "刚刚核验：一致", "刚刚核验：不一致", "尚未封存"


@pytest.fixture(scope="module")
def index(house):
    found = look(house.agent, house.customer)
    look(house.agent, house.customer)
    house.seal()
    return found


@pytest.fixture
def client(house):
    return house.browser(house.auditor)


def check(client, index):
    return client.post(f"/admin/querylog/{index}/check/")


def verdict(client, index):
    """Heading, and the mark of each fact."""
    page = check(client, index).content.decode()
    part = page.rpartition('<div class="why ')[2]
    heading = re.search(r'why-title">.*?<span>(.*?)</span>', part, re.DOTALL)[1]
    return heading, re.findall(r'class="fact-(\w+)"', part)


@contextmanager
def altered(statement, *values):
    """What an administrator of the database did, undone again."""
    table = re.search(r"UPDATE (querylog\.\w+)", statement)[1]
    with superuser() as cursor:
        cursor.execute(f"CREATE TABLE querylog.kept AS SELECT * FROM {table}")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
    yield
    undo = {
        "querylog.entry": "UPDATE querylog.entry e SET leaf = k.leaf FROM querylog.kept k WHERE e.id = k.id AND e.leaf <> k.leaf",
        "querylog.tile": "UPDATE querylog.tile t SET data = k.data FROM querylog.kept k WHERE (t.level, t.index) = (k.level, k.index)",
        "querylog.checkpoint": "UPDATE querylog.checkpoint c SET note = k.note, root = k.root FROM querylog.kept k WHERE c.size = k.size",
    }  # fmt: skip
    with superuser() as cursor:
        cursor.execute(undo[table])
        cursor.execute("DROP TABLE querylog.kept")


# The file


def parsed(text):
    """C2SP tlog-proof: a line that says so, the index, the hashes from below, and a checkpoint."""
    first, second, rest = text.split(b"\n", 2)
    assert first == b"c2sp.org/tlog-proof@v1"
    hashes, _, checkpoint = (
        rest.partition(b"\n\n") if not rest.startswith(b"\n") else (b"", b"", rest[1:])
    )
    path = [base64.b64decode(line, validate=True) for line in hashes.split(b"\n") if line]
    return int(second.removeprefix(b"index ")), path, Checkpoint.parse(checkpoint)


def test_the_file_leads_from_the_entry_to_a_signed_head(house, index, client):
    for each in range(Tree.objects.get().announced):
        with written() as leaves:
            answer = client.get(f"/admin/querylog/{each}/proof/")
        assert whats(leaves) == ["access:log:read"]
        place, path, head = parsed(answer.content)
        mine = leaf_hash(Entry.objects.get(id=each).leaf.encode())
        assert place == each
        assert house.place.trust().log_time(head)
        assert verify_inclusion(mine, each, head.size, path, head.root)
        assert not verify_inclusion(leaf_hash(b"another"), each, head.size, path, head.root)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert f'filename="entry-{each}.tlog-proof"' in answer["Content-Disposition"]


def test_it_carries_the_witnesses_words(house, index, client):
    with house.witnessed_by("w") as (w,):
        house.cosign("w", w)
        _, _, head = parsed(client.get(f"/admin/querylog/{index}/proof/").content)
        assert house.place.trust().seen_by(head).keys() == {"w"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_that_is_not_sealed_has_no_file_and_that_is_said(house, index, language):
    early = look(house.agent, house.customer)
    client = house.browser(house.auditor, language=language)
    answer = client.get(f"/admin/querylog/{early}/proof/")
    assert answer.status_code == 400
    assert said(BEYOND, language) in answer.content.decode()
    page = client.get(f"/admin/querylog/{early}/").content.decode()
    assert f"/admin/querylog/{early}/proof/" not in page


def test_an_entry_that_no_witness_has_seen_yet_is_proven_under_the_logs_own_head(
    house, index, client
):
    with house.witnessed_by("w") as (w,):
        house.cosign("w", w) if not seen() else None
        older = heads.told_head().size
        fresh = look(house.agent, house.customer)
        house.seal()
        assert heads.told_head().size == older <= fresh
        place, path, head = parsed(client.get(f"/admin/querylog/{fresh}/proof/").content)
        assert head.size > fresh == place
        mine = leaf_hash(Entry.objects.get(id=fresh).leaf.encode())
        assert verify_inclusion(mine, fresh, head.size, path, head.root)
        assert verdict(client, fresh) == (WELL, ["ok", "ok", "ok", "dash"])
        _, _, head = parsed(client.get(f"/admin/querylog/{index}/proof/").content)
        assert head.size == older


def seen():
    found = heads.newest_head(witnessed=True)
    return found is not None and clock.real() - found.made_at < timedelta(seconds=30)


def test_an_entry_that_is_not_there_is_404_and_on_record(index, client):
    for ask in (
        lambda: client.get("/admin/querylog/987654321/proof/"),
        lambda: check(client, 987_654_321),
        lambda: check(client, 2**70),
    ):
        with written() as leaves:
            assert ask().status_code == 404
        assert leaves[-1]["act"] == "denied"


# The click


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_is_well_and_each_part_says_so(house, index, language):
    client = house.browser(house.auditor, language=language)
    with written() as leaves:
        answer = check(client, index)
    assert (answer.status_code, whats(leaves)) == (200, ["access:log:verify"])
    heading, marks = verdict(client, index)
    assert (heading, marks) == (said(WELL, language), ["ok", "ok", "ok", "dash"])
    page = answer.content.decode()
    assert said("条目的指纹与封存时的相同", language) in page
    assert said("该根由日志密钥签署", language) in page
    assert nameless(page) == []
    assert client.get(f"/admin/querylog/{index}/check/").status_code == 405


def test_whoever_witnessed_it_is_named(house, index, client):
    with house.witnessed_by("w") as (w,):
        if not seen():
            house.seal()
        with superuser() as cursor:
            cursor.execute("DELETE FROM querylog.cosignature")
        house.cosign("w", w)
        assert verdict(client, index) == (WELL, ["ok"] * 4)
        assert "见证：w" in check(client, index).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_sealed_yet_is_told_as_that_and_not_as_a_fault(house, index, language):
    early = look(house.agent, house.customer)
    client = house.browser(house.auditor, language=language)
    assert verdict(client, early) == (said(EARLY, language), ["dash"])


def test_an_altered_entry_is_found(index, client):
    with altered(
        "UPDATE querylog.entry SET leaf = replace(leaf, 'reveal', 'listed') WHERE id = %s", index
    ):
        assert verdict(client, index) == (WRONG, ["no", "no", "ok", "dash"])
        assert "条目不是封存时的那一条" in check(client, index).content.decode()
    assert verdict(client, index)[0] == WELL


def test_an_altered_tree_is_found(index, client):
    spoiled = "UPDATE querylog.tile SET data = set_byte(data, %s, 255 - get_byte(data, %s)) WHERE (level, index) = (0, 0)"
    with altered(spoiled, index * 32, index * 32):
        assert verdict(client, index) == (WRONG, ["no", "no", "no", "dash"])
    other = (index + 1) * 32
    with altered(spoiled, other, other):
        assert verdict(client, index) == (WRONG, ["ok", "ok", "no", "dash"])
    assert verdict(client, index)[0] == WELL


def test_a_head_that_somebody_else_signed_is_found(house, index, client):
    house.seal()
    head = Checkpoint.parse(house.place.head.read_bytes())
    stranger = Signer.generate(head.origin, kind=1)
    note = sign_checkpoint(
        head.origin, head.size, head.root, signers=[stranger], at=int(clock.real().timestamp())
    ).decode()
    with altered("UPDATE querylog.checkpoint SET note = %s WHERE size = %s", note, head.size):
        assert verdict(client, index) == (WRONG, ["ok", "ok", "no"])
        assert "检查点的签名不是日志密钥所签" in check(client, index).content.decode()
    assert verdict(client, index)[0] == WELL


def test_without_a_policy_the_signature_is_told_as_not_looked_at(
    index, client, monkeypatch, tmp_path
):
    monkeypatch.setattr(settings, "CUSTODIAN_LOG_POLICY", tmp_path / "nothing")
    assert verdict(client, index) == (WELL, ["ok", "ok", "dash"])
    assert "没有核验策略，签名未核对" in check(client, index).content.decode()


# The list of verifications


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_verification_is_listed_with_what_it_found(house, index, language):
    Verification.objects.all().delete()
    Verification.objects.create(kind="full", until=7, ok=True, finished_at=clock.now())
    Verification.objects.create(
        kind="incremental", since=4, until=7, ok=False, first_bad=5, because="entry-missing",
        finished_at=clock.now(),
    )  # fmt: skip
    Verification.objects.create(kind="incremental", since=7)
    page = house.browser(house.auditor, language=language).get("/admin/access/verification/")
    text = page.content.decode()
    rows = text.partition("<tbody")[2].split("<tr")[1:]
    for row, word in zip(rows, ("进行中", "不一致", "完整"), strict=True):
        assert said(word, language) in row
    assert "#5" in rows[1]
    assert "#0 – #6" in rows[2]
    assert nameless(text) == []
    Verification.objects.all().delete()


def test_a_verification_is_asked_for_by_a_click_that_is_on_record(house, index, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.verify_log, "delay", woken.append)
    client = house.browser(house.auditor)
    with written() as leaves:
        answer = client.post("/admin/querylog/verify/")
    assert (answer.status_code, whats(leaves)) == (302, ["access:log:verify"])
    assert woken == [0]
    assert answer["Location"] == "/admin/access/verification/"
    with written() as leaves:
        assert house.browser(estate.user()).post("/admin/querylog/verify/").status_code == 403
    assert (woken, [leaf["act"] for leaf in leaves]) == ([0], ["denied"])
