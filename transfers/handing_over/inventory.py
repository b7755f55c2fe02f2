"""What a package is held against: who is in it and what she had at the freeze, counted not by its maker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection
from django.utils.translation import override

from access import machine_reads
from access.actions import Action
from access.actors import Actor
from custodian import elements
from records.notices import in_force
from transfers import chosen, freezing
from transfers.freezing import sums
from transfers.handing_over.collecting import codes
from transfers.models import Chosen, Content, FrozenLine, HandOver
from transfers.packages.manifest import ElementPart, Line

PAGE: Final = 500


def subjects(job: HandOver, *, after: int = 0) -> Iterator[int]:
    """In the order of their ordinals: everybody who moves, or those of them whom a later package names."""
    if job.content == Content.BOOK:
        yield from chosen.manifest(job.transfer, after=after)
    else:
        moving = Chosen.objects.filter(
            transfer=job.transfer,
            state=Chosen.State.IN,
            subject__in=job.only or [],
            subject_id__gt=after,
        )
        yield from moving.order_by("subject_id").values_list("subject_id", flat=True)


def count(job: HandOver) -> int:
    if job.content == Content.BOOK:
        return int(chosen.counts(job.transfer)["moving"])
    return sum(1 for _each in subjects(job))


def lines(job: HandOver, *, actor: Actor) -> Iterator[Line]:
    """One for each customer of the package; each page that is opened has its entry in the log first."""
    seal, page = sums.Seal(job.transfer), list[int]()
    for subject in subjects(job):
        page.append(subject)
        if len(page) == PAGE:
            yield from _page(job, page, seal, actor)
            page = []
    yield from _page(job, page, seal, actor)


def _page(job: HandOver, page: list[int], seal: sums.Seal, actor: Actor) -> Iterator[Line]:
    if not page:
        return
    machine_reads.read(
        Action.TRANSFER_PACK,
        subjects=page,
        elements=[sums.PREMIUM, sums.SUM],
        facts={"transfer": job.transfer.code, "package": str(job.package)},
        actor=actor,
    )
    rows = FrozenLine.objects.filter(transfer=job.transfer, subject__in=page)
    for row in rows.order_by("subject_id"):
        found = list(seal.open(row.subject_id, row.sums_sealed))
        yield Line(
            ref=row.ref,
            counts=row.counts,
            premiums={each.policy: each.premium or "" for each in found},
            sums={each.policy: each.sum_insured or "" for each in found},
        )


def totals(job: HandOver) -> dict[str, str]:
    """Of the whole transfer as frozen, for who moves as it stands now; amounts in their currency.

    Looks go on after the freeze, and are counted as they were sent.
    """
    found = freezing.totals(job.transfer)
    said = {name: str(number) for name, number in found.counts.items()}
    said["looks"] = str(_looked(job))
    for currency, money in found.money.items():
        said[f"premium {currency}"] = str(money.premium)
        said[f"sum_insured {currency}"] = str(money.sum_insured)
    return said


def _looked(job: HandOver) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, {"transfer": job.transfer_id, "number": job.number})
        return int(cursor.fetchone()[0])


_LOOKED: Final = """
SELECT coalesce(sum(looked), 0) FROM (
    SELECT DISTINCT ON (r.subject_id) r.looked
    FROM transfers_sentrecord r JOIN transfers_handover h ON h.id = r.hand_over_id
    JOIN transfers_chosen c ON c.transfer_id = h.transfer_id AND c.subject_id = r.subject_id
    WHERE h.transfer_id = %(transfer)s AND h.number <= %(number)s AND c.state = 'in'
    ORDER BY r.subject_id, h.number DESC
) newest
"""


def stayed(job: HandOver) -> dict[str, int]:
    """How many stay, by reason; too few to tell of are not told."""
    return dict(chosen.counts(job.transfer)["staying"])


def left(job: HandOver) -> list[str]:
    """Who was in an earlier package and stays after all, by reference."""
    if job.number == 1:
        return []
    gone = Chosen.objects.filter(transfer=job.transfer, state=Chosen.State.OUT)
    sent = job.transfer.hand_overs.filter(number__lt=job.number)
    rows = gone.filter(subject__sentrecord__hand_over__in=sent)
    return sorted(set(rows.values_list("subject__customer__ref", flat=True)))


def notice() -> str:
    """The rules of processing that customers were told of last, by version."""
    return in_force.notice_in_force()


def catalogue() -> list[ElementPart]:
    found = []
    for code in codes():
        element = elements.get(code)
        with override("en"):
            english = str(element.label)
        with override("zh-hans"):
            chinese = str(element.label)
        found.append(
            ElementPart(
                code=code,
                cls=element.cls.value,
                level=element.level,
                sensitive=element.sensitive,
                mask=getattr(element.mask, "__name__", "mask"),
                purposes=sorted(element.purposes),
                basis=element.basis,
                zh=chinese,
                en=english,
            )
        )
    return found
