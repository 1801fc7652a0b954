"""What is written in the hearing on an abnormally low offer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from startups.forms.admission import CorrectionForm

ASKED = _(
    "Explain how you arrive at this price: what lets you do it for less, your own solution or conditions, the hours "
    "and their cost, and that you respect labour, social and environmental duties and pay those you subcontract."
)


class HearingForm(CorrectionForm):
    """Ask to justify a price."""

    text = forms.CharField(
        label=_("What must be justified"),
        help_text=_("Say which parts of the price you doubt. The law names what may explain it (art. 149.4)."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4_000,
        initial=ASKED,
    )


class JustificationForm(forms.Form):
    """The organisation's justification."""

    text = forms.CharField(
        label=_("Your justification"),
        help_text=_("You answer once. The price can't be changed."),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=10_000,
    )


class LowOfferForm(forms.Form):
    """Accept the offer or leave it out."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("accept", _("It is justified: the proposal stays")),
            ("leave_out", _("It isn't justified: the proposal is left out, and the ranking is made again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it stays.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The organisation will read it, and it stands in the evaluation report."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4_000,
    )
