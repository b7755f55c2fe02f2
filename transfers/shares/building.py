"""Makes the file of a share: the same kind of file as an export, read in the partner's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import override

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports import builders, files
from access.exports.building import Build, Built, OnProgress
from access.exports.files import Title
from access.exports.fingerprint import Mark
from access.vocabulary import Purpose
from records import vault
from records.exporting import Customers
from transfers.models import Share, SharedCopy
from transfers.shares import holding
from transfers.shares.reading import partner_of


class ShareBuild(Build):
    """What is read for the partner is noted as his copy; what marks the file is nobody's."""

    def __init__(self, share: Share) -> None:
        super().__init__(share, partner_of(share))
        self.share = share
        self.copies: list[SharedCopy] = []

    def asked_by(self, subjects: Sequence[int]) -> Actor:
        return partner_of(self.share, subjects=subjects)

    def read(self, subjects: Sequence[int], actor: Actor) -> dict[int, Mapping[str, str]]:
        if actor is self.exporter:
            return super().read(subjects, actor)
        builder = self.builder
        assert isinstance(builder, Customers)  # noqa: S101  shares are made by no other
        with scopes.acting(actor):
            permit = gate.permit(
                actor,
                Action.SHARE_READ,
                purpose=self.share.purpose,
                channel=self.share.channel,
                subjects=subjects,
                elements=self.share.elements,
                facts={"share": self.share.code},
            )
            plains = vault.reveal(permit)
            rows: dict[int, Mapping[str, str]] = dict(builder.drawn(permit, plains))
        self.copies += holding.drafts(self.share, rows, plains, entry=permit.entry)
        return rows


def build(
    share: Share, out: IO[bytes], *, on_progress: OnProgress
) -> tuple[Built, list[SharedCopy]]:  # fmt: skip
    """Write the file; what of it must be noted comes back, for the transaction that finishes it."""
    work = ShareBuild(share)
    with override(share.language):
        title = Title(_notice(share, work.built.mark), builders.heads(work.builder, work.columns))
        lines = work.lines(on_progress)
        for part in files.WRITERS[share.format](title, lines, work.built.mark):
            out.write(part)
    return work.built, work.copies


def _notice(share: Share, mark: Mark) -> list[str]:
    purpose = dict(Purpose.choices).get(share.purpose, share.purpose)
    return [
        _("提供 %(code)s") % {"code": share.code},
        _("接收方：%(who)s") % {"who": share.agreement.counterparty.name},
        _("仅限用途：%(purpose)s") % {"purpose": purpose},
        _("指纹 %(id)s，外泄可追查到接收方") % {"id": mark.id},
    ]
