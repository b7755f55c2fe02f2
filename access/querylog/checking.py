"""One entry checked now: its bytes, its way to the root, and who signed that root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from access.models import Entry
from access.querylog import proofs
from access.querylog.heads import trust
from custodian.tlog.verify import Failed, leaf_hash, verify_inclusion


@dataclass(frozen=True)
class Checked:
    """For the *why* component: a verdict, and what speaks for or against it."""

    heading: str
    tone: str
    facts: list[tuple[str, Any, Any]]


def checked(entry: Entry) -> Checked:
    try:
        proof = proofs.inclusion(entry.id)
    except proofs.NoSuchProof:
        words = _("这一条还没有封存，请稍候再核验")
        return Checked(_("尚未封存"), "plain", [("dash", words, "")])
    mine = leaf_hash(entry.leaf.encode())
    same = mine == proof.leaf
    leads = verify_inclusion(mine, proof.index, proof.size, proof.path, proof.root)
    facts: list[tuple[str, Any, Any]] = [
        (_mark(same), _("条目的指纹与封存时的相同") if same else _("条目不是封存时的那一条"), ""),
        (
            _mark(leads),
            (_("经 %(count)s 步算到 %(size)s 条的根") if leads else _("算不到 %(size)s 条的根"))
            % {"count": len(proof.path), "size": f"{proof.size:,}"},
            "",
        ),
        *_signed(proof),
    ]
    whole = all(mark != "no" for mark, _words, _link in facts)
    return Checked(
        _("刚刚核验：一致") if whole else _("刚刚核验：不一致"),
        "allow" if whole else "refuse",
        facts,
    )


def _signed(proof: proofs.Inclusion) -> list[tuple[str, Any, Any]]:
    policy, head = trust(), proof.head
    if policy is None or head is None:
        return [("dash", _("没有核验策略，签名未核对"), "")]
    try:
        known = head.checkpoint
        policy.log_time(known)
        fits = known.root == proof.root
        seen = policy.seen_by(known)
    except Failed:
        return [("no", _("检查点的签名不是日志密钥所签"), "")]
    witnesses = _("、").join(sorted(seen)) or _("无")
    return [
        (_mark(fits), _("该根由日志密钥签署") if fits else _("检查点的根与条目不符"), ""),
        ("ok" if seen else "dash", _("见证：%(who)s") % {"who": witnesses}, ""),
    ]


def _mark(well: bool) -> str:  # noqa: FBT001  one truth, one word
    return "ok" if well else "no"
