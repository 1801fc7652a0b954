"""Forms of awards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pilots.forms.pilot import long_text
from pilots.models import ResolutionKind
from startups.models import PaperKind


class ProposeForm(forms.Form):
    """Why this proposal."""

    reason = long_text(
        _("Why this proposal: its advantages over the others"),
        help_text=_("It is published in the resolution, and every participant reads it."),
    )


class PrepareForm(forms.Form):
    """What the resolution says besides the awards."""

    reason = long_text(
        _("Reasons of the resolution"), required=False, help_text=_("Optional: what the whole resolution says."), rows=3
    )


class AcceptForm(forms.Form):
    """The winner accepts."""

    note = long_text(_("Note for the Office"), required=False, rows=3)


class DeclineForm(forms.Form):
    """The winner declines."""

    note = long_text(_("Why you decline"), help_text=_("A sentence is enough: it is part of the file."), rows=3)


class PaperForm(forms.Form):
    """A paper of the proposed winner."""

    kind = forms.ChoiceField(
        label=_("Kind of paper"), choices=PaperKind.choices, initial=PaperKind.OTHER, required=False
    )
    title = forms.CharField(label=_("What it is"), max_length=140)
    file = forms.FileField(label=_("File"))

    def clean_kind(self) -> str:
        """What isn't said is another paper."""
        return self.cleaned_data["kind"] or PaperKind.OTHER


class EndForm(forms.Form):
    """How a call ends without award."""

    kind = forms.ChoiceField(
        label=_("How it ends"),
        choices=[choice for choice in ResolutionKind.choices if choice[0] != ResolutionKind.AWARD],
        widget=forms.RadioSelect(),
    )
    reason = long_text(_("Reasons"), help_text=_("They are published."))
