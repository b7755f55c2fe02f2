"""Letters of the families: a batch approved and sent, and people who answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from access import actors, scopes
from access.models import Approval
from custodian import clock
from records.models import Customer, Identity
from records.notices.contents import Both
from tests import estate
from tests.transfers.choosing.estate import Families
from transfers.letters import answering, drafting, sending, texts
from transfers.models import LetterBatch, TransferNotice


def person(number: int) -> dict[str, str]:
    """Somebody with a mobile, an e-mail and an address of her own."""
    return {
        **estate.ZHANG,
        "identity.mobile": f"1380013{number:04}",
        "identity.email": f"customer{number}@example.com",
        "identity.address": f"江苏省徐州市云龙区和平路{number}号",
    }


def words(transfer: Any) -> texts.Letter:
    proposed = texts.proposed(transfer)
    contact = Both("客服 400-800-1234", "Service desk 400-800-1234")
    return texts.Letter({**proposed.parts, "contact": contact})


def drafted(families: Families, *, days: int = 30) -> LetterBatch:
    day = clock.local().date() + timedelta(days=days)
    with estate.acting(families.house.first, stepped_up=True) as actor:
        return drafting.draft(
            families.transfer, words(families.transfer), reply_by=day, actor=actor
        )


def submitted(families: Families, **more: Any) -> Approval:
    with estate.acting(families.house.first, stepped_up=True) as actor:
        return drafting.submit(drafted(families, **more), actor=actor)


def sent(families: Families, **more: Any) -> LetterBatch:
    """Approved by the second officer, and sent."""
    approval = submitted(families, **more)
    families.house.approve(approval)
    return sending.work(LetterBatch.objects.get(approval=approval).pk)


def proven(*customers: Customer) -> None:
    """Contacts and addresses that came by the import, so that a message may go there."""
    with scopes.acting(estate.system()):
        for each in customers:
            row = Identity.objects.get(pk=each.pk)
            row.origins = {code: ["import", "2019-06-12"] for code in
                           ("identity.mobile", "identity.email", "identity.address")}  # fmt: skip
            row.save(update_fields=["origins"])


def notice(customer: Customer) -> TransferNotice:
    with scopes.acting(estate.system()):
        return TransferNotice.objects.select_related("transfer", "batch__transfer").get(
            subject=customer.pk
        )


def says(customer: Customer, said: str, *, capacity: str = "self") -> bool:
    actor = actors.customer(customer.pk, capacity=capacity)
    with scopes.acting(actor):
        found = answering.of(customer, actor=actor)
        assert found is not None
        return answering.choose(found, said, channel="portal", actor=actor)


def over(batch: LetterBatch) -> None:
    """The day to answer by was yesterday."""
    day = clock.local().date() - timedelta(days=1)
    LetterBatch.objects.filter(pk=batch.pk).update(reply_by=day)
