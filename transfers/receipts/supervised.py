"""What a supervisor sees of a hand-over: both papers with their signatures checked, packages, lines, counts.

No customer is named, and nothing is opened. Rows that only a piece of the system reaches are counted by it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, scopes
from custodian import clock
from transfers import hand_over_board, identity, signed
from transfers.models import (
    Agreement,
    Arrival,
    Chosen,
    Counterparty,
    IdentityKey,
    Receipt,
    Responsible,
    Share,
    SharedCopy,
    Transfer,
)
from transfers.receipts import papers, reconciling, register, sent, verify
from transfers.receiving import files as come

ACTOR: Final = "receiver"
LABELS: Final[Mapping[str, Any]] = {
    "acceptance": gettext_lazy("接收确认"),
    "release": gettext_lazy("转出确认"),
}
_FORMS: Final = {"acceptance": papers.ACCEPTANCE, "release": papers.RELEASE}
_SIGNERS: Final = {"acceptance": Transfer.Side.BUYER, "release": Transfer.Side.SELLER}
_INSTANT: Final = timedelta(seconds=1)
_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the same files are the same archive


@dataclass(frozen=True)
class Paper:
    """One of the two; `held` says whether its signature was checked just now and is that party's."""

    name: str
    by: str
    at: datetime
    sha256: str
    held: bool
    key: str  # its fingerprint, empty where no confirmed key signed it
    by_hand: str = ""  # SHA-256 of the sheet where a party without an installation signed on paper

    @property
    def label(self) -> Any:
        return LABELS[self.name]


@dataclass(frozen=True)
class Sent:
    """One line of the register of packages."""

    number: int
    content: Any
    at: datetime
    customers: int
    root: str
    records_root: str
    state: Any
    refused: str


@dataclass(frozen=True)
class Partner:
    """What was given to a partner; `customers` is of how many of this transfer it holds copies."""

    name: str
    agreements: int
    unproven: int
    shares: int
    customers: int


def facts(transfer: Transfer) -> dict[str, Any]:
    receipt = Receipt.objects.filter(transfer=transfer).first()
    return {
        "seat_panel": {"seats": hand_over_board.seats(transfer)},
        "receipt": receipt,
        "signed": list(signed_papers(transfer, receipt)),
        "takes": bool(receipt and receipt.release),
        "packages": list(packages(transfer)),
        "lines": reconciling.lines(transfer) if not transfer.is_sellers else [],
        "sent": [(reconciling.NAMES[name], n) for name, n in sent.lines(transfer).items()],
        "moments": list(moments(transfer, receipt)),
        "partners": list(partners(transfer)),
    }


def signed_papers(transfer: Transfer, receipt: Receipt | None) -> Iterator[Paper]:
    if receipt is None:
        return
    for name, at in (("acceptance", receipt.accepted_at), ("release", receipt.released_at)):
        content = bytes(getattr(receipt, name))
        if not content or at is None:
            continue
        key = _signer(transfer, name, content)
        yield Paper(
            name=name,
            by=_party(transfer, _SIGNERS[name]),
            at=at,
            sha256=sha256(content).hexdigest(),
            held=key is not None,
            key=identity.fingerprint(key) if key else "",
            by_hand=_by_hand(content),
        )


def _party(transfer: Transfer, side: str) -> str:
    if side != transfer.side:
        return str(transfer.counterparty)
    return hand_over_board.own_name()


def _by_hand(content: bytes) -> str:
    said = json.loads(content)
    return str(said["paper_sha256"]) if said.get("format") == verify.ON_PAPER else ""


def _signer(transfer: Transfer, name: str, content: bytes) -> Ed25519PublicKey | None:
    """Which of the party's confirmed keys signed it; one that was ended since signed it all the same."""
    for key in _keys(transfer, _SIGNERS[name]):
        try:
            signed.read(_FORMS[name], content, key=key)
        except signed.BadPaper:
            continue
        return key
    return None


def _keys(transfer: Transfer, side: str) -> list[Ed25519PublicKey]:
    if side == transfer.side:
        return [identity.own_key().public_key()]
    rows = IdentityKey.objects.filter(
        counterparty=transfer.counterparty, confirmed_at__isnull=False
    )
    return [Ed25519PublicKey.from_public_bytes(bytes(each.public)) for each in rows]


def packages(transfer: Transfer) -> Iterator[Sent]:
    """In their order; what was refused stands there with its reason."""
    if transfer.is_sellers:
        for job in transfer.hand_overs.order_by("number"):
            root = str((job.manifest or {}).get("root", ""))
            yield Sent(
                job.number, job.get_content_display(), job.finished_at or job.created_at,
                job.done, job.root, root, job.get_status_display(), "",
            )  # fmt: skip
        return
    yield from _files(transfer)
    for row in transfer.arrivals.order_by("pk"):
        refused = row.note if row.stage == Arrival.Stage.REFUSED else ""
        yield Sent(
            row.number, row.get_content_display(), row.created_at, row.done, row.root,
            row.records_root, row.get_stage_display(), refused,
        )  # fmt: skip


def _files(transfer: Transfer) -> Iterator[Sent]:
    """What came in place of packages; the root is the fingerprint of the file."""
    runs = come.runs_of(transfer).filter(dry_run=False).order_by("pk")
    came = ((run, each) for run in runs for each in run.files.order_by("pk"))
    for number, (run, each) in enumerate(came, 1):
        yield Sent(
            number, _("文件"), run.created_at, 0, bytes(each.digest).hex(), "", run.get_status_display(), "",
        )  # fmt: skip


def moments(transfer: Transfer, receipt: Receipt | None) -> Iterator[tuple[Any, datetime, Any]]:
    """Who answers for how many: just before the moment, from it on, and now."""
    if receipt is None or receipt.live_at is None:
        return
    asked = (
        (_("交接时点之前"), receipt.live_at - _INSTANT),
        (_("交接时点起"), receipt.live_at),
        (_("现在"), clock.now()),
    )
    with scopes.acting(actors.system(ACTOR)), scopes.arrivals():
        for label, at in asked:
            yield label, at, hand_over_board.named(transfer, register.counts(transfer, at=at))


def partners(transfer: Transfer) -> Iterator[Partner]:
    """The other insurer, and every partner who holds copies of who moves; counts alone."""
    with scopes.acting(actors.system(ACTOR)), scopes.arrivals():
        copies = (
            SharedCopy.objects.live()
            .filter(subject__in=_moving(transfer))
            .values_list("share__agreement__counterparty")
            .annotate(n=Count("subject", distinct=True))
        )
        held = dict(copies)
    rows = Counterparty.objects.filter(pk__in={transfer.counterparty_id, *held})
    for each in rows:
        agreements = Agreement.objects.filter(counterparty=each)
        yield Partner(
            name=str(each),
            agreements=agreements.running().count(),
            unproven=agreements.unproven().count(),
            shares=Share.objects.filter(
                agreement__counterparty=each, approved_at__isnull=False
            ).count(),
            customers=held.get(each.pk, 0),
        )


def _moving(transfer: Transfer) -> Any:
    """Those of the register, before the receipt those who are chosen."""
    registered = Responsible.objects.filter(transfer=transfer).values("subject")
    if registered.exists() or not transfer.is_sellers:
        return registered
    return Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN).values("subject")


def archive(transfer: Transfer, receipt: Receipt) -> bytes:
    """Both papers byte by byte, both public keys, and what it takes to check them without us."""
    files = {
        "acceptance.json": bytes(receipt.acceptance),
        "release.json": bytes(receipt.release),
        "README.txt": _read_me(transfer).encode(),
        "verify.py": Path(__file__).with_name("verify.py").read_bytes(),
        "packages.json": _packages_file(transfer),
    }
    for name, side in _SIGNERS.items():
        key = _signer(transfer, name, files[f"{name}.json"])
        if key is not None:
            pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            files[f"{side.value}.pem"] = pem
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            target.writestr(zipfile.ZipInfo(name, _ZIP_DAY), files[name])
    return out.getvalue()


def _packages_file(transfer: Transfer) -> bytes:
    rows = [
        {
            "number": each.number,
            "at": each.at.isoformat(),
            "customers": each.customers,
            "root": each.root,
            "records_root": each.records_root,
            "refused": each.refused,
        }
        for each in packages(transfer)
    ]
    return f"{json.dumps(rows, ensure_ascii=False, indent=1)}\n".encode()


def _read_me(transfer: Transfer) -> str:
    return f"""{transfer.code} · {transfer.ref}

核验（不需要联网，不用我们的软件，只需 Python 3.11 与 cryptography）：
  python verify.py .
退出码 0：两份文件的签名都相符，属于同一笔转让。1：有一处不符。2：文件缺失或不是这种文件。
3：接收确认的签名相符，转出确认答复的正是它，但转出方在纸上签字（没有 seller.pem）：请到本公司看那张纸，
核对程序显示的 SHA-256。
acceptance.json 由受让方签名：收到的移交包、根值与数目。release.json 由转出方签名：交接时点，
并写明它所答复的 acceptance.json 的 SHA-256。packages.json 是本公司的移交包登记，没有签名。
公钥是不是那家公司的，请您用另一种方式请两家公司各自读出指纹，与程序显示的比对。

To verify (offline, without our software, with Python 3.11 and cryptography):
  python verify.py .
Exit 0: both signatures hold and both papers are of one transfer. 1: something does not hold.
2: a file is missing or is no such paper. 3: the acceptance holds and the release answers it, but the seller
signed on paper (there is no seller.pem): look at the sheet here and compare the SHA-256 that is shown.
acceptance.json is signed by the buyer: packages, roots and counts
as it has them. release.json is signed by the seller: the moment, and the SHA-256 of the acceptance that it
answers. packages.json is this insurer's own register and not signed. Whether the keys are theirs: have both
insurers read the fingerprints out to you by another way, and compare them with what the program prints.
"""
