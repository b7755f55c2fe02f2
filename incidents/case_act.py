"""One thing that can be done on the page of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from access.actions import Action
from access.actors import Actor
from incidents.case_forms import CaseForm
from incidents.models import Incident

Run = Callable[[Incident, Mapping[str, Any], Actor], Any]


@dataclass(frozen=True)
class Act:
    form: type[CaseForm]
    needs: Action
    run: Run
    says: Any
    at: str = ""  # the field that what stands in the way is told at
