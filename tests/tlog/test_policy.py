"""Policies are those of C2SP tlog-policy: whose signatures count, and how many witnesses are enough."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from custodian.tlog import notes
from custodian.tlog.notes import Signer
from custodian.tlog.verify import COSIGNATURE, ED25519, Checkpoint, Key, Malformed, Policy, Tampered
from tests.tlog.published import ARCHE, ARCHE_KEY, ARCHE_TIME, ARCHE_WITNESSES

ORIGIN = "custodian.example/access-log/1"
ROOT = bytes(range(32))
AT = 1_790_000_000


def signer(name: str, seed: str, kind: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(seed.ljust(32).encode()), kind=kind)


LOG, NEXT_LOG = signer(ORIGIN, "log", ED25519), signer(ORIGIN, "next log", ED25519)
WITNESSES = {
    name: signer(f"{name}.example/w", name, COSIGNATURE) for name in "X1 X2 X3 Y1 Y2 Y3".split()
}
LINES = [f"witness {name} {each.key.vkey}" for name, each in WITNESSES.items()]
ALL = f"log {LOG.key.vkey}\n" + "\n".join(LINES) + "\n"
SETS = [each for n in range(7) for each in itertools.combinations(WITNESSES, n)]
# The example of the specification.
LEVELS = """
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def checkpoint(*witnesses: str, signers: tuple[Signer, ...] = (LOG,)) -> Checkpoint:
    raw = notes.sign_checkpoint(ORIGIN, 5, ROOT, signers=signers, at=AT)
    text = notes.checkpoint_text(ORIGIN, 5, ROOT)
    lines = [WITNESSES[name].cosign(text, at=AT + at) for at, name in enumerate(witnesses, 1)]
    return Checkpoint.parse(raw + "".join(lines).encode())


# What is enough.


def test_the_specifications_quorum_on_every_set_of_witnesses() -> None:
    policy = Policy.parse(ALL + LEVELS)
    assert policy.needed() == 3
    for seen in SETS:
        least = len({"X1", "X2", "X3"} & {*seen}) >= 2 and len({"Y1", "Y2", "Y3"} & {*seen}) >= 1
        assert policy.enough(dict.fromkeys(seen, AT)) == least


@pytest.mark.parametrize(
    ("lines", "needed", "enough", "short"),
    [
        ("quorum none", 0, "", None),
        ("quorum X2", 1, "X2", "X1 X3"),
        ("group g any X1 X2 X3\nquorum g", 1, "X3", "Y1"),
        ("group g all X1 X2 X3\nquorum g", 3, "X1 X2 X3", "X1 X3 Y1"),
        ("group g 1 X1\nquorum g", 1, "X1", ""),
        ("group g 2 X1 X2 X3\nquorum g", 2, "X3 X1", "X1"),
        # A nested group counts as one member, however many witnesses it takes.
        ("group a all X1 X2 X3\ngroup b any a Y1\nquorum b", 1, "Y1", "X1 X2"),
        ("group a all X1 X2 X3\ngroup b any a Y1\nquorum b", 1, "X1 X2 X3", "X2 X3"),
        ("group a 2 X1 X2 X3\ngroup b 2 a Y1 Y2\nquorum b", 2, "Y1 Y2", "X1 X2 X3"),
        ("group a any X1\ngroup b any a\ngroup c all b Y1\nquorum c", 2, "X1 Y1", "X1 Y2"),
        # The quorum may name a group that is itself a member of another.
        ("group a all X1 X2\ngroup b any a Y1\nquorum a", 2, "X1 X2", "Y1"),
    ],
)  # fmt: skip
def test_quorums(lines: str, needed: int, enough: str, short: str | None) -> None:
    policy = Policy.parse(ALL + lines)
    assert policy.needed() == needed
    assert policy.enough(dict.fromkeys(enough.split(), AT))
    assert policy.enough(dict.fromkeys([*WITNESSES], AT))
    assert short is None or not policy.enough(dict.fromkeys(short.split(), AT))
    assert not policy.needed() or not policy.enough({})


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_as_many_as_are_needed_can_be_enough_and_fewer_never_are(data: st.DataObject) -> None:
    free, lines = list(WITNESSES), []
    for number in range(data.draw(st.integers(1, 4))):
        taken = data.draw(st.integers(1, len(free)))
        free = data.draw(st.permutations(free))
        members, free = free[:taken], free[taken:]
        count = data.draw(st.one_of(st.sampled_from(["any", "all"]), st.integers(1, taken)))
        lines.append(f"group g{number} {count} {' '.join(members)}")
        free.append(f"g{number}")
    policy = Policy.parse(ALL + "\n".join(lines) + f"\nquorum g{len(lines) - 1}\n")
    smallest = min(len(each) for each in SETS if policy.enough(dict.fromkeys(each, AT)))
    assert smallest == policy.needed()


def test_only_those_who_cosigned_count() -> None:
    policy = Policy.parse(ALL + LEVELS)
    assert policy.seen_by(checkpoint("X1", "Y3")) == {"X1": AT + 1, "Y3": AT + 2}
    assert not policy.enough(policy.seen_by(checkpoint("X1", "Y3")))
    assert policy.enough(policy.seen_by(checkpoint("X1", "Y3", "X2")))
    assert policy.seen_by(checkpoint()) == {}


def test_a_witness_without_a_time_is_none() -> None:
    """Its plain signature stands under another id, and a policy names the key that signs with time."""
    text = notes.checkpoint_text(ORIGIN, 5, ROOT)
    raw = notes.sign_checkpoint(ORIGIN, 5, ROOT, signers=[LOG], at=AT)
    plain = Checkpoint.parse(raw + WITNESSES["X1"].line(text).encode())
    assert Policy.parse(ALL + LEVELS).seen_by(plain) == {}


def test_a_witness_who_signed_something_else_spoils_the_checkpoint() -> None:
    other = notes.checkpoint_text(ORIGIN, 6, ROOT)
    raw = notes.sign_checkpoint(ORIGIN, 5, ROOT, signers=[LOG], at=AT)
    wrong = Checkpoint.parse(raw + WITNESSES["X1"].cosign(other, at=AT).encode())
    with pytest.raises(Tampered, match=r"^the signature of X1\.example/w does not fit$"):
        Policy.parse(ALL + LEVELS).seen_by(wrong)


# Whose signature counts as the log's.


def test_the_log_says_when_it_signed() -> None:
    assert Policy.parse(ALL + "quorum none").log_time(checkpoint()) == AT


def test_a_log_without_a_time_has_signed_all_the_same() -> None:
    text = notes.checkpoint_text(ORIGIN, 5, ROOT)
    plain = Checkpoint.parse(notes.note(text, [LOG.line(text)]))
    assert Policy.parse(ALL + "quorum none").log_time(plain) == 0


def test_while_a_log_changes_keys_either_will_do() -> None:
    policies = [
        Policy.parse("".join(f"log {each.key.vkey}\n" for each in keys) + "quorum none\n")
        for keys in ([LOG], [NEXT_LOG], [LOG, NEXT_LOG])
    ]
    assert [each.log_time(checkpoint(signers=(LOG, NEXT_LOG))) for each in policies] == [AT] * 3
    assert policies[2].log_time(checkpoint()) == AT
    with pytest.raises(Tampered, match="no key of the policy signed the checkpoint"):
        policies[1].log_time(checkpoint())


def test_a_log_signs_for_no_other_origin() -> None:
    elsewhere = signer("other.example/log", "log", ED25519)
    policy = Policy.parse(f"log {elsewhere.key.vkey}\nquorum none\n")
    text = notes.checkpoint_text(ORIGIN, 5, ROOT)
    for lines in ([elsewhere.line(text)], [elsewhere.line(text), LOG.line(text)]):
        with pytest.raises(Tampered, match="no key of the policy signed the checkpoint"):
            policy.log_time(Checkpoint.parse(notes.note(text, lines)))


def test_a_policy_without_logs_accepts_none() -> None:
    with pytest.raises(Tampered, match="no key of the policy signed the checkpoint"):
        Policy.parse("quorum none").log_time(checkpoint())


def test_a_time_of_the_log_that_does_not_fit_spoils_the_checkpoint() -> None:
    text = notes.checkpoint_text(ORIGIN, 5, ROOT)
    wrong = LOG.cosign(text + b"more\n", at=AT)
    with pytest.raises(Tampered, match="does not fit"):
        Policy.parse(ALL + "quorum none").log_time(
            Checkpoint.parse(notes.note(text, [LOG.line(text), wrong]))
        )


def test_a_public_log_with_its_witnesses() -> None:
    names = [f"witness w{at} {vkey}" for at, vkey in enumerate(ARCHE_WITNESSES)]
    groups = "group w 3 w0 w1 w2 w3\nquorum w\n"
    policy = Policy.parse(
        f"log {ARCHE_KEY} https://arche.example/\n" + "\n".join(names) + f"\n{groups}"
    )
    seen = Checkpoint.parse(ARCHE.encode())
    assert policy.log_time(seen) == 0
    assert policy.seen_by(seen) == dict.fromkeys(["w0", "w1", "w2", "w3"], ARCHE_TIME)
    assert policy.enough(policy.seen_by(seen))


# How a policy is written.


def test_space_comments_and_addresses_are_allowed() -> None:
    key = WITNESSES["X1"].key.vkey
    policy = Policy.parse(
        f"# 谁的签名算数 ~\n\n \t\n\t log\t {LOG.key.vkey}  https://log.example/ \t\n"
        f"  # witness X9 nothing\nwitness K {key}\t\thttps://w.example/\nwitness \u212a"
        f" {WITNESSES['X2'].key.vkey}\ngroup 两个 \t2 K \u212a\nquorum 两个"
    )
    assert policy.logs == [LOG.key]
    # Names are compared byte by byte: the letter K is not the sign for kelvin.
    assert list(policy.witnesses) == ["K", "\u212a"]
    assert (policy.groups, policy.quorum) == ({"两个": (2, ["K", "\u212a"])}, "两个")


def test_a_space_that_is_not_ascii_separates_nothing() -> None:
    with pytest.raises(Malformed):
        Policy.parse("quorum\u00a0none")
    with pytest.raises(Malformed):
        Policy.parse("quorum\u3000none")


@pytest.mark.parametrize("code", [*range(9), *range(0x0B, 0x20), 0x7F])
def test_no_control_characters_but_tab_and_newline(code: int) -> None:
    with pytest.raises(Malformed, match="control characters"):
        Policy.parse(f"# a comment{chr(code)}\nquorum none\n")


def test_thirty_two_of_each_are_read() -> None:
    logs = [f"log {signer(f'l{n}', f'l{n}', ED25519).key.vkey}" for n in range(32)]
    seen = [f"witness w{n} {signer(f'w{n}', f'w{n}', 4).key.vkey}" for n in range(32)]
    groups = ["group g0 any w0", *(f"group g{n} all g{n - 1} w{n}" for n in range(1, 32))]
    policy = Policy.parse("\n".join([*logs, *seen, *groups, "quorum g31"]))
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 32, 32)
    assert policy.needed() == 32


X1, X2 = WITNESSES["X1"].key.vkey, WITNESSES["X2"].key.vkey
AS_LOG = Key(ORIGIN, ED25519, WITNESSES["X1"].key.public).vkey
X1_RENAMED = Key("another.example", COSIGNATURE, WITNESSES["X1"].key.public).vkey
LOG_RENAMED = Key("another.example", ED25519, LOG.key.public).vkey
LOG_TIMED = LOG.key.timed.vkey

NO_POLICIES = {
    "nothing": "",
    "only comments": "# quorum none\n",
    "no quorum": ALL,
    "two quorums": "quorum none\nquorum none",
    "a quorum and another": f"witness X1 {X1}\nquorum X1\nquorum none",
    "a quorum of two": ALL + "quorum X1 X2",
    "a quorum of nothing": "quorum",
    "a quorum nobody knows": ALL + "quorum X9",
    "a quorum by the key's own name": f"witness X1 {X1}\nquorum X1.example/w",
    "a quorum before its witness": f"quorum X1\nwitness X1 {X1}",
    "a quorum before its group": ALL + "quorum g\ngroup g any X1",
    "an unknown word": "whatever\nquorum none",
    "a word in capitals": "Quorum none",
    "a log without a key": "log\nquorum none",
    "a log with two addresses": f"log {LOG.key.vkey} a b\nquorum none",
    "a log with half a key": f"log {LOG.key.vkey[:-4]}\nquorum none",
    "a log twice": f"log {LOG.key.vkey}\nlog {LOG.key.vkey}\nquorum none",
    "a log under two names": f"log {LOG.key.vkey}\nlog {LOG_RENAMED}\nquorum none",
    "a log of two kinds": f"log {LOG.key.vkey}\nlog {LOG_TIMED}\nquorum none",
    "a witness without a key": "witness X1\nquorum none",
    "a witness with two addresses": f"witness X1 {X1} a b\nquorum none",
    "a witness called none": f"witness none {X1}\nquorum none",
    "a witness without a time": f"witness X1 {AS_LOG}\nquorum none",
    "a witness twice": f"witness X1 {X1}\nwitness X1 {X1}\nquorum X1",
    "a name twice": f"witness X1 {X1}\nwitness X1 {X2}\nquorum X1",
    "a key under two names": f"witness X1 {X1}\nwitness X2 {X1}\nquorum X1",
    "a key under two key names": f"witness X1 {X1}\nwitness X2 {X1_RENAMED}\nquorum X1",
    "a group called none": ALL + "group none any X1\nquorum none",
    "a group called as a witness": ALL + "group X2 any X1\nquorum X2",
    "a witness called as a group": f"witness a {X1}\ngroup X2 any a\nwitness X2 {X2}\nquorum none",
    "a group twice": ALL + "group g any X1\ngroup g any X2\nquorum g",
    "a group of nobody": ALL + "group g any\nquorum none",
    "a group without a number": ALL + "group g X1 X2\nquorum g",
    "a group of an unknown": ALL + "group g any X1 X9\nquorum g",
    "a group of itself": ALL + "group g any X1 g\nquorum g",
    "a group of none": ALL + "group g any X1 none\nquorum g",
    "a group of one that comes later": ALL + "group g any h\ngroup h any X1\nquorum g",
    "a member twice": ALL + "group g 2 X1 X1\nquorum g",
    "a member twice, of which one is asked": ALL + "group g any X1 X1 X2\nquorum g",
    "a member of two groups": ALL + "group g any X1\ngroup h any X1 X2\nquorum h",
    "a group in two groups": ALL + "group g any X1\ngroup h any g\ngroup i any g\nquorum i",
    "0 of them": ALL + "group g 0 X1 X2\nquorum g",
    "more than there are": ALL + "group g 3 X1 X2\nquorum g",
    "a negative number": ALL + "group g -1 X1 X2\nquorum g",
    "a number with a nought before it": ALL + "group g 02 X1 X2\nquorum g",
    "a number in another script": ALL + "group g ２ X1 X2\nquorum g",
    "any in capitals": ALL + "group g ANY X1 X2\nquorum g",
}


@pytest.mark.parametrize("text", NO_POLICIES.values(), ids=NO_POLICIES)
def test_what_is_not_a_policy_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Policy.parse(text)


def test_what_makes_those_policies_wrong_is_what_they_are_named_for() -> None:
    """Each stands beside one that differs in that alone and is read."""
    for text in (
        ALL + "quorum X1", "quorum none", f"witness X1 {X1}\nwitness X2 {X2}\nquorum X1",
        f"log {LOG.key.vkey} a\nwitness X1 {X1} a\nquorum none", ALL + "group g 2 X1 X2\nquorum g",
        f"log {LOG.key.vkey}\nlog {NEXT_LOG.key.vkey}\nquorum none", f"log {LOG_TIMED}\nquorum none",
        ALL + "group g any X1\ngroup h any X2\nquorum h", f"log {AS_LOG}\nwitness X1 {X1}\nquorum X1",
    ):  # fmt: skip
        assert Policy.parse(text).quorum
