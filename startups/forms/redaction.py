"""What is hidden of a proposal from a panel that judges without names."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RedactionForm(forms.Form):
    """Passages, one a line; whole sections; files that give nothing away."""

    passages = forms.CharField(
        label=_("Passages to hide, one on each line"),
        help_text=_(
            "Copied from the proposal: products, other customers, people, prizes. They are hidden wherever they stand. "
            "The names of the organisations and of their people, tax numbers, and e-mail and web addresses always are."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=20_000,
        required=False,
    )
    hidden = forms.MultipleChoiceField(
        label=_("Sections to hide whole"), widget=forms.CheckboxSelectMultiple, required=False
    )
    files = forms.MultipleChoiceField(
        label=_("Files the panel may read"),
        help_text=_(
            "Look into each: logos, headers, signatures, author. The panel gets them as «Document 1.pdf». What isn't "
            "ticked stays hidden."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        sections: Mapping[str, tuple[str, str]],
        files: Sequence[Mapping[str, Any]],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["hidden"].choices = [(key, label) for key, (label, _text) in sections.items()]  # type: ignore[attr-defined]
        self.fields["files"].choices = [(row["attachment"], row["name"]) for row in files]  # type: ignore[attr-defined]
        if not files:
            del self.fields["files"]

    def values(self) -> dict[str, list[str]]:
        """Return what the action takes."""
        data = self.cleaned_data
        lines = [line.strip() for line in data["passages"].splitlines() if line.strip()]
        return {"passages": lines, "hidden": data["hidden"], "files": data.get("files", [])}
