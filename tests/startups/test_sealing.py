"""The seal itself: encryption, keys, their rotation; and the pure calculations beside it."""

import doctest

import pytest

from startups.actions import envelope as envelopes
from startups.actions import keys
from startups.calculations import completeness, counting, manifest, sealing, size, tax
from startups.models import Envelope, EnvelopeKey
from tests.startups.calls import own_draft
from tests.startups.factories import hand_in

KEY = bytes(range(32))


@pytest.mark.parametrize("module", [completeness, counting, manifest, sealing, size, tax])
def test_the_examples_hold(module):
    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("spoil", [0, 1, 13, -1])
def test_one_byte_changed_breaks_the_seal(spoil):
    blob = bytearray(sealing.encrypt(KEY, b"Precio: 12.000", context="x"))
    blob[spoil] ^= 1

    with pytest.raises(sealing.BrokenSealError):
        sealing.decrypt(KEY, bytes(blob), context="x")


@pytest.mark.parametrize(("key", "context"), [(bytes(32), "x"), (KEY, "y")])
def test_another_key_or_place_opens_nothing(key, context):
    blob = sealing.encrypt(KEY, b"texto", context="x")

    with pytest.raises(sealing.BrokenSealError):
        sealing.decrypt(key, blob, context=context)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" + bytes(5), b"\x02" + bytes(40)])
def test_what_was_never_sealed_is_refused(blob):
    with pytest.raises(sealing.BrokenSealError):
        sealing.decrypt(KEY, blob, context="x")


def test_floats_have_no_canonical_form():
    with pytest.raises(TypeError):
        sealing.canonical_json({"a": [{"b": 0.1}]})


@pytest.mark.django_db
def test_each_challenge_and_envelope_has_its_own_key(settings):
    one, other = own_draft(), own_draft()

    found = [keys.key_for(each.challenge, name, at=each.created_at) for each in (one, other) for name in Envelope]

    assert len(set(found)) == 4
    for row in EnvelopeKey.objects.all():
        assert not any(key in bytes(row.wrapped) for key in found)


@pytest.mark.django_db
def test_keys_wrapped_anew_open_what_was_sealed_before_and_the_old_one_may_go(settings):
    proposal = own_draft()
    submission = hand_in(proposal).submission
    old = settings.SEALING_KEYS[0]
    settings.SEALING_KEYS = [sealing.new_key(), old]

    assert keys.rotate(at=proposal.created_at) == 2
    assert keys.rotate(at=proposal.created_at) == 0

    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    assert envelopes.verify(submission) == ""
    settings.SEALING_KEYS = [old]
    assert envelopes.verify(submission) == "key"


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["technical_blob", "economic_blob", "manifest"])
def test_a_submission_altered_below_the_guards_is_found_out(part):
    submission = hand_in(own_draft()).submission
    value = getattr(submission, part)
    setattr(submission, part, {**value, "number": 9} if part == "manifest" else bytes(value)[:-1] + b"?")

    assert envelopes.verify(submission) == part.removesuffix("_blob")
