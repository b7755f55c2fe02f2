"""The file of a package: what goes in comes out, and nothing else is ever read (attacks A16, A30)."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodian.crypto import signing
from custodian.tlog.verify import leaf_hash
from tests.packages import making
from transfers.packages import layout, reading
from transfers.packages.errors import PackageRefused
from transfers.packages.header import Header
from transfers.packages.layout import TRAILER_LENGTH, Frame, Trailer
from transfers.packages.recipient import OwnKey
from transfers.packages.tree import Frontier
from transfers.packages.writing import Checkpoint, Writer


def test_what_goes_in_comes_out() -> None:
    records = making.drawn(50)
    assert making.records_of(making.made(records)) == records


def test_an_empty_book_is_a_package_too() -> None:
    assert making.records_of(making.made([])) == []


def test_the_root_over_records_is_that_of_a_tree_of_their_leaves() -> None:
    for count in (1, 2, 3, 7, 8, 9, 100):
        frontier = Frontier()
        for number in range(count):
            frontier.add(b"%d" % number)
        assert frontier.root == _root([leaf_hash(b"%d" % number) for number in range(count)])


def _root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    from custodian.tlog.verify import node_hash

    return node_hash(_root(hashes[:split]), _root(hashes[split:]))


def test_every_flipped_byte_is_refused() -> None:
    raw = making.made(making.drawn(4))
    for place in range(len(raw)):
        damaged = bytearray(raw)
        damaged[place] ^= 1
        with pytest.raises(PackageRefused):
            making.verified(bytes(damaged))


def test_a_file_cut_anywhere_is_refused() -> None:
    raw = making.made(making.drawn(4))
    for end in range(0, len(raw), 7):
        with pytest.raises(PackageRefused):
            making.verified(raw[:end])
    with pytest.raises(PackageRefused):
        making.verified(raw + b"\0")
    with pytest.raises(PackageRefused):
        making.verified(b"\0" + raw)


def test_nothing_is_interpreted_before_the_signature_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = bytearray(making.made(making.drawn(4)))
    raw[40] ^= 1  # inside the header
    monkeypatch.setattr(reading, "_package", _never)
    with pytest.raises(PackageRefused) as refused:
        making.verified(bytes(raw))
    assert refused.value.reason == "signature"


def _never(*_: object) -> None:
    raise AssertionError("the header was read")


def test_the_key_of_a_stranger_is_refused_before_anything_else() -> None:
    raw = making.made(making.drawn(4))
    with pytest.raises(PackageRefused) as refused:
        reading.verify(io.BytesIO(raw), key_of=lambda _: None)
    assert refused.value.reason == "unknown-sender"


def test_a_package_signed_anew_by_somebody_else_is_his_and_not_the_sellers() -> None:
    raw = making.made(making.drawn(4))
    thief = Ed25519PrivateKey.generate()
    trailer = Trailer.read(raw[-TRAILER_LENGTH:])
    key = bytes.fromhex(signing.key_id(thief))
    message = layout.signed(trailer.length, trailer.root, key)
    signature = signing.sign(thief, message, domain=layout.SIGNATURE_DOMAIN)
    forged = raw[:-TRAILER_LENGTH] + Trailer(trailer.length, trailer.root, key, signature).pack()
    with pytest.raises(PackageRefused):
        making.verified(forged)
    # Under the seller's name his own signature does not hold either.
    message = layout.signed(trailer.length, trailer.root, trailer.key)
    signature = signing.sign(thief, message, domain=layout.SIGNATURE_DOMAIN)
    named = (
        raw[:-TRAILER_LENGTH] + Trailer(trailer.length, trailer.root, trailer.key, signature).pack()
    )
    with pytest.raises(PackageRefused):
        making.verified(named)


def test_another_recipient_opens_nothing() -> None:
    package = making.verified(making.made(making.drawn(4)))
    with pytest.raises(PackageRefused) as refused:
        package.secret(OwnKey(OwnKey.draw()))
    assert refused.value.reason == "does-not-open"


def test_the_key_is_bound_to_every_word_of_the_header() -> None:
    """Whoever puts the wrapped key beside another header, even one he signs himself, opens nothing."""
    raw = making.made(making.drawn(4))
    package = making.verified(raw)
    other = making.header(number=2)
    moved = reading.Package(other, package.trailer, package.wrapped, package.begins)
    with pytest.raises(PackageRefused):
        moved.secret(making.BUYER)


def test_a_header_that_reads_two_ways_is_refused() -> None:
    said = making.header().dump()
    assert Header.read(said) == making.header()
    for raw in (
        said + b" ",
        said.replace(b'"number":1', b'"number":1.0'),
        said.replace(b'"number":1', b'"number":1,"number":1'),
        said.replace(b'"number":1', b'"number":1,"extra":1'),
        said.replace(b"+00:00", b""),
        said.replace(b"book package 1", b"book package 2"),
        b"[]",
        b"\xff",
        b"[" * 100_000,
    ):
        with pytest.raises(PackageRefused):
            Header.read(raw)


def test_a_lesser_suite_is_refused_by_name() -> None:
    said = making.header().dump().replace(layout.SUITE.encode(), b"HPKE-X25519-SHA256-AES128GCM")
    with pytest.raises(PackageRefused) as refused:
        Header.read(said)
    assert refused.value.reason == "suite"


@pytest.mark.parametrize("fault", ["swapped", "dropped", "repeated", "moved", "renamed"])
def test_frames_open_only_in_their_places(fault: str) -> None:
    """Even the seller cannot hand the same frame over twice: the file itself would have to be another."""
    raw = making.made(making.drawn(9), each=3)
    package = making.verified(raw)
    parts = _frames(raw, package)
    second, third = 1, 2  # records of the first segment
    if fault == "swapped":
        parts[second], parts[third] = parts[third], parts[second]
    elif fault == "dropped":
        del parts[second]
    elif fault == "repeated":
        parts.insert(second, parts[second])
    elif fault == "moved":
        parts.append(parts.pop(second))
    else:
        parts[second] = bytes([Frame.FILE]) + parts[second][1:]
    body = b"".join(parts)
    altered = raw[: package.begins.offset] + body
    trailer = Trailer(len(altered), package.trailer.root, package.trailer.key, b"\0" * 64)
    moved = reading.Package(package.header, trailer, package.wrapped, package.begins)
    with pytest.raises(PackageRefused):
        list(moved.frames(io.BytesIO(altered), making.SECRET))


def _frames(raw: bytes, package: reading.Package) -> list[bytes]:
    at, found = package.begins.offset, []
    while at < package.trailer.length:
        _kind, length = layout.FRAME.unpack(raw[at : at + layout.FRAME.size])
        found.append(raw[at : at + layout.FRAME.size + length])
        at += layout.FRAME.size + length
    return found


def test_a_writer_stopped_anywhere_goes_on_and_the_whole_is_one(tmp_path: Path) -> None:
    records = making.drawn(40)
    path = tmp_path / "book"
    at: Checkpoint | None = None
    roots = set()
    with path.open("w+b") as file:
        for number, record in enumerate(records):
            if number % 7 == 0:
                writer = Writer(
                    file,
                    header=making.header(),
                    secret=making.SECRET,
                    recipient=making.BUYER.public,
                    resume=Checkpoint.load(at.dump()) if at else None,
                )
                # What was written behind the checkpoint and never counted.
                if at:
                    file.write(os.urandom(100))
                    writer = Writer(
                        file,
                        header=making.header(),
                        secret=making.SECRET,
                        recipient=making.BUYER.public,
                        resume=at,
                    )
            writer.record(record)
            if number % 7 == 6:
                at = writer.checkpoint()
        roots.add(writer.records.root)
        writer.finish(b"{}", key=making.SELLER)
    assert making.records_of(path.read_bytes()) == records
    straight = Frontier()
    for record in records:
        straight.add(record)
    assert roots == {straight.root}


def test_no_key_meets_a_number_twice_when_a_writer_goes_on(tmp_path: Path) -> None:
    """After a stop other bytes may follow: under the same key and number both would be laid open."""
    path = tmp_path / "book"
    with path.open("w+b") as file:
        writer = Writer(
            file, header=making.header(), secret=making.SECRET, recipient=making.BUYER.public
        )
        at = writer.checkpoint()
        writer.record(b"a" * 64)
        first = _sealed(file, at.offset)
        again = Writer(
            file,
            header=making.header(),
            secret=making.SECRET,
            recipient=making.BUYER.public,
            resume=at,
        )
        again.record(b"a" * 64)
        assert _sealed(file, at.offset) != first


def _sealed(file: object, offset: int) -> bytes:
    file.flush()  # type: ignore[attr-defined]
    file.seek(offset)  # type: ignore[attr-defined]
    return bytes(file.read())  # type: ignore[attr-defined]


def test_reading_goes_on_from_a_segment() -> None:
    records = making.drawn(20)
    raw = making.made(records, each=4)
    package = making.verified(raw)
    whole = list(package.frames(io.BytesIO(raw), making.SECRET))
    begin = next(frame.begins for frame in whole if frame.begins.records == 8)
    rest = list(package.frames(io.BytesIO(raw), making.SECRET, begin=begin))
    assert [frame.body for frame in rest if frame.kind is Frame.RECORD] == records[8:]


def test_a_two_key_blob_opens_under_neither_key() -> None:
    """A16: GCM has ciphertexts that open under two keys; a segment commits to its own before it opens."""
    raw = making.made(making.drawn(3))
    package = making.verified(raw)
    with pytest.raises(PackageRefused):
        list(package.frames(io.BytesIO(raw), b"z" * 32))


def test_keys_do_not_print_and_are_not_pickled() -> None:
    import pickle

    assert "b" * 20 not in repr(making.BUYER)
    with pytest.raises(TypeError):
        pickle.dumps(making.BUYER)
