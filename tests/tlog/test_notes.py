"""Notes, keys and checkpoints are those of C2SP, byte for byte, and nothing looser is taken for one."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from custodian.tlog import notes
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE, ED25519, Checkpoint, Key, Malformed, Note, Tampered
from tests.tlog.published import (
    ARCHE,
    ARCHE_KEY,
    ARCHE_TIME,
    ARCHE_WITNESSES,
    ENOCH,
    ENOCH_LINE,
    EXAMPLE,
    EXAMPLE_NOTE,
    PETER,
    PETER_LINE,
    PETER_SECRET,
    PETER_TEXT,
    QUASIMODO,
    SOFA,
)

ORIGIN = "custodian.example/access-log/1"
ROOT = bytes(range(32))
AT = 1_790_000_000
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"L" * 32), kind=ED25519)
WITNESS = Signer("witness.example/w", Ed25519PrivateKey.from_private_bytes(b"W" * 32), kind=4)
TEXT = notes.checkpoint_text(ORIGIN, 5, ROOT)
SIGNED = notes.sign_checkpoint(ORIGIN, 5, ROOT, signers=[LOG], at=AT)


def vkey(name: str, raw: bytes) -> str:
    """A key whose id fits, so that it is refused for nothing else."""
    digest = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    return f"{name}+{digest}+{base64.b64encode(raw).decode()}"


# What others wrote.


@pytest.mark.parametrize("text", [PETER, ENOCH, EXAMPLE, ARCHE_KEY, *ARCHE_WITNESSES])
def test_keys_of_others_are_read_and_written_back(text: str) -> None:
    assert Key.parse(text).vkey == text


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (f"{PETER_TEXT}\n{PETER_LINE}", PETER),
        (f"{PETER_TEXT}\n{PETER_LINE}{ENOCH_LINE}", ENOCH),
        (EXAMPLE_NOTE, EXAMPLE),
        (ARCHE, ARCHE_KEY),
    ],
)
def test_signatures_of_others_hold_and_for_no_other_text(raw: str, key: str) -> None:
    known = Key.parse(key)
    assert Note.parse(raw.encode()).signed_by(known) == 0
    for altered in (raw.replace("e", "3", 1), "\n" + raw, raw.replace("\n\n", "\n\n\n", 1)):
        assert altered != raw
        with pytest.raises(Tampered):
            Note.parse(altered.encode()).signed_by(known)


@pytest.mark.parametrize("key", ARCHE_WITNESSES)
def test_witnesses_of_others_are_understood(key: str) -> None:
    known = Key.parse(key)
    assert known.kind == COSIGNATURE
    assert Note.parse(ARCHE.encode()).signed_by(known) == ARCHE_TIME
    for altered in (ARCHE.replace("1432088532", "1432088533"), ARCHE.replace("U7WM", "U7WN")):
        with pytest.raises(Tampered):
            Note.parse(altered.encode()).signed_by(known)


def test_the_first_example_of_the_specification_has_an_empty_line_in_its_text() -> None:
    note = Note.parse(QUASIMODO.encode())
    assert note.text.decode() == QUASIMODO[: QUASIMODO.index("\n— ")]
    [(name, known, signature)] = note.lines
    assert (name, known.hex(), len(signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)


def test_the_specifications_checkpoint_is_read() -> None:
    checkpoint = Checkpoint.parse(SOFA.encode())
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert base64.b64encode(checkpoint.root).decode() == SOFA.split("\n")[2]
    [log, witness] = checkpoint.note.lines
    assert (log[0], log[1].hex(), len(log[2])) == (checkpoint.origin, "033de0ae", 64)
    assert (witness[0], witness[1].hex(), len(witness[2])) == (
        "witness.example.com/w1", "8d66cf3f", 72,
    )  # fmt: skip
    assert int.from_bytes(witness[2][:8], "big") == 1_679_315_147


def test_what_we_sign_is_what_others_sign() -> None:
    peter = Signer.parse(PETER_SECRET)
    enoch = Signer("EnochRoot", Ed25519PrivateKey.from_private_bytes(bytes(32)), kind=ED25519)
    assert (peter.key.vkey, enoch.key.vkey) == (PETER, ENOCH)
    text = PETER_TEXT.encode()
    signed = notes.note(text, [peter.line(text), enoch.line(text)])
    assert signed.decode() == f"{PETER_TEXT}\n{PETER_LINE}{ENOCH_LINE}"


# Keys.


@pytest.mark.parametrize("kind", [ED25519, COSIGNATURE])
def test_a_key_survives_its_texts(kind: int) -> None:
    signer = Signer.generate("log.example/日志", kind=kind)
    again = Signer.parse(signer.dump() + "\n")
    assert again.key == signer.key == Key.parse(signer.key.vkey)
    assert again.dump() == signer.dump()
    assert again.line(TEXT) == signer.line(TEXT)
    assert again.cosign(TEXT, at=AT) == signer.cosign(TEXT, at=AT)


def test_a_key_that_is_shown_keeps_its_secret() -> None:
    assert repr(LOG) == f"<Signer {LOG.key.vkey}>"
    assert base64.b64encode(b"L" * 32).decode()[4:-4] not in repr(LOG)
    assert base64.b64encode(b"\x01" + b"L" * 32).decode() in LOG.dump()


def test_two_generated_keys_differ() -> None:
    assert Signer.generate("a", kind=ED25519).dump() != Signer.generate("a", kind=ED25519).dump()


def test_a_keys_id_hashes_its_name_its_kind_and_the_key() -> None:
    key = Key("witness.example/w", COSIGNATURE, ROOT)
    preimage = b"witness.example/w\n\x04" + ROOT
    assert key.id == hashlib.sha256(preimage).digest()[:4]
    others = [
        Key("witness.example/v", COSIGNATURE, ROOT),
        Key("witness.example/w", ED25519, ROOT),
        Key("witness.example/w", COSIGNATURE, ROOT[::-1]),
    ]
    assert key.id not in {other.id for other in others}
    assert others[1].timed == key.timed == key


def test_every_part_and_every_misprint_of_a_key_is_refused() -> None:
    cut = {PETER[low:high] for low in range(len(PETER)) for high in range(low + 1, len(PETER) + 1)}
    misprinted = {
        PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))
    }
    for wrong in (cut | misprinted) - {PETER}:
        with pytest.raises(Malformed, match="not"):
            Key.parse(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "+", "++", "a", "a+00000000", "a+00000000+", PETER + "\n", " " + PETER, PETER + "=",
        PETER.replace("c74f20a3", "C74F20A3"), PETER.replace("c74f20a3", "c74f20a300"),
        vkey("", b"\x01" + ROOT), vkey("a b", b"\x01" + ROOT), vkey("a\u2003b", b"\x01" + ROOT),
        vkey("a\nb", b"\x01" + ROOT), vkey("a", b"\x01" + ROOT[:-1]),
        vkey("a", b"\x01" + ROOT + b"\x00"), vkey("a", b"\x01"), vkey("a", b"\x00" + ROOT),
        vkey("a", b"\x02" + ROOT), vkey("a", b"\x05" + ROOT), vkey("a", b"\x06" + ROOT),
        vkey("a", b"\xff" + ROOT), vkey("a", b"\x01" + ROOT).replace("AQAB", "AQ\nAB"),
        vkey("a", b"\x01" + ROOT).replace("AQAB", "AQ-B"), vkey("a", b"\x01" + ROOT) + "密",
    ],
    ids=range(26),
)  # fmt: skip
def test_a_key_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Key.parse(wrong)


def test_every_part_and_every_misprint_of_a_signing_key_is_refused() -> None:
    whole = PETER_SECRET
    cut = {whole[low:high] for low in range(len(whole)) for high in range(low + 1, len(whole) + 1)}
    misprinted = {
        whole[:at] + chr(ord(whole[at]) + 1) + whole[at + 1 :] for at in range(len(whole))
    }
    for wrong in (cut | misprinted | {"", PETER}) - {whole}:
        with pytest.raises(Malformed, match="not a signing key"):
            Signer.parse(wrong)


@pytest.mark.parametrize("kind", [0, 2, 5, 6, 255])
def test_a_signing_key_of_another_kind_is_refused(kind: int) -> None:
    with pytest.raises(Malformed, match="not a signing key"):
        Signer.parse(Signer("a", Ed25519PrivateKey.generate(), kind=kind).dump())


# Signatures.


def test_a_log_signs_with_and_without_the_time() -> None:
    note = Note.parse(SIGNED)
    assert note.text == TEXT == f"{ORIGIN}\n5\n{base64.b64encode(ROOT).decode()}\n".encode()
    assert [(name, known) for name, known, _ in note.lines] == [
        (ORIGIN, LOG.key.id), (ORIGIN, LOG.key.timed.id),
    ]  # fmt: skip
    assert (note.signed_by(LOG.key), note.signed_by(LOG.key.timed)) == (0, AT)


def test_a_log_with_two_keys_signs_with_both() -> None:
    new = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"N" * 32), kind=ED25519)
    note = Note.parse(notes.sign_checkpoint(ORIGIN, 5, ROOT, signers=[LOG, new], at=AT))
    times = [note.signed_by(key) for each in (LOG, new) for key in (each.key, each.key.timed)]
    assert times == [0, AT, 0, AT]


def test_a_witness_key_signs_as_a_log_under_another_id() -> None:
    note = Note.parse(notes.note(TEXT, [WITNESS.line(TEXT)]))
    assert note.signed_by(WITNESS.key) is None
    assert note.signed_by(Key(WITNESS.key.name, ED25519, WITNESS.key.public)) == 0


def test_the_time_is_signed() -> None:
    line = WITNESS.cosign(TEXT, at=AT)
    raw = bytearray(base64.b64decode(line.split()[2]))
    assert raw[:12] == WITNESS.key.id + AT.to_bytes(8, "big")
    raw[11] ^= 1
    altered = f"— {WITNESS.key.name} {base64.b64encode(raw).decode()}\n"
    assert Note.parse(notes.note(TEXT, [line])).signed_by(WITNESS.key) == AT
    with pytest.raises(Tampered, match=r"^the signature of witness.example/w does not fit$"):
        Note.parse(notes.note(TEXT, [altered])).signed_by(WITNESS.key)


def test_the_newest_line_of_a_witness_counts() -> None:
    lines = [WITNESS.cosign(TEXT, at=at) for at in (AT, AT + 60, AT - 60)]
    assert Note.parse(notes.note(TEXT, lines)).signed_by(WITNESS.key) == AT + 60


@pytest.mark.parametrize(("at", "fits"), [(0, True), ((1 << 63) - 1, True), (1 << 63, False)])
def test_a_cosignatures_time_ends_where_the_specification_says(at: int, fits: bool) -> None:
    note = Note.parse(notes.note(TEXT, [WITNESS.cosign(TEXT, at=at)]))
    if fits:
        assert note.signed_by(WITNESS.key) == at
    else:
        with pytest.raises(Tampered):
            note.signed_by(WITNESS.key)


def forged(signer: Signer, signature: bytes) -> str:
    body = base64.b64encode(signer.key.id + signature).decode()
    return f"— {signer.key.name} {body}\n"


@pytest.mark.parametrize("length", [1, 8, 63, 65, 71, 73, 128])
@pytest.mark.parametrize("signer", [LOG, WITNESS], ids=["log", "witness"])
def test_a_signature_of_another_length_does_not_fit(signer: Signer, length: int) -> None:
    with pytest.raises(Tampered):
        Note.parse(notes.note(TEXT, [forged(signer, bytes(length))])).signed_by(signer.key)


@pytest.mark.parametrize("public", [bytes(32), b"\xff" * 32, b"\x02" + bytes(31)])
def test_a_key_that_is_no_point_signs_nothing(public: bytes) -> None:
    key = Key("a", ED25519, public)
    raw = base64.b64encode(key.id + bytes([7] * 64)).decode()
    with pytest.raises(Tampered):
        Note.parse(notes.note(TEXT, [f"— a {raw}\n"])).signed_by(key)


@pytest.mark.parametrize("bad_first", [True, False])
def test_a_known_key_that_does_not_fit_spoils_the_note(bad_first: bool) -> None:
    lines = [LOG.line(TEXT), forged(LOG, bytes(64))]
    with pytest.raises(Tampered, match=f"^the signature of {ORIGIN} does not fit$"):
        Note.parse(notes.note(TEXT, lines[:: -1 if bad_first else 1])).signed_by(LOG.key)


def test_unknown_keys_are_ignored() -> None:
    namesake = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"X" * 32), kind=ED25519)
    same_id = base64.b64encode(LOG.key.id + bytes(64)).decode()
    of_another_type = base64.b64encode(b"\x05\x05\x05\x05" + bytes(100)).decode()
    lines = [
        forged(namesake, bytes(64)),  # the same name, another id
        f"— other.example {same_id}\n",  # another name, the same id
        f"— {ORIGIN} {of_another_type}\n",
        LOG.line(TEXT),
    ]
    note = Note.parse(notes.note(TEXT, lines))
    assert note.signed_by(LOG.key) == 0
    assert note.signed_by(WITNESS.key) is None
    assert Note.parse(notes.note(TEXT, lines[:3])).signed_by(LOG.key) is None


def test_at_least_sixteen_signatures_are_read() -> None:
    lines = [Signer.generate(f"w{n}", kind=4).cosign(TEXT, at=AT) for n in range(40)]
    note = Note.parse(notes.note(TEXT, [*lines, LOG.line(TEXT)]))
    assert (len(note.lines), note.signed_by(LOG.key)) == (41, 0)


@given(bit=st.integers(0, len(SIGNED) * 8 - 1))
@settings(max_examples=200, deadline=None)
def test_one_flipped_bit_spoils_a_checkpoint(bit: int) -> None:
    raw = bytearray(SIGNED)
    raw[bit // 8] ^= 1 << bit % 8
    try:
        checkpoint = Checkpoint.parse(bytes(raw))
        times = {checkpoint.note.signed_by(LOG.key), checkpoint.note.signed_by(LOG.key.timed)}
    except (Malformed, Tampered):
        return
    # The flip made a line of a key that nobody knows; what is signed still says the same.
    assert None in times
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 5, ROOT)


# Notes that are none.


@pytest.mark.parametrize("code", [*range(0x0A), *range(0x0B, 0x20)])
def test_a_note_holds_no_control_characters(code: int) -> None:
    for raw in (chr(code).encode() + SIGNED, SIGNED[:-1] + chr(code).encode() + b"\n"):
        with pytest.raises(Malformed, match="control characters"):
            Note.parse(raw)


SIGNATURE = PETER_LINE.split()[2]
NO_NOTES = {
    "nothing": b"",
    "no signatures": PETER_TEXT.encode(),
    "an empty list of signatures": f"{PETER_TEXT}\n".encode(),
    "no empty line": (PETER_TEXT + PETER_LINE).encode(),
    "only signatures": PETER_LINE.encode(),
    "no newline at the end": f"{PETER_TEXT}\n{PETER_LINE}".encode()[:-1],
    "another character for the last newline": f"{PETER_TEXT}\n{PETER_LINE[:-1]}X".encode(),
    "more than a newline at the end": f"{PETER_TEXT}\n{PETER_LINE}\n".encode(),
    "not UTF-8": b"\xff" + f"{PETER_TEXT}\n{PETER_LINE}".encode(),
    "half a character": "\ud800".encode("utf-8", "surrogatepass") + SIGNED,
    "a line that is none": f"{PETER_TEXT}\n{PETER_LINE}Unexpected line.\n".encode(),
    "a space in the name": f"{PETER_TEXT}\n— Peter Neumann {SIGNATURE}\n".encode(),
    "a wide space in the name": f"{PETER_TEXT}\n— Peter\u3000Neumann {SIGNATURE}\n".encode(),
    "a plus in the name": f"{PETER_TEXT}\n— Peter+Neumann {SIGNATURE}\n".encode(),
    "no name": f"{PETER_TEXT}\n—  {SIGNATURE}\n".encode(),
    "a hyphen for the dash": f"{PETER_TEXT}\n- PeterNeumann {SIGNATURE}\n".encode(),
    "two spaces": f"{PETER_TEXT}\n— PeterNeumann  {SIGNATURE}\n".encode(),
    "a space at the end": f"{PETER_TEXT}\n— PeterNeumann {SIGNATURE} \n".encode(),
    "a key id alone": f"{PETER_TEXT}\n— PeterNeumann x08gow==\n".encode(),
    "less than a key id": f"{PETER_TEXT}\n— PeterNeumann x08g\n".encode(),
    "base64 without its end": f"{PETER_TEXT}\n— PeterNeumann {SIGNATURE[:-1]}\n".encode(),
    "base64 with spare bits": f"{PETER_TEXT}\n— PeterNeumann {SIGNATURE[:-2]}N=\n".encode(),
    "base64 for addresses": f"{PETER_TEXT}\n— PeterNeumann {SIGNATURE.replace('/', '_')}\n".encode(),
    "base64 that goes on": f"{PETER_TEXT}\n— PeterNeumann {SIGNATURE}AAAA\n".encode(),
    # Characters at which Python, but no other reader, ends a line.
    "next line": f"{PETER_TEXT}\n{PETER_LINE[:-1]}\u0085{ENOCH_LINE}".encode(),
    "line separator": f"{PETER_TEXT}\n{PETER_LINE[:-1]}\u2028{ENOCH_LINE}".encode(),
}


@pytest.mark.parametrize("raw", NO_NOTES.values(), ids=NO_NOTES)
def test_what_is_not_a_note_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        Note.parse(raw)


def test_the_last_empty_line_parts_the_text_from_the_signatures() -> None:
    text = f"{PETER_TEXT}\n{PETER_LINE}\n\nand more\n".encode()
    note = Note.parse(notes.note(text, [LOG.line(text)]))
    assert (note.text, len(note.lines), note.signed_by(LOG.key)) == (text, 1, 0)
    # An empty text is its newline.
    assert Note.parse(notes.note(b"\n", [LOG.line(b"\n")])).signed_by(LOG.key) == 0


# Checkpoints.


def checkpoint(*lines: str) -> bytes:
    text = "".join(f"{line}\n" for line in lines).encode()
    return notes.note(text, [LOG.line(text)])


ROOT64 = base64.b64encode(ROOT).decode()


@given(size=st.integers(0, (1 << 63) - 1), root=st.binary(min_size=32, max_size=32))
@settings(max_examples=40, deadline=None)
def test_a_checkpoint_says_what_was_written(size: int, root: bytes) -> None:
    raw = notes.sign_checkpoint(ORIGIN, size, root, signers=[LOG], at=AT)
    read = Checkpoint.parse(raw)
    assert (read.origin, read.size, read.root) == (ORIGIN, size, root)
    assert read.note.signed_by(LOG.key) == 0


def test_lines_after_the_third_are_let_be() -> None:
    read = Checkpoint.parse(checkpoint("an origin with spaces", "0", ROOT64, "more", "5"))
    assert (read.origin, read.size, read.root) == ("an origin with spaces", 0, ROOT)
    assert read.note.signed_by(LOG.key) == 0


@pytest.mark.parametrize(
    "size",
    [
        "", " 5", "5 ", "+5", "-5", "-0", "05", "00", "5.0", "5e3", "0x5", "5_0", "５", "1５", "1٥", "٥",
        "five", "1" + "0" * 19, "5\u2028",
    ],
)  # fmt: skip
def test_a_size_is_decimal_without_ornament(size: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(checkpoint(ORIGIN, size, ROOT64))


@pytest.mark.parametrize(
    "root",
    [
        "", ROOT64[:-1], ROOT64 + "=", " " + ROOT64, ROOT64 + " ", ROOT64[:-2] + "9=", ROOT.hex(),
        base64.b64encode(ROOT[:31]).decode(), base64.b64encode(ROOT + b"\x00").decode(),
        base64.b64encode(bytes(12)).decode(), base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        ROOT64.replace("A", "密"),
    ],
)  # fmt: skip
def test_a_root_is_32_bytes_in_canonical_base64(root: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(checkpoint(ORIGIN, "5", root))


@pytest.mark.parametrize(
    "lines",
    [
        (), (ORIGIN,), (ORIGIN, "5"), ("", "5", ROOT64), (ORIGIN, "", ROOT64), (ORIGIN, "5", ""),
        (ORIGIN, "5", ROOT64, ""), (ORIGIN, "5", ROOT64, "", "more"), ("", ORIGIN, "5", ROOT64),
        ("5", ORIGIN, ROOT64), (ORIGIN, ROOT64, "5"),
    ],
)  # fmt: skip
def test_a_checkpoint_has_an_origin_a_size_and_a_root(lines: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(checkpoint(*lines))


# Proofs as text.


def test_an_inclusion_proof_is_laid_out_as_specified() -> None:
    path = [bytes([each]) * 32 for each in (0xFB, 0, 1)]
    told = notes.inclusion_proof(41_234, path, SIGNED).decode()
    head, _, rest = told.partition("\n\n")
    assert head.split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "index 41234",
        *(base64.b64encode(each).decode() for each in path),
    ]
    assert rest.encode() == SIGNED
    assert Checkpoint.parse(rest.encode()).size == 5


def test_the_proof_of_the_only_entry_has_no_hashes() -> None:
    assert notes.inclusion_proof(0, [], SIGNED) == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + SIGNED


def test_hashes_stand_one_a_line() -> None:
    lines = notes.hash_lines([ROOT, bytes(32)])
    assert [base64.b64decode(line) for line in lines.splitlines()] == [ROOT, bytes(32)]
    assert lines.endswith(b"=\n")
    assert notes.hash_lines([]) == b""


def test_a_fingerprint_is_the_sha_256_in_hex() -> None:
    # FIPS 180-4, example of one block.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert notes.fingerprint(b"abc") == expected
