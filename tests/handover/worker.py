"""One installation as a process: reads steps line by line, answers each with a line."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "custodian.settings"
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints must not mix with the answers
    import django

    django.setup()
    from tests.handover import steps

    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(_answer(steps, asked)) + "\n")
        answers.flush()


def _answer(steps: Any, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"said": getattr(steps, asked["do"])(**asked["with"])}
    except Exception as error:  # noqa: BLE001  told to the test, which judges it
        code = str(getattr(error, "reason", "") or getattr(error, "code", ""))
        return {"refused": [type(error).__name__, code, traceback.format_exc()]}


if __name__ == "__main__":
    main()
