"""The challenge: a city need put to the market."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import form, maturity
from challenges.calculations.phase import CLOSING_SOON_HOURS
from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.files.models import StoredFile
from govtech.ids import public_id
from govtech.reference.models import CpvCode, Department, District, PolicyArea


class Status(models.TextChoices):
    """Where the file of a challenge stands. What the public sees is the `Phase`."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("under review")
    RETURNED = "returned", _("returned")
    REJECTED = "rejected", _("rejected")
    MERGED = "merged", _("merged into another")
    PUBLISHED = "published", _("published")
    EVALUATING = "evaluating", _("in evaluation")
    AWARDED = "awarded", pgettext_lazy("challenge", "awarded")
    PILOTING = "piloting", _("in pilot")
    FINISHED = "finished", _("finished")
    VOID = "void", _("void")
    WAIVED = "waived", _("waived")
    DESISTED = "desisted", _("desisted")
    CANCELLED = "cancelled", pgettext_lazy("challenge", "cancelled")


TRANSITIONS: dict[Status, set[Status]] = {
    Status.DRAFT: {Status.SUBMITTED},
    Status.SUBMITTED: {Status.DRAFT, Status.RETURNED, Status.REJECTED, Status.MERGED, Status.PUBLISHED},
    Status.RETURNED: {Status.SUBMITTED, Status.MERGED},
    Status.REJECTED: set(),
    Status.MERGED: set(),
    Status.PUBLISHED: {Status.EVALUATING, Status.CANCELLED, Status.VOID},
    Status.EVALUATING: {Status.AWARDED, Status.VOID, Status.WAIVED, Status.DESISTED},
    Status.AWARDED: {Status.PILOTING, Status.FINISHED},
    Status.PILOTING: {Status.FINISHED},
    Status.FINISHED: set(),
    Status.VOID: set(),
    Status.WAIVED: set(),
    Status.DESISTED: set(),
    Status.CANCELLED: set(),
}

EDITABLE = {Status.DRAFT, Status.RETURNED}
# States in which the challenge has been put to the market; public from `publish_at` on.
NEVER_LAUNCHED = {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.MERGED}
LAUNCHED = set(Status) - NEVER_LAUNCHED


class Phase(models.TextChoices):
    """What the public sees: the status read by the clock. No task flips it."""

    UPCOMING = "upcoming", _("Coming soon")
    OPEN = "open", pgettext_lazy("challenge", "Open")
    CLOSING_SOON = "closing_soon", _("Closing soon")
    CLOSED = "closed", pgettext_lazy("challenge", "Closed")
    EVALUATING = "evaluating", _("In evaluation")
    AWARDED = "awarded", _("Awarded")
    PILOTING = "piloting", _("In pilot")
    FINISHED = "finished", _("Resolved")
    VOID = "void", _("Void")
    WAIVED = "waived", _("Waived")
    DESISTED = "desisted", _("Desisted")
    CANCELLED = "cancelled", _("Cancelled")
    PREPARING = "preparing", _("In preparation")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return TONES[self]


TONES = {
    Phase.UPCOMING: "plain",
    Phase.OPEN: "open",
    Phase.CLOSING_SOON: "soon",
    Phase.CLOSED: "plain",
    Phase.EVALUATING: "plain",
    Phase.AWARDED: "pilot",
    Phase.PILOTING: "pilot",
    Phase.FINISHED: "plain",
    Phase.VOID: "plain",
    Phase.WAIVED: "plain",
    Phase.DESISTED: "plain",
    Phase.CANCELLED: "danger",
    Phase.PREPARING: "plain",
}


class Route(models.TextChoices):
    """Procurement route."""

    MINOR = "minor", _("minor contract")
    OPEN = "open", _("open procedure")
    SIMPLIFIED = "simplified", _("simplified open procedure")
    DESIGN_CONTEST = "design_contest", _("design contest")
    INNOVATION_PARTNERSHIP = "innovation_partnership", _("innovation partnership")


class AbnormalRule(models.TextChoices):
    """Below what an offer is presumed abnormally low, and its organisation is heard (Ley 9/2017, art. 149.2)."""

    NONE = "none", _("none: no offer is presumed abnormally low")
    MEAN = "mean", _("a percentage below the mean of the offers")
    MAXIMUM = "maximum", _("a percentage below the maximum amount")
    REGULATION = "regulation", _("the limits of the regulation (Royal Decree 1098/2001, art. 85)")


def _public(published: str = "publish_at") -> Q:
    """Put to the market and past `publish_at`; a call cancelled before that never was public."""
    never = Q(status=Status.CANCELLED, ended_at__lt=F("publish_at"))
    return Q(status__in=LAUNCHED, **{f"{published}__lte": PortalNow()}) & ~never


def sight_of(user: Any) -> str:
    """Return what a role lets `user` see beyond what is public and their departments': "office", "audit" or nothing."""
    if roles.is_officer(user) or roles.is_director(user):
        return "office"
    return "audit" if roles.is_auditor(user) else ""


def seen(sight: str, own: Any) -> Q:
    """Return what somebody may know exists. `own` is the condition of their departments, None without any."""
    found = _public()
    if sight == "office":
        found |= ~Q(status=Status.DRAFT, submitted_at=None)
    elif sight == "audit":
        found |= Q(status__in=LAUNCHED)
    return found if own is None else found | own


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """Reads of challenges."""

    def public(self) -> "ChallengeQuerySet":
        """Challenges anyone may see: put to the market and past `publish_at`."""
        return self.filter(_public())

    def public_with_words(self) -> "ChallengeQuerySet":
        """The same for a search. The index of words finds them: that of dates, which nearly all are in, isn't read."""
        return self.alias(published=F("publish_at") + timedelta(0)).filter(_public("published"))

    def visible_to(self, user: Any) -> "ChallengeQuerySet":
        """Every challenge `user` may know exists.

        Anyone: public ones. Officers and directors: all but drafts that were never submitted. Delegates: all of
        their departments'. Auditors: what has been put to the market.
        """
        departments = roles.departments_of(user)
        return self.filter(seen(sight_of(user), Q(department__in=departments) if departments else None))

    def accepting(self) -> "ChallengeQuerySet":
        """Open for proposals now: from `opens_at` until `closes_at`, exclusive."""
        return self.filter(
            status=Status.PUBLISHED,
            publish_at__lte=PortalNow(),
            opens_at__lte=PortalNow(),
            closes_at__gt=PortalNow(),
        )

    def with_phase(self) -> "ChallengeQuerySet":
        """Annotate `phase`, the `Phase` of each challenge, by the database's clock. Twin: `calculations.phase`."""
        soon = PortalNow() + Cast(Value(f"{CLOSING_SOON_HOURS} hours"), models.DurationField())
        return self.annotate(
            phase=Case(
                When(status__in=sorted(NEVER_LAUNCHED), then=Value(Phase.PREPARING)),
                When(~Q(status=Status.PUBLISHED), then=Cast(F("status"), CharField())),
                When(publish_at__gt=PortalNow(), then=Value(Phase.PREPARING)),
                When(opens_at__gt=PortalNow(), then=Value(Phase.UPCOMING)),
                When(closes_at__lte=PortalNow(), then=Value(Phase.CLOSED)),
                When(closes_at__lt=soon, then=Value(Phase.CLOSING_SOON)),
                default=Value(Phase.OPEN),
                output_field=CharField(),
            )
        )


# Weighted: title and reference, summary, the rest; Spanish and English, accents forgiven.
SEARCH_DOCUMENT = """
  setweight(to_tsvector('portal_es'::regconfig, coalesce(title, '') || ' ' || coalesce(reference, '')), 'A') ||
  setweight(to_tsvector('portal_en'::regconfig, title_en), 'A') ||
  setweight(to_tsvector('portal_es'::regconfig, summary), 'B') ||
  setweight(to_tsvector('portal_en'::regconfig, summary_en), 'B') ||
  setweight(to_tsvector('portal_es'::regconfig,
    problem || ' ' || affected || ' ' || tried || ' ' || outcome || ' ' || baseline || ' ' || target || ' ' ||
    place || ' ' || systems || ' ' || data_available || ' ' || contribution), 'C') ||
  setweight(to_tsvector('portal_en'::regconfig,
    problem_en || ' ' || affected_en || ' ' || tried_en || ' ' || outcome_en || ' ' || baseline_en || ' ' ||
    target_en || ' ' || place_en || ' ' || systems_en || ' ' || data_available_en || ' ' || contribution_en), 'C')
"""


class ChallengeManager(models.Manager["Challenge"]):
    """Leaves the search document in the database."""

    def get_queryset(self) -> "models.QuerySet[Challenge]":
        """All challenges, without the search document."""
        return super().get_queryset().defer("search")


def _text(label: Any) -> models.TextField:
    return models.TextField(label, blank=True, max_length=10_000)


class Challenge(models.Model):
    """A city need put to the market. Takes proposals from `opens_at` until `closes_at`, exclusive.

    Has no owner: any delegate with an appointment in force in its department writes it. `max_amount_net` is in
    euros without VAT and is for each award. `proposal_count` is stored at the opening. Once public, `closes_at`
    only moves later (the database refuses anything else), and the text changes only by a `Correction`.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    reference = models.CharField(max_length=20, null=True, unique=True, editable=False)
    slug = models.SlugField(max_length=120, null=True, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    policy_area = models.ForeignKey(PolicyArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # the problem
    title = models.CharField(_("title"), max_length=140)
    title_en = models.CharField(_("title in English"), max_length=140, blank=True)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=400, blank=True)
    problem = _text(_("what happens and why it matters"))
    problem_en = _text(_("what happens, in English"))
    affected = _text(_("who has the problem and how big it is"))
    affected_en = _text(_("who has the problem, in English"))
    tried = _text(_("what has been tried"))
    tried_en = _text(_("what has been tried, in English"))
    # the outcome
    outcome = _text(_("what must be achieved"))
    outcome_en = _text(_("what must be achieved, in English"))
    baseline = models.CharField(_("today's figure"), max_length=300, blank=True)
    baseline_en = models.CharField(_("today's figure, in English"), max_length=300, blank=True)
    target = models.CharField(_("target"), max_length=300, blank=True)
    target_en = models.CharField(_("target, in English"), max_length=300, blank=True)
    # the setting
    place = _text(_("where it would be tried"))
    place_en = _text(_("where it would be tried, in English"))
    systems = _text(_("systems it must live with"))
    systems_en = _text(_("systems, in English"))
    data_available = _text(_("data the service can give"))
    data_available_en = _text(_("data, in English"))
    has_personal_data = models.BooleanField(_("are there personal data?"), null=True, blank=True)
    legal_limits = _text(_("legal limits"))
    legal_limits_en = _text(_("legal limits, in English"))
    # the pilot
    duration_months = models.PositiveSmallIntegerField(_("length in months"), null=True, blank=True)
    districts = models.ManyToManyField(District, blank=True, related_name="+", verbose_name=_("districts"))
    minimum_trl = models.PositiveSmallIntegerField(_("maturity asked for"), null=True, blank=True)
    contribution = _text(_("what the city puts in"))
    contribution_en = _text(_("what the city puts in, in English"))
    adoption = _text(_("who would pay for it afterwards"))
    adoption_en = _text(_("who would pay for it afterwards, in English"))
    # the money
    max_amount_net = models.DecimalField(
        _("maximum amount of each award, without VAT"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Euros, VAT not included."),
        validators=[MinValueValidator(0)],
    )
    awards_planned = models.PositiveSmallIntegerField(_("number of awards"), default=1)
    options_net = models.DecimalField(
        _("options and foreseen extensions, without VAT"), max_digits=12, decimal_places=2, default=0
    )
    independent_objects_reason = models.TextField(_("why the awards are independent objects"), blank=True)
    independent_objects_report = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # the criteria
    pass_mark = models.DecimalField(_("minimum total to be awarded"), max_digits=5, decimal_places=2, default=60)
    # who presents, where criteria of presentation are scored in a second round (LCSP art. 146.3)
    shortlist_size = models.PositiveSmallIntegerField(_("how many present"), null=True, blank=True)
    shortlist_mark_percent = models.PositiveSmallIntegerField(_("least part of the points so far"), default=50)
    # the calendar
    publish_at = models.DateTimeField(_("publication"), null=True, blank=True)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    questions_close_at = models.DateTimeField(_("questions until"), null=True, blank=True)
    answers_due_at = models.DateTimeField(_("answers until"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    evaluation_until = models.DateField(_("evaluation until"), null=True, blank=True)
    award_until = models.DateField(_("award until"), null=True, blank=True)
    pilot_starts_on = models.DateField(_("pilot starts"), null=True, blank=True)
    # the terms, filled by the Office
    route = models.CharField(max_length=24, choices=Route, default=Route.MINOR)
    cpv = models.ForeignKey(CpvCode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ip_clause = models.TextField(_("intellectual property"), blank=True)
    data_clause = models.TextField(_("data processing"), blank=True)
    subcontracting_clause = models.TextField(_("subcontracting"), blank=True)
    offer_validity_days = models.PositiveSmallIntegerField(_("offers bind for, in days"), default=90)
    reserve_list_length = models.PositiveSmallIntegerField(_("length of the reserve list"), default=2)
    abnormal_rule = models.CharField(
        _("when an offer is presumed abnormally low"), max_length=10, choices=AbnormalRule, default=AbnormalRule.NONE
    )
    abnormal_percent = models.PositiveSmallIntegerField(_("percent below"), null=True, blank=True)
    publishes_identities = models.BooleanField(_("publishes who took part"), default=False)
    is_anonymised = models.BooleanField(_("judged without names"), default=False)
    form_sections = ArrayField(  # beside the short form
        models.CharField(max_length=20), verbose_name=_("what a proposal says besides"), default=list, blank=True
    )
    # records of what happens elsewhere
    case_file = models.CharField(_("case file"), max_length=60, blank=True)
    buyer_profile_url = models.URLField(_("buyer profile"), blank=True)
    # life
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    shows_idea = models.BooleanField(_("let other departments see this idea"), default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    proposal_count = models.PositiveIntegerField(null=True)
    needs_report = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    # for calendars and feeds; written by the database (sql/0006_alerts.sql)
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)

    search = models.GeneratedField(  # deferred by the manager: read by the search only
        expression=RawSQL(SEARCH_DOCUMENT, ()),  # noqa: S611 - a constant
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ChallengeManager.from_queryset(ChallengeQuerySet)()

    # What a row of a list shows besides, where there is something: words found, marked; why it stands where it does.
    marked_title = marked_summary = excerpt = excerpt_language = reason = ""

    class Meta:
        constraints = [
            models.CheckConstraint(name="challenge_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="challenge_merged_says_into_which",
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | (~Q(status=Status.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="challenge_launched_is_complete",
                condition=~Q(status__in=sorted(LAUNCHED))
                | Q(
                    reference__isnull=False,
                    slug__isnull=False,
                    publish_at__isnull=False,
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                    max_amount_net__gt=0,
                    approved_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="challenge_calendar_in_order",
                condition=(Q(publish_at__isnull=True) | Q(opens_at__isnull=True) | Q(publish_at__lte=F("opens_at")))
                & (Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")))
                & (
                    Q(questions_close_at__isnull=True)
                    | Q(closes_at__isnull=True)
                    | Q(questions_close_at__lte=F("closes_at"))
                ),
            ),
            models.CheckConstraint(
                name="challenge_amounts_not_negative",
                condition=(Q(max_amount_net__isnull=True) | Q(max_amount_net__gte=0)) & Q(options_net__gte=0),
            ),
            models.CheckConstraint(
                name="challenge_pilot_at_most_a_year",
                condition=Q(duration_months__isnull=True) | Q(duration_months__gte=1, duration_months__lte=12),
            ),
            models.CheckConstraint(
                name="challenge_minimum_trl_is_a_level",
                condition=Q(minimum_trl__isnull=True) | Q(minimum_trl__gte=1, minimum_trl__lte=9),
            ),
            models.CheckConstraint(
                name="challenge_awards_planned_positive", condition=Q(awards_planned__gte=1, awards_planned__lte=20)
            ),
            models.CheckConstraint(
                name="challenge_form_sections_known", condition=Q(form_sections__contained_by=list(form.EXTRA))
            ),
            models.CheckConstraint(
                name="challenge_pass_mark_in_range", condition=Q(pass_mark__gte=0, pass_mark__lte=100)
            ),
            models.CheckConstraint(
                name="challenge_shortlist_in_range",
                condition=(Q(shortlist_size__isnull=True) | Q(shortlist_size__gte=1, shortlist_size__lte=20))
                & Q(shortlist_mark_percent__gte=50, shortlist_mark_percent__lte=100),
            ),
            models.CheckConstraint(  # who stands before the panel has a name
                name="challenge_without_names_or_presented",
                condition=Q(is_anonymised=False) | Q(shortlist_size__isnull=True),
            ),
            models.CheckConstraint(
                name="challenge_abnormal_rule_whole",
                condition=Q(abnormal_rule__in=["none", "regulation"], abnormal_percent__isnull=True)
                | Q(abnormal_rule__in=["mean", "maximum"], abnormal_percent__gte=1, abnormal_percent__lte=99),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "publish_at"], name="challenge_status_publish"),
            models.Index(fields=["closes_at", "id"], name="challenge_closes"),
            models.Index(fields=["department", "status"], name="challenge_department"),
            GinIndex(fields=["search"], name="challenge_search"),
            models.Index(fields=["-changed_at", "-id"], name="challenge_changed"),
            # The catalogue: an index for each order, with what it filters and counts by: neither reads the rows.
            models.Index(
                fields=["closes_at", "id"],
                include=[
                    "status", "publish_at", "opens_at", "ended_at", "policy_area", "department", "max_amount_net",
                    "duration_months", "minimum_trl",
                ],
                condition=Q(status__in=sorted(LAUNCHED)),
                name="challenge_by_closing",
            ),
            models.Index(
                fields=["publish_at", "id"],
                include=["status", "ended_at"],
                condition=Q(status__in=sorted(LAUNCHED)),
                name="challenge_by_publication",
            ),
            models.Index(
                fields=["max_amount_net", "publish_at", "id"],
                include=["status", "ended_at"],
                condition=Q(status__in=sorted(LAUNCHED)),
                name="challenge_by_amount",
            ),
            models.Index(fields=["opens_at"], condition=Q(status=Status.PUBLISHED), name="challenge_live_opens"),
            models.Index(fields=["closes_at"], condition=Q(status=Status.PUBLISHED), name="challenge_live_closes"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference or self.public_id} {self.title}"

    def get_absolute_url(self) -> str:
        """Address of the public page, permanent from publication on."""
        return reverse("challenges:detail", kwargs={"slug": self.slug})

    @property
    def form_words(self) -> str:
        """What a proposal must say beside the short form, in words; nothing where that is all."""
        return ", ".join(str(label) for label in form.labels(self.form_sections))

    @property
    def maturity_words(self) -> str:
        """The maturity asked for, in words; nothing where none is."""
        return maturity.in_words(self.minimum_trl)


class ChallengeStep(models.Model):
    """One step of the form, with the version that a save must name, so that nobody overwrites another unseen."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_step_of_a_kind", fields=["challenge", "key"]),
            models.CheckConstraint(
                name="step_saved_by_somebody",
                condition=Q(saved_at__isnull=True, saved_by__isnull=True)
                | Q(saved_at__isnull=False, saved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of #{self.challenge_id}"
