"""Texts for the tests: complete ones, and the way they get into force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from access import actors, approvals, scopes
from access.models import Approval, User
from access.vocabulary import Role
from records.models import PublishedText, TextVersion
from records.notices import drafting, headings
from records.notices.contents import Both, Content
from tests import estate

Kind = PublishedText.Kind


def officers() -> tuple[User, User]:
    return (
        estate.user(Role.COMPLIANCE_OFFICER, name="陈静"),
        estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"),
    )


def content(kind: str = Kind.PROCESSING, **more: Any) -> Content:
    """Everything that this kind must say, in both languages."""
    parts = {
        each.key: Both(f"{each.titles['zh']}的正文。", f"The text of {each.key}.")
        for each in headings.of(kind)
    }
    whole = Content(
        title=Both("示例标题", "A title"),
        summary=Both("示例摘要", "A summary"),
        parts=parts,
        since=drafting.today(),
    )
    return replace(whole, **more)


def with_part(said: Content, key: str, zh: str, en: str = "English.") -> Content:
    return replace(said, parts={**said.parts, key: Both(zh, en)})


def send(
    said: Content,
    *,
    kind: str = Kind.PROCESSING,
    slug: str = "",
    text: PublishedText | None = None,
    by: User,
) -> Approval:
    """Draft as one officer and put it up."""
    with scopes.acting(actors.staff(by)) as actor:
        if text is None:
            text = drafting.begin(kind, said, slug=slug, actor=actor).text
        else:
            drafting.edit(text, said, actor=actor)
        return drafting.send(text, actor=actor)


def approve(approval: Approval, person: User) -> None:
    with scopes.acting(actors.staff(person, stepped_up=True)) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def publish(
    said: Content | None = None,
    *,
    kind: str = Kind.PROCESSING,
    slug: str = "",
    text: PublishedText | None = None,
    people: tuple[User, User] | None = None,
) -> TextVersion:
    one, other = people or officers()
    approval = send(said or content(kind), kind=kind, slug=slug, text=text, by=one)
    approve(approval, other)
    return TextVersion.objects.select_related("text").get(approval=approval)


def changed(said: Content, key: str, zh: str, en: str = "English.", **more: Any) -> Content:
    """The next version of a text, with words about what is new."""
    changes = Both("改了一处说明。", "One passage is clearer.")
    return replace(with_part(said, key, zh, en), changes=changes, **more)
