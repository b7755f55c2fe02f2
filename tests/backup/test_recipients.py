"""The page of keys tells which private key opens which backups, and shows none."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access import ports
from access.vocabulary import Role
from custodian.backup import manifest
from custodian.crypto import backup_box
from tests import estate
from tests.backup.house import House

pytestmark = pytest.mark.xdist_group("backups")


def page() -> str:
    client = estate.login(Client(), estate.user(Role.SECURITY_OFFICER), stepped_up=True)
    text = client.get("/admin/keys/").content.decode()
    return text[text.index('id="backup-keys"') :].partition("</section>")[0]


def test_the_key_that_is_set_and_those_that_older_backups_need(house: House, settings: Any) -> None:
    old = manifest.read(house.backup())
    house.backup()
    settings.CUSTODIAN_BACKUP_KEY = backup_box.public_text(
        backup_box.create(house.folder / "new.key")
    )
    current, former = ports.backups().recipients()
    assert (current.current, current.backups, current.first) == (True, 0, None)
    assert (former.fingerprint, former.current, former.backups) == (old.key, False, 2)
    text = page()
    for words in ("现用", "已换下", "还没有用它加密的备份", "有 2 份只有它的私钥能打开"):
        assert words in text
    house.backup()
    current, _former = ports.backups().recipients()
    assert (current.backups, current.first) == (1, current.newest)


def test_without_a_key_it_says_what_to_do(house: House, settings: Any) -> None:
    for nothing in ("", "/nowhere"):
        settings.CUSTODIAN_BACKUP_KEY = nothing
        assert ports.backups().recipients() == []
        assert "请系统管理员生成并设置备份公钥" in page()


def test_a_manifest_that_is_not_ours_names_no_key(house: House) -> None:
    folder = house.backup()
    (folder / manifest.SIGNATURE).write_bytes(b"")
    (only,) = ports.backups().recipients()
    assert (only.current, only.backups) == (True, 0)
