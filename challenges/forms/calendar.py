"""The step of the calendar: proposed by the rules in force, checked day by day."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from challenges.calculations.calendar import propose
from challenges.forms.base import StepForm
from challenges.policies import calendar
from govtech.clock import local_date
from govtech.reference.models import Holiday, Rules
from govtech.shell.forms import DayInput, InstantInput


class CalendarForm(StepForm):
    """From the opening of the call to the start of the pilot."""

    needed = (
        "opens_at",
        "questions_close_at",
        "answers_due_at",
        "closes_at",
        "evaluation_until",
        "award_until",
        "pilot_starts_on",
    )
    examples = {
        "opens_at": _("a Tuesday, at 9:00"),
        "questions_close_at": _("twelve days before the closing"),
        "answers_due_at": _("six days before the closing"),
        "closes_at": _("a Tuesday, at 14:00"),
        "evaluation_until": _("five weeks after the closing"),
        "award_until": _("two weeks after the evaluation"),
        "pilot_starts_on": _("the first Monday after the award is accepted"),
    }

    opens_at = forms.DateTimeField(
        label=_("The call opens"),
        help_text=_("Companies can propose from then on."),
        required=False,
        widget=InstantInput,
    )
    questions_close_at = forms.DateTimeField(
        label=_("Questions until"), help_text=_("Companies can ask until then."), required=False, widget=InstantInput
    )
    answers_due_at = forms.DateTimeField(
        label=_("Answers until"),
        help_text=_("You commit yourself to answer by then, so that everybody can use it."),
        required=False,
        widget=InstantInput,
    )
    closes_at = forms.DateTimeField(
        label=_("The call closes"),
        help_text=_("To the second, Madrid time. A working day: better not a Monday morning."),
        required=False,
        widget=InstantInput,
    )
    evaluation_until = forms.DateField(
        label=_("Evaluation until"),
        help_text=_("When the panel will have read and scored everything."),
        required=False,
        widget=DayInput,
    )
    award_until = forms.DateField(
        label=_("Award until"),
        help_text=_("When the director will have signed, with the winner's papers checked."),
        required=False,
        widget=DayInput,
    )
    pilot_starts_on = forms.DateField(
        label=_("The pilot starts"),
        help_text=_("Leave time to sign and to prepare access, places and data."),
        required=False,
        widget=DayInput,
    )

    example = _("«We left August out and closed on a Tuesday at 14:00: nobody had to write on a Sunday.»")

    def __init__(self, *args: Any, start: Any = None, **kwargs: Any) -> None:
        self.start = start
        super().__init__(*args, **kwargs)

    def proposed(self) -> dict[str, Any]:
        """Return the calendar by the rules in force: forwards from the opening, a fortnight from now unless said."""
        return proposal(self.at, self.start)

    def stored(self) -> dict[str, Any]:
        """Return what the challenge has, unless a new proposal was asked for."""
        return {} if self.start else super().stored()

    def clean(self) -> dict[str, Any]:
        """Say beside each day what it doesn't respect."""
        cleaned: dict[str, Any] = super().clean() or {}
        rules = Rules.objects.in_force(local_date(self.at))
        for field, message in calendar.problems(cleaned, rules=rules, holidays=calendar.holiday_names(), at=self.at):
            self.add_error(field, message)
        return cleaned


DAYS_TO_REVIEW = 14  # between writing the draft and opening the call


def proposal(at: datetime, start: Any = None) -> dict[str, Any]:
    """Return the calendar proposed for a call that opens on the day `start`."""
    today = local_date(at)
    rules = Rules.objects.in_force(today)
    return propose(
        start or today.fromordinal(today.toordinal() + DAYS_TO_REVIEW),
        open_days=rules.open_days_minimum,
        questions_close_days=rules.questions_close_days,
        answers_due_days=rules.answers_due_days,
        holidays=Holiday.objects.dates(),
        zone=ZoneInfo(settings.TIME_ZONE),
    )


class StartForm(forms.Form):
    """The day from which to propose a calendar."""

    start = forms.DateField(label=_("Opening day"), widget=DayInput)
