"""Revealing chosen elements of one customer: recorded first, then shown, then hidden again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access import choices, gate, scopes, step_up
from access.actions import Action
from access.actors import Actor
from access.gate import Refused, StepUpNeeded
from access.policy import STEP_UP
from access.step_up import TooManyCodes
from access.vocabulary import Purpose
from custodian import elements
from custodian.elements import Element, Masked
from records import explanations, overview, purposes, vault, visits
from records.catalogue import NAME
from records.desk import customer_page
from records.desk_forms import RevealForm
from records.desk_pages import (
    CHANNEL,
    actor_of,
    customer_or_404,
    desk_page,
    frame,
    working_purpose,
)
from records.holdings_of import claims_of, policies_of


@dataclass(frozen=True)
class Target:
    """What one reveal can be about: the person, one policy, or one claim."""

    codes: tuple[str, ...]
    holdings: tuple[UUID, ...]
    title: Any


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=("element", "of"), body=("element", "of", "purpose", "reason", "code"))
def reveal(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """GET asks what for; POST records and answers with the customer's page, the lamp lit."""
    subject = customer_or_404(ref, action=Action.CUSTOMER_REVEAL, actor=actor)
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and not working_purpose(request, actor, ref=subject.ref):
        return redirect("desk:customer", ref=subject.ref)  # which asks for the purpose first
    dialog = _Dialog(request, subject, asked.get("of", ""), actor)
    if request.method != "POST":
        wanted = [code for code in request.GET.getlist("element") if code in dialog.target.codes]
        return dialog.page(dialog.form(initial={"element": wanted}), wanted)
    form = dialog.form(data=request.POST)
    wanted = [code for code in request.POST.getlist("element") if code in dialog.target.codes]
    if not form.is_valid():
        return dialog.page(form, wanted, status=422)
    return _record_and_reveal(request, dialog, form)


def _record_and_reveal(request: HttpRequest, dialog: _Dialog, form: RevealForm) -> HttpResponse:
    actor, subject, chosen = dialog.actor, dialog.subject, form.cleaned_data
    if chosen["code"]:
        try:
            proven = step_up.verify(request, chosen["code"])
        except TooManyCodes as error:
            form.ask_code(error.message)
            return dialog.page(form, chosen["element"], status=error.status)
        if not proven:
            form.ask_code(_("验证码不符或已过期，请输入验证器上现在的 6 位数字"))
            return dialog.page(form, chosen["element"], status=422)
        actor = actor_of(request) or actor
    try:
        permit = gate.permit(
            actor,
            Action.CUSTOMER_REVEAL,
            purpose=chosen["purpose"],
            channel=CHANNEL,
            subjects=[subject.pk],
            elements=chosen["element"],
            holdings=dialog.target.holdings,
            reason=chosen["reason"],
        )
    except StepUpNeeded:
        form.ask_code(_("此等级的信息须二次验证，请输入验证器上的 6 位数字"))
        return dialog.page(form, chosen["element"], status=422)
    except Refused as refused:
        why = explanations.refused(
            refused.decision,
            chosen["element"],
            chosen["purpose"],
            channel=CHANNEL,
            near=dialog.near,
            actor=actor,
        )
        return dialog.page(form, chosen["element"], status=refused.status, why=why)
    plain = tuple(vault.reveal(permit))
    return customer_page(
        request,
        subject,
        purpose=chosen["purpose"],
        actor=actor,
        plain=plain,
        entries=(permit.entry,),
    )


class _Dialog:
    """The dialog, which is a page of its own: who, what, what for, and why not."""

    def __init__(self, request: HttpRequest, subject: Any, of: str, actor: Actor) -> None:
        self.request, self.subject, self.of, self.actor = request, subject, of, actor
        self.near = overview.nearness(subject, actor=actor)
        self.target = self._target()
        self.purpose = working_purpose(request, actor, ref=subject.ref)
        offered = purposes.offered(actor, channel=CHANNEL)
        self.offered = sorted(offered, key=lambda each: each.value != self.purpose)

    def _target(self) -> Target:
        subject, actor = self.subject, self.actor
        if not self.of:
            codes = (*overview.identity_codes(subject), *overview.FINANCIAL)
            held = (subject.identity_holding, subject.finances_holding)
            return Target(codes, held, _("揭示"))
        policies = policies_of(subject.pk, actor=actor)
        own = {each.ref: each for each in policies if each.holder == subject.pk}
        if self.of in own:
            return Target(overview.POLICY, (own[self.of].holding,), _("揭示保单信息"))
        claims = {each.ref: each for each in claims_of(subject.pk, policies, actor=actor)}
        if self.of not in claims:
            gate.refuse_unknown(
                actor, Action.CUSTOMER_REVEAL, asked=self.of[:64], purpose="", channel=CHANNEL
            )
        return Target(overview.CLAIM, (claims[self.of].holding,), _("揭示理赔信息"))

    def form(self, *, data: Any = None, initial: dict[str, Any] | None = None) -> RevealForm:
        wanted = (initial or {}).get("element") or (data.getlist("element") if data else [])
        known = [elements.get(code) for code in self.target.codes]
        return RevealForm(
            data,
            initial={"purpose": self.purpose, **(initial or {})},
            elements=[(each.code, each.label) for each in known if not each.never_shown],
            purposes=self.offered,
            hints=self._hints(wanted),
            asks_code=self._asks_code(wanted),
        )

    def _hints(self, wanted: list[str]) -> dict[str, Any]:
        """Under each purpose: whether it opens what is wanted, or how far it reaches at all."""
        codes = [code for code in wanted if code in self.target.codes]
        ways = purposes.opening(self.actor, codes, channel=CHANNEL, nearness=self.near)
        by_step_up = {purpose.value: steps_up for purpose, steps_up in ways}
        found = [each.chosen for each in scopes.find([self.subject.pk]).values()] if codes else []
        hints: dict[str, Any] = {}
        for each in (purpose.value for purpose in self.offered):
            if not codes and each == Purpose.OTHER:
                hints[each] = _("%(reach)s；须写理由") % {"reach": self._reach(each)}
            elif not codes:
                hints[each] = self._reach(each)
            elif choices.against(each, codes, found):
                hints[each] = _("没有客户的同意，不能揭示")
            elif each not in by_step_up:
                hints[each] = _("不含所选信息项")
            elif by_step_up[each]:
                hints[each] = _("可揭示所选信息项，须二次验证")
            elif each == self.purpose:
                hints[each] = _("本次查看的用途")
            elif each == Purpose.OTHER:
                hints[each] = _("没有对应的工作：须写理由，合规官会看到")
        return hints

    def _reach(self, purpose: str) -> str:
        spans = purposes.spans(self.actor, purpose, channel=CHANNEL)
        said = _("%(class)s至 L%(level)s")
        return gettext("；").join(str(said) % {"class": s.label, "level": s.level} for s in spans)

    def _asks_code(self, wanted: list[str]) -> bool:
        return not self.actor.stepped_up and any(
            STEP_UP
            in gate.foresee(
                self.actor, code=code, purpose=each.value, channel=CHANNEL, nearness=self.near
            ).obligations
            for code in wanted
            if code in self.target.codes
            for each in self.offered
        )

    def page(
        self, form: RevealForm, wanted: list[str], *, status: int = 200, why: Any = None
    ) -> HttpResponse:
        known = [elements.get(code) for code in wanted]
        context = {
            "title": self._title(known),
            "form": form,
            "ref": self.subject.ref,
            "of": self.of,
            "chosen": known,
            "one": len(known) == 1 and not form["element"].errors,
            "name": None,
            "masks": [],
            "sensitive": self.subject.is_child,
            "seconds": settings.CUSTODIAN_LAMP_SECONDS,
            "why": why,
            **self._who(known),
            **frame(self.actor),
        }
        return render(self.request, "desk/reveal.html", context, status=status)

    def _title(self, known: list[Element]) -> Any:
        if len(known) == 1:
            return _("揭示 %(label)s") % {"label": known[0].label}
        return self.target.title

    def _who(self, known: list[Element]) -> dict[str, Any]:
        """The name and the chosen values as masks: a look of its own, so it is logged as one."""
        purpose = self.purpose
        wanted = [NAME.code, *(each.code for each in known if not each.never_shown)]
        permit = gate.permit(
            self.actor,
            Action.CUSTOMER_VIEW,
            purpose=purpose,
            channel=CHANNEL,
            subjects=[self.subject.pk],
            elements=purposes.listable(
                self.actor, wanted, purpose=purpose, channel=CHANNEL, nearness=self.near
            ),
            holdings=[self.subject.identity_holding, *self.target.holdings],
            masked=True,
        )
        visits.note(self.request, self.subject.ref, purpose=purpose, entries=[permit.entry])
        listed = vault.listed(permit)
        name: Masked | None = next((e.masked for e in listed if e.element == NAME.code), None)
        codes = {each.code for each in known}
        return {"name": name, "masks": [e for e in listed if e.element in codes - {NAME.code}]}


@require_safe
@desk_page()
def hide(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Back to the masked page: where the lamp's link leads, and where a lit page goes without script."""
    return redirect("desk:customer", ref=ref)
