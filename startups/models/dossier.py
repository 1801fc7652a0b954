"""The dossier: papers an organisation hands in once, and uses while they hold."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.files.models import StoredFile
from govtech.ids import public_id
from startups.calculations import dossier as rules
from startups.models.organisation import Membership, Organisation, OrganisationRole


class PaperKind(models.TextChoices):
    """What a paper proves. Those of the city's own registers aren't here: it asks itself (L39 art. 28)."""

    REGISTER = "register", _("entry in its register, or deed")
    POWER = "power", _("power to act for the organisation")
    TAX = "tax", _("certificate: taxes paid")
    SOCIAL_SECURITY = "social_security", _("certificate: social security paid")
    NOT_BARRED = "not_barred", _("declaration: not barred from contracts")
    INSURANCE = "insurance", _("liability insurance")
    EMERGING = "emerging", _("certificate of emerging company (Law 28/2022)")
    OTHER = "other", _("other paper")

    @property
    def rule(self) -> rules.PaperRule:
        """What the kind asks for."""
        return rules.RULES[self.value]


KINDS = {kind: kind for kind in PaperKind}


class DossierPaperQuerySet(models.QuerySet["DossierPaper"]):
    """Reads of papers."""

    def current(self) -> "DossierPaperQuerySet":
        """Neither replaced nor taken out."""
        return self.filter(ended_at__isnull=True)

    def valid(self, on: date) -> "DossierPaperQuerySet":
        """Current, and holding on that day, its last day included."""
        return self.current().filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))

    def visible_to(self, user: Any) -> "DossierPaperQuerySet":
        """Owners read their organisation's; the Office, directors and auditors all."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        own = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER)
        return self.filter(organisation__in=own.values("organisation"))


class DossierPaper(models.Model):
    """A paper of an organisation: a file, or a declaration signed on screen (`statement`, by whom, as what).

    Never rewritten: a newer one of its kind ends it, and it stays for what it was used in. `valid_until` is its last
    day, inclusive; without one it holds until replaced. One current paper of a kind, any number of others.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=16, choices=PaperKind, default=PaperKind.OTHER)
    title = models.CharField(max_length=140, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.TextField(blank=True)
    signatory_name = models.CharField(max_length=120, blank=True)
    signatory_post = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DossierPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="paper_kind_known", condition=Q(kind__in=PaperKind.values)),
            models.CheckConstraint(
                name="dossier_paper_added_by_somebody", condition=Q(added_at__isnull=False, added_by__isnull=False)
            ),
            models.CheckConstraint(
                name="paper_ended_pair",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="paper_dates_in_order",
                condition=Q(issued_on__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="paper_declared_or_filed",
                condition=(Q(kind="not_barred") & ~Q(statement="") & ~Q(signatory_name=""))
                | (~Q(kind="not_barred") & Q(statement="", signatory_name="")),
            ),
            models.UniqueConstraint(
                name="one_current_paper_of_a_kind",
                fields=["organisation", "kind"],
                condition=Q(ended_at__isnull=True) & ~Q(kind="other"),
            ),
        ]
        indexes = [
            models.Index(fields=["valid_until"], name="paper_expiry", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"paper #{self.pk}"

    def get_absolute_url(self) -> str:
        """Address of its file, for those who may read it."""
        return reverse("startups:paper", kwargs={"public_id": self.organisation.public_id, "paper": self.public_id})

    def is_over(self, on: date) -> bool:
        """Say whether its last day has passed on that day."""
        return self.valid_until is not None and self.valid_until < on

    @property
    def label(self) -> str:
        """What it is, in words: its own title where it has one."""
        return self.title or capfirst(str(self.get_kind_display()))
