"""What wraps the keys of the envelopes: a key of the environment, or a key service beside it. And the way back.

A wrapped key says what it was wrapped with (`EnvelopeKey.wrapped_with`), so that keys of the environment and of the
service open side by side until `manage.py rotate_sealing_keys` has wrapped everything with what is set now.

The key service speaks Vault's transit protocol (OpenBao's, too). The recovery key is public here: its private half lies
in a safe, and takes part only in `manage.py recover_sealing_keys`.
"""

import base64
import binascii
import functools
import json
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from govtech.errors import LostError, UnavailableError
from startups.calculations import sealing

KEPT_SECONDS = 60  # how long a key that the service opened is kept in the process's memory
TRIES = 2


class SealingKeyMissingError(LostError):
    """Nothing that is set here opens this key: what wrapped it was taken away too early, or is lost."""


class KeyServiceError(UnavailableError):
    """The key service doesn't answer, or refuses. What is sealed is whole; it can't be opened just now."""


class Wrapper(Protocol):
    """Wraps keys. Another service takes a class with these three."""

    def newest(self) -> str:
        """Return the name that a key wrapped now gets."""

    def opens(self, name: str) -> bool:
        """Say whether this opens a key kept with that name."""

    def wrap(self, key: bytes, *, context: str) -> tuple[bytes, str]:
        """Return the key wrapped, bound to where it belongs, and the name to keep beside it: 64 characters at most.

        Another name wherever another key, or version of it, has to be there to open it.
        """

    def unwrap(self, blob: bytes, *, name: str, context: str) -> bytes:
        """Return the key."""


class Environment:
    """Keys of `SEALING_KEYS`, the newest first."""

    def newest(self) -> str:
        """Return the name of the newest key."""
        return key_id(settings.SEALING_KEYS[0])

    def opens(self, name: str) -> bool:
        """Say whether one of the keys has that name."""
        return any(key_id(key) == name for key in settings.SEALING_KEYS)

    def wrap(self, key: bytes, *, context: str) -> tuple[bytes, str]:
        """Wrap with the newest."""
        return sealing.encrypt(settings.SEALING_KEYS[0], key, context=context), self.newest()

    def unwrap(self, blob: bytes, *, name: str, context: str) -> bytes:
        """Open with the key of that name."""
        wrapping = next(key for key in settings.SEALING_KEYS if key_id(key) == name)
        return sealing.decrypt(wrapping, blob, context=context)


class KeyService:
    """A key that never leaves the service: it wraps and opens over HTTP, by Vault's transit protocol."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bytes, str], tuple[float, bytes]] = {}

    def newest(self) -> str:
        """Return name and version of the service's key; only wrapping something tells the version."""
        return self.wrap(b"version", context="version")[1]

    def opens(self, name: str) -> bool:
        """Say whether that name is of a key of the service, and there is a service."""
        return bool(settings.SEALING_SERVICE_URL) and name.startswith("service:")

    def wrap(self, key: bytes, *, context: str) -> tuple[bytes, str]:
        """Have the service wrap it with the newest version of its key, which the name says: `service:portal:v3`."""
        name = f"service:{settings.SEALING_SERVICE_KEY}"
        answer = self._ask("encrypt", name, {"plaintext": _text(key), "associated_data": _text(context.encode())})
        sealed = str(answer.get("ciphertext", ""))
        _vault, version, rest = [*sealed.split(":", 2), "", ""][:3]
        if not version or not rest:
            raise KeyServiceError("The key service answered something else.")
        return sealed.encode(), f"{name}:{version}"

    def unwrap(self, blob: bytes, *, name: str, context: str) -> bytes:
        """Have the service open it; what it opened is kept a minute, so that a page doesn't wait for it at each key."""
        now = time.monotonic()
        until, key = self._kept.get((blob, context), (0.0, b""))
        if until > now:
            return key
        answer = self._ask("decrypt", name, {"ciphertext": blob.decode(), "associated_data": _text(context.encode())})
        key = base64.b64decode(answer["plaintext"])
        self._kept = {place: kept for place, kept in self._kept.items() if kept[0] > now}
        self._kept[blob, context] = (now + KEPT_SECONDS, key)
        return key

    def forget(self) -> None:
        """Drop the keys kept in memory."""
        self._kept.clear()

    def _ask(self, what: str, name: str, body: dict[str, str]) -> dict[str, Any]:
        """Ask the service; a second time where the connection failed. Raises `KeyServiceError`."""
        address = f"{settings.SEALING_SERVICE_URL.rstrip('/')}/v1/transit/{what}/{name.split(':')[1]}"
        headers = {"Content-Type": "application/json", "X-Vault-Token": service_token()}
        request = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - the address is a setting
        problem: Exception | None = None
        for _try in range(TRIES):
            try:
                with urlopen(request, timeout=settings.SEALING_SERVICE_TIMEOUT) as answer:  # noqa: S310 - as above
                    found: dict[str, Any] = json.load(answer)["data"]
                    return found
            except HTTPError as error:
                raise KeyServiceError(f"The key service refused to {what}: {error.code}.") from error
            except (OSError, HTTPException) as error:
                problem = error
            except (ValueError, KeyError, TypeError, binascii.Error) as error:
                raise KeyServiceError("The key service answered something else.") from error
        raise KeyServiceError("The key service doesn't answer.") from problem


SERVICE = KeyService()
WRAPPERS: list[Wrapper] = [Environment(), SERVICE]


def writer() -> Wrapper:
    """Return what wraps new keys: the service where one is set, else the environment."""
    return SERVICE if settings.SEALING_SERVICE_URL else WRAPPERS[0]


def unwrap(blob: bytes, *, name: str, context: str) -> bytes:
    """Return a key. Raises `SealingKeyMissingError`, `KeyServiceError`."""
    for wrapper in WRAPPERS:
        if wrapper.opens(name):
            return wrapper.unwrap(blob, name=name, context=context)
    raise SealingKeyMissingError(f"Nothing here opens what was wrapped with {name}.")


@functools.lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """Return the name of a key of the environment: it tells keys apart and nothing else."""
    return sealing.sha256(b"sealing key" + key)[:16]


def service_token() -> str:
    """Return the token for the key service: from the file that an agent renews, or from the environment."""
    if settings.SEALING_SERVICE_TOKEN_FILE:
        return Path(settings.SEALING_SERVICE_TOKEN_FILE).read_text(encoding="utf-8").strip()
    token: str = settings.SEALING_SERVICE_TOKEN
    return token


# The way back --------------------------------------------------------------------------------------


def recovery_key() -> rsa.RSAPublicKey | None:
    """Return the public key that a key is kept for besides, if one is set."""
    if not settings.SEALING_RECOVERY_KEY:
        return None
    found = serialization.load_pem_public_key(Path(settings.SEALING_RECOVERY_KEY).read_bytes())
    if not isinstance(found, rsa.RSAPublicKey):
        raise TypeError("SEALING_RECOVERY_KEY must be an RSA public key.")
    return found


def recovery_id(key: rsa.RSAPublicKey) -> str:
    """Return the name of a recovery key."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sealing.sha256(der)[:16]


def wrap_for_recovery(key: bytes, public: rsa.RSAPublicKey, *, context: str) -> bytes:
    """Return the key so that only the private half opens it."""
    return public.encrypt(key, _oaep(context))


def recover(blob: bytes, private: rsa.RSAPrivateKey, *, context: str) -> bytes:
    """Return the key. ValueError where it was wrapped for another, or belongs elsewhere."""
    return private.decrypt(blob, _oaep(context))


def _oaep(context: str) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), context.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
