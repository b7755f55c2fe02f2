"""How long the house keeps what it noted of shares and agreements: as the law has it for provision."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from records.retention import own_records
from transfers.models import (
    Agreement,
    AgreementPaper,
    AgreementReview,
    AgreementVersion,
    Counterparty,
    IdentityKey,
    LedgerSheet,
    Share,
    SharedCopy,
    Telling,
)


def _copies() -> QuerySet[SharedCopy]:
    """Of which there is proof that they are back or deleted."""
    return SharedCopy.objects.filter(share__agreement__proven_at__isnull=False)


def _tellings() -> QuerySet[Telling]:
    return Telling.objects.filter(share__agreement__proven_at__isnull=False)


def _shares() -> QuerySet[Share]:
    return Share.objects.filter(agreement__proven_at__isnull=False)


def _agreements() -> QuerySet[Agreement]:
    return Agreement.objects.filter(proven_at__isnull=False)


def ready() -> None:
    proven = F("share__agreement__proven_at")
    goes = _("协议结束、资料已返还或删除之后，满期删除")
    own_records.register(
        own_records.Rows(
            "partner-telling", _("告知合作方的更正"), "sharing", goes, _tellings, proven,
            everything=Telling.objects.all,
        ),
        own_records.Rows(
            "partner-copy", _("合作方所持资料的记录"), "sharing", goes, _copies, proven,
            everything=SharedCopy.objects.all,
        ),
        own_records.Rows(
            "share", _("向合作方提供的记录"), "sharing", goes, _shares, F("agreement__proven_at"),
            everything=Share.objects.all,
        ),
        own_records.Rows(
            "partner-agreement", _("合作协议"), "sharing", goes, _agreements, F("proven_at"),
            along=(
                (AgreementReview, "agreement"),
                (AgreementVersion, "agreement"),
                (AgreementPaper, "agreement"),
            ),
            everything=Agreement.objects.all,
        ),
        own_records.Stays(
            "counterparty", _("合作方登记"), _("合作方的登记与身份密钥不删"),
            Counterparty.objects.all, about="sharing",
        ),
        own_records.Stays(
            "partner-key", _("合作方的身份密钥"), _("合作方的登记与身份密钥不删"),
            IdentityKey.objects.all, about="sharing",
        ),
        own_records.Stays(
            "transfer-ledger", _("转让台账"),
            _("保留：旧备份恢复后据此补记转让；只有编号、日期与回执"), LedgerSheet.objects.all,
        ),
    )  # fmt: skip
