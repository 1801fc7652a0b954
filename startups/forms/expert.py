"""Inviting an outside expert."""

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.shell.forms import DayInput
from startups.models import PanelRole
from startups.policies.expert import EXPERT_ROLES


class ExpertForm(forms.Form):
    """Whom, as what, until when."""

    email = forms.EmailField(label=_("E-mail of the person"))
    full_name = forms.CharField(label=_("Name and surname"), max_length=120)
    post = forms.CharField(
        label=_("Post"), help_text=_("As it will be published: «Professor of hydraulics, UPM»."), max_length=160
    )
    expertise = forms.CharField(
        label=_("What the person knows of the matter"), help_text=_("In a line."), max_length=240
    )
    role = forms.ChoiceField(
        label=_("Part in the panel"),
        choices=[(role.value, role.label) for role in EXPERT_ROLES],
        initial=PanelRole.MEMBER,
    )
    expires_on = forms.DateField(label=_("May answer until"), widget=DayInput())
    until_on = forms.DateField(
        label=_("On the panel until"),
        help_text=_("After that day the person reads nothing more."),
        widget=DayInput(),
    )


class DeclineForm(forms.Form):
    """Why not, if they want to say it."""

    reason = forms.CharField(
        label=_("Why you can't take part"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2_000, required=False
    )
