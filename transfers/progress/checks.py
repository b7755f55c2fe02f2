"""What capabilities say of their own stage: each registers a check that names what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from transfers.models import Stage, Transfer


@dataclass(frozen=True)
class Missing:
    """One thing that is still to be done. `says` is a lazy text; `place` the page where it is done."""

    code: str
    says: Any
    place: str = ""


Check = Callable[[Transfer], Sequence[Missing]]
_checks: Final[dict[str, list[Check]]] = {}
NOBODY: Final = Missing("no-capability", _("本系统还不能办理这一步，因此不能完成"))


def register(stage: str, check: Check) -> None:
    """Ask `check` before this stage ends, on either side; ValueError for a stage that there is not."""
    held = _checks.setdefault(Stage(stage).value, [])
    if check not in held:
        held.append(check)


def work_of(transfer: Transfer, stage: str) -> list[Missing]:
    """What the stage's own capabilities miss; nobody's work is never done."""
    checks = _checks.get(Stage(stage).value)
    if not checks:
        return [NOBODY]
    return [missing for check in checks for missing in check(transfer)]
