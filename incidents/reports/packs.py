"""Files that leave together: a zip whose signed manifest names each by its SHA-256, and checking one."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from transfers import identity, signed

INCIDENT: Final = "custodian referral pack 1"
FRAUD: Final = "custodian fraud referral pack 1"
TRACE: Final = "custodian leak trace pack 1"
MANIFEST: Final = "manifest.json"
Said = dict[str, Any]


@dataclass(frozen=True)
class Pack:
    content: bytes
    sha256: str
    pieces: int


def zipped(form: str, said: Said, parts: Mapping[str, bytes]) -> bytes:
    """The files, and a signed manifest of them that says whose they are."""
    names = settings.CUSTODIAN_INSURER_NAME
    files = {name: hashlib.sha256(body).hexdigest() for name, body in parts.items()}
    whole = {**said, "insurer": {"zh": names["zh"], "en": names["en"]}, "files": files}
    manifest = signed.write(form, whole, key=identity.own_key())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, body in {MANIFEST: manifest, **parts}.items():
            pack.writestr(name, body)
    return out.getvalue()


def encoded(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def check(content: bytes, *forms: str) -> Said:
    """What the manifest says, if every file is the one that it names. Raises `transfers.signed.BadPaper`.

    `forms`: the kinds of pack that it may be; without any, those for the police.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = pack.namelist()
            said = _read(pack.read(MANIFEST), forms or (INCIDENT, FRAUD))
            found = {
                name: hashlib.sha256(pack.read(name)).hexdigest()
                for name in names
                if name != MANIFEST
            }
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise signed.BadPaper from None
    if len(names) != len(set(names)) or found != said["files"]:
        raise signed.BadPaper
    return said


def _read(manifest: bytes, forms: Sequence[str]) -> Said:
    key = identity.own_key().public_key()
    for form in forms:
        with contextlib.suppress(signed.BadPaper):
            return signed.read(form, manifest, key=key)
    raise signed.BadPaper
