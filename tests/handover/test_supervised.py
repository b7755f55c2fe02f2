"""A supervisor sees both papers with their signatures checked, and takes them home to check them herself."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from custodian.drills.handover.houses import unpacked
from tests.handover.two import Two


def verified(folder: Path) -> tuple[int, str]:
    """By the program of the archive alone, in a Python that knows nothing of this one."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), str(folder)],
        capture_output=True, text=True, cwd=folder, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_both_papers_verify_without_the_insurers_and_an_altered_one_does_not(
    two: Two, tmp_path: Path
) -> None:
    two.introduce(8)
    two.freeze()
    two.receive(two.pack())
    two.buyer.load()
    two.agree()
    for number, house in enumerate((two.seller, two.buyer)):
        said = house.supervised()
        assert [held for _name, _by, held in said["signed"]] == [True, True]
        assert said["moments"] == [[{"QH": 8}, {"HX": 8}, {"QH": 8}]]
        assert ("恒信人寿", "青禾人寿")[number] in said["names"]
        assert len(said["names"]) == 2
        assert [customers for _n, customers, _root in said["packages"]] == [8]
        assert [n for _name, n in said["partners"]] == [0]
        folder = tmp_path / str(number)
        raw = unpacked(said["zip"])
        zipfile.ZipFile(io.BytesIO(raw)).extractall(folder)
        code, output = verified(folder)
        assert (code, "one transfer" in output) == (0, True)
        assert b"\xe6\x9d\x8e" not in raw  # the first sign of every customer's name here

    folder = tmp_path / "0"
    release = folder / "release.json"
    whole = release.read_bytes()
    release.write_bytes(whole.replace(b'"live_at": "2', b'"live_at": "3'))
    assert verified(folder)[0] == 1
    release.write_bytes(whole)
    (folder / "seller.pem").write_bytes((folder / "buyer.pem").read_bytes())
    assert verified(folder)[0] == 1
    (folder / "seller.pem").unlink()
    assert verified(folder)[0] == 2

    two.buyer.alter_release()
    assert [held for _name, _by, held in two.buyer.supervised()["signed"]] == [True, False]
