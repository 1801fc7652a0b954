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
UNABLE = "x"  # in place of points: the member can't judge this criterion


class SheetForm(forms.Form):
    """Points 0 to 5, or none at all where it can't be judged, and a reason for each criterion; a note for the panel.

    Nothing is required to save; handing in asks for all but the note.
    """

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note for the panel"),
        help_text=_("Optional. The other members read it once they have handed in; the organisation never does."),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        criteria: Sequence[Criterion],
        sheet: ScoreSheet | None,
        shortest: int,
    ) -> None:
        scores = {score.criterion_id: score for score in sheet.scores.all()} if sheet else {}
        initial: dict[str, Any] = {"version": sheet.version if sheet else 0, "note": sheet.note if sheet else ""}
        for pk, score in scores.items():
            points = UNABLE if score.is_unable else score.points
            initial |= {f"points-{pk}": points, f"reason-{pk}": score.reason}
        super().__init__(data, initial=initial)
        self.criteria, self.shortest, self.is_stale = criteria, shortest, False
        self.is_fixed = sheet is not None and sheet.status == SheetStatus.HANDED_IN
        for criterion in criteria:
            self.fields[f"points-{criterion.pk}"] = forms.ChoiceField(
                label=criterion.name,
                choices=[*((str(n), n) for n in ANCHORS), (UNABLE, _("can't judge"))],
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
                    "is_unable": chosen == UNABLE,
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
            row["chosen"] in (None, "") or len((row["reason"].value() or "").strip()) < self.shortest
            for row in self.rows()
        )

    def texts(self) -> list[tuple[Any, str]]:
        """Return (label, text) of each criterion and of the note, to compare two versions."""
        texts = [
            (
                row["criterion"].name,
                f"{row['chosen'] if row['chosen'] is not None else ''} · {row['reason'].value() or ''}",
            )
            for row in self.rows()
        ]
        return [*texts, (self["note"].label, self["note"].value() or "")]

    def saved(self) -> dict[str, Any]:
        """Return what a save takes: entries by criterion id, those that can't be judged, the note, the version."""
        given = {criterion.pk: self.cleaned_data[f"points-{criterion.pk}"] for criterion in self.criteria}
        return {
            "entries": {
                pk: (None if points in ("", UNABLE) else int(points), self.cleaned_data[f"reason-{pk}"])
                for pk, points in given.items()
            },
            "unable": {pk for pk, points in given.items() if points == UNABLE},
            "note": self.cleaned_data["note"],
            "version": self.cleaned_data["version"] or 0,
        }

    def refresh_version(self, version: int) -> None:
        """After a save that was then refused, name what is saved now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)

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
        shortest: int,
    ) -> None:
        super().__init__(data)
        for criterion in criteria:
            known = written.get(criterion.pk)
            self.fields[f"reason-{criterion.pk}"] = forms.CharField(
                label=criterion.name,
                initial=known.text if known else drafts.get(criterion.pk, ""),
                min_length=shortest,
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
