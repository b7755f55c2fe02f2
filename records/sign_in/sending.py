"""The worker's part: whether a code may go out, where to, and the message. The row says what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, findings, scopes
from access.actors import Actor
from access.models import Finding
from access.models.findings import TELLERS
from custodian import clock, mail, texting
from custodian.jobs import JOB
from records.models import Contact, SignInCode
from records.sign_in import codes, contacts, entrances, limits, throttle

FINDING: Final = "codes-not-sent"
_PAUSES: Final = tuple(timedelta(seconds=each) for each in (10, 30, 90))
_log = structlog.get_logger("records")


def due() -> list[int]:
    return list(SignInCode.objects.due().order_by("pk").values_list("pk", flat=True)[:200])


def work(code_id: int) -> None:
    """Send one code, or see that it goes nowhere. Raises `IllegalMove` when another worker has it."""
    with scopes.acting(actors.system("portal")) as actor:
        code = SignInCode.objects.get(pk=code_id)
        code.claim()
        SignInCode.objects.filter(pk=code.pk).update(turns=F("turns") + 1)
        code.refresh_from_db()
        if actor is not None:
            _carry_out(code, actor)


def _carry_out(code: SignInCode, actor: Actor) -> None:
    why = _against(code)
    if why:
        _finish(code, note=why)
        return
    standing = contacts.best(code.subject_id, code.wanted)
    address = contacts.opened(code.subject_id, standing.contact, actor=actor)
    if address is None or (
        address.contact is Contact.MOBILE and not contacts.is_mobile(address.text)
    ):
        _finish(code, note="no-contact")
    elif _sent(code, address):
        _finish(code, note="sent", sent_to=address.contact.value)
    else:
        _again_or_give_up(code)


def _against(code: SignInCode) -> str:
    """Why nothing goes out: a code, for whoever looks after the sign-in; never told to who asked."""
    if code.expires_at <= clock.now() or code.code_sealed is None:
        return "too-late"
    if code.subject_id is None:
        return "nobody"
    known = bool(code.known_by) and bytes(code.known_by) in entrances.marks_of(code.subject_id)
    if throttle.too_many_sent(code, known=known):
        return "too-many"
    standing = contacts.best(code.subject_id, code.wanted)
    return "no-contact" if standing.absent else standing.doubt


def _sent(code: SignInCode, address: contacts.Address) -> bool:
    secret = codes.open_code(code)
    if address.contact is Contact.EMAIL:
        return mail.send(address.text, lambda: (_("一次性代码"), _words(code, secret)))
    with override(code.language):
        text = _words(code, secret)
    try:
        texting.send(address.text, text, reference=str(code.ref))
    except texting.NotSent as error:
        _log.warning("code-not-sent", reason=error.reason)
        return False
    return True


def _words(code: SignInCode, secret: str) -> str:
    minutes = int(limits.CODE_LASTS.total_seconds() // 60)
    said = {"code": secret, "minutes": minutes}
    if code.purpose == SignInCode.For.CONTACT:
        return (
            _(
                "%(code)s 是更改联系方式的代码，%(minutes)s 分钟内有效。不要告诉任何人，"
                "包括本公司员工和代理人。不是您本人办理？请致电客服。"
            )
            % said
        )
    return (
        _(
            "%(code)s 是登录客户服务的代码，%(minutes)s 分钟内有效。不要告诉任何人，"
            "包括本公司员工和代理人。不是您本人在登录？请致电客服。"
        )
        % said
    )


def _finish(code: SignInCode, *, note: str, sent_to: str = "") -> None:
    now = clock.now()
    changes = {"note": note, "finished_at": now, "code_sealed": None}
    if sent_to:
        changes |= {"sent_to": sent_to, "sent_at": now}
    JOB.move(code, "finish", changes)


def _again_or_give_up(code: SignInCode) -> None:
    """A little later, a few times; then it is told."""
    if code.turns < limits.TURNS:
        pause = _PAUSES[min(code.turns, len(_PAUSES)) - 1]
        SignInCode.objects.filter(pk=code.pk).update(leased_until=clock.now() + pause)
        return
    JOB.move(code, "fail", {"note": "gave-up", "finished_at": clock.now(), "code_sealed": None})
    _tell()


def _tell() -> None:
    """One finding a day says that codes do not go out."""
    today = clock.local().date().isoformat()
    if not Finding.objects.filter(kind=FINDING, facts__day=today).exists():
        findings.raise_finding(FINDING, severity=Finding.Severity.HIGH, facts={"day": today})


def told(_facts: object) -> str:
    return _("登录代码发不出去：短信或邮件网关多次没有接收")


TELLERS[FINDING] = told
