"""Replays as jobs: asked for by an officer, worked through page by page by a worker."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, policy, rules, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Replay, RuleProposal
from access.replay.deciding import Decider, Found, History, hold
from access.replay.past import Period
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, wake


class NobodyAsks(CustodianError):
    """Whoever asked for the replay may not any more."""

    code = "replay-not-allowed"
    status = 403
    message = _("申请人已不能回放规则，回放没有进行")


def request(proposal: RuleProposal, *, since: date, until: date, actor: Actor) -> Replay:
    """Ask for a replay over office days, both included; the entry names the proposal and the period."""
    gate.permit(
        actor,
        Action.POLICY_RULE_REPLAY,
        purpose="compliance",
        channel=Channel.ADMIN,
        facts={
            **rules.facts(proposal),
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
    )
    with transaction.atomic():
        replay: Replay = Replay.objects.create(
            proposal=proposal, since=since, until=until, asked_by_id=actors.person(actor)
        )
        from access.tasks import replay_rules  # the task leads back here

        wake(replay_rules, replay.pk)
    return replay


def work(replay_id: int) -> Replay:
    """Go through the period; raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("replayer")):
        replay: Replay = Replay.objects.select_related("proposal", "asked_by__unit").get(
            pk=replay_id
        )
        lease = replay.claim()
        try:
            if not gate.may(actors.staff(replay.asked_by), Action.POLICY_RULE_REPLAY):
                raise NobodyAsks
            result = _replayed(replay, lease)
        except CustodianError as error:
            with transaction.atomic():
                replay.progress(lease, done=replay.done)
                changes = {"note": str(error.message), "finished_at": clock.now()}
                JOB.move(replay, "fail", changes)
            raise
        with transaction.atomic():
            replay.progress(lease, done=replay.done)
            JOB.move(replay, "finish", {"result": result, "finished_at": clock.now()})
    return replay


def _replayed(replay: Replay, lease: Any) -> dict[str, Any]:
    history, period, found = (
        History(policy.history()),
        Period.of(replay.since, replay.until),
        Found(),
    )
    standing = policy.in_force()
    now = Decider(standing)
    proposed = Decider(rules.with_proposal(standing, replay.proposal))
    Replay.objects.filter(pk=replay.pk).update(total=len(period))
    for page in period.pages():
        found.unreadable += page.unreadable
        for look in page.looks:
            hold(look, then=history.around(look.at), now=now, proposed=proposed, found=found)
        replay.progress(lease, done=page.upto + 1 - period.first)
    replay.progress(lease, done=len(period))
    return found.result()
