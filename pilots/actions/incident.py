"""Terms of one participant that an outage of the portal moves: to accept an award and hand in the papers."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.policies import incident as registry
from govtech.audit import actions as audit
from govtech.clock import local_date
from pilots.models import Award, AwardStatus
from startups.notifications.people import members_of

TERM = "answer_due_on"
LAST_MINUTE = time(23, 59)


def running(began_at: datetime, ended_at: datetime) -> Iterator[registry.Deadline]:
    """Find the awards that waited for an answer during the outage. A term in days ends with its last day."""
    rows = Award.objects.filter(
        status=AwardStatus.PROPOSED, proposed_at__lt=ended_at, answer_due_on__gte=local_date(began_at)
    ).select_related("resolution__challenge__department", "proposal__organisation")
    for award in rows.order_by("pk"):
        yield registry.Deadline(
            award.resolution.challenge,
            TERM,
            _("term to accept an award"),
            "pilots.award",
            award.pk,
            datetime.combine(award.answer_due_on, LAST_MINUTE, tzinfo=ZoneInfo(settings.TIME_ZONE)),
            is_public=False,
            people=members_of(award.proposal),
        )


@transaction.atomic
def move(award_id: int, new: datetime, *, by: Any, at: datetime) -> None:
    """Give the proposed winner more time to answer."""
    award = Award.objects.select_for_update(no_key=True).get(pk=award_id)
    award.answer_due_on = local_date(new)
    award.save(update_fields=["answer_due_on"])
    audit.record("award.answer_term_moved", target=award, by=by, at=at, fields=["answer_due_on"])


def register() -> None:
    """Tell incidents of these terms."""
    registry.register(TERM, registry.Source(running, move))
