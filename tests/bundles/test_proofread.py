"""What the recipient will see is known before the file is handed out, and a file that is not whole never is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from access.bundles import jobs, proofreading, store
from access.models import Bundle, Finding
from access.querylog.heads import head_at
from custodian.tlog.bundle import Writer
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE
from tests.bundles.reading import Home
from tests.bundles.world import World, acting

pytestmark = pytest.mark.xdist_group("bundles")


@pytest.fixture
def asked(world: World) -> Bundle:
    return world.asked(world.people_case, world.criteria(1, 1, operators=[world.li]))


def test_the_page_tells_what_the_recipients_own_run_will_print(
    world: World, home: Home, asked: Bundle, tmp_path: Path
) -> None:
    for round_ in range(2):  # the second one leads back to the checkpoint that came with the first
        bundle = jobs.work(asked.pk, patience=0)
        path = tmp_path / bundle.name
        path.write_bytes(world.take(bundle))
        kept = ["--policy", home.keep("policy.txt", settings.CUSTODIAN_LOG_POLICY.read_bytes())]
        verdict = world.again(bundle).verdict
        if held := verdict["held"]:
            head = head_at(held)
            assert head
            kept += ["--checkpoint", home.keep("last.note", head.note)]
        assert bool(held) or not round_
        for language, lang in (("en", "en_US.UTF-8"), ("zh", "zh_CN.UTF-8")):
            seen = home.verify(path, *kept, lang=lang)
            assert seen.code == 0
            assert verdict[language] == seen.text
            assert ("checkpoint you hold" in seen.text or "您持有的检查点" in seen.text) == bool(
                held
            )
        asked = world.asked(world.people_case, world.criteria(1, 1, operators=[world.li]))


def test_a_file_that_is_not_whole_is_never_handed_out(
    world: World, asked: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Writer.part

    def forged(self: Writer, name: str, content: bytes) -> None:
        part(self, name, content)
        if name == "README.txt":
            self._files[name] = "0" * 64  # the manifest names another one

    monkeypatch.setattr(Writer, "part", forged)
    with pytest.raises(proofreading.NotWhole):
        jobs.work(asked.pk, patience=0)
    row = world.again(asked)
    assert (row.status, row.sha256, row.verdict) == ("failed", "", {})
    assert row.note == "取证包自检不符，未交付；请保险公司运行日志核验"
    assert not list(store.path_of(asked.ref).parent.glob(f"{asked.ref.hex}*"))
    with acting(world.zhou), pytest.raises(jobs.NotThere):
        world.take(asked)
    finding = Finding.objects.get(kind=proofreading.KIND)
    assert finding.severity == Finding.Severity.URGENT
    assert finding.words.startswith(
        f"取证包 {asked.name} 自检不符，未交付：README.txt 不是清单所指的那一部分"
    )
    with override("en"):
        assert finding.words.startswith(f"Bundle {asked.name} did not pass its own check")


def test_too_few_witnesses_are_told_and_keep_nobody_from_his_file(
    world: World, home: Home, asked: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    absent = Signer.generate("absent.example/w", kind=COSIGNATURE).key
    policy = tmp_path / "policy"
    text, quorum = world.policy(absent.name).split("quorum ")
    policy.write_text(f"{text}witness {absent.name} {absent.vkey}\nquorum {quorum}")
    monkeypatch.setattr(settings, "CUSTODIAN_LOG_POLICY", policy)
    bundle = jobs.work(asked.pk, patience=0)
    path = tmp_path / bundle.name
    path.write_bytes(world.take(bundle))
    seen = home.verify(path, "--policy", home.keep("strict.txt", policy.read_bytes()))
    assert (seen.code, seen.word) == (3, "STALE")
    assert world.again(bundle).verdict["en"] == seen.text
