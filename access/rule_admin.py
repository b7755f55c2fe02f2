"""The back office's pages of rules: one rule with its versions, a proposal, and its replay over the past."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import approvals, gate, rules
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from access.models import PolicyRule, RuleProposal
from access.replay import jobs
from access.replay.words import told
from access.rule_forms import EndForm, PeriodForm, RuleForm
from access.rule_sentences import sentence, titles_of
from custodian import clock
from custodian.jobs import OPEN
from custodian.workflow import IllegalMove

TONES = {"waiting": "warn", "approved": "ok", "returned": "danger"}
READ, PROPOSE = Action.POLICY_RULE_READ, Action.POLICY_RULE_PROPOSE


@page("rules/new/", name="rule_new", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    enter(request, PROPOSE)
    start = {"hour_from": 0, "hour_until": 24, "step_up_level": 4, "max_level": 3}
    return _edit(request, None, start)


@page("rules/<str:code>/change/", name="rule_change", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, code: str) -> HttpResponse:
    base = _rule_of(request, code, PROPOSE)[0]
    enter(request, PROPOSE, row=code)
    return _edit(request, base, {**rules.terms_of(base), "networks": " ".join(base.networks)})


def _edit(request: HttpRequest, base: PolicyRule | None, start: dict[str, Any]) -> HttpResponse:
    form = RuleForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            proposal = rules.propose(
                form.terms(),
                base=base,
                reason=said["reason"],
                since=said["since"],
                actor=actor_of(request),
            )
        except (rules.NotNewest, rules.NothingChanged) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:rule_proposal", proposal.ref)
    title = _("修改规则 %(code)s") % {"code": base.code} if base else _("新增规则")
    context = {"title": title, "form": form, "base": base, "now": sentence(base) if base else ""}
    return _template(request, "edit", context, status=422 if form.is_bound else 200)


@page("rules/<str:code>/end/", name="rule_end", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_rule(request: HttpRequest, code: str) -> HttpResponse:
    base = _rule_of(request, code, PROPOSE)[0]
    enter(request, PROPOSE, row=code)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            proposal = rules.propose(
                rules.terms_of(base),
                base=base,
                ends=True,
                reason=form.cleaned_data["reason"],
                since=form.cleaned_data["since"],
                actor=actor_of(request),
            )
        except rules.NotNewest as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:rule_proposal", proposal.ref)
    context = {
        "title": _("停用规则 %(code)s") % {"code": code},
        "form": form,
        "base": base,
        "now": sentence(base),
        "ends": True,
    }
    return _template(request, "edit", context, status=422 if form.is_bound else 200)


@page("rules/<str:code>/", name="rule", action=READ, logs_itself=True)
@require_safe
def rule_page(request: HttpRequest, code: str) -> HttpResponse:
    versions = _rule_of(request, code, READ)
    enter(request, READ, row=code)
    newest, titles = versions[0], titles_of(versions)
    proposals = RuleProposal.objects.filter(code=code).select_related("proposed_by")
    context = {
        "title": _("规则 %(code)s") % {"code": code},
        "newest": newest,
        "sentence": sentence(newest, titles),
        "versions": [(each, sentence(each, titles), _state(each)) for each in versions],
        "proposals": [_told_proposal(each) for each in proposals],
        "may_propose": gate.may(actor_of(request), PROPOSE) and newest.until is None,
    }
    return _template(request, "rule", context)


@page("rules/proposals/<uuid:ref>/", name="rule_proposal", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    action = PROPOSE if request.method == "POST" else READ
    proposal = _proposal_of(request, ref, action)
    if request.method == "POST":
        return _act(request, proposal)
    enter(request, READ, row=str(proposal.ref))
    return _proposal(request, proposal, PeriodForm())


def _act(request: HttpRequest, proposal: RuleProposal) -> HttpResponse:
    """One of three: try it against the past, put it up for approval, take it back."""
    actor, act = actor_of(request), request.POST.get("act", "")
    if act == "replay":
        return _replay(request, proposal)
    try:
        if act == "submit":
            rules.submit(proposal, actor=actor)
            messages.info(request, _("已提交，待另一位合规官复核。"))
        elif act == "withdraw":
            rules.withdraw(proposal, actor=actor)
            messages.info(request, _("已撤回，规则没有变。"))
    except IllegalMove:
        messages.error(request, str(approvals.ContentChanged.message))
    return redirect("admin:rule_proposal", proposal.ref)


def _replay(request: HttpRequest, proposal: RuleProposal) -> HttpResponse:
    period = PeriodForm(request.POST)
    if not period.is_valid():
        return _proposal(request, proposal, period, status=422)
    said = period.cleaned_data
    jobs.request(proposal, since=said["since"], until=said["until"], actor=actor_of(request))
    return redirect("admin:rule_proposal", proposal.ref)


def _proposal(
    request: HttpRequest, proposal: RuleProposal, period: PeriodForm, *, status: int = 200
) -> HttpResponse:
    actor, base = actor_of(request), rules.base_of(proposal)
    replays = list(proposal.replays.all()[:5])
    mine = proposal.proposed_by_id == actor.id
    context = {
        **_told_proposal(proposal),
        "title": _title(proposal),
        "before": sentence(base) if base else "",
        "after": "" if proposal.ends else sentence(rules.as_row(proposal)),
        "changes": rules.changes(base, proposal),
        "period": period,
        "replays": [{"job": each, "told": told(each)} for each in replays],
        "moving": any(each.status in OPEN for each in replays),
        "may_replay": rules.PROPOSAL.may(proposal, "withdraw")
        and gate.may(actor, Action.POLICY_RULE_REPLAY),
        "may_submit": mine and rules.PROPOSAL.may(proposal, "submit"),
        "may_withdraw": mine and rules.PROPOSAL.may(proposal, "withdraw"),
    }
    return _template(request, "proposal", context, status=status)


def open_proposals() -> list[dict[str, Any]]:
    """What is not decided yet, for the list of rules."""
    rows = RuleProposal.objects.filter(status__in=["draft", "waiting"])
    return [_told_proposal(each) for each in rows.select_related("proposed_by")[:20]]


def _told_proposal(proposal: RuleProposal) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "what": _title(proposal),
        "state": proposal.get_status_display(),
        "tone": TONES.get(proposal.status, ""),
    }


def _title(proposal: RuleProposal) -> str:
    if proposal.ends:
        words = _("停用规则 %(code)s")
    else:
        words = _("新增规则 %(code)s") if proposal.base_version is None else _("修改规则 %(code)s")
    return words % {"code": proposal.code}


def _state(rule: PolicyRule) -> tuple[str, str]:
    now = clock.now()
    if rule.since > now:
        return _("待生效"), "info"
    return (_("现行"), "ok") if rule.until is None or rule.until > now else (_("已失效"), "")


def _rule_of(request: HttpRequest, code: str, action: Action) -> list[PolicyRule]:
    """All versions of the rule, the newest first."""
    actor = actor_of(request)
    if not gate.may(actor, action):
        enter(request, action)  # which refuses, and puts that on record
    rows = PolicyRule.objects.filter(code=code).order_by("-version")
    versions = list(rows.select_related("approval__requested_by", "approval__decided_by"))
    if not versions:
        _refuse_unknown(request, action, code)
    return versions


def _proposal_of(request: HttpRequest, ref: UUID, action: Action) -> RuleProposal:
    rows = RuleProposal.objects.select_related("proposed_by", "approval__decided_by")
    return row_of(request, action, rows.filter(ref=ref), asked=ref)


def _refuse_unknown(request: HttpRequest, action: Action, asked: str) -> NoReturn:
    actor = actor_of(request)
    gate.refuse_unknown(actor, action, asked=asked[:40], purpose=purpose_of(actor), channel=CHANNEL)


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/rules/{name}.html", more, status=status)
