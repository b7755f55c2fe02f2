"""The customer's page of a transfer: what changes, who takes over, until when, and her answer."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import own_looks
from access.actions import Action
from access.actors import Actor
from records import portal_home
from records.consents import changing
from records.consents.changing import GuardianNeeded, NotHersToGive
from records.consents.standing import GIVEN, REFUSED
from records.models import Customer
from records.portal_home import Panel
from records.portal_pages import CHANNEL, not_found, portal_page
from transfers import enquiring
from transfers.letters import answering, texts
from transfers.letters.answering import TooLate
from transfers.models import TransferAnswer, TransferNotice

Said = TransferAnswer.Said
WORDS: Final = {"agree": Said.AGREED, "object": Said.OBJECTED, "withdraw": Said.WITHDRAWN}
_TOLD: Final = (GuardianNeeded, NotHersToGive, TooLate)


@require_safe
@portal_page()
def notice(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """Her own letter, or that there is none; of one that asks nothing only what it says."""
    found = answering.of(customer, actor=actor)
    context: dict[str, Any] = {"title": _("业务转让"), "notice": found}
    if found is None and (came := answering.arrived(customer, actor=actor)) is not None:
        told = texts.told(came.batch, asks=False)
        context |= {"title": told.title, "told": told, "notice": came}
    elif found is not None:
        told = texts.told(found.batch, asks=found.asks)
        context |= {
            "title": told.title,
            "told": told,
            "answers": _answers(found, actor),
            "represents": actor.capacity != "self",
            "blocked": _blocked(customer, actor),
            **{f"may_{word}": _may(found, word, customer, actor) for word in WORDS},
        }
    return render(request, "portal/transfer/notice.html", context)


def _answers(found: TransferNotice, actor: Actor) -> Any:
    rows = TransferAnswer.objects.visible_to(actor).filter(notice=found)
    return rows.select_related("evidence")


def _blocked(customer: Customer, actor: Actor) -> str:
    """Why nobody who is signed in like this answers at all; empty where somebody may."""
    try:
        changing.require_may_say(customer, REFUSED, actor=actor)
    except (GuardianNeeded, NotHersToGive) as error:
        return str(error.message)
    return ""


def _may(found: TransferNotice, word: str, customer: Customer, actor: Actor) -> bool:
    said = WORDS[word]
    stands = found.answer == ("" if said == Said.WITHDRAWN else said)
    if stands or not answering.may_still(found, said):
        return False
    try:
        as_consent = GIVEN if said == Said.AGREED else REFUSED
        changing.require_may_say(customer, as_consent, actor=actor)
    except (GuardianNeeded, NotHersToGive):
        return False
    return True


@require_POST
@portal_page()
def look(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """She opens it: that is kept as proof that she was told."""
    found = answering.of(customer, actor=actor) or answering.arrived(customer, actor=actor)
    if found is not None:
        answering.see(found, channel=CHANNEL, actor=actor)
    return redirect("portal_transfer:notice")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page()
def answer(request: HttpRequest, *, word: str, actor: Actor, customer: Customer) -> HttpResponse:
    """What follows, and one button."""
    found = answering.of(customer, actor=actor)
    if found is None:
        not_found(word, action=Action.TRANSFER_ANSWER, actor=actor)
        raise AssertionError  # the refusal above has raised
    if request.method == "POST":
        return _answered(request, found, word, actor)
    if not _may(found, word, customer, actor):
        return redirect("portal_transfer:notice")
    titles = {
        "agree": _("同意转让"),
        "object": _("不同意转让"),
        "withdraw": _("收回答复"),
    }
    context = {
        "title": titles[word],
        "choice": word,
        "notice": found,
        "told": texts.told(found.batch, asks=found.asks),
    }
    return render(request, "portal/transfer/answer.html", context)


def _answered(request: HttpRequest, found: TransferNotice, word: str, actor: Actor) -> HttpResponse:
    try:
        new = answering.choose(found, WORDS[word], channel=CHANNEL, actor=actor)
    except _TOLD as error:
        messages.error(request, str(error.message))
        return redirect("portal_transfer:notice")
    messages.success(request, _done(word) if new else _("已经是这样，没有改动。"))
    return redirect("portal_transfer:notice")


def _done(word: str) -> str:
    return {
        "agree": _("已记下：同意转让。冻结之前可以随时改。"),
        "object": _("已记下：不同意转让。您的保单留在本公司。"),
        "withdraw": _("已收回答复。"),
    }[word]


def panel(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page until she has answered, or has opened what needs no answer."""
    found = answering.of(customer, actor=actor)
    if found is None or found.answer or (found.seen_at and not found.asks):
        return None
    told = texts.told(found.batch, asks=found.asks)
    return Panel("portal/transfer/panel.html", {"told": told, "seen": found.seen_at})


def arrived(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page until she has opened what the insurer that took her over tells her."""
    found = answering.arrived(customer, actor=actor)
    if found is None or found.seen_at:
        return None
    told = texts.told(found.batch, asks=False)
    return Panel("portal/transfer/arrived.html", {"told": told})


def gone(actor: Actor, customer: Customer) -> Panel | None:
    """On the first page once it is certain from when another insurer answers for her."""
    found = enquiring.whereabouts(customer.pk, actor=actor)
    if found is None or found.since is None:
        return None
    return Panel("portal/transfer/gone.html", {"found": found})


def ready() -> None:
    portal_home.register_panel("gone", 2, gone)
    portal_home.register_panel("arrived", 4, arrived)
    own_looks.tell_change(Action.TRANSFER_ANSWER, gettext_lazy("答复了业务转让"))
    own_looks.tell_change(Action.TRANSFER_ANSWER_RECORD, gettext_lazy("登记了您对业务转让的答复"))
    own_looks.tell_change(Action.TRANSFER_NOTICE_SEE, gettext_lazy("打开了业务转让告知信"))
    portal_home.register_panel("transfer", 5, panel)
