"""Whether what is proposed can stand: the checks of an import, on the customer as she would be afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.corrections.groups import Group
from records.identifiers.checked import hard
from records.identifiers.contradictions import BIRTH_DATE, SEX
from records.importing.drafts import CustomerDraft, Flaw, Rejected
from records.importing.mapping import ColumnRule, SourceMapping
from records.importing.readers.sheets import Row
from records.importing.rows import Plan
from records.importing.targets import Kind

UNCHANGED = hard("correction-unchanged", _("与现在登记的内容相同，不用更正"))
NOTHING = hard("correction-empty", _("请填写正确的内容"))
UNREADABLE = hard("correction-unreadable", _("内容无法识别，请核对"))
NAME, ID_NUMBER = "identity.name", "identity.id_number"
SEX_CODE, BORN = "identity.sex", "identity.birth_date"
# A row that names nobody is set aside, whatever else it says.
_SOMEBODY: Final = {NAME: "某某", "identity.mobile": "13700137001"}
# What the checks hold a value against.
_CONTEXT: Final = (NAME, "identity.id_type", ID_NUMBER, BORN, SEX_CODE)
_AGAINST_EACH_OTHER: Final = frozenset({"document", "birth_date", "sex"})
_CONTRADICTIONS: Final = frozenset({BIRTH_DATE, SEX})


@dataclass(frozen=True, repr=False)
class Proposal:
    """Normalised values by element, those read from the ID number apart, and what is wrong or doubtful."""

    values: Mapping[str, str]
    derived: frozenset[str]
    flaws: Sequence[Flaw]

    @property
    def sound(self) -> bool:
        return bool(self.values) and not _any_hard(self.flaws)

    def __repr__(self) -> str:
        return f"<Proposal of {', '.join(self.values)}>"


def check(
    group: Group, written: Mapping[str, str], *, held: Mapping[str, str], kind: str, today: date
) -> Proposal:
    """`written` is text as typed, by element; `held` is what stands there now. Left empty means unchanged."""
    said = {code: text for code in group.elements if (text := written.get(code, "").strip())}
    if not said:
        return Proposal({}, frozenset(), (Flaw(group.elements[0], NOTHING),))
    context = {
        code: held[code]
        for code in (*_CONTEXT, *group.elements)
        if code in held and code not in said
    }
    values, flaws = _read({**context, **said}, kind=kind, today=today)
    derives = group.code == "document" and ID_NUMBER in said
    if derives and any(flaw.problem in _CONTRADICTIONS for flaw in flaws):
        # The number is what is being put right, so birth date and sex follow it, as they do on import.
        context = {code: text for code, text in context.items() if code not in {BORN, SEX_CODE}}
        values, flaws = _read({**context, **said}, kind=kind, today=today)
    flaws = [flaw for flaw in flaws if _is_about(flaw, group)]
    if values is None and not _any_hard(flaws):
        # What stands there already would be set aside today; the proposal is not to blame.
        values, flaws = _read({**_SOMEBODY, **said}, kind=kind, today=today)
        flaws = [flaw for flaw in flaws if _is_about(flaw, group)]
    if values is None:
        more = () if _any_hard(flaws) else (Flaw(group.elements[0], UNREADABLE),)
        return Proposal({}, frozenset(), (*flaws, *more))
    return _of(group, values, held, said, flaws, derives=derives)


def _of(
    group: Group,
    values: Mapping[str, str],
    held: Mapping[str, str],
    said: Mapping[str, str],
    flaws: Sequence[Flaw],
    *,
    derives: bool,
) -> Proposal:
    lost = [code for code in said if values.get(code) is None]
    if lost and not any(flaw.target in lost for flaw in flaws):
        flaws = (*flaws, Flaw(lost[0], UNREADABLE))
    changed = {
        code: values[code] for code in said if values.get(code) not in {None, held.get(code)}
    }
    if not changed and not lost and not _any_hard(flaws):
        return Proposal({}, frozenset(), (*flaws, Flaw(group.elements[0], UNCHANGED)))
    follow = {
        code: values[code]
        for code in ((BORN, SEX_CODE) if derives else ())
        if values.get(code) not in {None, held.get(code)}
    }
    return Proposal({**changed, **follow}, frozenset(follow), tuple(flaws))


def _read(
    texts: Mapping[str, str], *, kind: str, today: date
) -> tuple[Mapping[str, str] | None, list[Flaw]]:
    """One customer as a row of a book; None for one that would be set aside."""
    mapping = SourceMapping(
        name="correction",
        kind=Kind.CUSTOMERS,
        columns={code: ColumnRule((code,)) for code in (*texts, "customer.kind")},
    )
    headers = list(mapping.columns)
    cells = tuple({**texts, "customer.kind": kind}[header] for header in headers)
    outcome = Plan.of(mapping, headers, today=today).read_row(Row(1, cells))
    if not isinstance(outcome, tuple):
        return None, list(outcome.flaws) if isinstance(outcome, Rejected) else []
    (draft,) = outcome
    values = draft.values if isinstance(draft, CustomerDraft) else {}
    return values, list(draft.warnings)


def _any_hard(flaws: Sequence[Flaw]) -> bool:
    return any(flaw.problem.hard for flaw in flaws)


def _is_about(flaw: Flaw, group: Group) -> bool:
    """Faults of what stands there already are no fault of this proposal."""
    if flaw.problem in _CONTRADICTIONS:
        return group.code in _AGAINST_EACH_OTHER
    return flaw.target in group.elements
