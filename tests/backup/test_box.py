"""Who seals a backup cannot open it, and nothing of it can be changed unnoticed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from custodian.crypto import backup_box
from custodian.crypto.backup_box import BadBackupKey, Header
from custodian.crypto.errors import OpenFailed

PLAIN = b"every row" * 40_000  # several parts


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "backup.key"
    backup_box.create(path)
    return path


def sealed(private: Path) -> bytes:
    public = backup_box.load(private).public_key()
    header = Header(
        insurer="QH", backup=str(uuid4()), stream="data", at="t", key=backup_box.key_id(public)
    )
    return b"".join(backup_box.seal([PLAIN], to=public, header=header))


def opened(box: bytes, private: Path) -> bytes:
    _header, stream = backup_box.open_box(io.BytesIO(box), key=backup_box.load(private))
    return b"".join(stream)


def test_the_private_key_opens_it_and_another_does_not(private: Path, tmp_path: Path) -> None:
    box = sealed(private)
    assert opened(box, private) == PLAIN
    backup_box.create(tmp_path / "other.key")
    with pytest.raises(OpenFailed):
        opened(box, tmp_path / "other.key")


def test_two_boxes_of_the_same_have_nothing_in_common(private: Path) -> None:
    one, other = sealed(private), sealed(private)
    assert one[-200:] != other[-200:]
    assert PLAIN[:9] not in one


@pytest.mark.parametrize(
    "spoil",
    [
        lambda box: box.replace(b'"data"', b'"keys"', 1),
        lambda box: box.replace(b'"QH"', b'"XX"', 1),
        lambda box: box.replace(b'"data"', b'"data" ', 1),
        lambda box: box[:-1],
        lambda box: box[: len(box) // 2],
        lambda box: box + b"x",
        lambda box: box[:-1] + bytes([box[-1] ^ 1]),
        lambda box: box[: box.index(b"\n") + 40] + b"x" + box[box.index(b"\n") + 41 :],
        lambda _box: b"",
        lambda _box: b"{}\n",
        lambda _box: b"\xff\n",
    ],
)
def test_what_was_changed_does_not_open(spoil: Callable[[bytes], bytes], private: Path) -> None:
    box = spoil(sealed(private))
    with pytest.raises(OpenFailed):
        opened(box, private)


def test_a_private_key_is_made_once_and_is_its_owners(private: Path) -> None:
    assert private.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadBackupKey, match="exists"):
        backup_box.create(private)
    private.chmod(0o640)
    with pytest.raises(BadBackupKey, match="open-permissions"):
        backup_box.load(private)


def test_no_other_file_is_taken_for_a_key(tmp_path: Path) -> None:
    with pytest.raises(BadBackupKey, match="missing"):
        backup_box.load(tmp_path / "nowhere")
    path = tmp_path / "text"
    path.write_text("not a key")
    path.chmod(0o600)
    with pytest.raises(BadBackupKey, match="malformed"):
        backup_box.load(path)
    for text in ("", "x25519:", "x25519:AAAA", "x25519:??"):
        with pytest.raises(BadBackupKey, match="malformed"):
            backup_box.parse_public(text)
