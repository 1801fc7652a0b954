"""Organisations that take part, their members and invitations."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length, Lower, StrIndex
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.files.models import StoredFile
from govtech.ids import public_id
from govtech.reference.models import PolicyArea
from govtech.statements import Slot, Statement
from startups.calculations.size import ORDER


class OrganisationKind(models.TextChoices):
    """What an organisation says it is. No kind is shut out (LCSP art. 132.1)."""

    STARTUP = "startup", _("startup")
    SME = "sme", _("small or medium company")
    LARGE = "large", _("large company")
    SELF_EMPLOYED = "self_employed", _("self-employed")
    UNIVERSITY = "university", _("university")
    RESEARCH = "research", _("research or technology centre")
    ASSOCIATION = "association", _("foundation or association")
    OTHER = "other", _("other")


class OrganisationRole(models.TextChoices):
    """What a member may do. Owners also invite and submit; editors write; readers read."""

    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    READER = "reader", _("reader")


# "SL", "S.L.U.", "SA", "S. Coop."… at the end of a name, as PostgreSQL reads it.
LEGAL_FORM = r",?\s+(s\.?\s?l\.?(\s?u\.?)?|s\.?\s?a\.?(\s?u\.?)?|s\.?\s?coop\.?|slne|ltd\.?|inc\.?|gmbh|bv)\s*$"


def _named() -> models.QuerySet["Organisation", Any]:
    core = Func(F("name"), Value(LEGAL_FORM), Value(""), Value("i"), function="regexp_replace")
    place = StrIndex(Slot("text", models.TextField()), F("core"))
    rows = Organisation.objects.listed().annotate(core=core, length=Length("core"), place=place)
    return rows.filter(length__gte=3, place__gt=0).order_by("core").values_list("core", flat=True).distinct()


_NAMED = Statement(_named)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def of_member(self, user: Any) -> "OrganisationQuerySet":
        """Those the user is a member of today."""
        return self.filter(memberships__user=user, memberships__left_at__isnull=True)

    def listed(self) -> "OrganisationQuerySet":
        """Those that chose to stand in the public directory."""
        return self.filter(is_listed=True, withdrawn_at__isnull=True)

    def named_in(self, text: str) -> list[str]:
        """Return the names of listed ones that stand in a text, without their legal form, written alike."""
        return _NAMED.rows(text=text)

    def visible_to(self, user: Any) -> "OrganisationQuerySet":
        """Listed ones for everybody; one's own; all of them for officers, directors and auditors."""
        listed = Q(is_listed=True, withdrawn_at__isnull=True)
        if not user.is_authenticated:
            return self.filter(listed)
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        own = Membership.objects.filter(user=user, left_at__isnull=True).values("organisation")
        return self.filter(listed | Q(pk__in=own))


class OrganisationManager(models.Manager["Organisation"]):
    """Leaves the search document in the database."""

    def get_queryset(self) -> models.QuerySet["Organisation"]:
        """All organisations, without the search document."""
        return super().get_queryset().defer("search")


SEARCH_DOCUMENT = """
  setweight(to_tsvector('portal_es'::regconfig, name), 'A') ||
  setweight(to_tsvector('portal_es'::regconfig, capabilities), 'B') ||
  setweight(to_tsvector('portal_es'::regconfig, description), 'C')
"""


class Organisation(models.Model):
    """A company, university, centre or person that proposes. One record for each tax number.

    Turnover and balance are yearly, in euros. `withdrawn_at` blocks new proposals and keeps the old ones.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(_("legal name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=14, choices=OrganisationKind)
    country = models.CharField(_("country"), max_length=2, default="ES")
    tax_id = models.CharField(_("tax number"), max_length=20)
    address = models.CharField(_("address"), max_length=240, blank=True)
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("what it does"), blank=True, max_length=2_000)
    policy_areas = models.ManyToManyField(
        PolicyArea, blank=True, related_name="+", verbose_name=_("policy areas it works in")
    )
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    turnover = models.DecimalField(_("turnover"), max_digits=14, decimal_places=2, null=True, blank=True)
    balance = models.DecimalField(_("balance sheet total"), max_digits=14, decimal_places=2, null=True, blank=True)
    in_group = models.BooleanField(_("belongs to a group"), null=True, blank=True)
    is_public_body = models.BooleanField(_("held by public bodies"), null=True, blank=True)
    earlier_staff = models.PositiveIntegerField(null=True, blank=True)  # of the year before, its group included
    earlier_turnover = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    earlier_balance = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    earlier_size = models.CharField(max_length=6, blank=True)  # the one it had until the last year closed
    group_changed = models.BooleanField(null=True, blank=True)  # since the year before
    size = models.CharField(max_length=6, blank=True, editable=False)  # computed when any of these is saved
    trl = models.PositiveSmallIntegerField(_("maturity of what it offers"), null=True, blank=True)
    capabilities = models.CharField(_("capabilities"), max_length=600, blank=True)  # separated by ", "
    logo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    is_listed = models.BooleanField(_("shown in the public directory"), default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verified_note = models.TextField(blank=True)
    verified_until = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    search = models.GeneratedField(  # left in the database by the manager
        expression=RawSQL(SEARCH_DOCUMENT, ()),  # noqa: S611 - a constant
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = OrganisationManager.from_queryset(OrganisationQuerySet)()

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="organisation_search"),
            models.Index(
                "name", "id", name="organisation_listed", condition=Q(is_listed=True, withdrawn_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="organisation_trl_known", condition=Q(trl__isnull=True) | Q(trl__gte=1, trl__lte=9)
            ),
            models.CheckConstraint(
                name="organisation_size_known", condition=Q(size__in=["", *ORDER], earlier_size__in=["", *ORDER])
            ),
            models.CheckConstraint(
                name="organisation_amounts_fit",
                condition=Q(turnover__gte=0, balance__gte=0, earlier_turnover__gte=0, earlier_balance__gte=0),
            ),
            models.UniqueConstraint("country", Lower("tax_id"), name="one_organisation_a_tax_number"),
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(
                name="organisation_created_by_somebody", condition=Q(created_at__isnull=False, created_by__isnull=False)
            ),
            models.CheckConstraint(
                name="organisation_verified_pair",
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="organisation_withdrawn_pair",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.tax_id})"

    def get_absolute_url(self) -> str:
        """Address in the directory."""
        return reverse("startups:organisation", kwargs={"public_id": self.public_id})

    @property
    def tone(self) -> str:
        """Colour of the chip of its state."""
        return "plain" if self.withdrawn_at else "open"

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        if self.withdrawn_at:
            return str(_("left the programme"))
        return str(pgettext_lazy("organisation", "verified") if self.verified_at else _("not verified yet"))

    @property
    def version(self) -> str:
        """What a page sends back, so that an older page doesn't write over a newer one."""
        return (self.changed_at or self.created_at).isoformat()

    @property
    def capability_list(self) -> list[str]:
        """Its capabilities, one by one."""
        return [word for word in self.capabilities.split(", ") if word]

    @property
    def is_person(self) -> bool:
        """Whether its tax number is that of a person, which isn't published: by its first character, or its kind."""
        if self.country == "ES":
            return self.tax_id[:1].isdigit() or self.tax_id[:1] in "XYZKLM"
        return self.kind == OrganisationKind.SELF_EMPLOYED

    @property
    def listed_words(self) -> str:
        """Whether the public sees it, in words."""
        return str(_("shown to everybody") if self.is_listed and not self.withdrawn_at else _("not shown"))


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def current(self) -> "MembershipQuerySet":
        """In force today."""
        return self.filter(left_at__isnull=True)


class Membership(models.Model):
    """A person in an organisation with one role, from `joined_at` until `left_at`.

    Another role is another row, so that who was in when, as what, stays as it was. The database keeps it so, and never
    leaves an organisation without an owner, nor lets one be born so (`sql/0006_members.sql`, `0020_births.sql`).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=6, choices=OrganisationRole, default=OrganisationRole.EDITOR)
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_membership_at_a_time", fields=["organisation", "user"], condition=Q(left_at__isnull=True)
            ),
            models.CheckConstraint(
                name="membership_joined_by_somebody", condition=Q(joined_at__isnull=False, joined_by__isnull=False)
            ),
            models.CheckConstraint(
                name="membership_left_pair",
                condition=Q(left_at__isnull=True, left_by__isnull=True)
                | Q(left_at__isnull=False, left_by__isnull=False),
            ),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=OrganisationRole.values)),
            models.CheckConstraint(
                name="membership_dates_in_order", condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"membership #{self.pk}"
