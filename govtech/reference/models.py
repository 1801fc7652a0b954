"""What the city is made of and the numbers that law or the Office changes. Data, editable, dated where it changes."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from govtech.errors import DomainError
from govtech.reference import terms as counting
from govtech.statements import Slot, Statement


def in_language(spanish: str, english: str) -> str:
    """Return the text of the page's language, Spanish where there is no English."""
    return english if english and (get_language() or "").startswith("en") else spanish


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Readings of departments."""

    def in_force(self, on: date) -> "DepartmentQuerySet":
        """Departments that exist on the day `on`."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on))

    def by_name(self) -> "DepartmentQuerySet":
        """Sorted by name, accents where Spanish readers look for them as far as the database allows."""
        return self.order_by("name", "pk")


class Department(models.Model):
    """A unit of the city that can sponsor a challenge: area, delegated area, district, attached body or office.

    Names change with each mandate, so units carry the days they exist; `valid_from` and `valid_to` are inclusive and
    blank where not known. `dir3` is the code in the common directory of public units, blank where not recorded.
    """

    class Kind(models.TextChoices):
        AREA = "area", _("Government area")
        DISTRICT = "district", _("District")
        BODY = "body", _("Attached body")
        OFFICE = "office", _("Office")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    dir3 = models.CharField(
        "DIR3",
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{1,2}\d{7,8}$", _("A DIR3 code has nine characters, as in L01280796."))],
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists until"), null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            CheckConstraint(name="department_kind_known", condition=Q(kind__in=["area", "district", "body", "office"])),
            CheckConstraint(
                name="department_dates_in_order",
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
            ),
            CheckConstraint(name="department_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class District(models.Model):
    """One of the city's districts, by its official number: where pilots happen."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), unique=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [CheckConstraint(name="district_number_positive", condition=Q(number__gte=1))]

    def __str__(self) -> str:
        return self.name


class PolicyArea(models.Model):
    """What a challenge is about, for filters and for following. `order` is the place in lists."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("policy area")
        verbose_name_plural = _("policy areas")

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class CpvCode(models.Model):
    """An entry of the Common Procurement Vocabulary 2008: eight digits, a hyphen and a check digit."""

    code = models.CharField(
        _("code"),
        max_length=10,
        primary_key=True,
        validators=[RegexValidator(r"^\d{8}-\d$", _("A CPV code is written like 72000000-5."))],
    )
    label = models.CharField(_("label"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("CPV code")
        verbose_name_plural = _("CPV codes")

    def __str__(self) -> str:
        return f"{self.code} {in_language(self.label, self.label_en)}"


class HolidayManager(models.Manager["Holiday"]):
    """Readings of holidays."""

    def dates(self) -> frozenset[date]:  # type: ignore[override] # querysets keep Django's own, which takes a field
        """All non-working days that aren't a Saturday or Sunday by themselves, for the calendar's arithmetic."""
        return frozenset(self.values_list("on", flat=True))


class Holiday(models.Model):
    """A day without office work in the city: national, regional or local. The calendar is published every year."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    objects = HolidayManager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.name}"


_IN_FORCE = Statement(
    lambda: Rules.objects.filter(valid_from__lte=Slot("on", models.DateField())).order_by("-valid_from")[:1]
)


class RulesQuerySet(models.QuerySet["Rules"]):
    """Readings of rules."""

    def in_force(self, on: date) -> "Rules":
        """The rules of the day `on`. Raises `DomainError` if no rules reach back that far."""
        rules = _IN_FORCE.one(on=on)
        if rules is None:
            raise DomainError(_("There are no rules for that day yet. An administrator can add them."))
        return rules


class Rules(models.Model):
    """The numbers that law or the Office changes, in force from `valid_from` until the next row.

    Amounts in euros without VAT; rates in percent; terms in calendar days unless the name says working days.
    Database triggers read them through `portal_rule(on)`.
    """

    valid_from = models.DateField(_("in force from"), unique=True)
    minor_contract_limit_net = models.DecimalField(
        _("minor contract limit"),
        max_digits=12,
        decimal_places=2,
        default="15000.00",
        help_text=_("Euros, VAT not included. The estimated value must stay under it."),
    )
    vat_rate = models.DecimalField(
        _("VAT rate"), max_digits=5, decimal_places=2, default="21.00", help_text=_("Percent, general rate.")
    )
    consensus_range = models.PositiveSmallIntegerField(
        _("range that needs consensus"),
        default=2,
        help_text=_("Points between the highest and the lowest score of a criterion."),
    )
    minimum_sheets = models.PositiveSmallIntegerField(
        _("complete sheets a proposal needs"), default=2, help_text=_("Score sheets of voting members.")
    )
    shortest_reason = models.PositiveSmallIntegerField(
        _("characters a score's reason needs"),
        default=20,
        help_text=_("What the participant reads for each criterion can't be shorter."),
    )
    opening_delay_hours = models.PositiveSmallIntegerField(
        _("hours between closing and opening"), default=24, help_text=_("Time to extend after a technical incident.")
    )
    open_days_minimum = models.PositiveSmallIntegerField(_("days a call stays open, at least"), default=20)
    questions_close_days = models.PositiveSmallIntegerField(_("days before closing when questions end"), default=12)
    answers_due_days = models.PositiveSmallIntegerField(_("days before closing when answers are due"), default=6)
    winner_papers_working_days = models.PositiveSmallIntegerField(
        _("working days to hand in papers"), default=10, help_text=_("For the proposed winner.")
    )
    correction_days = models.PositiveSmallIntegerField(_("days to correct an admission"), default=3)
    acceptance_days = models.PositiveSmallIntegerField(_("days to accept a deliverable"), default=30)
    payment_days = models.PositiveSmallIntegerField(_("days to pay an invoice"), default=30)
    review_working_days = models.PositiveSmallIntegerField(
        _("working days to review a challenge"), default=10, help_text=_("What the Office promises the departments.")
    )
    recusal_answer_days = models.PositiveSmallIntegerField(
        _("working days for a challenged member to answer"), default=1, help_text=_("Ley 40/2015, art. 24.3.")
    )
    recusal_decision_days = models.PositiveSmallIntegerField(
        _("working days to decide on a challenged member"), default=3, help_text=_("Ley 40/2015, art. 24.4.")
    )
    correction_open_percent = models.PositiveSmallIntegerField(
        _("part of the open time left after a substantial correction"),
        default=50,
        help_text=_("Percent of the days the call was open for at first (Ley 9/2017, art. 136.2)."),
    )
    terms = models.JSONField(
        _("how each term is counted"),
        default=counting.defaults,
        help_text=_("For each term: unit, starts (from when), last_day (if it isn't a working day), source."),
    )
    source = models.TextField(_("source"), blank=True, help_text=_("The law or decision behind each number."))

    objects = RulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules")
        verbose_name_plural = _("rules")
        constraints = [
            CheckConstraint(name="rules_limit_positive", condition=Q(minor_contract_limit_net__gt=0)),
            CheckConstraint(name="rules_vat_rate_is_percent", condition=Q(vat_rate__gte=0, vat_rate__lte=100)),
            CheckConstraint(
                name="rules_question_terms_in_order",
                condition=Q(
                    answers_due_days__lt=F("questions_close_days"), questions_close_days__lt=F("open_days_minimum")
                ),
            ),
            CheckConstraint(name="rules_sheets_positive", condition=Q(minimum_sheets__gte=1)),
            CheckConstraint(
                name="rules_reason_is_readable", condition=Q(shortest_reason__gte=1, shortest_reason__lte=500)
            ),
            CheckConstraint(name="rules_review_days_positive", condition=Q(review_working_days__gte=1)),
            CheckConstraint(
                name="rules_correction_is_percent",
                condition=Q(correction_open_percent__gte=1, correction_open_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%d/%m/%Y}"

    def clean(self) -> None:
        """Refuse terms without unit, start, last day or source."""
        found = counting.problems(self.terms)
        if found:
            raise ValidationError({"terms": found})

    def term(self, name: str) -> counting.Term:
        """Return a term with its length and how it is counted, by the name of its column."""
        said = {**counting.DEFAULTS[name], **self.terms.get(name, {})}
        return counting.Term(
            name=name,
            length=getattr(self, name),
            unit=counting.Unit(said["unit"]),
            starts=said["starts"],
            last_day=counting.LastDay(said["last_day"]),
            source=said["source"],
        )
