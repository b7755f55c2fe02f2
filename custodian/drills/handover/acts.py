"""All that an installation of the drill is asked to do, by name."""

from custodian.drills.handover.book import meet, populate
from custodian.drills.handover.buying import (
    accept,
    enter_release,
    go_on_loading,
    invite,
    lay_out,
    load,
    order_load,
    reconcile,
    take,
)
from custodian.drills.handover.evidence import (
    arriving_now,
    choices,
    ciphertext,
    claim_clocks,
    invariants,
    leftovers,
    live_at,
    log,
    merge_cases,
    plaintext,
    read,
    records,
    refusals,
    responsible,
    sweep,
    visible,
)
from custodian.drills.handover.people import begin, resume
from custodian.drills.handover.selling import (
    choose,
    close_letters,
    destroy,
    enter_acceptance,
    enter_invitation,
    freeze,
    order,
    order_again,
    pack,
    release,
    show_room,
    stay,
    write_letters,
)
from custodian.drills.handover.spoiling import change_policy, spoil, spoiled
from custodian.drills.handover.walking import card, file_papers, know, open_transfer, walk

__all__ = [
    "accept", "arriving_now", "begin", "card", "change_policy", "choices", "choose", "ciphertext",
    "claim_clocks", "close_letters", "destroy", "enter_acceptance", "enter_invitation", "enter_release",
    "file_papers",
    "freeze", "go_on_loading", "invariants", "invite", "know", "lay_out", "leftovers", "live_at", "load",
    "log", "meet", "merge_cases", "open_transfer", "order", "order_again", "order_load", "pack", "plaintext",
    "populate", "read", "reconcile", "records", "refusals", "release", "responsible", "resume",
    "show_room", "spoil", "spoiled", "stay", "sweep", "take", "visible", "walk", "write_letters",
]  # fmt: skip
