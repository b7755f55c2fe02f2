"""My consents: what each is for, how it stands, and one step either way (PIPL art. 15)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import own_looks
from access.actions import Action
from access.actors import Actor
from custodian.regimes.purposes import ProcessingPurpose
from records import portal_home
from records.consents import asking, changing, standing
from records.consents.changing import GuardianNeeded, NotHersToGive
from records.consents.standing import GIVEN, WITHDRAWN
from records.models import Consent, Customer
from records.portal_pages import CHANNEL, not_found, portal_page

# What somebody else wrote down: she may say that it was not her.
DOUBTFUL: Final = frozenset({Consent.By.PAPER, Consent.By.COUNTER, Consent.By.IMPORT})


@require_safe
@portal_page()
def consents(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    known = standing.of_customer(customer, actor=actor)
    stand = [each for each in known if not each.ended]
    context = {
        "title": _("我的同意"),
        "groups": [
            (
                _("由您决定"),
                _("同意不同意都可以，不影响您的保单和服务。"),
                [each for each in stand if each.purpose.optional],
            ),
            (
                _("办理保险须您同意"),
                _("不同意的，只是有些事不能办；保单照样有效。"),
                [each for each in stand if not each.purpose.optional],
            ),
            (
                _("您不同意的，仍然有效"),
                _("本公司现在不再征求这些同意；您说过不同意，当时涉及的资料照样不能查看。"),
                [each for each in known if each.ended],
            ),
        ],
        "others": [
            {
                "name": asking.name(each),
                "says": asking.says(each),
                "basis": asking.basis(each),
                "clause": each.clause,
                "kept": asking.kept(each),
                "notice": each.notice,
            }
            for each in asking.others()
        ],
        "history": standing.history(customer, actor=actor),
        "doubtful": DOUBTFUL,
        "represents": actor.capacity != "self",
        "may_say": _may(customer, WITHDRAWN, actor),
        "may_give": _may(customer, GIVEN, actor),
    }  # fmt: skip
    return render(request, "portal/consents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page()
def yes(request: HttpRequest, *, code: str, actor: Actor, customer: Customer) -> HttpResponse:
    return _say(request, code, GIVEN, customer, actor)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page()
def no(request: HttpRequest, *, code: str, actor: Actor, customer: Customer) -> HttpResponse:
    return _say(request, code, WITHDRAWN, customer, actor)


def _say(
    request: HttpRequest, code: str, said: str, customer: Customer, actor: Actor
) -> HttpResponse:
    """The same page both ways: what follows, and one button."""
    stand = _standing(code, customer, actor)
    purpose = stand.purpose
    try:
        changing.require_may_say(customer, said, actor=actor)
        if request.method == "POST":
            row = changing.choose(customer, purpose, said, channel=CHANNEL, actor=actor)
            messages.success(request, _done(purpose, row))
            return redirect("portal:consents")
    except (GuardianNeeded, NotHersToGive) as error:
        messages.error(request, error.message)
        return redirect("portal:consents")
    context = {
        "title": _title(stand, said),
        "stand": stand,
        "gives": said == GIVEN,
        "so_already": stand.recorded
        and stand.given == (said == GIVEN)
        and not (stand.anew and said == GIVEN),
    }
    return render(request, "portal/consent.html", context)


def _standing(code: str, customer: Customer, actor: Actor) -> standing.Standing:
    stand = standing.find(customer, code, actor=actor)
    if stand is None:
        not_found(code, action=Action.CONSENT_CHOOSE, actor=actor)
        raise AssertionError  # the refusal above has raised
    return stand


def _may(customer: Customer, said: str, actor: Actor) -> bool:
    try:
        changing.require_may_say(customer, said, actor=actor)
    except (GuardianNeeded, NotHersToGive):
        return False
    return True


def _title(stand: standing.Standing, said: str) -> str:
    if said == GIVEN:
        return _("同意：%(what)s") % {"what": stand.name}
    asked = _("撤回同意：%(what)s") if stand.given else _("不同意：%(what)s")
    return asked % {"what": stand.name}


def _done(purpose: ProcessingPurpose, row: Consent | None) -> str:
    name = asking.name(purpose)
    if row is None:
        return _("这一项已经是这样，没有改动。")
    said = {
        GIVEN: _("已同意：%(what)s。随时可以撤回。"),
        WITHDRAWN: _("已撤回：%(what)s。马上生效。"),
    }.get(row.said, _("已记下您不同意：%(what)s。不会再来问您。"))
    return said % {"what": name}


def hint(actor: Actor, customer: Customer) -> Any:
    given = sum(each.given for each in standing.of_customer(customer, actor=actor))
    if not given:
        return gettext_lazy("同意什么、撤回什么，都在这里")
    said = ngettext("已同意 %(n)d 项；随时可以撤回", "已同意 %(n)d 项；随时可以撤回", given)
    return said % {"n": given}


def ready() -> None:
    own_looks.tell_change(Action.CONSENT_CHOOSE, gettext_lazy("同意或撤回了一项用途"))
    own_looks.tell_change(Action.CONSENT_RECORD, gettext_lazy("登记了您的同意或撤回"))
    portal_home.register_way(15, gettext_lazy("我的同意"), "portal:consents", hint)
