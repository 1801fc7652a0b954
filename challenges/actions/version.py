"""Versions of a draft, cut where somebody will want to look back."""

from datetime import datetime, timedelta

from django.db.models import BigIntegerField

from challenges.models import Challenge, ChallengeStep, ChallengeVersion, VersionCause
from challenges.models.version import content_of
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.statements import Slot, Statement

QUIET = timedelta(minutes=10)  # two people who write at once cut one version, not one at each save


def cut(challenge: Challenge, *, cause: str, by: User, at: datetime) -> ChallengeVersion | None:
    """Keep what the draft says now. Its row is locked by the caller. Work that changed nothing cuts none."""
    last = challenge.versions.order_by("-number").first()
    content = content_of(challenge)
    if cause == VersionCause.WORK and last is not None and last.content == content:
        return None
    return ChallengeVersion.objects.create(
        challenge=challenge,
        number=(last.number if last else 0) + 1,
        cause=cause,
        content=content,
        made_at=at,
        made_by=by,
    )


_LAST_SAVED = Statement(
    lambda: (
        ChallengeStep.objects.filter(challenge=Slot("challenge", BigIntegerField()))
        .exclude(saved_at=None)
        .exclude(key="terms")
        .select_related("saved_by")
        .order_by("-saved_at", "-pk")[:1]
    )
)


def cut_before_save(challenge: Challenge, *, by: User, at: datetime) -> ChallengeVersion | None:
    """Keep what others wrote, or what was written on another day, before `by` writes over it.

    The version bears the name and instant of its last save.
    """
    last = _LAST_SAVED.one(challenge=challenge.pk)
    if last is None or last.saved_at is None or last.saved_by is None:
        return None
    is_same_day = local_date(last.saved_at) == local_date(at)
    is_same_author = last.saved_by_id == by.pk
    if is_same_day and (is_same_author or challenge.versions.filter(made_at__gt=at - QUIET).exists()):
        return None
    return cut(challenge, cause=VersionCause.WORK, by=last.saved_by, at=_not_before(challenge, last.saved_at))


def _not_before(challenge: Challenge, at: datetime) -> datetime:
    """Return `at`, or the instant of the last version or of the terms: a version never seems older than they are."""
    known = [
        *challenge.versions.order_by("-made_at").values_list("made_at", flat=True)[:1],
        *challenge.steps.filter(key="terms").exclude(saved_at=None).values_list("saved_at", flat=True),
    ]
    return max([at, *known])
