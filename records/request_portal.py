"""The customer's own pages of requests: all that she asked for, a new one, and how far each has come."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import own_looks
from access.actions import Action
from access.actors import Actor
from access.law import clock_faces
from access.law.words import english
from access.vocabulary import Role
from custodian.errors import CustodianError
from records import portal_home, references, request_words
from records.consents import words as consent_words
from records.models import Customer, CustomerRequest, DataCopy
from records.own_data import telling as look_words
from records.portal_home import Panel
from records.portal_pages import CHANNEL, PURPOSE, not_found, portal_page
from records.request_forms import AskForm, MessageForm, RateForm
from records.requests import (
    customers_side,
    effects,
    kinds,
    limits,
    listing,
    looks,
    opening,
    texts,
)
from records.requests.effects import copying, telling
from records.requests.kinds import Kind, Way
from records.requests.opening import AlreadyOpen, TooMany

# Where somebody does the same thing better than by a request, once that page is there.
ELSEWHERE: Final = {
    Kind.COPY: "portal:copy",
    Kind.CORRECTION: "portal:correction_new",
    Kind.COMPLETION: "portal:correction_new",
    Kind.LOOK_QUESTION: "portal:looks",
    Kind.WITHDRAW_CONSENT: "portal:consents",
}
ASK_BODY = ("form", "kinds", "consents", "purpose", "insurer", "text")


@require_safe
@portal_page()
def everything(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    rows = listing.everything(customer.pk, actor=actor)
    context = {
        "title": _("我的申请"),
        "open": [each for each in rows if each.open],
        "ended": [each for each in rows if not each.open],
    }
    return render(request, "portal/requests.html", context)


@require_safe
@portal_page(query=("kind", "entry"))
def choose(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """Whoever comes with a kind, as from the list of looks, goes on to its page at once."""
    kind, entry = request.GET.get("kind", ""), request.GET.get("entry", "")
    if kind in kinds.WAYS:
        more = f"?entry={entry}" if entry.isdecimal() else ""
        return redirect(reverse("portal:request_ask", args=[kind]) + more)
    groups = [
        (title, [(kinds.of(kind), _address(kind)) for kind in several if _offered(kind)])
        for title, several in kinds.GROUPS
    ]
    return render(
        request, "portal/request_choose.html", {"title": _("您想办什么"), "groups": groups}
    )


def _offered(kind: Kind) -> bool:
    """A question about a look begins at the look."""
    return kind is not Kind.LOOK_QUESTION or bool(_elsewhere(kind))


def _address(kind: Kind) -> str:
    return _elsewhere(kind) or reverse("portal:request_ask", args=[kind.value])


def _elsewhere(kind: Kind) -> str:
    try:
        return reverse(ELSEWHERE[kind]) if kind in ELSEWHERE else ""
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(query=("entry", "consent"), body=(*ASK_BODY, "entry"))
def new(request: HttpRequest, *, kind: str, actor: Actor, customer: Customer) -> HttpResponse:
    """One question on the page; what is known of her is not asked for."""
    way: Way = kinds.WAYS.get(kind) or not_found(kind, action=Action.REQUEST_OPEN, actor=actor)
    asked = request.POST if request.method == "POST" else request.GET
    entry = _entry(way, asked.get("entry", ""), customer, actor)
    about = str(entry.index) if entry is not None else ""
    form = AskForm(
        request.POST if request.method == "POST" else None,
        way=way,
        consents=consent_words.withdrawable(customer, actor=actor),
        text=consent_words.doubted(request.GET.get("consent", ""), customer, actor=actor),
    )
    if not form.is_bound:
        same = opening.existing(customer.pk, kind=kind, about=about)
        if same is not None and way.once and not way.about:
            return _same(request, way, same)
        return _ask(request, way, form, entry)
    if not form.is_valid():
        return _ask(request, way, form, entry, status=422)
    return _open(request, form, about, actor, customer)


def _open(
    request: HttpRequest, form: AskForm, about: str, actor: Actor, customer: Customer
) -> HttpResponse:
    way, said = form.way, form.cleaned_data
    try:
        opened = opening.open_request(
            customer.pk,
            kind=way.kind,
            text=said["text"],
            about=about or form.about,
            insurer=said.get("insurer", ""),
            details=form.details | _language(request, way),
            form=said["form"],
            channel=CHANNEL,
            actor=actor,
        )
    except AlreadyOpen as same:
        return _same(request, way, same.request)
    except TooMany as many:
        context = {
            "title": _("这一份没有收下"),
            "said": many.message,
            "limits": limits.current(),
            "rows": [each for each in listing.everything(customer.pk, actor=actor) if each.open],
        }
        return render(request, "portal/request_flood.html", context, status=many.status)
    messages.success(request, _("已收到，编号 %(ref)s。") % {"ref": opened.ref})
    return redirect("portal:request", ref=opened.ref)


def _language(request: HttpRequest, way: Way) -> dict[str, str]:
    """In which a copy is made for her: that of the page."""
    if way.kind not in copying.KINDS:
        return {}
    return {"language": "en" if english() else "zh-hans"}


def _entry(way: Way, asked: str, customer: Customer, actor: Actor) -> own_looks.Visit | None:
    """The look that is asked about, which must have shown her; any other is not there."""
    if way.about != "entry":
        return None
    if asked.isdecimal() and len(asked) < 18:
        visit = own_looks.find(customer.subject, int(asked), capacity=actor.capacity)
        if visit is not None:
            return visit
    not_found(asked, action=Action.REQUEST_OPEN, actor=actor)
    return None


def _ask(
    request: HttpRequest,
    way: Way,
    form: AskForm,
    about: own_looks.Visit | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "title": way.asks,
        "way": way,
        "form": form,
        "about": about,
        "who": look_words.who(about) if about else "",
        "place": look_words.place(about) if about else "",
    }
    return render(request, "portal/request_new.html", context, status=status)


def _same(request: HttpRequest, way: Way, same: CustomerRequest) -> HttpResponse:
    """The one that is open already, and an offer to add to it."""
    messages.warning(request, _("同样的申请还在办理，没有再开一项。您可以在这里补充说明。"))
    return redirect("portal:request", ref=same.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("act", "text", "score", "comment"))
def one(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    action = Action.REQUEST_SAY if request.method == "POST" else Action.REQUEST_READ
    found = _own(ref, action, actor, customer)
    if request.method != "POST":
        return _page(request, found, actor)
    act, wrong = request.POST.get("act", ""), {}
    try:
        if act == "say":
            wrong = _say(request, found, actor)
        elif act == "rate":
            wrong = _rate(request, found, actor)
        elif act == "withdraw":
            customers_side.withdraw(found, channel=CHANNEL, actor=actor)
            messages.success(request, _("已撤回，不再办理。"))
        elif act == "lift":
            customers_side.lift(found, channel=CHANNEL, actor=actor)
            messages.success(request, _("已收到，正在解除。"))
        else:
            not_found(act, action=action, actor=actor)
    except CustodianError as error:
        if error.status not in {409, 429}:
            raise
        messages.warning(request, error.message)
    if wrong:
        return _page(request, found, actor, wrong=wrong, status=422)
    return redirect("portal:request", ref=found.ref)


def _own(ref: str, action: Action, actor: Actor, customer: Customer) -> CustomerRequest:
    known = references.read(ref, kind="r")
    rows = CustomerRequest.objects.visible_to(actor).filter(subject=customer.pk, ref=known or "")
    found: CustomerRequest | None = rows.select_related("clock", "subject").first()
    return found or not_found(ref, action=action, actor=actor)


def _say(request: HttpRequest, found: CustomerRequest, actor: Actor) -> dict[str, Any]:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return {"say": form}
    customers_side.say(found, form.cleaned_data["text"], channel=CHANNEL, actor=actor)
    messages.success(request, _("已补充，办理的人会看到。"))
    return {}


def _rate(request: HttpRequest, found: CustomerRequest, actor: Actor) -> dict[str, Any]:
    form = RateForm(request.POST)
    if not form.is_valid():
        return {"rate": form}
    said = form.cleaned_data
    customers_side.rate(found, said["score"], said["comment"], channel=CHANNEL, actor=actor)
    messages.success(request, _("谢谢您的评价。"))
    return {}


def _page(
    request: HttpRequest,
    found: CustomerRequest,
    actor: Actor,
    *,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    # What is decided and not done yet is told when it is done.
    hide = () if found.ended else ("answer", "refusal")
    said = texts.read(found, purpose=PURPOSE, channel=CHANNEL, actor=actor, hide=hide)
    forms: dict[str, Any] = {}
    if not found.ended:
        forms["say"] = MessageForm()
    if customers_side.may_rate(found):
        forms["rate"] = RateForm()
    pending = effects.pending(found)
    context = {
        "title": found.get_kind_display(),
        "asked": found,
        "state": listing.state_of(found),
        "tone": listing.TONES[found.status],
        "clock": clock_faces.shown(found.clock),
        "way": kinds.of(found.kind),
        "texts": said,
        "steps": list(found.steps.select_related("unit")),
        "things": telling.things(found.outcome),
        "outcomes": telling.sentences(found.outcome),
        "chosen": request_words.chosen(found),
        "looks": looks.told(found, capacity=actor.capacity)
        if found.kind == Kind.FRAUD_CALL
        else None,
        "remedies": request_words.remedies() if found.status in _UNHAPPY else [],
        "copies": list(DataCopy.objects.of(actor).filter(request=found)),
        "may_withdraw": not found.ended and not pending,
        "may_lift": found.ended and effects.may_lift(found),
        "forms": {**forms, **(wrong or {})},
    }
    return render(request, "portal/request.html", context, status=status)


_UNHAPPY: Final = frozenset(
    {CustomerRequest.Status.REFUSED.value, CustomerRequest.Status.PARTLY.value}
)


def ready() -> None:
    """The first page's parts, and which acts on her requests a customer sees in her list of looks."""
    portal_home.register_panel("requests", 30, panel)
    portal_home.register_way(45, gettext_lazy("我的申请"), "portal:requests", hint)
    own_looks.tell_change(Action.REQUEST_OPEN, gettext_lazy("登记了您的申请"))
    own_looks.tell_change(Action.REQUEST_HANDLE, gettext_lazy("办理了您的申请"))
    own_looks.tell_change(Action.REQUEST_DECIDE, gettext_lazy("答复了您的申请"))
    own_looks.tell_change(Action.REQUEST_EXTEND, gettext_lazy("延长了您申请的期限"))


def panel(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page: requests that wait for her words."""
    waiting = [each for each in listing.everything(customer.pk, actor=actor) if each.waits]
    if not waiting:
        return None
    return Panel("portal/panels/requests.html", {"rows": waiting})


def hint(actor: Actor, customer: Customer) -> Any:
    if actor.role is not Role.CUSTOMER:
        return ""
    return _("查阅、删除、投诉或提问，看办到哪一步")
