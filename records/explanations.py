"""Decisions in words: why a customer may be seen, why a value stays shut, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.choices import NOT_AGREED
from access.models import Restriction
from access.policy import Decision
from access.reasons import sentence
from access.training import words
from access.vocabulary import Reach
from custodian import clock, elements
from records import overview, purposes
from records.consents import asking
from records.overview import Item, Overview
from records.retention import telling

Why = dict[str, Any]
Fact = tuple[Any, ...]
MOST = 6


def seen(page: Overview, unit_name: str, *, channel: str, actor: Actor) -> Why:
    """Why this person may look at this customer at all."""
    facts: list[Fact] = [("ok", _near(page, unit_name))]
    for span in purposes.spans(actor, page.purpose, channel=channel):
        words = {
            "purpose": purposes.label(page.purpose),
            "class": span.label,
            "level": span.level,
            "rule": rule_name(span.rule, span.version),
        }
        facts.append(("ok", _("“%(purpose)s”用途可看%(class)s至 L%(level)s（%(rule)s）") % words))
    return {"heading": _("允许"), "tone": "allow", "facts": facts}


def _near(page: Overview, unit_name: str) -> Any:
    if page.since is not None:
        return _("客户自 %(day)s 指派给您") % {"day": clock.local(page.since).date().isoformat()}
    if page.lent_until is not None:
        moment = clock.local(page.lent_until)
        return _("客户因受理的事项授权给您，至 %(until)s") % {"until": f"{moment:%Y-%m-%d %H:%M}"}
    if page.nearness is Reach.UNIT:
        return _("客户由您的机构服务：%(unit)s") % {"unit": unit_name}
    return _("您的岗位可跨机构查看")


def shut(page: Overview, items: Iterable[Item], *, channel: str, actor: Actor) -> list[Why]:
    """For each reason that stands in the way: what stays hidden, by which rule, and the way out."""
    groups = overview.uncovered(items).values()
    return [_shut(page, group, channel=channel, actor=actor) for group in groups]


def stored(page: Overview, kind: str) -> list[Why]:
    """For a class of which something is stored and not used: why that is so, and until when."""
    found = [each for each in page.standings.values() if each.kind == kind and each.restricted]
    if not found:
        return []
    if asked := [each for each in found if each.because == Restriction.Because.REQUEST]:
        day = clock.local(min(each.since for each in asked)).date().isoformat()
        wanted: list[Fact] = [
            ("no", _("客户要求限制处理，自 %(day)s 起只存不用，对谁都不揭示") % {"day": day}),
            ("dash", _("客户随时可以解除；决定和解除都记在客户申请里")),
        ]
        heading = _("限制处理：%(what)s") % {"what": telling.KINDS[kind]}
        return [{"heading": heading, "tone": "refuse", "facts": wanted}]
    dated = [each for each in found if each.until is not None]
    last = max(dated, key=lambda each: each.until or date.min, default=None)
    facts: list[Fact] = [("no", _("使用目的已结束，只存不用，对谁都不揭示"))]
    if last is None or len(dated) < len(found):
        facts.append(("dash", _("缺起算日，由合规官补登之后才知道保存到哪天")))
    if last is not None:
        said = {"day": last.until, "rule": telling.of_code(last.rule).text}
        words = (
            _("保存至 %(day)s（%(rule)s）")
            if len(found) == 1
            else _("最晚的保存至 %(day)s（%(rule)s）")
        )
        facts.append(("dash", words % said))
    heading = _("限制处理：%(what)s") % {"what": telling.KINDS[kind]}
    return [{"heading": heading, "tone": "refuse", "facts": facts}]


def _shut(page: Overview, items: list[Item], *, channel: str, actor: Actor) -> Why:
    labels = gettext("、").join(dict.fromkeys(str(item.label) for item in items))
    codes = sorted({item.element.code for item in items})
    return {
        "heading": _("为什么不能揭示%(labels)s") % {"labels": labels},
        "tone": "refuse",
        "facts": [
            _obstacle(items[0].decision, codes, page.purpose),
            *(
                _rests_on(items[0].decision, codes, page.purpose)
                or _to_learn(items[0].decision)
                or _ways(actor, codes, channel=channel, nearness=page.nearness)
            ),
        ][:MOST],
    }


def refused(
    decision: Decision,
    codes: Sequence[str],
    purpose: str,
    *,
    channel: str,
    near: Reach,
    actor: Actor,
) -> Why:
    """Why a reveal was refused just now, and which purpose would have been the right one."""
    ways = _ways(actor, codes, channel=channel, nearness=near) if _of_purpose(decision) else []
    ways += _to_learn(decision) or _rests_on(decision, codes, purpose)
    facts = [_obstacle(decision, codes, purpose), *ways]
    return {"heading": _("为什么不允许"), "tone": "refuse", "facts": facts[:MOST]}


def plainly(decision: Decision) -> Why:
    """A refusal with nothing more known than the decision itself."""
    facts: list[Fact] = [("no", sentence(code)) for code in decision.because]
    if decision.rule:
        facts.append(("dash", rule_name(*decision.rule)))
    facts += _to_learn(decision)
    return {"heading": _("为什么不允许"), "tone": "refuse", "facts": facts}


def _to_learn(decision: Decision) -> list[Fact]:
    """For each course or undertaking that is lacking: its title, and where to get it."""
    link = (_("去我的学习"), reverse("desk:learning"))
    named = words.titles(decision.lacking)
    return [("dash", _("《%(title)s》未完成或已失效") % {"title": each}, link) for each in named]


def rule_name(code: str, version: int) -> Any:
    return _("规则 %(code)s 第 %(version)s 版") % {"code": code, "version": version}


def _rests_on(decision: Decision, codes: Sequence[str], purpose: str) -> list[Fact]:
    """Which consent is lacking, and what may be done without it."""
    if decision.because[0] not in NOT_AGREED:
        return []
    named = gettext("、").join(asking.name(each) for each in asking.behind(purpose, codes))
    facts: list[Fact] = [("dash", _("所缺的同意：%(what)s") % {"what": named})] if named else []
    return [*facts, ("dash", _("依法必须办的事（投诉、合规、监管、审计）不受影响，用相应的用途"))]


def _of_purpose(decision: Decision) -> bool:
    return decision.because[0] in {"purpose-not-covered", "level-not-covered"}


def _obstacle(decision: Decision, codes: Sequence[str], purpose: str) -> Fact:
    chosen = [elements.get(code) for code in codes]
    words = {
        "purpose": purposes.label(purpose),
        "class": gettext("、").join(
            dict.fromkeys(str(purposes.CLASSES[e.cls.value]) for e in chosen)
        ),
        "level": max((element.level for element in chosen), default=0),
    }
    said: Any = sentence(decision.because[0])
    if decision.because[0] == "purpose-not-covered":
        said = _("“%(purpose)s”用途不含%(class)s") % words
    elif decision.because[0] == "level-not-covered":
        said = _("“%(purpose)s”用途不含 L%(level)s 的%(class)s") % words
    if decision.rule:
        said = _("%(said)s（%(rule)s）") % {"said": said, "rule": rule_name(*decision.rule)}
    return ("no", said)


def _ways(actor: Actor, codes: Sequence[str], *, channel: str, nearness: Reach) -> list[Fact]:
    facts: list[Fact] = []
    for each, steps_up in purposes.opening(actor, codes, channel=channel, nearness=nearness):
        said = (
            _("如为%(purpose)s，请改用“%(purpose)s”用途，须二次验证")
            if steps_up
            else _("如为%(purpose)s，请改用“%(purpose)s”用途")
        )
        facts.append(("ok", said % {"purpose": each.label}))
    return facts or [("dash", _("您的岗位没有可揭示这些信息的用途，请转有权限的岗位办理"))]
