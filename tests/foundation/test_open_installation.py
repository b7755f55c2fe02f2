"""An empty installation is opened once, by a command, and its first person chooses his own password."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from access.models import User
from access.vocabulary import Role
from records.models import Book
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {
    "unit": "HQ",
    "unit_name": "总公司",
    "username": "first.admin",
    "staff_no": "T0001",
    "name": "吴刚",
}


def test_the_first_administrator_gets_a_link_and_no_password(capsys, client, entries_since):
    call_command("open_installation", **WORDS)
    user = User.objects.get()
    assert (user.role, user.unit.code, user.has_usable_password()) == (
        Role.ADMINISTRATOR,
        "HQ",
        False,
    )
    assert Book.objects.get().code == "QH"
    link = capsys.readouterr().out.strip()
    assert client.get(link, follow=True).status_code == 200
    estate.drain()
    assert (
        "access:user:change"
        in [entry for entry in entries_since() if entry.act == "change"][-1].leaf
    )


def test_a_system_with_people_in_it_is_not_opened_again():
    estate.user()
    with pytest.raises(CommandError):
        call_command("open_installation", **WORDS)
    assert not User.objects.filter(username="first.admin").exists()
