"""The seal: AES-256-GCM over canonical JSON, bound to where it belongs. Pure: keys come from the caller."""

import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govtech.errors import LostError

VERSION = b"\x01"
NONCE = 12  # bytes; random for each message, far below the bound of 2**32 messages a key
KEY = 32  # bytes


class BrokenSealError(LostError):
    """The bytes aren't what was sealed here: altered, cut, moved from another place, or another key."""


def new_key() -> bytes:
    """Return a fresh random key of 32 bytes."""
    return AESGCM.generate_key(bit_length=KEY * 8)


def encrypt(key: bytes, plain: bytes, *, context: str) -> bytes:
    """Return version, nonce and ciphertext. `context` says where it belongs; it isn't stored but must match to open.

    >>> blob = encrypt(bytes(32), b"secret", context="here")
    >>> decrypt(bytes(32), blob, context="here")
    b'secret'
    >>> blob == encrypt(bytes(32), b"secret", context="here")
    False
    """
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, _bound(context))


def decrypt(key: bytes, blob: bytes, *, context: str) -> bytes:
    """Return the plain bytes. Raises `BrokenSealError` on anything but what `encrypt` made for this context.

    >>> decrypt(bytes(32), encrypt(bytes(32), b"secret", context="here"), context="there")
    Traceback (most recent call last):
    startups.calculations.sealing.BrokenSealError: This isn't what was sealed.
    """
    blob = bytes(blob)
    if blob[:1] != VERSION:
        raise BrokenSealError("Unknown version of the seal.")
    nonce, ciphertext = blob[1 : 1 + NONCE], blob[1 + NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _bound(context))
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError("This isn't what was sealed.") from error


def canonical_json(value: Any) -> bytes:
    """Return one form for one value: sorted keys, no spaces, UTF-8. Floats are refused: money is text.

    >>> canonical_json({"b": "ñ", "a": [1]}).decode()
    '{"a":[1],"b":"ñ"}'
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 in lower-case hex.

    >>> sha256(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def _bound(context: str) -> bytes:
    return VERSION + context.encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A float has no canonical form here.")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _refuse_floats(part)
