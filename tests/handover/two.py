"""A seller and a buyer, and how far they have come."""

from __future__ import annotations

from typing import NamedTuple

from custodian.drills.handover.houses import House


class Two(NamedTuple):
    seller: House
    buyer: House

    def introduce(self, customers: int) -> None:
        """Both houses stand, know each other's keys, and have opened the same transfer."""
        self.seller.begin()
        self.buyer.begin(book="QH-XH")
        self.seller.populate(count=customers)
        self.seller.know(card=self.buyer.card(), name="恒信人寿")
        self.buyer.know(card=self.seller.card(), name="青禾人寿")
        ref = self.seller.open_transfer(side="seller")
        self.buyer.open_transfer(side="buyer", ref=ref, book="QH-XH")

    def freeze(self) -> None:
        """Up to the moment from which changes are told as changes."""
        self.seller.walk(until="freeze")
        self.seller.choose()
        self.seller.freeze()
        self.seller.walk(until="package")
        self.buyer.walk(until="receive")
        self.seller.enter_invitation(paper=self.buyer.invite())

    def pack(self) -> str:
        """The next package, which lies in the seller's store."""
        return str(self.seller.pack(job=self.seller.order()))

    def receive(self, path: str) -> None:
        self.buyer.lay_out(arrival=self.buyer.take(path=path))

    def agree(self) -> str:
        """Both papers of the receipt are where they belong; the moment from which on the buyer answers."""
        self.seller.enter_acceptance(paper=self.buyer.accept())
        self.buyer.enter_release(paper=self.seller.release())
        return str(self.seller.live_at())
