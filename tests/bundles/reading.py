"""A bundle as somebody reads it who has nothing of ours but the file `verify.py`; and one changed by hand."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custodian.tlog import verify

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = ("custodian", "access", "records", "django", "psycopg2", "typst")
# The verifier at home: cryptography and the standard library, no socket, no file but for reading.
LAUNCH = f"""
import importlib.util, runpy, sys
sys.path[:] = [*(at for at in sys.path if "site-packages" not in at), sys.argv.pop(1)]
found = [name for name in {OURS!r} if importlib.util.find_spec(name)]
assert not found, found
def watch(event, facts):
    opened = event == "open" and isinstance(facts[1], str) and set(facts[1]) & set("wax+")
    if opened or event.startswith(("socket.", "subprocess.", "os.system", "urllib.")):
        sys.stderr.write(f"{{event}} {{facts}}")
        sys.exit(99)
sys.addaudithook(watch)
sys.argv[0] = "verify.py"
runpy.run_path("verify.py", run_name="__main__")
"""


@dataclass(frozen=True)
class Verdict:
    code: int
    text: str

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.text))

    @property
    def word(self) -> str:
        return self.text.split()[0].rstrip(":")


class Home:
    """A folder of a supervisor with the verifier in it, and a Python that knows only what that needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._libraries = folder / "libraries"
        self._libraries.mkdir(parents=True)
        (folder / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
        packages = Path(next(at for at in sys.path if at.endswith("site-packages")))
        for pattern in ("cryptography", "cffi", "pycparser", "_cffi_backend*.so"):
            for found in packages.glob(pattern):
                (self._libraries / found.name).symlink_to(found)

    def verify(
        self, bundle: Path | str, *options: str, lang: str = "en_US.UTF-8", **more: str
    ) -> Verdict:
        """What the command says, run as a process of its own; nothing may stand in its error output."""
        command = [
            sys.executable,
            "-I",
            "-B",  # a fresh installation would write its bytecode beside it
            "-S",
            "-c",
            LAUNCH,
            str(self._libraries),
            str(bundle),
            *options,
        ]
        ran = subprocess.run(
            command, cwd=self.folder, env={"LANG": lang, **more}, capture_output=True, check=False
        )
        assert ran.stderr == b"", ran.stderr.decode()
        return Verdict(ran.returncode, ran.stdout.decode())

    def keep(self, name: str, content: str | bytes) -> str:
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(raw)
        return name


def judged(path: Path, *options: str) -> Verdict:
    """The same command in this process: quicker, for what is tried many times."""
    out, before = io.StringIO(), sys.stdout
    sys.stdout = out
    try:
        code = verify.main([str(path), *options])
    finally:
        sys.stdout = before
    return Verdict(code, out.getvalue())


@dataclass
class Parts:
    """The parts of a bundle; whoever changes them patches whatever counts or names them."""

    parts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Path | bytes) -> Parts:
        opened = io.BytesIO(source) if isinstance(source, bytes) else source
        with zipfile.ZipFile(opened) as bundle:
            return cls({name: bundle.read(name) for name in bundle.namelist()})

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads(self.parts["MANIFEST.json"]))

    def say(self, **facts: Any) -> None:
        """Put facts into the manifest, with the hashes of the parts as they are now."""
        manifest = self.manifest
        digests = {name: hashlib.sha256(self.parts[name]).hexdigest() for name in self.parts}
        manifest["files"] = {name: digests[name] for name in manifest["files"] if name in digests}
        text = json.dumps({**manifest, **facts}, ensure_ascii=False, indent=1, sort_keys=True)
        self.parts["MANIFEST.json"] = f"{text}\n".encode()

    def entries(self) -> dict[int, dict[str, Any]]:
        """The entries that are handed over, by index."""
        return {
            index: json.loads(raw)
            for name in self.parts
            if (block := _block(name)) is not None
            for index, raw in enumerate(_split(self.parts[name], 2), block * 256)
            if raw
        }

    def shown(self) -> set[int]:
        """The indexes that were asked for, without what only supports the proof."""
        return {int(row["index"]) for row in self.rows()}

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.parts["entries.csv"].decode("utf-8-sig"))))

    def rolls(self) -> list[dict[str, Any]]:
        return list(json.loads(self.parts["rolls.json"]))

    def set_rolls(self, rows: Iterable[Any]) -> None:
        self.parts["rolls.json"] = json.dumps(list(rows)).encode()

    def marks(self, index: int) -> set[bytes]:
        """The customers' marks of one entry."""
        tags = _split(self.parts[self._part_of(index, 4)], 4)[index % 256]
        return {tags[at : at + 16] for at in range(0, len(tags), 16)}

    def hide(self, *indexes: int) -> None:
        """Withhold entries as if nobody had asked for them: bytes, marks, line and count."""
        for index in indexes:
            for prefix in (2, 4):
                name = self._part_of(index, prefix)
                rows = _split(self.parts[name], prefix)
                rows[index % 256] = b""
                self.parts[name] = _join(rows, prefix)
        lines = self.parts["entries.csv"].splitlines(keepends=True)
        gone = tuple(b"%d," % index for index in indexes)
        kept = [line for line in lines if not line.startswith(gone)]
        self.parts["entries.csv"] = b"".join(kept)
        self.say(disclosed=self.manifest["disclosed"] - (len(lines) - len(kept)))

    def change(self, index: int, old: bytes, new: bytes) -> str:
        """Put other bytes of the same length into one entry; gives the part's name."""
        name = self._part_of(index, 2)
        assert self.parts[name].count(old) == 1
        assert len(old) == len(new)
        self.parts[name] = self.parts[name].replace(old, new)
        return name

    def add(self, name: str, content: bytes) -> None:
        """One more part beside the tree, which the manifest names."""
        self.parts[name] = content
        manifest = self.manifest
        manifest["files"][name] = ""
        self.parts["MANIFEST.json"] = json.dumps(manifest).encode()
        self.say()

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, content in self.parts.items():
                bundle.writestr(name, content)
        return path

    def _part_of(self, index: int, prefix: int) -> str:
        found = [name for name in self.parts if _block(name) == index // 256]
        (name,) = found
        return name if prefix == 2 else name.replace("tile/entries", "tags")


def _block(name: str) -> int | None:
    found = re.fullmatch(r"tile/entries/((?:x\d{3}/)*\d{3})(\.p/\d+)?", name)
    return int(re.sub(r"\D", "", found.group(1))) if found else None


def _split(raw: bytes, prefix: int) -> list[bytes]:
    rows, file = [], io.BytesIO(raw)
    while head := file.read(prefix):
        rows.append(file.read(int.from_bytes(head, "big")))
    return rows


def _join(rows: Iterable[bytes], prefix: int) -> bytes:
    return b"".join(len(row).to_bytes(prefix, "big") + row for row in rows)
