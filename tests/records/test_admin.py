"""Customers, books and quarantine in the back office: masked, scoped, and silent about the rest."""

from __future__ import annotations

import csv
import io
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.models import Subject
from access.vocabulary import Role
from custodian import elements
from records import inventory
from records.admin import BookAdmin
from records.customer_admin import CustomerAdmin
from records.models import ImportRun, QuarantinedRow
from tests import estate

pytestmark = pytest.mark.django_db
PLAIN = [
    estate.ZHANG["identity.id_number"],
    "13800138000",
    "张三丰",
    "和平路1号",
    "6222020000006217",
    "120000",
]
CUSTOMERS = "/admin/records/customer/"


@pytest.fixture
def client():
    return estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))


@pytest.fixture
def customer():
    return estate.customer()


def address(customer):
    return reverse("admin:records_customer_change", args=[customer.ref])


def test_customers_are_listed_as_masks_with_one_permit_for_the_rows_of_the_page(
    client, customer, entries_since
):
    other = estate.customer(source_key="KH-OTHER")
    body = client.get(CUSTOMERS).content.decode()
    entry = json.loads(entries_since()[-1].leaf)
    assert customer.ref in body
    assert other.ref in body
    assert not [value for value in PLAIN if value in body]
    assert (entry["act"], entry["n"], entry["purp"], entry["mask"]) == ("list", 2, "compliance", 1)


def test_a_customers_page_is_masked_logged_and_without_any_sealed_byte(
    client, customer, entries_since
):
    response = client.get(address(customer))
    body = response.content.decode()
    entry = next(json.loads(e.leaf) for e in entries_since() if e.act == "view")
    assert response.status_code == 200
    assert not [value for value in PLAIN if value in body]
    assert "memory at" not in body
    assert "\\x" not in body
    assert (entry["n"], entry["mask"]) == (1, 1)


def test_lists_select_no_sealed_column(client, customer, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/records/quarantinedrow/")
        client.get("/admin/records/book/")
    assert not [q["sql"] for q in queries if "_sealed" in q["sql"] or "source_digest" in q["sql"]]


def test_no_list_counts_its_rows(client, customer):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(CUSTOMERS)
    assert not [
        q["sql"] for q in queries if "COUNT(" in q["sql"] and '"records_customer"' in q["sql"]
    ]


@pytest.mark.parametrize(
    "query",
    [
        "subject__unit=1", "source_digest__startswith=a", "subject__status=active", "book__code=QH",
        "minor_until__isnull=0", "identity__name_sealed__isnull=1", "ref__startswith=c", "o=2", "q=张",
    ],
)  # fmt: skip
def test_local_and_foreign_columns_cannot_be_asked_about(client, customer, query):
    first, second = (client.get(f"{CUSTOMERS}?{query}") for _ in range(2))
    assert (first.status_code, second.status_code) == (400, 400)
    assert customer.ref not in first.content.decode()


def test_a_foreign_customer_and_an_absent_one_are_the_same_404(customer):
    administrator = estate.login(Client(), estate.user(Role.ADMINISTRATOR))
    officer = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))
    assert administrator.get(address(customer)).status_code == 403
    absent = officer.get("/admin/records/customer/c-0000-0000-000/change/")
    assert absent.status_code == 404
    for tail in ("delete/", "history/"):
        assert officer.get(f"{CUSTOMERS}{customer.ref}/{tail}").status_code == 404


def test_scope_is_kept_even_where_a_narrower_office_would_come_in(customer, rf):
    """No office of today is narrower than all; the list would still show nothing of others'."""
    from django.contrib import admin

    agent = estate.user(Role.AGENT)
    own = estate.customer(of=[agent], source_key="KH-OWN")
    listing = CustomerAdmin(type(customer), admin.site)
    with estate.acting(agent) as actor:
        request = rf.get(CUSTOMERS)
        request.actor = actor
        assert [row.ref for row in listing.get_queryset(request)] == [own.ref]
        assert listing.get_object(request, customer.ref) is None
        assert listing.get_object(request, own.ref) is not None


def test_pages_of_customers_follow_each_other(client, monkeypatch):
    monkeypatch.setattr(CustomerAdmin, "list_per_page", 2)
    made = [estate.customer(source_key=f"KH-PAGE-{at}").ref for at in range(5)]
    seen, url = [], CUSTOMERS
    for _ in range(3):
        response = client.get(url)
        seen += [row["cells"][0]["value"] for row in response.context_data["rows"]]
        url = CUSTOMERS + response.context_data["older"]
    assert [ref for ref in seen if ref in made] == made
    assert response.context_data["older"] == ""
    back = client.get(CUSTOMERS + response.context_data["newer"])
    assert [row["cells"][0]["value"] for row in back.context_data["rows"]] == seen[2:4]


def test_an_auditor_and_a_security_officer_see_masks_of_their_classes_only(customer):
    row = ">收付费账户<"  # and not the name of the purpose that it is used for
    seen = estate.login(Client(), estate.user(Role.SECURITY_OFFICER)).get(address(customer))
    assert row not in seen.content.decode()
    seen = estate.login(Client(), estate.user(Role.AUDITOR)).get(address(customer))
    assert row in seen.content.decode()


def test_the_customers_page_names_who_looked(client, customer):
    client.get(address(customer))
    body = client.get(address(customer)).content.decode()
    assert "谁看过这位客户" in body
    assert "合规检查" in body


def test_quarantine_shows_reasons_and_no_row(client):
    book = estate.book()
    run = ImportRun.objects.create(book=book)
    QuarantinedRow.objects.create(
        run=run, book=book, kind="customer", sheet=1, number=7, reasons=[["id-check-digit", "identity.id_number"]],
        row_digest=uuid.uuid4().bytes, row_sealed=b"SEALED-BYTES",
    )  # fmt: skip
    body = client.get("/admin/records/quarantinedrow/").content.decode()
    assert "表 1 第 7 行" in body
    assert "证件号码" in body
    assert "SEALED-BYTES" not in body


def test_books_cannot_be_changed_here(client):
    book = estate.book()
    url = reverse("admin:records_book_change", args=[book.code])
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "别的"}).status_code == 405
    assert BookAdmin.change_action is None


def test_the_inventory_names_every_element_and_counts_who_holds_it(client, customer):
    body = client.get("/admin/inventory/").content.decode()
    assert all(each.code in body for each in elements.catalogue())
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER)) as actor:
        counts = {
            row.element.code: row.customers for _cls, rows in inventory.held(actor) for row in rows
        }
    assert counts["identity.name"] == 1
    assert counts["financial.bank_account"] == 1
    assert counts["identity.landline"] == 0
    assert "个人信息保护负责人" in body


def test_the_data_map_is_the_catalogue_in_both_formats(client, customer):
    text = client.get("/admin/inventory/data-map.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    body = client.get("/admin/inventory/data-map.json").json()
    codes = [each.code for each in elements.catalogue()]
    assert sorted(row[1] for row in rows[2:]) == sorted(codes)
    assert sorted(each["code"] for each in body["elements"]) == sorted(codes)
    assert not [value for value in PLAIN if value in text]


@pytest.mark.django_db(transaction=True)
def test_an_officer_puts_a_customer_on_the_vip_list_and_off_it(customer, entries_since):
    client = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))
    page = client.get(address(customer)).content.decode()
    assert "列入重点名单" in page
    url = reverse("admin:records_customer_mark", args=[customer.ref])
    nothing = client.post(url, {"vip": "on", "reason": " "}, follow=True).content.decode()
    assert "请写明理由" in nothing
    assert not vip(customer)
    page = client.post(url, {"vip": "on", "reason": "公众人物"}, follow=True).content.decode()
    assert "移出重点名单" in page
    assert vip(customer)
    estate.drain()
    entry = [each for each in entries_since() if each.act == "change"][-1]
    leaf = json.loads(entry.leaf)
    assert (leaf["what"], leaf["vip"], entry.subjects) == ("access:subject:mark", 1, 1)
    assert "公众人物" not in entry.leaf
    client.post(url, {"vip": "off", "reason": "已不再需要"})
    assert not vip(customer)


def test_nobody_else_marks_a_customer(customer):
    client = estate.login(Client(), estate.user(Role.AUDITOR))
    assert "列入重点名单" not in client.get(address(customer)).content.decode()
    url = reverse("admin:records_customer_mark", args=[customer.ref])
    assert client.post(url, {"vip": "on", "reason": "好奇"}).status_code == 403
    assert not vip(customer)


def vip(customer):
    with scopes.acting(estate.system()):
        return Subject.objects.get(pk=customer.pk).vip
