"""The demo's published texts: the first ones, and one change of the rules since.

One customer has read the first version, so that she is told what is new; the other never looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from access import actors, approvals, scopes
from access.models import User
from custodian.demo.diary import Steps
from records.models import Customer, PublishedText
from records.notices import drafting, first, in_force, seen
from records.notices.contents import Both, Content, read

OFFICER, SECOND = "C0217", "C0218"
Kind = PublishedText.Kind
FORMER: Final = Both("一般三十天内答复；", "We usually answer within thirty days;")
FRESH: Final = Both(
    "一般十五天内答复，最长三十天；",
    "We usually answer within fifteen days, and within thirty at most;",
)
CHANGES: Final = Both(
    "答复您的申请，从一般三十天缩短到一般十五天。别的没有改。",
    "We answer your requests sooner: usually within fifteen days instead of thirty. Nothing else changed.",
)


class Notices:
    def __init__(self, people: Mapping[str, User], begin: datetime, reader: int | None) -> None:
        self._people, self._reader = people, reader
        # Nobody approves in the first days of an office.
        self.steps: Steps = [
            (begin + timedelta(days=4, hours=1), self._begin),
            (begin + timedelta(days=9, hours=11), self._read),
            (begin + timedelta(days=24, hours=2), self._change),
        ]

    def _begin(self) -> None:
        for each in first.texts(drafting.today()):
            _publish(self._people, each.content, kind=each.kind, slug=each.slug)

    def _read(self) -> None:
        rules = in_force.current(Kind.PROCESSING)
        if self._reader is not None and rules is not None:
            she = actors.customer(self._reader)
            with scopes.acting(she):
                seen.see(Customer.objects.get(pk=self._reader), rules, actor=she)

    def _change(self) -> None:
        rules = in_force.current(Kind.PROCESSING)
        if rules is not None:
            _publish(self._people, _changed(read(rules.content)), text=rules.text)


def _changed(content: Content) -> Content:
    rights = content.part("rights")
    fresh = Both(rights.zh.replace(FORMER.zh, FRESH.zh), rights.en.replace(FORMER.en, FRESH.en))
    parts = {**content.parts, "rights": fresh}
    return replace(content, parts=parts, changes=CHANGES, since=drafting.today())


def _publish(
    people: Mapping[str, User],
    content: Content,
    *,
    kind: str = "",
    slug: str = "",
    text: PublishedText | None = None,
) -> None:
    one = actors.staff(people[OFFICER])
    with scopes.acting(one):
        if text is None:
            text = drafting.begin(kind, content, slug=slug, actor=one).text
        else:
            drafting.edit(text, content, actor=one)
        asked = drafting.send(text, actor=one)
    other = actors.staff(people[SECOND], stepped_up=True)
    with scopes.acting(other):
        approvals.approve(asked, seen=asked.digest, actor=other)
