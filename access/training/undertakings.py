"""Undertakings: signed with a fresh second factor, in the words of the clause's newest version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Signature, Undertaking
from access.training import evidence, files, standing
from access.training.words import role_words
from custodian import clock
from custodian.errors import CustodianError

KIND = "undertaking"
TEXTS = ("text_zh", "text_en", "clause_zh", "clause_en", "clause_version")
_FIXED = ("code", "title_zh", "title_en", "law", "mark")


class Unchanged(CustodianError):
    """The proposal says what the undertaking says already."""

    code = "undertaking-unchanged"
    message = _("与现行承诺没有不同，请修改后再试")


class SameVersion(CustodianError):
    """Other words need another version of their clause."""

    code = "undertaking-same-version"
    message = _("文字改了，条款版本也要改")


class Pending(CustodianError):
    """Another change of the same undertaking waits for its approval."""

    code = "undertaking-pending"
    status = 409
    message = _("这份承诺已有一项修改待复核")


class WordsChanged(CustodianError):
    """Other words are in force than those that were shown."""

    code = "undertaking-words-changed"
    status = 409
    message = _("承诺的文字刚刚有了新版本，请重新阅读后签署")


def in_force(code: str) -> Undertaking | None:
    found: Undertaking | None = Undertaking.objects.in_force().filter(code=code).first()
    return found


def signature_of(undertaking: Undertaking, person: int) -> Signature | None:
    """The person's word for these words, also from before a version that left them as they were."""
    mine = Signature.objects.filter(user_id=person, undertaking__code=undertaking.code)
    return mine.filter(digest=undertaking.digest).first()


def sign(undertaking: Undertaking, *, seen: str, channel: str, actor: Actor) -> Signature:
    """Sign the words under the hash `seen`; once is enough.

    Raises `StepUpNeeded` without a fresh second factor, `WordsChanged`.
    """
    person = actors.person(actor)
    if not actor.stepped_up:
        gate.refuse(actor, Action.UNDERTAKING_SIGN, because="step-up-not-covered", channel=channel)
    now = clock.now()
    try:
        with transaction.atomic():
            held = Undertaking.objects.select_for_update(no_key=True).get(pk=undertaking.pk)
            if held.until is not None or seen != held.digest:
                raise WordsChanged
            gate.authorise(
                actor,
                Action.UNDERTAKING_SIGN,
                channel=channel,
                facts={"undertaking": held.code, "version": held.version, "digest": held.digest},
            )
            signature = Signature.objects.create(
                user_id=person,
                undertaking=held,
                digest=held.digest,
                signed_at=now,
                mac=evidence.of_signature(
                    user=person, undertaking=held.pk, digest=held.digest, at=now
                ),
            )
            transaction.on_commit(partial(standing.forget, person))
    except IntegrityError:
        return Signature.objects.get(undertaking=undertaking, user_id=person)
    return signature


def texts_of(undertaking: Undertaking) -> dict[str, Any]:
    return {name: getattr(undertaking, name) for name in TEXTS}


def propose(
    texts: Mapping[str, Any],
    *,
    roles: Sequence[str],
    base: Undertaking,
    reason: str,
    actor: Actor,
) -> Approval:
    """Ask for other words; once they are approved, everybody signs anew.

    Raises `Unchanged`, `SameVersion`, `Pending`.
    """
    before = texts_of(base)
    if before == dict(texts) and list(roles) == base.roles:
        raise Unchanged
    if before != dict(texts) and before["clause_version"] == texts["clause_version"]:
        raise SameVersion
    payload = {
        "undertaking": base.code,
        "base": base.version,
        "texts": dict(texts),
        "roles": list(roles),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="undertaking",
        table=Undertaking,
        pending=Pending,
        action=Action.TRAINING_PROPOSE,
        facts={"undertaking": base.code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, undertaking=code)


def digest_of(title: Mapping[str, str], texts: Mapping[str, Any]) -> str:
    """As of the file that an installation begins with."""
    said = {
        "title": dict(title),
        "clause": {"zh": texts["clause_zh"], "en": texts["clause_en"]},
        "clause_version": texts["clause_version"],
        "text": {"zh": texts["text_zh"], "en": texts["text_en"]},
    }
    return files.digest_of_undertaking(said)


class _Kind:
    action = Action.TRAINING_APPROVE
    label = _("保密承诺")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:training")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """An undertaking is about roles, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        texts = payload["texts"]
        base = Undertaking.objects.get(code=payload["undertaking"], version=payload["base"])
        before, version = base.clause_version, texts["clause_version"]

        def said(name: str) -> Any:
            return _("不变") if texts[name] == getattr(base, name) else texts[name].strip()

        return [
            (_("保密承诺"), [base.title]),
            (_("合同条款"), [texts["clause_zh"], texts["clause_en"]]),
            (_("条款版本"), [version if version == before else f"{before} → {version}"]),
            (_("全文（中文）"), [said("text_zh")]),
            (_("全文（英文）"), [said("text_en")]),
            (_("适用岗位"), [role_words(payload["roles"])]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now = approval.payload, clock.now()
        base = Undertaking.objects.select_for_update().get(
            code=payload["undertaking"], version=payload["base"]
        )
        if base.until is not None:
            raise ContentChanged
        kept = {name: getattr(base, name) for name in _FIXED}
        title = {"zh": base.title_zh, "en": base.title_en}
        Undertaking.objects.filter(pk=base.pk).update(until=now)
        Undertaking.objects.create(
            version=base.version + 1,
            since=now,
            approval=approval,
            digest=digest_of(title, payload["texts"]),
            roles=payload["roles"],
            **kept,
            **payload["texts"],
        )
        transaction.on_commit(standing.forget)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
