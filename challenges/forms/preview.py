"""What is asked to share a preview."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from challenges.forms.field import line

DAYS = (3, 7, 14, 30)


class LinkForm(forms.Form):
    """Whom it is for, and for how long."""

    label = line(
        _("Whom it is for"), _("So that you know which one to revoke: «Legal service», «Ana, of the centre»."), most=80
    )
    days = forms.TypedChoiceField(
        label=_("It opens for"),
        choices=[(days, ngettext_lazy("%(n)s day", "%(n)s days", days) % {"n": days}) for days in DAYS],
        coerce=int,
        initial=7,
    )
