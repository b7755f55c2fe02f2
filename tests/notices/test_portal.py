"""She is told what changed since she last looked, once, and is bound to nothing."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import pytest
from django.conf import settings as project
from django.db import DatabaseError, transaction
from django.test import Client

from access import actors, scopes
from access.vocabulary import Role
from custodian import clock, pdf
from custodian.errors import NotVisible
from records.destruction import stores
from records.destruction.stores import Gone
from records.models import DataCopy, NoticeSeen, PublishedText
from records.notices import drafting, seen
from records.notices.contents import Both, read
from records.own_data import copies
from tests import estate
from tests.notices import writing
from tests.portal import people as customers

pytestmark = pytest.mark.django_db
Kind = PublishedText.Kind
NEW, FIRST = "处理您信息的规则有了新版", "我们怎样处理您的信息"
PANEL = "/portal/rules/look/"
COPY = "/portal/data/copy/"
SCHEMA = json.loads((Path(project.BASE_DIR) / "docs/data-copy.schema.json").read_text())


@pytest.fixture
def people():
    return writing.officers()


@pytest.fixture
def her():
    return estate.customer()


@pytest.fixture
def browser(her):
    return customers.signed_in(Client(headers={"accept-language": "zh-hans"}), her)


def page(browser, place):
    answer = browser.get(place)
    assert answer.status_code == 200
    return answer.content.decode()


def taken(browser, form, language):
    """A copy of her data, as she takes it."""
    browser.post(COPY, {"format": [form], "language": language})
    with scopes.acting(estate.system()):
        copy = DataCopy.objects.latest("pk")
    copies.work(copy.pk)
    return browser.post(f"{COPY}{copy.ref}/").content


def next_version(version, people, words="新的目的。", **more):
    said = writing.changed(read(version.content), "purposes", words, **more)
    return writing.publish(said, text=version.text, people=people)


def rows():
    with scopes.acting(estate.system()):
        return list(NoticeSeen.objects.order_by("pk"))


def test_without_rules_nothing_is_told(browser):
    assert PANEL not in page(browser, "/portal/")
    assert "还没有公布" in page(browser, "/portal/rules/")
    assert browser.post(PANEL).status_code == 302
    assert rows() == []


def test_she_is_told_once_of_each_version(browser, her, people):
    first = writing.publish(people=people)
    assert PANEL in page(browser, "/portal/")
    assert page(browser, "/portal/").count(NEW) == 0
    assert rows() == []  # a page that is only read keeps nothing

    answer = browser.post(PANEL)
    assert (answer.status_code, answer["Location"]) == (302, "/portal/rules/")
    assert [(each.subject_id, each.version_id, each.capacity) for each in rows()] == [
        (her.pk, first.pk, "self")
    ]
    assert PANEL not in page(browser, "/portal/")

    next_version(first, people)
    home = page(browser, "/portal/")
    assert NEW in home
    assert "改了一处说明。" in home
    browser.post(PANEL)
    assert NEW not in page(browser, "/portal/")
    browser.post(PANEL)
    assert len(rows()) == 2


@pytest.mark.django_db(transaction=True)
def test_her_look_is_an_entry_of_hers_in_the_log(browser, people, entries_since):
    version = writing.publish(people=people)
    browser.post(PANEL)
    browser.post(PANEL)
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    (entry,) = [each for each in told if each.get("what") == "records:notice:see"]
    assert (entry["no"], entry["n"], entry["published"]) == ("CUSTOMER", 1, version.code)


def test_whoever_missed_versions_is_told_of_all_of_them(browser, people):
    first = writing.publish(people=people)
    browser.post(PANEL)
    second = next_version(first, people, "第二版的目的。")
    third = writing.changed(
        read(second.content), "retention", "第三版的期限。",
    )  # fmt: skip
    writing.publish(
        writing.content(parts=third.parts, changes=Both("期限变了。", "Other terms.")),
        text=first.text, people=people,
    )  # fmt: skip
    shown = page(browser, "/portal/rules/")
    assert "与您看过的第 1 版相比" in shown
    assert "改了一处说明。" in shown
    assert "期限变了。" in shown
    assert "第三版的期限" in "".join(shown.split("<ins>"))


def test_what_is_to_come_is_not_told_yet(browser, people):
    first = writing.publish(people=people)
    browser.post(PANEL)
    next_version(first, people, since=drafting.today() + timedelta(days=10))
    assert NEW not in page(browser, "/portal/")
    with clock.at(clock.now() + timedelta(days=10)):
        her = customers.signed_in(Client(headers={"accept-language": "zh-hans"}), estate.customer())
        assert FIRST in page(her, "/portal/")


def test_a_child_is_told_of_the_childrens_rules(people):
    writing.publish(people=people)
    child = estate.customer(minor_until=date(2099, 1, 1))
    with scopes.acting(actors.customer(child.pk)) as actor:
        assert seen.telling(child, actor=actor).version.code == "processing-1"
    writing.publish(kind=Kind.CHILDREN, people=people)
    with scopes.acting(actors.customer(child.pk)) as actor:
        assert seen.telling(child, actor=actor).version.code == "children-1"


def test_nobody_looks_for_another(her, people):
    version = writing.publish(people=people)
    other = estate.customer(source_key="other")
    with scopes.acting(actors.customer(other.pk)) as actor, pytest.raises(NotVisible):
        seen.see(her, version, actor=actor)
    assert rows() == []


def test_the_database_keeps_her_rows_from_everybody_else(browser, her, people):
    version = writing.publish(people=people)
    browser.post(PANEL)
    agent = estate.user(Role.AGENT)
    other = estate.customer(source_key="other", of=[agent])
    for actor in (actors.customer(other.pk), actors.staff(agent)):
        with scopes.acting(actor):
            assert not NoticeSeen.objects.exists()
            assert not NoticeSeen.objects.visible_to(actor).exists()
            with pytest.raises(DatabaseError), transaction.atomic():
                NoticeSeen.objects.create(subject_id=her.pk, version=version, capacity="self")
    with scopes.acting(actors.customer(her.pk)) as she:
        assert NoticeSeen.objects.visible_to(she).count() == 1


def test_what_she_looked_at_is_not_rewritten(browser, people):
    writing.publish(people=people)
    browser.post(PANEL)
    (row,) = rows()
    with scopes.acting(estate.system()), pytest.raises(DatabaseError), transaction.atomic():
        NoticeSeen.objects.filter(pk=row.pk).update(capacity="guardian")


def test_it_goes_with_the_last_of_her_and_the_scan_knows(browser, her, people):
    writing.publish(people=people)
    browser.post(PANEL)
    (store,) = [each for each in stores.stores if each.name == "notices-seen"]
    with scopes.acting(estate.system()):
        whole = Gone({}, [her.pk], [her.subject])
        assert len(list(store.scan(whole))) == 1
        store.purge(Gone({}, [her.pk]))
        assert len(list(store.scan(whole))) == 1
        store.purge(whole)
        assert list(store.scan(whole)) == []


def test_the_page_of_her_data_leads_to_the_rules(browser, people):
    writing.publish(people=people)
    assert 'href="/portal/rules/"' in page(browser, "/portal/data/")


def test_a_copy_of_her_data_says_which_rules_she_was_shown_and_when(browser, her, people):
    first = writing.publish(people=people)
    browser.post(PANEL)
    second = next_version(first, people)
    writing.publish(kind=Kind.CHILDREN, people=people)  # in force, and never shown to her
    another = estate.customer()
    with scopes.acting(actors.customer(another.pk)) as actor:
        seen.see(another, second, actor=actor)
    with scopes.acting(actors.customer(her.pk, capacity="guardian")) as actor:
        seen.see(her, second, actor=actor)
    mine = {each.version_id: each for each in rows() if each.subject_id == her.pk}

    said = json.loads(taken(browser, "json", "en"))
    jsonschema.validate(said, SCHEMA, format_checker=jsonschema.FormatChecker())
    told = [(each["code"], each["shown_to"]["code"], each["title"]) for each in said["rules_shown"]]
    assert told == [("processing-1", "self", "A title"), ("processing-2", "guardian", "A title")]
    for each, version in zip(said["rules_shown"], (first, second), strict=True):
        assert datetime.fromisoformat(each["shown_at"]) == mine[version.pk].seen_at.replace(
            microsecond=0
        )
        assert (each["in_force_since"], each["digest"]) == (
            version.since.isoformat(), version.digest,
        )  # fmt: skip
    with ZipFile(io.BytesIO(taken(browser, "zip", "en"))) as archive:
        assert json.loads(archive.read("my-data.json"))["rules_shown"] == said["rules_shown"]


def test_the_printed_copy_says_so_too_and_that_nothing_was_shown(browser, her, people, monkeypatch):
    drawn = []
    monkeypatch.setattr(pdf, "compile_pdf", lambda _name, said, at: drawn.append(said) or b"%PDF-")
    taken(browser, "pdf", "zh-hans")
    assert drawn[-1]["classes"][-2]["parts"][0]["kept"] == "还没有打开过处理规则的记录。"
    writing.publish(people=people)
    browser.post(PANEL)
    taken(browser, "pdf", "zh-hans")
    (part,) = drawn[-1]["classes"][-2]["parts"]
    (look,) = rows()
    facts = dict(part["facts"])
    assert part["title"] == "示例标题"
    assert facts["版本"] == "第 1 版（processing-1）"
    assert facts["看过"] == f"{clock.local(look.seen_at):%Y-%m-%d %H:%M}"
    assert facts["由谁打开"] == "您本人"
