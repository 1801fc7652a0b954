"""Keys of the envelopes: one for each challenge and envelope, wrapped by a key of the environment.

`settings.SEALING_KEYS` lists those, newest first. A wrapped key names the one that opens it, so that old ones open
until `manage.py rotate_sealing_keys` has wrapped everything anew.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from challenges.models import Challenge
from govtech.files.stream import StreamCodec
from startups.calculations import sealing
from startups.models import Envelope, EnvelopeKey, Proposal


class SealingKeyMissingError(Exception):
    """No key of the environment opens this: one was taken out of `SEALING_KEYS` too early."""


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
    wrapping = settings.SEALING_KEYS[0]
    fresh = [
        EnvelopeKey(challenge=challenge, envelope=name, wrapped_with=key_id(wrapping), created_at=at)
        for name in Envelope.values
    ]
    for row in fresh:
        row.wrapped = sealing.encrypt(wrapping, sealing.new_key(), context=_context(row))
    EnvelopeKey.objects.bulk_create(fresh, ignore_conflicts=True)


@transaction.atomic
def rotate(*, at: datetime) -> int:
    """Wrap every key with the newest of the environment; return how many changed. Nothing sealed is touched."""
    newest = settings.SEALING_KEYS[0]
    changed = 0
    old = EnvelopeKey.objects.exclude(wrapped_with=key_id(newest)).order_by("pk").select_for_update(no_key=True)
    for row in old:
        row.wrapped = sealing.encrypt(newest, _unwrap(row), context=_context(row))
        row.wrapped_with = key_id(newest)
        row.save(update_fields=["wrapped", "wrapped_with"])
        changed += 1
    return changed


def key_id(key: bytes) -> str:
    """Return the name of a key of the environment: it tells keys apart and nothing else."""
    return sealing.sha256(b"sealing key" + key)[:16]


def _unwrap(row: EnvelopeKey) -> bytes:
    for key in settings.SEALING_KEYS:
        if key_id(key) == row.wrapped_with:
            return sealing.decrypt(key, bytes(row.wrapped), context=_context(row))
    raise SealingKeyMissingError(f"SEALING_KEYS lacks the key {row.wrapped_with}.")


def _context(row: EnvelopeKey) -> str:
    return f"envelope key/{row.challenge_id}/{row.envelope}"


class Codec:
    """Seals and opens the parts of one proposal. Each blob is bound to proposal, envelope and part."""

    def __init__(self, proposal: Proposal, keys: dict[str, bytes]) -> None:
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


def codecs_of(proposals: Iterable[Proposal]) -> dict[int, Codec]:
    """Return codecs by proposal for reading many, in one query. A proposal always has its keys: starting makes them."""
    proposals = list(proposals)
    keys: dict[int, dict[str, bytes]] = {}
    for row in EnvelopeKey.objects.filter(challenge__in={proposal.challenge_id for proposal in proposals}):
        keys.setdefault(row.challenge_id, {})[row.envelope] = _unwrap(row)
    return {proposal.pk: Codec(proposal, keys.get(proposal.challenge_id, {})) for proposal in proposals}


def codec_of(proposal: Proposal) -> Codec:
    """Return the codec of one proposal for reading."""
    return codecs_of([proposal])[proposal.pk]
