"""Withdrawn consents: each that was chosen is said no to, and the gate knows at once.

Where nothing was chosen all that she agreed to is taken back, and what rested on it alone has lost its basis:
its time is counted from today.
"""

from __future__ import annotations

from access import actors, scopes
from access.vocabulary import Channel
from records.consents import asking, changing, ending
from records.consents.changing import Word
from records.consents.opening import WRITER
from records.consents.standing import latest
from records.models import Consent, Customer, CustomerRequest
from records.requests.effects import Outcome, register_effect


def carry_out(request: CustomerRequest) -> Outcome:
    chosen = request.details.get("consents")
    actor = actors.system(WRITER)
    with scopes.acting(actor):
        customer = Customer.objects.get(pk=request.subject_id)
        codes = chosen or [
            code
            for (_subject, code), row in latest([customer.pk], actor=actor).items()
            if row.said == Consent.Said.GIVEN
        ]
        for purpose in asking.of_customer(customer):
            if purpose.code in codes:
                word = Word(said=Consent.Said.WITHDRAWN, by=Consent.By.REQUEST)
                changing.follow(customer, purpose, word, channel=Channel.TASK)
        if not chosen:
            ending.begin(customer.pk)
    return Outcome(told={"withdrawn": True, "consents": sorted(codes)})


register_effect(CustomerRequest.Kind.WITHDRAW_CONSENT, carry_out)
