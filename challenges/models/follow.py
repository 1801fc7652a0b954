"""Follows: who wants to hear of a challenge, planned or published, of a policy area or of a department."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from challenges.models.alert import Alert
from challenges.models.challenge import Challenge
from challenges.models.planned import PlannedChallenge
from govtech.reference.models import Department, PolicyArea

THINGS = ("challenge", "planned", "policy_area", "department")


def _only(column: str) -> Q:
    return Q(**{f"{name}__isnull": name != column for name in THINGS})


class Follow(Alert):
    """A person follows one challenge, or a planned one, a policy area, a department."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, null=True, related_name="follows")
    planned = models.ForeignKey(PlannedChallenge, on_delete=models.CASCADE, null=True, related_name="+")
    policy_area = models.ForeignKey(PolicyArea, on_delete=models.CASCADE, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, related_name="+")

    SORT = "follow"

    class Meta(Alert.Meta):
        constraints = [
            *Alert.Meta.constraints,
            models.CheckConstraint(
                name="follow_one_thing",
                condition=_only("challenge") | _only("planned") | _only("policy_area") | _only("department"),
            ),
            models.UniqueConstraint(name="follow_once", fields=["user", *THINGS], nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"follow #{self.pk}"

    @property
    def thing(self) -> Challenge | PlannedChallenge | PolicyArea | Department:
        """What is followed."""
        return next(filter(None, (getattr(self, name) for name in THINGS)))

    def because(self) -> str:
        """Why it tells somebody of news, in the language in force."""
        if self.challenge:
            return _("Because you follow the challenge %(reference)s.") % {"reference": self.challenge.reference}
        if self.planned:
            return _("Because you asked to hear when «%(title)s» opens.") % {"title": self.planned.title}
        return _("Because you follow %(thing)s.") % {"thing": self.thing}
