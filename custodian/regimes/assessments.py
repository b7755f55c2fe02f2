"""When an impact assessment comes first, and what it answers: data of each legal order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from custodian import data_files
from custodian.regimes.packs import load
from custodian.regimes.rows import STRENGTH, BadPack, Mark, by_code, code_of, has, made, mark_of

FOLDER: Final = Path(__file__).with_suffix("")


class Occasion(StrEnum):
    """What is about to be done (PIPL art. 55)."""

    SENSITIVE = "sensitive"
    AUTOMATED = "automated"
    ENTRUST = "entrust"
    PROVIDE = "provide"
    PUBLISH = "publish"
    EXPORT = "export"
    OTHER = "other"


class Heading(StrEnum):
    """What an assessment is about (PIPL art. 56)."""

    LAWFUL = "lawful"
    IMPACT = "impact"
    MEASURES = "measures"


@dataclass(frozen=True)
class Ground:
    """One occasion. Without a clause it is a choice of the house and no law."""

    code: str
    regime: str
    occasion: Occasion
    name: str
    name_en: str
    clause: str
    mark: Mark


@dataclass(frozen=True)
class Title:
    """One heading of the law."""

    code: str
    regime: str
    heading: Heading
    name: str
    name_en: str
    clause: str
    mark: Mark


@dataclass(frozen=True)
class Question:
    """One question under a heading. `of`: on which occasions it is asked; none: on all of them."""

    code: str
    regime: str
    heading: Heading
    says: str
    says_en: str
    of: tuple[Occasion, ...] = ()

    def asked(self, occasion: Occasion) -> bool:
        return not self.of or occasion in self.of


@dataclass(frozen=True)
class Form:
    """All that a legal order says of assessments."""

    grounds: Mapping[str, Ground]
    titles: Mapping[str, Title]
    questions: Mapping[str, Question]

    def ground(self, occasion: str) -> Ground:
        """Raises `KeyError` where there is none."""
        return next(g for g in self.grounds.values() if g.occasion == occasion)

    def asked(self, occasion: Occasion) -> list[Question]:
        return [each for each in self.questions.values() if each.asked(occasion)]


@cache
def of(regime: str) -> Form:
    """Raises `BadPack`."""
    return read((FOLDER / f"{regime}.yaml").read_text("utf-8"), regime)


def read(text: str, regime: str) -> Form:
    """What the text of a file says; raises `BadPack` with the code where it is wrong."""
    content = data_files.parse(text)
    has(content, {"grounds", "headings", "questions"}, regime=regime, code="file")
    marks = {code: each.mark for code, each in load(regime).clauses.items()}
    form = Form(
        by_code((_sourced(Ground, each, regime, marks) for each in content["grounds"]), regime),
        by_code((_sourced(Title, each, regime, marks) for each in content["headings"]), regime),
        by_code((_question(each, regime) for each in content["questions"]), regime),
    )
    _complete("occasion", Occasion, form.grounds.values(), regime)
    _complete("heading", Heading, form.titles.values(), regime)
    return form


def _complete(name: str, wanted: type[StrEnum], rows: Iterable[Any], regime: str) -> None:
    """Each once: a gate that asks for one must find it."""
    found = sorted(getattr(each, name) for each in rows)
    if found != sorted(wanted):
        raise BadPack(regime, name, "stands there not once each")


def _sourced(kind: Any, row: Any, regime: str, marks: Mapping[str, Mark]) -> Any:
    code = code_of(row, regime, f"{regime}-")
    try:
        given: dict[str, Any] = {"regime": regime, "mark": mark_of(row, regime)}
        if kind is Ground:
            given["occasion"] = Occasion(row["occasion"])
        else:
            given["heading"] = Heading(row["heading"])
    except (KeyError, ValueError) as error:
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found = made(kind, {**row, **given}, code)
    if not found.name.strip() or not found.name_en.strip():
        raise BadPack(regime, code, "lacks a name")
    if found.clause and found.clause not in marks:
        raise BadPack(regime, code, "names no clause of the file")
    strongest = STRENGTH[marks[found.clause]] if found.clause else STRENGTH[Mark.DEFAULT]
    if STRENGTH[found.mark] > strongest:
        raise BadPack(regime, code, "is surer than its clause")
    return found


def _question(row: Any, regime: str) -> Question:
    code = code_of(row, regime, f"{regime}-")
    try:
        given = {
            "regime": regime,
            "heading": Heading(row["heading"]),
            "of": tuple(Occasion(each) for each in row.get("of", ())),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found: Question = made(Question, {**row, **given}, code)
    if not found.says.strip() or not found.says_en.strip():
        raise BadPack(regime, code, "has no words in one of the languages")
    return found
