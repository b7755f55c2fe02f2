"""The pack for the police, once two have found a suspicion founded and that it is reported.

It is made the way that packs of incidents are: a letter, the course of the case, the evidence with its chain
of custody, and a signed manifest. It is kept nowhere; every taking is on record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from incidents.fraud import evidence, words
from incidents.fraud.investigating import claims_of
from incidents.fraud.standing import (
    State,
    WrongStep,
    held,
    require_member,
    words_of,
    write,
)
from incidents.models import FraudCase, FraudEntry, FraudEvidence
from incidents.reports import facts, packs, referral_papers, referring, telling
from incidents.reports.packs import Pack

Said = dict[str, Any]


def ready(case: FraudCase) -> bool:
    """Whether two have decided that it goes there, and their decision stands as they left it."""
    decided = case.conclusion
    stands = decided is not None and approvals.is_as_left(decided)
    return stands and case.state == State.CONCLUDED and FraudCase.Measure.POLICE in case.measures


def take(case: FraudCase, *, to: str, note: str, purpose: str, actor: Actor) -> Pack:
    """Raises `WrongStep` before it was decided, `evidence.Gone`, `Refused`, `NotAnInvestigator`."""
    with held(case, State.CONCLUDED) as row:
        require_member(row, actor)
        if not ready(row):
            raise WrongStep
        pieces = {}
        for each in row.evidence.order_by("pk"):
            if not each.place:
                pieces[each.pk] = evidence.take_out(each, purpose=purpose, actor=actor)
                evidence.hand_over(each, to=to, note=note, actor=actor)
        said = {"fraud": row.code, "to": to, "made": facts.moment(clock.now())}
        content = packs.zipped(packs.FRAUD, said, _parts(row, pieces, to))
        digest = hashlib.sha256(content).hexdigest()
        told = {"fraud": row.code, "sha256": digest, "size": len(content)}
        gate.authorise(actor, Action.FRAUD_REFER, channel=Channel.ADMIN, facts=told, reason=to)
        write(
            row,
            FraudEntry.What.REFERRED,
            actor=actor,
            text=to,
            told={"pack": digest, "pieces": len(pieces)},
        )
    return Pack(content, digest, len(pieces))


def takings(case: FraudCase) -> list[FraudEntry]:
    return list(case.entries.filter(what=FraudEntry.What.REFERRED).select_related("by"))


def _parts(case: FraudCase, pieces: Mapping[int, bytes], to: str) -> dict[str, bytes]:
    rows = list(case.evidence.order_by("pk").prefetch_related("custody__by"))
    listed = [_piece(row, at, row.pk in pieces) for at, row in enumerate(rows, start=1)]
    course = [_event(each) for each in case.entries.select_related("by", "case")]
    parts = {
        "cover-letter.pdf": _letter(case, listed, to),
        "course.json": packs.encoded(course),
        "signals.json": packs.encoded(
            [_signal(each) for each in case.signals.select_related("claim")]
        ),
        "claims.json": packs.encoded([each.ref for each in claims_of(case)]),
        "evidence.json": packs.encoded(listed),
    }
    return parts | {
        each["file"]: pieces[row.pk] for each, row in zip(listed, rows, strict=True) if each["file"]
    }


def _piece(row: FraudEvidence, at: int, in_pack: bool) -> Said:  # noqa: FBT001
    return {
        "number": at, "name": row.name, "origin": row.origin, "length": row.length, "sha256": row.sha256,
        "file": f"evidence/{at:03}-{row.sha256[:12]}.bin" if in_pack else "",
        "kept_at": row.place,
        "custody": [referring.chained(each) for each in row.custody.all()],
    }  # fmt: skip


def _event(row: FraudEntry) -> Said:
    return {
        "at": facts.moment(row.at), "by": str(row.by) if row.by else "", "what": row.what,
        "facts": row.facts, "text": words_of(row),
    }  # fmt: skip


def _signal(row: Any) -> Said:
    return {
        "rule": row.rule, "claim": row.claim.ref, "found": facts.moment(row.found_at),
        "weight": row.weight, "facts": row.facts,
    }  # fmt: skip


def _letter(case: FraudCase, listed: list[Said], to: str) -> bytes:
    return referral_papers.printed(case, lambda language: _side(case, listed, language, to))


def _side(case: FraudCase, listed: list[Said], language: str, to: str) -> Said:
    title = _("案件移送函")
    decided = telling.when(facts.moment(case.concluded_at or clock.now()))
    signals = [words.rule(each.rule) for each in case.signals.order_by("pk")]
    return {
        "title": title,
        "mark": f"{case.code} · {title}",
        "head": [
            [_("移送给"), to],
            [_("移送单位"), settings.CUSTODIAN_INSURER_NAME[language]],
            [_("疑点"), case.code],
            [_("移送决定"), decided],
            [_("制作时间"), telling.when(facts.moment(clock.now()))],
        ],
        "sections": [
            [
                _("移送内容"),
                _(
                    "现将本案经过、信号、所涉赔案编号、证据及其保管链一并移送。"
                    "每个文件的 SHA-256 见清单，清单已签名。"
                ),
            ]
        ],
        "facts_title": _("由系统填入的事实"),
        "heads": [pgettext("报告", "事实"), pgettext("报告", "内容"), _("来源")],
        "facts": [
            [_("赔案"), "、".join(each.ref for each in claims_of(case)) or "—", _("疑点的关联")],
            [_("信号"), "；".join(dict.fromkeys(signals)) or "—", _("信号规则")],
        ],
        "progress_title": _("证据"),
        "progress_heads": [_("是什么"), _("指纹"), _("文件")],
        "progress": [
            [
                f"{each['number']}. {each['name']}",
                f"SHA-256 {referral_papers.grouped(each['sha256'])}",
                each["file"] or _("未装入，存放处：%(place)s") % {"place": each["kept_at"]},
            ]
            for each in listed
        ],
    }  # fmt: skip
