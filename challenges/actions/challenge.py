"""Writing a challenge and reviewing it, until it is approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import BigIntegerField, F
from django.utils.translation import gettext as _

from challenges.actions.start import from_past, from_template
from challenges.actions.version import cut, cut_before_save
from challenges.calculations.step import KEYS, ROWS, STEPS, TERMS
from challenges.models import Challenge, ChallengeStep, Criterion, Review, ReviewComment, Status, Template, VersionCause
from challenges.notifications import challenge as notifications
from challenges.policies import challenge as policies
from challenges.policies import preflight
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import discard as discard_file
from govtech.files.actions import store
from govtech.files.models import StoredFile
from govtech.reference.models import Department
from govtech.statements import Slot, Statement


class StaleError(DomainError):
    """Somebody else saved this step since the page was opened. Nothing was written."""


_LOCKED = Statement(
    lambda: (
        Challenge.objects.filter(pk=Slot("key", BigIntegerField()))
        .select_for_update(of=("self",), no_key=True)
        .select_related("department")
    )
)


def locked(challenge: Challenge) -> Challenge:
    """Return the challenge, its row locked until the end of the transaction."""
    found = _LOCKED.one(key=challenge.pk)
    if found is None:
        raise Challenge.DoesNotExist
    return found


def check_title(title: str) -> None:
    """Refuse a title without words."""
    if not preflight.has_letters(title):
        raise DomainError(_("The title needs words. Name the problem in a few."), field="title")


@transaction.atomic
def create(
    department: Department, *, title: str, by: User, at: datetime, source: Challenge | Template | None = None
) -> Challenge:
    """Begin a draft, with the texts and criteria of a past call or a template if given: its days and files stay there.

    Raises PermissionDenied, and DomainError for a title without words.
    """
    policies.check_can_create(department, by=by, at=at)
    check_title(title)
    challenge = Challenge.objects.create(department=department, title=title, created_at=at, created_by=by)
    ChallengeStep.objects.bulk_create(ChallengeStep(challenge=challenge, key=key) for key in KEYS)
    if isinstance(source, Template):
        write(challenge, from_template(source))
    elif source is not None:
        write(challenge, from_past(source))
    audit.record("challenge.created", target=challenge, by=by, at=at, new=Status.DRAFT)
    return challenge


@transaction.atomic
def save_step(
    challenge: Challenge,
    key: str,
    *,
    version: int,
    data: Mapping[str, Any],
    by: User,
    at: datetime,
    takes_back: bool = False,
) -> Challenge:
    """Write one step if nobody saved it since `version`. Writes no audit event: a draft changes no state.

    Under review only with `takes_back`: then saving takes the challenge back to draft (see `take_back`), unless
    nothing changes.

    `data` holds columns of the step; "districts" a list of them, "criteria" a list of rows as mappings. Raises
    PermissionDenied, TransitionError, `StaleError` where another saved it first.
    """
    unknown = set(data) - set(STEPS[key])
    if unknown:
        raise ValueError(f"{unknown} are no part of the step {key!r}.")
    challenge = locked(challenge)
    policies.check_can_edit(challenge, by=by, at=at, takes_back=takes_back)
    if "title" in data:
        check_title(data["title"])
    if challenge.status == Status.SUBMITTED and not _changes(challenge, data):
        return challenge
    cut_before_save(challenge, by=by, at=at)
    take_version(challenge, key, version=version, by=by, at=at)
    back_to_draft(challenge, by=by, at=at)
    write(challenge, data)
    return challenge


def _changes(challenge: Challenge, data: Mapping[str, Any]) -> bool:
    """Say whether writing `data` would change anything."""
    if any(getattr(challenge, name) != data[name] for name in data if name not in ROWS):
        return True
    if "districts" in data and {row.pk for row in data["districts"]} != set(
        challenge.districts.values_list("pk", flat=True)
    ):
        return True
    if "criteria" not in data:
        return False
    stored = list(challenge.criteria.order_by("position"))
    return len(stored) != len(data["criteria"]) or any(
        getattr(old, name) != value
        for old, new in zip(stored, data["criteria"], strict=True)
        for name, value in new.items()
    )


def take_version(challenge: Challenge, key: str, *, version: int, by: User, at: datetime) -> None:
    """Raise `StaleError` unless this step is still at `version`; then it is one further."""
    saved = ChallengeStep.objects.filter(challenge=challenge, key=key, version=version).update(
        version=F("version") + 1, saved_at=at, saved_by=by
    )
    if not saved:
        raise StaleError(_("Somebody else has saved this part since you opened it. Nothing of yours was written."))


def write(challenge: Challenge, data: Mapping[str, Any]) -> None:
    """Write the columns and rows of a step into a locked challenge."""
    columns = [name for name in data if name not in ROWS]
    for name in columns:
        setattr(challenge, name, data[name])
    if columns:
        challenge.save(update_fields=columns)
    if "districts" in data:
        challenge.districts.set(data["districts"])
    if "criteria" in data:
        challenge.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(challenge=challenge, position=position, **row)
            for position, row in enumerate(data["criteria"], start=1)
        )


def back_to_draft(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Take a locked challenge under review back to draft and tell the Office; in any other state do nothing."""
    if challenge.status != Status.SUBMITTED:
        return
    old, challenge.status = challenge.status, Status.DRAFT
    challenge.save(update_fields=["status"])
    audit.record("challenge.taken_back", target=challenge, by=by, at=at, old=old, new=challenge.status)
    notifications.taken_back(challenge, at=at)


@transaction.atomic
def take_back(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """Take a challenge back from the review to change it. Raises TransitionError once the director has it."""
    challenge = locked(challenge)
    policies.check_can_take_back(challenge, by=by, at=at)
    back_to_draft(challenge, by=by, at=at)
    return challenge


@transaction.atomic
def submit(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """Send it to the Office. Raises DomainError naming everything that is missing."""
    challenge = locked(challenge)
    policies.check_can_submit(challenge, by=by, at=at)
    preflight.check_complete(challenge, at=at)
    old, challenge.status, challenge.submitted_at = challenge.status, Status.SUBMITTED, at
    challenge.save(update_fields=["status", "submitted_at"])
    cut(challenge, cause=VersionCause.SENT, by=by, at=at)
    audit.record("challenge.submitted", target=challenge, by=by, at=at, old=old, new=challenge.status)
    notifications.submitted(challenge, at=at)
    return challenge


@transaction.atomic
def send_back(challenge: Challenge, *, comments: Sequence[Mapping[str, str]], by: User, at: datetime) -> Challenge:
    """Return it with comments: mappings of step, field (may be empty) and text. Open ones made before count too."""
    challenge = locked(challenge)
    policies.check_can_send_back(challenge, by=by, at=at)
    for comment in comments:
        _add_comment(challenge, by=by, at=at, **comment)
    waiting = challenge.review_comments.unsettled().count()
    if not waiting:
        raise DomainError(_("Write at least one comment: the department must know what to mend."), field="text")
    old, challenge.status = challenge.status, Status.RETURNED
    challenge.save(update_fields=["status"])
    cut(challenge, cause=VersionCause.RETURNED, by=by, at=at)
    Review.objects.update_or_create(challenge=challenge, defaults={"seen_until": at})
    audit.record("challenge.returned", target=challenge, by=by, at=at, old=old, new=challenge.status)
    notifications.returned(challenge, count=waiting, at=at)
    return challenge


def _add_comment(
    challenge: Challenge, *, step: str, text: str, by: User, at: datetime, field: str = ""
) -> ReviewComment:
    if step not in KEYS:
        raise ValueError(f"{step!r} is no step.")
    if not text.strip():
        raise DomainError(_("Write the comment."), field="text")
    return ReviewComment.objects.create(
        challenge=challenge, step=step, field=field, text=text.strip(), made_at=at, made_by=by
    )


@transaction.atomic
def comment(challenge: Challenge, *, step: str, text: str, by: User, at: datetime, field: str = "") -> ReviewComment:
    """Add the Office's comment on a step, or a field of it. The department reads it once the challenge is returned."""
    challenge = locked(challenge)
    policies.check_can_review(challenge, by=by, at=at)
    return _add_comment(challenge, step=step, field=field, text=text, by=by, at=at)


@transaction.atomic
def discard_comment(note: ReviewComment, *, by: User, at: datetime) -> None:
    """Take back a comment that the department hasn't read yet."""
    challenge = locked(note.challenge)
    policies.check_can_review(challenge, by=by, at=at)
    challenge.review_comments.filter(pk=note.pk, made_at__gte=challenge.submitted_at).delete()


@transaction.atomic
def reject(challenge: Challenge, *, reason: str, by: User, at: datetime) -> Challenge:
    """Say no, with the reason. It stays readable for the department."""
    challenge = locked(challenge)
    policies.check_can_reject(challenge, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Give the reason: the department will read it."), field="reason")
    old, challenge.status = challenge.status, Status.REJECTED
    challenge.ended_at, challenge.ended_reason = at, reason.strip()
    challenge.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record("challenge.rejected", target=challenge, by=by, at=at, old=old, new=challenge.status, reason=reason)
    notifications.rejected(challenge, reason=reason, at=at)
    return challenge


@transaction.atomic
def set_terms(challenge: Challenge, *, by: User, at: datetime, version: int | None = None, **fields: Any) -> Challenge:
    """Write the Office's terms while the challenge is under review. `fields` are columns of `TERMS`.

    `independent_objects_report` may be an uploaded file; empty keeps the one there is. `version` is that of the page
    they were written on: `StaleError` where somebody else saved since. Raises DomainError beside the field.
    """
    report = fields.pop("independent_objects_report", None)
    unknown = set(fields) - set(TERMS)
    if unknown:
        raise ValueError(f"{unknown} are no terms.")
    challenge = locked(challenge)
    policies.check_can_set_terms(challenge, by=by, at=at)
    if report:
        fields["independent_objects_report"] = _store_report(report, by=by, at=at)
    for name, value in fields.items():
        setattr(challenge, name, value)
    challenge.save(update_fields=list(fields))
    if version is None:
        version = ChallengeStep.objects.get(challenge=challenge, key="terms").version
    take_version(challenge, "terms", version=version, by=by, at=at)
    audit.record("challenge.terms_set", target=challenge, by=by, at=at, fields=sorted(fields))
    return challenge


def _store_report(upload: UploadedFile, *, by: User, at: datetime) -> StoredFile:
    try:
        return store(upload, by=by, at=at)
    except DomainError as refusal:
        raise DomainError(str(refusal), field="independent_objects_report") from refusal


@transaction.atomic
def discard(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Delete a draft that was never sent, with its files. What was sent once stays on record."""
    challenge = locked(challenge)
    policies.check_can_discard(challenge, by=by, at=at)
    files = [document.file for document in challenge.documents.select_related("file")]
    audit.record("challenge.discarded", target=challenge, by=by, at=at, old=challenge.status)
    challenge.delete()
    for stored in files:
        discard_file(stored)
