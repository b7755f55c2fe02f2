"""The back office through HTTP: who may read which page, what a reading leaves, and what gives nothing away."""

from __future__ import annotations

import json

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from access import admin_pages, findings, rule_sentences
from access.admin_scope import ScopedAdmin
from access.models import ApiToken, PolicyRule, User
from access.vocabulary import Role
from custodian import clock
from tests import estate

pytestmark = pytest.mark.django_db

LISTS = [
    "access_unit", "access_user", "access_policyrule", "access_apitoken", "access_finding",
    "access_case", "access_approval", "access_verification",
    "records_book", "records_customer", "records_importrun", "records_quarantinedrow",
    "records_intermediary", "incidents_alert", "transfers_counterparty",
]  # fmt: skip
PAGES = [
    "index",
    "querylog",
    "inventory",
    "data_map_csv",
    "data_map_json",
    "products",
    "assessments",
]
ALL = [f"{name}_changelist" for name in LISTS] + PAGES
ADMINISTRATORS = {
    "access_unit_changelist", "access_user_changelist", "access_policyrule_changelist",
    "access_apitoken_changelist", "index",
}  # fmt: skip
NO_PLACE = [Role.AGENT, Role.CLAIMS_HANDLER, Role.SERVICE_DESK, Role.REGULATOR]


def signed_in(role):
    return estate.login(Client(), estate.user(role))


@pytest.mark.parametrize("page", ALL)
@pytest.mark.parametrize(
    "role", [Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_each_page_opens_for_its_roles_and_for_no_other(role, page):
    may = role is not Role.ADMINISTRATOR or page in ADMINISTRATORS
    response = signed_in(role).get(reverse(f"admin:{page}"))
    assert response.status_code == (200 if may else 403)


@pytest.mark.parametrize("role", NO_PLACE)
def test_people_of_other_places_are_told_no(role):
    client = signed_in(role)
    assert client.get("/admin/").status_code == 403
    assert client.get(reverse("admin:querylog")).status_code == 403


def test_nobody_signed_in_is_led_to_the_sign_in():
    response = Client().get("/admin/querylog/")
    assert response.status_code == 302
    assert "login" in response["Location"]


@pytest.mark.parametrize("page", ALL)
def test_reading_any_page_leaves_an_entry(page, entries_since):
    person = estate.user(Role.COMPLIANCE_OFFICER)
    estate.login(Client(), person).get(reverse(f"admin:{page}"))
    mine = [entry for entry in entries_since() if entry.staff_no == person.staff_no]
    assert [(entry.outcome, entry.channel) for entry in mine] == [("ok", "admin")]


def test_a_refused_page_leaves_an_entry_too(entries_since):
    person = estate.user(Role.ADMINISTRATOR)
    estate.login(Client(), person).get(reverse("admin:records_customer_changelist"))
    mine = [entry for entry in entries_since() if entry.staff_no == person.staff_no]
    assert [(entry.act, entry.outcome) for entry in mine] == [("denied", "denied")]


def test_only_scoped_lists_are_registered():
    assert all(isinstance(each, ScopedAdmin) for each in admin.site._registry.values())
    assert {m._meta.label_lower.replace(".", "_") for m in admin.site._registry} == set(LISTS)


def test_no_list_knows_a_search_a_lookup_window_or_a_bulk_deed():
    for each in admin.site._registry.values():
        unused = (
            each.search_fields,
            each.autocomplete_fields,
            each.raw_id_fields,
            each.date_hierarchy,
        )
        assert not any(unused)
        assert each.actions is None
        assert not each.show_full_result_count


def test_no_page_is_drawn_from_a_column_of_bytes():
    from django.db.models import BinaryField

    for model, each in admin.site._registry.items():
        sealed = {f.name for f in model._meta.concrete_fields if isinstance(f, BinaryField)}
        assert not sealed & {*each.columns, *each.list_display, *each.facts}


@pytest.mark.parametrize(
    "query",
    [
        "unit__name__startswith=X", "password__startswith=md5", "o=1", "q=x", "all=", "p=2", "_popup=1",
        "_to_field=password", "role=agent", "unit__id__exact=1", "_facets=True",
    ],
)  # fmt: skip
def test_an_address_cannot_ask_for_more_than_the_declared_filters(query):
    response = signed_in(Role.COMPLIANCE_OFFICER).get(
        f"{reverse('admin:access_user_changelist')}?{query}"
    )
    assert response.status_code == 400


def test_a_declared_filter_works():
    estate.user(Role.AUDITOR, name="钱进")
    estate.user(Role.AGENT, name="周晓")
    body = (
        signed_in(Role.COMPLIANCE_OFFICER)
        .get(f"{reverse('admin:access_user_changelist')}?role__exact=auditor")
        .content.decode()
    )
    assert "钱进" in body
    assert "周晓" not in body


def test_djangos_own_doors_do_not_exist():
    client = signed_in(Role.COMPLIANCE_OFFICER)
    for path in (
        "access/",
        "password_change/",
        "autocomplete/",
        "r/1/1/",
        "auth/group/",
        "logentry/",
    ):
        assert client.get(f"/admin/{path}").status_code == 404
    person = estate.user()
    for tail in ("delete/", "history/", ""):
        assert client.get(f"/admin/access/user/{person.ref}/{tail}").status_code == 404


def test_absent_rows_are_404_and_on_record(entries_since):
    client = signed_in(Role.COMPLIANCE_OFFICER)
    for path in (
        "access/user/00000000-0000-0000-0000-000000000000",
        "access/user/1",
        "records/customer/c-0",
    ):
        assert client.get(f"/admin/{path}/change/").status_code == 404
    assert [e.act for e in entries_since() if e.channel == "admin"] == ["denied"] * 3


def test_an_officer_reads_people_and_changes_none():
    person = estate.user(name="周晓")
    client = signed_in(Role.COMPLIANCE_OFFICER)
    url = reverse("admin:access_user_change", args=[person.ref])
    assert "周晓" in client.get(url).content.decode()
    assert client.post(url, {"name": "别人"}).status_code == 403
    assert client.get(reverse("admin:access_user_add")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_an_administrator_changes_a_role_and_it_is_on_record(entries_since):
    person, boss = estate.user(name="周晓"), estate.user(Role.ADMINISTRATOR)
    client = estate.login(Client(), boss)
    url = reverse("admin:access_user_change", args=[person.ref])
    assert client.get(url).status_code == 200
    form = {"name": "周晓", "role": "service_desk", "unit": person.unit_id, "is_active": "on"}
    assert client.post(url, form).status_code == 302
    person.refresh_from_db()
    estate.drain()
    changes = [
        json.loads(e.leaf)
        for e in entries_since()
        if e.act == "change" and e.staff_no == boss.staff_no
    ]
    assert person.role == "service_desk"
    assert [(c["what"], c["role"], c["target"]) for c in changes] == [
        ("access:user:change", "service_desk", str(person.ref))
    ]
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_person_has_no_password_until_choosing_one(entries_since):
    client = signed_in(Role.ADMINISTRATOR)
    form = {
        "staff_no": "N0001",
        "username": "new.one",
        "name": "新人",
        "role": "agent",
        "unit": estate.unit().pk,
    }
    added = client.post(reverse("admin:access_user_add"), form)
    person = User.objects.get(staff_no="N0001")
    assert added.status_code == 302
    assert not person.has_usable_password()
    invited = client.post(reverse("admin:access_user_invite", args=[person.ref]))
    assert "/accounts/password/new/" in invited.content.decode()
    person.set_password(estate.PASSWORD)
    person.save()
    again = client.post(reverse("admin:access_user_invite", args=[person.ref]))
    assert again.status_code == 403


def test_no_form_takes_a_password():
    client, person = signed_in(Role.ADMINISTRATOR), estate.user()
    for url in (
        reverse("admin:access_user_add"),
        reverse("admin:access_user_change", args=[person.ref]),
    ):
        body = client.get(url).content.decode()
        assert 'type="password"' not in body
        assert 'name="password' not in body


@pytest.mark.django_db(transaction=True)
def test_a_token_is_revoked_by_the_security_officer_and_not_by_the_auditor():
    token = ApiToken.objects.create(
        name="核心系统",
        user=estate.user(),
        digest=b"d" * 32,
        actions=[],
        purposes=[],
        expires_at=clock.now(),
    )
    url = reverse("admin:access_apitoken_revoke", args=[token.ref])
    assert signed_in(Role.AUDITOR).post(url).status_code == 403
    assert signed_in(Role.SECURITY_OFFICER).post(url).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_token_page_shows_no_fingerprint():
    token = ApiToken.objects.create(
        name="核心系统", user=estate.user(), digest=b"fingerprint-of-the-token-1234567", actions=[], purposes=[],
        expires_at=clock.now(),
    )  # fmt: skip
    client = signed_in(Role.COMPLIANCE_OFFICER)
    for url in (
        reverse("admin:access_apitoken_changelist"),
        reverse("admin:access_apitoken_change", args=[token.ref]),
    ):
        body = client.get(url).content
        assert b"fingerprint" not in body
        assert token.digest.hex().encode() not in body


def test_rules_are_told_in_sentences():
    rule = PolicyRule(
        role="agent",
        purpose="follow_up",
        element_class="identity",
        max_level=3,
        reach="own",
        hour_from=7,
        hour_until=22,
    )
    told = rule_sentences.sentence(rule)
    assert told == "代理人 可为 回访 查看 身份信息 至 L3（名下客户，7–22 时）"
    client = signed_in(Role.AUDITOR)
    body = client.get(reverse("admin:access_policyrule_changelist")).content.decode()
    assert "代理人 可为 回访 查看 身份信息 至 L3（名下及受理的客户，" in body
    assert 'id="R-010-1"' in body


def test_the_morning_says_the_most_urgent_thing_and_its_number():
    client = signed_in(Role.COMPLIANCE_OFFICER)
    findings.raise_finding("bulk", severity="urgent", summary="五分钟内揭示 40 名客户")
    findings.raise_finding("drip", severity="low", summary="缓慢增长")
    findings.raise_finding("odd", severity="high", summary="下班以后")
    body = client.get("/admin/").content.decode()
    assert "最紧要：2 项高级别审计发现等待定性。" in body
    # The worst one is named, not the newest, and nothing that is merely overdue stands before it.
    assert body.index("五分钟内揭示 40 名客户") < body.index("下班以后")
    assert body.index("五分钟内揭示 40 名客户") < body.index("缓慢增长")
    assert "待分诊 3 条" in body


def test_the_morning_of_an_administrator_tells_nothing_of_customers_or_the_log():
    body = signed_in(Role.ADMINISTRATOR).get("/admin/").content.decode()
    assert "在岗人员" in body
    assert not [word for word in ("今日查询", "数据台账", "隔离区", "事件告警") if word in body]


def test_the_search_box_leads_to_people_entries_and_customers():
    client = signed_in(Role.COMPLIANCE_OFFICER)
    person = estate.user(name="周晓")
    find = reverse("admin:find")
    assert client.post(find, {"q": person.staff_no})["Location"].endswith(f"/people/{person.ref}/")
    assert client.post(find, {"q": "#1,204"})["Location"].endswith("/querylog/1204/")
    assert client.post(find, {"q": "没有这个"})["Location"] == "/admin/"
    assert client.get(find).status_code == 405


def test_the_search_box_tells_no_customer_that_exists_from_one_that_does_not():
    client = signed_in(Role.COMPLIANCE_OFFICER)
    existing = estate.customer()
    places = [
        client.post(reverse("admin:find"), {"q": ref})["Location"].replace(ref, "REF")
        for ref in (existing.ref, "c-0000-0000-000")
    ]
    assert len(set(places)) == 1


def test_every_page_of_an_app_declares_its_action():
    assert all(page.action in admin_pages.Action for page in admin_pages.pages)


@pytest.mark.django_db(transaction=True)
def test_notice_and_last_day_are_kept_and_on_record(entries_since):
    person, boss = estate.user(name="周晓"), estate.user(Role.ADMINISTRATOR)
    client = estate.login(Client(), boss)
    url = reverse("admin:access_user_change", args=[person.ref])
    form = {"name": "周晓", "role": "agent", "unit": person.unit_id, "is_active": "on"}
    wrong = client.post(url, {**form, "notice_on": "2026-11-20", "leaves_on": "2026-11-01"})
    assert "离职日早于离职通知日" in wrong.content.decode()
    said = {**form, "notice_on": "2026-11-20", "leaves_on": "2026-12-20"}
    assert client.post(url, said).status_code == 302
    person.refresh_from_db()
    assert (str(person.notice_on), str(person.leaves_on)) == ("2026-11-20", "2026-12-20")
    estate.drain()
    change = json.loads(entries_since()[-1].leaf)
    assert change["changed"] == ["leaves_on", "notice_on"]
    assert (change["notice"], change["leaves"]) == ("2026-11-20", "2026-12-20")
