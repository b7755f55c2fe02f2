"""Who acts for whom: guardians until the child is of age, heirs, and those whom an organisation sends.

A row comes into being by the import, or here: put up by the service desk with evidence on file and agreed
to by somebody else. Ending one ends every session that it opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, keystore, machine_reads, portal_sessions, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from records import archiving, evidence, vault
from records.models import Customer, Document, Identity, Representation, Representative
from records.sign_in.nearness import require_distance

KIND: Final = "representative"
BIRTH: Final = "identity.birth_date"
OF_AGE: Final = 18  # Civil Code art. 17, 27
EVIDENCE: Final = frozenset({Document.Kind.EVIDENCE.value, Document.Kind.APPLICATION.value})


class NotFit(CustodianError):
    """The representative, the evidence or the kind does not fit this customer; `about` is the field."""

    code = "representative-not-fit"
    status = 422

    def __init__(self, about: str, message: Any) -> None:
        self.about = about
        super().__init__(message)


@dataclass(frozen=True)
class Choice:
    """For whom somebody who has proved who she is may act."""

    subject: int
    capacity: str
    relation: str = ""


def choices_of(person: int, *, actor: Actor) -> list[Choice]:
    """Herself first, then whom she represents now."""
    now = clock.now()
    rows = Representative.objects.filter(representative=person, since__lte=now).filter(
        Q(until=None) | Q(until__gt=now)
    )
    living = rows.exclude(subject__status="destroyed").order_by("pk")
    acting = [
        Choice(each.subject_id, each.kind, each.relation)
        for each in living
        if each.kind != Representative.Kind.GUARDIAN or _is_minor(each.subject_id, actor)
    ]
    return [Choice(person, "self"), *acting]


def eighteenth_birthday(born: date) -> date:
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:  # the 29th of February
        return date(born.year + OF_AGE, 3, 1)


def _is_minor(subject: int, actor: Actor) -> bool:
    """Whether the child is not of age yet; one whose birthday nobody knows has no guardian here."""
    customer = Customer.objects.visible_to(actor).filter(pk=subject).first()
    if customer is None:
        return False
    if customer.is_child:
        return True
    born = _born(subject, actor)
    return born is not None and clock.local().date() < eighteenth_birthday(born)


def _born(subject: int, actor: Actor) -> date | None:
    identity = Identity.objects.filter(subject=subject).first()
    if identity is None or identity.birth_date_sealed is None:
        return None
    sweep = machine_reads.read(
        Action.PORTAL_OPEN, subjects=[subject], elements=[BIRTH], actor=actor
    )
    keys = keystore.unlock({identity.holding: subject})
    if identity.holding not in keys:
        return None
    blobs = {BIRTH: bytes(identity.birth_date_sealed)}
    text = next(
        vault.examine(
            sweep, blobs, subject=subject, holding=identity.holding, key=keys[identity.holding]
        )
    )[1]
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def evidence_of(customer: Customer, *, actor: Actor) -> list[Document]:
    """What is on file that may show it."""
    found: Any = Document.objects.visible_to(actor).filter(subject=customer.pk, kind__in=EVIDENCE)
    return list(found)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`representative` and `evidence` are references as they were typed or chosen."""

    representative: str
    kind: str
    relation: str = ""
    evidence: str
    until: date | None = None


@dataclass(frozen=True, repr=False)
class Paper:
    """What somebody brought, as it arrived."""

    content: bytes
    name: str


def put_up(
    customer: Customer, draft: Draft, *, paper: Paper | None = None, channel: str, actor: Actor
) -> Representation:
    """Ask for somebody to act for this customer, by a document on file or by `paper`, which is filed.

    Raises `NotFit`, `EvidenceRefused`.
    """
    require_distance(customer, action=Action.REPRESENTATIVE_PROPOSE, channel=channel, actor=actor)
    other = Customer.objects.visible_to(actor).filter(ref=draft.representative).first()
    document = next(
        (each for each in evidence_of(customer, actor=actor) if each.ref == draft.evidence), None
    )
    _check(customer, other, draft.kind)
    if document is None and paper is None:
        raise NotFit("paper", _("请选择已归档的证明材料，或上传一份"))
    if other is None:
        raise NotFit("representative", _("没有找到这位客户，请核对客户编号"))
    require_distance(other, action=Action.REPRESENTATIVE_PROPOSE, channel=channel, actor=actor)
    with archiving.together():
        if paper is not None:
            document = _filed(customer, paper, channel=channel, actor=actor)
        made = Representation(
            subject_id=customer.pk,
            representative_id=other.pk,
            kind=draft.kind,
            relation=draft.relation,
            evidence=document,
            until=draft.until,
            asked_by_id=actors.person(actor),
        )
        _authorise(customer, made.ref, outcome="asked", channel=channel, actor=actor)
        made.approval = approvals.request(KIND, _content(made), actor=actor)
        made.save()
    return made


def end(row: Representative, customer: Customer, *, channel: str, actor: Actor) -> None:
    """From this moment on; whoever is in by it is out."""
    with transaction.atomic():
        made = Representation.objects.filter(row=row).first()
        ref = made.ref if made else UUID(int=0)
        _authorise(customer, ref, outcome="ended", channel=channel, actor=actor)
        Representative.objects.filter(pk=row.pk).update(until=clock.now())
        portal_sessions.end_all(customer.pk)


def standing_of(customer: Customer, *, actor: Actor) -> list[Representative]:
    found: Any = Representative.objects.visible_to(actor).filter(subject=customer.pk)
    return list(found.filter(Q(until=None) | Q(until__gt=clock.now())))


def waiting_of(customer: Customer, *, actor: Actor) -> list[Representation]:
    found: Any = Representation.objects.visible_to(actor).filter(subject=customer.pk)
    return list(found.filter(status="waiting"))


def _filed(customer: Customer, paper: Paper, *, channel: str, actor: Actor) -> Document:
    return evidence.take(
        paper.content, name=paper.name, customer=customer, kind=Document.Kind.EVIDENCE,
        purpose="policy_service", channel=channel, actor=actor,
    )  # fmt: skip


def _check(customer: Customer, other: Customer | None, kind: str) -> None:
    if other is None or other.kind != Customer.Kind.PERSON or other.is_child:
        raise NotFit("representative", _("代表人须是已登记的成年个人客户，请核对客户编号"))
    if other.pk == customer.pk:
        raise NotFit("representative", _("本人不能代表自己"))
    organisation = customer.kind == Customer.Kind.ORGANISATION
    if organisation != (kind == Representative.Kind.AUTHORISED):
        raise NotFit("kind", _("单位由授权代表办理，个人由监护人或继承人办理"))


def _content(made: Representation) -> dict[str, Any]:
    refs = dict(
        Customer.objects.filter(pk__in=(made.subject_id, made.representative_id)).values_list(
            "pk", "ref"
        )
    )
    return {
        "ref": str(made.ref),
        "customer": refs[made.subject_id],
        "representative": refs[made.representative_id],
        "kind": str(made.kind),
        "relation": made.relation,
        "evidence": made.evidence.ref,
        "evidence_digest": bytes(made.evidence.digest).hex(),
        "until": made.until.isoformat() if made.until else "",
    }


def _authorise(customer: Customer, ref: UUID, *, outcome: str, channel: str, actor: Actor) -> None:
    gate.authorise(
        actor,
        Action.REPRESENTATIVE_PROPOSE,
        channel=channel,
        purpose="policy_service",
        subjects=gate.tagged(scopes.find([customer.pk])),
        facts={"representation": str(ref), "outcome": outcome},
    )


class _Representative:
    action = Action.REPRESENTATIVE_APPROVE
    label = _("代表人")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("客户编号"), [payload["customer"]]),
            (_("代表人"), [payload["representative"]]),
            (_("身份"), [Representative.Kind(payload["kind"]).label]),
            (_("关系"), [payload["relation"] or "—"]),
            (_("证明材料"), [payload["evidence"]]),
            (_("至"), [payload["until"] or "—"]),
            (_("后果"), [_("代表人用自己的证件号码登录后，可看到并办理这位客户的事项")]),
        ]

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:records_customer_change", args=[payload["customer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """About customers, who are nobody's colleagues."""
        return frozenset()

    def start(self, approval: Approval, *, actor: Actor) -> None:
        made = Representation.objects.select_related("evidence").get(approval=approval)
        if _content(made) != approval.payload:
            raise ContentChanged
        made.row = Representative.objects.create(
            subject_id=made.subject_id,
            representative_id=made.representative_id,
            kind=made.kind,
            relation=made.relation,
            until=_last_moment(made.until),
        )
        made.status = "made"
        made.save(update_fields=["row", "status"])

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        Representation.objects.filter(approval=approval).update(status="returned")


def _last_moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(23, 59, 59), clock.OFFICE) if day else None


approvals.register(KIND, _Representative())
