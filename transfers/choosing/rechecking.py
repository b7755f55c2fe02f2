"""Looks at everybody who was chosen once more: what is new may keep customers, and never adds any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection, transaction

from custodian import clock
from transfers.choosing import reasons, selecting, statements
from transfers.choosing.links import Links
from transfers.models import Chosen, Transfer

_UPDATE: Final = """
UPDATE transfers_chosen c SET component = n.component,
    state = CASE WHEN n.reason = '' THEN c.state ELSE 'out' END,
    reason = CASE WHEN n.reason = '' THEN c.reason ELSE n.reason END,
    decided_at = CASE WHEN n.reason = '' OR c.reason = n.reason THEN c.decided_at ELSE %(now)s END
FROM (SELECT unnest(%(subjects)s::bigint[]) AS subject_id,
             unnest(%(components)s::bigint[]) AS component,
             unnest(%(reasons)s::text[]) AS reason) n
WHERE c.transfer_id = %(transfer)s AND c.subject_id = n.subject_id"""


def carry_out(transfer: Transfer, *, beat: Callable[[], None] = lambda: None) -> int:
    """How many who moved do not any more. `beat` is called for each page."""
    selection = selecting.approved(transfer)
    if selection is None:
        return 0
    moving = Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN)
    before = moving.count()
    terms = reasons.terms_of(selection)
    links = selecting.read_links(terms, statement=statements.PAGE_AGAIN, beat=beat)
    links.settle()
    for page in selecting.pages(statements.PAGE_AGAIN, terms):
        with transaction.atomic():
            selecting.lock(selection)
            _write(transfer, links, terms, page)
        beat()
    with transaction.atomic():
        selecting.lock(selection)
        selecting.spread(transfer.pk)
    return before - moving.count()


def _write(transfer: Transfer, links: Links, terms: selecting.Terms, page: list[int]) -> None:
    found = selecting.own_reasons(links, terms, page)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE,
            {
                "transfer": transfer.pk,
                "now": clock.now(),
                "subjects": page,
                "components": [links.of(each) for each in page],
                "reasons": [found.get(each, "") for each in page],
            },
        )
