"""Letters of a matter: made once, sealed as they were made, printed in Chinese and English."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, law, scopes
from access.actors import Actor
from access.law import words as law_words
from custodian import clock, pdf
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from incidents.models import SanctionCase, SanctionPaper
from incidents.reports.kinds import LANGUAGES
from incidents.sanctions import people, rules, sealing
from incidents.sanctions.standing import What, house, write

Kind = SanctionPaper.Kind
Parts = Sequence[Sequence[str]]
Words = Mapping[str, str]
TEMPLATE: Final = "sanction_letter.typ"


class Altered(CustodianError):
    """The letter is not the one that was made."""

    code = "sanction-letter-altered"
    status = 410
    message = _("函件已不是制作时的那一份，请联系系统管理员核对")


def issue(
    matter: SanctionCase,
    kind: str,
    tell: Callable[[str], Parts],
    *,
    to: str = "",
    reply: Callable[[], str] = str,
    actor: Actor,
) -> SanctionPaper:
    """One of its kind, in the transaction of the act; one that was not served yet gives way to it.

    `tell` says its paragraphs in the language that is active; a referral goes to an authority, `to`.
    """
    now = clock.now()
    body = _body(matter, kind, tell, to=to, reply=reply, at=now)
    row = SanctionPaper(
        matter=matter, kind=Kind(kind), sha256=digest_of(body), issued_at=now,
        person=None if kind == Kind.REFERRAL else matter.person, issued_by_id=actors.person(actor),
    )  # fmt: skip
    row.body_sealed = sealing.seal(sealing.MATTER, matter.ref, f"paper/{row.ref}", body)
    with scopes.acting(house()):
        SanctionPaper.objects.filter(matter=matter, kind=kind, served_on=None).delete()
        row.save(force_insert=True)
    told = {"paper": kind, "sha256": row.sha256}
    write(matter, What.ISSUED, actor=actor, told=told)
    return row


def content(matter: SanctionCase, row: SanctionPaper) -> dict[str, Any]:
    """Raises `Altered`, `NoKey`."""
    body = sealing.opened(sealing.MATTER, matter.ref, f"paper/{row.ref}", row.body_sealed)
    if digest_of(body) != row.sha256:
        raise Altered
    return dict(body)


def printed(body: Mapping[str, Any], *, digest: str) -> bytes:
    said = {**body, "digest": f"SHA-256 {digest}"}
    return pdf.compile_pdf(TEMPLATE, said, at=datetime.fromisoformat(body["at"]))


def digest_of(body: Mapping[str, Any]) -> str:
    """It has a random part, so that nobody finds out by trying what a letter says."""
    return hashlib.sha256(canonical(dict(body)).encode()).hexdigest()


def framed(
    number: str,
    titles: Words,
    sides: Mapping[str, Mapping[str, Any]],
    at: datetime,
) -> dict[str, Any]:
    return {
        "number": number,
        "title": titles["zh"],
        "insurer": settings.CUSTODIAN_INSURER_NAME["zh"],
        "at": at.isoformat(),
        "nonce": secrets.token_hex(16),
        "sides": [dict(each) for each in sides.values()],
    }


def side(language: str, title: str, to: Parts, parts: Parts, *, foot: str, at: datetime) -> Any:
    """In the language that is active."""
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": title,
        "insurer": settings.CUSTODIAN_INSURER_NAME[language],
        "day": day_of(at, language),
        "head": [list(each) for each in to],
        "parts": [list(each) for each in parts],
        "foot": foot,
        "page": _("第 {n} 页，共 {m} 页"),
    }


def day_of(at: datetime, language: str) -> str:
    day = clock.local(at)
    return f"{day.day} {day:%B %Y}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def grounds(acts: Sequence[str]) -> str:
    """Each act with its clause and how well that was checked."""
    said = _("%(rule)s：%(said)s")
    return "\n".join(
        said % {"rule": each, "said": cited(each.clause, each.mark)} for each in rules.acts(acts)
    )


def cited(clause: str, mark: str) -> str:
    named = law_words.cite(law.clause(clause)) if clause else ""
    if not named:
        return law_words.mark_word(mark)
    return _("%(clause)s（%(mark)s）") % {"clause": named, "mark": law_words.mark_word(mark)}


def written(words: Words, language: str) -> str:
    """In the other language where it was written in one alone, which says so."""
    if words.get(language):
        return words[language]
    return (
        _("（只有另一种文字的版本）") + "\n" + next((each for each in words.values() if each), "")
    )


def masked(number: str) -> str:
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}" if number else "—"


def _body(
    matter: SanctionCase,
    kind: str,
    tell: Callable[[str], Parts],
    *,
    to: str,
    reply: Callable[[], str],
    at: datetime,
) -> dict[str, Any]:
    whom = people.who(matter)
    sides, titles = {}, {}
    for language, tag in LANGUAGES.items():
        with override(tag):
            titles[language] = str(Kind(kind).label)
            head = _head(matter, whom, to)
            parts = tell(language)
            sides[language] = side(language, titles[language], head, parts, foot=reply(), at=at)
    return framed(matter.code, titles, sides, at)


def _head(matter: SanctionCase, whom: people.Who, to: str) -> list[list[str]]:
    """A letter to the person, or to an authority about him."""
    named = f"{whom.name} {matter.person.staff_no}" if matter.person else whom.name
    rows = [[_("收件人"), to or named], [_("文号"), matter.code]]
    if to:
        rows += [[_("所涉人员"), named]]
    rows += [[_("证件号码"), whom.id_number if to and whom.id_number else masked(whom.id_number)]]
    if matter.intermediary:
        rows += [[_("所属中介机构"), matter.intermediary.name]]
    return rows
