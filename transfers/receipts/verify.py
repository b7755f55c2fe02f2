"""Verify the two papers of a portfolio transfer offline, trusting neither insurer.

    python verify.py [FOLDER]

Needs Python 3.11 and the package `cryptography`, and nothing of the insurers' software. FOLDER holds
acceptance.json, release.json, buyer.pem and seller.pem. That the keys are theirs is for you to settle: have
both insurers read the fingerprints out to you.

Exit 0: both papers hold and belong together. 1: something does not. 2: a file is missing or no such paper.
3: the acceptance holds and the release answers it, but the seller signed on paper: no program can check the
sheet whose SHA-256 is shown. Then there is no seller.pem.
Signature: Ed25519 (RFC 8032) over parts, each one type letter, its length in four big-endian bytes, its
bytes: "custodian signature 1", the paper's format, and the paper without `signature` as canonical JSON.
"""

from __future__ import annotations

import json
import struct
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

DOMAIN: Final = b"custodian signature 1"
WHOLE, BROKEN, UNREADABLE, BY_HAND = 0, 1, 2, 3
ON_PAPER: Final = "custodian hand-over release on paper 1"
# The paper, whose signature it carries, and what it calls itself.
PAPERS: Final = (
    ("acceptance", "buyer", "custodian hand-over acceptance 1"),
    ("release", "seller", "custodian hand-over release 1"),
)


def key_of(folder: Path, party: str) -> Ed25519PublicKey:
    key = load_pem_public_key((folder / f"{party}.pem").read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(party)  # noqa: TRY004  told like every other file that is none
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """As the insurers read it out: thirty-two hexadecimal digits in groups of four."""
    digest = sha256(key.public_bytes_raw()).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def holds(paper: dict[str, Any], form: str, key: Ed25519PublicKey) -> bool:
    said = {name: value for name, value in paper.items() if name != "signature"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    parts = ((b"s", DOMAIN), (b"s", form.encode()), (b"b", text))
    message = b"".join(struct.pack(">cI", kind, len(body)) + body for kind, body in parts)
    try:
        key.verify(bytes.fromhex(paper["signature"]), message)
    except InvalidSignature:
        return False
    return bool(said["format"] == form)


def belong(papers: dict[str, dict[str, Any]], acceptance: bytes) -> bool:
    """Both name one transfer and the same two, and the release answers exactly this acceptance."""
    first, second = papers["acceptance"], papers["release"]
    named = ("transfer",) if second["format"] == ON_PAPER else ("transfer", "seller", "buyer")
    same = all(first[name] == second[name] for name in named)
    return same and second["acceptance"] == sha256(acceptance).hexdigest()


def main(folder: Path) -> int:
    found, papers = WHOLE, {}
    for name, party, form in PAPERS:
        papers[name] = json.loads((folder / f"{name}.json").read_bytes())
        if name == "release" and papers[name]["format"] == ON_PAPER:
            say(
                f"release: on paper, signed by hand 纸质文件，手写签字\n  {papers[name]['paper_sha256']}"
            )
            found = found or BY_HAND
            continue
        key = key_of(folder, party)
        held = holds(papers[name], form, key)
        say(f"{name}: {'signature holds 签名相符' if held else 'SIGNATURE DOES NOT HOLD 签名不符'}")
        say(f"  {party} {fingerprint(key)}")
        found = found if held else BROKEN
    together = belong(papers, (folder / "acceptance.json").read_bytes())
    say("one transfer 属于同一笔转让" if together else "NOT OF ONE TRANSFER 不属于同一笔转让")
    return found if together else BROKEN


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        say("a file is missing or is no paper of this kind 文件缺失，或不是这种文件")
        sys.exit(UNREADABLE)
