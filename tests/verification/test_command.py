"""`manage.py verify_log`: what it says in either language, and the exit code that scripts go by."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from access.models import Verification
from access.querylog import writer
from access.verification.words import sentence
from custodian import clock
from custodian.drills.copy import Copy
from tests.verification.playing import attack, looks

pytestmark = pytest.mark.xdist_group("verification")


def ended(*arguments: str, language: str = "zh-hans") -> tuple[int, str]:
    """The exit code, and what was said."""
    said = StringIO()
    with translation.override(language), pytest.raises(SystemExit) as end:
        call_command("verify_log", "--jobs", "1", *arguments, stdout=said)
    assert isinstance(end.value.code, int)
    return end.value.code, said.getvalue()


def facts(*arguments: str) -> tuple[int, Mapping[str, Any]]:
    code, said = ended("--json", *arguments)
    return code, json.loads(said)


def test_a_whole_log_ends_with_nought(copy: Copy) -> None:
    size = f"{copy.original.size:,}"
    for language in ("zh-hans", "en"):
        assert ended(language=language) == (0, _whole(language, size=size, since="0"))
    assert ended("--incremental") == (0, _whole("zh-hans", size=size, since="512"))


def _whole(language: str, **facts: str) -> str:
    with translation.override(language):
        return translation.gettext("完整：%(size)s 条已核验，自 #%(since)s 起。") % facts + "\n"


@pytest.mark.parametrize("name", ["row-deleted", "fork"])
def test_one_that_is_not_ends_with_one_and_names_the_first_entry(name: str, copy: Copy) -> None:
    index = attack(name, copy)
    code, found = facts()
    assert (code, found["whole"], found["index"]) == (1, False, index)
    for language in ("zh-hans", "en"):
        code, said = ended(language=language)
        assert code == 1
        assert f"#{index:,}" in said
        assert found["because"] in said
        with translation.override(language):
            assert sentence(found["because"]) in said


def test_a_checkpoint_that_was_kept_is_held_against_it(copy: Copy, tmp_path: Path) -> None:
    kept = tmp_path / "note"
    kept.write_bytes(copy.head.read_bytes())
    looks(copy)
    assert ended("--checkpoint", str(kept))[0] == 0
    kept.write_bytes(b"no checkpoint")
    assert facts("--checkpoint", str(kept))[1]["because"] == "yours-unreadable"
    with pytest.raises(CommandError, match="nowhere"):
        ended("--checkpoint", str(tmp_path / "nowhere"))


def test_whoever_verifies_is_on_record_and_another_run_goes_first(copy: Copy) -> None:
    Verification.objects.create(kind=Verification.Kind.FULL, started_at=clock.now())
    with pytest.raises(CommandError, match="另一次核验正在进行"):
        ended()
    writer.stop()
    copy.cursor.execute(
        "SELECT act FROM querylog.entry WHERE id >= %s ORDER BY id", [copy.original.size]
    )
    acts = [act for (act,) in copy.cursor.fetchall()]
    assert (acts[0], acts[-1], len(acts)) == ("writer.open", "writer.close", 3)


def test_what_is_no_bundle_ends_with_two(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    for content in (b"", b"garbage", b"PK\x05\x06" + bytes(18)):
        bundle.write_bytes(content)
        code, found = facts("--bundle", str(bundle))
        assert (code, found["state"]) == (2, "malformed")
        code, said = ended("--bundle", str(bundle))
        assert code == 2
        assert found["because"] in said


def test_a_bundle_with_other_parts_ends_with_two(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as parts:
        parts.writestr("MANIFEST.json", "{}")
        parts.writestr("../../etc/passwd", "root")
    assert ended("--bundle", str(bundle))[0] == 2
    assert ended("--bundle", str(tmp_path / "nowhere.zip"))[0] == 2
