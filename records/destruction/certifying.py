"""The certificate of a batch, signed, its hash in the log: what went, by which rule, and what is left."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from access import actors, findings, gate
from access.actions import Action
from access.actors import Actor
from access.models import ApprovalDecision, Finding, Subject
from access.models.findings import TELLERS
from access.vocabulary import Channel
from custodian import clock, keys
from custodian.crypto import signing
from custodian.tlog.verify import canonical
from records.destruction import batches, printing, stores
from records.destruction.batches import Fate
from records.destruction.going import SUBJECT
from records.destruction.stores import Gone
from records.models import CertificatePage, DestructionBatch, Keeping, Tombstone

PAGE: Final = 1_000  # customers that the stores are asked about at once
FORMAT: Final = "custodian-destruction-1"
KEY: Final = "destruction certificates"
RESIDUE: Final = "destruction.residue"
DOMAIN: Final = "destruction certificate 1"


def pages_of(batch: DestructionBatch) -> Iterator[Gone]:
    """Everything that the batch has destroyed, as the stores are asked about it, in pages of customers."""
    after = 0
    done = batch.items.filter(state=Fate.DESTROYED).order_by("subject_id")
    while True:
        left = done.filter(subject__gt=after)
        subjects = list(left.values_list("subject_id", flat=True).distinct()[:PAGE])
        if not subjects:
            return
        after = subjects[-1]
        yield _gone(done.filter(subject__in=subjects), subjects)


def _gone(items: Any, subjects: Sequence[int]) -> Gone:
    found: dict[str, list[UUID]] = defaultdict(list)
    for kind, holding in items.values_list("kind", "holding"):
        found[kind].append(holding)
    whole = Subject.objects.filter(pk__in=subjects, status=Subject.Status.DESTROYED)
    return Gone(dict(found), subjects, list(whole))


def certify(batch: DestructionBatch, scan: Mapping[str, Any]) -> None:
    """Sign the certificate and keep it, in the caller's transaction; a batch has one for ever."""
    held = DestructionBatch.objects.select_for_update().get(pk=batch.pk)
    if held.certificate:
        return
    if scan["residues"]:
        _tell(held, len(scan["residues"]))
    body = canonical(content(held, scan)).encode()
    signature = signing.sign(keys.keyring().signing_key(KEY), body, domain=DOMAIN)
    printed = {language: printing.page(held, body, language) for language in printing.LANGUAGES}
    CertificatePage.objects.bulk_create(
        CertificatePage(batch=held, language=language, body=page)
        for language, page in printed.items()
    )
    pages = {language: hashlib.sha256(page).hexdigest() for language, page in printed.items()}
    changes = {"certificate": body, "signature": signature, "pages": pages, "scan": scan}
    DestructionBatch.objects.filter(pk=held.pk).update(**changes)
    gate.authorise(
        actors.system("destroyer"),
        Action.RETENTION_DESTROY,
        channel=Channel.TASK,
        facts={"batch": held.code, "digest": hashlib.sha256(body).hexdigest()},
    )


def _tell(batch: DestructionBatch, found: int) -> None:
    facts = {"batch": batch.code, "found": found}
    findings.raise_finding(RESIDUE, severity=Finding.Severity.URGENT, facts=facts)


def _words(facts: Mapping[str, Any]) -> str:
    return _("销毁批次 %(batch)s 之后仍有残留 %(found)s 处，见凭证") % facts


TELLERS[RESIDUE] = _words


def is_ours(body: bytes, signature: bytes) -> bool:
    """Whether this installation signed exactly these bytes as a certificate."""
    public = keys.keyring().signing_key(KEY).public_key()
    return signing.verify(public, signature, body, domain=DOMAIN)


def content(batch: DestructionBatch, scan: Mapping[str, Any]) -> dict[str, Any]:
    """What the certificate says; codes, counts and dates, no customer by name."""
    days = settings.CUSTODIAN_KEY_DAYS
    now = clock.now()
    return {
        "format": FORMAT,
        "insurer": settings.CUSTODIAN_INSURER,
        "batch": batch.code,
        "due": batch.day.isoformat(),
        "requested": _person(batch.submitted_by),
        "approved": _approvers(batch),
        "approved-at": batches.moment_of(batch),
        "finished-at": now.astimezone(UTC).isoformat(),
        "unreadable-in-backups-from": (
            clock.local(now).date() + timedelta(days=days + 1)
        ).isoformat(),
        "set": batch.digest,
        "approved-holdings": batches.approved_set(batch).count(),
        "destroyed": _by_rule(batch),
        "customers-destroyed": _ended(batch),
        "customers-kept-in-part": _remains(batch),
        "left-out": _left_out(batch),
        "excluded-before": batch.items.filter(state=Fate.EXCLUDED).count(),
        "scan": dict(scan),
    }


def _person(user: Any) -> dict[str, str]:
    return {"no": user.staff_no, "name": user.name, "role": user.role} if user else {}


def _approvers(batch: DestructionBatch) -> list[dict[str, str]]:
    decisions = ApprovalDecision.objects.filter(
        approval=batch.approval, approves=True
    ).select_related("decided_by")
    return [_person(each.decided_by) for each in decisions.order_by("pk")]


def _by_rule(batch: DestructionBatch) -> list[dict[str, Any]]:
    rows = batch.items.filter(state=Fate.DESTROYED).values("kind", "rule", "book__code")
    return [
        {"kind": row["kind"], "rule": row["rule"], "book": row["book__code"], "holdings": row["n"]}
        for row in rows.annotate(n=Count("pk")).order_by("kind", "rule", "book__code")
    ]


def _left_out(batch: DestructionBatch) -> list[dict[str, Any]]:
    """What was approved and stays, and why: holds that came later, use that came back, a stop."""
    later = batches.approved_set(batch).filter(state__in=[Fate.HELD, Fate.IN_USE, Fate.STOPPED])
    rows = later.values("state", "because").annotate(n=Count("pk")).order_by("state", "because")
    return [
        {"state": row["state"], "because": row["because"], "holdings": row["n"]} for row in rows
    ]


def _ended(batch: DestructionBatch) -> int:
    """The customers of whom nothing is left since this batch."""
    return Tombstone.objects.filter(batch=batch, kind=SUBJECT).count()


def _remains(batch: DestructionBatch) -> dict[str, Any]:
    """Of those who lost something but not everything: what remains, by kind and deciding rule."""
    lost = batch.items.filter(state=Fate.DESTROYED)
    partly = lost.exclude(subject__status=Subject.Status.DESTROYED).values("subject")
    rows = Keeping.objects.filter(subject__in=partly).values("kind", "rule", "state")
    kept = rows.annotate(n=Count("pk")).order_by("kind", "rule", "state")
    return {
        "customers": partly.distinct().count(),
        "holdings": [
            {"kind": row["kind"], "rule": row["rule"], "state": row["state"], "holdings": row["n"]}
            for row in kept
        ],
    }


def scanned(pages: Iterable[Gone]) -> dict[str, Any]:
    """What every store still has of what the batch destroyed."""
    looks = stores.scan(pages)
    return {
        "looked": [
            {
                "store": each.store,
                "for": each.looked,
                "found": len(each.residues),
                "reached": each.reached,
            }
            for each in looks
        ],
        "residues": [f"{one.store}: {one.what}" for each in looks for one in each.residues],
    }


def take(batch: DestructionBatch, *, actor: Actor, channel: str) -> None:
    """On record before the first byte of the certificate."""
    gate.permit(
        actor,
        Action.RETENTION_READ,
        purpose="compliance",
        channel=channel,
        facts={"batch": batch.code},
    )
