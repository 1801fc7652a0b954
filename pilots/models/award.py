"""How a challenge ends: the resolution and its awards."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.files.models import StoredFile
from govtech.ids import public_id
from startups.models import DossierPaper, Membership, PaperKind, Proposal
from startups.models.proposal import VatRegime


class ResolutionKind(models.TextChoices):
    """What a resolution decides."""

    AWARD = "award", pgettext_lazy("resolution", "award")
    VOID = "void", _("void: no admissible proposal over the threshold")
    WAIVED = "waived", _("waived for reasons of public interest")
    DESISTED = "desisted", _("desisted for an infringement that can't be mended")


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    """Reads of resolutions."""

    def published(self) -> "ResolutionQuerySet":
        """Those the public reads."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: Any) -> "ResolutionQuerySet":
        """Published ones for everybody; those in preparation for officers, directors and auditors."""
        if user.is_authenticated and (roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user)):
            return self
        return self.published()


class Resolution(models.Model):
    """The one resolution of a challenge: who is awarded, or why nobody. Published when the director approves it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="resolution")
    kind = models.CharField(max_length=8, choices=ResolutionKind)
    reason = models.TextField(_("reasons"))
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="resolution_kind_known", condition=Q(kind__in=ResolutionKind.values)),
            models.CheckConstraint(
                name="resolution_by_two_people",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | (
                    Q(published_at__isnull=False, published_by__isnull=False, prepared_at__isnull=False)
                    & ~Q(published_by=F("prepared_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"resolution of challenge #{self.challenge_id}"


class AwardStatus(models.TextChoices):
    """Where an award stands. The winner is asked first; the director approves after."""

    PROPOSED = "proposed", _("proposed, waiting for the winner")
    ACCEPTED = "accepted", _("accepted by the winner")
    DECLINED = "declined", _("declined by the winner")
    APPROVED = "approved", _("awarded")
    REFUSED = "refused", _("refused after the award")
    WITHDRAWN = "withdrawn", _("withdrawn by the Office")
    ANNULLED = "annulled", _("annulled after a review")


GIVEN_UP = [AwardStatus.REFUSED, AwardStatus.ANNULLED]  # after the approval: its pilot came to nothing
TRANSITIONS: dict[AwardStatus, set[AwardStatus]] = {
    AwardStatus.PROPOSED: {AwardStatus.ACCEPTED, AwardStatus.DECLINED, AwardStatus.WITHDRAWN},
    AwardStatus.ACCEPTED: {AwardStatus.APPROVED, AwardStatus.WITHDRAWN},
    AwardStatus.DECLINED: set(),
    AwardStatus.APPROVED: {AwardStatus.REFUSED, AwardStatus.ANNULLED},
    AwardStatus.REFUSED: set(),
    AwardStatus.ANNULLED: set(),
    AwardStatus.WITHDRAWN: set(),
}


class AwardQuerySet(models.QuerySet["Award"]):
    """Reads of awards."""

    def live(self) -> "AwardQuerySet":
        """Proposed, accepted or approved."""
        return self.filter(status__in=[AwardStatus.PROPOSED, AwardStatus.ACCEPTED, AwardStatus.APPROVED])

    def announced(self) -> "AwardQuerySet":
        """Those the public was told of, also where they came to nothing afterwards: nothing published disappears."""
        return self.filter(
            resolution__published_at__isnull=False,
            approved_at__isnull=False,
            status__in=[AwardStatus.APPROVED, *GIVEN_UP],
        )

    def visible_to(self, user: Any) -> "AwardQuerySet":
        """Published ones for everybody; all for officers, directors and auditors; one's organisation's own."""
        published = Q(resolution__published_at__isnull=False, status=AwardStatus.APPROVED)
        if not user.is_authenticated:
            return self.filter(published)
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        own = Membership.objects.filter(user=user, left_at__isnull=True).values("organisation")
        return self.filter(published | Q(proposal__organisation__in=own))


class Award(models.Model):
    """An award to one proposal. Amounts in euros; gross is rounded once, HALF_UP, and can't exceed the reserve."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="awards")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="awards")
    status = models.CharField(max_length=9, choices=AwardStatus, default=AwardStatus.PROPOSED, editable=False)
    amount_net = models.DecimalField(max_digits=12, decimal_places=2)
    vat_regime = models.CharField(max_length=14, choices=VatRegime)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    amount_gross = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.TextField(_("why this proposal"))
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer_due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer_note = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    annulled_for = models.OneToOneField(
        "pilots.ReviewRequest", on_delete=models.PROTECT, null=True, editable=False, related_name="annulled"
    )  # the upheld review that brought it down: one review, one award

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="award_annulled_for_a_review", condition=Q(annulled_for__isnull=True) | Q(status="annulled")
            ),
            models.CheckConstraint(name="award_status_known", condition=Q(status__in=AwardStatus.values)),
            models.CheckConstraint(
                name="award_amounts_positive",
                condition=Q(amount_net__gt=0, amount_gross__gte=F("amount_net"), vat_rate__gte=0),
            ),
            models.CheckConstraint(
                name="award_proposed_by_somebody", condition=Q(proposed_at__isnull=False, proposed_by__isnull=False)
            ),
            models.CheckConstraint(
                name="award_answered_pair",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="award_approved_after_acceptance",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, answered_at__isnull=False)
                    & ~Q(approved_by=F("proposed_by"))
                ),
            ),
            models.UniqueConstraint(
                name="one_live_award",
                fields=["proposal"],
                condition=Q(status__in=["proposed", "accepted", "approved"]),
            ),
        ]

    def __str__(self) -> str:
        return f"award {self.public_id}"


class AwardPaper(models.Model):
    """A paper the proposed winner hands in: a file, or what its dossier holds. A signed declaration has no file."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="papers")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    dossier_paper = models.ForeignKey(DossierPaper, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=PaperKind, default=PaperKind.OTHER)
    title = models.CharField(max_length=140)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paper_added_by_somebody", condition=Q(added_at__isnull=False, added_by__isnull=False)
            ),
            models.CheckConstraint(name="award_paper_kind_known", condition=Q(kind__in=PaperKind.values)),
            models.CheckConstraint(
                name="paper_is_something", condition=Q(file__isnull=False) | Q(dossier_paper__isnull=False)
            ),
            models.UniqueConstraint(name="dossier_paper_once_an_award", fields=["award", "dossier_paper"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"
