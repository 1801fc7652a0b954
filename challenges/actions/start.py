"""What a draft takes from a past call or a template."""

from decimal import Decimal
from typing import Any

from challenges.calculations.step import ROWS, STEPS
from challenges.models import Challenge, Template
from challenges.models.version import CRITERION

OWN = frozenset({"title", "title_en", "independent_objects_reason"})  # what each draft says anew
COPIED = ("problem", "outcome", "setting", "pilot", "money", "criteria")  # not the calendar nor the documents


def from_past(source: Challenge) -> dict[str, Any]:
    """Return texts, amounts, districts and criteria of a call, as `save_step` takes them."""
    data: dict[str, Any] = {
        name: getattr(source, name) for step in COPIED for name in STEPS[step] if name not in ROWS and name not in OWN
    }
    data["districts"] = list(source.districts.all())
    data["criteria"] = list(source.criteria.order_by("position").values(*CRITERION))
    return data


def from_template(source: Template) -> dict[str, Any]:
    """Return texts and criteria of a template, as `save_step` takes them."""
    rows = [{**row, "threshold_points": Decimal(row["threshold_points"])} for row in source.criteria]
    return {**source.texts, "pass_mark": source.pass_mark, "criteria": rows}
