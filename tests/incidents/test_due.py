"""What falls due next: late first, for members alone; told once to its owner, the lead and the group."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client

from access import scopes
from access.models import User
from access.vocabulary import Role
from custodian import clock
from incidents import tasks
from incidents.cases import due, escalating, group, links, remedying, todo
from incidents.models import DueTelling
from tests import estate
from tests.incidents.test_cases import Office

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


class Cast(Office):
    """Everybody has an address; of the case's own tasks and clocks nothing is left but what a test adds."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = estate.user(Role.SERVICE_DESK, name="周明")
        for name in ("lead", "second", "outside", "auditor", "owner"):
            person: User = getattr(self, name)
            person.email = f"{name}@qinghe.example"
            person.save(update_fields=["email"])

    def quiet(self) -> None:
        self.finish_tasks()
        with estate.acting(self.lead):
            self.case.clocks.all().delete()

    def task(self, owner: User | None, *, hours: int, title: str = "联系张三") -> Any:
        with estate.acting(self.lead) as actor:
            return todo.add(
                self.case, title, owner=owner, due_at=clock.now() + hours * HOUR, actor=actor
            )

    def beat(self, at: datetime) -> None:
        with clock.at(at):
            tasks.tell_due()


def told() -> list[tuple[str, str]]:
    with scopes.acting(estate.system()):
        return [(row.user.email.partition("@")[0], row.step) for row in DueTelling.objects.all()]


def letters() -> list[str]:
    return [each.to[0].partition("@")[0] for each in mail.outbox]


@pytest.fixture
def cast() -> Cast:
    found = Cast()
    mail.outbox.clear()
    return found


def test_what_is_late_comes_first_and_then_what_is_due_next(cast: Cast) -> None:
    cast.quiet()
    with clock.at(clock.now() - 9 * HOUR):
        late = cast.task(None, hours=1, title="逾期的")
    soon, later = cast.task(None, hours=2, title="马上"), cast.task(None, hours=200, title="以后")
    with estate.acting(cast.lead) as actor:
        remedy = remedying.propose(
            cast.case, title="停用共享账号", kind="technical", note="", owner=cast.owner,
            due_on=clock.local().date() + timedelta(days=2), actor=actor,
        )  # fmt: skip
        found = due.of(actor)
    assert [each.row for each in found] == [late, soon, remedy, later]
    assert [each.late() for each in found] == [True, False, False, False]
    assert found[0].left.startswith("逾期")


def test_only_members_see_it_in_the_list_and_in_the_morning(cast: Cast) -> None:
    for person, sees in ((cast.lead, True), (cast.second, True), (cast.outside, False)):
        client = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), person, stepped_up=True)
        for page in ("/admin/", "/admin/incident/"):
            answer = client.get(page).content.decode()
            assert ("接下来到期" in answer, cast.case.code in answer) == (sees, sees), (
                person,
                page,
            )
    with estate.acting(cast.lead) as actor:
        group.let_in(cast.case, cast.auditor, "observer", actor=actor)
    with estate.acting(cast.auditor) as actor:
        assert due.of(actor) == []


def test_what_is_late_is_the_headline_of_a_members_morning(cast: Cast) -> None:
    with clock.at(clock.now() + 99 * HOUR):
        lead = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), cast.lead, stepped_up=True)
        assert "已经逾期" in lead.get("/admin/").content.decode()
        other = estate.login(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), cast.outside, stepped_up=True)
        assert "已经逾期" not in other.get("/admin/").content.decode()


def test_first_its_owner_then_the_lead_then_the_group_each_once(cast: Cast) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=100)
    begun = task.added_at
    for hours, expected in (
        (70, []),
        (76, [("second", "owner")]),
        (77, [("second", "owner")]),
        (101, [("second", "owner"), ("lead", "lead")]),
        (151, [("second", "owner"), ("lead", "lead"), ("second", "group"), ("lead", "group")]),
        (400, [("second", "owner"), ("lead", "lead"), ("second", "group"), ("lead", "group")]),
    ):
        cast.beat(begun + hours * HOUR)
        assert told() == expected, hours
    assert sorted(letters()) == ["lead", "lead", "second", "second"]


def test_after_missed_days_each_is_told_once_and_not_once_for_each_step(cast: Cast) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=10)
    cast.beat(task.added_at + 90 * HOUR)
    cast.beat(task.added_at + 91 * HOUR)
    assert told() == [("second", "group"), ("lead", "group")]
    assert sorted(letters()) == ["lead", "second"]


def test_two_beats_at_once_send_one_letter(cast: Cast) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=10)
    with estate.acting(cast.lead):
        cast.case.tasks.filter(pk=task.pk).update(added_at=clock.now() - 90 * HOUR)

    def ring() -> None:
        try:
            tasks.tell_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: ring(), range(4)))
    assert (told(), letters()) == ([("second", "owner")], ["second"])


def test_a_letter_that_did_not_go_out_goes_with_the_next_beat(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=10)

    def fails(*_args: Any) -> int:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", fails)
        cast.beat(task.added_at + 8 * HOUR)
    assert letters() == []
    cast.beat(task.added_at + 8 * HOUR)
    assert letters() == ["second"]


def test_a_letter_names_the_case_and_what_is_due_and_never_the_content(cast: Cast) -> None:
    cast.task(cast.second, hours=10)
    cast.beat(clock.now() + 300 * HOUR)
    (letter,) = [each for each in mail.outbox if each.to == ["second@qinghe.example"]]
    for words in (cast.case.code, "一项任务", "保全证据", "逾期", "项事项临近期限或逾期"):
        assert words in letter.subject + letter.body, words
    assert "张三" not in letter.body
    assert "名单外泄" not in letter.body


def test_what_nobody_owns_is_told_the_lead_and_so_is_what_its_owner_left_behind(
    cast: Cast,
) -> None:
    cast.quiet()
    for owner in (None, cast.second):
        cast.task(owner, hours=10)
    with estate.acting(cast.lead) as actor:
        group.let_out(cast.case, cast.case.members.now().get(user=cast.second), actor=actor)
    cast.beat(clock.now() + 9 * HOUR)
    assert told() == [("lead", "owner"), ("lead", "owner")]
    assert letters() == ["lead"]
    assert mail.outbox[0].body.count(cast.case.code) == 4, "each in both languages"


def test_whoever_left_before_the_letter_went_gets_none(cast: Cast) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=10)
    with scopes.acting(estate.system()):
        DueTelling.objects.create(
            incident=cast.case, thing="task", number=task.pk, due_at=task.due_at, step="owner",
            user=cast.second,
        )  # fmt: skip
    with estate.acting(cast.lead) as actor:
        group.let_out(cast.case, cast.case.members.now().get(user=cast.second), actor=actor)
    cast.beat(task.added_at + HOUR)
    assert letters() == []


def test_the_owner_of_a_remedy_is_told_without_the_case(cast: Cast) -> None:
    cast.quiet()
    with estate.acting(cast.lead) as actor:
        remedying.propose(
            cast.case, title="停用共享账号", kind="technical", note="", owner=cast.owner,
            due_on=clock.local().date() + timedelta(days=10), actor=actor,
        )  # fmt: skip
    cast.beat(clock.now() + timedelta(days=9))
    (letter,) = mail.outbox
    assert letter.to == ["owner@qinghe.example"]
    assert "一项整改措施" in letter.body
    assert cast.case.code not in letter.subject + letter.body


def test_what_is_done_is_told_nobody_and_a_moved_day_is_told_anew(cast: Cast) -> None:
    cast.quiet()
    task = cast.task(cast.second, hours=10)
    cast.beat(task.added_at + 8 * HOUR)
    with estate.acting(cast.lead):
        cast.case.tasks.filter(pk=task.pk).update(due_at=task.due_at + 100 * HOUR)
    cast.beat(task.added_at + 10 * HOUR)
    assert len(told()) == 1
    cast.beat(task.added_at + 100 * HOUR)
    assert told() == [("second", "owner"), ("second", "owner")]
    with estate.acting(cast.lead) as actor:
        todo.settle(task, "done", note="", actor=actor)
    cast.beat(task.added_at + 900 * HOUR)
    assert len(told()) == 2


def test_a_wrong_ladder_is_refused() -> None:
    good = (Path(escalating.__file__).parent.parent / "escalation.yaml").read_text()
    assert [each.tell for each in escalating.parsed(good)] == ["owner", "lead", "group"]
    for wrong in (
        good.replace("group", "everybody"),
        good.replace("passed: 150", "passed: 50"),
        good.replace("- {tell: lead, passed: 100}\n", ""),
        good.replace("passed: 75", "passed: soon"),
        "",
    ):
        with pytest.raises(escalating.EscalationRefused):
            escalating.parsed(wrong)


def test_whom_a_case_is_about_is_told_nothing(cast: Cast) -> None:
    with estate.acting(cast.lead) as actor:
        links.link(cast.case, "operator", cast.outside.staff_no, actor=actor)
    cast.beat(clock.now() + 900 * HOUR)
    assert set(letters()) == {"lead", "second"}
