"""What one person's facts say against each other."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Problem, hard, warning
from records.identifiers.resident import ResidentFacts

BIRTH_DATE = hard("birth-date-against-id", _("出生日期与证件号码不一致，请核对"))
SEX = hard("sex-against-id", _("性别与证件号码不一致，请核对"))
AGE = warning("age-against-birth-date", _("年龄与出生日期不一致，请核对"))


def contradictions(
    *,
    facts: ResidentFacts | None,
    birth_date: str | None,
    sex: str | None,
    age: str | None = None,
    today: date,
) -> tuple[Problem, ...]:
    """Facts are those of a valid resident number; dates ISO 8601; age as written in the file."""
    found: list[Problem] = []
    if facts and birth_date and facts.birth_date != birth_date:
        found.append(BIRTH_DATE)
    if facts and sex and facts.sex != sex:
        found.append(SEX)
    born = birth_date or (facts.birth_date if facts else None)
    if age and born and age.isdigit() and not _fits(int(age), born, today):
        found.append(AGE)
    return tuple(found)


def years_between(birth_date: str, today: date) -> int:
    years = today.year - int(birth_date[:4])
    return years - (today.isoformat()[5:] < birth_date[5:])


def _fits(age: int, birth_date: str, today: date) -> bool:
    # Files age: an age written last year, or counted from 1 as is usual in China, is not an error.
    return abs(years_between(birth_date, today) - age) <= 2
