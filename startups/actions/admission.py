"""Admission: which opened proposals the panel will judge."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files import actions as files
from govtech.ids import public_id
from startups.actions import confirmation
from startups.actions.keys import codec_for
from startups.models import CorrectionFile, Envelope, Proposal, ProposalStatus
from startups.notifications import admission as notifications
from startups.notifications import panel as panel_notifications
from startups.policies import admission as policies
from startups.policies import panel as panels

DECIDED = ["status", "decided_at", "decided_by", "decision_reason", "exclusion_rule"]
MOST_FILES = 5


@transaction.atomic
def admit(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Let a proposal go on to the panel. Raises PermissionDenied, TransitionError, DomainError."""
    proposal = _locked(proposal)
    policies.check_can_decide(proposal, ProposalStatus.ADMITTED, by=by, at=at)
    _decide(proposal, ProposalStatus.ADMITTED, "", by=by, at=at)
    notifications.admitted(proposal, at=at)
    return proposal


@transaction.atomic
def exclude(proposal: Proposal, *, rule: str, reason: str, by: User, at: datetime) -> Proposal:
    """Leave a proposal out, with the rule it breaks and a reason its organisation will read.

    Possible until the scores are locked. Raises PermissionDenied, TransitionError, DomainError (fields `rule`,
    `reason`).
    """
    proposal = _locked(proposal)
    policies.check_can_decide(proposal, ProposalStatus.EXCLUDED, by=by, at=at)
    policies.check_rule(rule)
    policies.check_reason(reason, field="reason")
    proposal.exclusion_rule = rule
    _decide(proposal, ProposalStatus.EXCLUDED, reason.strip(), by=by, at=at)
    notifications.excluded(proposal, at=at)
    return proposal


@transaction.atomic
def request_correction(proposal: Proposal, *, text: str, due_at: datetime, by: User, at: datetime) -> Proposal:
    """Ask the organisation to mend or explain something, until the end of a working day (LCSP art. 141.2).

    Raises PermissionDenied, TransitionError, DomainError (fields `text`, `due_at`).
    """
    proposal = _locked(proposal)
    policies.check_can_decide(proposal, ProposalStatus.CORRECTION_REQUESTED, by=by, at=at)
    policies.check_reason(text, field="text")
    policies.check_due(due_at, at=at)
    old = proposal.status
    proposal.status = ProposalStatus.CORRECTION_REQUESTED
    proposal.correction_request, proposal.correction_due_at = text.strip(), due_at
    proposal.save(update_fields=["status", "correction_request", "correction_due_at"])
    audit.record("proposal.correction_requested", target=proposal, by=by, at=at, old=old, new=proposal.status)
    notifications.correction_requested(proposal, at=at)
    return proposal


def correct(proposal: Proposal, *, text: str, by: User, at: datetime, uploads: Sequence[UploadedFile] = ()) -> Proposal:
    """Answer, once, what the Office asked for, with files where they are needed.

    Files are looked into first, while nobody waits; whether it may be answered is asked before, and again with the
    proposal locked. Raises PermissionDenied, TransitionError, DomainError (fields `text`, `files`).
    """
    asked = Proposal.objects.select_related("challenge", "organisation").get(pk=proposal.pk)
    policies.check_can_correct(asked, by=by, at=at)
    policies.check_reason(text, field="text")
    if len(uploads) > MOST_FILES:
        raise DomainError(_("%(n)s files at most. Put some together in one.") % {"n": MOST_FILES}, field="files")
    return _correct(proposal, text, [_checked(upload) for upload in uploads], by=by, at=at)


@files.all_or_nothing()
@transaction.atomic
def _correct(proposal: Proposal, text: str, checked: Sequence[files.Checked], *, by: User, at: datetime) -> Proposal:
    proposal = _locked(proposal)
    policies.check_can_correct(proposal, by=by, at=at)
    for each in checked:
        _keep(proposal, each, by=by, at=at)
    proposal.correction_text, proposal.corrected_at = text.strip(), at
    proposal.save(update_fields=["correction_text", "corrected_at"])
    audit.record("proposal.corrected", target=proposal, by=by, at=at)
    notifications.corrected(proposal, at=at)
    return proposal


def _checked(upload: UploadedFile) -> files.Checked:
    try:
        return files.check(upload)
    except DomainError as refusal:
        raise DomainError(f"{upload.name}: {refusal}", field="files") from refusal


def _keep(proposal: Proposal, checked: files.Checked, *, by: User, at: datetime) -> None:
    name = public_id()
    codec = codec_for(proposal, at=at).for_file(Envelope.TECHNICAL, name)
    try:
        stored = files.keep(checked, by=by, at=at, codec=codec)
    except DomainError as refusal:
        raise DomainError(f"{checked.name}: {refusal}", field="files") from refusal
    CorrectionFile.objects.create(
        public_id=name, proposal=proposal, file=stored, name=checked.name, added_at=at, added_by=by
    )


def _locked(proposal: Proposal) -> Proposal:
    """Lock the challenge, then the proposal: the order of every action of the evaluation."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=proposal.challenge_id)
    proposal = (
        Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=proposal.pk)
    )
    proposal.challenge = challenge
    return proposal


def _decide(proposal: Proposal, status: ProposalStatus, reason: str, *, by: User, at: datetime) -> None:
    old = proposal.status
    proposal.status = status
    proposal.decided_at, proposal.decided_by, proposal.decision_reason = at, by, reason
    proposal.save(update_fields=[*DECIDED])
    audit.record(f"proposal.{status}", target=proposal, by=by, at=at, old=old, new=status, reason=reason)
    confirmation.withdraw(proposal.challenge, by=by, at=at)
    if panels.is_decided(proposal.challenge):
        panel_notifications.to_declare(proposal.challenge, at=at)
