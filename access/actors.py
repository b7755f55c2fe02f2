"""Whoever acts: a member of staff, a token on somebody's behalf, a customer, or a piece of the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.vocabulary import Reach, Role
from custodian.errors import CustodianError

if TYPE_CHECKING:
    from access.models import User

_SYSTEM = uuid5(NAMESPACE_URL, "custodian/system")
CUSTOMER = "CUSTOMER"  # stands for the staff number of every customer who acts herself
CUSTOMER_REF = uuid5(_SYSTEM, "customer")
PARTNER = "PARTNER-"  # begins what stands for the staff number of a counterparty

# How far a role can reach at all; a rule may only narrow it. Row-level security enforces the same.
REACH: Mapping[Role, Reach] = {
    Role.AGENT: Reach.OWN,
    Role.CLAIMS_HANDLER: Reach.UNIT,
    Role.SERVICE_DESK: Reach.ALL,
    Role.COMPLIANCE_OFFICER: Reach.ALL,
    Role.SECURITY_OFFICER: Reach.ALL,
    Role.AUDITOR: Reach.ALL,
    Role.REGULATOR: Reach.NONE,
    Role.ADMINISTRATOR: Reach.NONE,
    Role.CUSTOMER: Reach.OWN,
    Role.PARTNER: Reach.OWN,
    Role.SYSTEM: Reach.ALL,
}

# What each piece of the system may do; there is no default actor and no all-powerful one.
SYSTEM_ACTORS: Mapping[str, frozenset[Action]] = {
    "corrector": frozenset(
        {
            Action.CORRECTION_APPLY,
            Action.CORRECTION_COMPARE,
            Action.CORRECTION_RAISE,
            Action.RETENTION_DESTROY,
            Action.WORK_ITEM_CLOSE,
            Action.WORK_ITEM_OPEN,
        }
    ),
    "demo": frozenset(
        {Action.DEMO_BEGIN, Action.USER_CHANGE, Action.UNIT_CHANGE, Action.ASSIGNMENT_CHANGE}
    ),
    "assessor": frozenset({Action.FINDING_DECIDE}),
    "audits": frozenset({Action.AUDIT_RUN}),
    "backup": frozenset({Action.BACKUP_MAKE}),
    "break-glass": frozenset(),
    "bundler": frozenset({Action.BUNDLE_PREPARE, Action.LOG_EXPORT}),
    "consents": frozenset({Action.CONSENT_RECORD, Action.RETENTION_NOTE}),
    "copier": frozenset(),
    "chooser": frozenset({Action.SELECTION_COUNT}),
    "claims": frozenset({Action.WORK_ITEM_CLOSE, Action.WORK_ITEM_OPEN}),
    "dispatcher": frozenset(),
    "data-room": frozenset(
        {Action.DATA_ROOM_BUILD, Action.DATA_ROOM_DESTROY, Action.DATA_ROOM_SAMPLE}
    ),
    "destroyer": frozenset({Action.LOG_SUBJECT_ERASE, Action.RETENTION_DESTROY}),
    "exporter": frozenset({Action.CUSTOMER_EXPORT, Action.EXPORT_RECOGNISE}),
    "feed": frozenset(),
    "fraud": frozenset({Action.FRAUD_SCREEN, Action.FRAUD_SHARED_END}),
    "freezer": frozenset({Action.FREEZE_READ}),
    "granter": frozenset(),
    "hand-over": frozenset({Action.TRANSFER_PACK, Action.TRANSFER_PASS}),
    "incidents": frozenset(
        {
            Action.ALERT_RAISE,
            Action.CONTROL_MEASURE,
            Action.EXPORT_END,
            Action.INCIDENT_NOTICE_SEND,
            Action.INCIDENT_SCOPE,
            Action.REHIRE_EXPIRE,
            Action.SHARE_END,
            Action.USER_CHANGE,
        }
    ),
    "products": frozenset({Action.FINDING_DECIDE, Action.PRODUCT_CHECK}),
    "tracer": frozenset({Action.LEAK_TRACE, Action.EXPORT_RECOGNISE}),
    "receiver": frozenset(
        {Action.DOCUMENT_ADD, Action.TRANSFER_ARRIVE, Action.TRANSFER_LOAD, Action.TRANSFER_PASS}
    ),
    "importer": frozenset(
        {
            Action.BOOK_IMPORT,
            Action.CUSTOMER_CREATE,
            Action.QUARANTINE_FIX,
            Action.USER_CHANGE,
        }
    ),
    "installation": frozenset({Action.USER_CHANGE, Action.TRAINING_LOAD}),
    "keeper": frozenset({Action.RETENTION_RECKON, Action.RETENTION_PROPOSE, Action.RECORDS_EXPIRE}),
    "legal-holds": frozenset(),
    "letters": frozenset({Action.LETTERS_SEND}),
    "login": frozenset({Action.AUTHENTICATE}),
    "migration": frozenset(),
    "portal": frozenset(
        {
            Action.PORTAL_CODE_ASK,
            Action.PORTAL_CODE_SEND,
            Action.PORTAL_OPEN,
            Action.RELATIVE_FILE,
        }
    ),
    "personnel": frozenset({Action.USER_CHANGE}),
    "recertifier": frozenset(
        {
            Action.API_TOKEN_REVOKE,
            Action.ASSIGNMENT_CHANGE,
            Action.CASE_CLOSE,
            Action.GRANT_END,
            Action.RECERTIFICATION_APPLY,
            Action.USER_CHANGE,
        }
    ),
    "reconciler": frozenset({Action.INDEX_REBUILD, Action.RESTORE_RECONCILE}),
    "reminder": frozenset(),
    "requests": frozenset(
        {Action.REQUEST_WORK, Action.RETENTION_NOTE, Action.WORK_ITEM_CLOSE, Action.WORK_ITEM_OPEN}
    ),
    "replayer": frozenset(),
    "scrubber": frozenset({Action.STORAGE_CHANGE, Action.STORAGE_SCRUB}),
    "sequencer": frozenset(),
    "sharer": frozenset({Action.SHARE_READ, Action.TELLING_OPEN}),
    "tests": frozenset(Action),
    "timekeeper": frozenset({Action.CLOCK_RECKON}),
    "stock-taker": frozenset({Action.STOCK_READ}),
    "transfer-watch": frozenset({Action.FINDING_DECIDE}),
    "verifier": frozenset({Action.LOG_VERIFY}),
    "key-rotator": frozenset({Action.INDEX_REBUILD, Action.KEY_DESTROY, Action.KEY_ROTATE}),
}


@dataclass(frozen=True, kw_only=True)
class TokenScope:
    """What the token that carries this request may do at most."""

    token_id: int
    actions: frozenset[str]
    purposes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ShareScope:
    """What a counterparty may be given at most, by a share that two people agreed to."""

    code: str
    elements: frozenset[str]
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`id` is a user's key or None for the system; `visit` ties permits to one request or task."""

    id: int | None
    ref: UUID
    staff_no: str
    name: str
    role: Role
    unit: str
    unit_ids: tuple[int, ...] = ()
    subjects: tuple[int, ...] = ()  # of a customer: she herself, or whom she represents
    capacity: str = ""  # of a customer: in which she acts, "self", "guardian", "heir", "authorised"
    by: int | None = None  # of a customer: who acts for her, where it is somebody else
    reach: Reach
    stepped_up: bool = False
    token: TokenScope | None = None
    share: ShareScope | None = None  # of a counterparty
    address: str = ""  # of the network that the request comes from
    session: str = ""  # the mark of the sign-in that it belongs to
    visit: UUID = field(default_factory=uuid4)

    def again(self) -> Actor:
        """The same actor in another visit, so that no permit crosses from one into the other."""
        return replace(self, visit=uuid4())


class NotAPerson(CustodianError):
    """Only somebody himself can do this: no piece of the system, and no token."""

    code = "persons-only"
    status = 403
    message = _("此事项只能由本人办理，不能由系统或令牌代办")


def person(actor: Actor) -> int:
    """The key of the member of staff who acts himself; raises `NotAPerson`."""
    if actor.id is None or actor.token is not None:
        raise NotAPerson
    return actor.id


def staff(
    user: User,
    *,
    stepped_up: bool = False,
    token: TokenScope | None = None,
    address: str = "",
    session: str = "",
) -> Actor:
    role = Role(user.role)
    reach = REACH[role] if user.is_active else Reach.NONE
    return Actor(
        id=user.pk,
        ref=user.ref,
        staff_no=user.staff_no,
        name=user.name,
        role=role,
        unit=user.unit.code,
        unit_ids=_units_below(user) if reach is Reach.UNIT else (),
        reach=reach,
        stepped_up=stepped_up,
        token=token,
        address=address,
        session=session,
    )


def customer(
    subject: int, *, capacity: str = "self", by: int | None = None, address: str = ""
) -> Actor:
    """A customer in the portal. The log names none of them; her tag on an entry tells which it was.

    `by` is the subject of whoever represents her; the log says in which capacity he acts.
    """
    return Actor(
        id=None,
        ref=CUSTOMER_REF,
        staff_no=CUSTOMER,
        name="",
        role=Role.CUSTOMER,
        unit="",
        subjects=(subject,),
        capacity=capacity,
        by=by if capacity != "self" else None,
        reach=Reach.OWN,
        address=address,
    )


def partner(
    ref: UUID, code: str, share: ShareScope, *, subjects: tuple[int, ...] = (), address: str = ""
) -> Actor:
    """A counterparty that is given something: by its register number, and no person of it is known.

    It reaches `subjects` and nobody else, whom whoever makes it has found in the share.
    """
    return Actor(
        id=None,
        ref=ref,
        staff_no=f"{PARTNER}{code}",
        name="",
        role=Role.PARTNER,
        unit="",
        subjects=subjects,
        share=share,
        reach=Reach.OWN,
        address=address,
    )


def system(name: str) -> Actor:
    """A named piece of the system, as declared in `SYSTEM_ACTORS`; an unknown name raises KeyError."""
    SYSTEM_ACTORS[name]
    return Actor(
        id=None,
        ref=uuid5(_SYSTEM, name),
        staff_no=f"SYS-{name.upper()}",
        name=name,
        role=Role.SYSTEM,
        unit="",
        reach=Reach.ALL,
    )


def _units_below(user: User) -> tuple[int, ...]:
    from access.models import Unit

    return tuple(Unit.objects.under(user.unit).values_list("pk", flat=True))
