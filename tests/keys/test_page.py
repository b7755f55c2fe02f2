"""The page of keys: who sees it, who starts a change there, and that no key is on it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access import actors, admin_pages, key_admin, scopes
from access.key_rotation import jobs, retiring
from access.key_rotation.jobs import Kind, Why
from access.models import Entry, KeyRotation
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.jobs import JobStatus
from tests import estate

PAGE, ROTATE = "/admin/keys/", "/admin/keys/rotate/"
READERS = [
    Role.SECURITY_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, Role.COMPLIANCE_OFFICER,
]  # fmt: skip


def client(role: Role, *, stepped_up: bool = True) -> Client:
    return estate.login(Client(), estate.user(role), stepped_up=stepped_up)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))


def rotated() -> KeyRotation:
    with scopes.acting(actors.system("key-rotator")) as actor:
        row = jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    return jobs.work(row.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("role", READERS)
def test_the_key_manager_alone_finds_a_form_and_nobody_a_key(own_keyring: Path, role: Role) -> None:
    estate.customer()
    row = rotated()
    with clock.at(row.finished_at + timedelta(days=2)):
        retiring.carry_out()
        jobs.source().add_kek()
        text = client(role).get(PAGE).content.decode()
    assert (f'action="{ROTATE}"' in text) is (role is Role.SECURITY_OFFICER)
    document = json.loads(own_keyring.read_text())
    secrets = [
        entry["key"] for part in ("keks", "indexes", "roots") for entry in document[part].values()
    ]
    assert len(secrets) >= 6
    for secret in secrets:
        assert secret not in text
        assert base64.b64decode(secret).hex() not in text
    for word in ("现用", "退役中", "已销毁", "签名密钥"):
        assert word in text, word


@pytest.mark.django_db(transaction=True)
def test_the_security_officer_starts_a_rotation_with_reason_and_second_factor(
    own_keyring: Path, entries_since: Callable[[], list[Entry]]
) -> None:
    said = {"kind": "kek", "reason": "一位管理员离职"}
    late = client(Role.SECURITY_OFFICER, stepped_up=False)
    assert "二次验证" in late.get(PAGE).content.decode()
    answer = late.post(ROTATE, said)
    assert (answer.status_code, "step" in answer["Location"]) == (302, True)
    assert not KeyRotation.objects.exists()
    officer = client(Role.SECURITY_OFFICER)
    assert officer.post(ROTATE, {"kind": "kek", "reason": ""}).status_code == 422
    assert officer.post(ROTATE, said).status_code == 302
    row = KeyRotation.objects.get()
    assert (row.why, row.reason, row.requested_by is not None) == ("page", said["reason"], True)
    estate.drain()
    leaves = [each.leaf for each in entries_since()]
    told = [leaf for leaf in leaves if json.loads(leaf).get("what") == "access:key:rotate"]
    assert (len(told), json.loads(told[0])["key-kind"]) == (1, "kek")
    assert said["reason"] not in told[0]  # sealed
    text = officer.get(PAGE).content.decode()
    assert 'data-refresh="5"' in text
    assert "已有一次轮换" in officer.post(ROTATE, said, follow=True).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.COMPLIANCE_OFFICER, Role.AGENT]
)
def test_nobody_else_starts_one(own_keyring: Path, role: Role) -> None:
    answer = client(role).post(ROTATE, {"kind": "kek", "reason": "because I can"})
    assert answer.status_code in (403, 404)
    assert not KeyRotation.objects.exists()


@pytest.mark.django_db
def test_the_morning_page_says_when_a_rotation_is_overdue_or_failed(
    own_keyring: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Alone: the page shows the most urgent one, whatever else there is.
    monkeypatch.setattr(admin_pages, "headlines", [key_admin.due])
    jobs.source().add_kek()  # so that the age of the current one is known
    officer = client(Role.SECURITY_OFFICER)
    assert "密钥轮换" not in headline(officer)
    settings.CUSTODIAN_KEY_DAYS = -3
    assert "密钥轮换已逾期 3 天" in headline(officer)
    settings.CUSTODIAN_KEY_DAYS = 30
    with scopes.acting(actors.system("key-rotator")) as actor:
        row = jobs.request(Kind.KEK, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    KeyRotation.objects.filter(pk=row.pk).update(status=JobStatus.FAILED, note="why")
    assert "一次密钥轮换没有完成" in headline(officer)
    assert "why" in officer.get(PAGE).content.decode()
    officer.post(ROTATE, {"kind": "kek", "reason": "go on with it"})
    row.refresh_from_db()
    assert (row.status, KeyRotation.objects.count()) == (JobStatus.QUEUED, 1)


def headline(officer: Client) -> str:
    text = officer.get("/admin/").content.decode()
    return text[text.index("<main") : text.index("</main>")]
