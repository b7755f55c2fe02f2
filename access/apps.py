"""Access: who may see what, for which purpose, and the evidence of it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("查询与权限")

    def ready(self) -> None:
        from access import (  # noqa: F401  their parts register themselves
            approval_rules,
            audit_rule_changes,
            break_glass,
            cases,
            checks,
            grants,
            quota_changes,
            quota_words,
            recertification,
            rechecking,
            rules,
            scopes,
        )
        from access.audits import words as audit_words  # noqa: F401
        from access.bundles import proofreading  # noqa: F401
        from access.exports import approving  # noqa: F401
        from access.law import (  # noqa: F401
            calendar_entering,
            clock_overriding,
            confirming,
            overriding,
        )
        from access.own_looks import approving as delay_approving  # noqa: F401
        from access.own_looks import delays
        from access.scorecards import own as own_indicators
        from access.training import courses, undertakings  # noqa: F401
        from access.verification import words  # noqa: F401

        rechecking.sources.append(delays.altered)
        own_indicators.ready()
        scopes.install()
