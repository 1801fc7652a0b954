"""New challenges, for other sites and feed readers."""

from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge, Status
from govtech.shell import words
from govtech.shell.registry import Feed, FeedEntry, feeds
from govtech.shell.templatetags.components import localised


def new_challenges(most: int) -> Iterator[FeedEntry]:
    """Yield the last challenges to be published, with what each asks for and when it closes. One query."""
    rows = Challenge.objects.visible_to(AnonymousUser()).select_related("department")
    for row in rows.order_by("-publish_at", "-pk")[:most]:
        title = localised(row, "title")
        if row.status == Status.CANCELLED:
            title = _("Cancelled: %(title)s") % {"title": title}
        closing = _("Closes on %(when)s, Madrid time.") % {"when": words.formatted(row.closes_at, "when")}
        published = row.publish_at
        assert published is not None  # noqa: S101 - a public one has it
        yield FeedEntry(
            key=f"challenge:{row.public_id}",
            title=f"{row.reference} · {title}",
            summary=f"{localised(row, 'summary')} {closing}",
            url=row.get_absolute_url(),
            happened_at=published,
            changed_at=row.changed_at or published,
        )


def register() -> None:
    """Fill the registry of the shell."""
    feeds.register(
        Feed(
            "challenges",
            gettext_lazy("New challenges"),
            gettext_lazy("Each challenge from the moment it is published."),
            new_challenges,
            10,
        )
    )
