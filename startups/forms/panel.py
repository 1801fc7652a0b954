"""Naming people, and what they declare."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.accounts.models import User
from startups.models import PanelRole


class NameForm(forms.Form):
    """Name somebody with an account, by e-mail address."""

    email = forms.EmailField(
        label=_("E-mail of the person"),
        help_text=_("Somebody with an account on this portal. Outside experts are invited by mail instead."),
    )
    role = forms.ChoiceField(label=_("Part in the panel"), choices=PanelRole.choices)
    post = forms.CharField(
        label=_("Post"),
        help_text=_("It is published beside the name. Left blank, the one in the person's account."),
        max_length=160,
        required=False,
    )
    expertise = forms.CharField(
        label=_("What the person knows of the matter"), help_text=_("In a line."), max_length=240, required=False
    )

    def clean_email(self) -> User:
        """Return the person with that address."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("Nobody has an account with that address. Ask the person to sign up, then name them.")
            )
        return user


class DeclarationForm(forms.Form):
    """A declaration of conflict or of none; `name` is the field of its words."""

    has_conflict = forms.TypedChoiceField(
        label=_("Your declaration"),
        choices=[("no", _("I have no conflict of interest.")), ("yes", _("I have a conflict of interest."))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What the conflict is"),
        help_text=_("Only if you have one. The Digital Office and internal control read it, nobody else."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )

    def __init__(self, *args: Any, only_conflict: bool = False, has_matches: bool = False, **kwargs: Any) -> None:
        """With `only_conflict` the person declared none before, and may only declare one now.

        With `has_matches` the portal found something: who has no conflict says why.
        """
        super().__init__(*args, **kwargs)
        if has_matches and not only_conflict:
            self.fields["text"].label = _("What the conflict is, or why it is none")
            self.fields["text"].help_text = _(
                "The portal found what is said above. The Digital Office and internal control read your answer."
            )
        if only_conflict:
            self.fields["has_conflict"].choices = [("yes", _("I have a conflict of interest."))]
