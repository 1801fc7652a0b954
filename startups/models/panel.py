"""The panel that judges, and what its members declare."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.ids import public_id
from startups.models.organisation import Organisation
from startups.models.proposal import Proposal


class PanelRole(models.TextChoices):
    """Part in the panel."""

    CHAIR = "chair", _("chair")
    MEMBER = "member", _("member")
    SUBSTITUTE = "substitute", pgettext_lazy("part in a panel", "substitute")
    SECRETARY = "secretary", _("secretary, without vote")
    ADVISER = "adviser", _("with voice, without vote")


class Leaving(models.TextChoices):
    """Why somebody is no longer on a panel."""

    REMOVED = "removed", _("changed by the Office")
    CONFLICT = "conflict", _("declared a conflict of interest")
    DECLINED = "declined", _("couldn't take part")
    CHALLENGED = "challenged", _("challenged by a participant, and the director agreed")


VOTING = [PanelRole.CHAIR, PanelRole.MEMBER]
SCORING = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SUBSTITUTE]


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    """Reads of panels."""

    def current(self) -> "PanelMemberQuerySet":
        """Members who have not left."""
        return self.filter(left_at__isnull=True)

    def in_mandate(self) -> "PanelMemberQuerySet":
        """Current members whose time hasn't run out: only these read proposals."""
        today = TruncDate(PortalNow())
        return self.current().filter(Q(until_on__isnull=True) | Q(until_on__gte=today))

    def without_names(self, user: Any) -> "PanelMemberQuerySet":
        """The person's places on panels that don't learn who proposes: until the lock, for all but the secretary."""
        rows = self.current().filter(user=user, challenge__is_anonymised=True).exclude(role=PanelRole.SECRETARY)
        return rows.exclude(challenge__in=_locked())

    def visible_to(self, user: Any) -> "PanelMemberQuerySet":
        """Staff see all; a member sees the panels he sits on."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        return self.filter(challenge__in=PanelMember.objects.current().filter(user=user).values("challenge"))


def _locked() -> Any:
    """Return the challenges whose scores are locked."""
    from startups.models.evaluation import Evaluation  # noqa: PLC0415 - the two models refer to each other

    return Evaluation.objects.filter(locked_at__isnull=False).values("challenge")


class PanelMember(models.Model):
    """A person on a challenge's panel. Declares for the challenge before seeing any identity (LCSP art. 64).

    `has_conflict` true on the challenge takes the person off the whole panel.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=PanelRole)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=160, blank=True)  # as it is published, of the day it was named
    expertise = models.CharField(max_length=240, blank=True)
    is_external = models.BooleanField(default=False)
    until_on = models.DateField(null=True)  # the last day of an outside expert
    accepted_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_for = models.CharField(max_length=10, choices=Leaving, blank=True)
    left_reason = models.TextField(blank=True)
    declared_at = models.DateTimeField(null=True)
    has_conflict = models.BooleanField(null=True)
    conflict_text = models.TextField(blank=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_place_on_a_panel", fields=["challenge", "user"], condition=Q(left_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_chair", fields=["challenge"], condition=Q(role="chair", left_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_secretary", fields=["challenge"], condition=Q(role="secretary", left_at__isnull=True)
            ),
            models.CheckConstraint(name="panel_role_known", condition=Q(role__in=PanelRole.values)),
            models.CheckConstraint(
                name="panel_named_by_somebody", condition=Q(named_at__isnull=False, named_by__isnull=False)
            ),
            models.CheckConstraint(
                name="panel_leaves_for_something", condition=Q(left_at__isnull=False) | Q(left_for="")
            ),
            models.CheckConstraint(
                name="panel_declared_whole",
                condition=Q(declared_at__isnull=True, has_conflict__isnull=True)
                | Q(declared_at__isnull=False, has_conflict__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of challenge #{self.challenge_id} (#{self.pk})"


class ConflictDeclaration(models.Model):
    """What a panel member declares on one organisation's proposal. A conflict recuses him from that proposal.

    `matches` are the kinds of match that the portal had found (`startups.policies.conflict`). Who has none of conflict
    in spite of them says why in `reason`.
    """

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="declarations")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    has_conflict = models.BooleanField()
    reason = models.TextField(blank=True)
    matches = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_declaration", fields=["member", "proposal"]),
            models.CheckConstraint(name="conflict_has_a_reason", condition=Q(has_conflict=False) | ~Q(reason="")),
            models.CheckConstraint(name="match_is_dismissed_with_a_reason", condition=Q(matches=[]) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"declaration #{self.pk}"


class NamedDeclaration(models.Model):
    """Where proposals are judged without names: what a member declares on one organisation of an alphabetical list.

    It leads to no proposal. The system applies it: a conflict recuses from the proposal of that organisation at once;
    the others count when all of the list are answered, so that nothing tells which proposal is whose.
    """

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    has_conflict = models.BooleanField()
    reason = models.TextField(blank=True)
    matches = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_named_declaration", fields=["member", "organisation"]),
            models.CheckConstraint(name="named_conflict_has_a_reason", condition=Q(has_conflict=False) | ~Q(reason="")),
            models.CheckConstraint(name="named_match_has_a_reason", condition=Q(matches=[]) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"declaration on an organisation #{self.pk}"
