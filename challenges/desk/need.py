"""Needs that departments share: on the page of the call, on the review page and in the menus."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from challenges.filters.need import needs_of, supports_of
from challenges.models import Challenge, Support
from challenges.policies.support import check_can_merge, may_read_needs
from govtech import clock
from govtech.accounts import roles
from govtech.policies import allows
from govtech.shell.registry import desk_links, slots
from govtech.statements import OneOf, Slot, Statement

_COUNTS = Statement(
    lambda: (
        Support.objects.filter(OneOf(F("challenge"), Slot("keys", ArrayField(BigIntegerField()))))
        .values_list("challenge_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
)


def shared_by(objects: list[Challenge], *, user: Any) -> dict[int, str]:
    """Say on the page of a call how many departments share the need; a delegate of another can join in."""
    asked = [thing.pk for thing in objects if getattr(thing, "has_supports", True)]  # where it was read with the page
    counts = dict(_COUNTS.rows(keys=asked)) if asked else {}
    can_join, writes = set(), user is not None and roles.is_delegate(user)
    if writes:
        can_join = set(needs_of(user).filter(pk__in=[thing.pk for thing in objects]).values_list("pk", flat=True))
    return {
        thing.pk: render_to_string(
            "challenges/_shared.html",
            {
                "challenge": thing,
                "shared": counts.get(thing.pk, 0),
                "can_join": thing.pk in can_join,
                "can_start": writes and thing.slug,
            },
        )
        for thing in objects
        if thing.pk in counts or writes
    }


def demand(objects: list[Challenge], *, user: Any) -> dict[int, str]:
    """Show on the review page which departments share the need, and the way to merge it."""
    return {
        thing.pk: render_to_string(
            "challenges/_demand.html",
            {
                "challenge": thing,
                "supports": supports_of(thing),
                "merged": list(thing.merged.select_related("department").order_by("pk")),
                "can_merge": allows(check_can_merge, thing, by=user, at=clock.now()),
            },
        )
        for thing in objects
    }


def register() -> None:
    """Fill the registries of the shell."""
    slots.register("challenge.aside", shared_by, 15)
    slots.register("challenge.review", demand, 10)
    desk_links.register("templates", gettext_lazy("Templates"), "challenges:templates", 14, allowed=roles.is_officer)
    desk_links.register(
        "needs",
        gettext_lazy("Needs of other departments"),
        "challenges:needs",
        12,
        allowed=may_read_needs,
    )
