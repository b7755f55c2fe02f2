"""The root keys: versioned KEKs that wrap DEKs, and roots that other keys are derived from."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.crypto import canonical
from custodian.crypto.committing import SECRET_LENGTH, derive
from custodian.crypto.errors import KeyringExists, KeyringSealed
from custodian.crypto.keks import KekProvider, LocalKeks, WrappedKey
from custodian.crypto.key_file import KeyFile, Roots, Series, parse
from custodian.crypto.pkcs11_keks import Address, TokenKeks, token_at
from custodian.crypto.suites import Suite

__all__ = ["Address", "FileKeyring", "KekProvider", "Keyring", "LocalKeks", "WrappedKey"]

WRAP_DOMAIN = "custodian wrapped key 1"
INDEX_SALT = b"custodian index 1"
SECRET_SALT = b"custodian secret 1"
SIGNING_SALT = b"custodian signing 1"


class Keyring:
    """Every key of one insurer's installation, or the way to it."""

    def __init__(
        self,
        *,
        insurer: str,
        suite: Suite,
        keks: KekProvider,
        roots: Roots,
        indexes: Series | None = None,
    ) -> None:
        self.insurer = insurer
        self.suite = suite
        self._keks = keks
        self._roots = roots
        self._indexes = indexes or Series.first(roots.source, "")
        self._derived: dict[tuple[bytes, int, str], bytes] = {}

    @property
    def current_kek(self) -> int:
        return self._keks.current

    def new_dek(self) -> bytes:
        return os.urandom(SECRET_LENGTH)

    def wrap(self, dek: bytes, *, context: bytes) -> WrappedKey:
        return self._keks.wrap(dek, aad=self._aad(context))

    def unwrap(self, wrapped: WrappedKey, *, context: bytes) -> bytes:
        return self._keks.unwrap(wrapped, aad=self._aad(context))

    def rewrap(self, wrapped: WrappedKey, *, context: bytes) -> WrappedKey:
        """The same key under the current KEK."""
        aad = self._aad(context)
        return self._keks.wrap(self._keks.unwrap(wrapped, aad=aad), aad=aad)

    @property
    def current_index(self) -> int:
        return self._indexes.current

    @property
    def index_versions(self) -> tuple[int, ...]:
        """The versions of blind indexes that may lie in the database, the one to write with first."""
        others = (number for number in self._indexes.keys if number != self._indexes.current)
        return (self._indexes.current, *sorted(others))

    def index_key(self, element: str, *, version: int = 0) -> bytes:
        """The key of an element's blind index; version 0 is the current one. Raises `KeyringSealed`."""
        number = version or self._indexes.current
        root = self._indexes.keys.get(number)
        if root is None:
            raise KeyringSealed("unknown-kek")
        return self._derive(INDEX_SALT, root, element, number=number)

    def source_key(self, name: str) -> bytes:
        """The key of fingerprints that never change, because what they were made of is not kept."""
        return self._derive(INDEX_SALT, self._roots.source, name)

    def secret(self, label: str) -> bytes:
        return self._derive(SECRET_SALT, self._roots.general, label)

    def signing_key(self, name: str) -> Ed25519PrivateKey:
        seed = self._derive(SIGNING_SALT, self._roots.signing, name)
        return Ed25519PrivateKey.from_private_bytes(seed)

    def _aad(self, context: bytes) -> bytes:
        return canonical.encode(WRAP_DOMAIN, int(self.suite), self.insurer, context)

    def _derive(self, salt: bytes, root: bytes, name: str, *, number: int = 0) -> bytes:
        if (salt, number, name) not in self._derived:
            info = canonical.encode(self.insurer, name)
            self._derived[salt, number, name] = derive(root, salt=salt, info=info)
        return self._derived[salt, number, name]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.insurer}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")


class FileKeyring(Keyring):
    """A keyring in one file that only its owner can read. Loading never makes a key.

    With a `token` the KEKs are there, and the file has their numbers and dates, and the roots.
    """

    def __init__(self, path: Path, content: KeyFile, token: Address | None = None) -> None:
        self.path = path
        self._token = token
        self._use(content)

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        insurer: str,
        suite: Suite,
        test: bool = False,
        token: Address | None = None,
    ) -> Self:
        content = KeyFile.generate(
            insurer=insurer, suite=suite, test=test, device=token is not None
        )
        if path.exists():
            raise KeyringExists
        if token is not None:
            _keks_on(token, content).make(content.keks.current)
        with _written_aside(path, content.dump()) as fresh:
            try:
                # A link refuses an existing file, and nobody ever reads half a keyring.
                path.hardlink_to(fresh)
            except FileExistsError:
                raise KeyringExists from None
        return cls(path, content, token)

    @classmethod
    def load(
        cls, path: Path, *, insurer: str, allow_test: bool = False, token: Address | None = None
    ) -> Self:
        content = parse(_read_private(path))
        if content.insurer != insurer:
            raise KeyringSealed("wrong-insurer")
        if content.test and not allow_test:
            raise KeyringSealed("test-key")
        if content.device != (token is not None):
            raise KeyringSealed("wrong-provider")
        if token is not None:
            _keks_on(token, content).check()
        return cls(path, content, token)

    @property
    def keks(self) -> Series:
        return self._content.keks

    @property
    def indexes(self) -> Series:
        return self._content.indexes

    def same_as(self, other: FileKeyring) -> bool:
        return self._content == other._content

    def add_kek(self) -> int:
        """Make a new KEK the current one; earlier ones still unwrap."""
        self.use_kek(self.prepare_kek())
        return self.current_kek

    def prepare_kek(self, *, at: datetime | None = None) -> int:
        """Make a new KEK that is used for nothing yet, so that every process can learn of it first.

        One that was prepared and never used is taken up again.
        """
        self._change(lambda content: content if _waits(content.keks) else content.with_new_kek(at))
        return self.keks.issued

    def use_kek(self, number: int) -> None:
        """Wrap with this one from now on."""
        self._change(lambda content: replace(content, keks=content.keks.using(number)))

    def destroy_kek(self, number: int) -> None:
        """Forget an earlier KEK: whatever is still wrapped by it never opens again."""
        self._change(lambda content: replace(content, keks=content.keks.without(number)))

    def prepare_index(self, *, at: datetime | None = None) -> int:
        """The same for the root of the blind indexes: searches look with it before anything is written."""
        self._change(
            lambda content: content if _waits(content.indexes) else content.with_new_index(at)
        )
        return self.indexes.issued

    def use_index(self, number: int) -> None:
        self._change(lambda content: replace(content, indexes=content.indexes.using(number)))

    def destroy_index(self, number: int) -> None:
        """Forget an earlier root: what was indexed with it is found no more."""
        self._change(lambda content: replace(content, indexes=content.indexes.without(number)))

    def _use(self, content: KeyFile) -> None:
        self._content = content
        super().__init__(
            insurer=content.insurer,
            suite=content.suite,
            keks=self._provider(content),
            roots=content.roots,
            indexes=content.indexes,
        )

    def _provider(self, content: KeyFile) -> KekProvider:
        if self._token is not None:
            return _keks_on(self._token, content)
        return LocalKeks(content.keks.keys, current=content.keks.current, suite=content.suite)

    def _change(self, change: Callable[[KeyFile], KeyFile]) -> None:
        # Read again under the lock: another process may have added a KEK that is already in use.
        with _locked(self.path):
            before = parse(_read_private(self.path))
            content = change(before)
            if self._token is not None:
                _follow(_keks_on(self._token, content), before.keks, content.keks)
            with _written_aside(self.path, content.dump()) as fresh:
                fresh.replace(self.path)
        self._use(content)


def _keks_on(token: Address, content: KeyFile) -> TokenKeks:
    if content.suite is not Suite.AES_256_GCM:
        raise KeyringSealed("token-suite")
    return TokenKeks(token_at(token), insurer=content.insurer, current=content.keks.current)


def _follow(keks: TokenKeks, before: Series, after: Series) -> None:
    """Do on the token what the file is about to say; whoever dies between does it again."""
    for number in after.keys.keys() - before.keys.keys():
        keks.make(number)
    for number in before.keys.keys() - after.keys.keys():
        keks.destroy(number)


def _waits(series: Series) -> bool:
    return series.issued in series.keys and series.issued != series.current


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyringSealed("open-permissions")
            return file.read()
    except FileNotFoundError:
        raise KeyringSealed("missing") from None
    except OSError:
        raise KeyringSealed("unreadable-permissions") from None


@contextmanager
def _written_aside(path: Path, content: bytes) -> Iterator[Path]:
    """A complete, durable file beside `path`, gone again afterwards unless it took its place."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
