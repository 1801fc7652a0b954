"""Who is told what becomes of an announced challenge. Its publication is told as that of any (`news`)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from challenges.models import Follow, PlannedChallenge
from challenges.notifications.news import source
from govtech.notifications.digests import Item, tell
from govtech.notifications.kinds import register


def register_kinds() -> None:
    """Declare the words of each notice."""
    register(
        "planned.dropped",
        subject=_("No longer planned: {title}"),
        text=_("The city no longer plans the challenge «{title}». Reason: {reason}"),
        action=_("See the announcement"),
    )


def dropped(planned: PlannedChallenge, *, at: datetime) -> None:
    """Tell who asked to hear of it."""
    follows = Follow.objects.filter(planned=planned, user__is_active=True).select_related("user", "planned")
    tell(
        [
            Item(
                recipient=follow.user,
                kind="planned.dropped",
                params={"title": planned.title, "reason": planned.dropped_reason},
                address=planned.get_absolute_url(),
                key=str(planned.pk),
                sources=(source(follow, at),),
            )
            for follow in follows.order_by("pk")
        ],
        at=at,
    )
