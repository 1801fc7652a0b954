"""Who keeps the templates."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from challenges.calculations.criteria import missing
from challenges.models import Template
from challenges.policies.challenge import check_is_officer
from challenges.policies.preflight import weights_problem
from govtech.errors import DomainError, TransitionError


def check_can_keep(template: Template | None, *, by: Any, at: datetime) -> None:
    """The Office writes templates, and changes those in force."""
    check_is_officer(by=by)
    if template is not None and template.retired_at is not None:
        raise TransitionError(_("This template is retired. Make a new one."))


def check_weights(criteria: list[dict[str, Any]]) -> None:
    """A template's criteria add up to 100, where it has any."""
    total = sum(row["weight_percent"] for row in criteria)
    if criteria and total != 100:
        raise DomainError(weights_problem(total, missing([row["weight_percent"] for row in criteria])))
