"""People, and what the city names them for."""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class UserManager(BaseUserManager["User"]):
    """Creates people; finds them by address, whatever its capitals."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new person with the address `email`; without `password` nobody can sign in with one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new administrator: enters the administration, sees no proposal, score or money."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return the person with that address."""
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail address. What they may do comes from groups, appointments and memberships."""

    class Language(models.TextChoices):
        SPANISH = "es", _("Spanish")
        ENGLISH = "en", _("English")

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name and surname"), max_length=120)
    post = models.CharField(_("post"), max_length=120, blank=True, help_text=_("Your job, as others will read it."))
    language = models.CharField(
        _("language of your messages"), max_length=2, choices=Language, default=Language.SPANISH
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    date_joined = models.DateTimeField(_("joined"), db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            UniqueConstraint(Lower("email"), name="user_email_unique_whatever_capitals"),
            CheckConstraint(name="user_language_known", condition=Q(language__in=["es", "en"])),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def short_name(self) -> str:
        """First name and initial of the surname: "Marta R.". The whole name where there is only one word."""
        first, *rest = self.full_name.split() or [self.email.split("@")[0]]
        return f"{first} {rest[0][0]}." if rest else first

    def get_full_name(self) -> str:
        """Return name and surname."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the short name."""
        return self.short_name


class AppointmentQuerySet(models.QuerySet["DelegateAppointment"]):
    """Readings of appointments."""

    def in_force(self, on: Any) -> "AppointmentQuerySet":
        """Appointments that count on the day `on` (a date, or a query expression of one)."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


class DelegateAppointment(models.Model):
    """The Office names a civil servant digital delegate of a department, from a day until another, both inclusive.

    The substitute, where there is one, may do the same things on the same days. One person may have several
    appointments; an appointment isn't rewritten: it ends, and another begins.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("digital delegate")
    )
    department = models.ForeignKey(
        "reference.Department", on_delete=models.PROTECT, related_name="appointments", verbose_name=_("department")
    )
    substitute = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="substitute_appointments",
        verbose_name=_("substitute"),
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("appointed by"))
    appointed_at = models.DateTimeField(_("appointed"))

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            CheckConstraint(
                name="appointment_dates_in_order", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
            CheckConstraint(
                name="appointment_substitute_is_another", condition=Q(substitute=None) | ~Q(substitute=F("user"))
            ),
            UniqueConstraint(
                name="appointment_one_open_per_department",
                fields=["user", "department"],
                condition=Q(until_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.department_id}"

    def is_in_force(self, on: date) -> bool:
        """Say whether the appointment counts on the day `on`."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


class SubstitutionQuerySet(models.QuerySet["ApproverSubstitution"]):
    """Readings of substitutions."""

    def in_force(self, on: Any) -> "SubstitutionQuerySet":
        """Substitutions that count on the day `on` (a date, or a query expression of one)."""
        return self.filter(from_on__lte=on, until_on__gte=on, ended_at=None)


class ApproverSubstitution(models.Model):
    """Another person approves in the director's place for some days, for absence or conflict. Days are inclusive."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    director = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="substitutions", verbose_name=_("director")
    )
    substitute = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="substitutions_taken", verbose_name=_("substitute")
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named"))
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitution of the director")
        verbose_name_plural = _("substitutions of the director")
        constraints = [
            CheckConstraint(name="substitution_dates_in_order", condition=Q(until_on__gte=F("from_on"))),
            CheckConstraint(name="substitution_by_another_person", condition=~Q(substitute=F("director"))),
        ]

    def __str__(self) -> str:
        return f"{self.director_id} · {self.substitute_id}"


class Erasure(models.Model):
    """An account that was erased: what went, and what law keeps and why. It names nobody."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="erasure")
    erased_at = models.DateTimeField(_("erased"))
    by_schedule = models.BooleanField(_("by the retention schedule"), default=False)
    gone = models.JSONField(default=list)
    kept = models.JSONField(default=list)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return f"erasure #{self.pk}"


class BlockedPerson(models.Model):
    """Who was behind an erased account, blocked (LO 3/2018 art. 32): for courts and authorities, and nobody else.

    The application's database role may write and destroy it, never read `identity`: no page, export or admin can show
    it. `manage.py blocked` does, with the owner's connection, and puts on record for whom. `identity` is name, post and
    addresses; `until` is when nobody can have to answer any more: then it is destroyed.
    """

    erasure = models.OneToOneField(Erasure, on_delete=models.PROTECT, related_name="+")
    identity = models.JSONField()
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("blocked identity")
        verbose_name_plural = _("blocked identities")

    def __str__(self) -> str:
        return f"blocked of erasure #{self.erasure_id}"


class RetentionEntryQuerySet(models.QuerySet["RetentionEntry"]):
    """Readings of the list."""

    def waiting(self) -> "RetentionEntryQuerySet":
        """What isn't done yet, held or not."""
        return self.filter(done_at=None)


class RetentionEntry(models.Model):
    """One thing that the retention schedule is to destroy, on the list before it does. `words` name nobody.

    An officer may hold it, with a reason (an appeal, an inspection): it stays until released.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    rule = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    words = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    listed_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    held_reason = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects = RetentionEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the retention list")
        verbose_name_plural = _("entries of the retention list")
        constraints = [
            UniqueConstraint(name="retention_listed_once", fields=["rule", "target"], condition=Q(done_at=None)),
            CheckConstraint(
                name="retention_held_with_reason",
                condition=Q(held_at=None, held_by=None, held_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.target}"
