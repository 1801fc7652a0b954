"""The shortlist's appointment, the points of a presentation, and its final reasons."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Criterion
from govtech.shell.forms import InstantInput
from startups.forms.evaluation import ANCHORS, UNABLE

LONGEST = 4_000


class ShortlistForm(forms.Form):
    """When and where the shortlisted present."""

    presents_at = forms.DateTimeField(
        label=_("Presentations on"),
        help_text=_("Madrid time, on a working day. Those who present are told."),
        widget=InstantInput,
        error_messages={"required": _("Choose the day and time."), "invalid": _("Write a day and a time.")},
    )
    place = forms.CharField(
        label=_("Place, and how long each has"),
        help_text=_("«Calle Alcalá 45, 3rd floor. Fifteen minutes each and ten of questions.»"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1_000,
    )


class MoveForm(ShortlistForm):
    """Another day or place for those who are still to present."""

    prefix = "move"
    reason = forms.CharField(
        label=_("Why it is moved"),
        help_text=_("Those who present and the panel read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1_000,
    )


class PitchForm(forms.Form):
    """Points 0 to 5, or none where it can't be judged, and a reason for each criterion of the presentation."""

    def __init__(self, data: Any = None, *, criteria: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"points-{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[*((n, n) for n in ANCHORS), (UNABLE, _("can't judge"))],
                coerce=lambda value: None if value == UNABLE else int(value),
                empty_value=None,
                widget=forms.RadioSelect,
                error_messages={"required": _("Give it points, from 0 to 5, or say that you can't judge it.")},
            )
            self.fields[f"reason-{criterion.pk}"] = forms.CharField(
                label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return what the page shows for each criterion."""
        rows = []
        for criterion in self.criteria:
            points, reason = self[f"points-{criterion.pk}"], self[f"reason-{criterion.pk}"]
            chosen = str(points.value())
            scale = [{"n": n, "anchor": words, "checked": chosen == str(n)} for n, words in ANCHORS.items()]
            errors = [*points.errors, *reason.errors]
            rows.append(
                {
                    "criterion": criterion,
                    "points": points,
                    "reason": reason,
                    "scale": scale,
                    "is_unable": chosen == UNABLE,
                    "errors": errors,
                }
            )
        return rows

    def given(self) -> dict[str, Any]:
        """Return what the action takes: points and reason by criterion id, and those that can't be judged."""
        data = self.cleaned_data
        return {
            "entries": {each.pk: (data[f"points-{each.pk}"], data[f"reason-{each.pk}"]) for each in self.criteria},
            "unable": {each.pk for each in self.criteria if data[f"points-{each.pk}"] is None},
        }


class PitchReasonsForm(forms.Form):
    """The final reason of each criterion of the presentation."""

    def __init__(self, data: Any = None, *, criteria: Sequence[Criterion], drafts: Mapping[int, str]) -> None:
        super().__init__(data)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"reason-{criterion.pk}"] = forms.CharField(
                label=criterion.name,
                help_text=_("What the organisation will read."),
                initial=drafts.get(criterion.pk, ""),
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def texts(self) -> dict[int, str]:
        """Return the reasons by criterion id."""
        return {each.pk: self.cleaned_data[f"reason-{each.pk}"] for each in self.criteria}
