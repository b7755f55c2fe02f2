"""From a subject's entries to what she is told: who looked, what of hers, what for, and which work it was.

Pure. What comes in of an entry is what was said of it, never how many others it was about; what is known
beside it is known of this subject alone. So nothing that comes out can depend on anybody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from access import actors
from access.actions import HANDS_OVER
from access.audits.day import LOOKS, Operator
from access.audits.explaining import LEAD, TRAIL, WORK, Explainer
from access.ports import Owned
from access.vocabulary import Channel, Purpose, Role

LOOK, EXPORT, CHANGE, DESTROYED = "look", "export", "change", "destroyed"
OWN_AGENT, OTHER_AGENT, SYSTEM = "own-agent", "other-agent", "system"
PARTNER: Final = Role.PARTNER.value
NEUTRAL: Final = ""  # a purpose that could tell of somebody else's affair
# What could be somebody else's affair on a policy that they share: his claim, his complaint, his request
# as an heir. They are told alike, so that the words do not say which it was, nor that it was another's.
_OTHERS: Final = frozenset(
    {
        Purpose.CLAIM,
        Purpose.COMPLAINT,
        Purpose.OTHER,
        Purpose.PAYMENT,
        Purpose.POLICY_SERVICE,
        Purpose.UNDERWRITING,
    }
)
_CLAIMS: Final = frozenset({Purpose.CLAIM, Purpose.PAYMENT})
_OWN_AFFAIRS: Final = frozenset({"claim"})
_PACKED: Final = frozenset(each.value for each in HANDS_OVER)
SELF: Final = "self"
GAP: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Raw:
    """What an entry says, without a word of how many it was about."""

    index: int
    at: datetime
    actor: UUID | None
    staff_no: str
    unit: str
    act: str
    what: str
    purpose: str
    channel: str
    fields: tuple[str, ...] = ()
    masked: bool = False
    capacity: str = ""
    late: bool = False  # an investigation had kept it back

    @property
    def by_customer(self) -> bool:
        return self.staff_no == actors.CUSTOMER

    @property
    def by_partner(self) -> bool:
        return self.staff_no.startswith(actors.PARTNER)

    @property
    def by_system(self) -> bool:
        return self.staff_no.startswith("SYS-")


@dataclass(frozen=True, slots=True)
class Person:
    operator: Operator
    role: str


@dataclass(frozen=True)
class Known:
    """What is known of this subject, and of the people who looked; `mine` are entries of this session."""

    subject: int
    held: Collection[Owned] = ()  # what is or was her own
    people: Mapping[UUID, Person] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    explainer: Explainer = field(default_factory=lambda: Explainer((), ()))
    own_agents: Mapping[int, Sequence[tuple[datetime, datetime | None]]] = field(
        default_factory=dict
    )
    capacity: str = SELF  # in which whoever reads acts
    mine: Collection[int] = ()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(each.kind for each in self.held)


@dataclass(frozen=True)
class Visit:
    """One person's looks for one purpose, close together; or one change."""

    kind: str
    who: str  # OWN_AGENT, OTHER_AGENT, SYSTEM, a role, or the capacity of a representative
    unit: str
    staff_no: str
    purpose: str
    first: datetime
    last: datetime
    clear: tuple[str, ...] = ()  # codes of what was seen in clear
    masked: tuple[str, ...] = ()  # and of what only as masks
    what: str = ""
    explained: str = ""  # a code of `explaining`
    work: str = ""  # the kind of work, where there is some
    late: bool = False
    by_program: bool = False
    indexes: tuple[int, ...] = ()  # newest first

    @property
    def index(self) -> int:
        return self.indexes[0]


@dataclass
class Day:
    """What is told of one day, newest first."""

    on: date
    visits: list[Visit] = field(default_factory=list)
    own: list[Raw] = field(default_factory=list)
    system: int = 0  # automatic checks that nobody saw the outcome of


def is_told(raw: Raw, told_changes: Collection[str], known: Known) -> bool:
    """Whether an entry is anything to this reader at all."""
    if raw.by_customer:
        return raw.index in known.mine or known.capacity == SELF
    return _kind(raw) == LOOK or raw.act == EXPORT or raw.what in told_changes


def _kind(raw: Raw) -> str:
    if raw.act in LOOKS or raw.act == "machine":
        return LOOK
    return {"export": EXPORT, "destroy": DESTROYED}.get(raw.act, CHANGE)


def is_own(raw: Raw, known: Known) -> bool:
    """Her own acts; of a representative only what was done in this very session.

    Of several guardians or heirs the log does not say which one it was, so none sees another's acts.
    """
    if not raw.by_customer:
        return False
    return raw.index in known.mine or raw.capacity in {SELF, ""}


def days(raws: Iterable[Raw], known: Known) -> list[Day]:
    """Entries that are told, newest first, as days; what one person did in one go is one visit."""
    found: dict[date, Day] = {}
    drafts: dict[date, list[list[Raw]]] = {}
    for raw in raws:
        on = raw.at.date()
        day = found.setdefault(on, Day(on))
        if is_own(raw, known):
            day.own.append(raw)
        elif raw.by_system and _kind(raw) == LOOK:
            day.system += 1
        else:
            _join(raw, drafts.setdefault(on, []))
    for on, day in found.items():
        day.visits = [_visit(draft, known) for draft in drafts.get(on, ())]
    return list(found.values())


def _join(raw: Raw, drafts: list[list[Raw]]) -> None:
    for draft in drafts:
        if _alike(draft[-1]) == _alike(raw) and draft[-1].at - raw.at <= GAP:
            draft.append(raw)
            return
    drafts.append([raw])


def _alike(raw: Raw) -> tuple[object, ...]:
    """What entries of one visit have in common; changes join by what they were, an export stands alone.

    Only what goes into one package has an entry for the values and one for the files.
    """
    kind = _kind(raw)
    alone = kind == EXPORT and raw.what not in _PACKED
    what: object = "" if kind == LOOK else raw.index if alone else raw.what
    return (raw.actor, raw.staff_no, raw.purpose, raw.channel, raw.capacity, raw.late, kind, what)


def _visit(entries: Sequence[Raw], known: Known) -> Visit:
    newest, oldest = entries[0], entries[-1]
    kind = _kind(newest)
    explained, work = _explained(entries, known) if kind in {LOOK, EXPORT} else ("", "")
    purpose = _purpose(newest, work, known)
    who = _who(newest, known)
    # The office of a claims handler would say what the purpose does not.
    plain = purpose == NEUTRAL != newest.purpose and who not in {OWN_AGENT, OTHER_AGENT}
    clear = _codes((each for each in entries if not each.masked), known)
    masked = _codes((each for each in entries if each.masked), known)
    return Visit(
        kind=kind,
        who="" if plain else who,
        unit="" if plain else known.units.get(newest.unit, newest.unit),
        staff_no="" if newest.by_customer or newest.by_system else newest.staff_no,
        purpose=purpose,
        first=oldest.at,
        last=newest.at,
        clear=clear,
        masked=tuple(each for each in masked if each not in clear),
        what=newest.what,
        explained=explained,
        work=work,
        late=newest.late,
        by_program=newest.channel == Channel.API,
        indexes=tuple(each.index for each in entries),
    )


def _codes(entries: Iterable[Raw], known: Known) -> tuple[str, ...]:
    """Only of what she holds herself: an entry about several people lists what was seen of them all."""
    seen = dict.fromkeys(code for each in entries for code in each.fields)
    return tuple(code for code in seen if code.partition(".")[0] in known.kinds)


def _who(raw: Raw, known: Known) -> str:
    if raw.by_customer:
        return raw.capacity
    if raw.by_system:
        return SYSTEM
    if raw.by_partner:
        return PARTNER
    person = known.people.get(raw.actor) if raw.actor else None
    if person is None:
        return ""
    if person.role != Role.AGENT:
        return person.role
    spans = known.own_agents.get(person.operator.id, ())
    own = any(since <= raw.at and (until is None or raw.at < until) for since, until in spans)
    return OWN_AGENT if own else OTHER_AGENT


def _explained(entries: Sequence[Raw], known: Known) -> tuple[str, str]:
    """By what the visit is explained, and the kind of her own work that does, if one does."""
    raw = entries[0]
    person = known.people.get(raw.actor) if raw.actor else None
    if person is None:
        return "", ""
    code = known.explainer.of(person.operator, raw.purpose, known.subject, raw.at)
    if code != WORK:
        return code, ""
    return code, known.explainer.work(person.operator, raw.purpose, known.subject, raw.at)


def _purpose(raw: Raw, work: str, known: Known) -> str:
    """The purpose that was named, unless it could be somebody else's affair on a policy that they share."""
    # A partner is given what is hers for the purpose of its agreement, whoever else has an affair.
    if raw.purpose not in _OTHERS or work or raw.by_partner:
        return raw.purpose
    own = raw.purpose in _CLAIMS and any(
        each.kind in _OWN_AFFAIRS and _at_hand(each, raw.at) for each in known.held
    )
    return raw.purpose if own else NEUTRAL


def _at_hand(held: Owned, at: datetime) -> bool:
    begun = held.since is None or held.since <= (at + LEAD).date()
    return begun and (held.until is None or at.date() <= held.until + TRAIL)
