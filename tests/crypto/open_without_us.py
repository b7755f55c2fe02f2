"""Opens the frozen values, given on standard input, with nothing of this project."""

import json
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def part(letter, body):
    return letter + len(body).to_bytes(4, "big") + body


for value in json.load(sys.stdin)["values"]:
    blob, dek = bytes.fromhex(value["blob"]), bytes.fromhex(value["dek"])
    suite, version = blob[1], b"%d" % int.from_bytes(blob[2:6], "big")
    keys = HKDF(SHA256(), 112, b"custodian dek 1", bytes([suite])).derive(dek)
    assert (blob[0], blob[6:38]) == (1, keys[32:64])
    aad = part(b"s", b"custodian value 1") + part(b"i", b"%d" % suite)
    aad += part(b"s", value["insurer"].encode())
    aad += part(b"u", bytes.fromhex(value["holding"].replace("-", "")))
    aad += part(b"s", value["element"].encode()) + part(b"i", version) + part(b"b", keys[96:])
    cipher = algorithms.AES(keys[:32]) if suite == 1 else algorithms.SM4(keys[:16])
    opener = Cipher(cipher, modes.GCM(blob[38:50], blob[-16:])).decryptor()
    opener.authenticate_additional_data(aad)
    print((opener.update(blob[50:-16]) + opener.finalize()).decode())  # noqa: T201
