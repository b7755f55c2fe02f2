"""What the steps of a scrub are called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.storage.faults import HOLDING_WORDS

STEPS: Mapping[str, Promise | str] = {
    **HOLDING_WORDS,
    "subjects": _("客户的日志密钥"),
    "keys": _("密钥与资料行"),
    "indexes": _("盲索引"),
    "log": _("日志里的变更"),
    "import-files": _("导入文件"),
    "files": _("存储里的文件"),
}


def step_words(name: str) -> str:
    return str(STEPS.get(name, name))
