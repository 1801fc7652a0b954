"""Verification: what the Office checked of an organisation, when, and until when that holds."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id
from startups.models.dossier import DossierPaper
from startups.models.organisation import Organisation


class CheckKind(models.TextChoices):
    """What is checked, by name."""

    IDENTITY = "identity", _("It exists and the tax number is its own")
    REPRESENTATION = "representation", _("Who acts for it has the power to")
    TAX = "tax", _("Its taxes are paid")
    SOCIAL_SECURITY = "social_security", _("Its social security is paid")
    NOT_BARRED = "not_barred", _("It isn't barred from public contracts")


# The paper of the dossier that proves each check.
PROOF = {
    CheckKind.IDENTITY: "register",
    CheckKind.REPRESENTATION: "power",
    CheckKind.TAX: "tax",
    CheckKind.SOCIAL_SECURITY: "social_security",
    CheckKind.NOT_BARRED: "not_barred",
}


class CheckOutcome(models.TextChoices):
    """How a check ended."""

    PASSED = "passed", _("checked and right")
    NOT_APPLICABLE = "not_applicable", _("doesn't apply")
    FAILED = "failed", _("doesn't hold")

    @property
    def tone(self) -> str:
        """Mark in a list of checks."""
        return {"passed": "ok", "not_applicable": "advice", "failed": "stop"}[self.value]


class Verification(models.Model):
    """One look of an officer at an organisation: passed, with a last day, or not. Never rewritten, only ended.

    The one in force is also on the organisation (`verified_*`). Nothing here says whether the organisation proposes.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verifications")
    passed = models.BooleanField()
    note = models.TextField()
    valid_until = models.DateField(null=True)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_checked_by_somebody",
                condition=Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="verification_passed_until_a_day",
                condition=Q(passed=True, valid_until__isnull=False) | Q(passed=False, valid_until__isnull=True),
            ),
            models.CheckConstraint(
                name="verification_ended_with_reason",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
            models.UniqueConstraint(
                name="one_verification_in_force",
                fields=["organisation"],
                condition=Q(passed=True, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"verification #{self.pk}"

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return "danger" if not self.passed else "plain" if self.ended_at else "open"

    @property
    def state_words(self) -> str:
        """How it stands, in words."""
        if not self.passed:
            return str(_("not passed"))
        return str(_("over") if self.ended_at else _("in force"))

    def as_checks(self) -> list[tuple[Any, ...]]:
        """Return its named checks as a list shows them. Takes prefetched `checks`."""
        return [
            (CheckOutcome(check.outcome).tone, ". ".join(check.said()))
            for check in sorted(self.checks.all(), key=lambda check: check.pk)
        ]


class VerificationCheck(models.Model):
    """One named check, and the paper that proved it.

    `paper_words` says which paper it was, with its SHA-256, for good: the paper itself goes when its time comes.
    """

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=16, choices=CheckKind)
    outcome = models.CharField(max_length=14, choices=CheckOutcome)
    note = models.CharField(max_length=300, blank=True)
    paper = models.ForeignKey(DossierPaper, on_delete=models.PROTECT, null=True, related_name="+")
    paper_words = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="check_once", fields=["verification", "kind"]),
            models.CheckConstraint(name="check_kind_known", condition=Q(kind__in=CheckKind.values)),
            models.CheckConstraint(name="check_outcome_known", condition=Q(outcome__in=CheckOutcome.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of #{self.verification_id}"

    def said(self) -> list[str]:
        """Return how it ended, what was noted and the paper looked at, in words."""
        ended = f"{self.get_kind_display()}: {self.get_outcome_display()}"
        return [words for words in (ended, self.note, self.paper_words) if words]


class VerificationRequest(models.Model):
    """The Office asks an organisation for papers, to verify it. It may ask any, whether or not it proposes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verification_requests")
    kinds = models.JSONField(default=list)
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_request", fields=["organisation"], condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"request #{self.pk}"
