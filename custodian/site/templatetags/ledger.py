"""Template tags that draw the components of the visual language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, Field
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from access import reasons
from access.law import words as law_words
from custodian.elements import Masked, Part
from custodian.site import drawing, formats, horizon, navigation, sources
from custodian.site.wording import ACTS, JOB_STATES, MARKS, PROOF_STATES, SEVERITIES

register = template.Library()

register.filter("zh_date", formats.zh_date)
register.filter("log_index", formats.log_index)
register.filter("thousands", formats.thousands)
register.filter("due_day", formats.due_day)
register.filter("reason", reasons.sentence)
register.filter("hash_groups", formats.hash_groups)
register.filter("share_percent", formats.share)
register.filter("ref", formats.ref)
register.filter("deadline", formats.deadline)


@register.inclusion_tag("components/mask.html")
def mask(
    masked: Masked | str | None, state: str = "masked", when: str = "", url: str = ""
) -> dict[str, Any]:
    """`state`: masked, revealable, never_shown, not_collected, restricted, destroyed."""
    if isinstance(masked, str):
        masked = Masked((Part(text=masked),))
    parts = [
        {
            "text": part.text,
            "stars": "*" * part.hidden,
            "hidden": part.hidden,
            "width": drawing.mask_width(part.hidden),
        }
        for part in (masked.parts if masked else ())
    ]
    shown_state = (
        state if masked or state in {"destroyed", "never_shown", "restricted"} else "not_collected"
    )
    return {
        "parts": parts,
        # A short value stays on one line; an address may break.
        "short": sum(len(part.text) for part in masked.parts) <= 12 if masked else True,
        "state": shown_state,
        "when": when,
        "url": url,
    }


@register.inclusion_tag("components/lamp.html")
def lamp(
    value: str,
    seconds: int,
    purpose: str,
    hide_url: str,
    *,
    kind: str = "",
    masked: Masked | None = None,
) -> dict[str, Any]:
    return {
        "value": formats.grouped(value, kind),
        "seconds": seconds,
        "purpose": purpose,
        "hide_url": hide_url,
        "masked": masked,
    }


@register.inclusion_tag("components/level.html")
def level(number: int, *, sensitive: bool = False) -> dict[str, Any]:
    return {"level": number, "bars": drawing.level_bars(int(number)), "sensitive": sensitive}


@register.inclusion_tag("components/icon.html")
def icon(name: str, css: str = "") -> dict[str, str]:
    return {"name": name, "css": css}


@register.inclusion_tag("components/tag.html")
def tag(text: Any, tone: str = "", icon: str = "") -> dict[str, Any]:
    """`tone`: ok, warn, danger, info, accent, or none."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag("components/tag.html")
def action_tag(act: str) -> dict[str, Any]:
    text, tone, name = ACTS.get(str(act), (act, "", ""))
    return {"text": text, "tone": tone, "icon": name}


@register.inclusion_tag("components/severity.html")
def severity(name: str) -> dict[str, Any]:
    """An incident's or a finding's severity: shape and word."""
    text, shape = SEVERITIES.get(str(name), (name, "ring"))
    return {"text": text, "shape": shape}


@register.inclusion_tag("components/proof.html")
def proof(state: str, entry_id: object = "", *, url: str = "", words: Any = "") -> dict[str, Any]:
    """`state`: written, sealed, witnessed, verified, broken; `words` for its word."""
    word, reached, broken_at = PROOF_STATES[str(state)]
    return {
        "state": state,
        "word": words or word,
        "squares": drawing.proof_squares(reached, broken_at=broken_at),
        "entry": formats.log_index(entry_id) if entry_id != "" and entry_id is not None else "",
        "url": url,
    }


@register.inclusion_tag("components/why.html")
def why(decision: Any) -> dict[str, Any]:
    """Takes `heading`, `tone` (allow, refuse, plain), `facts` and perhaps `way_out`.

    A fact is (mark, text, link): mark is ok, no or dash; link is an address for the whole text,
    a pair (words, address) to follow it, or nothing.
    """
    facts = decision["facts"] if isinstance(decision, Mapping) else decision.facts
    return {"why": decision, "facts": [_fact(*fact) for fact in facts]}


def _fact(mark: str, text: Any, link: str | tuple[Any, str] | None = None) -> dict[str, Any]:
    if isinstance(link, tuple):
        return {"mark": mark, "text": text, "words": link[0], "url": link[1]}
    return {"mark": mark, "text": text, "words": "", "url": link}


@register.inclusion_tag("components/provenance.html", takes_context=True)
def provenance(
    context: template.Context, text: Any, mark: str = "", *, clause: str = "", url: str = ""
) -> dict[str, Any]:
    """`mark`: V1 read in the original, V2 secondary, M to be confirmed, default (or -) our own.

    `clause` is the code of a clause of the law library, and so may be `text`: it opens the clause for
    whoever may read it. Without a text the clause is cited, without a mark it has the clause's.
    """
    # Inside another component the context has kept the request, and nothing else.
    request = getattr(context, "request", None) or context.get("request")
    found = sources.find(request, clause or str(text))
    if found is not None:
        text = law_words.cite(found) if text in ("", found.code) else text
        mark, url = mark or found.mark, url or sources.address(request, found)
    key = law_words.mark_key(mark)
    return {"text": text, "mark": key, "word": MARKS[key], "url": url}


@register.inclusion_tag("components/job_bar.html")
def job_bar(job: Any, name: Any = "") -> dict[str, Any]:
    state = str(getattr(job, "status", "") or getattr(job, "state", "") or "running")
    total = getattr(job, "total", None)
    done = getattr(job, "done", 0) or 0
    word, tone = JOB_STATES.get(state, (state, ""))
    percent = 100 if state == "done" else round(100 * done / total, 1) if total else 0
    return {
        "name": name or getattr(job, "name", ""),
        "done": done,
        "total": total,
        "percent": percent,
        "word": word,
        "tone": tone,
        "state": state,
        "note": getattr(job, "note", ""),
    }


@register.inclusion_tag("components/clock.html")
def clock(item: Any) -> dict[str, Any]:
    """Takes `name`, `to`, `left`, `percent`, `start`, `due`, `source`, `mark` and `state_text`.

    `state`: idle, running, near, late, done, off. `start` and `due` are moments, or words for them.
    """
    tone = {"near": "-warn", "late": "-danger", "done": "-ok"}.get(item.state, "")
    return {"clock": item, "tone": tone, "start": _begun(item.start), "due": _due(item)}


def _begun(start: Any) -> Any:
    if not isinstance(start, datetime):
        return start or ""
    return _("起算 %(when)s") % {"when": formats.zh_date(start, "moment")}


def _due(item: Any) -> Any:
    """A deadline that may still move says so, and the earliest that it may be."""
    if not isinstance(item.due, datetime):
        return item.due or ""
    due = formats.deadline(item.due)
    if getattr(item, "earliest", None) is None:
        return _("到期 %(due)s") % {"due": due}
    said = {"due": due, "earliest": formats.deadline(item.earliest)}
    return _("到期 %(due)s（待核；最早 %(earliest)s）") % said


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None) -> dict[str, Any]:
    """What stands at the field, with the field's name where the words alone do not say which one."""
    fields = [bound for bound in form if bound.errors] if form is not None else []
    said = Counter(str(bound.errors[0]) for bound in fields)
    missing = str(Field.default_error_messages["required"])
    return {
        "general": form.non_field_errors() if form is not None else [],
        "fields": [
            (bound, not bound.is_hidden and _unclear(bound, said, missing)) for bound in fields
        ],
        "count": len(fields) + (len(form.non_field_errors()) if form is not None else 0),
    }


def _unclear(bound: BoundField, said: Mapping[str, int], missing: str) -> bool:
    """Whether its words would stand there for any other field as well."""
    words = str(bound.errors[0])
    return words == missing or said[words] > 1


@register.inclusion_tag("django/forms/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, Any]:
    return {"field": bound, "css": css}


@register.filter
def is_choice_list(bound: BoundField) -> bool:
    """Radios and several check boxes: drawn one by one, each with its own hint."""
    return (
        getattr(bound.field.widget, "input_type", "") in {"radio", "checkbox"}
        and bound.use_fieldset
    )


@register.filter
def is_checkbox(bound: BoundField) -> bool:
    return getattr(bound.field.widget, "input_type", "") == "checkbox" and not bound.use_fieldset


@register.filter
def choice_hint(bound: BoundField, value: object) -> Any:
    """A form field may carry `choice_hints`, a mapping from value to a line under the choice."""
    return getattr(bound.field, "choice_hints", {}).get(str(value), "")


@register.inclusion_tag("components/heatmap.html")
def heatmap(cells: Iterable[Any], title: Any = "") -> dict[str, Any]:
    """`cells`: mappings or HeatCell with day (0 is Monday), hour, count, outside, unusual."""
    drawn = drawing.heat_cells(cells)
    return {
        "cells": drawn,
        "rows": drawing.heat_rows(drawn),
        "hours": drawing.heat_hours(),
        "all_hours": range(24),
        "width": drawing.HEAT_WIDTH,
        "height": drawing.HEAT_HEIGHT,
        "title": title or _("一周分布"),
        "steps": [(step, 1 + step * 19) for step in range(6)],
        "bounds": " · ".join(str(bound) for bound in (0, *drawing.HEAT_STEPS)),
    }


@register.inclusion_tag("components/heat_table.html")
def heat_table(
    columns: Sequence[tuple[Any, Any]],
    rows: Sequence[tuple[Any, Sequence[int]]],
    *,
    title: Any,
    strong: int = 0,
    note: Any = "",
) -> dict[str, Any]:
    """`columns`: name and what stands above it; `rows`: name and a count for each column."""
    drawn = horizon.drawn(columns, rows, strong=strong)
    return {**drawn, "title": title, "note": note, "half": horizon.WIDTH // 2}


@register.inclusion_tag("components/sparkline.html")
def sparkline(
    values: Sequence[float],
    threshold: float | None = None,
    *,
    top: float | None = None,
    title: Any = "",
) -> dict[str, Any]:
    return {
        "trend": drawing.trend(values, threshold=threshold, top=top),
        "title": title or _("趋势"),
    }


@register.inclusion_tag("components/bar.html")
def bar(share: float, expected: float | None = None, *, tone: str = "") -> dict[str, Any]:
    """`share` and `expected` are parts of one; the tick stands at what chance alone would give."""
    return {
        "percent": round(100 * share, 1),
        "tick": None if expected is None else round(100 * expected, 1),
        "tone": f"-{tone}" if tone else "",
    }


@register.inclusion_tag("components/navigation.html", takes_context=True)
def navigation_of(context: template.Context, frame: str) -> dict[str, Any]:
    """A view may name the current place in `here`, such as `desk:mine` for one customer's page."""
    request: HttpRequest | None = context.get("request")
    here = str(context.get("here") or "")
    shown = [] if request is None else navigation.sections(frame, request, here)
    return {"sections": shown, "frame": frame}


@register.inclusion_tag("components/steps.html")
def steps(now: int, total: int) -> dict[str, Any]:
    return {"now": now, "total": total, "steps": range(1, total + 1)}


@register.simple_tag
def sprite() -> str:
    """The address of the icon sprite; a page's own copy, so that it has the hashed name."""
    return static("custodian/icons.svg")


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def unlocalise(number: float) -> str:
    """A number for an SVG attribute: a point, never a comma."""
    return f"{number:g}"


@register.filter
def add_px(number: float, more: str) -> str:
    return f"{number + float(more):g}"
