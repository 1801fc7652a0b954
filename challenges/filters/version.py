"""The history of a draft, read: its versions and what changed between two of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, DateField, DateTimeField, DecimalField
from django.utils.translation import gettext as _

from challenges.calculations import form
from challenges.calculations.step import LABELS, STEPS, TERMS
from challenges.models import Challenge, ChallengeVersion, CriterionKind
from challenges.models.version import content_of
from govtech.shell import words
from govtech.shell.difference import Part, difference


@dataclass(frozen=True)
class Change:
    """A part of the draft that reads differently: both texts, and the runs of words that went and came."""

    step: str
    field: str
    label: Any
    old: str
    new: str
    parts: list[Part]

    @property
    def step_label(self) -> Any:
        """Name of the step it belongs to."""
        return LABELS[self.step]


def _places() -> Iterable[tuple[str, str]]:
    for step, names in STEPS.items():
        for name in names:
            yield step, name
    yield "documents", "documents"
    for name in TERMS:
        yield "terms", name


def _label(name: str) -> Any:
    rows = {"criteria": _("criteria"), "documents": _("documents"), "policy_area": _("policy area")}
    if name in rows:
        return rows[name]
    return Challenge._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _criterion(row: Mapping[str, Any]) -> str:
    kind = CriterionKind(row["kind"]).label
    threshold = Decimal(row["threshold_points"])
    least = _(", at least %(points)s points") % {"points": words.number(threshold)} if threshold else ""
    parts = [f"{row['name']}: {row['weight_percent']} % ({kind}{least})", row["guidance"]]
    parts += [row.get("anchors", ""), row["name_en"], row["guidance_en"], row.get("anchors_en", "")]
    return "\n".join(part for part in parts if part)


# Columns that hold a list: how each is read.
LISTS: dict[str, Any] = {"districts": list, "documents": list, "form_sections": form.labels}


def _text(name: str, value: Any) -> str:
    """Return a value of a version as a person reads it."""
    if value in (None, "", []):
        return ""
    if name == "criteria":
        return "\n\n".join(_criterion(row) for row in value)
    if name in LISTS:
        return ", ".join(str(each) for each in LISTS[name](value))
    column = Challenge._meta.get_field(name)
    if isinstance(column, BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(column, DateTimeField):
        return words.formatted(datetime.fromisoformat(value), "when")
    if isinstance(column, DateField):
        return words.formatted(date.fromisoformat(value), "day")
    if isinstance(column, DecimalField):
        amount = Decimal(value)
        return words.euros(amount) if name.endswith("_net") else words.number(amount)
    return str(dict(column.flatchoices).get(value, value)) if getattr(column, "choices", None) else str(value)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what reads differently between two contents (see `models.version.content_of`), in the form's order."""
    found = []
    for step, name in _places():
        before, after = _text(name, old.get(name)), _text(name, new.get(name))
        if before.split() != after.split():
            found.append(Change(step, name, _label(name), before, after, difference(before, after)))
    return found


def version_at(challenge: Challenge, at: datetime) -> ChallengeVersion | None:
    """Return the last version cut at `at` or before."""
    return challenge.versions.filter(made_at__lte=at).order_by("-number").first()


def changes_since(challenge: Challenge, *, at: datetime) -> list[Change]:
    """Return what changed in a draft since the instant `at`: when it was sent or returned, for instance.

    Without a version of then, everything that is written counts as new.
    """
    before = version_at(challenge, at)
    return changes(before.content if before else {}, content_of(challenge))
