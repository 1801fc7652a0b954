"""A score sheet and the final reasons: one pair of fields for each criterion."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Criterion
from startups.models import CriterionReason, ScoreSheet, SheetStatus

ANCHORS = {
    0: _("absent"),
    1: _("poor"),
    2: _("partial"),
    3: _("sufficient"),
    4: _("good"),
    5: _("excellent"),
}
LONGEST_REASON = 4_000
ENOUGH = 20  # characters that make a reason


class SheetForm(forms.Form):
    """Points 0 to 5 and a reason for each criterion. Nothing is required to save; handing in asks for all."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, criteria: Sequence[Criterion], sheet: ScoreSheet | None, version: str
    ) -> None:
        scores = {score.criterion_id: score for score in sheet.scores.all()} if sheet else {}
        initial: dict[str, Any] = {"version": version}
        for pk, score in scores.items():
            initial |= {f"points-{pk}": score.points, f"reason-{pk}": score.reason}
        super().__init__(data, initial=initial)
        self.criteria, self.is_fixed = criteria, sheet is not None and sheet.status == SheetStatus.HANDED_IN
        for criterion in criteria:
            self.fields[f"points-{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(n, n) for n in ANCHORS],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason-{criterion.pk}"] = forms.CharField(
                label=_("Reason"),
                required=False,
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Reason, which the organisation will read")}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return what the page shows for each criterion."""
        rows = []
        for criterion in self.criteria:
            points, reason = self[f"points-{criterion.pk}"], self[f"reason-{criterion.pk}"]
            chosen = points.value()
            rows.append(
                {
                    "criterion": criterion,
                    "points": points,
                    "reason": reason,
                    "chosen": chosen,
                    "scale": [
                        {"n": n, "anchor": words, "checked": str(chosen) == str(n)} for n, words in ANCHORS.items()
                    ],
                    "errors": [*points.errors, *reason.errors],
                }
            )
        return rows

    def left(self) -> int:
        """Return how many criteria lack points or a reason."""
        return sum(
            row["chosen"] in (None, "") or len((row["reason"].value() or "").strip()) < ENOUGH for row in self.rows()
        )

    def entries(self) -> dict[int, tuple[int | None, str]]:
        """Return points and reason by criterion id."""
        return {
            criterion.pk: (self.cleaned_data[f"points-{criterion.pk}"], self.cleaned_data[f"reason-{criterion.pk}"])
            for criterion in self.criteria
        }

    def refresh_version(self, version: str) -> None:
        """After a save that was then refused, name what is saved now."""
        self.data = self.data.copy()
        self.data["version"] = version

    def first_problem(self) -> str:
        """Return the first thing that is wrong."""
        return next(str(error) for errors in self.errors.values() for error in errors)


class ReasonsForm(forms.Form):
    """The final reason for each criterion of one proposal."""

    def __init__(
        self,
        data: Any = None,
        *,
        criteria: Sequence[Criterion],
        written: dict[int, CriterionReason],
        drafts: dict[int, str],
    ) -> None:
        super().__init__(data)
        for criterion in criteria:
            known = written.get(criterion.pk)
            self.fields[f"reason-{criterion.pk}"] = forms.CharField(
                label=criterion.name,
                initial=known.text if known else drafts.get(criterion.pk, ""),
                min_length=ENOUGH,
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
