"""Who is at the other end: our own identity card to hand out, and theirs, confirmed by a second person.

A card is a small JSON file that is signed with the key that it names (Ed25519, RFC 8032). That proves only
that whoever made it holds the key: that the key is theirs a person confirms, who asks them for the
fingerprint by another way than the one by which the card came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.keys import keyring
from custodian.workflow import Workflow
from transfers import signed
from transfers.models import Counterparty, IdentityKey

KIND: Final = "partner-identity"
KEY: Final = "transfers"
FORMAT: Final = "custodian identity card 1"
LARGEST: Final = 16 * 1024
_TEXTS: Final[Mapping[str, int]] = {
    "contact": 200, "insurer": 20, "name_en": 100, "name_zh": 100,
}  # fmt: skip
_MEMBERS: Final = frozenset({"issued", "key", *_TEXTS})
Status = IdentityKey.Status
IDENTITY: Final = Workflow(
    {
        "confirm": (frozenset({Status.ASKED.value}), Status.CONFIRMED.value),
        "return": (frozenset({Status.ASKED.value}), Status.RETURNED.value),
        "end": (frozenset({Status.CONFIRMED.value}), Status.ENDED.value),
    }
)


class BadCard(CustodianError):
    """The file is no identity card, or was changed after it was signed."""

    code = "identity-card-bad"
    status = 422
    message = _("这不是有效的身份卡，或签名之后被改过，请向对方重新索取")


class OwnCard(CustodianError):
    """The card is this installation's own."""

    code = "identity-card-own"
    status = 422
    message = _("这是本公司自己的身份卡，请上传对方的")


class KeyTaken(CustodianError):
    """The key is confirmed already, of this counterparty or of another one."""

    code = "identity-key-taken"
    status = 409
    message = _("这把密钥已经属于一个合作方，请核对")


class CardWaiting(CustodianError):
    """Another card of the same counterparty waits for its second person."""

    code = "identity-card-waiting"
    status = 409
    message = _("该合作方已有一张身份卡待核对")


class NoConfirmedKey(CustodianError):
    """Nobody has confirmed a key of this counterparty, or its row is not as it was confirmed."""

    code = "identity-not-confirmed"
    status = 409
    message = _("该合作方没有经两人核对的身份密钥")


@dataclass(frozen=True)
class Card:
    """What a card says, its signature checked."""

    insurer: str
    name_zh: str
    name_en: str
    contact: str
    issued: str
    key: Ed25519PublicKey

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)


def fingerprint(key: Ed25519PublicKey | Ed25519PrivateKey) -> str:
    """Thirty-two hexadecimal digits in groups of four, to be read out over the telephone."""
    digest = sha256(signing.public_bytes(key)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def own_key() -> Ed25519PrivateKey:
    """The key by which this installation is known to others. Raises `custodian.keys.Sealed`."""
    return keyring().signing_key(KEY)


def own_card() -> bytes:
    """This installation's card, as a file to hand out."""
    names = settings.CUSTODIAN_INSURER_NAME
    said = {
        "contact": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
        "insurer": settings.CUSTODIAN_INSURER,
        "issued": clock.local().date().isoformat(),
        "key": signing.public_bytes(own_key()).hex(),
        "name_en": names["en"],
        "name_zh": names["zh"],
    }
    return signed.write(FORMAT, said, key=own_key())


def read(content: bytes) -> Card:
    """The card in the file; raises `BadCard` for anything else, and tells nothing of why."""
    try:
        said = signed.read(FORMAT, content, key=_key_in, largest=LARGEST)
        key = _key_in(said)
    except (signed.BadPaper, ValueError, KeyError, TypeError):
        raise BadCard from None
    texts = all(_is_text(said.get(name), most) for name, most in _TEXTS.items())
    if set(said) != _MEMBERS or not texts:
        raise BadCard
    return Card(
        said["insurer"], said["name_zh"], said["name_en"], said["contact"], str(said["issued"]), key
    )


def _key_in(said: Mapping[str, Any]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["key"]))


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable()


def enter(counterparty: Counterparty, content: bytes, *, actor: Actor) -> IdentityKey:
    """Put the key of a card up for the second person.

    Raises `BadCard`, `OwnCard`, `KeyTaken`, `CardWaiting`, `Refused`.
    """
    card = read(content)
    public = signing.public_bytes(card.key)
    if card.insurer == settings.CUSTODIAN_INSURER or public == signing.public_bytes(own_key()):
        raise OwnCard
    with transaction.atomic():
        held = Counterparty.objects.select_for_update().get(pk=counterparty.pk)
        if held.identities.filter(status=Status.ASKED).exists():
            raise CardWaiting
        if IdentityKey.objects.filter(status=Status.CONFIRMED, public=public).exists():
            raise KeyTaken
        entered = IdentityKey(
            counterparty=held, insurer=card.insurer, name_zh=card.name_zh, name_en=card.name_en,
            contact=card.contact, public=public, card=content,
            entered_by_id=actors.person(actor),
        )  # fmt: skip
        payload = payload_of(entered)
        gate.authorise(
            actor,
            Action.COUNTERPARTY_CHANGE,
            channel=Channel.ADMIN,
            facts={"partner": held.code, "digest": approvals.digest_of(KIND, payload)},
        )
        entered.approval = approvals.request(KIND, payload, actor=actor)
        entered.save()
    return entered


def payload_of(entered: IdentityKey) -> dict[str, Any]:
    """Exactly what the second person confirms."""
    return {
        "ref": str(entered.ref),
        "partner": str(entered.counterparty.ref),
        "insurer": entered.insurer,
        "names": [entered.name_zh, entered.name_en],
        "contact": entered.contact,
        "key": bytes(entered.public).hex(),
        "card": sha256(bytes(entered.card)).hexdigest(),
    }


def key_of(counterparty: Counterparty) -> Ed25519PublicKey:
    """The confirmed key, as it was confirmed; raises `NoConfirmedKey`."""
    rows = counterparty.identities.filter(status=Status.CONFIRMED)
    held = rows.select_related("approval", "counterparty").first()
    if held is None or not is_as_confirmed(held):
        raise NoConfirmedKey
    return Ed25519PublicKey.from_public_bytes(bytes(held.public))


def insurer_of(counterparty: Counterparty) -> str:
    """The code of the installation that the confirmed card names; raises `NoConfirmedKey`."""
    key_of(counterparty)
    rows = counterparty.identities.filter(status=Status.CONFIRMED)
    return str(rows.values_list("insurer", flat=True)[0])


def code_of(counterparty: Counterparty) -> str:
    """The same; for an insurer without a confirmed card, the number by which it is known here."""
    try:
        return insurer_of(counterparty)
    except NoConfirmedKey:
        return counterparty.code


def end(held: IdentityKey, *, actor: Actor) -> None:
    """Trust the key no more, at once; one person is enough to trust less. Raises `IllegalMove`."""
    with transaction.atomic():
        facts = {"partner": held.counterparty.code, "ended": 1}
        gate.authorise(actor, Action.COUNTERPARTY_CHANGE, channel=Channel.ADMIN, facts=facts)
        IDENTITY.move(held, "end", {"ended_at": clock.now()})


def is_as_confirmed(held: IdentityKey) -> bool:
    """Whether the row still says what the second person said yes to."""
    approval = held.approval
    return (
        approval.kind == KIND
        and approval.status == Approval.Status.APPROVED
        and approval.digest == approvals.digest_of(KIND, payload_of(held))
        and approvals.is_as_left(approval)
    )


def altered() -> Iterator[Approval]:
    """Approvals whose key is not what was confirmed, or is gone."""
    known = set()
    rows = IdentityKey.objects.select_related("approval", "counterparty").order_by("pk")
    for each in rows:
        known.add(each.approval_id)
        if each.status in {Status.CONFIRMED, Status.ENDED} and not is_as_confirmed(each):
            yield each.approval
    yield from Approval.objects.filter(kind=KIND).exclude(pk__in=known).order_by("pk")


class _Kind:
    action = Action.COUNTERPARTY_APPROVE
    label = _("合作方的身份密钥")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:partner", args=[payload["partner"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A key is another company's."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        party = Counterparty.objects.get(ref=payload["partner"])
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(payload["key"]))
        return [
            (_("合作方"), [f"{party} {party.code}"]),
            (_("身份卡上的机构"), [*payload["names"], payload["insurer"]]),
            (_("联系方式"), [payload["contact"]]),
            (_("密钥指纹"), [fingerprint(key)]),
            (_("批准即证明"), [_("您另行联系过对方，逐组核对了指纹；不是用寄来身份卡的那条途径")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        rows = IdentityKey.objects.select_for_update(of=("self",)).select_related("counterparty")
        entered = rows.get(approval=approval)
        if payload_of(entered) != approval.payload:
            raise ContentChanged
        now = clock.now()
        for earlier in IdentityKey.objects.filter(
            counterparty=entered.counterparty_id, status=Status.CONFIRMED
        ):
            IDENTITY.move(earlier, "end", {"ended_at": now})
        IDENTITY.move(entered, "confirm", {"confirmed_at": now})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        IDENTITY.move(IdentityKey.objects.get(approval=approval), "return")


approvals.register(KIND, _Kind())
