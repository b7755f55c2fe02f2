"""One-time codes to a contact on file: sent, and checked once."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Final, Protocol

from django.conf import settings
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import actors, keystore, scopes
from custodian import clock
from records.corrections import contacts, messages, on_file, recording
from records.corrections.errors import NotDelivered, NotFit, TooManyCodes, WrongCode
from records.identifiers.text import compact
from records.models import Correction, CorrectionCode, CorrectionItem

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
# Of one customer; company default.
IN_TEN_MINUTES: Final = 3
IN_A_DAY: Final = 10
_KEY: Final = "correction-codes"
_DIGITS: Final = 6


class Codes(Protocol):
    """What corrections need of whoever sends codes to customers."""

    def send(self, correction: Correction, contact: str) -> CorrectionCode:
        """Raises `NotFit`, `TooManyCodes`, `NotDelivered`."""

    def check(self, correction: Correction, code: str) -> CorrectionCode:
        """The code that was sent, used up by this; raises `WrongCode`."""


class OwnCodes:
    """The keyed hash of a code is in a row; the code itself is in the message and nowhere else."""

    def send(self, correction: Correction, contact: str) -> CorrectionCode:
        with scopes.acting(actors.system(recording.WRITER)):
            items = CorrectionItem.objects.filter(correction=correction)
            changing = list(items.values_list("element", flat=True))
            if not contacts.is_fit(correction.subject_id, contact, changing=changing):
                raise NotFit
            self._limit(correction.subject_id)
        known = on_file.read(correction.subject_id, why=correction.ref)
        address = known.values(0).get(contact, "")
        code = "".join(secrets.choice("0123456789") for _digit in range(_DIGITS))
        now = clock.now()
        with scopes.acting(actors.system(recording.WRITER)):
            # Of several only the newest is good.
            unused = CorrectionCode.objects.filter(correction=correction, used_at=None)
            unused.filter(contact=contact).update(expires_at=now)
            sent = CorrectionCode(
                subject_id=correction.subject_id, correction=correction, contact=contact,
                sent_at=now, expires_at=now + LASTS,
            )  # fmt: skip
            sent.digest = _digest(sent, code)
            sent.save(force_insert=True)
        if not messages.send(element=contact, address=address, text=_text(code)):
            raise NotDelivered
        return sent

    def check(self, correction: Correction, code: str) -> CorrectionCode:
        typed = compact(code)
        with scopes.acting(actors.system(recording.WRITER)):
            good = CorrectionCode.objects.filter(
                correction=correction, used_at=None, expires_at__gt=clock.now(), tries__lt=TRIES
            )
            waiting = list(good)
            # Counted before it is compared: of two at once, neither is free.
            good.filter(pk__in=[each.pk for each in waiting]).update(tries=F("tries") + 1)
            for sent in waiting:
                if hmac.compare_digest(bytes(sent.digest), _digest(sent, typed)):
                    unused = CorrectionCode.objects.filter(pk=sent.pk, used_at=None)
                    if unused.update(used_at=clock.now()):
                        return sent
        raise WrongCode

    def _limit(self, subject: int) -> None:
        mine, now = CorrectionCode.objects.filter(subject_id=subject), clock.now()
        lately = mine.filter(sent_at__gt=now - LASTS).count()
        today = mine.filter(sent_at__gt=now - timedelta(days=1)).count()
        if lately >= IN_TEN_MINUTES or today >= IN_A_DAY:
            raise TooManyCodes


_codes: list[Codes] = [OwnCodes()]


def use(sender: Codes) -> None:
    """Replace who sends them, in `ready()`."""
    _codes[:] = [sender]


def send_code(correction: Correction, contact: str) -> CorrectionCode:
    return _codes[0].send(correction, contact)


def check_code(correction: Correction, code: str) -> CorrectionCode:
    return _codes[0].check(correction, code)


def _digest(sent: CorrectionCode, code: str) -> bytes:
    """Bound to what it is for, so that a code of one correction opens no other."""
    said = f"{sent.ref}/{sent.correction_id}/{sent.contact}/{code}"
    return keystore.of_named_cached(_KEY).mac(said.encode())


def _text(code: str) -> str:
    language = get_language() or "zh-hans"
    insurer = settings.CUSTODIAN_INSURER_NAME["en" if language.startswith("en") else "zh"]
    return _(
        "【%(insurer)s】您正在更正登记的资料，验证码 %(code)s，10 分钟内有效。"
        "请只在客户服务网页填写，或在柜面当面出示；"
        "不要告诉代理人或来电的人。不是您本人办理，请拨打 %(line)s。"
    ) % {"insurer": insurer, "code": code, "line": settings.CUSTODIAN_COMPLAINT_LINE}
