"""Verification: an officer goes through the named checks; what passed holds until a day, and ends by itself."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.shell.words import formatted
from startups.calculations.counting import has_words
from startups.models import (
    CheckKind,
    CheckOutcome,
    DossierPaper,
    Organisation,
    PaperKind,
    Verification,
    VerificationCheck,
    VerificationRequest,
)
from startups.models.verification import PROOF
from startups.notifications import dossier as notifications
from startups.policies import organisation as organisations
from startups.policies import verification as policies

TERM_OVER = gettext_lazy("The time for which it held is over.")
CHANGED = gettext_lazy("Its name or kind was changed after the Office had checked it; the Office will look again.")


@transaction.atomic
def verify(
    organisation: Organisation,
    *,
    outcomes: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
    note: str,
    valid_until: date | None = None,
    by: User,
    at: datetime,
) -> Verification:
    """Record how each named check ended, by `CheckKind`. All passed: verified until a day. One failed: it is told why.

    A new look takes the place of the one in force. Raises PermissionDenied, or DomainError beside `outcome_…`, `note`
    or `valid_until`.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    organisations.check_can_verify(organisation, by=by, at=at)
    passed = policies.check_outcomes(outcomes)
    if not has_words(note):
        raise DomainError(_("Write what you checked, for instance the company register and its date."), field="note")
    if passed:
        policies.check_last_day(valid_until, at=at)
    _end_current(organisation, by=by, at=at, reason=_("Checked again."))
    verification = Verification.objects.create(
        organisation=organisation,
        passed=passed,
        note=note.strip(),
        valid_until=valid_until if passed else None,
        checked_at=at,
        checked_by=by,
    )
    _keep_checks(verification, outcomes, notes or {}, at=at)
    _write(organisation, verification if passed else None)
    VerificationRequest.objects.filter(organisation=organisation, closed_at=None).update(closed_at=at)
    failed = [check for check, outcome in outcomes.items() if outcome == CheckOutcome.FAILED]
    word = "verified" if passed else "not_verified"
    audit.record(f"organisation.{word}", target=organisation, by=by, at=at, fields=failed)
    notifications.checked(verification, at=at)
    return verification


def _keep_checks(
    verification: Verification, outcomes: Mapping[str, str], notes: Mapping[str, str], *, at: datetime
) -> None:
    held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=verification.organisation)
    proofs = {paper.kind: paper for paper in held.exclude(kind=PaperKind.OTHER).select_related("file")}
    VerificationCheck.objects.bulk_create(
        VerificationCheck(
            verification=verification,
            kind=kind,
            outcome=outcomes[kind],
            note=notes.get(kind, "").strip()[:300],
            paper=proofs.get(PROOF[kind]),
            paper_words=_words_of(proofs.get(PROOF[kind])),
        )
        for kind in CheckKind
    )


def _words_of(paper: DossierPaper | None) -> str:
    """Say which paper it was, so that the record says so when the paper is gone."""
    if paper is None:
        return ""
    with override(settings.LANGUAGE_CODE):
        said = _("Paper: %(label)s, added on %(day)s") % {"label": paper.label, "day": formatted(paper.added_at, "day")}
        if paper.valid_until:
            said += _(", valid until %(day)s") % {"day": formatted(paper.valid_until, "day")}
    return f"{said}, SHA-256 {paper.file.sha256}" if paper.file else said


def _write(organisation: Organisation, verification: Verification | None) -> None:
    """Write on the organisation what is in force."""
    organisation.verified_at = verification.checked_at if verification else None
    organisation.verified_by = verification.checked_by if verification else None
    organisation.verified_note = verification.note if verification else ""
    organisation.verified_until = verification.valid_until if verification else None
    organisation.save(update_fields=["verified_at", "verified_by", "verified_note", "verified_until"])


def _end_current(organisation: Organisation, *, by: User | None, at: datetime, reason: str) -> Verification | None:
    current = Verification.objects.filter(organisation=organisation, passed=True, ended_at=None).first()
    if current is not None:
        current.ended_at, current.ended_by, current.ended_reason = at, by, reason
        current.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    return current


@transaction.atomic
def end(organisation: Organisation, *, reason: str, by: User, at: datetime) -> Verification:
    """End a verification before its day: what was checked doesn't hold any more. Its owners are told why."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    organisations.check_can_verify(organisation, by=by, at=at)
    if not has_words(reason):
        raise DomainError(_("Say in a sentence why: its owners read it."), field="reason")
    ended = _end_current(organisation, by=by, at=at, reason=reason.strip())
    if ended is None:
        raise DomainError(_("This organisation isn't verified."))
    _write(organisation, None)
    audit.record("organisation.verification_ended", target=organisation, by=by, at=at, reason=reason.strip())
    notifications.ended(ended, reason=reason.strip(), at=at)
    return ended


def end_as_changed(organisation: Organisation, *, by: User, at: datetime) -> None:
    """End it where an owner gave the organisation another name or kind: another was checked. Caller has the lock."""
    ended = _end_current(organisation, by=by, at=at, reason=str(CHANGED))
    if ended is None:
        return
    _write(organisation, None)
    audit.record("organisation.verification_ended", target=organisation, by=by, at=at, reason=str(CHANGED))
    notifications.ended(ended, reason=CHANGED, at=at)


def end_expired(*, at: datetime) -> None:
    """End what held until yesterday; its owners are told. Called every hour, safe to repeat."""
    today = clock.local_date(at)
    expired = Organisation.objects.filter(verified_until__lt=today).order_by("pk")
    for row in expired.values_list("pk", flat=True):
        with transaction.atomic():
            organisation = Organisation.objects.select_for_update(no_key=True).get(pk=row)
            if organisation.verified_until is None or organisation.verified_until >= today:
                continue
            ended = _end_current(organisation, by=None, at=at, reason=str(TERM_OVER))
            _write(organisation, None)
            audit.record("organisation.verification_ended", target=organisation, by=None, at=at)
            if ended is not None:
                notifications.ended(ended, reason=TERM_OVER, at=at)


@transaction.atomic
def ask(
    organisation: Organisation, *, kinds: Iterable[str], note: str = "", by: User, at: datetime
) -> VerificationRequest:
    """Ask an organisation for papers. What its dossier holds already isn't asked again."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_can_ask(organisation, by=by, at=at)
    held = DossierPaper.objects.valid(clock.local_date(at)).filter(organisation=organisation)
    wanted = [kind for kind in PaperKind.values if kind in set(kinds)]
    lacking = [kind for kind in wanted if kind not in set(held.values_list("kind", flat=True))]
    if not lacking:
        raise DomainError(_("Its dossier holds all of these already: choose others."), field="kinds")
    VerificationRequest.objects.filter(organisation=organisation, closed_at=None).update(closed_at=at)
    request = VerificationRequest.objects.create(
        organisation=organisation, kinds=lacking, note=note.strip(), asked_at=at, asked_by=by
    )
    audit.record("organisation.papers_asked", target=organisation, by=by, at=at, fields=lacking)
    notifications.asked(request, at=at)
    return request
