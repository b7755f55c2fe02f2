"""One installation as a process: reads acts line by line, answers each with a line."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import traceback
from contextlib import nullcontext
from datetime import datetime
from typing import IO, Any


def main(acts: str) -> None:
    """Serve the functions of a module until the input ends."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "custodian.settings"
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints must not mix with the answers
    import django

    django.setup()
    _quiet()
    serve(importlib.import_module(acts), sys.stdin, answers)


def _quiet() -> None:
    """No message leaves, nobody's worker is woken, and the acts seal the log themselves."""
    from django.conf import settings

    from custodian.celery import app

    app.conf.broker_url = "memory://localhost//"  # without a host it complains
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.CUSTODIAN_SEALING = False


def serve(acts: Any, asked: IO[str], answers: IO[str]) -> None:
    for line in asked:
        answers.write(json.dumps(_answer(acts, json.loads(line))) + "\n")
        answers.flush()


def _answer(acts: Any, asked: dict[str, Any]) -> dict[str, Any]:
    from custodian import clock

    moment = asked.get("at")
    try:
        with clock.at(datetime.fromisoformat(moment)) if moment else nullcontext():
            said = getattr(acts, asked["do"])(**asked["with"])
    except Exception as error:  # noqa: BLE001  told to whoever asked, who judges it
        code = str(getattr(error, "reason", "") or getattr(error, "code", ""))
        return {"refused": [type(error).__name__, code, traceback.format_exc()]}
    return {"said": said, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    main(sys.argv[1])
