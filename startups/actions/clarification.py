"""Clarifications of opened proposals, in writing: asked of one, or of all in the same words; answered once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.models import Clarification, ClarificationAnswer, CorrectionFile, Proposal
from startups.notifications import clarification as notifications
from startups.policies import admission
from startups.policies import clarification as policies


@transaction.atomic
def ask(
    proposal: Proposal, *, text: str, concerns_all: bool, due_at: datetime, by: User, at: datetime
) -> Clarification:
    """Ask one organisation, or with `concerns_all` every one whose proposal is open, to explain something.

    Raises PermissionDenied, TransitionError, DomainError (fields `text`, `due_at`).
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=proposal.challenge_id)
    proposal = Proposal.objects.select_related("organisation").get(pk=proposal.pk)
    proposal.challenge = challenge
    policies.check_can_ask(proposal, by=by, at=at)
    admission.check_reason(text, field="text")
    admission.check_due(due_at, at=at)
    whom = policies.asked_with(proposal, concerns_all=concerns_all)
    policies.check_sees_all(whom, by=by)
    made = Clarification.objects.create(
        challenge=challenge, text=text.strip(), concerns_all=concerns_all, due_at=due_at, asked_at=at, asked_by=by
    )
    for each in whom.select_related("organisation").order_by("pk"):
        each.challenge = challenge
        notifications.asked(ClarificationAnswer.objects.create(clarification=made, proposal=each), at=at)
    audit.record("clarification.asked", target=made, by=by, at=at, new="all" if concerns_all else "one")
    return made


def catch_up(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Ask of a proposal that was opened later what was asked of all before, in the same words, with a term of its own.

    Call it in the opening's transaction, which has locked the challenge.
    """
    missed = Clarification.objects.filter(challenge=proposal.challenge_id, concerns_all=True)
    for each in missed.exclude(answers__proposal=proposal).order_by("asked_at", "pk"):
        due_at = max(each.due_at, admission.earliest_due(at=at))
        made = ClarificationAnswer.objects.create(clarification=each, proposal=proposal, due_at=due_at)
        audit.record("clarification.asked", target=each, by=by, at=at, new="late")
        notifications.asked(made, at=at)


@transaction.atomic
def answer(found: ClarificationAnswer, *, text: str, by: User, at: datetime) -> ClarificationAnswer:
    """Answer, once, in writing. Raises PermissionDenied, TransitionError, DomainError (field `text`)."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=found.proposal.challenge_id)
    locked = ClarificationAnswer.objects.select_for_update(of=("self",), no_key=True).select_related(
        "clarification", "proposal__challenge", "proposal__organisation"
    )
    found = locked.get(pk=found.pk)
    found.proposal.challenge = challenge
    policies.check_can_answer(found, by=by, at=at)
    admission.check_answer(text, field="text")
    found.text, found.answered_at, found.answered_by = text.strip(), at, by
    found.save(update_fields=["text", "answered_at", "answered_by"])
    audit.record("clarification.answered", target=found, by=by, at=at)
    notifications.answered(found, at=at)
    return found


def correction_files(proposals: list[Proposal]) -> dict[int, list[dict[str, Any]]]:
    """Return the files that came with corrections, by the proposal's key: name, size, address. One query."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = CorrectionFile.objects.filter(proposal__in=proposals).select_related("file", "proposal").order_by("pk")
    for row in rows:
        kwargs = {"public_id": row.proposal.public_id, "file": row.public_id}
        entry = {"name": row.name, "size": row.file.size, "url": reverse("startups:correction_file", kwargs=kwargs)}
        found.setdefault(row.proposal_id, []).append(entry)
    return found
