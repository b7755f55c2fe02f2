"""The desk's claims: what is due first, one claim with its steps and clocks, and filing one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Purpose
from custodian.elements import Masked
from records import purposes, references, vault
from records.catalogue import NAME
from records.claim_handling import clocks, deciding, filing, papers, paying, progress, worklist
from records.claim_handling.lifecycle import OPEN
from records.claim_paper_forms import FirstPaperForm
from records.desk_claim_forms import FilingForm
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.evidence.upload import takes_evidence
from records.listing import product_name
from records.models import Claim, ClaimDecision, ClaimPaper, Customer
from records.vault import Plain

# For which of a person's purposes a claim is looked at, the nearest first.
FOR = (
    *(Purpose.CLAIM, Purpose.PAYMENT, Purpose.COMPLIANCE, Purpose.AUDIT, Purpose.SECURITY),
    *(Purpose.COMPLAINT, Purpose.POLICY_SERVICE, Purpose.FOLLOW_UP),
)
VALUES = (
    *("claim.number", "claim.description", "claim.diagnosis", "claim.amount", "claim.needed"),
    *("claim.decided_amount", "claim.decision_reasons"),
    *("claim.paid_amount", "claim.payment_reference"),
)


@dataclass
class Row:
    """A claim as a list shows it."""

    claim: Any
    customer: Any
    name: Masked | None
    clock: Any

    @property
    def product(self) -> str:
        return str(self.claim.policy.product)

    @property
    def tone(self) -> str:
        return progress.tone(self.claim)


def purpose_of(actor: Actor) -> str:
    offered = purposes.offered(actor, channel=CHANNEL)
    return next((each.value for each in FOR if each in offered), "")


@require_safe
@desk_page()
def table(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    if not gate.may(actor, Action.CLAIM_READ):
        gate.permit(actor, Action.CLAIM_READ, purpose="", channel=CHANNEL)
    handles = gate.may(actor, Action.CLAIM_HANDLE)
    own = worklist.own(actor) if handles else []
    waiting = worklist.waiting(actor)
    others = worklist.of_others(actor)
    decisions = worklist.to_approve(actor) if gate.may(actor, Action.CLAIM_DECIDE) else []
    everything = [*own, *waiting, *others, *(each.claim for each in decisions)]
    rows, entry = _rows(everything, actor)
    context = {
        "title": pgettext("列表", "理赔"),
        "handles": handles,
        "own": [rows[each.pk] for each in own],
        "waiting": [rows[each.pk] for each in waiting],
        "others": [rows[each.pk] for each in others],
        "decisions": [(each, rows[each.claim_id]) for each in decisions],
        "late": sum(rows[each.pk].clock is not None and rows[each.pk].clock.state == "late" for each in own),
        "more": worklist.SHOWN in {len(own), len(waiting), len(others)},
        "entry": entry,
        **frame(actor),
    }  # fmt: skip
    return render(request, "desk/claims_list.html", context)


def _rows(found: Sequence[Any], actor: Actor) -> tuple[dict[int, Row], int]:
    """One permit and one entry for the names on the page, and no more than names."""
    wanted = {each.subject_id for each in found}
    people = Customer.objects.visible_to(actor).filter(pk__in=wanted)
    customers = {each.pk: each for each in people.annotate(status=F("subject__status"))}
    living = [pk for pk, each in customers.items() if each.status != Subject.Status.DESTROYED]
    permit = gate.permit(
        actor,
        Action.CLAIM_READ,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        subjects=living,
        elements=[NAME.code] if living else [],
        masked=True,
    )
    names = {each.subject: each.masked for each in vault.listed(permit, marking=True)}
    shown = clocks.nearest([each.pk for each in found])
    rows = {
        each.pk: Row(each, customers.get(each.subject_id), names.get(each.subject_id), shown.get(each.pk))
        for each in found
    }  # fmt: skip
    return rows, permit.entry


def claim_or_404(ref: str, *, action: Action, actor: Actor) -> Any:
    """The claim; one that is absent and one out of scope leave the same entry and the same page."""
    if not gate.may(actor, action):
        gate.permit(actor, action, purpose="", channel=CHANNEL)
    known = references.read(ref, kind="k")
    found = None
    if known:
        rows = Claim.objects.visible_to(actor).filter(ref=known)
        found = rows.select_related(
            "policy__product", "policy__book", "handler__unit", "filed_by"
        ).first()
    if found is None:
        gate.refuse_unknown(actor, action, asked=ref[:64], purpose="", channel=CHANNEL)
    return found


def claim_page(
    request: HttpRequest,
    claim: Any,
    *,
    actor: Actor,
    plain: Iterable[Plain] = (),
    entries: tuple[int, ...] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """One claim; `plain` stands in it in clear, in the answer to a POST and nowhere else."""
    page = _Page(claim, actor, plain)
    context = {
        "title": _("赔案 %(ref)s") % {"ref": claim.ref},
        "claim": claim,
        "page": page,
        "customer": page.customer,
        "purpose": purposes.label(page.purpose),
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
        "entries": [*entries, page.entry],
        "lit": bool(page.clear),
        **page.deeds(),
        **frame(actor),
        **more,
    }
    return render(request, "desk/claim.html", context, status=status)


class _Page:
    """A claim with its masks, as the template asks for them."""

    def __init__(self, claim: Any, actor: Actor, plain: Iterable[Plain]) -> None:
        self.claim, self.actor = claim, actor
        self.purpose = purpose_of(actor)
        self.customer = (
            Customer.objects.visible_to(actor)
            .filter(pk=claim.subject_id)
            .annotate(status=F("subject__status"), holding=F("subject__identity__holding"))
            .first()
        )
        self.clear = {(each.element, each.slot): each.text for each in plain}
        self.masks, self.entry = self._masks()

    def _masks(self) -> tuple[dict[tuple[str, int], Masked], int]:
        """A look like any other, so it is logged as one."""
        who, actor = self.customer, self.actor
        living = who is not None and who.status != Subject.Status.DESTROYED
        codes = purposes.listable(
            actor, [NAME.code, *VALUES], purpose=self.purpose, channel=CHANNEL, nearness=actor.reach
        )
        permit = gate.permit(
            actor,
            Action.CUSTOMER_VIEW,
            purpose=self.purpose,
            channel=CHANNEL,
            subjects=[self.claim.subject_id] if living else [],
            elements=codes if living else [],
            holdings=[self.claim.holding, who.holding] if living else [],
            masked=True,
            facts=None if living else {"destroyed": self.claim.ref},
        )
        found = vault.listed(permit, marking=True) if living else []
        return {(each.element, each.slot): each.masked for each in found}, permit.entry

    def value(self, name: str, slot: int = 0) -> dict[str, Any]:
        """One value as the page shows it: in clear, masked, or not collected."""
        key = (f"claim.{name}", slot)
        return {
            "code": key[0],
            "masked": self.masks.get(key),
            "text": self.clear.get(key),
        }

    @property
    def name(self) -> Masked | None:
        return self.masks.get((NAME.code, 0))

    @property
    def product(self) -> str:
        product = self.claim.policy.product
        return product_name({"product": product.name, "product_en": product.name_en})

    @property
    def told(self) -> dict[str, dict[str, Any]]:
        return {name: self.value(name) for name in ("description", "diagnosis", "number", "amount")}

    @property
    def steps(self) -> list[progress.Line]:
        return progress.told(self.claim.steps.select_related("unit", "by"), customer=False)

    @property
    def clocks(self) -> list[Any]:
        return clocks.shown(self.claim)

    @property
    def papers(self) -> list[ClaimPaper]:
        return papers.of(self.claim)

    @property
    def needs(self) -> list[tuple[Any, dict[str, Any]]]:
        return [(each, self.value("needed", each.slot)) for each in self.claim.needs.all()]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        rows = self.claim.decisions.select_related(
            "proposed_by", "approval__rule", "approval__decided_by"
        )
        return [self._decision(each) for each in rows.order_by("-slot")]

    def _decision(self, row: ClaimDecision) -> dict[str, Any]:
        approval, standing = row.approval, None
        if approval is not None and row.status == ClaimDecision.Status.WAITING:
            standing = approvals.standing(approval, self.actor)
        amount = self.value("decided_amount", row.slot)
        reasons = self.value("decision_reasons", row.slot)
        return {
            "row": row,
            "amount": amount,
            "reasons": reasons,
            "why": deciding.why_words(approval.payload["why"]) if approval else [],
            "standing": standing,
            # Whoever approves has read what he approves.
            "read": reasons["text"] is not None,
            "mine": row.proposed_by_id == self.actor.id,
        }  # fmt: skip

    @property
    def payments(self) -> list[dict[str, Any]]:
        return [
            {
                "row": each,
                "amount": self.value("paid_amount", each.slot),
                "reference": self.value("payment_reference", each.slot),
            }
            for each in self.claim.payments.all()
        ]

    @property
    def tone(self) -> str:
        return progress.tone(self.claim)

    @property
    def stage(self) -> int:
        return progress.stage(self.claim)

    def deeds(self) -> dict[str, bool]:
        """Which buttons this person has here and now; each act asks again."""
        claim, actor = self.claim, self.actor
        handles = gate.may(actor, Action.CLAIM_HANDLE)
        files = gate.may(actor, Action.CLAIM_FILE)
        mine = handles and claim.handler_id == actor.id
        examining = claim.status == Claim.Status.EXAMINING
        codes = set(claim.steps.values_list("code", flat=True))
        waits = claim.decisions.filter(status=ClaimDecision.Status.WAITING).exists()
        return {
            "mine": mine,
            "may_bring": files and papers.takes(claim),
            "may_take": handles and not mine and claim.status in OPEN,
            "may_ask": mine and examining and "papers-asked" not in codes and not waits,
            "may_complete": mine and examining and "papers-complete" not in codes,
            "may_decide": mine and examining and not waits,
            "may_pay": mine and paying.payable(claim) is not None,
            "may_agree": mine and claim.status == Claim.Status.APPROVED and "agreed" not in codes,
            "may_notice": mine and claim.status == Claim.Status.REJECTED and "notice-sent" not in codes,
        }  # fmt: skip


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(
    body=("policy", "kind", "occurred_on", "channel", "description", "diagnosis", "paper_kind"),
    files=("paper",),
)
def new(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """File a claim for a customer who reports it at the counter, by telephone or by letter."""
    if not gate.may(actor, Action.CLAIM_FILE):
        gate.permit(actor, Action.CLAIM_FILE, purpose="", channel=CHANNEL)
    customer = customer_or_404(ref, action=Action.CLAIM_FILE, actor=actor)
    policies = list(filing.policies(customer.pk, actor=actor))
    posted = request.POST if request.method == "POST" else None
    form = FilingForm(posted, policies=policies, role=actor.role)
    paper = FirstPaperForm(posted, request.FILES if posted is not None else None)
    if form.is_bound and form.is_valid() and paper.is_valid():
        claim = _filed(form, paper, customer.pk, actor)
        if claim is not None:
            messages.success(request, _("已登记赔案 %(ref)s，等待接办。") % {"ref": claim.ref})
            return redirect("desk:claim", ref=claim.ref)
    context = {
        "title": _("登记赔案"),
        "form": form,
        "paper": paper,
        "ref": customer.ref,
        "insured": bool(policies),
        **frame(actor),
    }
    return render(request, "desk/claim_new.html", context, status=422 if form.is_bound else 200)


def _filed(form: FilingForm, paper: FirstPaperForm, subject: int, actor: Actor) -> Claim | None:
    """None while something is wrong, which stands at its field; what was typed stays."""
    brought = paper.brought()
    if paper.errors:
        return None
    try:
        return papers.report(
            subject, form.report(), [brought] if brought else [], channel=CHANNEL,
            purpose=Purpose.CLAIM.value, actor=actor,
        )  # fmt: skip
    except (filing.NotInsured, filing.BadDay) as error:
        form.add_error(form.FIELDS[error.code], str(error.message))
        return None
