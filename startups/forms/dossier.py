"""Forms of papers and of their verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govtech.files.checks import MAX_BYTES
from govtech.shell.forms import DayInput
from startups.models import CheckKind, CheckOutcome, PaperKind
from startups.models.verification import PROOF

FILED = [(kind.value, kind.label) for kind in PaperKind if not kind.rule.is_declaration]


class PaperForm(forms.Form):
    """A paper of the dossier."""

    kind = forms.ChoiceField(label=_("What it is"), choices=FILED)
    title = forms.CharField(
        label=_("Its name"), max_length=140, required=False, help_text=_("Only for «other paper»: what it is.")
    )
    issued_on = forms.DateField(
        label=_("Issued on"),
        required=False,
        widget=DayInput(),
        help_text=_("Certificates of taxes and social security hold six months from that day: we count them."),
    )
    valid_until = forms.DateField(
        label=_("It holds until"),
        required=False,
        widget=DayInput(),
        help_text=_("Its last day. Blank where it has none, for instance a deed."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"data-max-bytes": MAX_BYTES}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another.")},
    )


class DeclarationForm(forms.Form):
    """Who signs the declaration, and that it is so."""

    signatory_name = forms.CharField(
        label=_("Name and surname of who signs"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signatory_post = forms.CharField(label=_("Post"), max_length=120)
    is_true = forms.BooleanField(label=_("I declare it under my responsibility"), required=False)


class VerificationForm(forms.Form):
    """How each named check ended, what was looked at, and until when it holds."""

    note = forms.CharField(
        label=_("What you checked"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For instance: extract of the company register of 3 March, power of attorney seen. Where something doesn't "
            "hold, its owners read this."
        ),
    )
    valid_until = forms.DateField(
        label=_("It holds until"),
        required=False,
        widget=DayInput(),
        help_text=_("A year at most. Its owners are reminded 30 and 7 days before."),
    )

    def __init__(self, *args: Any, held: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = {paper.kind: paper for paper in held}
        rest = {name: self.fields.pop(name) for name in ("note", "valid_until")}
        for kind in CheckKind:
            paper = papers.get(PROOF[kind])
            self.fields[f"outcome_{kind.value}"] = forms.ChoiceField(
                label=kind.label,
                choices=CheckOutcome.choices,
                widget=forms.RadioSelect,
                help_text=_("In its dossier: %(paper)s.") % {"paper": paper.label}
                if paper
                else _("No paper of this in its dossier."),
                error_messages={"required": _("Say how this check ended.")},
            )
        self.fields.update(rest)

    def outcomes(self) -> dict[str, str]:
        """Return how each check ended."""
        return {kind.value: self.cleaned_data[f"outcome_{kind.value}"] for kind in CheckKind}


class AskForm(forms.Form):
    """Which papers the Office asks for."""

    kinds = forms.MultipleChoiceField(
        label=_("Papers"),
        choices=[(kind.value, kind.label) for kind in PaperKind if kind != PaperKind.OTHER],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    note = forms.CharField(label=_("In a sentence, if something needs saying"), required=False, max_length=300)


class EndForm(forms.Form):
    """Why a verification ends before its day."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
