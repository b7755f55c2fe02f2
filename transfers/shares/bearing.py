"""Tokens of partners: one for each share by interface, shown once, kept as a hash, dead with the share."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from typing import Final

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel
from custodian import clock
from transfers.models import Share
from transfers.shares.jobs import SYSTEM, Over
from transfers.shares.proposing import is_as_approved, require, require_assessed
from transfers.shares.reading import partner_of

PREFIX: Final = "csp_"


def issue(share: Share, *, actor: Actor) -> str:
    """A new secret, which nobody can read again; the former one is dead. Raises `Over`, `NotRunning`."""
    if not actor.stepped_up and gate.may(actor, Action.SHARE_PROPOSE):
        gate.refuse(actor, Action.SHARE_PROPOSE, because="step-up-not-covered", channel="admin")
    require(share.agreement)
    require_assessed(share.agreement)
    if share.form != Share.Form.API or not share.is_open or not is_as_approved(share):
        raise Over
    raw = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        facts = {"share": share.code, "did": "token"}
        gate.authorise(actor, Action.SHARE_PROPOSE, channel=Channel.ADMIN, facts=facts)
        Share.objects.filter(pk=share.pk).update(token=_digest(raw), token_at=clock.now())
    share.refresh_from_db()
    return raw


class Bearers:
    """The port through which the API asks whose a partner's secret is."""

    prefix = PREFIX

    def actor_of(self, raw: str, *, address: str) -> Actor | None:
        with scopes.acting(actors.system(SYSTEM)):
            share = _share(raw)
            if share is None:
                return None
            actor = partner_of(share, address=address)
            if why := _unusable(share, address):
                _log_refusal(actor, why, share)
                return None
        return actor


def share_of(actor: Actor) -> Share:
    """The share that the acting partner's token is of; raises DoesNotExist."""
    code = actor.share.code if actor.share else ""
    rows = Share.objects.select_related("agreement__counterparty", "approval")
    found: Share = rows.get(code=code)
    return found


def _share(raw: str) -> Share | None:
    rows = Share.objects.select_related("agreement__counterparty", "approval")
    found: Share | None = rows.filter(token=_digest(raw)).first()
    return found


def _unusable(share: Share, address: str) -> str:
    """Why nothing is given to it now from there, as a reason code; empty if something may be."""
    if not share.is_open or not is_as_approved(share):
        return "share-over"
    here = ipaddress.ip_address(address)
    if share.networks and not any(here in ipaddress.ip_network(each) for each in share.networks):
        return "token-network"
    return ""


def _log_refusal(actor: Actor, why: str, share: Share) -> None:
    write.commit(
        Draft(
            actor=actor,
            act="denied",
            at=clock.now(),
            channel=Channel.API,
            outcome="denied",
            why=(why,),
            context=write.seal_context({"address": actor.address}),
            facts={"what": Action.AUTHENTICATE.value, "share": share.code},
        )
    )


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()
