"""The seller's signed list, entered from its paper: how many customers, policies, claims, how much money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access import actors
from access.actors import Actor
from custodian.errors import CustodianError
from transfers import papers
from transfers.legacy import sealing, taking
from transfers.legacy.sealing import Seal, Sum
from transfers.models import SellerList, Stage, Transfer

NEEDED: Final = ("customers", "policies", "claims")
MORE: Final = ("in_force", "open_claims", "consents")
PAPER_NAME: Final = _("转出方签字的清单")


class BadList(CustodianError):
    """Something on it cannot be: a number below zero, or more in force than there are."""

    code = "seller-list-bad"
    status = 422
    message = _("清单上的数目自相矛盾，请核对：有效保单不多于保单，未结赔案不多于赔案")


def enter(
    transfer: Transfer,
    counts: Mapping[str, int],
    sums: Mapping[str, Sum],
    paper: bytes,
    *,
    actor: Actor,
) -> SellerList:
    """File the paper and keep what it says; a corrected paper comes as the next one.

    Raises `NotFromFiles`, `BadList`, `EvidenceRefused`, `NotYet`, `Refused`.
    """
    taking.require(transfer)
    said = {name: int(counts[name]) for name in (*NEEDED, *MORE) if name in counts}
    _check(said, sums)
    seal = Seal(transfer, make=True)
    with transaction.atomic():
        filed = papers.file(
            transfer, Stage.RECONCILE, papers.OTHER, paper, name=str(PAPER_NAME), actor=actor
        )
        last = transfer.seller_lists.aggregate(most=Max("number"))["most"] or 0
        return SellerList.objects.create(
            transfer=transfer,
            number=last + 1,
            paper=filed,
            counts=said,
            holding=seal.holding,
            sums_sealed=seal.seal("list", sums),
            sums_digest=sealing.digest_of(sums),
            entered_by_id=actors.person(actor),
        )


def _check(said: Mapping[str, int], sums: Mapping[str, Sum]) -> None:
    numbers = [*said.values(), *(n for each in sums.values() for n in each)]
    if set(NEEDED) - set(said) or any(n < 0 for n in numbers):
        raise BadList
    within = (("in_force", "policies"), ("open_claims", "claims"))
    if any(said.get(part, 0) > said[whole] for part, whole in within):
        raise BadList
