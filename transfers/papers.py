"""Papers of a transfer: filed as they came, sealed under keys of their own, and each opening on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.sealed_files import Sealing, Shelf
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.regimes.routes import RouteGate, RoutePaper
from records.assessments import printing
from records.evidence.contents import Content, kind_of
from transfers import assessing, routes
from transfers.models import Stage, Transfer, TransferPaper, TransferStage
from transfers.progress.moving import NotYet

OTHER: Final = "other"
MEDIA: Final[Mapping[Content, tuple[str, str]]] = {
    Content.PDF: ("application/pdf", "pdf"),
    Content.PNG: ("image/png", "png"),
    Content.JPEG: ("image/jpeg", "jpg"),
}
State = TransferStage.State


SHELF: Final = Shelf("", "transfer-paper")


class UnknownPaper(CustodianError):
    """The route knows no such paper in this stage, and it is not said what else it is."""

    code = "transfer-paper-unknown"
    message = _("请选择这是什么文件；其他文件须写明名称")


class FiledByTheHouse(CustodianError):
    """The report of an impact assessment comes from the assessment, and from nowhere else."""

    code = "transfer-paper-of-assessment"
    status = 422
    message = _("影响评估报告由系统从已批准的评估归档，不能上传")


class Gone(CustodianError):
    """The file is not where it was put; its row stays."""

    code = "transfer-paper-gone"
    status = 410
    message = _("文件不在存储中，请联系系统管理员核对存储检查")


def file(
    transfer: Transfer,
    stage: str,
    code: str,
    content: bytes,
    *,
    name: str = "",
    channel: str = Channel.ADMIN,
    actor: Actor,
) -> TransferPaper:
    """Seal and file it, for a stage that is not over. A newer one stands for the older, which stays.

    Raises `EvidenceRefused` for what is neither PDF nor picture, `UnknownPaper`, `FiledByTheHouse`, `NotYet`.
    """
    if is_assessed(transfer, stage, code):
        raise FiledByTheHouse
    return _file(transfer, stage, code, content, name=name, channel=channel, actor=actor)


def file_assessed(
    transfer: Transfer, stage: str, code: str, *, channel: str = Channel.ADMIN, actor: Actor
) -> TransferPaper:
    """The printed report of the assessment in force. Raises `NotAssessed`, `NotYet`."""
    if not is_assessed(transfer, stage, code):
        raise UnknownPaper
    found = assessing.require(assessing.of_transfer(transfer))
    content = printing.page(found)
    return _file(transfer, stage, code, content, name="", channel=channel, actor=actor)


def is_assessed(transfer: Transfer, stage: str, code: str) -> bool:
    papers = routes.stage_of(transfer, stage).papers
    return any(each.assessed for each in papers if each.code == code)


def _file(
    transfer: Transfer, stage: str, code: str, content: bytes, *, name: str, channel: str, actor: Actor
) -> TransferPaper:  # fmt: skip
    media, _ending = MEDIA[kind_of(content)]
    paper = TransferPaper(
        transfer=transfer,
        stage=Stage(stage),
        code=code,
        name=_name(transfer, stage, code, name),
        media_type=media,
        length=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        filed_by_id=actors.person(actor),
    )
    try:
        with transaction.atomic():
            _require_open(transfer, stage)
            facts = {
                "transfer": transfer.code,
                "transfer-stage": Stage(stage).value,
                "transfer-paper": code,
                "sha256": paper.sha256,
            }
            gate.authorise(actor, Action.TRANSFER_FILE, channel=channel, facts=facts)
            out = Sealing(paper.ref, SHELF)
            try:
                out.write(content)
                out.keep()
            except BaseException:
                out.drop()
                raise
            paper.save(force_insert=True)
    except BaseException:
        SHELF.remove(paper.ref)
        raise
    return paper


def _name(transfer: Transfer, stage: str, code: str, name: str) -> str:
    """As the route calls it, in the language of the house; of something else, as whoever files it says."""
    found = routes.stage_of(transfer, stage)
    known = {each.code: each.name for each in found.papers}
    known |= {each.code: each.name for each in found.gates}
    if code in known:
        return known[code][:100]
    if code != OTHER or not name.strip():
        raise UnknownPaper
    return name.strip()[:100]


def _require_open(transfer: Transfer, stage: str) -> None:
    """What was approved stays as it was: nothing more comes to a stage that is done."""
    held = Transfer.objects.select_for_update().get(pk=transfer.pk)
    if held.status != Transfer.Status.OPEN:
        raise NotYet(_("这项转让已结束，不能再办理"))
    row = held.stages.get(stage=Stage(stage).value)
    if row.state in {State.DONE, State.NOT_NEEDED}:
        raise NotYet(_("“%(stage)s”已经完成") % {"stage": Stage(stage).label})


def open_paper(paper: TransferPaper, *, purpose: str, channel: str, actor: Actor) -> bytes:
    """The file, on record before anything of it is read. Raises `Refused`, `Gone`."""
    gate.permit(
        actor,
        Action.TRANSFER_PAPER_READ,
        purpose=purpose,
        channel=channel,
        facts={"transfer": paper.transfer.code, "sha256": paper.sha256, "paper": str(paper.ref)},
    )
    try:
        return b"".join(SHELF.read(paper.ref))
    except (FileNotFoundError, NoKey):
        raise Gone from None


def label(paper: TransferPaper) -> str:
    """As the route calls it, in the reader's language; another one as it was called."""
    found = routes.stage_of(paper.transfer, paper.stage)
    things: list[RoutePaper | RouteGate] = [*found.papers, *found.gates]
    return next((routes.name(each) for each in things if each.code == paper.code), paper.name)


def file_name(paper: TransferPaper) -> str:
    """Neutral: what a paper is about does not stand in a download's name."""
    ending = dict(MEDIA.values())[paper.media_type]
    return f"{paper.transfer.code}-{paper.stage}-{paper.sha256[:8]}.{ending}"
