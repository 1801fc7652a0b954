"""Sessions of training, for other sites and feed readers."""

from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.programme.models import SessionStatus, TrainingSession
from govtech.shell.registry import Feed, FeedEntry, feeds
from govtech.shell.templatetags.components import localised
from govtech.shell.words import formatted


def sessions(most: int) -> Iterator[FeedEntry]:
    """Yield the sessions that changed last: published ones, and those that were cancelled. One query."""
    rows = TrainingSession.objects.visible_to(AnonymousUser()).select_related("course")
    for row in rows.order_by("-changed_at", "-pk")[:most]:
        title = localised(row.course, "title")
        if row.status == SessionStatus.CANCELLED:
            title = _("Cancelled: %(title)s") % {"title": title}
        yield FeedEntry(
            key=f"session:{row.public_id}",
            title=f"{title} · {formatted(row.starts_at, 'short_day_year')}",
            summary=f"{formatted(row.starts_at, 'when')}. {row.where}. {localised(row.course, 'summary')}",
            url=row.get_absolute_url(),
            happened_at=row.changed_at,
            changed_at=row.changed_at,
        )


def register() -> None:
    """Fill the registry of the shell."""
    feeds.register(
        Feed(
            "sessions",
            gettext_lazy("Training sessions"),
            gettext_lazy("Sessions of training with their date and place, also where one is cancelled."),
            sessions,
            40,
        )
    )
