"""Processing purposes in the law library and where customers and staff read them: over HTTP, in both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.law.reading import today
from access.models import Approval, PurposeOverride
from access.vocabulary import Role
from custodian.regimes.purposes import processing_purposes, terms
from records.own_data import agreed
from tests import estate
from tests.consents.changing_purposes import DAY, ask, days_later
from tests.consents.saying import GIVEN, REFUSED, says
from tests.law.test_pages import approve, browser, lacks, page
from tests.records import desk_estate
from tests.requests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


@pytest.fixture
def office():
    desk_estate.open_all_day()
    made = Office()
    desk_estate.policy(made.customer)
    return made


def posted(code, **more):
    """The form as it comes, with what is changed."""
    said = terms(processing_purposes()[code])
    ticks = {name: "on" for name in ("separate", "offered") if said[name]}
    texts = {name: said[name] for name in said if isinstance(said[name], str | list)}
    texts["source"] = "青禾〔2026〕12 号"
    return {**texts, **ticks, "since": (today() + DAY).isoformat(), "reason": "修订", **more}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_purpose_is_listed_with_its_clause_and_its_version(officer, second, language):
    body = page(officer, "law_purposes", language=language)
    known = processing_purposes().values()
    names = [each.name if language == "zh" else each.name_en for each in known]
    pages = [reverse("admin:law_purpose", args=[each.code]) for each in known]
    assert lacks(body, *names, *pages, *(each.clause for each in known)) == []
    approve(second, ask(officer, "survey", name="服务评价", name_en="Ratings"))
    ahead = "起另有改动" if language == "zh" else "otherwise from"
    assert ahead in page(officer, "law_purposes", language=language)
    with days_later(1):
        body = page(officer, "law_purposes", language=language)
        assert ("服务评价" if language == "zh" else "Ratings") in body


@pytest.mark.parametrize(
    "role", [Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_whoever_reads_the_law_reads_purposes_and_only_an_officer_is_asked_for_more(role):
    change = reverse("admin:law_purpose_change", args=["survey"])
    offered = change in page(estate.user(role), "law_purpose", "survey")
    assert offered == (role is Role.COMPLIANCE_OFFICER)


def test_the_library_and_the_page_of_consents_lead_there(officer):
    address = reverse("admin:law_purposes")
    assert all(address in page(officer, name) for name in ("law", "law_clocks", "consents"))
    assert reverse("admin:law_purpose", args=["contract"]) in page(officer, "consents")


def test_from_the_form_to_the_register_by_four_eyes(officer, second):
    address = reverse("admin:law_purpose_change", args=["marketing"])
    elements = [*processing_purposes()["marketing"].elements, "policy.premium"]
    desk = browser(officer)
    answer = desk.post(
        address, posted("marketing", name="推荐", elements=elements, kept="两年", kept_en="2 years")
    )
    approval = Approval.objects.get(kind="law-purpose")
    assert answer.url == reverse("admin:approval", args=[approval.ref])
    assert "待复核的改动" in page(officer, "law_purpose", "marketing")
    assert desk.post(address, posted("marketing", name="别的")).status_code == 422
    shown = browser(second).get(answer.url).content.decode()
    assert lacks(shown, "推荐", "保险费", "此前的同意不包括新增的", "刘敏") in ([], ["刘敏"])
    approve(second, approval)
    assert PurposeOverride.objects.get().since == today() + DAY
    body = page(officer, "law_purpose", "marketing")
    assert lacks(body, "将生效", "用到的信息项，新增", "陈静", "刘敏", "推荐") == []
    with days_later(1):
        assert lacks(page(officer, "law_purpose", "marketing"), "两年", "第 1 版") == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("health", "looks", ["claim", "audit"]),
        ("account", "looks", ["marketing"]),
        ("health", "elements", ["claim.diagnosis"]),
        ("marketing", "basis", "contract"),
        ("marketing", "without", ""),
        ("marketing", "mark", "V1"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_can_be_mended(officer, code, field, value, language):
    address = reverse("admin:law_purpose_change", args=[code])
    answer = browser(officer, language).post(address, posted(code, **{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Approval.objects.filter(kind="law-purpose").exists()


def test_nothing_new_and_nothing_today(officer, second):
    address = reverse("admin:law_purpose_change", args=["survey"])
    desk = browser(officer)
    desk.post(address, posted("survey"))
    approve(second, Approval.objects.get(kind="law-purpose"))
    assert "没有不同" in desk.post(address, posted("survey")).content.decode()
    said = posted("survey", name="服务评价", since=today().isoformat())
    assert "最早为明天" in desk.post(address, said).content.decode()


def test_an_unknown_purpose_is_not_there(officer):
    for name in ("law_purpose", "law_purpose_change"):
        assert browser(officer).get(reverse(f"admin:{name}", args=["lottery"])).status_code == 404


# -- where the version in force is read ----------------------------------------------------------------


@pytest.fixture
def changed(office, officer, second):
    """She agreed to marketing and refused surveys, before the one grew and the other ended."""
    says(office.customer, "marketing", GIVEN)
    says(office.customer, "survey", REFUSED)
    more = {"name": "推荐其他产品", "kept": "撤回后一年", "kept_en": "A year", "notice": "RULES-7"}
    approve(second, ask(officer, "marketing", add=["policy.premium"], **more))
    approve(second, ask(officer, "survey", offered=False))
    approve(second, ask(officer, "claims", name="理赔服务"))
    with days_later(1):
        yield office


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_her_page_says_what_is_new_and_what_of_hers_still_holds(changed):
    portal = changed.browser()
    body = text(portal.get("/portal/consents/"))
    said = ("推荐其他产品", "须重新同意", "保险费", "撤回后一年", "RULES-7", "理赔服务")
    assert lacks(body, *said, "您不同意的，仍然有效", "满意度调查") == []
    for way in ("yes", "no"):
        assert f'href="/portal/consents/marketing/{way}/"' in body
    assert "保险费" in text(portal.get("/portal/consents/marketing/yes/"))
    portal.post("/portal/consents/marketing/yes/")
    portal.post("/portal/consents/survey/yes/")
    body = text(portal.get("/portal/consents/"))
    assert "须重新同意" not in body
    assert "您不同意的，仍然有效" not in body
    assert portal.get("/portal/consents/survey/yes/").status_code == 404


def test_desk_and_back_office_show_the_version_in_force(changed, officer):
    desk = changed.at_desk()
    body = text(desk.get(f"/desk/customers/{changed.customer.ref}/consents/"))
    assert lacks(body, "推荐其他产品", "须重新同意", "保险费", "不再征求") == []
    body = page(officer, "consents")
    assert lacks(body, "推荐其他产品", "理赔服务", "1 人须重新征求") == []
    assert "自 " + today().isoformat() in body
    groups = browser(officer).get(reverse("admin:law_purposes")).context["groups"]
    assert [each.purpose.code for each in groups[2][1]] == ["survey"]


def test_a_copy_of_her_own_data_tells_the_version_in_force(changed):
    with changed.she() as actor:
        told = {each["code"]: each for each in agreed.told(changed.customer, actor=actor)}
    marketing = told["marketing"]
    assert (marketing["label"], marketing["asked_anew"], marketing["kept"]) == (
        "推荐其他产品", True, "撤回后一年",
    )  # fmt: skip
    assert "policy.premium" in marketing["elements"]
    assert told["survey"]["state"]["code"] == "refused"
    assert "推荐其他产品" in text(changed.browser().get("/portal/data/"))
