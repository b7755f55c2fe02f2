"""The desk through HTTP: what is shown, what never is, and what each step leaves in the log."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes, second_factor, step_up
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
PLAIN = [
    *(
        v
        for c, v in estate.ZHANG.items()
        if c.partition(".")[2] in {"id_number", "mobile", "income"}
    ),
    "张三丰",
    "和平路1号",
    estate.ACCOUNT["financial.bank_account"],
    *(v for c, v in desk_estate.POLICY_VALUES.items() if c != "policy.premium"),
    *(v for c, v in desk_estate.CLAIM_VALUES.items() if c != "claim.amount"),
]


@pytest.fixture(autouse=True)
def _open_all_day(db):
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    found = estate.customer(of=[agent])
    desk_estate.claim(found, desk_estate.policy(found))
    return found


@pytest.fixture
def desk(agent):
    return estate.login(Client(), agent)


def page_of(customer, name="customer"):
    return reverse(f"desk:{name}", kwargs={"ref": customer.ref})


def opened(client, customer, purpose="follow_up"):
    client.post(page_of(customer), {"purpose": purpose})
    return client.get(page_of(customer))


def reveal(client, customer, *elements, purpose="follow_up", **more):
    asked = {"element": elements, "purpose": purpose, **more}
    return client.post(page_of(customer, "reveal"), asked)


def acts(entries):
    """What people did; the log's writer opens its session with an entry of its own."""
    return [entry.act for entry in entries if entry.staff_no.startswith("T")]


def reassign(customer):
    with scopes.acting(estate.system()):
        Assignment.objects.filter(subject_id=customer.pk).update(until=clock.now())


def shows(response, *texts):
    body = response.content.decode()
    return [text for text in texts if text in body]


def test_an_agent_finds_opens_and_reveals_and_each_step_is_in_the_log(desk, own, entries_since):
    asked = {"kind": "mobile", "value": "138 0013 8000", "purpose": "follow_up"}
    found = desk.post(reverse("desk:find"), asked)
    assert own.ref in found.content.decode()
    desk.get(page_of(own))
    lit = reveal(desk, own, "identity.mobile")
    assert "138 0013 8000" in lit.content.decode()
    assert acts(entries_since()) == ["search", "view", "reveal", "view"]
    reveals = [json.loads(e.leaf) for e in entries_since() if e.act == "reveal"]
    assert [(leaf["fields"], leaf["purp"], leaf["n"]) for leaf in reveals] == [
        (["identity.mobile"], "follow_up", 1)
    ]


def test_no_page_that_is_read_holds_a_value_in_clear(desk, own):
    pages = [
        desk.get(reverse("desk:find")),
        desk.get(reverse("desk:mine")),
        opened(desk, own),
        desk.get(page_of(own, "reveal"), {"element": "identity.mobile"}),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert [shows(page, *PLAIN) for page in pages] == [[]] * 4


def test_a_reveal_shows_what_was_chosen_and_nothing_else(desk, own):
    opened(desk, own)
    lit = reveal(desk, own, "identity.mobile", "identity.address")
    assert shows(lit, "138 0013 8000", "和平路1号", "320311198604180014", "张三丰") == [
        "138 0013 8000",
        "和平路1号",
    ]


def test_a_reveal_is_not_kept_by_any_cache_and_reading_the_page_again_is_masked(desk, own):
    opened(desk, own)
    lit = reveal(desk, own, "identity.mobile")
    assert lit.headers["Cache-Control"] == "no-store"
    assert shows(desk.get(page_of(own)), "138 0013 8000") == []


def test_without_script_the_lit_page_goes_out_by_itself_and_has_a_way_to_hide(desk, own, settings):
    opened(desk, own)
    body = reveal(desk, own, "identity.mobile").content.decode()
    hide = page_of(own, "hide")
    refresh = f'content="{settings.CUSTODIAN_LAMP_SECONDS}; url={hide}"'
    assert refresh in body
    assert f'href="{hide}"' in body
    assert desk.get(hide).headers["Location"] == page_of(own)


def test_the_typed_value_is_masked_after_the_search_and_in_no_address(desk, own):
    asked = {"kind": "mobile", "value": "13800138000", "purpose": "follow_up"}
    page = desk.post(reverse("desk:find"), asked)
    assert shows(page, "13800138000", "重新输入") == ["重新输入"]
    assert page.request["QUERY_STRING"] == ""


def test_absent_and_not_yours_look_the_same_and_leave_one_refused_entry(desk, own, entries_since):
    others = estate.customer(of=[estate.user(Role.AGENT)])
    for name in ("customer", "reveal"):
        mark = len(acts(entries_since()))
        with clock.at(clock.now()):  # the footer says when
            hidden = desk.get(page_of(others, name))
            absent = desk.get(reverse(f"desk:{name}", kwargs={"ref": "c-0000-0000-000"}))
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content == absent.content.replace(b"c-0000-0000-000", others.ref.encode())
        assert acts(entries_since())[mark:] == ["denied", "denied"]


def test_revealing_another_agents_customer_is_refused_and_logged(desk, own, entries_since):
    others = estate.customer(of=[estate.user(Role.AGENT)])
    answer = reveal(desk, others, "identity.mobile")
    assert answer.status_code == 404
    assert shows(answer, "138 0013 8000") == []
    assert [(e.act, e.subjects) for e in entries_since()][-1:] == [("denied", 0)]


def test_a_policy_of_somebody_else_is_refused_in_the_dialog(desk, own):
    others = estate.customer(of=[estate.user(Role.AGENT)])
    policy = desk_estate.policy(others)
    opened(desk, own)
    assert desk.get(page_of(own, "reveal"), {"of": policy.ref}).status_code == 404


def test_a_refusal_keeps_the_dialog_open_and_says_why(desk, own, entries_since):
    opened(desk, own)
    answer = reveal(desk, own, "financial.bank_account", purpose="follow_up")
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "data-dialog-content" in body
    assert "为什么不允许" in body
    assert "“回访”用途不含财务信息" in body
    assert "请改用“给付”用途" in body
    assert acts(entries_since())[-2] == "denied"


def test_the_customer_page_says_why_an_account_stays_shut_and_the_way_out(desk, own):
    body = opened(desk, own).content.decode()
    assert "“回访”用途不含财务信息" in body
    assert "请改用“给付”用途，须二次验证" in body
    assert "不可揭示" in body


def test_level_four_asks_for_the_code_in_the_same_dialog(desk, own):
    opened(desk, own, "payment")
    answer = reveal(desk, own, "financial.bank_account", purpose="payment")
    assert answer.status_code == 422
    assert shows(answer, "data-dialog-content", 'name="code"', "此等级的信息须二次验证") == [
        "data-dialog-content",
        'name="code"',
        "此等级的信息须二次验证",
    ]


def test_a_wrong_code_reveals_nothing(desk, own):
    opened(desk, own, "payment")
    answer = reveal(desk, own, "financial.bank_account", purpose="payment", code="735518")
    assert answer.status_code == 422
    assert shows(answer, "6222 0200 0000 6217", "735518", "验证码不符") == ["验证码不符"]


def test_with_a_fresh_second_factor_the_account_is_revealed(agent, own):
    client = estate.login(Client(), agent, stepped_up=True)
    opened(client, own, "payment")
    answer = reveal(client, own, "financial.bank_account", purpose="payment")
    assert "6222 0200 0000 6217" in answer.content.decode()


def test_a_right_code_in_the_dialog_reveals_at_once(desk, agent, own):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    second_factor.enrol(agent, secret=secret, step=0)
    code = second_factor.code_at(secret, second_factor.step_now())
    opened(desk, own, "payment")
    answer = reveal(desk, own, "financial.bank_account", purpose="payment", code=code)
    assert "6222 0200 0000 6217" in answer.content.decode()


def test_too_many_codes_are_answered_in_the_dialog(desk, own, monkeypatch):
    def verify(request, code):
        raise step_up.TooManyCodes

    monkeypatch.setattr(step_up, "verify", verify)
    opened(desk, own, "payment")
    answer = reveal(desk, own, "financial.bank_account", purpose="payment", code="123456")
    assert (answer.status_code, shows(answer, "尝试次数太多")) == (429, ["尝试次数太多"])


def test_other_needs_a_reason_and_the_reason_is_in_no_leaf(desk, own, entries_since):
    opened(desk, own)
    answer = reveal(desk, own, "identity.mobile", purpose="other")
    assert answer.status_code == 422
    assert "请说明为什么需要完整的信息" in answer.content.decode()
    lit = reveal(desk, own, "identity.mobile", purpose="other", reason="客户来电核对号码")
    assert "138 0013 8000" in lit.content.decode()
    assert all("客户来电" not in e.leaf for e in entries_since())


def test_nothing_chosen_is_an_error_and_not_a_reveal(desk, own, entries_since):
    opened(desk, own)
    assert reveal(desk, own).status_code == 422
    assert "reveal" not in acts(entries_since())


def test_a_policys_values_are_revealed_together(desk, own):
    policy = own_policy(own)
    opened(desk, own)
    answer = reveal(
        desk, own, "policy.number", "policy.sum_insured", of=policy.ref, purpose="follow_up"
    )
    assert shows(answer, "P20190418000418", "500,000.00", "739201") == [
        "P20190418000418",
        "500,000.00",
    ]


def own_policy(customer):
    from records.models import Policy

    with scopes.acting(estate.system()):
        return Policy.objects.get(subject_id=customer.pk)


def test_a_password_is_never_offered(desk, own):
    opened(desk, own)
    body = desk.get(page_of(own, "reveal"), {"of": own_policy(own).ref}).content.decode()
    assert "policy.health_declaration" in body
    assert "policy.query_password" not in body
    answer = reveal(desk, own, "policy.query_password", of=own_policy(own).ref)
    assert answer.status_code == 422


def test_reassigned_the_next_request_finds_nobody(desk, own):
    assert opened(desk, own).status_code == 200
    reassign(own)
    assert desk.get(page_of(own)).status_code == 404
    assert reveal(desk, own, "identity.mobile").status_code == 404


@pytest.mark.parametrize(
    "hostile", ["a\r\nb", "a\x1b[31mb", "a\u2028b", "a\u202eb", "c-7K2M\r\n41PD", "x" * 500]
)
def test_control_characters_make_one_entry_and_stand_in_no_leaf(desk, own, entries_since, hostile):
    asked = {"kind": "name_and_birth_date", "value": hostile, "birth_date": "1986-04-18"}
    desk.post(reverse("desk:find"), {**asked, "purpose": "follow_up"})
    desk.get(reverse("desk:customer", kwargs={"ref": hostile}))
    entries = entries_since()
    assert len(acts(entries)) <= 2
    assert not any(c in e.leaf for e in entries for c in "\r\n\x1b\u2028\u202e")


def test_a_null_character_is_refused_before_any_search(desk, own, entries_since):
    asked = {"kind": "mobile", "value": "138\x0000138000", "purpose": "follow_up"}
    assert desk.post(reverse("desk:find"), asked).status_code == 422
    assert acts(entries_since()) == []


@pytest.mark.parametrize("name", ["find", "mine", "intake"])
def test_a_parameter_that_a_page_does_not_know_is_refused(desk, name):
    assert desk.get(reverse(f"desk:{name}"), {"ordering": "-mobile"}).status_code == 400


def test_a_field_that_a_form_does_not_know_is_refused(desk, own):
    assert reveal(desk, own, "identity.mobile", owner="A0197").status_code == 400
    assert desk.post(page_of(own), {"purpose": "follow_up", "portfolio": "1"}).status_code == 400


def test_an_unknown_kind_of_search_is_refused(desk):
    assert desk.get(reverse("desk:find"), {"kind": "sex"}).status_code == 400


def test_no_customer_is_opened_without_a_purpose(desk, own, entries_since):
    page = desk.get(page_of(own))
    assert "选择用途" in page.content.decode()
    assert shows(page, "张") == []
    assert acts(entries_since()) == []


def test_a_purpose_that_the_role_does_not_have_is_not_taken(desk, own):
    assert desk.post(page_of(own), {"purpose": "audit"}).status_code == 422


def test_a_child_is_flagged_sensitive_throughout(desk, agent):
    born = (clock.local() - timedelta(days=9 * 365)).date()
    child = estate.customer(
        {**estate.ZHANG, "identity.birth_date": born.isoformat()},
        of=[agent],
        minor_until=born.replace(year=born.year + 14),
    )
    body = opened(desk, child).content.decode()
    assert "未满 14 岁" in body
    assert body.count('class="sensitive"') >= 13


def test_a_restricted_customer_is_shown_masked_and_cannot_be_revealed(desk, own):
    desk_estate.status(own, "restricted")
    body = opened(desk, own).content.decode()
    assert "限制处理" in body
    answer = reveal(desk, own, "identity.mobile")
    assert (answer.status_code, shows(answer, "138 0013 8000")) == (403, [])
    assert "只存不用" in answer.content.decode()


def test_a_destroyed_customers_page_says_so(desk, own):
    desk_estate.status(own, "destroyed")
    body = opened(desk, own).content.decode()
    assert "已依法销毁" in body
    assert "张" not in body


def test_rare_characters_are_shown_as_written(desk, agent):
    customer = estate.customer({**estate.ZHANG, "identity.name": "𠮷田䶮"}, of=[agent])
    assert "𠮷" in opened(desk, customer).content.decode()
    assert "𠮷田䶮" in reveal(desk, customer, "identity.name").content.decode()


def test_values_with_markup_are_escaped(desk, agent):
    hostile = {**estate.ZHANG, "identity.occupation": "<script>alert(1)</script>"}
    customer = estate.customer(hostile, of=[agent])
    body = opened(desk, customer).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_one_list_pages_through_all_own_customers_and_no_others(desk, agent):
    mine = [estate.customer(of=[agent]) for _ in range(23)]
    estate.customer(of=[estate.user(Role.AGENT)])
    first = desk.get(reverse("desk:mine"))
    second = desk.get(reverse("desk:mine"), {"after": first.context["older"]})
    listed = [row.ref for row in (*first.context["rows"], *second.context["rows"])]
    assert listed == [customer.ref for customer in reversed(mine)]
    back = desk.get(reverse("desk:mine"), {"before": second.context["newer"]})
    assert [row.ref for row in back.context["rows"]] == listed[:20]


def test_the_officer_sees_both_entries_of_an_agents_look(desk, own):
    opened(desk, own)
    reveal(desk, own, "identity.mobile")
    officer = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER, name="陈静"))
    page = opened(officer, own, "compliance")
    looks = page.context["looks"]
    assert [look.act for look in looks][:4] == ["view", "view", "reveal", "view"]
    assert looks[0].name == "陈静"
    assert [str(label) for label in looks[2].elements] == ["手机号码"]
    assert "联系方式变更" in page.content.decode()


def test_reading_who_looked_is_itself_logged(own, entries_since):
    officer = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))
    opened(officer, own, "compliance")
    what = [json.loads(e.leaf)["what"] for e in entries_since() if e.staff_no.startswith("T")]
    assert what == ["records:customer:view", "access:log:read"]


def test_an_agent_sees_no_list_of_who_looked(desk, own):
    assert opened(desk, own).context["looks"] is None


def test_the_count_of_customers_seen_today_counts_each_once(desk, agent, own):
    other = estate.customer(of=[agent])
    for customer in (own, own, other):
        opened(desk, customer)
    assert opened(desk, own).context["seen_today"] == 2


def test_nobody_is_sent_to_the_sign_in_page(own):
    answer = Client().get(page_of(own))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]


def test_an_administrator_is_refused_the_search_and_the_list(entries_since):
    client = estate.login(Client(), estate.user(Role.ADMINISTRATOR))
    pages = [client.get(reverse(f"desk:{name}")) for name in ("find", "mine", "intake")]
    assert [page.status_code for page in pages] == [403, 403, 403]
    assert set(acts(entries_since())) == {"denied"}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.CLAIMS_HANDLER])
def test_roles_with_narrow_rules_see_the_page_without_what_their_rules_leave_out(own, role):
    client = estate.login(Client(), estate.user(role))
    page = client.get(page_of(own))
    if "选择用途" in page.content.decode():
        page = opened(client, own, "claim")
    assert page.status_code == 200
    assert shows(page, *PLAIN) == []


def test_a_page_asks_the_database_a_fixed_small_number_of_times(desk, agent, own):
    opened(desk, own)
    with desk_estate.statements() as page:
        desk.get(page_of(own))
    with desk_estate.statements() as few:
        desk.get(reverse("desk:mine"))
    for _ in range(19):
        estate.customer(of=[agent])
    with desk_estate.statements() as many:
        desk.get(reverse("desk:mine"))
    counts = [sum(_counts(sql) for sql in sent) for sent in (page, few, many)]
    assert 0 < counts[0] <= 20
    assert 0 < counts[1] == counts[2] <= 15


def _counts(sql):
    """Rules and quotas are read anew each second, and a customer just counted is not counted again."""
    ruled = any(name in sql for name in ("access_policyrule", '"access_quota"', "access_use("))
    return not ruled and not sql.startswith(("SAVEPOINT", "RELEASE"))
