"""Which changes a subject is told of, and by what words; whatever is not listed is the house's own affair.

Marks, holds, work lists and deadlines are changes too, and would tell of other people or of an investigation.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from access.actions import Action

TOLD: dict[str, Any] = {
    Action.BOOK_IMPORT.value: _("从账册登记"),
    Action.CUSTOMER_CHANGE.value: _("更改了资料"),
    Action.CUSTOMER_CREATE.value: _("登记了资料"),
    Action.DOCUMENT_ADD.value: _("归档了一份文件"),
    Action.RETENTION_DESTROY.value: _("销毁了到期的资料"),
}


def tell_change(action: Action, words: Any) -> None:
    """Apps to the right call it for changes of theirs that a customer should see in her list."""
    TOLD[action.value] = words
