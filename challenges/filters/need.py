"""Needs of other departments, and how many share each."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from challenges.models import Challenge, Support
from challenges.models.challenge import Status
from challenges.policies.support import TARGETS, may_read_needs
from govtech.accounts import roles
from govtech.clock import PortalNow

# All that another department reads of a need that isn't published: no comments, no money, no terms.
SHOWN = ("public_id", "slug", "status", "title", "summary", "problem", "publish_at", "closes_at", "department")


def needs_of(user: Any) -> QuerySet[Challenge]:
    """Return the needs that a person may read about, of departments that aren't theirs.

    What was sent to the Office, what its department shows as an idea, and open calls. For delegates, officers and
    directors; nothing for anybody else, as with `Challenge.objects.visible_to`. Each with `shared`, how many
    departments share it, and `is_mine`.
    """
    rows = Challenge.objects.only(*SHOWN).select_related("department")
    if not may_read_needs(user):
        return rows.none()
    departments = roles.departments_of(user)
    sent = Q(status__in=[Status.SUBMITTED, Status.RETURNED])
    shown = Q(status=Status.DRAFT, shows_idea=True)
    is_open = Q(status=Status.PUBLISHED, publish_at__lte=PortalNow(), closes_at__gt=PortalNow())
    own = Support.objects.filter(challenge=OuterRef("pk"), department__in=departments)
    return (
        rows.filter(sent | shown | is_open)
        .exclude(department__in=departments)
        .annotate(shared=Count("supports"), is_mine=Exists(own))
        .order_by("-shared", "-created_at", "-pk")
    )


def merge_targets(source: Challenge) -> QuerySet[Challenge]:
    """Return the challenges into which another can be merged."""
    closed = Q(status=Status.PUBLISHED, closes_at__lte=PortalNow())
    return (
        Challenge.objects.filter(status__in=TARGETS)
        .exclude(closed)
        .exclude(pk=source.pk)
        .select_related("department")
        .order_by("title", "pk")
    )


def supports_of(challenge: Challenge) -> list[Support]:
    """Return the departments that share a need, with their notes, the first first."""
    return list(challenge.supports.select_related("department", "made_by", "came_from").order_by("made_at", "pk"))
