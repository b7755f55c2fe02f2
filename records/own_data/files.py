"""What a copy of one's own data says, and how it is written: as JSON for machines, as PDF for people.

The format is described in docs/data-copy.md; docs/data-copy.schema.json checks it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.law import reading
from access.law import words as law_words
from access.vocabulary import Channel, Purpose
from custodian import clock, elements, pdf
from records import overview, standings, vault
from records.catalogue import DOCUMENT_NAME
from records.consents.asking import Register
from records.holdings_of import claims_of, policies_of
from records.models import Customer, DataCopy, Document
from records.overview import Item
from records.own_data import agreed, amendments, given, sheet, shown
from records.own_data.enclosures import Enclosure
from records.own_data.sheet import Kept, Part
from records.vault import Plain

FORMAT: Final = "custodian-own-data"
VERSION: Final = 4
_LANGUAGES: Final = {"zh-hans": "zh", "en": "en"}
# How far a value is told: the mask says what is not.
_TOLD: Final = {
    "never_shown": "never_shown", "restricted": "restricted", "destroyed": "destroyed",
}  # fmt: skip


def content(
    copy: DataCopy, enclosed: Mapping[str, Enclosure] | None = None, *, actor: Actor
) -> dict[str, Any]:
    """Everything that is hers, read through the gate as her own export; what is only stored stays masked.

    `enclosed`: the documents that go along, by reference.
    """
    customer = Customer.objects.visible_to(actor).select_related("subject").get(pk=copy.subject_id)
    entry, plain = _read(customer, copy, actor=actor)
    page = sheet.of(customer, actor=actor, plain=plain)
    return {
        "format": FORMAT,
        "version": VERSION,
        "copy": str(copy.ref),
        "made_at": clock.local().isoformat(timespec="seconds"),
        "language": copy.language,
        "insurer": {
            "code": settings.CUSTODIAN_INSURER,
            "name": settings.CUSTODIAN_INSURER_NAME[_LANGUAGES[copy.language]],
            "data_protection_officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
        },
        "customer": customer.ref,
        "kind": customer.kind,
        "asked_as": copy.capacity,
        "log_entry": entry,
        "classes": [
            {
                "code": section.code,
                "label": str(section.title),
                "parts": [_part(each, enclosed or {}, page.purposes) for each in section.parts],
            }
            for section in page.sections
        ],
        "consents": agreed.told(customer, actor=actor),
        "rules_shown": shown.told(customer, actor=actor),
        "recipients": given.told(customer),
    }


def _read(customer: Customer, copy: DataCopy, *, actor: Actor) -> tuple[int, list[Plain]]:
    """The values in clear of whatever is in use, and the entry that says so."""
    holdings = _in_use(customer, actor=actor)
    codes = sorted({code for held in holdings.values() for code in held})
    permit = gate.permit(
        actor,
        Action.OWN_COPY_MAKE,
        purpose=Purpose.SELF.value,
        channel=Channel.PORTAL.value,
        subjects=[customer.pk],
        elements=codes,
        holdings=list(holdings),
        masked=not codes,
        facts={"copy": str(copy.ref)},
    )
    return permit.entry, vault.reveal(permit, beside=True) if codes else []


def _in_use(customer: Customer, *, actor: Actor) -> dict[UUID, list[str]]:
    """Each of her holdings that is neither restricted nor destroyed, with what can be shown of it."""
    found: Any = overview.find(customer.ref, actor=actor)
    if found.status != standings.ACTIVE:
        return {}
    held: dict[UUID, tuple[str, ...]] = {}
    if found.identity_holding:
        held[found.identity_holding] = overview.identity_codes(found)
    if found.finances_holding:
        held[found.finances_holding] = overview.FINANCIAL
    policies = policies_of(customer.pk, actor=actor)
    held |= {each.holding: overview.POLICY for each in policies if each.holder == customer.pk}
    claims = claims_of(customer.pk, policies, actor=actor)
    held |= {each.holding: overview.CLAIM for each in claims}
    documents = Document.objects.visible_to(actor).filter(subject=customer.pk)
    held |= dict.fromkeys(documents.values_list("holding", flat=True), (DOCUMENT_NAME.code,))
    held |= amendments.holdings(customer, actor=actor)
    idle = standings.of(customer.pk)
    return {
        holding: [code for code in codes if not elements.get(code).never_shown]
        for holding, codes in held.items()
        if holding not in idle
    }


def _part(part: Part, enclosed: Mapping[str, Enclosure], purposes: Register) -> dict[str, Any]:
    return {
        "code": part.code,
        "kind": part.kind,
        "label": str(part.title),
        "file": enclosed[part.code].described() if part.code in enclosed else None,
        "facts": [{"label": str(each.label), "value": _plainly(each.value)} for each in part.facts],
        "elements": [_element(each, purposes) for each in part.items],
        "retention": _retention(part.kept) if part.kept else None,
    }


def _element(item: Item, purposes: Register) -> dict[str, Any]:
    element = item.element
    why = sheet.reasons(element, purposes)
    return {
        "code": element.code,
        "label": str(item.label),
        "value": item.text,
        "masked": None if item.text is not None or item.masked is None else str(item.masked),
        "told": "clear" if item.text is not None else _TOLD.get(item.state, "masked"),
        "level": element.level,
        "sensitive": item.sensitive,
        "source": {"label": str(item.source), "since": str(item.since)},
        "lawful_basis": {"code": element.basis, "label": str(why.basis), "clause": why.clause},
        "purposes": [
            {"code": code, "label": str(label)}
            for code, label in Purpose.choices
            if code in element.purposes
        ],
    }


def _retention(kept: Kept) -> dict[str, Any]:
    reason = kept.reason
    return {
        "state": kept.state,
        "since": kept.since.isoformat() if kept.since else None,
        "until": kept.until.isoformat() if kept.until else None,
        "rule": reason.source.rule if reason else None,
        "clause": (reason.source.clause or None) if reason else None,
        "period": str(reason.at_once or reason.period) if reason else None,
        "legal_duty": kept.duty,
        "certificate": kept.certificate or None,
    }


def _plainly(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def as_json(said: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode()


def as_pdf(said: Mapping[str, Any]) -> bytes:
    return pdf.compile_pdf("own_data.typ", _printed(said), at=clock.now())


def _printed(said: Mapping[str, Any]) -> dict[str, Any]:
    language = _LANGUAGES[said["language"]]
    insurer = said["insurer"]["name"]
    title = _("我的资料副本")
    made = day_in_words(datetime.fromisoformat(said["made_at"]), language)
    return {
        "lang": language,
        "region": "gb" if language == "en" else "cn",
        "title": title,
        "insurer": insurer,
        "mark": f"{insurer} · {title} · {made}",
        "page": _("第 {n} 页，共 {m} 页"),
        "lede": _("以下是我们保存的您的资料，以及为什么保存、用来做什么、保存到何时。"),
        "facts": [
            [_("客户编号"), said["customer"]],
            [_("生成时间"), made],
            [_("副本编号"), said["copy"]],
            [_("查询日志条目"), f"#{said['log_entry']:,}"],
            [_("个人信息保护负责人"), said["insurer"]["data_protection_officer"]],
        ],
        "heads": [_("信息项"), _("内容"), _("来源、用途与依据")],
        "classes": [
            *map(_class, said["classes"]),
            agreed.printed(said["consents"]),
            shown.printed(said["rules_shown"]),
            given.printed(said["recipients"]),
        ],
    }


def day_in_words(moment: date, language: str) -> str:
    if language == "en":
        return f"{moment.day} {moment:%B} {moment.year}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _class(section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": section["label"],
        "parts": [
            {
                "title": each["label"],
                "facts": _facts(each),
                "rows": [_row(element) for element in each["elements"]],
                "kept": _kept(each["retention"]),
            }
            for each in section["parts"]
        ],
    }


def _facts(part: Mapping[str, Any]) -> list[list[str]]:
    said = [[fact["label"], _said(fact["value"])] for fact in part["facts"]]
    return [*said, [_("随附文件"), part["file"]["path"]]] if part["file"] else said


def _row(element: Mapping[str, Any]) -> list[str]:
    mark = " " + _("敏") if element["sensitive"] else ""
    purposes = _("、").join(each["label"] for each in element["purposes"] if each["code"] != "self")
    source = " ".join(filter(None, (element["source"]["label"], element["source"]["since"])))
    why = " · ".join(filter(None, (source, purposes, element["lawful_basis"]["label"])))
    return [f"{element['label']}{mark}", _value(element), why]


def _value(element: Mapping[str, Any]) -> str:
    words = {
        "never_shown": _("不显示"),
        "restricted": _("限制处理，只存不用"),
        "destroyed": _("已销毁"),
    }
    if element["told"] in words:
        return " ".join(filter(None, (element["masked"], f"（{words[element['told']]}）")))
    return str(element["value"] if element["value"] is not None else element["masked"] or "—")


def _said(value: Any) -> str:
    return _("、").join(value) if isinstance(value, list) else str(value)


def _kept(retention: Mapping[str, Any] | None) -> str:
    if retention is None:
        return ""
    if retention["state"] == "destroyed":
        words = _("已销毁，无法恢复。")
        return f"{words}{retention['certificate'] or ''}"
    duty = _("另有法律义务要求继续保存。") if retention["legal_duty"] else ""
    if retention["state"] == "in_use":
        return duty + _("使用期间一直保存；用完之后，再按法律规定的期限保存。")
    if retention["state"] == "due" and not duty:
        return _("保存期已满，正在安排销毁。")
    if retention["until"] is None:
        return duty
    clause = retention["clause"]
    source = law_words.cite(reading.pack_clause(clause)) if clause else retention["rule"] or ""
    return duty + _("保存至 %(day)s。依据：%(source)s，%(period)s。") % {
        "day": retention["until"], "source": source, "period": retention["period"],
    }  # fmt: skip
