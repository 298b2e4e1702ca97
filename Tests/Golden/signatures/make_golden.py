"""Writes `hashes.json`, `scrypt.json` and `ed25519.json`: what other software makes of messages and signatures.

    python3 Tests/Golden/signatures/make_golden.py

Digests come from hashlib, verdicts over signatures from libsodium by way of PyNaCl. Needs PyNaCl.
"""

import hashlib
import json
import pathlib
import random

import nacl
from nacl import bindings
from nacl.exceptions import BadSignatureError

from curve import BASE, L, P, add, encode, small_points, times, x_of

FOLDER = pathlib.Path(__file__).parent
draw = random.Random(8032)

# RFC 8032, section 7.1: seed, public key, message, signature.
PUBLISHED = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]


def pattern(count):
    """The bytes 0, 1, ... 250, 0, ... that tests make for themselves."""
    return bytes(index % 251 for index in range(count))


def hashes():
    lengths = [*range(0, 20), 55, 56, 63, 64, 65, 111, 112, 113, 119, 120, 127, 128, 129, 191, 192, 239, 240, 241]
    lengths += [255, 256, 257, 383, 384, 385, 1000, 4096, 65537]
    return [
        {
            "length": length,
            "sha512": hashlib.sha512(pattern(length)).hexdigest(),
            "blake2b": hashlib.blake2b(pattern(length)).hexdigest(),
            "blake2b_256": hashlib.blake2b(pattern(length), digest_size=32).hexdigest(),
        }
        for length in lengths
    ]


def scrypt():
    # The first three are those of RFC 7914, section 12, that need little memory.
    cases = [("", "", 16, 1, 1, 64), ("password", "NaCl", 1024, 8, 16, 64)]
    cases += [("pleaseletmein", "SodiumChloride", 16384, 8, 1, 64)]
    cases += [("p\u00e4ss word", "salt" * 8, 1024, 8, 1, 104), ("x" * 65, "salt" * 8, 64, 8, 3, 104), ("a", "b", 2, 1, 1, 33)]
    return [
        {
            "password": password, "salt": salt, "n": n, "r": r, "p": p,
            "key": hashlib.scrypt(
                password.encode(), salt=salt.encode(), n=n, r=r, p=p, dklen=length, maxmem=1 << 28
            ).hex(),
        }
        for password, salt, n, r, p, length in cases
    ]


def verdict(key, message, signature):
    try:
        bindings.crypto_sign_open(signature + message, key)
        return True
    except BadSignatureError:
        return False


def reduced(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def signed(scalar, key, message, r=None, blind=(0, 1)):
    """A signature by a scalar over any key, its R moved by a point."""
    r = draw.randrange(L) if r is None else r
    first = encode(add(times(r, BASE), blind))
    s = (r + reduced(first, key, message) * scalar) % L
    return first + s.to_bytes(32, "little")


def cases():
    small = small_points()
    for index, (seed, key, message, signature) in enumerate(PUBLISHED):
        yield f"RFC 8032, {index + 1}", *map(bytes.fromhex, (key, message, signature))

    scalar = draw.randrange(L)
    key = encode(times(scalar, BASE))
    message = b"a message"
    good = signed(scalar, key, message)
    first, s = good[:32], int.from_bytes(good[32:], "little")
    yield "made here", key, message, good
    yield "other message", key, b"b message", good
    yield "longer message", key, message + b"\0", good
    yield "other key", encode(times(scalar + 1, BASE)), message, good

    for name, other in [("L", L), ("2 L", 2 * L), ("4 L", 4 * L), ("8 L", 8 * L), ("15 L", 15 * L)]:
        if s + other < 2**256:
            yield f"s + {name}", key, message, first + (s + other).to_bytes(32, "little")
    for name, value in [("0", 0), ("L", L), ("L - 1", L - 1), ("2^252", 2**252), ("2^256 - 1", 2**256 - 1)]:
        yield f"s = {name}", key, message, first + value.to_bytes(32, "little")
    for bit in (252, 253, 254, 255):
        yield f"s with bit {bit}", key, message, first + (s | 1 << bit).to_bytes(32, "little")
    for place in range(64):
        changed = bytearray(good)
        changed[place] ^= 1 << draw.randrange(8)
        yield f"byte {place} changed", key, message, bytes(changed)
    for place in (0, 7, 15, 30, 31):
        changed = bytearray(key)
        changed[place] ^= 1 << draw.randrange(8)
        yield f"byte {place} of the key changed", bytes(changed), message, good
    yield "the sign of R", key, message, first[:31] + bytes([first[31] ^ 128]) + good[32:]
    yield "the sign of the key", key[:31] + bytes([key[31] ^ 128]), message, good
    yield "halves swapped", key, message, good[32:] + good[:32]
    yield "all zero", key, message, bytes(64)

    # Every encoding of the points of small order, the longer ones and odd zeros among them. With s = 0 and R = -k A
    # the equation itself holds.
    forms = set()
    for x, y in small:
        for sign in (x & 1, 1) if x == 0 else (x & 1,):
            for value in (y, y + P):
                if value < 2**255:
                    forms.add((value | sign << 255).to_bytes(32, "little"))
    for form in sorted(forms):
        for r in small:
            signature = encode(r) + bytes(32)
            y = (int.from_bytes(form, "little") & (2**255 - 1)) % P
            x = x_of(y)
            x = P - x if x and x & 1 != form[31] >> 7 else x
            k = reduced(encode(r), form, message)
            if add(r, times(k, (x, y))) == (0, 1):
                yield f"key of small order {form.hex()}", form, message, signature
        yield f"key of small order {form.hex()}, R of another's", form, message, good
        yield f"R of small order {form.hex()}", key, message, form + good[32:]
    for order, point in enumerate(small, 1):
        signature = signed(scalar, key, message, r=0, blind=point)
        yield f"R is {order} times a point of order 8, s = k a", key, message, signature
        yield f"R moved by {order} times a point of order 8", key, message, signed(scalar, key, message, blind=point)

    # Keys of mixed order: the equation without the cofactor holds for one message in eight.
    for multiple in (1, 2, 4):
        mixed = encode(add(times(scalar, BASE), times(multiple, small[0])))
        seen = set()
        for attempt in range(200):
            text = f"message {attempt}".encode()
            signature = signed(scalar, mixed, text, r=7 + attempt)
            remainder = reduced(signature[:32], mixed, text) * multiple % 8
            if remainder not in seen:
                seen.add(remainder)
                yield f"key of mixed order {multiple}, remainder {remainder}", mixed, text, signature

    for value in range(P, 2**255):
        for sign in (0, 1):
            form = (value | sign << 255).to_bytes(32, "little")
            yield f"y = p + {value - P}, sign {sign}, as key", form, message, good
            yield f"y = p + {value - P}, sign {sign}, as R", key, message, form + good[32:]
    for value in [y for y in range(2, 40) if x_of(y) is None][:6]:
        yield f"y = {value} is on no point", value.to_bytes(32, "little"), message, good
    yield "key is 2^256 - 1", b"\xff" * 32, message, good

    for count in (0, 1, 31, 32, 33, 47, 48, 63, 64, 65, 127, 128, 129, 1000):
        seed = draw.randbytes(32)
        key, secret = bindings.crypto_sign_seed_keypair(seed)
        yield f"{count} bytes", key, pattern(count), bindings.crypto_sign(pattern(count), secret)[:64]


def write(name, value):
    lines = ",\n".join(json.dumps(entry) for entry in value)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n")


write("hashes.json", hashes())
write("scrypt.json", scrypt())
entries = [
    {"name": name, "key": key.hex(), "message": message.hex(), "signature": signature.hex(),
     "valid": verdict(key, message, signature)}
    for name, key, message, signature in cases()
]
for seed, key, message, signature in PUBLISHED:
    assert bindings.crypto_sign_seed_keypair(bytes.fromhex(seed))[0].hex() == key
write("ed25519.json", entries)
write("signing.json", [
    {"seed": seed, "key": key, "message": message, "signature": signature}
    for seed, key, message, signature in PUBLISHED
] + [
    {"seed": seed.hex(), "key": bindings.crypto_sign_seed_keypair(seed)[0].hex(), "message": pattern(count).hex(),
     "signature": bindings.crypto_sign(pattern(count), bindings.crypto_sign_seed_keypair(seed)[1])[:64].hex()}
    for count in [*range(0, 40), 127, 128, 129, 500] for seed in [draw.randbytes(32)]
])
print(f"{len(entries)} signatures, {sum(entry['valid'] for entry in entries)} of them valid")
