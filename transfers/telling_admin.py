"""The back office's pages of corrections that partners must be told of: what is open, sent and confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from custodian import clock, elements
from custodian.errors import CustodianError
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from transfers.agreements import papers
from transfers.models import Counterparty, Telling
from transfers.partner_admin import party_of, template
from transfers.share_admin import archive_of, fresh_first
from transfers.share_forms import ReceiptForm
from transfers.shares import handing
from transfers.shares.jobs import Over
from transfers.tellings import receipts, sending

READ, TAKE, CONFIRM = Action.COUNTERPARTY_READ, Action.TELLING_TAKE, Action.TELLING_CONFIRM
LIST, PAGE = "admin:tellings", "admin:partner_tellings"
SHOWN = 100
_TONES = {"open": "warn", "sent": "info", "confirmed": "ok"}


@page("partner-corrections/", name="tellings", action=READ)
@require_safe
def tellings(request: HttpRequest) -> HttpResponse:
    """By partner: what is owed, the most urgent first."""
    open_ones = Q(tellings__status__in=["open", "sent"])
    late = open_ones & Q(tellings__due_at__lte=clock.now())
    parties = Counterparty.objects.annotate(
        owed=Count("tellings", filter=open_ones),
        late=Count("tellings", filter=late),
        done=Count("tellings", filter=Q(tellings__status="confirmed")),
    ).filter(Q(owed__gt=0) | Q(done__gt=0))
    rows = parties.order_by("-late", "-owed", "name")[:SHOWN]
    return template(request, "tellings", {"title": _("告知合作方的更正"), "rows": rows})


@page("partners/<uuid:ref>/corrections/", name="partner_tellings", action=READ, logs_itself=True)
@require_safe
def of_partner(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, READ)
    enter(request, READ, row=party.code)
    return _page(request, party)


@page(
    "partners/<uuid:ref>/corrections/lock/", name="partner_tellings_lock", action=TAKE,
    logs_itself=True,
)  # fmt: skip
@require_POST
def lock(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Lock what is owed as a file; the page that answers shows the passphrase, this once."""
    party = party_of(request, ref, TAKE)
    if (first := fresh_first(request, reverse(PAGE, args=[ref]))) is not None:
        return first
    try:
        secret, number = sending.lock_file(party, actor=actor_of(request))
    except Over:
        messages.error(request, _("没有现在可以告知的更正。"))
        return redirect(PAGE, ref)
    return _page(request, party, secret=secret, number=number)


@page(
    "partners/<uuid:ref>/corrections/take/", name="partner_tellings_take", action=TAKE,
    logs_itself=True,
)  # fmt: skip
@require_POST
def take(request: HttpRequest, ref: UUID) -> HttpResponse:
    party, actor = party_of(request, ref, TAKE), actor_of(request)
    try:
        archive = handing.take(party.ref, actor=actor)
    except Over as error:
        messages.error(request, str(error.message))
        return redirect(PAGE, ref)
    return archive_of(archive, f"corrections-{party.code}.zip")


@takes_evidence
@page(
    "partners/<uuid:ref>/corrections/receipt/", name="partner_receipt", action=CONFIRM,
    logs_itself=True,
)  # fmt: skip
@require_POST
def receipt(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, CONFIRM)
    form = ReceiptForm(request.POST, request.FILES, offered=_offered(party))
    drawn = _drawn(form)
    if drawn is None:
        enter(request, READ, row=party.code)
        return _page(request, party, form=form, status=422)
    refs = [UUID(each) for each in form.cleaned_data["tellings"]]
    try:
        receipts.enter(party, refs, drawn, actor=actor_of(request))
    except CustodianError as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("回执已归档，待另一人核对。"))
    return redirect(PAGE, ref)


def _drawn(form: ReceiptForm) -> papers.Drawn | None:
    if not form.is_valid():
        return None
    upload = form.cleaned_data["paper"]
    try:
        return papers.draw(upload.content, name=upload.name or "")
    except EvidenceRefused as error:
        form.add_error("paper", str(error.message))
        return None


def _offered(party: Counterparty) -> list[tuple[str, str]]:
    """Told, and not confirmed: without any value, and without any customer's name."""
    sent = Telling.objects.filter(counterparty=party, status=Telling.Status.SENT)
    rows = sent.select_related("approval")
    free = [t for t in rows if t.approval is None or t.approval.status != "waiting"]
    return [(str(t.ref), f"{t.correction} · {elements.get(t.element).label}") for t in free]


def _page(
    request: HttpRequest, party: Counterparty, *, form: ReceiptForm | None = None,
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    actor, offered = actor_of(request), _offered(party)
    hers = Telling.objects.filter(counterparty=party)
    rows = hers.select_related("share", "paper", "approval", "subject__customer")
    found = list(rows[:SHOWN])
    owed = any(each.status != Telling.Status.CONFIRMED for each in found)
    context = {
        "title": _("告知%(who)s的更正") % {"who": party},
        "party": party,
        "rows": list(_rows(found)),
        "may_take": owed and gate.may(actor, TAKE),
        "minutes": handing.WAITS // 60,
        "marked": True,
        **more,
    }
    if offered and gate.may(actor, CONFIRM):
        context["form"] = form or ReceiptForm(offered=offered)
    return template(request, "partner_tellings", context, status=status)


def _rows(found: Iterable[Telling]) -> Iterable[dict[str, Any]]:
    for each in found:
        yield {
            "row": each,
            "label": elements.get(each.element).label,
            "customer": each.subject.customer.ref,
            "state": each.get_status_display(),
            "tone": "danger" if each.is_late else _TONES[each.status],
        }
