"""Tokens: one person's, narrowed, dated, revocable, from known networks, and never a step up."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from access import actors, scopes, tokens
from access.actions import Action
from access.gate import Refused
from access.models import ApiToken, User
from access.vocabulary import Channel, Role
from custodian import clock
from tests import estate
from tests.access.people import person

pytestmark = pytest.mark.django_db
READ = [Action.CUSTOMER_LIST.value, Action.CUSTOMER_REVEAL.value, Action.CUSTOMER_VIEW.value]


@pytest.fixture(autouse=True)
def _no_requests_remembered():
    cache.clear()


@pytest.fixture(autouse=True)
def _office_hours(monkeypatch):
    local = clock.local
    monkeypatch.setattr(clock, "local", lambda moment=None: local(moment).replace(hour=10))


@pytest.fixture
def agent():
    return person()


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


def issue(user, *, actions=READ, purposes=("follow_up", "payment"), days=1, networks=()):
    return tokens.issue(
        user,
        name="core system",
        actions=actions,
        purposes=purposes,
        days=days,
        networks=networks,
        actor=estate.system(),
    )


def ask(raw, path="/api/v1/me", **more):
    return Client(headers={"Authorization": f"Bearer {raw}"}).get(path, **more)


def reveal(raw, customer, *elements, purpose="payment"):
    client = Client(headers={"Authorization": f"Bearer {raw}"})
    body = {"elements": list(elements), "purpose": purpose, "reason": "对账"}
    path = f"/api/v1/customers/{customer.ref}/reveal"
    return client.post(path, body, content_type="application/json")


def grant(token, *elements, purpose="payment", days=1):
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    return tokens.grant(
        token,
        elements=elements,
        purpose=purpose,
        reason="给付核对",
        until=clock.now() + timedelta(days=days),
        channel=Channel.ADMIN,
        granted_by=officer,
        actor=actors.staff(officer),
    )


def test_a_token_speaks_for_its_person(agent):
    _token, raw = issue(agent)
    answer = ask(raw)
    assert answer.status_code == 200
    assert answer.json()["staff_no"] == agent.staff_no
    assert answer.json()["stepped_up"] is False


def test_only_the_digest_of_a_token_is_kept(agent):
    token, raw = issue(agent)
    assert raw.startswith("cst_")
    assert len(raw) >= 40
    assert bytes(token.digest) == hashlib.sha256(raw.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM access_apitoken t")
        assert raw.removeprefix("cst_") not in cursor.fetchone()[0]


@pytest.mark.parametrize("broken", ["", "x", "cst_", "cst_" + "A" * 43, "cst_张三"])
def test_an_unknown_token_is_told_how_to_authenticate(broken):
    answer = Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {broken}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def spoil(token, how):
    now = clock.now()
    changes = {
        "expired": {"expires_at": now},
        "revoked": {"revoked_at": now},
        "elsewhere": {"networks": ["10.0.0.0/8"]},
    }
    ApiToken.objects.filter(pk=token.pk).update(**changes[how])


@pytest.mark.parametrize("how", ["expired", "revoked", "elsewhere"])
def test_a_token_that_may_not_be_used_is_refused_and_the_log_knows_why(agent, how, entries_since):
    token, raw = issue(agent)
    spoil(token, how)
    assert ask(raw).status_code == 401
    reasons = {"expired": "token-expired", "revoked": "token-revoked", "elsewhere": "token-network"}
    assert reasons[how] in entries_since()[-1].leaf


def test_a_token_is_good_in_its_network(agent):
    _token, raw = issue(agent, networks=["10.0.0.0/8"])
    assert ask(raw, REMOTE_ADDR="10.1.2.3").status_code == 200


def test_a_forwarding_header_moves_nobody_into_the_network(agent):
    _token, raw = issue(agent, networks=["10.0.0.0/8"])
    assert ask(raw, HTTP_X_FORWARDED_FOR="10.1.2.3").status_code == 401


def test_a_token_ends_with_its_person(agent):
    _token, raw = issue(agent)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert ask(raw).status_code == 401


def test_revoking_ends_a_token_at_once(agent):
    token, raw = issue(agent)
    tokens.revoke(token, channel=Channel.COMMAND, actor=estate.system())
    assert ask(raw).status_code == 401


def test_a_bad_token_is_not_mended_by_a_session(agent):
    client = estate.login(Client(), agent)
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer cst_x"}).status_code == 401


def test_a_token_opens_no_page(agent):
    _token, raw = issue(agent)
    assert ask(raw, "/accounts/settings/").status_code == 302


def test_a_token_reads_level_three(agent, own):
    _token, raw = issue(agent)
    answer = reveal(raw, own, "identity.mobile", purpose="follow_up")
    assert answer.status_code == 200, answer.content.decode()
    assert "13800138000" in answer.content.decode()


def test_level_four_without_a_grant_is_a_step_up_that_no_token_can_make(agent, own):
    _token, raw = issue(agent)
    answer = reveal(raw, own, "financial.bank_account")
    assert answer.status_code == 403
    assert "step-up" in answer.json()["type"]


def test_level_four_with_a_grant_is_read(agent, own):
    token, raw = issue(agent)
    grant(token, "financial.bank_account")
    answer = reveal(raw, own, "financial.bank_account")
    assert answer.status_code == 200, answer.content.decode()
    assert estate.ACCOUNT["financial.bank_account"] in answer.content.decode()


@pytest.mark.parametrize("missing", ["another element", "another purpose", "over"])
def test_a_grant_covers_only_what_it_names(agent, own, missing):
    token, raw = issue(agent)
    leave = grant(
        token,
        "financial.income" if missing == "another element" else "financial.bank_account",
        purpose="follow_up" if missing == "another purpose" else "payment",
    )
    if missing == "over":
        leave.revoked_at = clock.now()
        leave.save()
    assert reveal(raw, own, "financial.bank_account").status_code == 403


def test_what_the_token_does_not_name_is_refused(agent, own):
    _token, raw = issue(agent, actions=[Action.CUSTOMER_VIEW.value])
    assert reveal(raw, own, "identity.mobile", purpose="follow_up").status_code == 403
    _token, raw = issue(agent, purposes=["payment"])
    assert reveal(raw, own, "identity.mobile", purpose="follow_up").status_code == 403


def test_the_scope_ends_with_the_request(agent, own):
    _token, raw = issue(agent)
    assert ask(raw).status_code == 200
    assert scopes.current() is None


def test_another_agents_token_finds_nobody(own):
    _token, raw = issue(person())
    assert reveal(raw, own, "identity.mobile", purpose="follow_up").status_code == 404


def test_a_session_writes_only_with_its_csrf_token(agent, own):
    client = estate.login(Client(enforce_csrf_checks=True), agent)
    body = {"elements": ["identity.mobile"], "purpose": "follow_up", "reason": "x"}
    path = f"/api/v1/customers/{own.ref}/reveal"
    assert client.post(path, body, content_type="application/json").status_code == 403


def test_a_session_without_a_second_factor_is_nobody_to_the_interface(client, agent):
    client.force_login(agent)
    assert client.get("/api/v1/me").status_code == 401


def command(agent, by):
    acts = [f"--action={each}" for each in READ]
    call_command(
        "issue_token",
        agent.username,
        f"--by={by.username}",
        "--name=core",
        *acts,
        "--purpose=payment",
    )


def test_the_command_prints_a_token_once_on_an_administrators_word(agent, capsys):
    command(agent, person(Role.ADMINISTRATOR))
    raw = capsys.readouterr().out.strip()
    assert ask(raw).json()["staff_no"] == agent.staff_no


def test_nobody_else_issues_tokens(agent):
    with pytest.raises(CommandError, match="岗位"):
        command(agent, person(Role.COMPLIANCE_OFFICER))


def test_an_administrator_cannot_grant_what_a_token_cannot_step_up_to(agent):
    token, _raw = issue(agent)
    admin = estate.user(Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        tokens.grant(
            token,
            elements=["financial.bank_account"],
            purpose="payment",
            reason="x",
            until=clock.now() + timedelta(days=1),
            channel=Channel.ADMIN,
            granted_by=admin,
            actor=actors.staff(admin),
        )
