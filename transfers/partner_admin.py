"""The back office's pages of one counterparty: register it, change it, and confirm its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian.errors import CustodianError
from records.evidence.upload import takes_evidence
from transfers import identity, registering
from transfers.agreements import reviewing, words
from transfers.agreements.terms import labels
from transfers.models import Agreement, Counterparty, IdentityKey, SharedCopy, Telling
from transfers.partner_forms import CardForm, CounterpartyForm

READ, CHANGE = Action.COUNTERPARTY_READ, Action.COUNTERPARTY_CHANGE
PAGE = "admin:partner"
_TONES = {"asked": "warn", "confirmed": "ok", "returned": "danger"}


@page("partners/new/", name="partner_new", action=CHANGE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    enter(request, CHANGE)
    form = CounterpartyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        party = registering.register(form.terms(), actor=actor_of(request))
        messages.info(request, _("已登记 %(code)s。") % {"code": party.code})
        return redirect(PAGE, party.ref)
    context = {"title": _("登记合作方"), "form": form}
    return template(request, "edit", context, status=422 if form.is_bound else 200)


@page("partners/<uuid:ref>/edit/", name="partner_edit", action=CHANGE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, CHANGE)
    enter(request, CHANGE, row=party.code)
    form = CounterpartyForm(request.POST if request.method == "POST" else None, of=party)
    if form.is_bound and form.is_valid():
        registering.change(party, form.terms(), actor=actor_of(request))
        messages.info(request, _("已更新。"))
        return redirect(PAGE, party.ref)
    context = {"title": str(party), "form": form, "party": party}
    return template(request, "edit", context, status=422 if form.is_bound else 200)


@page("partners/<uuid:ref>/", name="partner", action=READ, logs_itself=True)
@require_safe
def partner(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, READ)
    enter(request, READ, row=party.code)
    return _page(request, party)


@takes_evidence
@page("partners/<uuid:ref>/card/", name="partner_card", action=CHANGE, logs_itself=True)
@require_POST
def enter_card(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, CHANGE)
    form = CardForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            identity.enter(party, form.cleaned_data["card"], actor=actor_of(request))
        except (
            identity.OwnCard, identity.KeyTaken, identity.CardWaiting
        ) as error:  # fmt: skip
            form.add_error("card", str(error.message))
        else:
            messages.info(request, _("已读取，待另一人向对方核对指纹。"))
            return redirect(PAGE, ref)
    enter(request, READ, row=party.code)
    return _page(request, party, card_form=form, status=422)


@page("partners/<uuid:ref>/card/end/", name="partner_card_end", action=CHANGE, logs_itself=True)
@require_POST
def end_card(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, CHANGE)
    held = party.identities.filter(status=IdentityKey.Status.CONFIRMED).first()
    try:
        if held is None:
            raise identity.NoConfirmedKey
        identity.end(held, actor=actor_of(request))
    except CustodianError as error:
        messages.error(request, str(error.message) or _("这把密钥的状态已变，请看最新的状态"))
    else:
        messages.info(request, _("这把密钥从现在起不再使用。"))
    return redirect(PAGE, ref)


@page("partners/own-card.json", name="partner_own_card", action=READ)
@require_safe
def own_card(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(identity.own_card(), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="custodian-identity.json"'
    return response


def party_of(request: HttpRequest, ref: UUID, action: Action) -> Counterparty:
    rows = Counterparty.objects.filter(ref=ref).select_related("answers")
    return row_of(request, action, rows, asked=ref)


def _page(
    request: HttpRequest, party: Counterparty, *, card_form: CardForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    may = gate.may(actor_of(request), CHANGE)
    keys = [_key(each) for each in party.identities.select_related("approval", "entered_by")[:10]]
    waiting = any(each["row"].status == IdentityKey.Status.ASKED for each in keys)
    context = {
        "title": str(party),
        "party": party,
        "agreements": [_agreement(each) for each in _agreements(party)],
        "may_draft": gate.may(actor_of(request), Action.AGREEMENT_PROPOSE),
        "keys": keys,
        "holds": SharedCopy.objects.live()
        .filter(counterparty=party)
        .values("subject")
        .distinct()
        .count(),
        "owed": Telling.objects.filter(counterparty=party).exclude(status="confirmed").count(),
        "confirmed": next((each for each in keys if each["row"].status == "confirmed"), None),
        "own_fingerprint": identity.fingerprint(identity.own_key()),
        "may_change": may,
        "card_form": (card_form or CardForm()) if may and not waiting else None,
    }
    return template(request, "partner", context, status=status)


def _agreements(party: Counterparty) -> Iterable[Agreement]:
    rows = Agreement.objects.filter(counterparty=party)
    return rows.select_related("approval", "end_approval")[:50]


def _agreement(agreement: Agreement) -> dict[str, Any]:
    state, tone = words.state(agreement)
    said = agreement.terms or agreement.draft
    return {
        "row": agreement,
        "state": state,
        "tone": tone,
        "elements": labels(said["elements"]) if said else [],
        "overdue": reviewing.is_overdue(agreement),
    }


def _key(row: IdentityKey) -> dict[str, Any]:
    key = Ed25519PublicKey.from_public_bytes(bytes(row.public))
    return {
        "row": row,
        "fingerprint": identity.fingerprint(key),
        "state": row.get_status_display(),
        "tone": _TONES.get(row.status, ""),
    }


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/partners/{name}.html", more, status=status)
