"""A book on its way from another insurer: imported like any other, seen by nobody until its transfer says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext_lazy as _

from access import scopes
from access.models import Arriving
from custodian.errors import CustodianError
from custodian.regimes.purposes import processing_purposes
from records import merges
from records.consents.bringing import Brought
from records.identifiers.checked import warning
from records.importing.mapping import BookMapping, SourceMapping
from records.importing.targets import Kind
from records.models import Consent, ImportRun, QuarantinedRow

CONSENT_STAYED = warning(
    "consents-with-the-seller", _("只在同意时才可以做的事，原公司得到的同意不随转，须重新征得")
)
STAYED: Final = CONSENT_STAYED.code
KINDS: Final = (Kind.CUSTOMERS, Kind.POLICIES, Kind.MIXED, Kind.CLAIMS, Kind.CONSENTS)
# Numbers of the other insurer's staff and offices name nobody here, and could by chance name somebody.
THEIRS: Final = frozenset({"agent.staff_no", "unit.code"})


class NotByTransfer(CustodianError):
    """The file says what does not come with a book: work items, or who serves a customer there."""

    code = "import-not-of-a-transfer"
    status = 422
    message = _("转入的文件不能对应工作事项、工号或机构代码：原公司的人员和机构不随转")


class OnItsWay(CustodianError):
    """The run is a transfer's; what becomes of it is decided there, by two people."""

    code = "import-on-its-way"
    status = 409
    message = _("这是业务转让的文件，请在转让的“旧系统文件”页办理")


def require(mapping: BookMapping) -> None:
    """Raises `NotByTransfer`."""
    for source in mapping.sources:
        targets = {*source.columns, *source.constants}
        if source.kind not in KINDS or targets & THEIRS:
            raise NotByTransfer


def without_theirs(source: SourceMapping) -> dict[str, str]:
    """The targets of a recognised sheet that do not come along, with their headers."""
    return {target: rule.headers[0] for target, rule in source.columns.items() if target in THEIRS}


@contextmanager
def sight(run: ImportRun) -> Iterator[None]:
    """See what is on its way too, if the run brings it."""
    if run.arriving is None:
        yield
        return
    with scopes.arrivals():
        yield


def hide(run: ImportRun, subjects: Collection[int]) -> None:
    """In the transaction that registers them, so that nobody sees them for a moment.

    Who may be a customer here already is a case for two people.
    """
    if run.arriving is not None:
        merges.seek(subjects, source=run.book.code)
        Arriving.objects.bulk_create(
            Arriving(subject_id=subject, arrival=run.arriving) for subject in subjects
        )


def taken_over(run: ImportRun, words: Sequence[Brought]) -> Sequence[Brought]:
    """What she shut stays shut; a yes to what nothing but consent allows was said to somebody else."""
    if run.arriving is None:
        return words
    return [each for each in words if not _is_theirs(each.row)]


def _is_theirs(row: Consent) -> bool:
    purpose = processing_purposes().get(row.purpose)
    optional = purpose is not None and purpose.optional
    return optional and row.said == Consent.Said.GIVEN


def settle(run: ImportRun, kind: str, keys: Collection[bytes]) -> None:
    """Rows of earlier files that were set aside under these keys have come, mended."""
    known = {key for key in keys if key}
    if run.arriving is not None and known:
        QuarantinedRow.objects.filter(
            run__arriving=run.arriving,
            kind=kind,
            key_digest__in=known,
            status=QuarantinedRow.Status.OPEN,
        ).update(status=QuarantinedRow.Status.FIXED)
