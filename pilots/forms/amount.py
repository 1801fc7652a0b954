"""Another amount of a published call."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from challenges.forms.correction import closing_field
from challenges.forms.field import published_reason
from challenges.models import Challenge
from govtech.shell.forms import EurosField

AWARDS = _("Write a whole number, from 1 to 20.")


class AmountForm(forms.Form):
    """The maximum of each award, how many there are, until when, and why."""

    max_amount_net = EurosField(label=_("Maximum amount of each award, without VAT"))
    awards_planned = forms.IntegerField(
        label=_("Number of awards"),
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        error_messages={"invalid": AWARDS, "min_value": AWARDS, "max_value": AWARDS},
    )

    def __init__(self, *args: Any, challenge: Challenge, least: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_amount_net"].initial = challenge.max_amount_net
        self.fields["awards_planned"].initial = challenge.awards_planned
        self.fields["closes_at"] = closing_field(least, challenge.closes_at)  # type: ignore[arg-type]
        self.fields["reason"] = published_reason()
