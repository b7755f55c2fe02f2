"""Why a policy did not find its holder, or a claim its policy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import hard

HOLDER_UNKNOWN = hard("policy-holder-unknown", _("客户资料中没有这位投保人，请先导入客户"))
HOLDER_QUARANTINED = hard("policy-holder-quarantined", _("投保人还在隔离区，请先处理该客户"))
POLICY_UNKNOWN = hard("claim-policy-unknown", _("保单资料中没有这份保单，请先导入保单"))
POLICY_QUARANTINED = hard("claim-policy-quarantined", _("保单还在隔离区，请先处理该保单"))
