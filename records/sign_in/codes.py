"""One-time codes: asked for, sent by somebody else, tried a few times, used once.

Whoever asks learns nothing: known and unknown numbers take the same statements, the same work and one
message into the queue. Whether anybody is meant and whether his contact is good is found out later, by
the worker.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import get_language

from access import keystore
from access.actors import Actor
from access.keystore import DataKey
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import wake
from records.models import Contact, EntryCode, SignInCode
from records.models.sign_in import MOST_TRIES
from records.relatives.limits import PROVEN_LASTS
from records.sign_in import limits, looking_up, marks, throttle

KEY: Final = "sign-in-codes"


class WaitFirst(CustodianError):
    """Asked too often from here; `seconds` say for how long."""

    code = "wait-first"
    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__()


@dataclass(frozen=True)
class Whence:
    """From where it is asked: the network address, the browser's own token, and the mark it may carry."""

    address: str
    browser: str
    mark: str = ""


class Verdict(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # tried too often, too late, or used


@dataclass(frozen=True)
class Tried:
    verdict: Verdict
    left: int = 0
    subject: int | None = None
    proof: str = ""


def ask(policy_number: str, id_number: str, *, whence: Whence, actor: Actor) -> SignInCode:
    """A code for whoever these numbers are of, if anybody. Raises `WaitFirst`."""
    person = marks.of_person(id_number)
    _wait(person, whence)
    subject = looking_up.who(policy_number, id_number, actor=actor)
    return _issue(subject, person=person, whence=whence)


def ask_again(before: SignInCode, *, whence: Whence) -> SignInCode:
    """Another code for the same person; the one before is over. Raises `WaitFirst`."""
    person = bytes(before.person)
    _wait(person, whence)
    SignInCode.objects.filter(pk=before.pk).update(expires_at=clock.now())
    return _issue(before.subject_id, person=person, whence=whence)


def issue(subject: int, *, contact: str = "", purpose: str = SignInCode.For.CONTACT) -> SignInCode:
    """A code to a contact on file of a customer who is known already, say to confirm a change.

    To a contact that is doubted nothing goes, as at the sign-in; `Contact` or empty for whichever is good.
    """
    return _issue(subject, purpose=purpose, wanted=Contact(contact).value if contact else "")


def ask_of_stranger(contact: str, address: str, *, whence: Whence) -> SignInCode:
    """A code to a contact of somebody who is no customer, to prove that it is his. Raises `WaitFirst`."""
    person = marks.of_contact(address)
    _wait(person, whence, purpose=SignInCode.For.RELATIVE)
    return _issue(
        None, person=person, whence=whence, purpose=SignInCode.For.RELATIVE,
        wanted=Contact(contact).value, to=address,
    )  # fmt: skip


def open_to(code: SignInCode) -> str:
    """Where it goes. Raises `OpenFailed`."""
    key = keystore.of_named_cached(KEY)
    context = _context(key, code.ref, "sign-in-to")
    return key.open(bytes(code.to_sealed or b""), context=context).decode()


def spend(code: SignInCode) -> bool:
    """What he proved is used up; False where it was before."""
    held = SignInCode.objects.filter(pk=code.pk, used_at__isnull=False, to_sealed__isnull=False)
    return bool(held.update(to_sealed=None))


def check(code: SignInCode, typed: str) -> bool:
    """Whether this is it; a wrong one counts, and the right one is used up."""
    return _try(code.ref, b"", typed).verdict is Verdict.RIGHT


def try_code(ref: UUID, typed: str, *, whence: Whence) -> Tried:
    """One try in the browser that asked: the code that was sent, or one on paper for the same person."""
    return _try(ref, marks.of_browser(whence.browser), typed)


def of_browser(ref: str, whence: Whence) -> SignInCode | None:
    """The code that this browser asked for last, whether or not it is good still."""
    found: SignInCode | None = SignInCode.objects.filter(
        ref=ref, browser=marks.of_browser(whence.browser)
    ).first()
    return found


def open_code(code: SignInCode) -> str:
    """For the one who sends it. Raises `OpenFailed`."""
    key = keystore.of_named_cached(KEY)
    return key.open(bytes(code.code_sealed or b""), context=_context(key, code.ref)).decode()


def tidy() -> None:
    """What is over is kept for the counts and no longer."""
    SignInCode.objects.filter(expires_at__lt=clock.now()).exclude(code_sealed=None).update(
        code_sealed=None
    )
    over = clock.now() - PROVEN_LASTS
    SignInCode.objects.filter(expires_at__lt=over, to_sealed__isnull=False).update(to_sealed=None)
    SignInCode.objects.filter(created_at__lt=clock.now() - limits.KEPT).delete()


def _wait(person: bytes, whence: Whence, *, purpose: str = SignInCode.For.SIGN_IN) -> None:
    seconds = throttle.seconds(
        person=person,
        address=marks.of_address(whence.address),
        browser=marks.of_browser(whence.browser),
        purpose=purpose,
    )
    if seconds:
        raise WaitFirst(seconds)


def _issue(
    subject: int | None,
    *,
    person: bytes = b"",
    whence: Whence | None = None,
    purpose: str = SignInCode.For.SIGN_IN,
    wanted: str = "",
    to: str = "",
) -> SignInCode:
    from records.tasks import send_code  # the task leads back here

    made = SignInCode(
        subject_id=subject,
        purpose=purpose,
        wanted=wanted,
        language=get_language() or settings.LANGUAGE_CODE,
        person=person,
        expires_at=clock.now() + limits.CODE_LASTS,
    )
    if whence is not None:
        made.address = marks.of_address(whence.address)
        made.browser = marks.of_browser(whence.browser)
        made.known_by = marks.of_browser(whence.mark) if whence.mark else b""
    secret = marks.new_code()
    key = keystore.of_named_cached(KEY)
    made.code_mac = marks.of_code(made.ref, secret)
    made.code_sealed = key.seal(secret.encode(), context=_context(key, made.ref))
    if to:
        made.to_sealed = key.seal(to.encode(), context=_context(key, made.ref, "sign-in-to"))
    with transaction.atomic():
        made.save()
        wake(send_code, made.pk)
    return made


def _context(key: DataKey, ref: UUID, what: str = "sign-in") -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=keystore.named_holding(KEY),
        element=f"{what}/{ref}",
        version=1,
    )


def _try(ref: UUID, browser: bytes, typed: str) -> Tried:
    with transaction.atomic():
        mine = SignInCode.objects.filter(ref=ref, browser=browser)
        # The count rises before anything is compared, so that many at once have no more tries than one.
        counted = mine.good().update(tries=F("tries") + 1)
        code = mine.first()
        if not counted or code is None:
            return Tried(Verdict.OVER)
        given = marks.typed(typed)
        if marks.is_printed(given):
            return _try_printed(code, given)
        same = hmac.compare_digest(bytes(code.code_mac), marks.of_code(code.ref, given))
        # Nobody can know a code that went nowhere.
        if not same or code.sent_at is None or not _use(code):
            return Tried(Verdict.WRONG, MOST_TRIES - code.tries)
        return Tried(Verdict.RIGHT, subject=code.subject_id, proof=code.sent_to)


def _use(code: SignInCode) -> bool:
    return bool(
        SignInCode.objects.filter(pk=code.pk, used_at=None)
        .filter(Q(expires_at__gt=clock.now()))
        .update(used_at=clock.now())
    )


def _try_printed(code: SignInCode, given: str) -> Tried:
    now = clock.now()
    unused = EntryCode.objects.filter(used_at=None, expires_at__gt=now).exclude(code_mac=b"")
    for each in unused.filter(subject=code.subject_id or 0):
        same = hmac.compare_digest(bytes(each.code_mac), marks.of_code(each.ref, given))
        if same and unused.filter(pk=each.pk).update(used_at=now):
            SignInCode.objects.filter(pk=code.pk).update(tries=MOST_TRIES)
            return Tried(Verdict.RIGHT, subject=each.subject_id, proof=each.proof)
    return Tried(Verdict.WRONG, MOST_TRIES - code.tries)
