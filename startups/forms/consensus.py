"""A session of the panel, what it agrees on, and who scores in whose stead."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts.models import User
from govtech.shell.forms import InstantInput
from startups.forms.admission import ClarificationForm
from startups.forms.evaluation import ANCHORS
from startups.models import PanelMember, PanelSession, Proposal, SessionMode

KEPT = "mean"  # in place of points: everybody kept theirs


class MembersField(forms.ModelMultipleChoiceField):
    """People of the panel, each with their part."""

    def label_from_instance(self, obj: PanelMember) -> str:
        """Return name and part."""
        return f"{obj.user.full_name} · {obj.get_role_display()}"


class SessionForm(forms.Form):
    """A session, once it was held."""

    held_at = forms.DateTimeField(label=_("When it was held"), widget=InstantInput)
    mode = forms.ChoiceField(label=pgettext_lazy("session", "How you met"), choices=SessionMode.choices)
    place = forms.CharField(label=_("Where"), required=False, max_length=200)
    present = MembersField(
        label=_("Who came"),
        help_text=_("Chair and secretary, and half of those who vote at least."),
        queryset=PanelMember.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say who came.")},
    )
    agenda = forms.CharField(label=_("What it was about"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4_000)
    notes = forms.CharField(
        label=_("What was said"),
        help_text=_("For the minutes. What you agree on each criterion is written beside its scores."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8_000,
        required=False,
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = members


class AgreeForm(forms.Form):
    """What a session made of one criterion of one proposal."""

    session = forms.ModelChoiceField(
        label=_("Agreed in the session"),
        queryset=PanelSession.objects.none(),
        to_field_name="public_id",
        empty_label=None,
    )
    points = forms.TypedChoiceField(
        label=_("Agreed points"),
        choices=[
            *((str(n), f"{n} · {words}") for n, words in ANCHORS.items()),
            (KEPT, _("Everybody keeps theirs: the mean counts")),
        ],
        coerce=lambda value: None if value == KEPT else int(value),
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what was agreed.")},
    )
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4_000)

    def __init__(self, *args: Any, sessions: Sequence[PanelSession], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        field.queryset = PanelSession.objects.filter(pk__in=[each.pk for each in sessions]).order_by("-number")
        field.label_from_instance = _label_of


def _label_of(session: PanelSession) -> str:
    from govtech.shell.words import formatted  # noqa: PLC0415 - words are made when shown

    return f"{session.number} · {formatted(session.held_at, 'when')}"


class ReplaceForm(forms.Form):
    """Somebody else in a member's seat."""

    member = MembersField(queryset=PanelMember.objects.none())
    email = forms.EmailField(
        label=_("E-mail of who comes in"), help_text=_("The person must already have an account on this portal.")
    )
    reason = forms.CharField(
        label=_("Reason, for the record"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = forms.ModelChoiceField(
            label=_("Who leaves"), queryset=members, to_field_name="public_id", empty_label=None
        )
        field.label_from_instance = MembersField.label_from_instance.__get__(field)
        self.fields["member"] = field

    def clean_email(self) -> User:
        """Return the person with that address."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("Nobody has an account with that address. Ask the person to sign up, then name them.")
            )
        return user


class ReassignForm(forms.Form):
    """A proposal given to the substitute. One field says whose sheet on which proposal."""

    sheet = forms.ChoiceField(label=_("Sheet that is missing"))
    reason = forms.CharField(
        label=_("Reason, for the record"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000
    )

    def __init__(self, *args: Any, missing: Sequence[tuple[PanelMember, Proposal, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = {
            f"{member.public_id}:{proposal.public_id}": (member, proposal) for member, proposal, _ in missing
        }
        self.fields["sheet"].choices = [
            (f"{member.public_id}:{proposal.public_id}", f"{member.user.full_name} · {title}")
            for member, proposal, title in missing
        ]

    def clean_sheet(self) -> tuple[PanelMember, Proposal]:
        """Return member and proposal."""
        return self.missing[self.cleaned_data["sheet"]]


class QuestionForm(forms.Form):
    """What a member wants to know of a participant."""

    text = forms.CharField(
        label=_("What you want to know"),
        help_text=_(
            "The secretary reads it and sends it on in other words, or says why not. The organisation doesn't learn "
            "who asks. It can explain its offer and can't change it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_000,
    )


class SendForm(ClarificationForm):
    """The secretary's words for it."""


class DeclineForm(forms.Form):
    """Why it isn't sent on."""

    answer = forms.CharField(label=_("Why it isn't sent"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000)
