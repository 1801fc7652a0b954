"""Forms of a pilot's life."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from govtech.shell.words import formatted
from pilots.models import FinalDecision, ReviewRequest


def long_text(label: Any, *, help_text: Any = "", required: bool = True, rows: int = 5) -> forms.CharField:
    """Return a field for some paragraphs."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=5_000, widget=forms.Textarea({"rows": rows})
    )


class StartForm(forms.Form):
    """The day it starts."""

    starts_on = forms.DateField(
        label=_("First day of the pilot"),
        help_text=_("The milestones' dates are counted from it."),
        widget=DayInput(),
    )


class ReasonForm(forms.Form):
    """A reason that others will read."""

    reason = long_text(_("Reason"), help_text=_("The company, the department and the Office will read it."))


class AnnulmentForm(forms.Form):
    """For which upheld review an award is annulled, and why."""

    review = forms.ChoiceField(label=_("Review that was upheld"), widget=forms.RadioSelect)
    reason = long_text(_("Reason"), help_text=_("It is published with the resolution, and everybody is told."))

    def __init__(self, *args: Any, reviews: list[ReviewRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reviews = {review.public_id: review for review in reviews}
        field = cast(forms.ChoiceField, self.fields["review"])
        field.choices = [(key, self.words(review)) for key, review in self.reviews.items()]
        field.initial = next(iter(self.reviews), None)

    def clean_review(self) -> ReviewRequest:
        """Return the review itself."""
        return self.reviews[self.cleaned_data["review"]]

    @staticmethod
    def words(review: ReviewRequest) -> str:
        """Say who asked, how it ended and when."""
        day = formatted(review.answered_at, "short_day_year")
        return f"{review.letter.proposal.organisation.name}: {review.get_outcome_display()}, {day}"


class TerminationForm(forms.Form):
    """Why a pilot ends early, and what the company said."""

    reason = long_text(_("Why it ends early"), help_text=_("It is published on the pilot's page."))
    hearing = long_text(
        _("What the company answered when it was heard"),
        help_text=_("With the date. The law asks to hear it before ending the contract. This isn't published."),
    )


class DecisionForm(forms.Form):
    """What the city does with the result."""

    decision = forms.ChoiceField(label=_("Decision"), choices=FinalDecision, widget=forms.RadioSelect())
    reason = long_text(
        _("Why, against what was aimed at"),
        help_text=_("It is published. If it didn't work, say so plainly: it helps others not to repeat it."),
    )
    lessons = long_text(_("What was learned"), required=False)
    next_step = long_text(
        _("Next step: by which route and with whose budget"),
        required=False,
        help_text=_("A pilot gives no right to a later contract."),
        rows=3,
    )
    reason_en = long_text(_("Why, in English"), required=False)


class SendBackForm(forms.Form):
    """What the director asks to change."""

    comment = long_text(_("Comment"), help_text=_("What has to change before you approve it."), rows=3)
