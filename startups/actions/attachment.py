"""Files of a proposal: added whole or piece by piece, taken out, always encrypted, names and reasons too.

A file sent piece by piece (after the tus protocol): `begin` says what comes, `append` takes the next piece, and the
last one makes the attachment, once: whoever lost the answer and asks again gets the same. Pieces lie encrypted; what
is not whole after a day is swept away.
"""

import io
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.errors import DomainError, TryAgainError
from govtech.files import actions as files
from govtech.files import checks, storage, sweeps
from govtech.files.uploads import Joined
from govtech.ids import public_id
from govtech.shell.words import number
from startups.actions.draft import lock
from startups.actions.envelope import about_of
from startups.actions.keys import codec_for, codec_of
from startups.calculations import sealing
from startups.calculations.counting import has_words
from startups.models import Attachment, Envelope, Proposal, SubmissionFile, Upload, UploadPart
from startups.policies import proposal as policies

MAX_TOTAL_BYTES = 100_000_000
MAX_FILES = 20
PIECE = 1_000_000  # bytes a page sends at a time
LONGEST_PIECE = 4_000_000  # what is taken: below what a request may hold in memory
VALID_FOR = timedelta(hours=24)  # as long as files that no row names are left alone
LONGEST_REASON = 500  # characters


class PlaceError(DomainError):
    """The piece doesn't continue what is here. `offset` is where to go on."""

    def __init__(self, offset: int) -> None:
        super().__init__(_("The upload goes on from another place. Try again."))
        self.offset = offset


def add(
    proposal: Proposal, upload: UploadedFile, *, envelope: str, by: User, at: datetime, confidential: str = ""
) -> Attachment:
    """Keep a file of the proposal, encrypted, its name too. `confidential` is the reason why it is, if it is.

    Raises DomainError(field="file" or "confidential_reason") in words.
    """
    policies.check_can_edit(proposal, by=by, at=at)
    reason = _reason(confidential)
    _check_room(proposal, upload.size or 0)
    checked = files.check(upload)
    with files.all_or_nothing(), transaction.atomic():
        return _keep(proposal, checked, envelope=envelope, reason=reason, by=by, at=at)


def _keep(
    proposal: Proposal, checked: files.Checked, *, envelope: str, reason: str, by: User, at: datetime, own: int = 0
) -> Attachment:
    """Make the attachment of a file that was checked. `own` is the upload whose room it takes."""
    proposal = lock(proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    _check_room(proposal, checked.size, own=own)
    codec = codec_for(proposal, at=at)
    name = public_id()
    stored = files.keep(checked, by=by, at=at, codec=codec.for_file(envelope, name))
    return Attachment.objects.create(
        public_id=name,
        proposal=proposal,
        file=stored,
        envelope=Envelope(envelope),
        name=codec.seal(envelope, f"name/{name}", checked.name.encode()),
        confidential=codec.seal(envelope, f"confidential/{name}", reason.encode()) if reason else None,
        added_at=at,
        added_by=by,
    )


@transaction.atomic
def remove(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a file out of the working copy. What was handed in keeps it; else its bytes go."""
    proposal = lock(attachment.proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    attachment = Attachment.objects.select_for_update(no_key=True).get(pk=attachment.pk)
    if SubmissionFile.objects.filter(attachment_public_id=attachment.public_id).exists():
        attachment.removed_at = attachment.removed_at or at
        attachment.save(update_fields=["removed_at"])
        return
    stored = attachment.file
    attachment.delete()
    files.discard(stored)


@transaction.atomic
def begin(
    proposal: Proposal,
    *,
    name: str,
    size: int,
    modified: int,
    envelope: str,
    by: User,
    at: datetime,
    confidential: str = "",
) -> Upload:
    """Say which file comes. The same person choosing the same file again goes on where it broke off.

    Where it had arrived whole, the answer has its `attachment`: nothing is to be sent. One taken out comes anew.
    `size` in bytes; `modified` tells one file from another of its name. Raises DomainError as `add`, as far as name and
    size tell already.
    """
    proposal = lock(proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    reason = _reason(confidential)
    checks.check_upload(name, size)
    about = {"name": checks.clean_name(name), "modified": modified, "confidential": reason}
    codec = codec_for(proposal, at=at)
    same = proposal.uploads.filter(started_by=by, size=size, envelope=envelope, started_at__gt=at - VALID_FOR)
    for known in same.filter(attachment__removed_at=None):
        if about_of(known, codec) == about:
            return known
    _check_room(proposal, size)
    upload = Upload(
        proposal=proposal, envelope=Envelope(envelope), public_id=public_id(), size=size, started_at=at, started_by=by
    )
    upload.about = codec.seal(envelope, f"upload/{upload.public_id}", sealing.canonical_json(about))
    upload.save()
    return upload


def append(upload: Upload, *, start: int, data: bytes, by: User, at: datetime) -> Attachment | None:
    """Take the piece that begins at byte `start`; the last one makes the attachment, which is returned.

    A piece is kept whole or not at all. Raises `PlaceError` where it doesn't continue what is here, and DomainError
    where the whole file is refused: then nothing of it is left. With `TryAgainError` all is kept, and an empty piece at
    the end asks again.
    """
    with transaction.atomic():
        is_whole = _take(upload, start=start, data=data, by=by, at=at)
    if not is_whole:
        return None
    try:
        with files.all_or_nothing():
            return _finish(upload, by=by, at=at)
    except (PlaceError, TryAgainError):
        raise
    except DomainError:
        discard(upload)
        raise


def offset_of(upload: Upload) -> int:
    """Return how many bytes are here."""
    return UploadPart.objects.filter(upload=upload).aggregate(total=Sum("size"))["total"] or 0


@transaction.atomic
def cancel(upload: Upload, *, by: User, at: datetime) -> None:
    """Give up a file on its way. Raises DomainError where it has arrived meanwhile."""
    found = Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).first()  # before the proposal: `_finish`
    policies.check_can_edit(lock(upload.proposal), by=by, at=at)
    if found and found.attachment_id:
        raise DomainError(_("This file has arrived whole. Take it out of the list if it isn't to be part."))
    discard(upload)


@transaction.atomic
def discard(upload: Upload) -> None:
    """Delete a file on its way: the rows now, the bytes after commit."""
    _drop_pieces(upload)
    Upload.objects.filter(pk=upload.pk).delete()


def _drop_pieces(upload: Upload) -> None:
    pieces = UploadPart.objects.filter(upload=upload)
    for path in pieces.values_list("path", flat=True):
        transaction.on_commit(partial(storage.remove, path), robust=True)
    pieces.delete()


def sweep(*, at: datetime) -> None:
    """Daily: delete what wasn't whole after a day, and the word of what was. Safe to repeat."""
    for upload in Upload.objects.filter(started_at__lte=at - VALID_FOR).order_by("pk"):
        discard(upload)


sweeps.register(sweep)


def _take(upload: Upload, *, start: int, data: bytes, by: User, at: datetime) -> bool:
    """Keep a piece; say whether the file is whole now."""
    proposal = lock(upload.proposal)
    policies.check_can_edit(proposal, by=by, at=at)
    here = offset_of(upload)
    found = Upload.objects.filter(pk=upload.pk, started_at__gt=at - VALID_FOR).first()
    if found and found.attachment_id:
        return True
    if start != here or found is None:
        raise PlaceError(here)
    if not data and here < upload.size:
        raise DomainError(_("An empty piece arrived. Try again."), field="file")
    if len(data) > LONGEST_PIECE or here + len(data) > upload.size:
        raise DomainError(
            _("More arrived than the file was said to have. Choose the file again."),
            field="file",
        )
    if data:
        sealed = codec_of(proposal).seal(upload.envelope, f"upload/{upload.public_id}/{start}", data)
        path = storage.write(sealed)
        try:
            with transaction.atomic():
                UploadPart.objects.create(upload=upload, start=start, size=len(data), path=path)
        except BaseException:
            storage.remove(path)
            raise
    return here + len(data) == upload.size


@transaction.atomic
def _finish(upload: Upload, *, by: User, at: datetime) -> Attachment:
    """Make the attachment of a file that is whole. Who comes second waits, and gets the one that the first made.

    The content is checked under the lock of the upload alone: others may go on writing the proposal.
    """
    proposal = upload.proposal
    locked = Upload.objects.select_for_update(of=("self",), no_key=True).select_related("attachment")
    found = locked.filter(pk=upload.pk).first()
    if found is None:
        raise PlaceError(0)
    if found.attachment is not None:
        return found.attachment
    codec = codec_of(proposal)
    parts = list(UploadPart.objects.filter(upload=upload).order_by("start"))

    def load(place: int) -> bytes:
        part = parts[place]
        return codec.unseal(upload.envelope, f"upload/{upload.public_id}/{part.start}", storage.read(part.path))

    about = about_of(upload, codec)
    source = io.BufferedReader(Joined([part.size for part in parts], load))  # type: ignore[type-var]
    checked = files.check(UploadedFile(source, about["name"], size=upload.size))
    reason = about["confidential"]
    made = _keep(proposal, checked, envelope=upload.envelope, reason=reason, by=by, at=at, own=upload.pk)
    _drop_pieces(upload)
    found.attachment = made
    found.save(update_fields=["attachment"])
    return made


def _reason(text: str) -> str:
    """Return the reason written on one line, empty where the file isn't confidential."""
    text = " ".join(text.split())
    if text and not has_words(text):
        raise DomainError(_("Say in words why this file is confidential."), field="confidential_reason")
    if len(text) > LONGEST_REASON:
        raise DomainError(
            _("The reason has %(length)s characters and %(limit)s is the most. Shorten it.")
            % {"length": number(len(text)), "limit": number(LONGEST_REASON)},
            field="confidential_reason",
        )
    return text


def _check_room(proposal: Proposal, size: int, *, own: int = 0) -> None:
    live = Attachment.objects.filter(proposal=proposal, removed_at=None)
    coming = proposal.uploads.filter(attachment=None).exclude(pk=own)
    if live.count() + coming.count() >= MAX_FILES:
        raise DomainError(
            _("There are %(most)s files already, the most a proposal can have. Put some together in one.")
            % {"most": MAX_FILES},
            field="file",
        )
    used = live.aggregate(total=Sum("file__size"))["total"] or 0
    used += coming.aggregate(total=Sum("size"))["total"] or 0
    if used + size > MAX_TOTAL_BYTES:
        raise DomainError(
            _("All files together may have %(most)s MB, and with this one there would be more. Reduce it.")
            % {"most": MAX_TOTAL_BYTES // 1_000_000},
            field="file",
        )
