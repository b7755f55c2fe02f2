"""The desk: find a customer, list one's own, and look at one, masked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate, looks, work_items
from access.actions import Action
from access.actors import Actor
from access.models import Assignment, Subject
from access.vocabulary import Reach
from custodian import elements
from custodian.elements import Masked
from records import desk_panels, explanations, listing, overview, purposes, search, visits
from records.blind_indexes import COMBINED_PARTS
from records.consents import standing
from records.desk_forms import KIND_LABELS, PurposeForm, SearchForm, WorkForm
from records.desk_pages import (
    CHANNEL,
    UnknownParameter,
    customer_or_404,
    desk_page,
    frame,
    working_purpose,
)
from records.overview import ClaimPart, Item, Overview, PolicyPart
from records.search import Kind
from records.vault import Plain

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=("kind",), body=("kind", "value", "birth_date", "purpose"))
def find(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    kind = _kind(request.POST.get("kind") or request.GET.get("kind") or Kind.MOBILE.value)
    offered = purposes.offered(actor, channel=CHANNEL)
    if not gate.may(actor, Action.CUSTOMER_SEARCH):
        # Refused and logged here, as the search itself would be.
        gate.permit(actor, Action.CUSTOMER_SEARCH, purpose="", channel=CHANNEL)
    if request.method != "POST":
        initial = {"kind": kind.value, "purpose": working_purpose(request, actor)}
        form = SearchForm(initial=initial, kind=kind, purposes=offered)
        return _find_page(request, actor, form)
    form = SearchForm(request.POST, kind=kind, purposes=offered)
    if not form.is_valid():
        return _find_page(request, actor, form, status=422)
    purpose = form.cleaned_data["purpose"]
    found = search.exact(kind, form.values, purpose=purpose, channel=CHANNEL, actor=actor)
    visits.choose(request, purpose)
    return _find_page(
        request,
        actor,
        form,
        found=found,
        typed=_typed(kind, form.values),
        purpose_label=purposes.label(purpose),
        spans=purposes.spans(actor, purpose, channel=CHANNEL),
    )


def _find_page(
    request: HttpRequest, actor: Actor, form: SearchForm, status: int = 200, **more: Any
) -> HttpResponse:
    kinds = [(kind.value, label, kind is form.by) for kind, label in KIND_LABELS.items()]
    context = {"title": _("查找客户"), "form": form, "kinds": kinds, "reach": actor.reach.value}
    if actor.reach is Reach.OWN:
        context["own"] = Assignment.objects.current().filter(user_id=actor.id or 0).count()
    return render(request, "desk/find.html", {**context, **frame(actor), **more}, status=status)


def _kind(name: str) -> Kind:
    if name not in list(Kind):
        raise UnknownParameter
    return Kind(name)


def _typed(kind: Kind, values: list[str]) -> list[Masked]:
    """What was typed, masked as the same value is everywhere."""
    codes = COMBINED_PARTS if kind is Kind.NAME else (kind.element,)
    normal = search.normalised(kind, values)
    return [elements.get(code).mask(text) for code, text in zip(codes, normal, strict=True)]


@require_safe
@desk_page(query=("after", "before"))
def mine(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """One's own customers, newest first, twenty to a page."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    own = listing.rows_of(actor).filter(since__isnull=False)
    purpose = working_purpose(request, actor) or _first_purpose(actor)
    if after or before:
        edge = customer_or_404(after or before, action=Action.CUSTOMER_LIST, actor=actor)
        own = own.filter(pk__gt=edge.pk) if before else own.filter(pk__lt=edge.pk)
    page = list(own.order_by("pk" if before else "-pk")[: PAGE + 1])
    more = len(page) > PAGE
    page = sorted(page[:PAGE], key=lambda customer: customer.pk, reverse=True)
    shown = listing.show(
        page, action=Action.CUSTOMER_LIST, purpose=purpose, channel=CHANNEL, actor=actor
    )
    context = {
        "title": _("我的客户"),
        "rows": shown.rows,
        "entry": shown.entry,
        "purpose": purposes.label(purpose),
        "total": Assignment.objects.current().filter(user_id=actor.id or 0).count(),
        "older": page[-1].ref if page and (more or before) else "",
        "newer": page[0].ref if page and (after or (before and more)) else "",
    }
    return render(request, "desk/mine.html", {**context, **frame(actor)})


def _first_purpose(actor: Actor) -> str:
    return next((each.value for each in purposes.offered(actor, channel=CHANNEL)), "")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("purpose",))
def customer(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """GET shows the customer masked for the purpose of the visit; POST names another purpose."""
    subject = customer_or_404(ref, action=Action.CUSTOMER_VIEW, actor=actor)
    offered = purposes.offered(actor, channel=CHANNEL)
    if request.method == "POST":
        form = PurposeForm(request.POST, purposes=offered)
        if form.is_valid():
            visits.choose(request, form.cleaned_data["purpose"], ref=subject.ref)
            return redirect("desk:customer", ref=subject.ref)
        return _ask_purpose(request, actor, subject, form)
    purpose = working_purpose(request, actor, ref=subject.ref)
    if not purpose and offered:
        return _ask_purpose(request, actor, subject, PurposeForm(purposes=offered))
    return customer_page(request, subject, purpose=purpose, actor=actor)


def _ask_purpose(
    request: HttpRequest, actor: Actor, subject: Any, form: PurposeForm
) -> HttpResponse:
    context = {"title": _("选择用途"), "form": form, "ref": subject.ref, **frame(actor)}
    return render(request, "desk/purpose.html", context, status=422 if form.errors else 200)


def customer_page(
    request: HttpRequest,
    subject: Any,
    *,
    purpose: str,
    actor: Actor,
    plain: tuple[Plain, ...] = (),
    entries: tuple[int, ...] = (),
) -> HttpResponse:
    """The customer's page; `plain` stands in it in clear, in the answer to a POST and nowhere else."""
    page = overview.show(subject, purpose=purpose, channel=CHANNEL, actor=actor, plain=plain)
    visit = visits.note(request, page.ref, purpose=purpose, entries=[*entries, page.entry])
    context = {
        "title": _("客户 %(ref)s") % {"ref": page.ref},
        "page": page,
        "visit": visit,
        "purpose": purposes.label(purpose),
        "purpose_form": PurposeForm(
            initial={"purpose": purpose}, purposes=purposes.offered(actor, channel=CHANNEL)
        ),
        "why_seen": explanations.seen(page, subject.unit_name, channel=CHANNEL, actor=actor),
        "why_money": _shut(page, page.financial, "financial", actor),
        "why_identity": _shut(page, page.identity, "identity", actor),
        "why_policies": _shut(page, _items_of(page.policies), "policy", actor),
        "why_claims": _shut(page, _items_of(page.claims), "claim", actor),
        "lit": bool(plain),
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
        "hide_url": reverse("desk:hide", kwargs={"ref": page.ref}),
        "signs_in": gate.may(actor, Action.CONTACT_FLAG),
        "reads_only": not gate.may(actor, Action.CUSTOMER_CHANGE),
        "looks": _looks(page, purpose, actor),
        "own_work": work_items.open_of(subject.pk, actor=actor),
        "corrects": gate.may(actor, Action.CORRECTION_RAISE)
        and page.status == Subject.Status.ACTIVE,
        "may_claim": gate.may(actor, Action.CLAIM_FILE),
        "work_form": WorkForm() if gate.may(actor, Action.WORK_ITEM_OPEN) else None,
        "consents": [] if page.destroyed else standing.of_customer(subject, actor=actor),
        "notes_consents": gate.may(actor, Action.CONSENT_RECORD),
        "takes_requests": gate.may(actor, Action.REQUEST_OPEN),
        "beside": list(desk_panels.beside(subject, actor)),
        **frame(actor),
    }
    return render(request, "desk/customer.html", context)


def _items_of(parts: Iterable[PolicyPart | ClaimPart]) -> list[Item]:
    return [item for part in parts for item in part.items.values()]


def _shut(page: Overview, items: list[Item], kind: str, actor: Actor) -> list[explanations.Why]:
    shut = explanations.shut(page, items, channel=CHANNEL, actor=actor)
    return [*explanations.stored(page, kind), *shut]


def _looks(page: Overview, purpose: str, actor: Actor) -> list[looks.Look] | None:
    if not gate.may(actor, Action.LOG_READ):
        return None
    return looks.of_subject(page.uid, purpose=purpose, channel=CHANNEL, actor=actor)
