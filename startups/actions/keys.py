"""Keys of the envelopes: one for each challenge and envelope, wrapped by what `actions.wrapping` says.

Rotating wraps them anew and touches nothing that is sealed. Where what wrapped them is lost, the recovery key brings
them back (`recover`); without one, what they seal is lost, and the opening says so of each proposal.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import BigIntegerField, F

from challenges.models import Challenge, Status
from govtech.files.stream import StreamCodec
from govtech.statements import OneOf, Slot, Statement
from startups.actions import wrapping
from startups.actions.wrapping import KeyServiceError, SealingKeyMissingError, key_id
from startups.calculations import sealing
from startups.models import Envelope, EnvelopeKey, Proposal

logger = logging.getLogger(__name__)
__all__ = ["KeyServiceError", "SealingKeyMissingError", "key_id"]


def key_for(challenge: Challenge, envelope: str, *, at: datetime) -> bytes:
    """Return the key of that envelope, made on first use. Two first uses at once give one key."""
    return keys_for(challenge, at=at)[envelope]


def keys_for(challenge: Challenge, *, at: datetime) -> dict[str, bytes]:
    """Return the keys of both envelopes, made on first use."""
    rows = EnvelopeKey.objects.filter(challenge=challenge)
    found = list(rows)
    if len(found) < len(Envelope.values):
        _make(challenge, at)  # waits for a rival that makes them, too; those of the first count
        found = list(rows.all())
    return {row.envelope: _unwrap(row) for row in found}


@transaction.atomic
def _make(challenge: Challenge, at: datetime) -> None:
    fresh = [EnvelopeKey(challenge=challenge, envelope=name, created_at=at) for name in Envelope.values]
    for row in fresh:
        _wrap(row, sealing.new_key())
    EnvelopeKey.objects.bulk_create(fresh, ignore_conflicts=True)


def _wrap(row: EnvelopeKey, key: bytes) -> None:
    """Wrap a key with what is set now, and for the recovery key where there is one."""
    row.wrapped, row.wrapped_with = wrapping.writer().wrap(key, context=_context(row))
    public = wrapping.recovery_key()
    if public is not None:
        row.recovery = wrapping.wrap_for_recovery(key, public, context=_context(row))
        row.recovery_with = wrapping.recovery_id(public)


WRAPPED = ["wrapped", "wrapped_with", "recovery", "recovery_with"]


@transaction.atomic
def rotate(*, at: datetime) -> int:
    """Wrap every key with what is set now; return how many changed. Nothing sealed is touched. All or none.

    What wraps names its version: a key service tells which of its own only by wrapping.
    """
    changed = 0
    for row in EnvelopeKey.objects.order_by("pk").select_for_update(no_key=True):
        before = row.wrapped_with, row.recovery_with
        _wrap(row, _unwrap(row))
        if (row.wrapped_with, row.recovery_with) != before:
            row.save(update_fields=WRAPPED)
            changed += 1
    return changed


class Recovery(NamedTuple):
    """How many keys came back, how many can't, and how many wait for a key service that doesn't answer or refuses."""

    back: int
    lost: int
    waiting: int


def recover(private: rsa.RSAPrivateKey, *, at: datetime, service_is_lost: bool = False) -> Recovery:
    """Bring back, with the private half of the recovery key, every key that nothing here opens; wrap it anew.

    Each key by itself: one that can't be brought back (kept for another recovery key or none, or spoilt) keeps no other
    back. Where the key service doesn't open one, it waits, unless `service_is_lost` says that it never will.
    """
    counts = Counter(
        _recover(pk, private, service_is_lost=service_is_lost)
        for pk in EnvelopeKey.objects.order_by("pk").values_list("pk", flat=True)
    )
    return Recovery(counts["back"], counts["lost"], counts["waiting"])


@transaction.atomic
def _recover(pk: int, private: rsa.RSAPrivateKey, *, service_is_lost: bool) -> str:
    """Bring one key back where nothing opens it; say what became of it."""
    row = EnvelopeKey.objects.select_for_update(no_key=True).get(pk=pk)
    try:
        _unwrap(row)
    except (SealingKeyMissingError, sealing.BrokenSealError):
        pass
    except KeyServiceError:
        if not service_is_lost:
            return "waiting"
    else:
        return "opens"
    if row.recovery is None or row.recovery_with != wrapping.recovery_id(private.public_key()):
        return "lost"
    try:
        key = wrapping.recover(bytes(row.recovery), private, context=_context(row))
    except ValueError:
        return "lost"
    try:
        _wrap(row, key)
    except KeyServiceError:
        return "waiting"
    row.save(update_fields=WRAPPED)
    return "back"


@dataclass(frozen=True)
class Holding:
    """What one wrapping key holds: how many keys, of which how many for calls not opened yet; why it doesn't open one.

    `trouble` is `missing`, `spoilt` (what is kept was altered), `service` (it doesn't answer or refuses), or nothing.
    """

    name: str
    keys: int
    unopened: int
    recoverable: int
    trouble: str


def holdings() -> list[Holding]:
    """Try every key, and say what each wrapping key holds. Reads no proposal."""
    rows = list(EnvelopeKey.objects.select_related("challenge").order_by("wrapped_with", "pk"))
    troubles = {row.wrapped_with: trouble for row in rows if (trouble := _trouble(row))}
    counts = Counter(row.wrapped_with for row in rows)
    unopened = Counter(row.wrapped_with for row in rows if row.challenge.status == Status.PUBLISHED)
    recoverable = Counter(row.wrapped_with for row in rows if row.recovery is not None)
    return [
        Holding(name, counts[name], unopened[name], recoverable[name], troubles.get(name, ""))
        for name in sorted(counts)
    ]


def _trouble(row: EnvelopeKey) -> str:
    try:
        return "" if len(_unwrap(row)) == sealing.KEY else "spoilt"
    except SealingKeyMissingError:
        return "missing"
    except sealing.BrokenSealError:
        return "spoilt"
    except KeyServiceError:
        return "service"


def _unwrap(row: "EnvelopeKey | Wrapped") -> bytes:
    return wrapping.unwrap(bytes(row.wrapped), name=row.wrapped_with, context=_context(row))


def _context(row: "EnvelopeKey | Wrapped") -> str:
    return f"envelope key/{row.challenge_id}/{row.envelope}"


class Codec:
    """Seals and opens the parts of one proposal. Each blob is bound to proposal, envelope and part."""

    def __init__(self, proposal: Any, keys: dict[str, bytes]) -> None:
        self._proposal, self._keys = proposal, keys

    def seal(self, envelope: str, part: str, plain: bytes) -> bytes:
        """Return the blob to store."""
        return sealing.encrypt(self._keys[envelope], plain, context=self._context(envelope, part))

    def unseal(self, envelope: str, part: str, blob: bytes | memoryview) -> bytes:
        """Return the plain bytes. Raises `BrokenSealError`."""
        return sealing.decrypt(self._keys[envelope], bytes(blob), context=self._context(envelope, part))

    def for_file(self, envelope: str, attachment: str) -> StreamCodec:
        """Return the codec of the file of the attachment with that public id."""
        return StreamCodec(self._keys[envelope], self._context(envelope, f"file/{attachment}"))

    def _context(self, envelope: str, part: str) -> str:
        return f"{self._proposal.public_id}/{envelope}/{part}"


def codec_for(proposal: Proposal, *, at: datetime) -> Codec:
    """Return the codec of a proposal, whose keys are made on first use."""
    return Codec(proposal, keys_for(proposal.challenge, at=at))


def codecs_of(proposals: Iterable[Any]) -> dict[int, Codec]:
    """Return codecs by proposal for reading many, in one query. A proposal always has its keys: starting makes them.

    Of each its `pk`, `public_id` and `challenge_id` are looked at.
    """
    proposals = list(proposals)
    keys: dict[int, dict[str, bytes]] = {}
    for row in EnvelopeKey.objects.filter(challenge__in={proposal.challenge_id for proposal in proposals}):
        keys.setdefault(row.challenge_id, {})[row.envelope] = _unwrap(row)
    return {proposal.pk: Codec(proposal, keys.get(proposal.challenge_id, {})) for proposal in proposals}


class Wrapped(NamedTuple):
    """The columns of an `EnvelopeKey` that opening it takes."""

    challenge_id: int
    envelope: str
    wrapped: bytes
    wrapped_with: str


_KEYS = Statement(
    lambda: EnvelopeKey.objects.filter(
        OneOf(F("challenge"), Slot("challenges", ArrayField(BigIntegerField())))
    ).values_list(*Wrapped.__annotations__)
)


def readable_codecs_of(proposals: Iterable[Any]) -> dict[int, Codec]:
    """Return the codecs of those whose keys open now, in one query; the others are left out, and logged.

    For lists: one call whose key is lost doesn't take the others with it.
    """
    proposals = list(proposals)
    keys: dict[int, dict[str, bytes]] = {}
    silent: set[str] = set()  # services that don't answer are asked once
    challenges = {proposal.challenge_id for proposal in proposals}
    for given in _KEYS.rows(challenges=list(challenges)) if challenges else ():
        row = Wrapped(*given)
        if row.wrapped_with in silent:
            continue
        try:
            keys.setdefault(row.challenge_id, {})[row.envelope] = _unwrap(row)
        except (SealingKeyMissingError, KeyServiceError, sealing.BrokenSealError) as error:
            silent |= {row.wrapped_with} if isinstance(error, KeyServiceError) else set()
            logger.warning("A key of challenge #%s can't be opened: %s", row.challenge_id, type(error).__name__)
    whole = {pk for pk, found in keys.items() if len(found) == len(Envelope.values)}
    return {row.pk: Codec(row, keys[row.challenge_id]) for row in proposals if row.challenge_id in whole}


def codec_of(proposal: Proposal) -> Codec:
    """Return the codec of one proposal for reading."""
    return codecs_of([proposal])[proposal.pk]
