"""The back office's pages of legal holds, by role, and what the morning page and a customer's page say of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.admin_pages import headlines
from access.vocabulary import Role
from custodian import clock
from records.legal_holds import counting
from records.legal_holds.covering import Draft
from records.models import LegalHold
from tests import estate
from tests.records import holds
from tests.records.holds import House, fresh

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("admin:records_legalhold_changelist")
NEW = reverse("admin:records_legalhold_add")


@pytest.fixture
def house():
    return House()


def signed_in(person):
    return estate.login(Client(), person)


def officer(house):
    return signed_in(house.officers[0])


def on_sun(house):
    return Draft("customer", {"customers": [house.sun.ref]})


def page_of(hold, name="records_legalhold"):
    return reverse(f"admin:{name}", args=[hold.ref])


def filled(**values):
    day = clock.local().date() + timedelta(days=100)
    return {
        "ground": "regulator_order", "reason": "示例监管局来函", "letter": "示监〔2026〕7号",
        "review_on": day.isoformat(), "act": "place", **values,
    }  # fmt: skip


def all_holds():
    with scopes.acting(estate.system()):
        return list(LegalHold.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("scope", "value"),
    [
        ("customer", lambda h: {"customers": f"{h.sun.ref}，{h.wife.ref}"}),
        ("policy", lambda h: {"policies": h.policy.ref}),
        ("book", lambda _h: {"book": "LJ"}),
        ("case", lambda _h: {"number": "TS-2026-0041"}),
        ("query", lambda _h: {"of": "policies", "unit": "XZ", "ends_until": ""}),
    ],
)
def test_each_scope_is_placed_through_its_form(house, scope, value):
    holds.complaint(house.sun, "TS-2026-0041")
    client = officer(house)
    asked = client.get(f"{NEW}?scope={scope}").content.decode()
    for name in value(house):
        assert f'name="{name}"' in asked
    assert 'aria-current="page"' in asked
    answer = client.post(f"{NEW}?scope={scope}", filled(**value(house)))
    (hold,) = all_holds()
    assert (answer.status_code, answer["Location"]) == (302, page_of(hold))
    assert (hold.scope, hold.letter, hold.status) == (scope, "示监〔2026〕7号", "asked")
    shown = client.get(answer["Location"]).content.decode()
    assert hold.code in shown
    assert "没有另一人复核，就不再保留" in shown
    assert hold.code in client.get(LIST).content.decode()


def test_a_second_click_finds_what_the_first_asked_for(house):
    terms = filled(customers=house.sun.ref)
    client = officer(house)
    first, again = (client.post(f"{NEW}?scope=customer", terms)["Location"] for _ in range(2))
    assert first == again
    other = signed_in(house.officers[1]).post(f"{NEW}?scope=customer", terms)["Location"]
    later = client.post(f"{NEW}?scope=customer", {**terms, "reason": "另一份来函"})["Location"]
    assert len({first, other, later}) == len(all_holds()) == 3  # another one's, or another reason


def test_a_preview_shows_counts_and_references_and_places_nothing(house):
    client = officer(house)
    terms = filled(of="customers", book="LJ", act="preview", ground="", review_on="")
    answer = client.post(f"{NEW}?scope=query", terms)
    text = answer.content.decode()
    assert (answer.status_code, all_holds()) == (200, [])
    preview = text[text.index('id="preview"') :]
    assert house.sun.ref in preview
    assert house.other.ref in preview
    assert house.zhang.ref not in preview
    assert "张三丰" not in text
    assert "示例监管局来函" in text  # what was typed stays
    ground = text[text.index("事由") :]
    assert "选填" not in ground[: ground.index("理由")]


@pytest.mark.parametrize(
    ("scope", "values", "sentence"),
    [
        ("customer", {"customers": holds.NOBODY}, "没有这个编号或代码"),
        ("customer", {"customers": ""}, "请填客户编号"),
        ("case", {"number": "R-1999-01"}, "没有这个编号或代码"),
        ("query", {"of": "customers"}, "至少填一个条件"),
        ("query", {"of": "customers", "ends_from": "2026-02-02", "ends_until": "2026-01-01"},
         "“至”早于“自”"),
        ("book", {"book": ""}, "请选一项"),
        ("book", {"book": "LJ", "review_on": "2020-01-01"}, "明天起一年以内"),
        ("book", {"book": "LJ", "reason": ""}, "请写明理由"),
        ("book", {"book": "LJ", "ground": "whim"}, "请选事由"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(house, scope, values, sentence):
    answer = officer(house).post(f"{NEW}?scope={scope}", filled(**values))
    text = answer.content.decode()
    assert (answer.status_code, all_holds()) == (422, [])
    assert sentence in text
    assert "错误" in text


def test_reviewing_and_releasing_through_the_page(house):
    hold = house.open(on_sun(house))
    client = officer(house)
    day = (clock.local().date() + timedelta(days=30)).isoformat()
    missing = client.post(page_of(hold, "records_legalhold_review"), {"next_on": day})
    assert missing.status_code == 422
    client.post(page_of(hold, "records_legalhold_review"), {"next_on": day, "note": "调查仍在进行"})
    shown = client.get(page_of(hold)).content.decode()
    assert "调查仍在进行" in shown
    assert client.post(page_of(hold, "records_legalhold_release"), {}).status_code == 422
    client.post(page_of(hold, "records_legalhold_release"), {"reason": "案件已结"})
    asked = fresh(hold)
    assert asked.status == "release-asked"
    approval = reverse("admin:approval", args=[asked.release_approval.ref])
    content = signed_in(house.officers[1]).get(approval).content.decode()
    assert house.sun.ref in content
    assert "案件已结" in content
    house.decide(asked.release_approval)
    ended = client.get(f"{LIST}?show=ended").content.decode()
    assert hold.code in ended
    assert hold.code not in client.get(LIST).content.decode()
    again = client.post(page_of(hold, "records_legalhold_release"), {"reason": "再来"}, follow=True)
    assert "这项保留没有批准、已申请解除或已解除" in again.content.decode()


def test_the_list_says_how_much_is_held_and_which_review_is_late(house):
    hold = house.open(holds.of_book())
    lapsed = house.place(on_sun(house))
    counting.carry_out()
    with clock.at(clock.now() + timedelta(days=91)):
        client = officer(house)
        text = client.get(LIST).content.decode()
        row = text[text.index(hold.code) : text.index("</tr>", text.index(hold.code))]
        assert "已逾期" in row
        assert 'class="num" data-label="客户">1<' in row
        assert 'class="num" data-label="资料（份）"><span>4<' in row
        row = text[text.index(lapsed.code) : text.index("</tr>", text.index(lapsed.code))]
        assert "逾期未复核，已失效" in row
        assert "已逾期" not in row
        assert "仍在保留，不会自动解除" in client.get(page_of(hold)).content.decode()


READ = {
    Role.COMPLIANCE_OFFICER: 200, Role.SECURITY_OFFICER: 200, Role.AUDITOR: 200,
    Role.ADMINISTRATOR: 403, Role.AGENT: 403, Role.CLAIMS_HANDLER: 403, Role.SERVICE_DESK: 403,
    Role.REGULATOR: 403,
}  # fmt: skip
PLACE = {**READ, Role.AUDITOR: 403}


@pytest.mark.parametrize("role", READ)
def test_who_reads_and_who_asks(house, role):
    hold = house.open(on_sun(house))
    client = signed_in(estate.user(role))
    for address, expected in ((LIST, READ), (page_of(hold), READ), (NEW, PLACE)):
        assert client.get(address).status_code == expected[role], address
    text = client.get(page_of(hold)).content.decode()
    assert ("申请解除保留" in text) == (PLACE[role] == 200)
    customer = reverse("admin:records_customer_change", args=[house.sun.ref])
    assert (hold.code in client.get(customer).content.decode()) == (READ[role] == 200)


def test_the_customers_page_at_the_desk_says_nothing_of_holds(house):
    hold = house.open(on_sun(house), ground="aml_investigation_open")
    desk = estate.user(Role.SERVICE_DESK)
    address = reverse("desk:customer", args=[house.sun.ref])
    text = signed_in(desk).get(address, follow=True).content.decode()
    assert hold.code not in text
    assert "反洗钱" not in text
    assert "法律保留" not in text


def test_a_customer_without_holds_is_told_so(house):
    customer = reverse("admin:records_customer_change", args=[house.zhang.ref])
    text = officer(house).get(customer).content.decode()
    assert "没有；保存期限满后可以销毁。" in text
    assert f"named={house.zhang.ref}" in text
    form = officer(house).get(f"{NEW}?scope=customer&named={house.zhang.ref}").content.decode()
    assert f"{house.zhang.ref}</textarea>" in form


def sentences(rf, person, at):
    with clock.at(at), estate.acting(person) as actor:
        request = rf.get("/admin/")
        request.actor = actor
        return [line.sentence for build in headlines if (line := build(request))]


def test_the_morning_page_tells_of_late_reviews_and_of_what_would_lapse(house, rf):
    now = clock.now()
    house.open(on_sun(house))
    assert not [each for each in sentences(rf, house.guard, now) if "法律保留" in each]
    house.place(on_sun(house))
    assert "1 项法律保留待另一人复核。" in sentences(rf, house.guard, now)
    later = now + timedelta(days=91)
    assert "1 项法律保留过了复查日。" in sentences(rf, house.guard, later)
    assert "1 项法律保留待另一人复核。" not in sentences(rf, house.guard, later)  # it has lapsed
    auditor = estate.user(Role.AUDITOR)
    assert not [each for each in sentences(rf, auditor, later) if "法律保留" in each]
