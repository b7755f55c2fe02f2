"""What a person's own pages of learning show: what he must have, how it stands, and what it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access import policy
from access.models import Attempt
from access.models.rules import CLASSES
from access.training.standing import Part
from access.training.words import STATES


@dataclass(frozen=True)
class Row:
    """One line of the overview."""

    part: Part
    classes: list[str]  # of data that rules open only with it

    @property
    def closes(self) -> str:
        return _("、").join(self.classes)

    @property
    def state(self) -> tuple[Any, str, str]:
        return STATES[self.part.state]

    @property
    def url(self) -> str:
        name = "account_course" if self.part.is_course else "account_undertaking"
        return reverse(name, args=[self.part.code])

    @property
    def deed(self) -> str:
        """What the link to it is called."""
        if not self.part.is_course:
            return _("阅读并签署") if self.part.is_gap else _("阅读")
        again = {"missing": _("开始学习"), "valid": _("再看一遍")}
        return again.get(self.part.state, _("重新学习"))


def rows(parts: list[Part], role: str) -> list[Row]:
    """What is lacking first."""
    order = list(STATES)[::-1]
    told = [Row(part, classes(part.code, role)) for part in parts]
    return sorted(told, key=lambda each: order.index(each.part.state))


def classes(code: str, role: str) -> list[str]:
    """The classes of data that rules open to this role only with it."""
    labels = dict(CLASSES)
    known = {each.element_class for each in policy.rules_of(role) if code in each.training}
    return [str(labels[each]) for each in labels if each in known]


def blocks(text: str) -> list[tuple[str, Any]]:
    """A text as paragraphs and lists of points, for a template to draw."""
    drawn: list[tuple[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if not line.startswith("- "):
            drawn.append(("paragraph", line))
        elif drawn and drawn[-1][0] == "points":
            drawn[-1][1].append(line[2:])
        else:
            drawn.append(("points", [line[2:]]))
    return drawn


@dataclass(frozen=True)
class Marked:
    """One question as it was answered."""

    text: str
    chosen: str
    right: bool
    feedback: str


def marked(attempt: Attempt) -> list[Marked]:
    """Question by question what was chosen, whether it was right, and why; not which one was."""
    told = []
    for each in attempt.course.questions.all():
        place = attempt.answers.get(str(each.number))
        chosen = each.choices[place] if isinstance(place, int) else "—"
        told.append(Marked(each.text, chosen, place == each.right, each.feedback))
    return told
