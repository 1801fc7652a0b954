"""What is measured, and the values."""

from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import store
from pilots.actions import pilot as pilots
from pilots.calculations.result import points_right_way
from pilots.models import Indicator, IndicatorValue, Pilot
from pilots.policies import indicator as policies


@transaction.atomic
def add(
    pilot: Pilot,
    *,
    name: str,
    unit: str,
    direction: str,
    baseline: Decimal,
    target: Decimal,
    by: User,
    at: datetime,
    source: str = "",
    name_en: str = "",
) -> Indicator:
    """Add an indicator: from today's figure to the target, in `unit`.

    Raises `DomainError` where the target lies the wrong way.
    """
    pilot = pilots.locked(pilot)
    policies.check_can_add(pilot, by=by, at=at)
    if not points_right_way(direction, baseline, target):
        raise DomainError(
            _("The target is worse than today's figure. Check the two figures, or which way is better."), field="target"
        )
    indicator = Indicator.objects.create(
        pilot=pilot,
        name=name,
        name_en=name_en,
        unit=unit,
        direction=direction,
        baseline=baseline,
        target=target,
        source=source,
    )
    audit.record("indicator.added", target=indicator, by=by, at=at)
    return indicator


@transaction.atomic
def measure(
    indicator: Indicator,
    *,
    measured_on: date,
    value: Decimal,
    evidence: str,
    by: User,
    at: datetime,
    file: UploadedFile | None = None,
) -> IndicatorValue:
    """Record a measured value with its day and what proves it. One a day; a value is never rewritten."""
    pilot = pilots.locked(indicator.pilot)
    indicator.pilot = pilot
    policies.check_can_measure(indicator, by=by, at=at)
    if measured_on > clock.local_date(at):
        raise DomainError(_("This day hasn't come yet."), field="measured_on")
    if indicator.values.filter(measured_on=measured_on).exists():
        raise DomainError(_("There is a value for that day already."), field="measured_on")
    kept = store(file, by=by, at=at) if file else None
    measured = IndicatorValue.objects.create(
        indicator=indicator,
        measured_on=measured_on,
        value=value,
        evidence=evidence,
        file=kept,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("indicator.measured", target=measured, by=by, at=at)
    return measured
