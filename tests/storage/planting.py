"""A small estate of every kind of holding, what somebody with SQL does to it, and a scrub over it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from access import scopes
from access.models import Finding
from access.vocabulary import Role
from records import archiving, claims, policies
from records.models import Customer, Document, ScrubRun
from records.storage import faults, scrub
from tests import estate
from tests.records import desk_estate
from tests.security.looking import logged_in

SECOND = {**estate.ZHANG, "identity.mobile": "13900139000", "identity.name": "李四光"}


class Estate:
    """Two customers; the first has a policy, a claim and a document as well."""

    def __init__(self) -> None:
        self.agent = estate.user(Role.AGENT)
        self.first = estate.customer(of=[self.agent])
        self.second = estate.customer(SECOND, of=[self.agent])
        with scopes.acting(estate.system()) as actor:
            terms = {"book": estate.book(), "channel": "desk", "actor": actor}
            (self.policy,) = policies.register(
                [
                    policies.NewPolicy(
                        source_key="P1", holder=self.first.pk, product_id=desk_estate.product().pk,
                        values=desk_estate.POLICY_VALUES,
                    )
                ],
                **terms,
            )  # fmt: skip
            (self.claim,) = claims.register(
                [
                    claims.NewClaim(
                        source_key="C1", policy_id=self.policy.pk, subject=self.first.pk,
                        values=desk_estate.CLAIM_VALUES,
                    )
                ],
                **terms,
            )  # fmt: skip
        self.document = self._document(self.first)
        estate.drain()

    def _document(self, customer: Customer) -> Document:
        with estate.acting(self.agent) as actor:
            return archiving.add(
                customer, kind=Document.Kind.APPLICATION, name="投保单.pdf",
                media_type="application/pdf", chunks=[b"form " * 30_000], channel="desk",
                actor=actor,
            )  # fmt: skip

    def sql(self, statement: str, **values: Any) -> None:
        """By somebody with all rights; {a} and {b} are the two customers."""
        with logged_in("superuser") as cursor:
            for each in statement.split(";"):
                cursor.execute(each.format(a=self.first.pk, b=self.second.pk), values or None)
                assert cursor.rowcount >= 1, each


def scrubbed(kind: str = ScrubRun.Kind.FULL) -> ScrubRun:
    with scopes.acting(estate.system()):
        return scrub.work(ScrubRun.objects.create(kind=kind).pk)


def found() -> Counter[str]:
    """The open findings of scrubs, by the check that found it."""
    rows = Finding.objects.filter(kind=faults.KIND, status=Finding.Status.OPEN)
    return Counter(each.facts["check"] for each in rows)
