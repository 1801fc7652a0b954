"""Choosing the organisation one acts for, and keeping for which one a question was asked."""

from datetime import datetime

from django.db import transaction

from challenges.models import Question
from govtech.accounts.models import User
from startups.models import ActingChoice, Organisation, QuestionAsker
from startups.policies import acting as policies


@transaction.atomic
def choose(organisation: Organisation, *, by: User, at: datetime) -> ActingChoice:
    """Act for this organisation from now on: forms propose it first, and still ask. No audit: it changes nothing."""
    policies.check_can_choose(organisation, by=by)
    chosen, _created = ActingChoice.objects.update_or_create(
        user=by, defaults={"organisation": organisation, "chosen_at": at}
    )
    return chosen


@transaction.atomic
def keep_asker(question: Question, key: str, *, by: User) -> None:
    """Keep for which organisation it was asked. DomainError(field="acting") where a person of several didn't say."""
    organisation = policies.named(by, key)
    if organisation is not None:
        QuestionAsker.objects.create(question=question, organisation=organisation)
