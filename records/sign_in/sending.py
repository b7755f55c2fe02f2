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
    if code.expires_at <= clock.now() or code.code_sealed is None:
        return _finish(code, note="too-late")
    if code.purpose == SignInCode.For.RELATIVE:
        return _to_stranger(code)
    if code.subject_id is None:
        return _finish(code, note="nobody")
    return _to(code.subject_id, code, actor)


def _to(subject: int, code: SignInCode, actor: Actor) -> None:
    """Why nothing goes out stands in the row for whoever looks after the sign-in; who asked is not told."""
    known = bool(code.known_by) and bytes(code.known_by) in entrances.marks_of(subject)
    if throttle.too_many_sent(code, known=known):
        return _finish(code, note="too-many")
    best = contacts.best(subject, code.wanted)
    if not best.good:
        return _finish(code, note=best.doubt or "no-contact")
    address = contacts.opened(subject, best.contact, actor=actor)
    if address is None or not contacts.takes_messages(address):
        return _finish(code, note="no-contact")
    if _sent(code, address):
        return _finish(code, note="sent", sent_to=address.contact.value)
    return _again_or_give_up(code)


def _to_stranger(code: SignInCode) -> None:
    """To the contact that he typed; a number that takes no messages, or had enough, gets none."""
    if throttle.too_many_to_contact(code) or code.to_sealed is None:
        return _finish(code, note="too-many")
    address = contacts.Address(Contact(code.wanted), codes.open_to(code))
    if not contacts.takes_messages(address):
        return _finish(code, note="no-contact")
    if _sent(code, address):
        return _finish(code, note="sent", sent_to=address.contact.value)
    return _again_or_give_up(code)


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
    if code.purpose == SignInCode.For.RELATIVE:
        return (
            _("%(code)s 是提交亲属申请的代码，%(minutes)s 分钟内有效。不是您本人在办理？不必理会。")
            % said
        )
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
