"""A customer out of a row: identified by documents first, completed from the ID number."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers import (
    IdType,
    ResidentFacts,
    check_document,
    contradictions,
    facts_of,
    guess_id_type,
    years_between,
)
from records.identifiers.checked import hard, warning
from records.identifiers.contradictions import AGE, BIRTH_DATE, SEX
from records.identifiers.documents import ID_TYPE_ASSUMED
from records.importing.drafts import CustomerDraft, Flaw
from records.importing.mapping import SourceMapping

WITHOUT_NAME = hard("customer-without-name", _("没有姓名或名称，请补充"))
UNIDENTIFIABLE = hard(
    "customer-unidentifiable", _("除姓名外没有证件号码、出生日期或手机号码，无法确认是谁，请补充")
)
MINOR_ALONE = warning("minor-without-guardian", _("未满 18 周岁但没有监护人，请补充"))
ORGANISATION_ID = warning("organisation-with-personal-id", _("单位客户用了个人证件，请核对"))

PERSON: Final = "person"
ORGANISATION: Final = "organisation"
ADULT: Final = 18

_ID_TYPES: Final[dict[str, IdType]] = {kind.value: kind for kind in IdType}
_NUMBERED_AS_RESIDENTS: Final = frozenset(
    {IdType.RESIDENT_ID.value, IdType.HUKOU.value, IdType.HMT_RESIDENCE.value}
)
# The basic facts of AML due diligence; an address or a workplace will do, a mobile or a landline.
_NINE: Final = (
    "identity.name",
    "identity.sex",
    "identity.nationality",
    "identity.occupation",
    "identity.id_type",
    "identity.id_number",
    "identity.id_valid_until",
)
_EITHER: Final = (
    ("identity.address", "identity.workplace"),
    ("identity.mobile", "identity.landline"),
)
_ORGANISATION: Final = ("identity.name", "identity.id_type", "identity.id_number",
                        "identity.address", "identity.legal_representative")  # fmt: skip
_IDENTIFYING: Final = ("identity.id_number", "identity.birth_date", "identity.mobile")
_FLAWED: Final = {
    BIRTH_DATE: "identity.birth_date",
    SEX: "identity.sex",
    AGE: "customer.age",
}


def draft_customer(
    number: int,
    values: dict[str, str],
    facts: dict[str, str],
    flaws: list[Flaw],
    *,
    mapping: SourceMapping,
    today: date,
) -> CustomerDraft:
    written_id = values.get("identity.id_number")
    kind = facts.get("customer.kind") or _kind_of(values)
    if written_id:
        _settle_document(written_id, values, flaws, kind=kind, mapping=mapping, today=today)
    if kind == PERSON:
        derived = _complete(values, facts, flaws, today)
    else:
        derived = ()
        if values.get("identity.id_type") == IdType.RESIDENT_ID:
            flaws.append(Flaw("identity.id_type", ORGANISATION_ID))

    if "identity.name" not in values:
        flaws.append(Flaw(None, WITHOUT_NAME))
    # A value that was there but could not be read has its own reason; this one is for absence.
    elif not any(code in values for code in _IDENTIFYING) and not _hard(flaws):
        flaws.append(Flaw(None, UNIDENTIFIABLE))

    return CustomerDraft(
        source=mapping.name,
        row=number,
        key=_key(values, facts),
        kind=kind,
        values=values,
        agent_staff_no=facts.get("agent.staff_no"),
        intermediary_code=facts.get("intermediary.code"),
        unit_code=facts.get("unit.code"),
        guardian_key=facts.get("guardian.key"),
        guardian_name=facts.get("guardian.name"),
        relation_kind=facts.get("relation.kind"),
        derived=derived,
        missing=missing(values, kind),
        warnings=tuple(flaws),
    )


def _kind_of(values: dict[str, str]) -> str:
    if values.get("identity.id_type") == IdType.USCC or "identity.legal_representative" in values:
        return ORGANISATION
    return PERSON


def _settle_document(
    written: str,
    values: dict[str, str],
    flaws: list[Flaw],
    *,
    kind: str,
    mapping: SourceMapping,
    today: date,
) -> None:
    named = values.get("identity.id_type") or mapping.id_type
    id_type = (
        _ID_TYPES[named] if named else guess_id_type(written, organisation=kind == ORGANISATION)
    )
    value, problems = check_document(written, id_type=id_type, today=today)
    if value is None:
        del values["identity.id_number"]
    else:
        values["identity.id_number"] = value
        values["identity.id_type"] = id_type.value
    if problems:
        flaws.extend([Flaw("identity.id_number", problem) for problem in problems])
    if not named and id_type is not IdType.RESIDENT_ID:
        flaws.append(Flaw("identity.id_type", ID_TYPE_ASSUMED))


def _complete(
    values: dict[str, str], facts: dict[str, str], flaws: list[Flaw], today: date
) -> tuple[str, ...]:
    """Fill birth date and sex from a resident number, and look for contradictions with it."""
    said: ResidentFacts | None = None
    if values.get("identity.id_type") in _NUMBERED_AS_RESIDENTS and "identity.id_number" in values:
        said = facts_of(values["identity.id_number"])
    birth_date, sex = values.get("identity.birth_date"), values.get("identity.sex")
    age = facts.get("customer.age")
    derived = []
    if said:
        if not birth_date and not _about(flaws, "identity.birth_date"):
            birth_date = values["identity.birth_date"] = said.birth_date
            derived.append("identity.birth_date")
        if not sex:
            sex = values["identity.sex"] = said.sex
            derived.append("identity.sex")
    if (said and (said.birth_date != birth_date or said.sex != sex)) or age:
        found = contradictions(facts=said, birth_date=birth_date, sex=sex, age=age, today=today)
        flaws.extend([Flaw(_FLAWED[problem], problem) for problem in found])
    if birth_date and int(birth_date[:4]) >= today.year - ADULT:
        alone = "guardian.key" not in facts and "guardian.name" not in facts
        if alone and years_between(birth_date, today) < ADULT:
            flaws.append(Flaw("guardian.key", MINOR_ALONE))
    return tuple(derived)


def _hard(flaws: list[Flaw]) -> bool:
    return any(flaw.problem.hard for flaw in flaws)


def _about(flaws: list[Flaw], target: str) -> bool:
    return any(flaw.target == target for flaw in flaws)


def _key(values: dict[str, str], facts: dict[str, str]) -> str:
    """The customer's number in the file; else the document; else what else tells people apart."""
    own = facts.get("customer.key") or values.get("identity.id_number")
    if own:
        return own
    parts = ("identity.name", "identity.birth_date", "identity.mobile")
    return "\x1f".join(values.get(code, "") for code in parts)


def missing(values: dict[str, str], kind: str) -> tuple[str, ...]:
    if kind == ORGANISATION:
        return tuple([code for code in _ORGANISATION if code not in values])
    found = [code for code in _NINE if code not in values]
    found += [first for first, other in _EITHER if first not in values and other not in values]
    return tuple(found)
