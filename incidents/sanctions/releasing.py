"""What leaves the house of its own list: a sealed file for the association, an answer to an insurer."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.law import words as law_words
from access.models import Approval, User
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import FlagRelease, RehireFlag
from incidents.reports.kinds import LANGUAGES
from incidents.sanctions import flags, letters, rules
from transfers import identity, signed
from transfers.packages.errors import PackageRefused
from transfers.packages.layout import Frame
from transfers.packages.recipient import WRAPPED_LENGTH, OwnKey, Recipient
from transfers.packages.segments import SALT_LENGTH, Segment

KIND: Final = "rehire-release"
FORMAT: Final = "custodian rehire list 1"
MAGIC: Final = b"CUSTODIAN REHIRE 1\n"
LARGEST: Final = 16 << 20
_OPENING: Final = 4 + SALT_LENGTH + 32
Kind = FlagRelease.Kind


class BadKey(CustodianError):
    """The association's public key is not one."""

    code = "rehire-release-key"
    message = gettext_lazy("接收方公钥应为 2,432 个十六进制字符，请向对方核对")


class NothingToTell(CustodianError):
    """There is no flag of one's own in force."""

    code = "rehire-release-empty"
    status = 409
    message = gettext_lazy("没有本公司自己作出、仍然有效的聘用限制")


class NotApproved(CustodianError):
    """Two people say that it goes out, and it goes out once."""

    code = "rehire-release-not-approved"
    status = 409
    message = gettext_lazy("还没有经另一人复核，或已经取出过")


def own() -> list[RehireFlag]:
    """Those that this insurer decided itself; what others told it goes nowhere."""
    rows = RehireFlag.objects.filter(state=flags.State.CURRENT, matter_id__isnull=False)
    return list(rows.filter(until__gte=clock.local().date()).order_by("pk"))


def ask_for_list(to: str, key: str, *, reason: str, actor: Actor) -> FlagRelease:
    """Raises `BadKey`, `NothingToTell`."""
    try:
        recipient = Recipient(bytes.fromhex("".join(key.split())))
    except ValueError:
        raise BadKey from None
    return _ask(
        Kind.LIST, own(), {"to": to, "reason": reason, "recipient_key": recipient.raw}, actor
    )


def ask_for_enquiry(flag: RehireFlag, to: str, *, reason: str, actor: Actor) -> FlagRelease:
    """One of one's own, to an insurer that asked about the person. Raises `NothingToTell`."""
    mine = [each for each in own() if each.pk == flag.pk]
    return _ask(Kind.ENQUIRY, mine, {"to": to, "reason": reason}, actor)


def take(release: FlagRelease, *, actor: Actor) -> bytes:
    """Once. Raises `NotApproved`, `FlagOver` where an entry has changed since, `Refused`."""
    row = FlagRelease.objects.get(pk=release.pk)
    if row.approved_at is None or row.taken_at is not None:
        raise NotApproved
    facts = {"release": str(row.ref), "rows": len(list(flags.current(row.flags)))}
    # Before any lock is held: the entry commits on a connection of its own.
    gate.permit(
        actor, Action.REHIRE_TAKE, purpose=Purpose.COMPLIANCE.value, channel=Channel.ADMIN,
        facts=facts, reason=row.to,
    )  # fmt: skip
    with transaction.atomic():
        row = FlagRelease.objects.select_for_update(of=("self",)).get(pk=release.pk)
        if row.taken_at is not None:
            raise NotApproved
        found = list(flags.current(row.flags))
        content = _sealed(row, found) if row.kind == Kind.LIST else _letter(row, found[0])
        changes = {"taken_at": clock.now(), "sha256": hashlib.sha256(content).hexdigest()}
        FlagRelease.objects.filter(pk=row.pk).update(**changes)
    return content


def read(content: bytes, *, own_key: OwnKey, signer: Ed25519PublicKey) -> signed.Said:
    """What a sealed file says to its recipient. Raises `PackageRefused`, `transfers.signed.BadPaper`."""
    at = len(MAGIC)
    if content[:at] != MAGIC or len(content) < at + WRAPPED_LENGTH + _OPENING:
        raise PackageRefused("does-not-open")
    wrapped, rest = content[at : at + WRAPPED_LENGTH], content[at + WRAPPED_LENGTH :]
    secret = own_key.unwrap(wrapped, info=MAGIC)
    segment = Segment.resume(secret, MAGIC + wrapped, rest[:_OPENING], expected=1)
    plain = segment.open(Frame.FILE, rest[_OPENING:])
    return signed.read(FORMAT, plain, key=signer, largest=LARGEST)


def _ask(
    kind: str,
    found: Sequence[RehireFlag],
    terms: Mapping[str, Any],
    actor: Actor,
) -> FlagRelease:
    if not found:
        raise NothingToTell
    ref = uuid4()
    named = {str(each.ref): each.version for each in found}
    with transaction.atomic():
        made = FlagRelease(
            ref=ref, kind=Kind(kind), flags=named, **terms,
            asked_by_id=actors.person(actor),
        )  # fmt: skip
        payload = _payload(made)
        facts = {"release": str(ref), "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(actor, Action.REHIRE_MANAGE, channel=Channel.ADMIN, facts=facts)
        made.approval = approvals.request(KIND, payload, actor=actor)
        made.save(force_insert=True)
    return made


def _payload(row: FlagRelease) -> dict[str, Any]:
    return {
        "release": str(row.ref),
        "kind": row.kind,
        "to": row.to,
        "reason": row.reason,
        "key": hashlib.sha256(bytes(row.recipient_key)).hexdigest() if row.recipient_key else "",
        "flags": row.flags,
    }


def _sealed(row: FlagRelease, found: Sequence[RehireFlag]) -> bytes:
    """Signed by the house, then sealed to the recipient alone."""
    names = settings.CUSTODIAN_INSURER_NAME
    said = {
        "insurer": {"zh": names["zh"], "en": names["en"]},
        "to": row.to,
        "made": clock.now().isoformat(timespec="seconds"),
        "rule": "CN-82-SANC",
        "people": [_entry(each) for each in found],
    }
    plain = signed.write(FORMAT, said, key=identity.own_key())
    secret = os.urandom(32)
    wrapped = Recipient(bytes(row.recipient_key or b"")).wrap(secret, info=MAGIC)
    segment = Segment.begin(secret, MAGIC + wrapped, 1)
    return MAGIC + wrapped + segment.opening() + segment.seal(Frame.FILE, plain)


def _entry(flag: RehireFlag) -> dict[str, Any]:
    said = flags.said_of(flag)
    return {
        "number": flag.code,
        "version": flag.version,
        "name": said.name,
        "id_number": said.id_number,
        "acts": said.acts,
        "decided_on": said.decided_on,
        "until": flag.until.isoformat(),
    }


def _letter(row: FlagRelease, flag: RehireFlag) -> bytes:
    said, now, sides, titles = flags.said_of(flag), clock.now(), {}, {}
    term = rules.term("flag")
    for language, tag in LANGUAGES.items():
        with override(tag):
            titles[language] = _("关于聘用限制查询的答复函")
            sides[language] = letters.side(
                language,
                titles[language],
                [[_("收件人"), row.to], [_("文号"), flag.code]],
                [
                    [_("所涉人员"), f"{said.name} {letters.masked(said.id_number)}"],
                    [_("行为与依据"), letters.grounds(said.acts)],
                    [_("决定日期"), said.decided_on],
                    [
                        _("聘用限制"),
                        _("依规定一般不得聘用，不是绝对禁止；至 %(until)s 止（期限%(mark)s）。")
                        % {"until": flag.until, "mark": law_words.mark_word(term.mark)},
                    ],
                    [_("使用限制"), _("仅供贵公司核实该人员的聘用，不得另作他用或再提供。")],
                ],
                foot="",
                at=now,
            )
    body = letters.framed(flag.code, titles, sides, now)
    return letters.printed(body, digest=letters.digest_of(body))


class _Release:
    label = gettext_lazy("对外提供聘用限制")
    action = Action.REHIRE_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:rehire_releases")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        rows = RehireFlag.objects.filter(ref__in=list(payload["flags"])).values("person")
        return frozenset(User.objects.filter(pk__in=rows).values_list("ref", flat=True))

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("提供什么"), [Kind(payload["kind"]).label]),
            (_("接收方"), [payload["to"]]),
            (_("依据"), [payload["reason"]]),
            (_("人数"), [f"{len(payload['flags']):,}"]),
            *([(_("接收方公钥指纹"), [payload["key"]])] if payload["key"] else []),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `approvals.ContentChanged`, `FlagOver`."""
        row = FlagRelease.objects.get(ref=approval.payload["release"])
        if _payload(row) != approval.payload:
            raise approvals.ContentChanged
        list(flags.current(row.flags))
        FlagRelease.objects.filter(pk=row.pk).update(approved_at=clock.now())

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """It stays as one that was returned."""


def ready() -> None:
    approvals.register(KIND, _Release())
