"""Reads a new bundle as its recipient will, with the same program, before anybody may take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_lazy

from access import findings
from access.models import Bundle, Finding
from access.models.findings import TELLERS
from access.querylog.heads import Head
from custodian.errors import CustodianError
from custodian.tlog import verify

KIND = "bundle-not-whole"  # of the finding
LANGUAGES = ("zh", "en")


class NotWhole(CustodianError):
    """The verifier does not accept what was built; nobody gets it."""

    code = KIND
    status = 409
    message = gettext_lazy("取证包自检不符，未交付；请保险公司运行日志核验")

    def __init__(self, found: verify.Result) -> None:
        super().__init__()
        self.found = found


def verdict(file: BinaryIO, *, held: Head | None) -> dict[str, Any]:
    """What `verify.py` prints about the file, by language; `held` is the newest head its recipient has.

    Too few witnesses are no fault of the file: whoever takes it reads that. Raises `NotWhole`.
    """
    policy = settings.CUSTODIAN_LOG_POLICY
    if not policy.exists():
        return {}
    found = verify.verify(file, policy=policy.read_text("utf-8"), prior=held.note if held else None)
    if found.state not in {"whole", "stale"}:
        raise NotWhole(found)
    told = {language: verify.tell(found, language) for language in LANGUAGES}
    return {**told, "held": held.size if held else 0}


def raise_finding(bundle: Bundle, error: NotWhole) -> None:
    found = error.found
    facts = {"bundle": bundle.name, "because": found.because, "index": found.index}
    index = [] if found.index is None else [found.index]
    findings.raise_finding(KIND, severity=Finding.Severity.URGENT, facts=facts, entries=index)


def told(facts: Mapping[str, Any]) -> str:
    spoken = "zh" if (get_language() or "zh").startswith("zh") else "en"
    because = verify.reason(facts["because"], spoken)
    return gettext("取证包 %(bundle)s 自检不符，未交付：%(because)s") % {
        **facts,
        "because": because,
    }


TELLERS[KIND] = told
