"""What of this app owes an impact assessment: agreements with partners, and books that are sold."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from custodian.regimes.assessments import Occasion
from records.assessments import things
from records.assessments.standing import NotAssessed, Verdict, require, verdict
from records.models import Customer
from records.ports import Assessable, register_assessables
from transfers.agreements.terms import Terms
from transfers.models import Agreement, Transfer

__all__ = ["NotAssessed", "Verdict", "of_agreement", "of_transfer", "require", "verdict"]

AGREEMENT, TRANSFER = "agreement", "transfer"


def of_agreement(agreement: Agreement, terms: Terms) -> Assessable:
    """Under these terms: those in force, or a draft's."""
    own = agreement.part != Agreement.Part.ENTRUSTED
    party = agreement.counterparty
    return Assessable(
        kind=AGREEMENT,
        code=agreement.code,
        reference=agreement.code,
        name=f"{party} · {terms.title}",
        elements=terms.elements,
        looks=(terms.purpose,),
        recipients=(party.code, *(each.name for each in terms.subs)),
        occasions=(Occasion.PROVIDE if own else Occasion.ENTRUST,),
        owed=agreement.is_running,
        url=reverse("admin:agreement", args=[agreement.ref]),
    )


def of_transfer(transfer: Transfer) -> Assessable:
    """Whatever is held of a customer goes with her; the recipient is the other insurer."""
    among = Customer.objects.filter(book=transfer.book).values("pk") if transfer.book else None
    return Assessable(
        kind=TRANSFER,
        code=transfer.code,
        reference=transfer.code,
        name=transfer.title,
        elements=things.known_elements(),
        looks=("transfer",),
        recipients=(transfer.counterparty.code,),
        occasions=(Occasion.PROVIDE, Occasion.EXPORT),
        owed=transfer.is_sellers and transfer.status == Transfer.Status.OPEN,
        url=reverse("admin:transfer_board", args=[transfer.code]),
        among=among,
    )


class Agreements:
    label = _("合作协议")

    def all(self) -> Sequence[Assessable]:
        rows = Agreement.objects.exclude(status=Agreement.Status.ENDED)
        return [
            of_agreement(each, Terms.read(each.terms or each.draft or {}))
            for each in rows.select_related("counterparty")
            if not each.is_over and (each.terms or each.draft)
        ]

    def find(self, code: str) -> Assessable | None:
        return self._as(code, "terms", "draft")

    def planned(self, code: str) -> Assessable | None:
        return self._as(code, "draft", "terms")

    def _as(self, code: str, first: str, second: str) -> Assessable | None:
        row = Agreement.objects.select_related("counterparty").filter(code=code).first()
        said = (getattr(row, first) or getattr(row, second)) if row else None
        return of_agreement(row, Terms.read(said)) if row and said else None


class PortfolioTransfers:
    label = _("业务转让")

    def all(self) -> Sequence[Assessable]:
        rows = Transfer.objects.filter(status=Transfer.Status.OPEN, side=Transfer.Side.SELLER)
        return [of_transfer(each) for each in rows.select_related("counterparty", "book")]

    def find(self, code: str) -> Assessable | None:
        rows = Transfer.objects.select_related("counterparty", "book")
        row = rows.filter(code=code, side=Transfer.Side.SELLER).first()
        return of_transfer(row) if row else None

    def planned(self, code: str) -> Assessable | None:
        return self.find(code)


def ready() -> None:
    register_assessables(AGREEMENT, Agreements())
    register_assessables(TRANSFER, PortfolioTransfers())
