"""Who is given a remedy, or served a letter, is told at once that it waits on his page; not what it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.test import Client

from access import scopes
from access.models import User
from access.vocabulary import Role
from custodian import clock
from incidents import own_telling, tasks
from incidents.cases import remedying
from incidents.models import Incident, OwnTelling
from incidents.risks import actions
from tests import estate
from tests.incidents import risk_office, sanctioning
from tests.incidents.test_cases import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a worker that hears every call at once."""
    settings.VAR = tmp_path / "var"
    monkeypatch.setattr(tasks.tell_person, "delay", tasks.tell_person)


def mailed(person: User) -> list[str]:
    return [f"{each.subject}\n{each.body}" for each in mail.outbox if person.email in each.to]


def addressed(person: User, address: str = "zhou@qinghe.example") -> User:
    person.email = address
    person.save(update_fields=["email"])
    return person


def rows() -> list[OwnTelling]:
    with scopes.acting(estate.system()):
        return list(OwnTelling.objects.all())


class Cast(Office):
    def __init__(self) -> None:
        super().__init__()
        self.owner = addressed(estate.user(Role.SERVICE_DESK, name="周明"))

    def give(self, owner: User | None = None) -> Any:
        with estate.acting(self.lead) as actor:
            return remedying.propose(
                self.case, title="停用张三的账号", kind="technical", note="", owner=owner or self.owner,
                due_on=clock.local().date() + timedelta(days=30), actor=actor,
            )  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_an_owner_is_told_at_once_and_once_without_a_word_of_it(cast: Cast) -> None:
    cast.give()
    (letter,) = mailed(cast.owner)
    assert "我的整改措施" in letter
    assert not [word for word in ("张三", "停用", cast.case.code, "名单外泄") if word in letter]
    tasks.tell_due()
    assert len(mailed(cast.owner)) == 1
    assert rows()[0].mailed_at is not None


def test_the_next_owner_is_told_and_another_day_tells_nobody(cast: Cast) -> None:
    row = cast.give()
    other = addressed(estate.user(Role.SERVICE_DESK, name="吴桐"), "wu@qinghe.example")
    with estate.acting(cast.lead) as actor:
        due = clock.local().date() + timedelta(days=40)
        remedying.settle_owner(row, cast.owner, due, why="改期", actor=actor)
    assert len(mailed(cast.owner)) == 1
    with estate.acting(cast.lead) as actor:
        remedying.settle_owner(row, other, due, why="", actor=actor)
    assert len(mailed(other)) == 1


def test_what_one_gave_oneself_or_of_an_exercise_tells_nobody(cast: Cast) -> None:
    cast.give(addressed(cast.lead, "chen@qinghe.example"))
    with scopes.acting(estate.system()):
        Incident.objects.filter(pk=cast.case.pk).update(exercise=True)
    cast.give()
    assert mail.outbox == []
    assert rows() == []


def test_a_mail_that_failed_goes_with_the_next_round_unless_it_is_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any) -> int:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", down)
        row, over = cast.give(), cast.give()
    assert [each.mailed_at for each in rows()] == [None, None]
    with estate.acting(cast.owner) as actor:
        remedying.finish(over, result="已停", evidence="", channel="admin", actor=actor)
    with clock.at(clock.now() + timedelta(days=8)):
        tasks.tell_due()
    told = [each.mailed_at for each in rows() if each.about == row.ref]
    assert told == [None], "after a week it says nothing any more"
    tasks.tell_due()
    said = {each.about: each.mailed_at is not None for each in rows()}
    assert said == {row.ref: True, over.ref: False}
    assert len([each for each in mailed(cast.owner) if "我的整改措施" in each]) == 1


def test_the_board_says_whether_the_owner_was_told(cast: Cast) -> None:
    cast.give()
    without = estate.user(Role.SERVICE_DESK, name="吴桐")
    cast.give(without)
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    estate.login(client, cast.lead, stepped_up=True)
    page = client.get(f"/admin/incident/{cast.case.code}/").content.decode()
    assert "已发邮件告知" in page
    assert "没有登记邮箱，请另行告知" in page
    with estate.acting(without):
        assert not OwnTelling.objects.exists(), "of whom letters tell, nobody reads a row"


def test_an_action_of_a_risk_tells_its_owner(cast: Cast) -> None:
    office = risk_office.Office()
    risk = office.risk()
    with estate.acting(office.officer) as actor:
        actions.propose(
            risk, title="停用张三", owner=cast.owner, due_on=clock.local().date(), actor=actor
        )
    (letter,) = mailed(cast.owner)
    assert "张三" not in letter


def test_a_letter_that_was_served_is_told_without_a_word_of_it() -> None:
    office = sanctioning.Office()
    addressed(office.person, "qi@qinghe.example")
    paper = office.notify()
    (letter,) = mailed(office.person)
    assert "送达我的函件" in letter
    assert not [word for word in (sanctioning.NAME, office.matter.code, "追究") if word in letter]
    assert len(mail.outbox) == 1, "nobody else hears of it"
    with estate.acting(office.lead):
        told = own_telling.attach([paper])[0].told
    assert told.mailed_at is not None
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    estate.login(client, office.lead, stepped_up=True)
    assert "已发邮件告知" in client.get(f"/admin/sanction/{office.matter.code}/").content.decode()


def test_a_mail_does_not_go_before_it_was_noted(cast: Cast) -> None:
    cast.give()
    with (
        scopes.acting(estate.system()),
        pytest.raises(IntegrityError, match="own_telling_is_mailed_after_it_was_noted"),
        transaction.atomic(),
    ):
        OwnTelling.objects.update(mailed_at=clock.now() - timedelta(days=1))
