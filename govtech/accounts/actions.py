"""What changes about people: appointments, substitutions, groups, profile."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from govtech.accounts import policies, roles
from govtech.accounts.events import recorded
from govtech.accounts.models import ApproverSubstitution, DelegateAppointment, User
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Department


@transaction.atomic
def appoint(
    user: User,
    *,
    department: Department,
    from_on: date,
    until_on: date | None = None,
    substitute: User | None = None,
    by: User,
    at: datetime,
) -> DelegateAppointment:
    """Name `user` digital delegate of `department`, days inclusive.

    Raises `DomainError` if the days are out of order, the substitute is the same person, or an appointment of the same
    person in the same department overlaps.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    policies.check_can_manage_delegates(by=by, at=at)
    if not user.is_active:
        raise DomainError(_("This person can't sign in. Ask an administrator to open the account."), field="user")
    if until_on is not None and until_on < from_on:
        raise DomainError(_("The last day must not come before the first."), field="until_on")
    if substitute == user:
        raise DomainError(_("The substitute must be another person."), field="substitute")
    overlapping = DelegateAppointment.objects.filter(user=user, department=department).filter(
        Q(until_on=None) | Q(until_on__gte=from_on)
    )
    if until_on is not None:
        overlapping = overlapping.filter(from_on__lte=until_on)
    if overlapping.exists():
        raise DomainError(
            _("%(person)s is already delegate of %(department)s on some of those days. End that appointment first.")
            % {"person": user, "department": department},
            field="user",
        )
    appointment = DelegateAppointment.objects.create(
        user=user,
        department=department,
        substitute=substitute,
        from_on=from_on,
        until_on=until_on,
        appointed_by=by,
        appointed_at=at,
    )
    recorded.send(sender=DelegateAppointment, kind="delegate.appointed", target=appointment, by=by, at=at)
    _forget(user, substitute)
    return appointment


@transaction.atomic
def end(appointment: DelegateAppointment, *, until_on: date, by: User, at: datetime) -> DelegateAppointment:
    """Make `until_on` the last day of an appointment.

    Raises `DomainError` if that is before its first day or before yesterday: the past isn't rewritten.
    """
    appointment = DelegateAppointment.objects.select_for_update(of=("self",), no_key=True).get(pk=appointment.pk)
    policies.check_can_manage_delegates(by=by, at=at)
    today = local_date(at)
    if appointment.until_on is not None and appointment.until_on < today:
        raise DomainError(_("This appointment has ended already."), field="until_on")
    if until_on < today:
        raise DomainError(_("The last day can't lie in the past. Today is the earliest."), field="until_on")
    if until_on < appointment.from_on:
        raise DomainError(_("The last day must not come before the first."), field="until_on")
    old = str(appointment.until_on or "")
    appointment.until_on = until_on
    appointment.save(update_fields=["until_on"])
    recorded.send(
        sender=DelegateAppointment,
        kind="delegate.appointment_ended",
        target=appointment,
        by=by,
        at=at,
        old=old,
        new=str(until_on),
        fields=["until_on"],
    )
    return appointment


@transaction.atomic
def name_substitute(
    director: User, *, substitute: User, from_on: date, until_on: date, reason: str, by: User, at: datetime
) -> ApproverSubstitution:
    """Name who approves in the director's place on those days, inclusive.

    Raises `DomainError` for the same person, days out of order or past, or a substitution on some of those days.
    """
    User.objects.select_for_update(no_key=True).get(pk=director.pk)
    policies.check_can_name_substitute(by=by, at=at)
    if substitute == director:
        raise DomainError(_("The substitute must be another person."), field="substitute")
    if not substitute.is_active:
        raise DomainError(_("This person can't sign in. Ask an administrator to open the account."), field="substitute")
    policies.check_can_substitute(substitute)
    if from_on < local_date(at):
        raise DomainError(_("The first day can't lie in the past. Today is the earliest."), field="from_on")
    if until_on < from_on:
        raise DomainError(_("The last day must not come before the first."), field="until_on")
    others = ApproverSubstitution.objects.filter(director=director, ended_at=None)
    if others.filter(from_on__lte=until_on, until_on__gte=from_on).exists():
        raise DomainError(_("You already have a substitute on some of those days."), field="from_on")
    substitution = ApproverSubstitution.objects.create(
        director=director,
        substitute=substitute,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
        named_by=by,
        named_at=at,
    )
    recorded.send(
        sender=ApproverSubstitution,
        kind="director.substitute_named",
        target=substitution,
        by=by,
        at=at,
        reason=reason,
    )
    _forget(substitute)
    return substitution


@transaction.atomic
def end_substitution(substitution: ApproverSubstitution, *, by: User, at: datetime) -> ApproverSubstitution:
    """End it now, before its last day. What the substitute approved until now stands.

    Raises PermissionDenied but for the director it is of, `DomainError` where it is over.
    """
    substitution = ApproverSubstitution.objects.select_for_update(of=("self",), no_key=True).get(pk=substitution.pk)
    policies.check_can_name_substitute(by=by, at=at)
    if substitution.director_id != by.pk:
        raise PermissionDenied(_("A director ends their own substitutions."))
    if substitution.ended_at is not None or substitution.until_on < local_date(at):
        raise DomainError(_("This substitution is over already."))
    substitution.ended_at = at
    substitution.save(update_fields=["ended_at"])
    recorded.send(sender=ApproverSubstitution, kind="director.substitution_ended", target=substitution, by=by, at=at)
    _forget(substitution.substitute)
    return substitution


@transaction.atomic
def set_groups(user: User, *, groups: Iterable[Group], by: User | None, at: datetime) -> User:
    """Put `user` in exactly these groups. Writes nothing where nothing changes. The caller checked the right to."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    old = set(user.groups.values_list("name", flat=True))
    new = {group.name for group in groups}
    if old == new:
        return user
    user.groups.set(Group.objects.filter(name__in=new))
    recorded.send(
        sender=User,
        kind="account.groups_changed",
        target=user,
        by=by,
        at=at,
        old=",".join(sorted(old))[:40],
        new=",".join(sorted(new))[:40],
        fields=["groups"],
    )
    _forget(user)
    return user


@transaction.atomic
def update_profile(user: User, *, full_name: str, post: str, language: str, by: User, at: datetime) -> User:
    """Change how a person is named, their post and the language of their messages."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    values = {"full_name": full_name, "post": post, "language": language}
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, values[name])
    user.save(update_fields=changed)
    recorded.send(sender=User, kind="account.profile_changed", target=user, by=by, at=at, fields=changed)
    return user


def _forget(*people: User | None) -> None:
    for person in people:
        if person is not None:
            roles.forget(person)
