"""What a member of the panel wants to know of a participant: through the secretary, never straight."""

from datetime import datetime

from django.db import transaction

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.actions import clarification
from startups.models import PanelMember, PanelQuestion, Proposal, QuestionState
from startups.notifications import panel_question as notifications
from startups.policies import panel_question as policies


@transaction.atomic
def ask(member: PanelMember, proposal: Proposal, *, text: str, by: User, at: datetime) -> PanelQuestion:
    """Ask the secretary to ask. Raises PermissionDenied, TransitionError, DomainError (field `text`)."""
    proposal.challenge = _locked(proposal)
    member = PanelMember.objects.get(pk=member.pk)
    policies.check_can_ask(member, proposal, by=by, at=at)
    policies.check_text(text, field="text")
    made = PanelQuestion.objects.create(proposal=proposal, member=member, text=text.strip(), asked_at=at)
    audit.record("panel.question_asked", target=made, by=by, at=at)
    notifications.asked(made, at=at)
    return made


@transaction.atomic
def send(
    question: PanelQuestion, *, text: str, concerns_all: bool, due_at: datetime, by: User, at: datetime
) -> PanelQuestion:
    """Send it on as a clarification, in the secretary's words: the organisation doesn't learn who wanted to know.

    Raises PermissionDenied, TransitionError, DomainError (fields `text`, `due_at`, `concerns_all`).
    """
    question = _question(question)
    policies.check_can_settle(question, by=by, at=at)
    made = clarification.ask(question.proposal, text=text, concerns_all=concerns_all, due_at=due_at, by=by, at=at)
    question.clarification = made
    return _settle(question, QuestionState.SENT, by=by, at=at)


@transaction.atomic
def decline(question: PanelQuestion, *, answer: str, by: User, at: datetime) -> PanelQuestion:
    """Don't send it, and tell the member why. Raises as `send` (field `answer`)."""
    question = _question(question)
    policies.check_can_settle(question, by=by, at=at)
    policies.check_text(answer, field="answer")
    question.answer = answer.strip()
    return _settle(question, QuestionState.DECLINED, by=by, at=at)


def _settle(question: PanelQuestion, state: QuestionState, *, by: User, at: datetime) -> PanelQuestion:
    old, question.state = question.state, state
    question.settled_at, question.settled_by = at, by
    question.save(update_fields=["state", "clarification", "answer", "settled_at", "settled_by"])
    audit.record("panel.question_settled", target=question, by=by, at=at, old=old, new=state)
    notifications.settled(question, at=at)
    return question


def _locked(proposal: Proposal) -> Challenge:
    return Challenge.objects.select_for_update(no_key=True).get(pk=proposal.challenge_id)


def _question(question: PanelQuestion) -> PanelQuestion:
    """Return it locked, with its challenge as it is now. Challenge first, as everywhere."""
    challenge = _locked(question.proposal)
    rows = PanelQuestion.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("proposal__organisation", "member__user").get(pk=question.pk)
    found.proposal.challenge = challenge
    return found
