"""Keeping videos."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import Checked, discard, keep
from govtech.programme.models import Video, VideoStatus
from govtech.programme.policies import content as policies

FIELDS = (
    "title", "title_en", "summary", "summary_en", "external_url", "seconds", "captions", "captions_en", "transcript",
    "transcript_en", "chapters", "places", "order",
)  # fmt: skip


def locked(video: Video) -> Video:
    """Return the row as it is now, locked."""
    return Video.objects.select_for_update(of=("self",), no_key=True).select_related("file").get(pk=video.pk)


def free_slug(model: Any, title: str) -> str:
    """Return an address made of a title that nothing of that kind has."""
    stem = slugify(title)[:70].strip("-") or "x"
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if each not in taken)


@transaction.atomic
def save_video(
    video: Video | None, *, checked: tuple[Checked, int] | None = None, by: User, at: datetime, **values: Any
) -> Video:
    """Write a video, new where `video` is None. `values`: those of `FIELDS`; `checked`: another file, its length.

    What is published stays whole: DomainError names what would be missing. Put `all_or_nothing` around it.
    """
    policies.check_can_write(by=by)
    row = locked(video) if video is not None else Video(slug=free_slug(Video, values["title"]), created_by=by)
    before, old = {name: getattr(row, name) for name in FIELDS}, row.file
    for name in FIELDS:
        setattr(row, name, values.get(name, before[name]))
    _set_source(row, checked, before["seconds"], by=by, at=at)
    changed = [name for name in FIELDS if before[name] != getattr(row, name)]
    changed += ["file"] if row.file != old else []
    if video is not None and not changed:
        return row
    if row.status == VideoStatus.PUBLISHED:
        _check_whole(row)
    row.changed_at = at
    row.created_at = row.created_at or at
    row.save()
    if old is not None and row.file != old:
        discard(old)
    if video is None:
        audit.record("video.made", target=row, by=by, at=at, new=row.status)
    else:
        audit.record("video.changed", target=row, by=by, at=at, fields=changed)
    return row


def _set_source(
    row: Video, checked: tuple[Checked, int] | None, seconds: int | None, *, by: User, at: datetime
) -> None:
    """Let a new file take the place of what was there, and an address that of a file. A file says its own length."""
    if checked is not None:
        row.file, row.seconds = keep(checked[0], by=by, at=at), checked[1]
        row.external_url = ""
    elif row.external_url:
        row.file = None
    elif row.file_id:
        row.seconds = seconds


def _check_whole(row: Video) -> None:
    for field, why in policies.missing(row):
        raise DomainError(why, field=field)


@transaction.atomic
def publish(video: Video, *, by: User, at: datetime) -> Video:
    """Show a video to everybody, at the places it explains. DomainError names what it lacks."""
    row = locked(video)
    policies.check_can_publish(row, by=by)
    return _move(row, VideoStatus.PUBLISHED, "video.published", by=by, at=at)


@transaction.atomic
def withdraw(video: Video, *, by: User, at: datetime) -> Video:
    """Show it to nobody any more but the Office."""
    row = locked(video)
    policies.check_can_withdraw(row, by=by)
    return _move(row, VideoStatus.WITHDRAWN, "video.withdrawn", by=by, at=at)


def _move(row: Video, status: VideoStatus, kind: str, *, by: User, at: datetime) -> Video:
    old, row.status, row.changed_at = row.status, status, at
    if status == VideoStatus.PUBLISHED:
        row.published_at = row.published_at or at
    row.save(update_fields=["status", "changed_at", "published_at"])
    audit.record(kind, target=row, by=by, at=at, old=old, new=status)
    return row
