"""One person on one page: what he may, how far he has come, where he is signed in, and an end to that."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from access import findings, gate
from access.actions import Action
from access.models import Finding
from access.vocabulary import Role
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
CHINESE = {"accept-language": "zh-hans"}


@pytest.fixture
def agent():
    return estate.user(Role.AGENT, name="王磊", manager=estate.user(Role.SERVICE_DESK, name="沈悦"))


def browser(person, agent="Browser 1.0"):
    """Signed in, and kept among the person's sign-ins as the sign-in page would."""
    client = estate.login(Client(headers=CHINESE), person)
    key = client.session.session_key
    UserSession.objects.create(user=person, session_key=key, ip="10.0.0.1", user_agent=agent)
    return client


def page_of(person):
    return reverse("admin:person", args=[person.ref])


def look(agent):
    own = estate.customer(of=[agent])
    with estate.acting(agent) as actor:
        gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[own.pk], elements=["identity.mobile"],
            purpose="follow_up", channel="desk",
        )  # fmt: skip


def test_the_officer_reads_rights_quotas_looks_and_findings(agent):
    look(agent)
    findings.raise_finding(
        "bulk", severity=Finding.Severity.HIGH, summary="晚间集中揭示", operator=agent
    )
    body = browser(estate.user(Role.COMPLIANCE_OFFICER)).get(page_of(agent)).content.decode()
    shown = [
        *("王磊", "沈悦", "名下客户", "16 条规则", "代理人 可为 回访 查看 身份信息 至 L3"),
        *("晚间集中揭示", "同岗位", "揭示次数", "1 小时内"),
    ]
    assert [each for each in shown if each not in body] == []
    assert estate.ZHANG["identity.name"] not in body


def test_an_administrator_sees_no_looks_and_no_findings(agent):
    look(agent)
    body = browser(estate.user(Role.ADMINISTRATOR)).get(page_of(agent)).content.decode()
    assert ("近 30 天" in body, "没有关于此人的审计发现" in body) == (False, False)


def test_a_sign_in_is_listed_and_ended_and_the_next_request_is_nobodys(agent, entries_since):
    desk, other = browser(agent), browser(agent, "Elsewhere 1.0")
    assert desk.get("/desk/").status_code == other.get("/desk/").status_code == 200
    office = browser(estate.user(Role.SECURITY_OFFICER))
    page = office.get(page_of(agent))
    held = page.context["sessions"]
    assert len(held) == 2
    keys = UserSession.objects.values_list("session_key", flat=True)
    assert not any(key in page.content.decode() for key in keys)
    (there,) = [each for each in held if each["agent"] == "Elsewhere 1.0"]
    address = reverse("admin:person_sessions", args=[agent.ref])
    assert office.post(address, {"session": there["handle"]}).status_code == 302
    assert (desk.get("/desk/").status_code, other.get("/desk/").status_code) == (200, 302)
    office.post(address)
    assert desk.get("/desk/").status_code == 302


def test_a_handle_of_somebody_elses_session_ends_nothing(agent):
    other = estate.user(Role.AGENT)
    theirs = browser(other)
    office = browser(estate.user(Role.SECURITY_OFFICER))
    handle = office.get(page_of(other)).context["sessions"][0]["handle"]
    office.post(reverse("admin:person_sessions", args=[agent.ref]), {"session": handle})
    assert theirs.get("/desk/").status_code == 200


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AGENT])
def test_not_everybody_ends_sessions(agent, role):
    desk = browser(agent)
    client = browser(estate.user(role))
    assert client.post(reverse("admin:person_sessions", args=[agent.ref])).status_code == 403
    assert desk.get("/desk/").status_code == 200


def test_whoever_is_stopped_is_out_at_the_next_request(agent):
    """A disabled person's open session, and what he was about to do with it."""
    desk = browser(agent)
    agent.is_active = False
    agent.save()
    assert desk.get("/desk/").status_code == 302
